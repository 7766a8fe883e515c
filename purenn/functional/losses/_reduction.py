"""How a loss opens, and how its separate losses become one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ..._options import choice
from ...backends import arrays
from ...backends.checks import check_labels, check_one_hot, check_range, truth
from ...backends.extras import cast, is_whole, one_hot_like, shape
from ...errors import OptionError, ShapeError

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class RegressionGrads(NamedTuple):
    predictions: Array


def check_reduction(op: str, reduction: Any) -> None:
    choice(op, "reduction", reduction, ("mean", "sum", "none"))


def open_regression(
    op: str,
    predictions: Array,
    targets: Array,
    reduction: str,
    xp: Backend | str | None,
    name: str = "predictions",
) -> tuple[Backend, *tuple[Any, ...]]:
    """The backend, and predictions and targets of one shape and the dtype of the predictions."""
    check_reduction(op, reduction)
    backend, predictions, targets = arrays(op, xp, **{name: predictions, "targets": targets})
    if shape(predictions) != shape(targets):
        raise ShapeError(
            f"{op}: {name} {shape(predictions)} and targets {shape(targets)} differ: "
            "a loss never broadcasts, reshape one to the shape of the other"
        )
    return backend, predictions, cast(targets, predictions, xp=backend)


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
    if weights is not None and truth(xp.all(xp.equal(divisor, 0))):
        raise OptionError(f"{op}: the class weights of these labels add up to 0, so they have no mean")
    return xp.divide(total, divisor), divisor


def targets_of(op: str, name: str, scores: Array, labels: Array, xp: Backend) -> Array:
    """One row of probabilities a sample: the soft targets themselves, or labels made one-hot

    Where labels are traced and no such row, NaN.
    """
    classes = shape(scores)[-1]
    if shape(labels) == shape(scores):
        targets = cast(arrays(op, xp, scores=scores, labels=labels)[2], scores, xp=xp)
        good = check_one_hot(op, targets, xp=xp) if is_whole(labels, xp=xp) else None
        targets = check_range(op, "labels", targets, 0, None, xp=xp)
    elif shape(labels) == shape(scores)[:-1]:
        good = check_labels(op, labels, classes, xp=xp)
        targets = one_hot_like(labels, scores, xp=xp)
    else:
        raise ShapeError(
            f"{op}: {name} {shape(scores)} and labels {shape(labels)} do not meet: "
            f"labels are {shape(scores)[:-1]} of ints, or {shape(scores)} of probabilities"
        )
    return targets if good is None else xp.where(xp.expand_dims(good, axis=-1), targets, math.nan)
