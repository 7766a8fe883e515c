"""Layers: a pair together with its parameters, and chains of them, which are layers again

``forward(params, x) -> (out, cache)`` and ``backward(dout, cache) -> LayerGrads(params, x)``. A layer
holds no numbers: its parameters come from ``init`` and are handed to ``forward``. With a key a layer
trains, without one it predicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol

from . import functional as F
from ._options import check_kind, count
from ._types import Cache, Cache_co, Cache_contra
from .backends import agree_trees, arrays, get_backend
from .backends.extras import shape
from .errors import CacheError, ShapeError, TreeError
from .initializers import glorot_uniform
from .random import fold_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._types import Array, DType, Key, Params
    from .backends._protocol import Backend

    Xp = Backend | str | None

__all__ = ["AffineParams", "ChainCache", "Layer", "LayerGrads", "affine", "chain"]
__all__ += ["relu", "sigmoid", "softmax", "tanh"]


class LayerGrads(NamedTuple):
    """The gradients of a layer's parameters and of its input (None where nobody needs it)."""

    params: Params
    x: Array


class LayerForward(Protocol[Cache_co]):
    def __call__(
        self, params: Params, x: Array, /, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, Cache_co]: ...


class LayerBackward(Protocol[Cache_contra]):
    def __call__(
        self, dout: Array, cache: Cache_contra, /, *, need_x: bool = True, xp: Xp = None
    ) -> LayerGrads: ...


class Layer(NamedTuple, Generic[Cache]):
    """Four pure functions

    - ``init(key, *, xp=None, dtype=None) -> params``: on lists unless ``xp`` says otherwise.
    - ``forward(params, x, *, key=None, xp=None) -> (out, cache)``
    - ``backward(dout, cache, *, need_x=True, xp=None) -> LayerGrads(params, x)``
    - ``absorb(params, cache) -> params``: with what the layer learned in ``forward`` folded in;
      by default the same params, for layers that gather no statistics.

    A layer of your own takes the same keywords: ``key`` for what it draws, ``xp`` for the backend, and
    ``need_x=False`` for "nobody reads the gradient of x", for which None may stand.
    """

    init: Callable[..., Params]
    forward: LayerForward[Cache]
    backward: LayerBackward[Cache]
    absorb: Callable[[Params, Any], Params] = lambda params, cache: params


class AffineParams(NamedTuple):
    w: Array
    b: Array


class ChainCache(NamedTuple):
    layers: tuple[Any, ...]


def affine(
    inputs: int, outputs: int, *, w_init: Callable[..., Array] = glorot_uniform
) -> Layer[F.AffineCache]:
    """``out = x @ w + b``, the params ``AffineParams(w, b)``: w from ``w_init``, b zeros

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

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> AffineParams:
        w = w_init(key, sizes, xp=xp, dtype=dtype)
        arrays("affine", xp, w=w)
        _check_w(w, sizes)
        b = get_backend(xp).zeros(sizes[1:], dtype=getattr(w, "dtype", dtype))
        return AffineParams(w, b)

    def forward(
        params: AffineParams, x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, F.AffineCache]:
        w, b = _fields("affine", params, 2)
        out, cache = F.affine_forward(x, w, b, xp=xp)
        _check_w(cache.w, sizes)
        return out, cache

    def backward(dout: Array, cache: F.AffineCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        dx, dw, db = F.affine_backward(dout, cache, need_x=need_x, xp=xp)
        return LayerGrads(AffineParams(dw, db), dx)

    return Layer(init, forward, backward)


def chain(*layers: Layer) -> Layer[ChainCache]:
    """``out = the last layer of ... of the first layer of x``, the params a tuple of theirs

    A chain is a layer, so chains chain. Given a key, each layer gets its own. An error says which
    layer it comes from.
    Errors: TreeError where params are not as many as the layers; TypeError for what is no layer.

    >>> model = chain(affine(2, 3), relu, affine(3, 1))
    >>> out, cache = model.forward(model.init(key=0), [[1.0, 2.0], [3.0, 4.0]])
    >>> len(out), len(out[0])
    (2, 1)
    """
    for index, layer in enumerate(layers):
        _check_layer(index, layer)

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[Params, ...]:
        return tuple(
            layer.init(fold_in(key, index), xp=xp, dtype=dtype) for index, layer in enumerate(layers)
        )

    def forward(
        params: tuple[Params, ...], x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, ChainCache]:
        own = _fields("chain", params, len(layers))
        xp = agree_trees("chain", {"params": own}, xp, x=x)
        caches = []
        for index, layer in enumerate(layers):
            layer_key = None if key is None else fold_in(key, index)
            try:
                x, cache = layer.forward(own[index], x, key=layer_key, xp=xp)
            except Exception as error:
                error.add_note(f"in layer {index} of a chain of {len(layers)}")
                raise
            caches.append(cache)
        return x, ChainCache(tuple(caches))

    def backward(dout: Array, cache: ChainCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        caches = _caches(cache, len(layers))
        grads: list[Params] = [()] * len(layers)
        for index in reversed(range(len(layers))):
            need = need_x or index > 0
            try:
                grads[index], dout = layers[index].backward(dout, caches[index], need_x=need, xp=xp)
            except Exception as error:
                error.add_note(f"in layer {index} of a chain of {len(layers)}")
                raise
        return LayerGrads(tuple(grads), dout)

    def absorb(params: tuple[Params, ...], cache: ChainCache) -> tuple[Params, ...]:
        parts = zip(layers, params, _caches(cache, len(layers)), strict=True)
        return tuple(layer.absorb(own, part) for layer, own, part in parts)

    return Layer(init, forward, backward, absorb)


def _pair(
    name: str,
    forward: Callable[..., tuple[Array, Cache]],
    backward: Callable[..., F.ActivationGrads],
    kind: type[Cache],
) -> Layer[Cache]:
    """The layer of a pair that takes x alone: its params are ``()``."""

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[()]:
        return ()

    def layer_forward(
        params: tuple[()], x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, Any]:
        _fields(name, params, 0)
        out, cache = forward(x, xp=xp)
        return out, cache

    def layer_backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        check_kind(name, "cache", cache, kind, f"give the cache that {name}'s forward returned")
        return LayerGrads((), backward(dout, cache, xp=xp).x if need_x else None)

    return Layer(init, layer_forward, layer_backward)


def _check_layer(index: int, layer: Any) -> None:
    if not isinstance(layer, Layer):
        name = getattr(layer, "__name__", "")
        raise TypeError(
            f"chain: layer {index} is a {type(layer).__name__} {name}".rstrip()
            + ", not a Layer: give layers one by one, such as chain(affine(2, 3), relu)"
        )


def _check_w(w: Array, sizes: tuple[int, int]) -> None:
    if shape(w) != sizes:
        raise ShapeError(
            f"affine: w {shape(w)} in a layer from {sizes[0]} inputs to {sizes[1]} outputs, wanted {sizes}: "
            "take params from this layer's init"
        )


def _fields(name: str, params: Params, count: int) -> tuple[Any, ...]:
    if not isinstance(params, tuple) or len(params) != count:
        got = f"a tuple of {len(params)}" if isinstance(params, tuple) else type(params).__name__
        raise TreeError(f"{name}: params are {got}, wanted a tuple of {count}: take them from init(key)")
    return params


def _caches(cache: ChainCache, count: int) -> tuple[Any, ...]:
    if type(cache) is not ChainCache or len(cache.layers) != count:
        raise CacheError(
            f"chain: cache is {type(cache).__name__}, wanted ChainCache of {count} layers: "
            "give the cache that this chain's forward returned"
        )
    return cache.layers


relu = _pair("relu", F.relu_forward, F.relu_backward, F.ReluCache)
sigmoid = _pair("sigmoid", F.sigmoid_forward, F.sigmoid_backward, F.SigmoidCache)
tanh = _pair("tanh", F.tanh_forward, F.tanh_backward, F.TanhCache)
softmax = _pair("softmax", F.softmax_forward, F.softmax_backward, F.SoftmaxCache)
