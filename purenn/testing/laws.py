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

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends import backend_of, convert, extras, lists
from ..errors import TreeError
from ..trees import tree_leaves, tree_map, tree_paths
from ._call import Call, Law, Report, bits, subject
from .gradients import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._types import Array, Key, Params
    from ..layers import Layer


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
    call = Call(forward, backward, arguments, key)
    laws = []
    for check in (_pure, _structure, _linear, _zero, _vjp):
        try:
            detail = next(check(call), "")
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
        compared = f"of {', '.join(call.compared)}" if check is _vjp else ""
        laws.append(Law(check.__name__.strip("_"), not detail, detail or compared))
    return Report(subject(forward), tuple(laws))


def check_layer(
    layer: Layer,
    x: Array,
    *,
    key: Key = 0,
    params: Params | None = None,
    training_key: Key | None = None,
) -> Report:
    """Check the laws for a layer, with the params of ``layer.init(key)`` or your own

    With a ``training_key``, which forward is given, as it trains; without one as it predicts.

    >>> from purenn import affine
    >>> check_layer(affine(2, 3), [[1.0, 2.0]]).ok
    True
    """
    if params is None:
        params = layer.init(key, xp=backend_of(*tree_leaves(x)))
    forward = partial(layer.forward, key=training_key)
    return check_laws(forward, layer.backward, params, x, key=key)


def _others(call: Call) -> tuple[Any, ...]:
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


def _pure(call: Call) -> Iterator[str]:
    if bits(call.arguments) != call.before:
        yield "forward changed an argument"
    dout, cache = call.dout(0), bits(call.cache)
    sent, alone = bits(dout), call.gradient_bits(dout, call.cache)  # before forward runs again
    others = _others(call)
    arguments = bits((call.arguments, others))
    if call.gradient_bits(dout, call.cache) != alone:
        yield "backward gave other bits for the same dout and cache"
    other_alone = call.gradient_bits(dout, call.forward(*others)[1])
    out, first = call.forward(*call.arguments)
    _, second = call.forward(*others)
    if bits(out) != bits(call.out) or bits(first) != cache:
        yield "forward gave other bits for the same arguments"
    if call.gradient_bits(dout, first) != alone or call.gradient_bits(dout, second) != other_alone:
        yield "forward A, forward B, backward A, backward B: a gradient is not that of its own cache"
    if bits((call.arguments, others)) != arguments:
        yield "an argument of forward was changed"
    if bits(dout) != sent:
        yield "backward changed its dout"
    if bits(call.cache) != cache:
        yield "backward, or another call, changed the cache"


def _structure(call: Call) -> Iterator[str]:
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


def _linear(call: Call) -> Iterator[str]:
    one, two = call.dout(0), call.dout(1)
    both = tree_map(lambda x, y: call.backend.add(call.backend.multiply(x, 2), y), one, two)
    parts = [numbers_of(tuple(call.gradients(dout).values())) for dout in (one, two, both)]
    sizes = (abs(float(number)) for part in parts for number in part)
    scale = max(filter(math.isfinite, sizes), default=0.0)
    for index, (first, second, have) in enumerate(zip(*parts, strict=True)):
        want = 2 * first + second
        if call.differ(want, have, scale):
            yield f"gradient number {index} of 2 * dout1 + dout2 is {have!r}, wanted {want!r}"


def _zero(call: Call) -> Iterator[str]:
    zeros = tree_map(lambda out: call.like(out, lists.multiply(convert(out, "lists"), 0)), call.out)
    for name, grad in call.gradients(zeros).items():
        for index, number in enumerate(numbers_of(grad)):
            if number != 0:
                yield f"grads.{name} number {index} is {number!r} for dout of zeros"


def _vjp(call: Call) -> Iterator[str]:
    for name, detail, _ in differences(call):
        call.compared.append(name)
        if detail:
            yield detail
