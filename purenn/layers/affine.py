"""The layers that hold parameters of their own: affine and scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import functional as F
from .._options import count
from ..backends import arrays, get_backend
from ..backends.extras import shape
from ..errors import OptionError, ShapeError
from ..initializers import glorot_uniform, ones
from ._layer import Layer, LayerGrads, Parts, fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, DType, Key, Shape
    from ..backends._protocol import Backend

    Xp = Backend | str | None


class AffineParams(NamedTuple):
    w: Array
    b: Array


class MatmulParams(NamedTuple):
    w: Array


class ScaleParams(NamedTuple):
    factor: Array


def affine(
    inputs: int, outputs: int, *, bias: bool = True, w_init: Callable[..., Array] = glorot_uniform
) -> Layer[Any]:
    """``out = x @ w + b``, the params ``AffineParams(w, b)``: w from ``w_init``, b zeros

    With ``bias=False``: ``out = x @ w``, the params ``MatmulParams(w)``.
    Shapes: x (..., inputs), w (inputs, outputs), b (outputs,) -> out (..., outputs)
    Errors: OptionError for sizes below 1.

    >>> layer = affine(2, 1)
    >>> out, cache = layer.forward(AffineParams(w=[[3.0], [4.0]], b=[5.0]), [1.0, 10.0])
    >>> out
    [48.0]
    >>> layer.backward([1.0], cache)
    LayerGrads(params=AffineParams(w=[[1.0], [10.0]], b=[1.0]), x=[3.0, 4.0])
    """
    sizes = (count("affine", "inputs", inputs), count("affine", "outputs", outputs))
    if not isinstance(bias, bool):
        raise OptionError(f"affine: bias={bias!r:.40}: wanted True or False")
    if not callable(w_init):
        raise OptionError(f"affine: w_init={w_init!r:.40}: wanted an initializer, such as glorot_uniform")

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> AffineParams | MatmulParams:
        w = w_init(key, sizes, xp=xp, dtype=dtype)
        arrays("affine", xp, w=w)
        _check_w(w, sizes)
        if not bias:
            return MatmulParams(w)
        return AffineParams(w, get_backend(xp).zeros(sizes[1:], dtype=getattr(w, "dtype", dtype)))

    def forward(
        params: AffineParams | MatmulParams, x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, Any]:
        own = fields("affine", params, 2 if bias else 1)
        out, cache = F.affine_forward(x, *own, xp=xp) if bias else F.matmul_forward(x, *own, xp=xp)
        _check_w(cache.w, sizes)
        return out, cache

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        if bias:
            dx, *dparams = F.affine_backward(dout, cache, need_x=need_x, xp=xp)
            return LayerGrads(AffineParams(*dparams), dx)
        dx, dw = F.matmul_backward(dout, cache, need_x=need_x, xp=xp)
        return LayerGrads(MatmulParams(dw), dx)

    pair: Any = (F.affine_forward, F.affine_backward) if bias else (F.matmul_forward, F.matmul_backward)
    return Layer(init, forward, backward, parts=Parts("affine", pair))


def scale(sizes: Shape = (), *, init: Callable[..., Array] = ones) -> Layer[F.MultiplyCache]:
    """``out = x * factor``, the params ``ScaleParams(factor)``, at first ones

    Shapes: factor ``sizes``, (): one number for all -> out as x, whose shape ends with that of factor
    Errors: ShapeError where it does not.

    >>> out, cache = scale((2,)).forward(ScaleParams([2.0, 3.0]), [[1.0, 10.0]])
    >>> out
    [[2.0, 30.0]]
    """
    if not isinstance(sizes, (tuple, list)):
        raise OptionError(f"scale: sizes={sizes!r:.40}: wanted a tuple of sizes, such as ({sizes!r:.40},)")
    wanted = tuple(count("scale", "a size", size) for size in sizes)

    def init_scale(key: Key, *, xp: Xp = None, dtype: DType = None) -> ScaleParams:
        return ScaleParams(init(key, wanted, xp=xp, dtype=dtype))

    def forward(
        params: ScaleParams, x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, F.MultiplyCache]:
        (factor,) = fields("scale", params, 1)
        xp, x, factor = arrays("scale", xp, x=x, factor=factor)
        if shape(factor) != wanted or shape(x)[len(shape(x)) - len(wanted) :] != wanted:
            raise ShapeError(
                f"scale: x {shape(x)} and factor {shape(factor)} do not meet: "
                f"factor must be {wanted}, and the shape of x must end with it"
            )
        return F.multiply_forward(x, factor, xp=xp)

    def backward(dout: Array, cache: F.MultiplyCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        dx, dfactor = F.multiply_backward(dout, cache, xp=xp)
        return LayerGrads(ScaleParams(dfactor), dx if need_x else None)

    parts = Parts("scale", (F.multiply_forward, F.multiply_backward))
    return Layer(init_scale, forward, backward, parts=parts)


def _check_w(w: Array, sizes: tuple[int, int]) -> None:
    if shape(w) != sizes:
        raise ShapeError(
            f"affine: w {shape(w)} in a layer from {sizes[0]} inputs to {sizes[1]} outputs, wanted {sizes}: "
            "take params from this layer's init"
        )
