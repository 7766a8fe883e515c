"""The axes of a sample in one row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ..backends import arrays
from ..backends.extras import cast, shape
from ..errors import ShapeError
from ._gate import ActivationGrads, check_dout, open_backward

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


class FlattenCache(NamedTuple):
    x: Array


def flatten_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, FlattenCache]:
    """``out = each sample in one row``

    Shapes: x (N, ...) -> out (N, the product of the other sizes)
    Errors: ShapeError for a single number.

    >>> out, cache = flatten_forward([[[1.0, 2.0], [3.0, 4.0]]])
    >>> out
    [[1.0, 2.0, 3.0, 4.0]]
    """
    xp, x = arrays("flatten", xp, x=x)
    if not shape(x):
        raise ShapeError("flatten: x () has no samples: x is (N, ...)")
    return xp.reshape(x, _flat(shape(x))), FlattenCache(x)


def flatten_backward(dout: Array, cache: FlattenCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout in the shape of x``

    Shapes: dout (N, the product of the other sizes) -> x (N, ...)

    >>> _, cache = flatten_forward([[[1.0, 2.0], [3.0, 4.0]]])
    >>> flatten_backward([[5.0, 6.0, 7.0, 8.0]], cache)
    ActivationGrads(x=[[[5.0, 6.0], [7.0, 8.0]]])
    """
    xp, dout, x = open_backward("flatten", FlattenCache, dout, cache, xp)
    check_dout("flatten", dout, _flat(shape(x)))
    dx = xp.reshape(xp.multiply(dout, 1), shape(x))  # an array of its own
    return ActivationGrads(cast(dx, x, xp=xp))


def _flat(sizes: Shape) -> Shape:
    return sizes[0], math.prod(sizes[1:])
