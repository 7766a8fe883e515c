"""The laws of purenn, as functions that run on any pair or layer, a user's own included

- **pure**: no argument is written to; the same call gives the same bits; a cache may be used twice,
  and while another call's cache is alive.
- **structure**: a cache is a NamedTuple of arrays; each gradient has the shape, dtype and tree of what
  it is the gradient of.
- **linear**: backward is linear in dout.
- **zero**: dout of zeros gives gradients of zeros.
- **vjp**: backward is the derivative of forward: equal to central differences, and in ``Fraction``s
  exactly equal.
"""

from __future__ import annotations

import inspect
import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ._numerical import eps_of, numbers_of, numerical_gradient, working_eps
from .backends import backend_of, convert, extras, lists
from .errors import TreeError
from .random import fold_in, uniform
from .trees import tree_leaves, tree_map, tree_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._types import Array, Key, Params
    from .layers import Layer

__all__ = ["Law", "Report", "check_laws", "check_layer", "numerical_gradient"]

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


def check_laws(
    forward: Callable[..., Any], backward: Callable[..., Any], *arguments: Params, key: Key = 0
) -> Report:
    """Check every law of this module for ``forward(*arguments)``

    The gradients are compared for the arguments that backward names. Give arguments away from kinks
    (relu's 0): a derivative that does not exist cannot be compared. Arrays of ``Fraction`` are checked
    exactly; floats to 1e-8 of the largest gradient, and what rounding leaves of the differences. ``key``
    draws the dout. Whatever the pair raises while a law runs makes that law fail.

    >>> from purenn.functional import relu_backward, relu_forward
    >>> print(check_laws(relu_forward, relu_backward, [1.0, -2.0]))
    relu_forward
    pass  pure
    pass  structure
    pass  linear
    pass  zero
    pass  vjp        of x
    """
    call = _Call(forward, backward, arguments, key)
    laws = []
    for check in (_pure, _structure, _linear, _zero, _vjp):
        try:
            detail = next(check(call), "")
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
        compared = f"of {', '.join(call.compared)}" if check is _vjp else ""
        laws.append(Law(check.__name__.strip("_"), not detail, detail or compared))
    subject = getattr(forward, "func", forward)
    return Report(getattr(subject, "__qualname__", repr(subject)), tuple(laws))


def check_layer(layer: Layer, x: Array, *, key: Key = 0, params: Params | None = None) -> Report:
    """Check the laws for a layer, with the params of ``layer.init(key)`` or your own

    >>> from purenn import affine
    >>> check_layer(affine(2, 3), [[1.0, 2.0]]).ok
    True
    """
    if params is None:
        params = layer.init(key, xp=backend_of(*tree_leaves(x)))
    return check_laws(layer.forward, layer.backward, params, x, key=key)


class _Call:
    """A pair with its arguments, and the few things that every law does with it."""

    def __init__(self, forward: Any, backward: Any, arguments: tuple[Any, ...], key: Key) -> None:
        self.forward, self.backward, self.arguments, self.key = forward, backward, arguments, key
        self.compared: list[str] = []
        self.before = _bits(arguments)
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

    def bits(self, dout: Array, cache: Any) -> list[str]:
        return _bits(tuple(self.gradients(dout, cache).values()))

    def differ(self, want: Any, have: Any, scale: Any) -> bool:
        """Whether two numbers are further apart than the last digits of the dtypes allow."""
        if self.exact:
            return bool(want != have)
        leaves = tree_leaves((self.arguments, self.out))
        own = max([2.0**-52, *(eps_of(leaf, self.backend) for leaf in leaves)])
        differences = (working_eps(self.backend) / 2.0**-52) ** (2 / 3)  # 1 where they are float64
        return not abs(float(want) - float(have)) <= max(TOLERANCE * differences, 64 * own) * float(scale)


def _bits(tree: Any) -> list[str]:
    return [repr(number) for number in numbers_of(tree)]


def _others(call: _Call) -> tuple[Any, ...]:
    """Other arguments of the same kind: floats times 3/2, labels as they are

    Or where that is refused, as targets above 1 are, the arguments with a gradient alone, halved.
    """

    def times(top: int, leaf: Any) -> Any:
        backend: Any = backend_of(leaf)
        if extras.is_integer(leaf, xp=backend):
            return leaf
        return backend.divide(backend.multiply(leaf, top), 2)

    others: tuple[Any, ...] = tree_map(lambda leaf: times(3, leaf), call.arguments)
    try:
        call.forward(*others)
    except ValueError:
        named = call.gradients(call.dout(0))
        return tuple(
            tree_map(lambda leaf: times(1, leaf), argument) if name in named else argument
            for name, argument in zip(call.names, call.arguments, strict=False)
        )
    return others


def _pure(call: _Call) -> Iterator[str]:
    if _bits(call.arguments) != call.before:
        yield "forward changed an argument"
    dout, cache = call.dout(0), _bits(call.cache)
    sent, alone = _bits(dout), call.bits(dout, call.cache)  # before forward runs again
    others = _others(call)
    arguments = _bits((call.arguments, others))
    if call.bits(dout, call.cache) != alone:
        yield "backward gave other bits for the same dout and cache"
    other_alone = call.bits(dout, call.forward(*others)[1])
    out, first = call.forward(*call.arguments)
    _, second = call.forward(*others)
    if _bits(out) != _bits(call.out) or _bits(first) != cache:
        yield "forward gave other bits for the same arguments"
    if call.bits(dout, first) != alone or call.bits(dout, second) != other_alone:
        yield "forward A, forward B, backward A, backward B: a gradient is not that of its own cache"
    if _bits((call.arguments, others)) != arguments:
        yield "an argument of forward was changed"
    if _bits(dout) != sent:
        yield "backward changed its dout"
    if _bits(call.cache) != cache:
        yield "backward, or another call, changed the cache"


def _structure(call: _Call) -> Iterator[str]:
    if not hasattr(call.cache, "_fields"):
        yield f"the cache is a {type(call.cache).__name__}, not a NamedTuple"
    for path, leaf in tree_paths(call.cache):
        try:
            backend_of(leaf)
        except TypeError as error:
            yield f"cache{path} is no array: {error}"
    for name, grad in call.gradients(call.dout(0)).items():
        if name not in call.names:
            yield f"grads.{name} is named like no argument of forward: {call.names}"
            continue
        try:
            pairs = tree_map(lambda x, dx: [x, dx], call.arguments[call.names.index(name)], grad)
        except TreeError as error:
            yield f"grads.{name} and {name}: {error}"
            continue
        for path, (x, dx) in tree_paths(pairs):
            want, have = getattr(x, "dtype", None), getattr(dx, "dtype", None)
            if extras.shape(x) != extras.shape(dx):
                yield f"grads.{name}{path} has shape {extras.shape(dx)}, {name}{path} {extras.shape(x)}"
            if want != have and "float" in str(want):
                yield f"grads.{name}{path} has dtype {have}, {name}{path} {want}"


def _linear(call: _Call) -> Iterator[str]:
    one, two = call.dout(0), call.dout(1)
    both = tree_map(lambda x, y: call.backend.add(call.backend.multiply(x, 2), y), one, two)
    parts = [numbers_of(tuple(call.gradients(dout).values())) for dout in (one, two, both)]
    sizes = (abs(float(number)) for part in parts for number in part)
    scale = max(filter(math.isfinite, sizes), default=0.0)
    for index, (first, second, have) in enumerate(zip(*parts, strict=True)):
        want = 2 * first + second
        if call.differ(want, have, scale):
            yield f"gradient number {index} of 2 * dout1 + dout2 is {have!r}, wanted {want!r}"


def _zero(call: _Call) -> Iterator[str]:
    zeros = tree_map(lambda out: call.like(out, lists.multiply(convert(out, "lists"), 0)), call.out)
    for name, grad in call.gradients(zeros).items():
        for index, number in enumerate(numbers_of(grad)):
            if number != 0:
                yield f"grads.{name} number {index} is {number!r} for dout of zeros"


def _vjp(call: _Call) -> Iterator[str]:
    dout = call.dout(0)
    weights = numbers_of(dout)
    for name, grad in call.gradients(dout).items():
        if name not in call.names:
            continue
        place = call.names.index(name)

        def project(argument: Any, place: int = place) -> Any:
            arguments = [*call.arguments[:place], argument, *call.arguments[place + 1 :]]
            out = numbers_of(call.forward(*arguments)[0])
            return sum(number * weight for number, weight in zip(out, weights, strict=True))

        call.compared.append(name)
        argument = tree_map(call.array, call.arguments[place])
        numeric = numbers_of(numerical_gradient(project, argument))
        analytic = numbers_of(tree_map(lambda x, dx: dx, call.arguments[place], grad))
        # differences of a sum of this mass, over 1e-5, lose what is 1e-8 of a sixteenth of it
        mass = sum(abs(float(n) * float(w)) for n, w in zip(numbers_of(call.out), weights, strict=True))
        scale = max([0.0, *(abs(float(n)) for n in numeric)]) + mass / 16
        for index, (want, have) in enumerate(zip(numeric, analytic, strict=True)):
            if call.differ(want, have, scale):
                yield f"grads.{name} number {index} is {have!r}, central differences say {want!r}"
