"""Losses of one class among several, along the last axis: from logits, probabilities or their logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..._options import number
from ...backends import arrays
from ...backends.checks import check_range
from ...backends.extras import cast, constant, log_shares, shape, weigh
from ...errors import ShapeError
from .._gate import check_classes, check_dout, open_backward
from ._reduction import check_reduction, open_regression, reduce_losses, targets_of

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class SoftmaxCrossEntropyCache(NamedTuple):
    probabilities: Array
    targets: Array
    count: Array


class SoftmaxCrossEntropyGrads(NamedTuple):
    logits: Array


class CrossEntropyCache(NamedTuple):
    probabilities: Array
    targets: Array
    count: Array


class CrossEntropyGrads(NamedTuple):
    probabilities: Array


class KlDivergenceCache(NamedTuple):
    targets: Array
    count: Array


class KlDivergenceGrads(NamedTuple):
    log_probabilities: Array


def softmax_cross_entropy_forward(
    logits: Array,
    labels: Array,
    *,
    class_weights: Array | None = None,
    label_smoothing: float = 0,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, SoftmaxCrossEntropyCache]:
    """``loss = mean of -sum of targets * log softmax(logits)`` over the samples

    ``log softmax(x) = x - max - log sum exp(x - max)``: no epsilon, so loss and gradient agree.
    With ``label_smoothing=s`` the targets are ``(1 - s) * targets + s / C``. With ``class_weights`` (C,) each
    target is multiplied with the weight of its class, and the mean is over the sum of weights of the labels.
    Shapes: logits (..., C); labels (...) of ints from 0 to C - 1, or (..., C) of probabilities
    (one-hot or soft) -> loss (), or (...) with ``reduction="none"``.
    Source: Szegedy et al., Rethinking the inception architecture, 2016, for the smoothing.
    Errors: ShapeError, LabelError, OptionError, RangeError for weights below 0. While labels are traced
    (``jax.jit``) their values cannot be checked: one that is no class makes the loss NaN. Soft targets are
    taken as they are, whatever they add up to.

    >>> loss, cache = softmax_cross_entropy_forward([[100.0, 0.0, 0.0]], [1])
    >>> loss
    100.0
    >>> softmax_cross_entropy_forward([[0.0, 0.0]], [[0.5, 0.5]])[0]
    0.6931471805599453
    """
    op = "softmax_cross_entropy"
    check_reduction(op, reduction)
    smoothing = number(op, "label_smoothing", label_smoothing, 0, 1)
    xp, logits, labels = arrays(op, xp, raw=("labels",), logits=logits, labels=labels)
    check_classes(op, "logits", logits)
    targets = targets_of(op, "logits", logits, labels, xp)
    weights = None
    if class_weights is not None:
        class_weights = _class_weights(op, class_weights, logits, xp)
        weights = xp.sum(xp.multiply(targets, class_weights), axis=-1)
    if smoothing:
        smoothing = constant(smoothing, logits)
        even = xp.full_like(logits, 1)
        targets = xp.add(
            xp.multiply(targets, 1 - smoothing), xp.divide(xp.multiply(even, smoothing), shape(logits)[-1])
        )
    if class_weights is not None:
        targets = xp.multiply(targets, class_weights)
    log_probabilities, probabilities = log_shares(logits, xp=xp)
    losses = xp.subtract(0, xp.sum(weigh(targets, log_probabilities, xp=xp), axis=-1))
    loss, count = reduce_losses(op, losses, reduction, xp, weights=weights)
    return loss, SoftmaxCrossEntropyCache(probabilities, targets, count)


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


def _class_weights(op: str, class_weights: Array, logits: Array, xp: Backend) -> Array:
    _, weights = arrays(op, xp, class_weights=class_weights)
    if shape(weights) != shape(logits)[-1:]:
        raise ShapeError(
            f"{op}: class_weights {shape(weights)} and logits {shape(logits)} do not meet: "
            f"one weight a class, so class_weights must be {shape(logits)[-1:]}"
        )
    return cast(check_range(op, "class_weights", weights, 0, None, xp=xp), logits, xp=xp)


def cross_entropy_forward(
    probabilities: Array,
    labels: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, CrossEntropyCache]:
    """``loss = mean of -sum of targets * log probabilities`` over the samples

    For outputs of a softmax; from logits, softmax_cross_entropy loses no digits. A label whose probability
    is 0 costs infinity: there is no epsilon.
    Shapes: probabilities (..., C) from 0 to 1; labels (...) of ints, or (..., C) of probabilities
    -> loss (), or (...) with ``reduction="none"``.
    Errors: ShapeError, LabelError, OptionError; RangeError for what is no probability.

    >>> loss, cache = cross_entropy_forward([[0.5, 0.25, 0.25]], [0])
    >>> loss
    0.6931471805599453
    """
    op = "cross_entropy"
    check_reduction(op, reduction)
    xp, probabilities, labels = arrays(op, xp, raw=("labels",), probabilities=probabilities, labels=labels)
    check_classes(op, "probabilities", probabilities)
    hint = "for logits there is softmax_cross_entropy"
    probabilities = check_range(op, "probabilities", probabilities, 0, 1, xp=xp, hint=hint)
    targets = targets_of(op, "probabilities", probabilities, labels, xp)
    losses = xp.subtract(0, xp.sum(weigh(targets, xp.log(probabilities), xp=xp), axis=-1))
    loss, count = reduce_losses(op, losses, reduction, xp)
    return loss, CrossEntropyCache(probabilities, targets, count)


def cross_entropy_backward(
    dout: Array, cache: CrossEntropyCache, *, xp: Backend | str | None = None
) -> CrossEntropyGrads:
    """``dprobabilities = dout * -targets / probabilities / count``

    Shapes: dout as loss -> probabilities (..., C)

    >>> _, cache = cross_entropy_forward([[0.5, 0.25, 0.25]], [0])
    >>> cross_entropy_backward(1.0, cache)
    CrossEntropyGrads(probabilities=[[-2.0, 0.0, 0.0]])
    """
    op = "cross_entropy"
    xp, dout, probabilities, targets, count = open_backward(op, CrossEntropyCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    slope = weigh(targets, xp.divide(-1, probabilities), xp=xp)
    each = xp.expand_dims(xp.divide(dout, count), axis=-1)
    return CrossEntropyGrads(cast(weigh(each, slope, xp=xp), probabilities, xp=xp))


def kl_divergence_forward(
    log_probabilities: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, KlDivergenceCache]:
    """``loss = mean of sum of targets * (log targets - log_probabilities)`` over the samples

    How many nats the log probabilities, such as those of log_softmax, waste on samples of the targets.
    Shapes: log_probabilities (..., C), targets (..., C) from 0 to 1 -> loss (), or (...) with
    ``reduction="none"``
    Source: Kullback and Leibler, On information and sufficiency, 1951.
    Errors: ShapeError, OptionError; RangeError for targets that are no probabilities, and for a logarithm
    above 0.

    >>> loss, cache = kl_divergence_forward([[0.0, -1.0]], [[1.0, 0.0]])
    >>> loss
    0.0
    """
    op = "kl_divergence"
    xp, log_probabilities, targets = open_regression(
        op, log_probabilities, targets, reduction, xp, "log_probabilities"
    )
    check_classes(op, "log_probabilities", log_probabilities)
    hint = "log_softmax gives such"
    log_probabilities = check_range(op, "log_probabilities", log_probabilities, None, 0, xp=xp, hint=hint)
    targets = check_range(op, "targets", targets, 0, 1, xp=xp)
    held = xp.where(xp.equal(targets, 0), 1, targets)  # what is impossible wastes nothing
    waste = weigh(targets, xp.subtract(xp.log(held), log_probabilities), xp=xp)
    loss, count = reduce_losses(op, xp.sum(waste, axis=-1), reduction, xp)
    return loss, KlDivergenceCache(targets, count)


def kl_divergence_backward(
    dout: Array, cache: KlDivergenceCache, *, xp: Backend | str | None = None
) -> KlDivergenceGrads:
    """``dlog_probabilities = dout * -targets / count``

    Shapes: dout as loss -> log_probabilities (..., C)

    >>> _, cache = kl_divergence_forward([[0.0, -1.0]], [[1.0, 0.0]])
    >>> kl_divergence_backward(1.0, cache)
    KlDivergenceGrads(log_probabilities=[[-1.0, 0.0]])
    """
    op = "kl_divergence"
    xp, dout, targets, count = open_backward(op, KlDivergenceCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    each = xp.expand_dims(xp.divide(dout, count), axis=-1)
    return KlDivergenceGrads(cast(xp.subtract(0, xp.multiply(each, targets)), targets, xp=xp))
