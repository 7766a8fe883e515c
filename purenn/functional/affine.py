"""One neuron, one layer, a batch, a sequence: features times weights, plus bias or without."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ..backends import arrays
from ..backends.extras import affine, affine_grads, cast, shape
from ..errors import ShapeError
from ._gate import check_dout, open_backward

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


class MatmulCache(NamedTuple):
    x: Array
    w: Array


class MatmulGrads(NamedTuple):
    x: Array
    w: Array


class AffineCache(NamedTuple):
    x: Array
    w: Array


class AffineGrads(NamedTuple):
    x: Array
    w: Array
    b: Array


def matmul_forward(x: Array, w: Array, *, xp: Backend | str | None = None) -> tuple[Array, MatmulCache]:
    """``out = x @ w``

    Shapes: x (..., n), w (n, m) -> out (..., m); one neuron: w (n,) -> out (...)
    Errors: ShapeError where they do not meet.

    >>> out, cache = matmul_forward([[1.0, 2.0]], [[3.0], [4.0]])
    >>> out
    [[11.0]]
    """
    xp, x, w = arrays("matmul", xp, x=x, w=w)
    _check("matmul", shape(x), shape(w))
    return xp.matmul(x, w), MatmulCache(x, w)


def matmul_backward(
    dout: Array, cache: MatmulCache, *, need_x: bool = True, xp: Backend | str | None = None
) -> MatmulGrads:
    """``dx = dout @ w.T``, ``dw = x.T @ dout``

    Shapes: dout (..., m) -> x (..., n), w (n, m); one neuron: dout (...) -> w (n,)
    ``need_x=False`` says that nobody reads dx: it is not computed, and None stands in its place.

    >>> _, cache = matmul_forward([[1.0, 2.0]], [[3.0], [4.0]])
    >>> matmul_backward([[1.0]], cache)
    MatmulGrads(x=[[3.0, 4.0]], w=[[1.0], [2.0]])
    """
    xp, dout, x, w = open_backward("matmul", MatmulCache, dout, cache, xp)
    rows, samples, weights = _matrices("matmul", dout, x, w, xp)
    dx = _like(x, samples, xp.matmul(rows, xp.matrix_transpose(weights)), xp) if need_x else None
    dw = xp.matmul(xp.matrix_transpose(samples), rows)
    return MatmulGrads(dx, _like(w, weights, dw, xp))


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
    weights = shape(w)
    _check("affine", shape(x), weights)
    if shape(b) != weights[1:]:
        raise ShapeError(
            f"affine: b {shape(b)} and w {weights} do not meet: "
            f"one bias an output, so b must be {weights[1:]}"
        )
    return affine(x, w, b, xp=xp), AffineCache(x, w)


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
    rows, samples, weights = _matrices("affine", dout, x, w, xp)
    dx, dw, db = affine_grads(rows, samples, weights, need_x, xp=xp)
    if need_x:
        dx = _like(x, samples, dx, xp)
    if len(shape(w)) == 1:
        db = xp.reshape(db, ())
    return AffineGrads(dx, _like(w, weights, dw, xp), cast(db, w, xp=xp))


def _matrices(op: str, dout: Array, x: Array, w: Array, xp: Backend) -> tuple[Array, Array, Array]:
    """dout (samples, m), x (samples, n) and w (n, m), whatever their ranks were."""
    sizes, weights = shape(x), shape(w)
    check_dout(op, dout, sizes[:-1] + weights[1:])
    if len(sizes) == len(weights) == 2:
        return dout, x, w
    samples, n, m = math.prod(sizes[:-1]), sizes[-1], math.prod(weights[1:])
    return xp.reshape(dout, (samples, m)), xp.reshape(x, (samples, n)), xp.reshape(w, (n, m))


def _like(x: Array, matrix: Array, dx: Array, xp: Backend) -> Array:
    """The gradient of x, which that of its matrix is, in its shape and dtype."""
    return cast(dx if matrix is x else xp.reshape(dx, shape(x)), x, xp=xp)


def _check(op: str, x: Shape, w: Shape) -> None:
    if len(x) == 0 or len(w) not in (1, 2):
        raise ShapeError(
            f"{op}: x {x} and w {w} do not meet: "
            "x is (..., n), w is (n, m) for a layer or (n,) for one neuron"
        )
    if x[-1] != w[0]:
        hint = " (nested lists cannot hold an empty batch)" if x == (0,) else ""
        raise ShapeError(f"{op}: x {x} and w {w} do not meet: x has {x[-1]} features, w takes {w[0]}{hint}")
