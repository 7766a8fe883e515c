"""How good predictions are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .backends import arrays, convert, lists
from .backends.extras import cast, check_labels, shape
from .errors import ShapeError

if TYPE_CHECKING:
    from ._types import Array
    from .backends._protocol import Backend

__all__ = ["accuracy"]


def accuracy(scores: Array, labels: Array, *, xp: Backend | str | None = None) -> float:
    """The share of samples whose highest score is at the label; of equal scores the first counts, and a row
    with a NaN is no hit

    Shapes: scores (..., C), logits or probabilities; labels (...) of ints -> a Python float
    Errors: ShapeError where they do not meet or there is no sample; LabelError for other labels.

    >>> accuracy([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]], [1, 0, 1])
    0.6666666666666666
    """
    xp, scores, labels = arrays("accuracy", xp, raw=("labels",), scores=scores, labels=labels)
    if not shape(scores) or shape(labels) != shape(scores)[:-1]:
        raise ShapeError(
            f"accuracy: scores {shape(scores)} and labels {shape(labels)} do not meet: "
            "scores are (..., C), labels (...)"
        )
    samples = math.prod(shape(labels))
    if samples == 0 or shape(scores)[-1] == 0:
        raise ShapeError(f"accuracy: scores {shape(scores)}: no sample, so no share of them")
    check_labels("accuracy", labels, shape(scores)[-1], xp=xp)
    best, chosen = xp.max(scores, axis=-1, keepdims=False), xp.argmax(scores, axis=-1)
    hits = xp.logical_and(xp.equal(chosen, cast(labels, chosen, xp=xp)), xp.equal(best, best))
    return list(lists.flat(convert(hits, "lists"))).count(True) / samples
