"""Losses as values, and the one function that training needs: the loss together with its gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol

from . import functional as F
from ._types import Cache, Cache_co, Cache_contra
from .backends import quiet, replayed
from .backends.extras import shape
from .errors import KindError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._types import Array, Key, Params
    from .backends._protocol import Backend
    from .layers import Layer

    Xp = Backend | str | None

__all__ = ["Loss", "LossAndGrads", "loss_and_grads"]
__all__ += ["binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy"]
__all__ += ["half_squared_error", "hinge", "huber", "kl_divergence", "mean_absolute_error"]
__all__ += ["mean_squared_error", "softmax_cross_entropy"]


class LossForward(Protocol[Cache_co]):
    def __call__(self, predictions: Array, targets: Array, /, *, xp: Xp = None) -> tuple[Array, Cache_co]: ...


class LossBackward(Protocol[Cache_contra]):
    def __call__(self, dout: Array, cache: Cache_contra, /, *, xp: Xp = None) -> Any: ...


class Loss(NamedTuple, Generic[Cache]):
    """Two pure functions: ``forward(predictions, targets) -> (loss, cache)`` and

    ``backward(dout, cache) -> grads``, whose first field is the gradient of the predictions. One with
    another reduction: ``Loss(partial(F.mean_squared_error_forward, reduction="sum"),
    F.mean_squared_error_backward)``.
    """

    forward: LossForward[Cache]
    backward: LossBackward[Cache]


class LossAndGrads(NamedTuple):
    """The loss, the gradients of the params, as a tree like them, and the model's cache."""

    loss: Array
    grads: Params
    cache: Any


mean_squared_error = Loss(F.mean_squared_error_forward, F.mean_squared_error_backward)
half_squared_error = Loss(F.half_squared_error_forward, F.half_squared_error_backward)
mean_absolute_error = Loss(F.mean_absolute_error_forward, F.mean_absolute_error_backward)
huber = Loss(F.huber_forward, F.huber_backward)
binary_cross_entropy = Loss(F.binary_cross_entropy_forward, F.binary_cross_entropy_backward)
binary_cross_entropy_with_logits = Loss(
    F.binary_cross_entropy_with_logits_forward, F.binary_cross_entropy_with_logits_backward
)
hinge = Loss(F.hinge_forward, F.hinge_backward)
softmax_cross_entropy = Loss(F.softmax_cross_entropy_forward, F.softmax_cross_entropy_backward)
cross_entropy = Loss(F.cross_entropy_forward, F.cross_entropy_backward)
kl_divergence = Loss(F.kl_divergence_forward, F.kl_divergence_backward)


def loss_and_grads(model: Layer, loss: Loss) -> Callable[..., LossAndGrads]:
    """A function ``(params, x, targets, *, key=None, xp=None) -> LossAndGrads(loss, grads, cache)``

    The gradient of x is not computed: nobody reads it. (In an MLP of 784-256-128-10 it would take 40 %
    more multiplications.) On numpy the calls of the second run are kept as a flat program, which later runs
    on arrays of the same shapes follow, with the same bits; not where a layer or loss is of your own making.
    Errors: KindError for what is no Layer or no Loss; ShapeError for a loss of more than one number.

    >>> from purenn import affine, mean_squared_error
    >>> step = loss_and_grads(affine(1, 1), mean_squared_error)
    >>> step(([[2.0]], [1.0]), [[3.0]], [[5.0]])[:2]
    (4.0, AffineParams(w=[[12.0]], b=[4.0]))
    """

    for name, kind, value in (("model", "Layer", model), ("loss", "Loss", loss)):
        if not hasattr(value, "backward") or hasattr(value, "init") != (kind == "Layer"):
            raise KindError(
                f"loss_and_grads: {name} is a {type(value).__name__}, wanted a {kind}: "
                "give the model, then the loss"
            )

    def run(
        params: Params,
        x: Array,
        targets: Array,
        *,
        key: Key | None = None,
        xp: Backend | str | None = None,
    ) -> LossAndGrads:
        if xp is None and (key is None or (type(key) is int and not draws)):
            again: LossAndGrads = replay(params, x, targets)
            return again
        return compute(params, x, targets, key, xp)

    def compute(
        params: Params, x: Array, targets: Array, key: Key | None = None, xp: Xp = None
    ) -> LossAndGrads:
        with quiet():
            out, cache = model.forward(params, x, key=key, xp=xp)
            value, loss_cache = loss.forward(out, targets, xp=xp)
            if shape(value):
                raise ShapeError(
                    f"loss_and_grads: the loss has shape {shape(value)}, wanted one number: "
                    "give a loss whose reduction is 'mean' or 'sum'"
                )
            dout = loss.backward(1, loss_cache, xp=xp)[0]
            grads = model.backward(dout, cache, need_x=False, xp=xp).params
        return LossAndGrads(value, grads, cache)

    layers = list(_layers(model))
    pairs = [function for layer in layers for function in _pair(layer)]
    whole = [function for layer in layers for function in (layer.forward, layer.backward)]
    held = [layer.parts.held for layer in layers if getattr(layer, "parts", None)]
    options = getattr(loss.forward, "keywords", {}).values()
    held += [option for option in options if isinstance(option, list) or hasattr(option, "dtype")]
    replay = replayed(compute, calls=[*pairs, *whole, loss.forward, loss.backward], holds=tuple(held))
    draws = replay is compute or any(map(_draws, pairs))
    return run


def _layers(layer: Any) -> Iterator[Any]:
    """The layer, and those that it is made of."""
    yield layer
    for part in getattr(getattr(layer, "parts", None), "layers", ()):
        yield from _layers(part)


def _pair(layer: Any) -> tuple[Any, ...]:
    """The functions that a layer calls; None stands for those of a layer that does not say."""
    parts = getattr(layer, "parts", None)
    return (None,) if parts is None else parts.pair or ()


def _draws(function: Any) -> bool:
    """Whether a function of purenn, or that in a partial, takes a key."""
    return "key" in (getattr(function, "func", function).__kwdefaults__ or ())
