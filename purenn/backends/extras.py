"""What the array API standard lacks, written over it. A backend may offer its own under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ArrayError
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
