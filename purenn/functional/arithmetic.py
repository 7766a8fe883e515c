"""Sums and products of arrays of any shapes that broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..backends import arrays
from ..backends.extras import shape, unbroadcast
from ..errors import ShapeError
from ._gate import check_dout, open_backward

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


class AddCache(NamedTuple):
    x: Array
    y: Array


class AddGrads(NamedTuple):
    x: Array
    y: Array


class MultiplyCache(NamedTuple):
    x: Array
    y: Array


class MultiplyGrads(NamedTuple):
    x: Array
    y: Array


def add_forward(x: Array, y: Array, *, xp: Backend | str | None = None) -> tuple[Array, AddCache]:
    """``out = x + y``

    Shapes: x and y broadcast to out.
    Errors: ShapeError where they do not.

    >>> out, cache = add_forward([1.0, 2.0], 10.0)
    >>> out
    [11.0, 12.0]
    """
    xp, x, y = arrays("add", xp, x=x, y=y)
    _broadcast("add", shape(x), shape(y))
    return xp.add(x, y), AddCache(x, y)


def add_backward(dout: Array, cache: AddCache, *, xp: Backend | str | None = None) -> AddGrads:
    """``dx = dout``, ``dy = dout``, each summed over the axes along which it was broadcast

    Shapes: dout as out -> x as x, y as y

    >>> _, cache = add_forward([1.0, 2.0], 10.0)
    >>> add_backward([1.0, 1.0], cache)
    AddGrads(x=[1.0, 1.0], y=2.0)
    """
    xp, dout, x, y = open_backward("add", AddCache, dout, cache, xp)
    check_dout("add", dout, _broadcast("add", shape(x), shape(y)))
    grads = (unbroadcast(dout, x, xp=xp), unbroadcast(dout, y, xp=xp))
    return AddGrads(*(xp.multiply(d, 1) if d is dout else d for d in grads))  # arrays of their own


def multiply_forward(x: Array, y: Array, *, xp: Backend | str | None = None) -> tuple[Array, MultiplyCache]:
    """``out = x * y``

    Shapes: x and y broadcast to out.
    Errors: ShapeError where they do not.

    >>> out, cache = multiply_forward(100, 2)
    >>> out
    200
    """
    xp, x, y = arrays("multiply", xp, x=x, y=y)
    _broadcast("multiply", shape(x), shape(y))
    return xp.multiply(x, y), MultiplyCache(x, y)


def multiply_backward(dout: Array, cache: MultiplyCache, *, xp: Backend | str | None = None) -> MultiplyGrads:
    """``dx = dout * y``, ``dy = dout * x``, each summed over the axes along which it was broadcast

    Shapes: dout as out -> x as x, y as y

    >>> _, cache = multiply_forward(100, 2)
    >>> multiply_backward(1.1, cache)
    MultiplyGrads(x=2.2, y=110.00000000000001)
    """
    xp, dout, x, y = open_backward("multiply", MultiplyCache, dout, cache, xp)
    check_dout("multiply", dout, _broadcast("multiply", shape(x), shape(y)))
    return MultiplyGrads(
        x=unbroadcast(xp.multiply(dout, y), x, xp=xp),
        y=unbroadcast(xp.multiply(dout, x), y, xp=xp),
    )


def _broadcast(op: str, x: Shape, y: Shape) -> Shape:
    """The shape of out."""
    if x == y:
        return x
    rank = max(len(x), len(y))
    sizes = []
    for m, n in zip((1,) * (rank - len(x)) + x, (1,) * (rank - len(y)) + y, strict=True):
        if m != n and 1 not in (m, n):
            raise ShapeError(
                f"{op}: x {x} and y {y} do not broadcast: {m} meets {n}; "
                "sizes that meet, from the right, must be equal or 1"
            )
        sizes.append(n if m == 1 else m)
    return tuple(sizes)
