"""A pair with its arguments, and what every law does with them."""

from __future__ import annotations

import inspect
import math
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import check_arrays, eps_of, numbers_of, working_eps
from ..backends import backend_of, extras, get_backend, lists
from ..errors import PurennError
from ..random import fold_in, uniform
from ..trees import tree_leaves, tree_map, tree_unflatten
from ._report import Failure, Law

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .._types import Array, Key
    from ..backends import Backend

TOLERANCE = 1e-8  # of the scale of the gradient, in float64


class Broken(Exception):
    """A law does not hold: what broke it, and the numbers that did."""

    def __init__(self, detail: str, failure: Failure | None = None) -> None:
        super().__init__(detail)
        self.failure = failure


class Skipped(Exception):
    """A law does not apply, and why."""


class Options(NamedTuple):
    """What ``check_laws`` was told about a pair."""

    batched: bool | Collection[str] = False
    backends: Collection[Backend | str] | None = None
    reference: Any = None
    xp: Any = None


class Call:
    """A pair with its arguments, what it gave for them, and the few things that every law does with it."""

    def __init__(
        self,
        forward: Any,
        backward: Any,
        arguments: tuple[Any, ...],
        key: Key,
        options: Options | None = None,
    ) -> None:
        self.options = options or Options()
        self.pair, self.arguments, self.key = (forward, backward), arguments, key
        self.forward, self.backward = forward, backward
        if self.options.xp is not None:
            forced = get_backend(self.options.xp)
            self.forward, self.backward = partial(forward, xp=forced), partial(backward, xp=forced)
        self.before = bits(arguments)
        self.out, self.cache = self.forward(*arguments)
        self.sent = self.returned()
        self.names = list(inspect.signature(forward).parameters)
        self.backend: Any = backend_of(*tree_leaves((self.out, arguments)), xp=self.options.xp)
        self.exact = any(isinstance(number, Fraction) for number in numbers_of(self.out))
        leaves = tree_leaves((arguments, self.out))
        self.eps = max([2.0**-52, *(eps_of(leaf, self.backend) for leaf in leaves)])
        differences = (working_eps(self.backend) / 2.0**-52) ** (2 / 3)  # 1 where they are float64
        self.share = max(TOLERANCE * differences, 64 * self.eps)

    def returned(self) -> list[str]:
        """The bits of the first output and cache as they are now; a cache of other things has none."""
        try:
            return bits((self.out, self.cache))
        except (TypeError, ValueError):
            return bits(self.out)

    def again(self, *arguments: Any, **changes: Any) -> Call:
        """The same pair with other arguments or options."""
        return Call(*self.pair, arguments, self.key, self.options._replace(**changes))

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

    def argument(self, name: str) -> Any:
        return self.arguments[self.names.index(name)]

    def differ(self, want: Any, have: Any, scale: Any) -> bool:
        """Whether two numbers are further apart than the last digits of the dtypes allow."""
        if self.exact or want == have:  # infinities too
            return bool(want != have)
        return not abs(float(want) - float(have)) <= self.share * float(scale)

    def failure(self, argument: str, index: int, have: Any, want: Any) -> Failure:
        apart, size = abs(float(have) - float(want)), abs(float(want))
        ulps = apart / (math.ulp(size) * self.eps / 2.0**-52) if math.isfinite(apart) else math.inf
        return Failure(argument, index, have, want, ulps, apart / size if size else math.inf, self.key)


def run(name: str, law: Callable[[Call], str | None], call: Call) -> Law:
    """One row of a report: a law returns its note, or raises what broke it or why it does not apply."""
    try:
        return Law(name, True, law(call) or "")
    except Skipped as reason:
        return Law(name, True, str(reason), skipped=True)
    except Broken as broken:
        return Law(name, False, str(broken), broken.failure)
    except Exception as error:
        return Law(name, False, f"{type(error).__name__}: {error}")


def subject(forward: Any) -> str:
    """The name of a function, or of that in a partial."""
    inner = getattr(forward, "func", forward)
    return getattr(inner, "__qualname__", repr(inner))


def bits(tree: Any) -> list[str]:
    """The numbers of a tree, bit for bit: what prints the same is the same

    Errors: ArrayError, ShapeError, BackendError for leaves that are no arrays of real numbers.

    >>> bits(([0.0, -0.0], 1.5))
    ['0.0', '-0.0', '1.5']
    """
    try:
        return list(map(repr, numbers_of(tree)))
    except PurennError:
        check_arrays("bits", {"tree": tree})
        raise


def as_fractions(tree: Any) -> Any:
    """The same tree on lists, its floats as the ``Fraction``s that they are."""

    def exact(leaf: Any) -> Any:
        numbers = [Fraction(n) if isinstance(n, (float, Decimal)) else n for n in numbers_of(leaf)]
        return lists.reshape(numbers, extras.shape(leaf))

    return tree_unflatten(tree, [exact(leaf) for leaf in tree_leaves(tree)])
