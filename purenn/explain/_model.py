"""What may be explained: a Layer, a pair, or a list of them, one after the other."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any

from .._options import check_is
from ..errors import KindError, TreeError
from ..layers import Layer, chain, layer
from ..layers.recording import Parts, fields, name_of
from ._trace import positional

if TYPE_CHECKING:
    from .._types import Array, Params


def model_of(op: str, model: Any, params: Params) -> Layer[Any]:
    """A Layer as it is; of a pair, or of a list of them, the Layer."""
    if isinstance(model, Layer):
        return model
    if isinstance(model, list) and model:
        own = fields(op, params, len(model))
        return chain(*(model_of(op, part, each) for part, each in zip(model, own, strict=True)))
    kind = getattr(model, "_fields", ("forward", "backward"))  # a Loss is a pair too, an Optimizer none
    fits = isinstance(model, tuple) and kind == ("forward", "backward") and all(map(callable, model))
    wanted = "a Layer, a pair (forward, backward), or a list of them"
    check_is(op, "model", model, fits and len(model) == 2, wanted, "one such as affine(2, 3)")
    return _layer_of(op, (model[0], model[1]), params)


def _layer_of(op: str, pair: tuple[Any, Any], params: Params) -> Layer[Any]:
    """The layer of a pair, whose gradients are told by the names of its arguments."""
    name, (forward, backward) = name_of(pair[0]), pair
    names = _arguments(op, name, forward, params)[: 1 + len(params)]

    @wraps(forward)
    def checked(*arguments: Array, **options: Any) -> tuple[Array, Any]:
        found = forward(*arguments, **options)
        if not isinstance(found, tuple) or len(found) != 2:
            raise KindError(
                f"{op}: {name} returned a {type(found).__name__}, wanted (out, cache): return both"
            )
        out, cache = found
        return out, cache

    @wraps(backward)
    def by_name(dout: Array, cache: Any, **options: Any) -> tuple[Array, ...]:
        grads = backward(dout, cache, **options)
        if not set(getattr(grads, "_fields", ("?",))) <= set(names):
            raise KindError(
                f"{op}: the backward of {name} returned a {type(grads).__name__}, wanted a NamedTuple of "
                f"gradients: give its fields the names of arguments, {', '.join(names)}"
            )
        return tuple(getattr(grads, each, None) for each in names)

    init = (lambda key, *, xp=None, dtype=None: params) if params else None
    return layer(checked, by_name, init=init)._replace(parts=Parts(name, pair))


def _arguments(op: str, name: str, forward: Any, params: Params) -> list[str]:
    """The names of a function's arguments, x and as many as there are params, or an error."""
    try:
        arguments = positional(forward)
        rest = [
            each for each in inspect.signature(forward).parameters.values() if each.kind == each.KEYWORD_ONLY
        ]
    except ValueError:  # of some functions that are written in C
        arguments, rest = [], []
    missing = [each.name for each in rest if each.default is each.empty]
    if not arguments or missing:
        what = f"needs the option {missing[0]}: give" if missing else "does not say its arguments: give"
        raise KindError(f"{op}: {name} {what} a function such as partial({name}, ...), wanted (x, ...)")
    names = [each for each, _ in arguments]
    least = sum(needed for _, needed in arguments) - 1
    if not isinstance(params, tuple) or not least <= len(params) < len(names):
        got = f"a tuple of {len(params)}" if isinstance(params, tuple) else f"a {type(params).__name__}"
        raise TreeError(
            f"{op}: params are {got}, wanted a tuple of {least}: {name} takes {', '.join(names)}, "
            "the first of which is x: give the others"
        )
    return names
