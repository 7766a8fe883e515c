"""One neuron, one layer, a batch, a sequence: features times weights plus bias."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ..backends import arrays
from ..backends.extras import cast, shape
from ..errors import ShapeError
from ._gate import check_dout, open_backward

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


class AffineCache(NamedTuple):
    x: Array
    w: Array


class AffineGrads(NamedTuple):
    x: Array
    w: Array
    b: Array


def affine_forward(
    x: Array, w: Array, b: Array, *, xp: Backend | str | None = None
) -> tuple[Array, AffineCache]:
    """``out = x @ w + b``

    Shapes: x (..., n), w (n, m), b (m,) -> out (..., m); one neuron: w (n,), b () -> out (...)
    Errors: ShapeError where they do not meet; b is never broadcast to another number of outputs.

    >>> out, cache = affine_forward([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0)
    >>> out
    6.0
    """
    xp, x, w, b = arrays("affine", xp, x=x, w=w, b=b)
    _check(shape(x), shape(w), shape(b))
    return xp.add(xp.matmul(x, w), b), AffineCache(x, w)


def affine_backward(
    dout: Array, cache: AffineCache, *, need_x: bool = True, xp: Backend | str | None = None
) -> AffineGrads:
    """``dx = dout @ w.T``, ``dw = x.T @ dout``, ``db = sum of dout over the batch``

    Shapes: dout (..., m) -> x (..., n), w (n, m), b (m,); one neuron: dout (...) -> w (n,), b ()
    Gradients have the dtypes of x and w; that of b is w's, as in every network whose params share one.
    ``need_x=False`` says that nobody reads dx: it is not computed, and None stands in its place.

    >>> _, cache = affine_forward([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0)
    >>> affine_backward(1.0, cache)
    AffineGrads(x=[-3.0, -1.0, 2.0], w=[1.0, -2.0, 3.0], b=1.0)
    """
    xp, dout, x, w = open_backward("affine", AffineCache, dout, cache, xp)
    check_dout("affine", dout, shape(x)[:-1] + shape(w)[1:])
    samples, n, m = math.prod(shape(x)[:-1]), shape(x)[-1], math.prod(shape(w)[1:])
    dout = xp.reshape(dout, (samples, m))  # whatever the rank was: one sample a row
    dx = None
    if need_x:
        dx = xp.matmul(dout, xp.matrix_transpose(xp.reshape(w, (n, m))))
        dx = cast(xp.reshape(dx, shape(x)), x, xp=xp)
    dw = xp.matmul(xp.matrix_transpose(xp.reshape(x, (samples, n))), dout)
    db = xp.sum(dout, axis=0)
    return AffineGrads(
        x=dx,
        w=cast(xp.reshape(dw, shape(w)), w, xp=xp),
        b=cast(xp.reshape(db, shape(w)[1:]), w, xp=xp),
    )


def _check(x: Shape, w: Shape, b: Shape) -> None:
    if len(x) == 0 or len(w) not in (1, 2):
        raise ShapeError(
            f"affine: x {x} and w {w} do not meet: "
            "x is (..., n), w is (n, m) for a layer or (n,) for one neuron"
        )
    if x[-1] != w[0]:
        hint = " (nested lists cannot hold an empty batch)" if x == (0,) else ""
        raise ShapeError(f"affine: x {x} and w {w} do not meet: x has {x[-1]} features, w takes {w[0]}{hint}")
    if b != w[1:]:
        raise ShapeError(f"affine: b {b} and w {w} do not meet: one bias an output, so b must be {w[1:]}")
