"""How a loss opens, and how its separate losses become one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ...backends import arrays
from ...backends.extras import cast, check_labels, check_one_hot, is_integer, shape, truth
from ...errors import OptionError, ShapeError

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class RegressionGrads(NamedTuple):
    predictions: Array


def check_reduction(op: str, reduction: Any) -> None:
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise OptionError(f"{op}: reduction={reduction!r}: choose 'mean', 'sum' or 'none'")


def open_regression(
    op: str,
    predictions: Array,
    targets: Array,
    reduction: str,
    xp: Backend | str | None,
    name: str = "predictions",
) -> tuple[Backend, *tuple[Any, ...]]:
    """The backend, and predictions and targets of one shape."""
    check_reduction(op, reduction)
    backend, predictions, targets = arrays(op, xp, **{name: predictions, "targets": targets})
    if shape(predictions) != shape(targets):
        raise ShapeError(
            f"{op}: {name} {shape(predictions)} and targets {shape(targets)} differ: "
            "a loss never broadcasts, reshape one to the shape of the other"
        )
    return backend, predictions, targets


def reduce_losses(
    op: str, losses: Array, reduction: str, xp: Backend, *, weights: Array = None
) -> tuple[Array, Array]:
    """The loss, and what it was divided by: the number of losses, or the sum of their weights."""
    if reduction == "none":
        return losses, xp.ones_like(losses)
    total = xp.sum(losses)
    if reduction == "sum":
        return total, xp.ones_like(total)
    count = math.prod(shape(losses))
    if count == 0:
        raise ShapeError(f"{op}: losses {shape(losses)}: no samples have no mean, give at least one")
    divisor = xp.full_like(total, count) if weights is None else xp.sum(weights)
    if weights is not None and truth(xp.equal(divisor, 0)):
        raise OptionError(f"{op}: the class weights of these labels add up to 0, so they have no mean")
    return xp.divide(total, divisor), divisor


def targets_of(op: str, name: str, scores: Array, labels: Array, xp: Backend) -> Array:
    """One row of probabilities a sample: the soft targets themselves, or labels made one-hot."""
    classes = shape(scores)[-1]
    if shape(labels) == shape(scores):
        if is_integer(labels, xp=xp):
            check_one_hot(op, labels, xp=xp)
        return arrays(op, xp, scores=scores, labels=labels)[2]
    if shape(labels) != shape(scores)[:-1]:
        raise ShapeError(
            f"{op}: {name} {shape(scores)} and labels {shape(labels)} do not meet: "
            f"labels are {shape(scores)[:-1]} of ints, or {shape(scores)} of probabilities"
        )
    good = check_labels(op, labels, classes, xp=xp)
    numbers = xp.arange(classes)
    one_hot = xp.equal(xp.expand_dims(cast(labels, numbers, xp=xp), axis=-1), numbers)
    targets = xp.where(one_hot, xp.ones_like(scores), 0)
    return targets if good is None else xp.where(xp.expand_dims(good, axis=-1), targets, math.nan)
