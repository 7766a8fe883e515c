"""A network that notes what goes into each of its layers, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ._layer import Layer, LayerGrads, Parts, fields, name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, Key, Params


class Note(NamedTuple):
    """One call of a layer; ``places`` are those of the layers that it is made of."""

    name: str
    layer: Layer
    places: tuple[str, ...]
    params: Params
    x: Any
    key: Key | None
    out: Any
    cache: Any
    dout: Any = None
    grads: LayerGrads | None = None


def recorded(
    layer: Layer, notes: dict[str, Note], load: Callable[[Any], Any] = lambda tree: tree, place: str = ""
) -> Layer:
    """The same layer, which puts a note of each call, its own and of its parts, under its place

    ``load`` brings the params that a layer holds, such as a frozen one, to the backend.

    >>> from purenn import chain, relu, residual, tanh
    >>> notes = {}
    >>> model = recorded(chain(relu, residual(tanh)), notes)
    >>> model.forward(((), ()), [-1.0, 0.0])[0], list(notes)
    ([0.0, 0.0], ['0', '1.0', '1', ''])
    """
    parts = layer.parts or Parts(name_of(layer.forward))
    names = parts.names or tuple(map(str, range(len(parts.layers))))
    places = tuple(f"{place}.{name}".lstrip(".") for name in names)
    own: Layer = layer
    if parts.build is not None:
        inner = (recorded(part, notes, load, at) for part, at in zip(parts.layers, places, strict=True))
        own = parts.build(*inner, *map(load, parts.held))

    def forward(params: Params, x: Array, *, key: Key | None = None, xp: Any = None) -> tuple[Array, Any]:
        out, cache = own.forward(params, x, key=key, xp=xp)
        notes[place] = Note(parts.name, layer, places, params, x, key, out, cache)
        return out, cache

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Any = None) -> LayerGrads:
        grads = own.backward(dout, cache, need_x=need_x, xp=xp)
        notes[place] = notes[place]._replace(dout=dout, grads=grads)
        return grads

    return own._replace(forward=forward, backward=backward, parts=None)  # what happens in it is noted here


def loss_layer(loss: Any) -> Layer:
    """A loss as a layer, its params the targets, which have no gradient."""

    def forward(params: Params, x: Array, *, key: Key | None = None, xp: Any = None) -> tuple[Array, Any]:
        out, cache = loss.forward(x, *params, xp=xp)
        return out, cache

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Any = None) -> LayerGrads:
        return LayerGrads((), loss.backward(dout, cache, xp=xp)[0])

    parts = Parts(name_of(loss.forward), (loss.forward, loss.backward))
    return Layer(lambda key, *, xp=None, dtype=None: (), forward, backward, parts=parts)


__all__ = ["Note", "Parts", "fields", "loss_layer", "name_of", "recorded"]
