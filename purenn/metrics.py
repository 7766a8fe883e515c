"""How good predictions are: numbers and lists of Python's own, whatever the backend."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import functional as F
from ._options import choice, count
from .backends import arrays, convert, lists
from .backends.checks import check_labels
from .backends.extras import cast, shape
from .errors import LabelError, OptionError, ShapeError

if TYPE_CHECKING:
    from ._types import Array
    from .backends._protocol import Backend

    Xp = Backend | str | None

__all__ = ["accuracy", "confusion_matrix", "f1_score", "perplexity", "precision", "r2_score", "recall"]
__all__ += ["top_k_accuracy"]

AVERAGES = ("binary", "macro", "micro", "weighted", "none")


def accuracy(scores: Array, labels: Array, *, xp: Xp = None) -> float:
    """The share of samples whose highest score is at the label; of equal scores the first counts, and a row
    with a NaN is no hit

    Shapes: scores (..., C), logits or probabilities; labels (...) of ints -> a Python float
    Errors: ShapeError where they do not meet or there is no sample; LabelError for other labels.

    >>> accuracy([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]], [1, 0, 1])
    0.6666666666666666
    """
    xp, scores, labels = _open_scores("accuracy", scores, labels, xp)
    best, chosen = xp.max(scores, axis=-1, keepdims=False), xp.argmax(scores, axis=-1)
    return _share(xp.logical_and(xp.equal(chosen, cast(labels, chosen, xp=xp)), xp.equal(best, best)))


def top_k_accuracy(scores: Array, labels: Array, k: int, *, xp: Xp = None) -> float:
    """The share of samples whose label is at one of the k highest scores; of equal scores the first counts,
    and a row with a NaN is no hit

    Shapes: scores (..., C), logits or probabilities; labels (...) of ints -> a Python float
    Errors: as ``accuracy``; OptionError unless k is from 1 to C.

    >>> top_k_accuracy([[0.1, 0.6, 0.3], [0.5, 0.3, 0.2]], [2, 2], k=2)
    0.5
    """
    k = count("top_k_accuracy", "k", k)
    xp, scores, labels = _open_scores("top_k_accuracy", scores, labels, xp)
    classes = shape(scores)[-1]
    if k > classes:
        raise OptionError(
            f"top_k_accuracy: k={k}: there are {classes} classes, so k goes from 1 to {classes}"
        )
    numbers = xp.arange(classes)
    labels = xp.expand_dims(cast(labels, numbers, xp=xp), axis=-1)
    own = xp.sum(xp.where(xp.equal(numbers, labels), scores, 0), axis=-1, keepdims=True)
    first = xp.logical_and(xp.equal(scores, own), xp.less(numbers, labels))
    ones = xp.ones_like(scores)
    ahead = xp.sum(xp.where(xp.greater(scores, own), ones, xp.where(first, ones, 0)), axis=-1)
    best = xp.max(scores, axis=-1, keepdims=False)
    return _share(xp.logical_and(xp.less(ahead, k), xp.equal(best, best)))


def confusion_matrix(predictions: Array, labels: Array, classes: int, *, xp: Xp = None) -> list[list[int]]:
    """``matrix[i][j]``: how many samples of class i are predicted to be of class j

    Shapes: predictions and labels alike, of ints from 0 to classes - 1 -> nested lists (classes, classes)
    Errors: ShapeError where they differ or there is no sample; LabelError; OptionError for classes.

    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1], 2)
    [[1, 1], [0, 2]]
    """
    classes = count("confusion_matrix", "classes", classes)
    predicted, true, _ = _open_labels("confusion_matrix", predictions, labels, classes, xp)
    cells = Counter(zip(true, predicted, strict=True))
    return [[cells[i, j] for j in range(classes)] for i in range(classes)]


def precision(
    predictions: Array,
    labels: Array,
    *,
    classes: int | None = None,
    average: str = "binary",
    xp: Xp = None,
) -> Any:
    """``hits of a class / predictions of it``, 0 where it is never predicted

    ``average``: ``"binary"`` is of class 1 alone, the others being 0; ``"macro"`` the mean over classes,
    ``"weighted"`` that weighted by how many labels each has; ``"micro"`` takes all classes together, and is
    the share of hits; ``"none"`` a list, one number a class. The classes are all below ``classes``, or,
    without it, those that labels or predictions have, in ascending order.
    Shapes: predictions and labels alike, of ints -> a Python float, or a list of them
    Errors: ShapeError where they differ or there is no sample; LabelError; OptionError.

    >>> precision([1, 1, 1, 0], [1, 1, 0, 0])
    0.6666666666666666
    >>> precision([1, 1, 1, 0], [1, 1, 0, 0], average="none")
    [1.0, 0.6666666666666666]
    """
    return _averaged("precision", predictions, labels, classes, average, xp)


def recall(
    predictions: Array,
    labels: Array,
    *,
    classes: int | None = None,
    average: str = "binary",
    xp: Xp = None,
) -> Any:
    """``hits of a class / labels of it``, 0 where no label has it; the rest as in ``precision``

    >>> recall([1, 1, 1, 0], [1, 1, 0, 0], average="none")
    [0.5, 1.0]
    """
    return _averaged("recall", predictions, labels, classes, average, xp)


def f1_score(
    predictions: Array,
    labels: Array,
    *,
    classes: int | None = None,
    average: str = "binary",
    xp: Xp = None,
) -> Any:
    """``2 * hits of a class / (predictions + labels of it)``, 0 where there are none of either

    The harmonic mean of precision and recall; the rest as in ``precision``.

    >>> f1_score([1, 1, 1, 0], [1, 1, 0, 0])
    0.8
    """
    return _averaged("f1_score", predictions, labels, classes, average, xp)


def r2_score(predictions: Array, targets: Array, *, xp: Xp = None) -> float:
    """``1 - sum of (targets - predictions)**2 / sum of (targets - their mean)**2``, the mean over features

    1 is perfect, 0 what predicting the mean reaches. A feature whose targets are all equal scores 1 where it
    is predicted exactly, else 0. NaN gives NaN.
    Shapes: predictions and targets alike, (N, ...), N >= 2 samples -> a Python float
    Errors: ShapeError.

    >>> r2_score([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    xp, predictions, targets = arrays("r2_score", xp, predictions=predictions, targets=targets)
    if shape(predictions) != shape(targets):
        raise ShapeError(
            f"r2_score: predictions {shape(predictions)} and targets {shape(targets)} differ: "
            "reshape one to the shape of the other"
        )
    if not shape(targets) or shape(targets)[0] < 2 or 0 in shape(targets):
        raise ShapeError(f"r2_score: targets {shape(targets)} do not vary: wanted (N, ...) with N >= 2")
    mean = xp.divide(xp.sum(targets, axis=0), shape(targets)[0])
    error, spread = xp.subtract(targets, predictions), xp.subtract(targets, mean)
    missed = xp.sum(xp.multiply(error, error), axis=0)
    least = xp.negative(xp.max(xp.negative(targets), axis=0, keepdims=False))
    constant = xp.equal(least, xp.max(targets, axis=0, keepdims=False))
    total = xp.where(constant, 1, xp.sum(xp.multiply(spread, spread), axis=0))
    exact = xp.where(
        xp.equal(missed, 0), 1, xp.where(xp.equal(missed, missed), xp.zeros_like(missed), missed)
    )
    score = xp.where(constant, exact, xp.subtract(1, xp.divide(missed, total)))
    scores = [float(n) for n in lists.flat(convert(score, "lists"))]
    return _mean(scores, [1] * len(scores))


def perplexity(logits: Array, labels: Array, *, xp: Xp = None) -> float:
    """``exp(mean of softmax_cross_entropy)``: among how many equally likely classes the model is in doubt

    Shapes: logits (..., C); labels (...) of ints, or (..., C) of probabilities -> a Python float
    Errors: as ``softmax_cross_entropy``.

    >>> perplexity([[0.0, 0.0, 0.0, 0.0]], [2])
    4.0
    """
    xp, logits, labels = arrays("perplexity", xp, raw=("labels",), logits=logits, labels=labels)
    loss, _ = F.softmax_cross_entropy_forward(logits, labels, xp=xp)
    exponential: float = lists.exp(float(convert(loss, "lists")))
    return exponential


def _open_scores(op: str, scores: Array, labels: Array, xp: Xp) -> tuple[Backend, *tuple[Any, ...]]:
    backend, scores, labels = arrays(op, xp, raw=("labels",), scores=scores, labels=labels)
    if not shape(scores) or shape(labels) != shape(scores)[:-1]:
        raise ShapeError(
            f"{op}: scores {shape(scores)} and labels {shape(labels)} do not meet: "
            "scores are (..., C), labels (...)"
        )
    if 0 in shape(scores):
        raise ShapeError(f"{op}: scores {shape(scores)}: no sample, so no share of them")
    check_labels(op, labels, shape(scores)[-1], xp=backend)
    return backend, scores, labels


def _share(hits: Array) -> float:
    return list(lists.flat(convert(hits, "lists"))).count(True) / math.prod(shape(hits))


def _open_labels(
    op: str, predictions: Array, labels: Array, classes: int | None, xp: Xp
) -> tuple[list[int], list[int], int]:
    """Both in a row, and the number of classes: without one, as many as the greatest label asks for."""
    names = ("predictions", "labels")
    backend, predictions, labels = arrays(op, xp, raw=names, predictions=predictions, labels=labels)
    if shape(predictions) != shape(labels):
        raise ShapeError(
            f"{op}: predictions {shape(predictions)} and labels {shape(labels)} differ: both are labels, "
            "such as purenn.predict gives, and not scores"
        )
    if 0 in shape(labels):
        raise ShapeError(f"{op}: labels {shape(labels)}: no sample, so no share of them")
    predicted, true = (list(lists.flat(convert(each, "lists"))) for each in (predictions, labels))
    if classes is None:
        classes = 1 + max((label for label in predicted + true if type(label) is int), default=0)
    check_labels(f"{op}, predictions", predictions, classes, xp=backend)
    check_labels(op, labels, classes, xp=backend)
    return predicted, true, classes


def _averaged(
    op: str, predictions: Array, labels: Array, classes: int | None, average: str, xp: Xp
) -> float | list[float]:
    choice(op, "average", average, AVERAGES)
    known = None if classes is None else count(op, "classes", classes)
    predicted, true, total = _open_labels(op, predictions, labels, known, xp)
    if average == "binary" and total > 2:
        raise LabelError(
            f"{op}: average='binary' is of class 1 against class 0, and there are {total} classes: "
            f"choose one of {', '.join(map(repr, AVERAGES[1:]))}"
        )
    hits = Counter(i for i, j in zip(true, predicted, strict=True) if i == j)
    chosen, wanted = Counter(predicted), Counter(true)
    if average == "micro":
        return _score(op, hits.total(), len(predicted), len(true))
    if average == "binary":
        return _score(op, hits[1], chosen[1], wanted[1])
    counted = sorted(chosen.keys() | wanted.keys()) if known is None else range(known)
    scores = [_score(op, hits[i], chosen[i], wanted[i]) for i in counted]
    if average == "none":
        return scores
    return _mean(scores, [wanted[i] if average == "weighted" else 1 for i in counted])


def _score(op: str, hits: int, chosen: int, wanted: int) -> float:
    counts = {"precision": (hits, chosen), "recall": (hits, wanted), "f1_score": (2 * hits, chosen + wanted)}
    above, below = counts[op]
    return above / below if below else 0.0


def _mean(numbers: list[float], weights: list[int]) -> float:
    """The weighted mean; the list backend's sum is the same on every version of Python."""
    total: float = lists.sum(lists.multiply(numbers, weights))
    return total / sum(weights)
