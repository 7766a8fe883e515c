"""Losses of yes and no: from logits, probabilities or scores, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...backends.checks import check_range, check_signs
from ...backends.extras import cast, shape, weigh, where_positive
from .._gate import check_dout, open_backward
from ._reduction import RegressionGrads, open_regression, reduce_losses

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class BinaryCrossEntropyCache(NamedTuple):
    probabilities: Array
    targets: Array
    count: Array


class BinaryCrossEntropyGrads(NamedTuple):
    probabilities: Array


class BinaryCrossEntropyWithLogitsCache(NamedTuple):
    logits: Array
    targets: Array
    count: Array


class BinaryCrossEntropyWithLogitsGrads(NamedTuple):
    logits: Array


class HingeCache(NamedTuple):
    slope: Array
    count: Array


def binary_cross_entropy_forward(
    probabilities: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, BinaryCrossEntropyCache]:
    """``loss = mean of -t * log p - (1 - t) * log(1 - p)`` over all elements, p a probability, t its target

    For outputs of a sigmoid; from logits, binary_cross_entropy_with_logits loses no digits. There is no
    epsilon: what was held impossible and came costs infinity.
    Shapes: probabilities and targets alike, both from 0 to 1 -> loss (), or like them with
    ``reduction="none"``
    Errors: ShapeError, OptionError; RangeError for what is no probability.

    >>> loss, cache = binary_cross_entropy_forward([0.5, 1.0], [0, 1])
    >>> loss
    0.34657359027997264
    """
    op = "binary_cross_entropy"
    xp, p, t = open_regression(op, probabilities, targets, reduction, xp, "probabilities")
    hint = "for logits there is binary_cross_entropy_with_logits"
    p = check_range(op, "probabilities", p, 0, 1, xp=xp, hint=hint)
    t = check_range(op, "targets", t, 0, 1, xp=xp)
    yes = weigh(t, xp.log(p), xp=xp)
    no = weigh(xp.subtract(1, t), xp.log1p(xp.negative(p)), xp=xp)
    loss, count = reduce_losses(op, xp.subtract(0, xp.add(yes, no)), reduction, xp)
    return loss, BinaryCrossEntropyCache(p, t, count)


def binary_cross_entropy_backward(
    dout: Array, cache: BinaryCrossEntropyCache, *, xp: Backend | str | None = None
) -> BinaryCrossEntropyGrads:
    """``dprobabilities = dout * ((1 - t) / (1 - p) - t / p) / count``

    Shapes: dout as loss -> probabilities

    >>> _, cache = binary_cross_entropy_forward([0.5, 1.0], [0, 1])
    >>> binary_cross_entropy_backward(1.0, cache)
    BinaryCrossEntropyGrads(probabilities=[1.0, -0.5])
    """
    op = "binary_cross_entropy"
    xp, dout, p, t, count = open_backward(op, BinaryCrossEntropyCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    yes = weigh(t, xp.divide(1, p), xp=xp)
    no = weigh(xp.subtract(1, t), xp.divide(1, xp.subtract(1, p)), xp=xp)
    slope = xp.divide(xp.subtract(no, yes), count)
    return BinaryCrossEntropyGrads(cast(weigh(dout, slope, xp=xp), p, xp=xp))


def binary_cross_entropy_with_logits_forward(
    logits: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, BinaryCrossEntropyWithLogitsCache]:
    """``loss = mean of t * log(1 + exp(-x)) + (1 - t) * log(1 + exp(x))`` over all elements, x a logit

    Computed as ``wrong * |x| + log1p(exp(-|x|))``, where ``wrong`` is the share of the targets on the other
    side of 0 than x: no term is negative, so no digits are lost.
    Shapes: logits and targets alike, targets from 0 to 1 -> loss (), or like them with ``reduction="none"``
    Errors: ShapeError, OptionError; RangeError for targets that are no probabilities.

    >>> loss, cache = binary_cross_entropy_with_logits_forward([0.0, 1000.0], [1, 0], reduction="none")
    >>> loss
    [0.6931471805599453, 1000.0]
    """
    op = "binary_cross_entropy_with_logits"
    xp, x, t = open_regression(op, logits, targets, reduction, xp, "logits")
    t = check_range(op, "targets", t, 0, 1, xp=xp)
    size, wrong = xp.abs(x), _wrong(x, t, xp)
    near = xp.log1p(xp.exp(xp.negative(size)))
    loss, count = reduce_losses(op, xp.add(weigh(wrong, size, xp=xp), near), reduction, xp)
    return loss, BinaryCrossEntropyWithLogitsCache(x, t, count)


def binary_cross_entropy_with_logits_backward(
    dout: Array, cache: BinaryCrossEntropyWithLogitsCache, *, xp: Backend | str | None = None
) -> BinaryCrossEntropyWithLogitsGrads:
    """``dlogits = dout * (sigmoid(x) - t) / count``

    Computed as ``(wrong - (1 - wrong) * z) / (1 + z)`` with ``z = exp(-|x|)``, and the sign of x, which keeps
    its digits in both tails.
    Shapes: dout as loss -> logits

    >>> _, cache = binary_cross_entropy_with_logits_forward([0.0, 1000.0], [1, 0])
    >>> binary_cross_entropy_with_logits_backward(1.0, cache)
    BinaryCrossEntropyWithLogitsGrads(logits=[-0.25, 0.5])
    """
    op = "binary_cross_entropy_with_logits"
    xp, dout, x, t, count = open_backward(op, BinaryCrossEntropyWithLogitsCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    z, wrong = xp.exp(xp.negative(xp.abs(x))), _wrong(x, t, xp)
    ascent = xp.divide(xp.subtract(wrong, xp.multiply(xp.subtract(1, wrong), z)), xp.add(z, 1))
    slope = xp.where(xp.greater(x, 0), ascent, xp.negative(ascent))
    return BinaryCrossEntropyWithLogitsGrads(cast(xp.multiply(dout, xp.divide(slope, count)), x, xp=xp))


def _wrong(x: Array, t: Array, xp: Backend) -> Array:
    """The share of the targets that is on the other side of 0 than the logits."""
    return xp.where(xp.greater(x, 0), xp.subtract(1, t), t)


def hinge_forward(
    predictions: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, HingeCache]:
    """``loss = mean of max(1 - targets * predictions, 0)`` over all elements

    Shapes: predictions and targets alike, each target -1 or 1 -> loss (), or like them with
    ``reduction="none"``
    Source: Cortes and Vapnik, Support-vector networks, 1995.
    Errors: ShapeError, OptionError; LabelError for targets other than -1 and 1.

    >>> loss, cache = hinge_forward([0.5, 3.0], [1, 1])
    >>> loss
    0.25
    """
    xp, predictions, targets = open_regression("hinge", predictions, targets, reduction, xp)
    targets = check_signs("hinge", targets, xp=xp)
    short = xp.subtract(1, xp.multiply(targets, predictions))
    slope = where_positive(short, xp.negative(targets), xp=xp)
    loss, count = reduce_losses("hinge", xp.maximum(short, 0), reduction, xp)
    return loss, HingeCache(slope, count)


def hinge_backward(dout: Array, cache: HingeCache, *, xp: Backend | str | None = None) -> RegressionGrads:
    """``dpredictions = dout * (-targets where targets * predictions < 1, else 0) / count``

    Shapes: dout as loss -> predictions

    >>> _, cache = hinge_forward([0.5, 3.0], [1, 1])
    >>> hinge_backward(1.0, cache)
    RegressionGrads(predictions=[-0.5, 0.0])
    """
    xp, dout, slope, count = open_backward("hinge", HingeCache, dout, cache, xp)
    check_dout("hinge", dout, shape(count))
    return RegressionGrads(cast(xp.multiply(dout, xp.divide(slope, count)), slope, xp=xp))
