"""What the numbers of an array may be: classes, signs, shares; while they are traced nobody can know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import LabelError, RangeError
from . import lists
from .extras import cast, is_integer, shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array


def check_labels(op: str, labels: Array, classes: int, *, xp: Any) -> Array | None:
    """LabelError unless labels are ints from 0 to classes - 1

    While labels are traced (``jax.jit``) nobody can know: then the answer is an array of which are.

    >>> check_labels("accuracy", [0, 2], 3, xp=lists)
    """
    if not is_integer(labels, xp=xp):
        kind = getattr(labels, "dtype", None) or ", ".join({type(n).__name__ for n in _flat(labels)})
        raise LabelError(
            f"{op}: labels {shape(labels)} hold {kind}, must be ints: one from 0 to {classes - 1} a sample"
        )
    labels = cast(labels, xp.arange(1), xp=xp)  # wide enough for the number of classes
    good = xp.logical_and(xp.greater_equal(labels, 0), xp.less(labels, classes))
    held = truth(xp.all(good))
    if held is None:
        return good
    if not held:
        row, label = _first(labels, lambda n: not 0 <= n < classes)
        raise LabelError(
            f"{op}: label {label} in row {row} is no class: there are {classes}, so labels go "
            f"from 0 to {classes - 1}"
        )
    return None


def check_one_hot(op: str, labels: Array, *, xp: Any) -> Array | None:
    """LabelError unless every row of labels is one 1 among zeros; while they are traced, which rows are.

    >>> check_one_hot("softmax_cross_entropy", [[0, 1], [1, 0]], xp=lists)
    """
    one = xp.ones_like(labels)
    ones = xp.sum(xp.where(xp.equal(labels, 1), one, 0), axis=-1)
    others = xp.sum(xp.where(xp.equal(labels, 0), 0, one), axis=-1)
    good = xp.logical_and(xp.equal(ones, 1), xp.equal(others, 1))
    held = truth(xp.all(good))
    if held is False:
        raise LabelError(
            f"{op}: labels {shape(labels)} are ints in the shape of the logits, so each row must be one 1 "
            f"among zeros: give labels {shape(labels)[:-1]}, or floats for soft targets"
        )
    return good if held is None else None


def check_signs(op: str, targets: Array, *, xp: Any) -> Array:
    """The targets, each -1 or 1, or LabelError; while they are traced, NaN where they are neither.

    >>> check_signs("hinge", [1, -1.0], xp=lists)
    [1, -1.0]
    """
    good = xp.equal(xp.abs(targets), 1)
    held = truth(xp.all(good))
    if held is False:
        row, target = _first(targets, lambda n: abs(n) != 1)
        raise LabelError(
            f"{op}: target {target} in row {row}: targets are -1 and 1; of 0 and 1 make 2 * y - 1"
        )
    return targets if held else xp.where(good, targets, math.nan)


def check_range(
    op: str, name: str, x: Array, low: int | None, high: int | None, *, xp: Any, hint: str = ""
) -> Array:
    """x, each of its numbers from low to high (None: any finite one) or NaN, or RangeError

    While x is traced nobody can know: then what is out of range becomes NaN.

    >>> check_range("cross_entropy", "probabilities", [0.0, 1.0], 0, 1, xp=lists)
    [0.0, 1.0]
    """
    if low is not None and high is not None:
        within = xp.logical_and(xp.greater_equal(x, low), xp.greater_equal(high, x))
        if truth(xp.all(within)):
            return x
    under = xp.equal(x, -math.inf) if low is None else xp.less(x, low)
    over = xp.equal(x, math.inf) if high is None else xp.greater(x, high)
    good = xp.logical_and(xp.logical_not(under), xp.logical_not(over))
    held = truth(xp.all(good))
    if held is False:
        least, most = (-math.inf if low is None else low), (math.inf if high is None else high)
        finite = low is None or high is None
        row, number = _first(x, lambda n: n < least or n > most or (finite and abs(n) == math.inf))
        wanted = " ".join(
            part for part, end in ((f"from {low}", low), (f"to {high}", high)) if end is not None
        )
        raise RangeError(
            f"{op}: {name} {number} in row {row}: wanted numbers {wanted}" + (hint and f"; {hint}")
        )
    return x if held else xp.where(good, x, math.nan)


def _first(x: Array, wrong: Callable[[Any], bool]) -> tuple[int, Any]:
    """The first wrong number, and its place along the first axis."""
    numbers = _flat(x)
    index = next(index for index, number in enumerate(numbers) if wrong(number))
    return index // max(len(numbers) // (shape(x) or (1,))[0], 1), numbers[index]


def truth(condition: Any) -> bool | None:
    """Whether a condition holds; None while it is traced.

    >>> truth(True)
    True
    """
    try:
        return bool(condition)
    except (TypeError, RuntimeError):  # a traced value has no truth yet
        return None


def _flat(x: Array) -> list[Any]:
    from . import convert

    return list(lists.flat(convert(x, "lists")))
