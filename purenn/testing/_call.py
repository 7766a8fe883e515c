"""A pair with its arguments, as the laws look at it, and what they report."""

from __future__ import annotations

import inspect
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import eps_of, numbers_of, working_eps
from ..backends import backend_of, extras, lists
from ..random import fold_in, uniform
from ..trees import tree_leaves, tree_map

if TYPE_CHECKING:
    from .._types import Array, Key

TOLERANCE = 1e-8  # of the scale of the gradient, in float64


class Law(NamedTuple):
    """One law: its name, whether it held, and if not, where."""

    name: str
    passed: bool
    detail: str

    def __bool__(self) -> bool:
        return self.passed


class Report(NamedTuple):
    """What ``check_laws`` found: ``ok``, ``assert_ok()``, and a table when printed."""

    subject: str
    laws: tuple[Law, ...]

    def __bool__(self) -> bool:
        return self.ok

    @property
    def ok(self) -> bool:
        """Whether every law held."""
        return all(law.passed for law in self.laws)

    def assert_ok(self) -> None:
        """Raise AssertionError with the whole report unless every law held."""
        if not self.ok:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        lines = [f"{'pass' if law.passed else 'FAIL'}  {law.name:10} {law.detail}" for law in self.laws]
        return "\n".join([self.subject, *map(str.rstrip, lines)])


class Call:
    """A pair with its arguments, and the few things that every law does with it."""

    def __init__(self, forward: Any, backward: Any, arguments: tuple[Any, ...], key: Key) -> None:
        self.forward, self.backward, self.arguments, self.key = forward, backward, arguments, key
        self.compared: list[str] = []
        self.before = bits(arguments)
        self.out, self.cache = forward(*arguments)
        self.names = list(inspect.signature(forward).parameters)
        self.backend: Any = backend_of(*tree_leaves((self.out, arguments)))
        self.exact = any(isinstance(number, Fraction) for number in numbers_of(self.out))

    def dout(self, index: int) -> Any:
        """Random numbers from -1 to 1 like out."""
        places = iter(range(len(tree_leaves(self.out))))

        def draw(out: Array) -> Array:
            key = fold_in(fold_in(self.key, index), next(places))
            numbers = uniform(key, extras.shape(out), low=-1.0, high=1.0)
            kinds = {type(number) for number in numbers_of(out)} & {Fraction, Decimal}
            return self.like(out, lists.astype(numbers, kinds.pop()) if len(kinds) == 1 else numbers)

        return tree_map(draw, self.out)

    def like(self, out: Array, numbers: Array) -> Array:
        dtype = getattr(out, "dtype", None)
        return numbers if dtype is None else self.backend.asarray(numbers, dtype=dtype)

    def array(self, leaf: Any) -> Any:
        """A plain number as an array of the call's backend, which computes it in its own digits."""
        return leaf if self.backend is lists or hasattr(leaf, "dtype") else self.backend.asarray(leaf)

    def gradients(self, dout: Array, cache: Any = None) -> dict[str, Any]:
        grads = self.backward(dout, self.cache if cache is None else cache)
        if not getattr(grads, "_fields", ()):
            raise TypeError(f"backward returned a {type(grads).__name__}, wanted a NamedTuple of gradients")
        return dict(grads._asdict())

    def gradient_bits(self, dout: Array, cache: Any) -> list[str]:
        return bits(tuple(self.gradients(dout, cache).values()))

    def differ(self, want: Any, have: Any, scale: Any) -> bool:
        """Whether two numbers are further apart than the last digits of the dtypes allow."""
        if self.exact:
            return bool(want != have)
        leaves = tree_leaves((self.arguments, self.out))
        own = max([2.0**-52, *(eps_of(leaf, self.backend) for leaf in leaves)])
        differences = (working_eps(self.backend) / 2.0**-52) ** (2 / 3)  # 1 where they are float64
        return not abs(float(want) - float(have)) <= max(TOLERANCE * differences, 64 * own) * float(scale)


def subject(forward: Any) -> str:
    """The name of a function, or of that in a partial."""
    inner = getattr(forward, "func", forward)
    return getattr(inner, "__qualname__", repr(inner))


def bits(tree: Any) -> list[str]:
    """The numbers of a tree, bit for bit."""
    return [repr(number) for number in numbers_of(tree)]
