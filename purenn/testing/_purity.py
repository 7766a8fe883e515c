"""pure: a call changes nothing that it was given or has given, and gives the same bits again."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends import backend_of, extras
from ..trees import tree_leaves, tree_map
from ._call import Broken, bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._call import Call


def pure(call: Call) -> None:
    """No argument is written to; the same call gives the same bits; a cache may be used twice, and while
    another call's cache is alive; what was returned keeps its bits; arrays that are read-only will do.
    """
    if bits(call.arguments) != call.before:
        raise Broken("forward changed an argument")
    dout = call.dout(0)
    sent, grads = bits(dout), tuple(call.gradients(dout).values())
    alone = bits(grads)  # before forward runs again
    for others in _others(call):
        if _in_turn(call, dout, alone, others) != alone:
            break  # gradients that differ show whose cache they come from
    if bits(dout) != sent:
        raise Broken("backward changed its dout")
    if call.returned() != call.sent:
        raise Broken("backward, or another call, changed the cache or an output")
    if bits(grads) != alone:
        raise Broken("another call changed gradients that backward had returned")
    _read_only(call, dout)


def _in_turn(call: Call, dout: Any, alone: list[str], others: tuple[Any, ...]) -> list[str]:
    """Forward and backward of the arguments and of others in turn; the bits of the others' gradients."""
    arguments = bits((call.arguments, others))
    if call.gradient_bits(dout, call.cache) != alone:
        raise Broken("backward gave other bits for the same dout and cache")
    other_alone = call.gradient_bits(dout, call.forward(*others)[1])
    out, first = call.forward(*call.arguments)
    _, second = call.forward(*others)
    if bits((out, first)) != call.sent:
        raise Broken("forward gave other bits for the same arguments")
    if call.gradient_bits(dout, first) != alone or call.gradient_bits(dout, second) != other_alone:
        raise Broken("forward A, forward B, backward A, backward B: a gradient is not that of its own cache")
    if bits((call.arguments, others)) != arguments:
        raise Broken("an argument of forward was changed")
    return other_alone


def _others(call: Call) -> Iterator[tuple[Any, ...]]:
    """Other arguments of the same kind, so that all that a cache could hold differs: signs too, if they may

    Labels stay as they are. What is refused, as targets above 1 are, is left out; the arguments themselves
    are the last.
    """
    named, first = call.gradients(call.dout(0)), call.names[:1]

    def times(numerator: int, leaf: Any) -> Any:
        backend: Any = backend_of(leaf)
        if extras.is_integer(leaf, xp=backend):
            return leaf
        return backend.divide(backend.multiply(leaf, numerator), 2)

    for numerator, some in (
        (-3, call.names), (-3, named), (3, call.names), (1, named), (3, first), (1, first)
    ):  # fmt: skip
        others = tuple(
            tree_map(lambda leaf, n=numerator: times(n, leaf), argument) if name in some else argument
            for name, argument in zip(call.names, call.arguments, strict=False)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                numbers = numbers_of(call.forward(*others)[0])
            except (ValueError, ArithmeticError):
                continue
        if not any(number != number for number in numbers):
            yield others
    yield call.arguments


def _read_only(call: Call, dout: Any) -> None:
    if not any(hasattr(leaf, "setflags") for leaf in tree_leaves(call.arguments)):
        return

    def locked(leaf: Any) -> Any:
        if not hasattr(leaf, "setflags") or not leaf.shape:
            return leaf
        leaf = leaf.copy()
        leaf.setflags(write=False)
        return leaf

    try:
        _, cache = call.forward(*tree_map(locked, call.arguments))
    except ValueError as error:
        raise Broken(f"forward does not take arrays that are read-only: {error}") from None
    try:
        call.backward(tree_map(locked, dout), cache)
    except ValueError as error:
        raise Broken(f"backward does not take arrays that are read-only: {error}") from None
