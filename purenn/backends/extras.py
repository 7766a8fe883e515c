"""What the array API standard lacks, written over it. A backend may offer its own under the same name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import ArrayError, LabelError
from . import lists

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ._protocol import Backend


def shape(x: Array) -> Shape:
    """The sizes of an array of any backend.

    >>> shape([[1.0, 2.0, 3.0]]), shape(1.0)
    ((1, 3), ())
    """
    sizes = getattr(x, "shape", None)
    return lists.shape(x) if sizes is None else tuple(sizes)


def as_float(x: Array, *, xp: Any) -> Array:
    """x itself if its dtype is floating; ints and bools in the default floating dtype."""
    own = getattr(xp, "as_float", None)
    if own is not None:
        return own(x)
    if xp.isdtype(x.dtype, "real floating"):
        return x
    if xp.isdtype(x.dtype, ("bool", "integral")):
        return xp.astype(x, xp.asarray(1.0).dtype)
    raise ArrayError(f"has dtype {x.dtype}: an array is made of real numbers")


def is_integer(x: Array, *, xp: Any) -> bool:
    """Whether an array holds integers.

    >>> is_integer([1, 2], xp=lists), is_integer([1.0, 2.0], xp=lists)
    (True, False)
    """
    own = getattr(xp, "is_integer", None)
    return bool(own(x) if own is not None else xp.isdtype(x.dtype, "integral"))


def cast(dx: Array, x: Array, *, xp: Backend) -> Array:
    """The gradient dx in the dtype of x; on lists there are no dtypes, and dx is as it came.

    >>> cast([1.0, 2.0], [3, 4], xp=lists)
    [1.0, 2.0]
    """
    dtype = getattr(x, "dtype", None)
    return dx if dtype is None or dx.dtype == dtype else xp.astype(dx, dtype)


def unbroadcast(dx: Array, x: Array, *, xp: Backend) -> Array:
    """The gradient dx summed over the axes that x was broadcast along, in the dtype of x.

    >>> unbroadcast([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]], xp=lists)
    [[4.0, 6.0]]
    """
    have, want = shape(dx), shape(x)
    if have != want:
        extra = len(have) - len(want)
        if extra:
            dx = xp.sum(dx, axis=tuple(range(extra)))
        stretched = tuple(i for i, size in enumerate(want) if size != have[i + extra])
        if stretched:
            dx = xp.sum(dx, axis=stretched, keepdims=True)
    return cast(dx, x, xp=xp)


def check_labels(op: str, labels: Array, classes: int, *, xp: Any) -> None:
    """LabelError unless labels are ints from 0 to classes - 1.

    >>> check_labels("accuracy", [0, 2], 3, xp=lists)
    """
    if not is_integer(labels, xp=xp):
        kind = getattr(labels, "dtype", "other numbers")
        raise LabelError(
            f"{op}: labels {shape(labels)} hold {kind}, must be ints: one from 0 to {classes - 1} a sample"
        )
    if _is_false(xp.all(xp.logical_and(xp.greater_equal(labels, 0), xp.less(labels, classes)))):
        flat = _flat(labels)
        row, label = next((row, n) for row, n in enumerate(flat) if not 0 <= n < classes)
        raise LabelError(
            f"{op}: label {label} in row {row} is no class: there are {classes}, so labels go "
            f"from 0 to {classes - 1}"
        )


def check_one_hot(op: str, labels: Array, *, xp: Any) -> None:
    """LabelError unless every row of integer labels is one 1 among zeros.

    >>> check_one_hot("softmax_cross_entropy", [[0, 1], [1, 0]], xp=lists)
    """
    binary = xp.all(xp.equal(xp.multiply(labels, labels), labels))
    if _is_false(binary) or _is_false(xp.all(xp.equal(xp.sum(labels, axis=-1), 1))):
        raise LabelError(
            f"{op}: labels {shape(labels)} are ints in the shape of the logits, so each row must be one 1 "
            f"among zeros: give labels {shape(labels)[:-1]}, or floats for soft targets"
        )


def _is_false(condition: Any) -> bool:
    try:
        return not bool(condition)
    except TypeError:  # a traced value has no truth yet, as under jax.jit
        return False


def _flat(x: Array) -> list[Any]:
    from . import convert

    numbers: list[Any] = lists.reshape(convert(x, "lists"), (math.prod(shape(x)),))
    return numbers
