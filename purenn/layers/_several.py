"""Several layers under one name: how they get keys, hand on caches and say where an error comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import functional as F
from ..backends import agree_trees
from ..errors import CacheError, TreeError
from ..random import fold_in
from ..trees import tree_map
from ._layer import Layer, LayerGrads, check_layer, fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, DType, Key, Params
    from ..backends._protocol import Backend

    Xp = Backend | str | None


class Several:
    """Several layers under one name: keys, caches and the places of errors are the same for all."""

    def __init__(self, name: str, layers: tuple[Layer, ...], kind: Callable[..., Any]) -> None:
        for index, layer in enumerate(layers):
            check_layer(name, index, layer)
        self.name, self.layers, self.kind = name, layers, kind

    def init(self, key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[Params, ...]:
        return tuple(
            layer.init(fold_in(key, index), xp=xp, dtype=dtype) for index, layer in enumerate(self.layers)
        )

    def forward(self, index: int, params: Any, x: Array, key: Key | None, xp: Xp) -> tuple[Array, Any]:
        try:
            own = None if key is None else fold_in(key, index)
            return self.layers[index].forward(params[index], x, key=own, xp=xp)
        except Exception as error:
            error.add_note(f"in layer {index} of a {self.name} of {len(self.layers)}")
            raise

    def backward(self, index: int, dout: Array, caches: Any, need_x: bool, xp: Xp) -> LayerGrads:
        try:
            return self.layers[index].backward(dout, caches[index], need_x=need_x, xp=xp)
        except Exception as error:
            error.add_note(f"in layer {index} of a {self.name} of {len(self.layers)}")
            raise

    def abreast(self, params: Any, inputs: tuple[Array, ...], key: Key | None, xp: Xp) -> tuple[Any, Any]:
        own = fields(self.name, params, len(self.layers))
        xp = agree_trees(self.name, {"x": inputs, "params": own}, xp)
        done = [self.forward(index, own, x, key, xp) for index, x in enumerate(inputs)]
        return tuple(out for out, _ in done), self.kind(tuple(cache for _, cache in done))

    def abreast_backward(self, dout: Any, cache: Any, need_x: bool, xp: Xp) -> list[LayerGrads]:
        caches = self.caches(cache)
        douts = abreast(f"{self.name}_backward: dout", dout, len(self.layers), "gradient")
        return [self.backward(index, each, caches, need_x, xp) for index, each in enumerate(douts)]

    def absorb(self, params: tuple[Params, ...], cache: Any) -> tuple[Params, ...]:
        parts = zip(self.layers, params, self.caches(cache), strict=True)
        return tuple(layer.absorb(own, part) for layer, own, part in parts)

    def caches(self, cache: Any) -> tuple[Any, ...]:
        if type(cache) is not self.kind or len(cache.layers) != len(self.layers):
            wanted = f"{getattr(self.kind, '__name__', '')} of {len(self.layers)} layers"
            raise wrong_cache(self.name, cache, wanted)
        layers: tuple[Any, ...] = cache.layers
        return layers


def wrong_cache(name: str, cache: Any, wanted: str) -> CacheError:
    return CacheError(
        f"{name}: cache is {type(cache).__name__}, wanted {wanted}: "
        f"give the cache that this {name}'s forward returned"
    )


def abreast(name: str, values: Any, count: int, one: str) -> tuple[Any, ...]:
    """The values, if they are a tuple of so many, or TreeError."""
    if not isinstance(values, tuple) or len(values) != count:
        got = f"a tuple of {len(values)}" if isinstance(values, tuple) else type(values).__name__
        whose = {"input": "layer", "gradient": "output"}[one]
        raise TreeError(f"{name} is {got}, wanted a tuple of {count}: one {one} for each {whose}")
    return values


def total(trees: list[Any], xp: Xp) -> Any:
    """The sum of trees, leaf by leaf, from the first to the last."""
    sums = trees[0]
    for tree in trees[1:]:
        sums = tree_map(lambda one, other: F.add_forward(one, other, xp=xp)[0], sums, tree)
    return sums
