"""pure: a call changes nothing that it was given or has given, and gives the same bits again."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends import backend_of, extras
from ..trees import tree_leaves, tree_map
from ._call import Broken, bits

if TYPE_CHECKING:
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
    others = _others(call)
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
    if bits(dout) != sent:
        raise Broken("backward changed its dout")
    if call.returned() != call.sent:
        raise Broken("backward, or another call, changed the cache or an output")
    if bits(grads) != alone:
        raise Broken("another call changed gradients that backward had returned")
    _read_only(call, dout)


def _others(call: Call) -> tuple[Any, ...]:
    """Other arguments of the same kind, so that all that a cache could hold differs: signs too, if they may

    Labels stay as they are, and what is refused, as targets above 1 are, is tried in a smaller size.
    """
    named = call.gradients(call.dout(0))

    def times(numerator: int, leaf: Any) -> Any:
        backend: Any = backend_of(leaf)
        if extras.is_integer(leaf, xp=backend):
            return leaf
        return backend.divide(backend.multiply(leaf, numerator), 2)

    for numerator, all_of_them in ((-3, True), (-3, False), (3, True), (1, False)):
        others = tuple(
            tree_map(lambda leaf, n=numerator: times(n, leaf), argument)
            if all_of_them or name in named
            else argument
            for name, argument in zip(call.names, call.arguments, strict=False)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                numbers = numbers_of(call.forward(*others)[0])
            except (ValueError, ArithmeticError):
                continue
        if not any(number != number for number in numbers):
            return others
    return call.arguments


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
