"""What a trained model says about new samples.

The model gets no key, so it predicts: nothing is dropped, and running averages are used. Its output is
taken for logits; of a model that ends in ``sigmoid`` or ``softmax`` say ``from_logits=False``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import functional as F
from .backends import arrays
from .backends.checks import check_range
from .backends.extras import shape
from .errors import KindError, OptionError, ShapeError
from .layers import Layer

if TYPE_CHECKING:
    from ._types import Array, Params
    from .backends._protocol import Backend

__all__ = ["predict", "predict_proba"]


def predict_proba(
    model: Layer, params: Params, x: Array, *, from_logits: bool = True, xp: Backend | str | None = None
) -> Array:
    """``sigmoid(out)`` where out has one number a sample, else ``softmax(out)``

    One number is a logit of class 1. With ``from_logits=False`` the model's output is returned as it is: it
    already is a probability, as from a model that ends in ``sigmoid`` or ``softmax``.
    Shapes: the same as the model's output, (..., 1) or (..., C)
    Errors: ShapeError for an output without classes; RangeError for a probability below 0 or above 1;
    OptionError; KindError for what is no Layer; and the model's own.

    >>> from purenn import affine
    >>> predict_proba(affine(1, 1), ([[2.0]], [0.0]), [[0.0], [-1000.0]])
    [[0.5], [0.0]]
    >>> predict_proba(affine(1, 2), ([[2.0, 2.0]], [0.0, 0.0]), [[1.0]])
    [[0.5, 0.5]]
    """
    xp, out = _run("predict_proba", model, params, x, from_logits, xp)
    if not from_logits:
        return out
    return (F.sigmoid_forward if shape(out)[-1] == 1 else F.softmax_forward)(out, xp=xp)[0]


def predict(
    model: Layer, params: Params, x: Array, *, from_logits: bool = True, xp: Backend | str | None = None
) -> Array:
    """``1 where out > 0, else 0`` where out has one number a sample, else ``argmax of out``

    A logit above 0 is a probability above 0.5, which is what counts with ``from_logits=False``; at exactly
    0.5 the class is 0, as of equal outputs the first is. A sample whose output has a NaN gets -1, which is
    no class.
    Shapes: the model's output (..., 1) or (..., C) -> (...) of ints
    Errors: as ``predict_proba``.

    >>> from purenn import affine
    >>> predict(affine(1, 1), ([[2.0]], [0.0]), [[0.5], [0.0], [-3.0]])
    [1, 0, 0]
    >>> predict(affine(1, 2), ([[2.0, -2.0]], [0.0, 0.0]), [[0.5], [0.0], [-3.0]])
    [0, 0, 1]
    """
    xp, out = _run("predict", model, params, x, from_logits, xp)
    best, chosen = xp.max(out, axis=-1, keepdims=False), xp.argmax(out, axis=-1)
    if shape(out)[-1] == 1:
        chosen = xp.where(xp.greater(best, 0 if from_logits else 0.5), 1, chosen)  # argmax of one is 0
    return xp.where(xp.equal(best, best), chosen, -1)


def _run(
    op: str, model: Layer, params: Params, x: Array, from_logits: bool, xp: Backend | str | None
) -> tuple[Backend, Any]:
    if not isinstance(model, Layer):
        raise KindError(
            f"{op}: model is a {type(model).__name__}, wanted a Layer: give the model that made the params"
        )
    if not isinstance(from_logits, bool):
        raise OptionError(f"{op}: from_logits={from_logits!r:.40}: wanted True or False")
    out, _ = model.forward(params, x, xp=xp)
    backend, out = arrays(op, xp, out=out)
    if not shape(out) or shape(out)[-1] == 0:
        raise ShapeError(
            f"{op}: the model's output {shape(out)} has no classes: wanted (..., C), or (..., 1) for two"
        )
    if not from_logits:
        check_range(op, "output", out, 0, 1, xp=backend, hint="are these logits? Then leave from_logits True")
    return backend, out
