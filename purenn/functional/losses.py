"""Losses: how far predictions are from targets, and in which direction.

``reduction`` says what becomes of the separate losses: their ``"mean"``, their ``"sum"``, or
``"none"``, all of them. Every cache keeps ``count``, an array like the loss: by how many terms each
of its numbers was divided. Predictions and targets have equal shapes: a loss never broadcasts.
Targets are constants, so they have no gradient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends import arrays
from ..backends.extras import cast, check_labels, check_one_hot, is_integer, shape
from ..errors import ShapeError
from ._gate import check_classes, check_dout, check_reduction, open_backward

if TYPE_CHECKING:
    from .._types import Array
    from ..backends._protocol import Backend


class RegressionGrads(NamedTuple):
    predictions: Array


class MeanSquaredErrorCache(NamedTuple):
    difference: Array
    count: Array


class HalfSquaredErrorCache(NamedTuple):
    difference: Array
    count: Array


class SoftmaxCrossEntropyCache(NamedTuple):
    probabilities: Array
    targets: Array
    count: Array


class SoftmaxCrossEntropyGrads(NamedTuple):
    logits: Array


def mean_squared_error_forward(
    predictions: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, MeanSquaredErrorCache]:
    """``loss = mean of (predictions - targets)**2`` over all elements

    Shapes: predictions and targets alike -> loss (), or like them with ``reduction="none"``
    Errors: ShapeError, also for the mean of nothing; OptionError.

    >>> loss, cache = mean_squared_error_forward([1.0, 5.0], [0.0, 2.0])
    >>> loss
    5.0
    """
    op = "mean_squared_error"
    xp, predictions, targets = _open_regression(op, predictions, targets, reduction, xp)
    difference = xp.subtract(predictions, targets)
    loss, count = _reduce(op, xp.multiply(difference, difference), reduction, xp)
    return loss, MeanSquaredErrorCache(cast(difference, predictions, xp=xp), count)


def mean_squared_error_backward(
    dout: Array, cache: MeanSquaredErrorCache, *, xp: Backend | str | None = None
) -> RegressionGrads:
    """``dpredictions = dout * 2 * (predictions - targets) / count``

    Shapes: dout as loss -> predictions

    >>> _, cache = mean_squared_error_forward([1.0, 5.0], [0.0, 2.0])
    >>> mean_squared_error_backward(1.0, cache)
    RegressionGrads(predictions=[1.0, 3.0])
    """
    op = "mean_squared_error"
    xp, dout, difference, count = open_backward(op, MeanSquaredErrorCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    slope = xp.divide(xp.multiply(difference, 2), count)
    return RegressionGrads(cast(xp.multiply(dout, slope), difference, xp=xp))


def half_squared_error_forward(
    predictions: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, HalfSquaredErrorCache]:
    """``loss = mean of (predictions - targets)**2 / 2`` over all elements

    Shapes: predictions and targets alike -> loss (), or like them with ``reduction="none"``
    Errors: ShapeError, also for the mean of nothing; OptionError.

    >>> loss, cache = half_squared_error_forward([1.0, 5.0], [0.0, 2.0], reduction="sum")
    >>> loss
    5.0
    """
    op = "half_squared_error"
    xp, predictions, targets = _open_regression(op, predictions, targets, reduction, xp)
    difference = xp.subtract(predictions, targets)
    loss, count = _reduce(op, xp.divide(xp.multiply(difference, difference), 2), reduction, xp)
    return loss, HalfSquaredErrorCache(cast(difference, predictions, xp=xp), count)


def half_squared_error_backward(
    dout: Array, cache: HalfSquaredErrorCache, *, xp: Backend | str | None = None
) -> RegressionGrads:
    """``dpredictions = dout * (predictions - targets) / count``

    Shapes: dout as loss -> predictions

    >>> _, cache = half_squared_error_forward([1.0, 5.0], [0.0, 2.0], reduction="sum")
    >>> half_squared_error_backward(1.0, cache)
    RegressionGrads(predictions=[1.0, 3.0])
    """
    op = "half_squared_error"
    xp, dout, difference, count = open_backward(op, HalfSquaredErrorCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    slope = xp.divide(difference, count)
    return RegressionGrads(cast(xp.multiply(dout, slope), difference, xp=xp))


def softmax_cross_entropy_forward(
    logits: Array,
    labels: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, SoftmaxCrossEntropyCache]:
    """``loss = mean of -sum of targets * log softmax(logits)`` over the samples

    ``log softmax(x) = x - max - log sum exp(x - max)``: no epsilon, so loss and gradient agree.
    Shapes: logits (..., C); labels (...) of ints from 0 to C - 1, or (..., C) of probabilities
    (one-hot or soft) -> loss (), or (...) with ``reduction="none"``.
    Errors: ShapeError, LabelError, OptionError. While labels are traced (``jax.jit``) their values cannot
    be checked: one that is no class makes the loss NaN. Soft targets are taken as they are, whatever
    they add up to.

    >>> loss, cache = softmax_cross_entropy_forward([[100.0, 0.0, 0.0]], [1])
    >>> loss
    100.0
    >>> softmax_cross_entropy_forward([[0.0, 0.0]], [[0.5, 0.5]])[0]
    0.6931471805599453
    """
    op = "softmax_cross_entropy"
    check_reduction(op, reduction)
    xp, logits, labels = arrays(op, xp, raw=("labels",), logits=logits, labels=labels)
    check_classes(op, "logits", logits)
    targets = _targets(op, logits, labels, xp)
    shifted = xp.subtract(logits, xp.max(logits, axis=-1, keepdims=True))
    shares = xp.exp(shifted)
    total = xp.sum(shares, axis=-1, keepdims=True)
    log_softmax = xp.subtract(shifted, xp.log(total))
    terms = xp.where(xp.equal(targets, 0), 0, xp.multiply(targets, log_softmax))  # 0 * -inf is 0
    losses = xp.subtract(0, xp.sum(terms, axis=-1))
    loss, count = _reduce(op, losses, reduction, xp)
    return loss, SoftmaxCrossEntropyCache(xp.divide(shares, total), targets, count)


def softmax_cross_entropy_backward(
    dout: Array, cache: SoftmaxCrossEntropyCache, *, xp: Backend | str | None = None
) -> SoftmaxCrossEntropyGrads:
    """``dlogits = dout * (softmax(logits) * sum of targets - targets) / count``

    The sum of targets, along the last axis, is 1 for labels and probabilities.
    Shapes: dout as loss -> logits (..., C)

    >>> _, cache = softmax_cross_entropy_forward([[0.0, 0.0]], [1])
    >>> softmax_cross_entropy_backward(1.0, cache)
    SoftmaxCrossEntropyGrads(logits=[[0.5, -0.5]])
    """
    op = "softmax_cross_entropy"
    xp, dout, probabilities, targets, count = open_backward(op, SoftmaxCrossEntropyCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    mass = xp.sum(targets, axis=-1, keepdims=True)
    slope = xp.subtract(xp.multiply(probabilities, mass), targets)
    each = xp.expand_dims(xp.divide(dout, count), axis=-1)
    return SoftmaxCrossEntropyGrads(cast(xp.multiply(each, slope), probabilities, xp=xp))


def _open_regression(
    op: str, predictions: Array, targets: Array, reduction: str, xp: Backend | str | None
) -> tuple[Backend, *tuple[Any, ...]]:
    check_reduction(op, reduction)
    backend, predictions, targets = arrays(op, xp, predictions=predictions, targets=targets)
    if shape(predictions) != shape(targets):
        raise ShapeError(
            f"{op}: predictions {shape(predictions)} and targets {shape(targets)} differ: "
            "a loss never broadcasts, reshape one to the shape of the other"
        )
    return backend, predictions, targets


def _targets(op: str, logits: Any, labels: Any, xp: Any) -> Any:
    """One row of probabilities a sample: the soft targets themselves, or labels made one-hot."""
    classes = shape(logits)[-1]
    if shape(labels) == shape(logits):
        if is_integer(labels, xp=xp):
            check_one_hot(op, labels, xp=xp)
        return arrays(op, xp, logits=logits, labels=labels)[2]
    if shape(labels) != shape(logits)[:-1]:
        raise ShapeError(
            f"{op}: logits {shape(logits)} and labels {shape(labels)} do not meet: "
            f"labels are {shape(logits)[:-1]} of ints, or {shape(logits)} of probabilities"
        )
    good = check_labels(op, labels, classes, xp=xp)
    numbers = xp.arange(classes)
    one_hot = xp.equal(xp.expand_dims(cast(labels, numbers, xp=xp), axis=-1), numbers)
    targets = xp.where(one_hot, xp.ones_like(logits), 0)
    return targets if good is None else xp.where(xp.expand_dims(good, axis=-1), targets, math.nan)


def _reduce(op: str, losses: Any, reduction: str, xp: Any) -> tuple[Any, Any]:
    """The loss, and by how many terms it was divided."""
    if reduction == "none":
        return losses, xp.ones_like(losses)
    count = math.prod(shape(losses)) if reduction == "mean" else 1
    if count == 0:
        raise ShapeError(f"{op}: losses {shape(losses)}: no samples have no mean, give at least one")
    total = xp.sum(losses)
    divisor = xp.full_like(total, count)
    return xp.divide(total, divisor), divisor
