"""Layers made of layers: one after the other, side by side, around themselves, or kept as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import functional as F
from ..backends import agree_trees
from ..backends.extras import shape
from ..errors import ArrayError, BackendError, KindError, ShapeError
from ._layer import Layer, LayerGrads, Parts, check_layer, fields
from ._several import Several, abreast, total, wrong_cache

if TYPE_CHECKING:
    from .._types import Array, DType, Key, Params
    from ..backends._protocol import Backend

    Xp = Backend | str | None


class ChainCache(NamedTuple):
    layers: tuple[Any, ...]


class ParallelCache(NamedTuple):
    layers: tuple[Any, ...]


class BranchCache(NamedTuple):
    layers: tuple[Any, ...]


class ResidualCache(NamedTuple):
    x: Array
    layer: Any


class SumCache(NamedTuple):
    x: tuple[Array, ...]


def chain(*layers: Layer) -> Layer[ChainCache]:
    """``out = the last layer of ... of the first layer of x``, the params a tuple of theirs

    A chain is a layer, so chains chain. Given a key, each layer gets its own. An error says which
    layer it comes from.
    Errors: TreeError where params are not as many as the layers; KindError for what is no layer.

    >>> from purenn import affine, relu
    >>> model = chain(affine(2, 3), relu, affine(3, 1))
    >>> out, cache = model.forward(model.init(key=0), [[1.0, 2.0], [3.0, 4.0]])
    >>> len(out), len(out[0])
    (2, 1)
    """
    run = Several("chain", layers, ChainCache)

    def forward(
        params: tuple[Params, ...], x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, ChainCache]:
        own = fields("chain", params, len(layers))
        out, caches = x, []
        try:
            for index in range(len(layers)):
                out, cache = run.forward(index, own, out, key, xp)
                caches.append(cache)
        except (ArrayError, BackendError):
            agree_trees("chain", {"x": x, "params": own}, xp)  # where backends part, it names the place
            raise
        return out, ChainCache(tuple(caches))

    def backward(dout: Array, cache: ChainCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        caches = run.caches(cache)
        grads: list[Params] = [()] * len(layers)
        for index in reversed(range(len(layers))):
            grads[index], dout = run.backward(index, dout, caches, need_x or index > 0, xp)
        return LayerGrads(tuple(grads), dout)

    return Layer(run.init, forward, backward, run.absorb, Parts("chain", None, layers, chain))


def parallel(*layers: Layer) -> Layer[ParallelCache]:
    """``out = (first layer of x[0], second layer of x[1], ...)``: x is a tuple, one for each layer

    Errors: TreeError where x or params are not as many as the layers.

    >>> from purenn import relu, tanh
    >>> out, cache = parallel(relu, tanh).forward(((), ()), ([-1.0], [0.0]))
    >>> out
    ([0.0], [0.0])
    """
    run = Several("parallel", layers, ParallelCache)

    def forward(
        params: tuple[Params, ...], x: tuple[Array, ...], *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, ParallelCache]:
        inputs = abreast("parallel: x", x, len(layers), "input")
        return run.abreast(params, inputs, key, xp)

    def backward(
        dout: tuple[Array, ...], cache: ParallelCache, *, need_x: bool = True, xp: Xp = None
    ) -> LayerGrads:
        grads = run.abreast_backward(dout, cache, need_x, xp)
        return LayerGrads(
            tuple(each.params for each in grads), tuple(each.x for each in grads) if need_x else None
        )

    return Layer(run.init, forward, backward, run.absorb, Parts("parallel", None, layers, parallel))


def branch(*layers: Layer) -> Layer[BranchCache]:
    """``out = (first layer of x, second layer of x, ...)``; the gradients of x add

    >>> from purenn import identity, relu
    >>> fork = branch(relu, identity)
    >>> out, cache = fork.forward(((), ()), [-1.0, 2.0])
    >>> out
    ([0.0, 2.0], [-1.0, 2.0])
    >>> fork.backward(([1.0, 1.0], [1.0, 1.0]), cache).x
    [1.0, 2.0]
    """
    run = Several("branch", layers, BranchCache)

    def forward(
        params: tuple[Params, ...], x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, BranchCache]:
        return run.abreast(params, (x,) * len(layers), key, xp)

    def backward(
        dout: tuple[Array, ...], cache: BranchCache, *, need_x: bool = True, xp: Xp = None
    ) -> LayerGrads:
        grads = run.abreast_backward(dout, cache, need_x, xp)
        dx = total([each.x for each in grads], xp) if need_x else None
        return LayerGrads(tuple(each.params for each in grads), dx)

    if not layers:
        raise KindError("branch: no layers: give at least one, such as branch(relu, identity)")
    return Layer(run.init, forward, backward, run.absorb, Parts("branch", None, layers, branch))


def residual(layer: Layer) -> Layer[ResidualCache]:
    """``out = x + layer(x)``, the params those of the layer

    Source: He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015.
    Errors: ShapeError where the output of the layer has another shape than x.

    >>> from purenn import relu
    >>> out, cache = residual(relu).forward((), [-1.0, 2.0])
    >>> out, residual(relu).backward([1.0, 1.0], cache).x
    ([-1.0, 4.0], [1.0, 2.0])
    """
    check_layer("residual", 0, layer)

    def forward(
        params: Params, x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, ResidualCache]:
        out, cache = layer.forward(params, x, key=key, xp=xp)
        if shape(out) != shape(x):
            raise ShapeError(
                f"residual: x {shape(x)} and the output of its layer {shape(out)} differ: they are added, "
                "so the layer must keep the shape"
            )
        return F.add_forward(x, out, xp=xp)[0], ResidualCache(x, cache)

    def backward(dout: Array, cache: ResidualCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        if type(cache) is not ResidualCache:
            raise wrong_cache("residual", cache, "ResidualCache")
        grads = layer.backward(dout, cache.layer, need_x=need_x, xp=xp)
        return grads._replace(x=total([_like(cache.x, dout, xp), grads.x], xp)) if need_x else grads

    def absorb(params: Params, cache: ResidualCache) -> Params:
        return layer.absorb(params, cache.layer)

    return Layer(layer.init, forward, backward, absorb, Parts("residual", None, (layer,), residual))


def frozen(layer: Layer[Any], params: Params) -> Layer[Any]:
    """``out = layer(x)`` with these params for good: it has none to train, ``()``

    No optimizer, weight decay or clipping can reach them, and the gradient of x is the true one.

    >>> from purenn import affine
    >>> layer = frozen(affine(1, 1), ([[2.0]], [1.0]))
    >>> layer.init(key=0), layer.forward((), [3.0])[0]
    ((), [7.0])
    """
    check_layer("frozen", 0, layer)
    kept = params

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[()]:
        return ()

    def forward(params: tuple[()], x: Array, *, key: Key | None = None, xp: Xp = None) -> tuple[Array, Any]:
        fields("frozen", params, 0)
        return layer.forward(kept, x, key=key, xp=xp)

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        if not need_x:
            return LayerGrads((), None)
        return LayerGrads((), layer.backward(dout, cache, xp=xp).x)

    parts = Parts("frozen", None, (layer,), frozen, (params,))
    return Layer(init, forward, backward, parts=parts)


def _add() -> Layer[SumCache]:
    """``out = x[0] + x[1] + ...``: x is a tuple of arrays of one shape, such as the output of a branch."""

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[()]:
        return ()

    def forward(
        params: tuple[()], x: Any, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, SumCache]:
        """``out = x[0] + x[1] + ...``"""
        fields("add", params, 0)
        if not isinstance(x, tuple) or not x:
            raise KindError(
                f"add: x is a {type(x).__name__}, wanted a tuple of arrays, such as a branch gives"
            )
        if len({shape(each) for each in x}) > 1:
            shapes = " and ".join(str(shape(each)) for each in x)
            raise ShapeError(f"add: x {shapes} differ: branches that are added give one shape")
        return total([F.identity_forward(each, xp=xp)[0] for each in x], xp), SumCache(x)

    def backward(dout: Array, cache: SumCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        """``dx = dout``, for each"""
        if type(cache) is not SumCache:
            raise wrong_cache("add", cache, "SumCache")
        return LayerGrads((), tuple(_like(each, dout, xp) for each in cache.x))

    return Layer(init, forward, backward, parts=Parts("add"))


def _like(x: Array, dout: Array, xp: Xp) -> Array:
    """The gradient of x where it is handed on as it is: dout, if it has the shape, in the dtype of x."""
    return F.identity_backward(dout, F.identity_forward(x, xp=xp)[1], xp=xp).x


add = _add()
