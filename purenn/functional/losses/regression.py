"""Losses of numbers: by how much predictions miss their targets, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..._options import number
from ...backends.extras import cast, constant, shape
from ...errors import OptionError
from .._gate import check_dout, open_backward
from ._reduction import RegressionGrads, open_regression, reduce_losses

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class MeanSquaredErrorCache(NamedTuple):
    difference: Array
    count: Array


class HalfSquaredErrorCache(NamedTuple):
    difference: Array
    count: Array


class MeanAbsoluteErrorCache(NamedTuple):
    difference: Array
    count: Array


class HuberCache(NamedTuple):
    clipped: Array
    count: Array


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
    xp, predictions, targets = open_regression(op, predictions, targets, reduction, xp)
    difference = xp.subtract(predictions, targets)
    loss, count = reduce_losses(op, xp.multiply(difference, difference), reduction, xp)
    return loss, MeanSquaredErrorCache(difference, count)


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
    xp, predictions, targets = open_regression(op, predictions, targets, reduction, xp)
    difference = xp.subtract(predictions, targets)
    loss, count = reduce_losses(op, xp.divide(xp.multiply(difference, difference), 2), reduction, xp)
    return loss, HalfSquaredErrorCache(difference, count)


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


def mean_absolute_error_forward(
    predictions: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, MeanAbsoluteErrorCache]:
    """``loss = mean of |predictions - targets|`` over all elements

    Shapes: predictions and targets alike -> loss (), or like them with ``reduction="none"``
    Errors: ShapeError, also for the mean of nothing; OptionError.

    >>> loss, cache = mean_absolute_error_forward([1.0, 5.0], [0.0, 2.0])
    >>> loss
    2.0
    """
    op = "mean_absolute_error"
    xp, predictions, targets = open_regression(op, predictions, targets, reduction, xp)
    difference = xp.subtract(predictions, targets)
    loss, count = reduce_losses(op, xp.abs(difference), reduction, xp)
    return loss, MeanAbsoluteErrorCache(difference, count)


def mean_absolute_error_backward(
    dout: Array, cache: MeanAbsoluteErrorCache, *, xp: Backend | str | None = None
) -> RegressionGrads:
    """``dpredictions = dout * sign(predictions - targets) / count``; the derivative at 0 is 0

    Shapes: dout as loss -> predictions

    >>> _, cache = mean_absolute_error_forward([1.0, 0.0, 2.0, 2.0], [0.0, 2.0, 2.0, 0.0])
    >>> mean_absolute_error_backward(1.0, cache)
    RegressionGrads(predictions=[0.25, -0.25, 0.0, 0.25])
    """
    op = "mean_absolute_error"
    xp, dout, difference, count = open_backward(op, MeanAbsoluteErrorCache, dout, cache, xp)
    check_dout(op, dout, shape(count))
    slope = xp.divide(xp.sign(difference), count)
    return RegressionGrads(cast(xp.multiply(dout, slope), difference, xp=xp))


def huber_forward(
    predictions: Array,
    targets: Array,
    *,
    delta: float = 1,
    reduction: str = "mean",
    xp: Backend | str | None = None,
) -> tuple[Array, HuberCache]:
    """``loss = mean of d**2 / 2 where |d| <= delta, else delta * (|d| - delta / 2)``

    d is ``predictions - targets``. With c, the d clipped to -delta and delta, both are ``c * (d - c / 2)``.
    Shapes: predictions and targets alike -> loss (), or like them with ``reduction="none"``
    Source: Huber, Robust estimation of a location parameter, 1964.
    Errors: ShapeError, also for the mean of nothing; OptionError unless delta is finite and above 0.

    >>> loss, cache = huber_forward([1.0, 5.0], [0.0, 2.0])
    >>> loss
    1.5
    """
    delta = number("huber", "delta", delta, 0)
    if delta == 0:
        raise OptionError(f"huber: delta={delta!r}: wanted a number above 0, at which the loss turns linear")
    xp, predictions, targets = open_regression("huber", predictions, targets, reduction, xp)
    delta = constant(delta, predictions)
    difference = xp.subtract(predictions, targets)
    clipped = xp.maximum(xp.minimum(difference, delta), -delta)
    losses = xp.multiply(clipped, xp.subtract(difference, xp.divide(clipped, 2)))
    loss, count = reduce_losses("huber", losses, reduction, xp)
    return loss, HuberCache(clipped, count)


def huber_backward(dout: Array, cache: HuberCache, *, xp: Backend | str | None = None) -> RegressionGrads:
    """``dpredictions = dout * min(max(predictions - targets, -delta), delta) / count``

    Shapes: dout as loss -> predictions

    >>> _, cache = huber_forward([0.5, 5.0], [0.0, 2.0])
    >>> huber_backward(1.0, cache)
    RegressionGrads(predictions=[0.25, 0.5])
    """
    xp, dout, clipped, count = open_backward("huber", HuberCache, dout, cache, xp)
    check_dout("huber", dout, shape(count))
    return RegressionGrads(cast(xp.multiply(dout, xp.divide(clipped, count)), clipped, xp=xp))
