"""A network that notes what goes into each of its layers, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import layers
from ..layers import Layer, LayerGrads

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, Key, Params
    from ..losses import Loss


class Note(NamedTuple):
    """One call of a layer; ``combinator`` is what made it of other layers, whose places ``parts`` holds."""

    name: str
    combinator: str
    layer: Layer
    parts: tuple[str, ...]
    params: Params
    x: Any
    key: Key | None
    out: Any
    dout: Any = None
    grads: LayerGrads | None = None


def recorded(layer: Layer, notes: dict[str, Note], load: Callable[[Any], Any], place: str = "") -> Layer:
    """The same layer, which puts a note of each call, its own and of its parts, under its place

    ``load`` brings the params that ``frozen`` holds to the backend.

    >>> notes = {}
    >>> model = recorded(layers.chain(layers.relu, layers.residual(layers.tanh)), notes, lambda tree: tree)
    >>> model.forward(((), ()), [-1.0, 0.0])[0], list(notes)
    ([0.0, 0.0], ['0', '1.0', '1', ''])
    """
    name, combinator, parts, held = _made_of(layer)
    places = tuple(f"{place}.{index}".lstrip(".") for index in range(len(parts)))
    inner = [recorded(part, notes, load, where) for part, where in zip(parts, places, strict=True)]
    own: Layer = layer
    if combinator == "frozen":
        own = layers.frozen(inner[0], load(held))
    elif combinator:
        own = getattr(layers, combinator)(*inner)

    def forward(params: Params, x: Array, *, key: Key | None = None, xp: Any = None) -> tuple[Array, Any]:
        out, cache = own.forward(params, x, key=key, xp=xp)
        notes[place] = Note(name, combinator, layer, places, params, x, key, out)
        return out, cache

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Any = None) -> LayerGrads:
        grads = own.backward(dout, cache, need_x=need_x, xp=xp)
        notes[place] = notes[place]._replace(dout=dout, grads=grads)
        return grads

    return own._replace(forward=forward, backward=backward)


def loss_layer(loss: Loss) -> Layer:
    """A loss as a layer, its params the targets, which have no gradient."""

    def forward(params: Params, x: Array, *, key: Key | None = None, xp: Any = None) -> tuple[Array, Any]:
        return loss.forward(x, *params, xp=xp)

    def backward(dout: Array, cache: Any, *, need_x: bool = True, xp: Any = None) -> LayerGrads:
        return LayerGrads((), loss.backward(dout, cache, xp=xp)[0])

    forward.__qualname__ = name_of(loss.forward)
    return Layer(lambda key, *, xp=None, dtype=None: (), forward, backward)


def name_of(function: Any) -> str:
    """What a function, or that in a partial, is called.

    >>> from purenn.functional import relu_forward
    >>> name_of(relu_forward)
    'relu'
    """
    function = getattr(function, "func", function)
    name = getattr(function, "__qualname__", type(function).__name__).split(".<locals>")[0]
    return str(name).removesuffix("_forward").removesuffix(".forward").lstrip("_")


_COMBINATORS = ("chain", "parallel", "branch", "residual", "frozen")


def _made_of(layer: Layer) -> tuple[str, str, tuple[Layer, ...], Params]:
    """A layer's name, the combinator that made it of other layers, these, and the params that it holds."""
    function: Any = layer.forward
    name = name_of(function)
    if getattr(function, "__module__", "").startswith("purenn.layers."):
        cells = (cell.cell_contents for cell in function.__closure__ or ())
        kept = dict(zip(function.__code__.co_freevars, cells, strict=True))
        if name in _COMBINATORS:
            parts = (kept["layer"],) if "layer" in kept else kept["layers"]
            return name, name, parts, kept.get("kept")
        name = kept.get("name", name)
    return name, "", (), None
