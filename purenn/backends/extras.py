"""What the array API standard lacks, written over it. A backend may offer its own under the same name."""

from __future__ import annotations

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


def is_float(x: Array, *, xp: Any) -> bool:
    """Whether an array's dtype is floating; ArrayError if its numbers are not even real."""
    own = getattr(xp, "is_float", None)
    if own is not None:
        return bool(own(x))
    if not xp.isdtype(x.dtype, ("real floating", "integral", "bool")):
        raise ArrayError(f"has dtype {x.dtype}: an array is made of real numbers")
    return bool(xp.isdtype(x.dtype, "real floating"))


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
    held = _truth(xp.all(good))
    if held is None:
        return good
    if not held:
        row, label = next((row, n) for row, n in enumerate(_flat(labels)) if not 0 <= n < classes)
        raise LabelError(
            f"{op}: label {label} in row {row} is no class: there are {classes}, so labels go "
            f"from 0 to {classes - 1}"
        )
    return None


def check_one_hot(op: str, labels: Array, *, xp: Any) -> None:
    """LabelError unless every row of integer labels is one 1 among zeros.

    >>> check_one_hot("softmax_cross_entropy", [[0, 1], [1, 0]], xp=lists)
    """
    binary = xp.all(xp.equal(xp.multiply(labels, labels), labels))
    if _truth(binary) is False or _truth(xp.all(xp.equal(xp.sum(labels, axis=-1), 1))) is False:
        raise LabelError(
            f"{op}: labels {shape(labels)} are ints in the shape of the logits, so each row must be one 1 "
            f"among zeros: give labels {shape(labels)[:-1]}, or floats for soft targets"
        )


def _truth(condition: Any) -> bool | None:
    try:
        return bool(condition)
    except (TypeError, RuntimeError):  # a traced value has no truth yet
        return None


def _flat(x: Array) -> list[Any]:
    from . import convert

    return list(lists.flat(convert(x, "lists")))
