"""What is done to data before a network sees it

Scaling is fitted once, to the data that trains, and applied to all: ``fit_... -> Scaling``, a value like
params, then ``apply_scaling``; ``undo_scaling`` leads back, for example from predictions to units.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ._options import check_kind, count, number
from .backends import arrays, extras, lists
from .backends.checks import check_labels
from .backends.extras import cast, shape
from .errors import ArrayError, OptionError, ShapeError

if TYPE_CHECKING:
    from ._types import Array, DType
    from .backends._protocol import Backend

    Xp = Backend | str | None

__all__ = ["Scaling", "apply_scaling", "fit_min_max", "fit_standard", "one_hot", "undo_scaling"]


class Scaling(NamedTuple):
    """``out = (x - offset) / scale``, one offset and scale a feature."""

    offset: Array
    scale: Array


def one_hot(labels: Array, classes: int, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``out[..., c] = 1 where the label is c, else 0``

    Shapes: labels (...) of ints from 0 to classes - 1 -> out (..., classes) of floats
    Errors: LabelError; OptionError for classes below 1 and a dtype that is not floating. While labels are
    traced (``jax.jit``) their values cannot be checked: the row of one that is no class is NaN.

    >>> one_hot([2, 0], 3)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    classes = count("one_hot", "classes", classes)
    xp, labels = arrays("one_hot", xp, raw=("labels",), labels=labels)
    good = check_labels("one_hot", labels, classes, xp=xp)
    numbers = xp.arange(classes)
    is_label = xp.equal(xp.expand_dims(cast(labels, numbers, xp=xp), axis=-1), numbers)
    out = _floats("one_hot", is_label, dtype, xp)
    return out if good is None else xp.where(xp.expand_dims(good, axis=-1), out, math.nan)


def fit_min_max(x: Array, low: float = 0, high: float = 1, *, xp: Xp = None) -> Scaling:
    """The scaling that takes each feature's least value to ``low`` and its greatest to ``high``

    ``scale = (max - min) / (high - low)``, ``offset = min - low * scale``. A feature with one value only
    goes to low: its max - min is taken as 1. One with a NaN becomes NaN.
    Shapes: x (N, ...), N samples -> offset and scale (...)
    Errors: ShapeError without samples; OptionError unless low is below high.

    >>> fit_min_max([[1.0, 5.0], [3.0, 5.0]])
    Scaling(offset=[1.0, 5.0], scale=[2.0, 1.0])
    """
    low = number("fit_min_max", "low", low, -sys.float_info.max)
    high = number("fit_min_max", "high", high, -sys.float_info.max)
    if not low < high:
        raise OptionError(f"fit_min_max: low={low} and high={high}: low must be below high")
    xp, x = _samples("fit_min_max", x, xp)
    least, greatest = _ends(x, xp)
    width = xp.subtract(greatest, least)
    width = xp.where(xp.equal(width, 0), 1, width)
    scale = xp.divide(width, extras.constant(high - low, x))
    return Scaling(xp.subtract(least, xp.multiply(scale, extras.constant(low, x))), scale)


def fit_standard(x: Array, *, xp: Xp = None) -> Scaling:
    """The scaling that gives each feature mean 0 and standard deviation 1

    ``offset = mean``, ``scale = sqrt(mean of (x - mean)**2)``, over the N samples (not N - 1). A feature with
    one value only goes to 0: its scale is 1. One with a NaN becomes NaN.
    Shapes: x (N, ...), N samples -> offset and scale (...)
    Errors: ShapeError without samples.

    >>> fit_standard([[1.0, 5.0], [3.0, 5.0]])
    Scaling(offset=[2.0, 5.0], scale=[1.0, 1.0])
    """
    xp, x = _samples("fit_standard", x, xp)
    samples = shape(x)[0]
    mean = xp.divide(xp.sum(x, axis=0), samples)
    rest = xp.divide(xp.sum(xp.subtract(x, mean), axis=0), samples)  # what rounding left out of the mean
    mean = xp.add(mean, rest)
    difference = xp.subtract(x, mean)
    largest = xp.max(xp.abs(difference), axis=0, keepdims=False)
    largest = xp.where(xp.equal(largest, 0), 1, largest)
    part = xp.divide(difference, largest)  # whose square neither overflows nor vanishes
    scale = xp.multiply(largest, xp.sqrt(xp.divide(xp.sum(xp.multiply(part, part), axis=0), samples)))
    constant = xp.equal(*_ends(x, xp))  # then the scale may still be a rounding error instead of 0
    return Scaling(mean, xp.where(constant, 1, scale))


def apply_scaling(scaling: Scaling, x: Array, *, xp: Xp = None) -> Array:
    """``out = (x - offset) / scale``

    Shapes: x (..., features as in the data that was fitted) -> the same
    Errors: ShapeError; CacheError for what is no Scaling.

    >>> apply_scaling(Scaling(offset=[1.0, 5.0], scale=[2.0, 1.0]), [[1.0, 5.0], [3.0, 6.0]])
    [[0.0, 0.0], [1.0, 1.0]]
    """
    xp, x, offset, scale = _open("apply_scaling", scaling, x, xp)
    return xp.divide(xp.subtract(x, offset), scale)


def undo_scaling(scaling: Scaling, x: Array, *, xp: Xp = None) -> Array:
    """``out = x * scale + offset``

    Shapes: x (..., features as in the data that was fitted) -> the same
    Errors: ShapeError; CacheError for what is no Scaling.

    >>> undo_scaling(Scaling(offset=[1.0, 5.0], scale=[2.0, 1.0]), [[0.0, 0.0], [1.0, 1.0]])
    [[1.0, 5.0], [3.0, 6.0]]
    """
    xp, x, offset, scale = _open("undo_scaling", scaling, x, xp)
    return xp.add(xp.multiply(x, scale), offset)


def _samples(op: str, x: Array, xp: Xp) -> tuple[Backend, Any]:
    backend, x = arrays(op, xp, x=x)
    if not shape(x) or 0 in shape(x):
        raise ShapeError(f"{op}: x {shape(x)} has no samples to fit: x is (N, ...), one row a sample")
    return backend, x


def _open(op: str, scaling: Any, x: Array, xp: Xp) -> tuple[Backend, *tuple[Any, ...]]:
    check_kind(op, "scaling", scaling, Scaling, "take it from fit_min_max or fit_standard")
    backend, x, offset, scale = arrays(op, xp, x=x, offset=scaling.offset, scale=scaling.scale)
    features = shape(offset)
    if shape(x)[max(len(shape(x)) - len(features), 0) :] != features or shape(scale) != features:
        raise ShapeError(
            f"{op}: x {shape(x)} and a scaling of offset {features} and scale {shape(scale)} do not meet: "
            "x ends in the sizes of the features that were fitted"
        )
    return backend, x, offset, scale


def _ends(x: Any, xp: Backend) -> tuple[Any, Any]:
    """The least and the greatest value of each feature."""
    least = xp.negative(xp.max(xp.negative(x), axis=0, keepdims=False))
    return least, xp.max(x, axis=0, keepdims=False)


def _floats(op: str, x: Any, dtype: DType, xp: Any) -> Any:
    """Truth values as 1.0 and 0.0."""
    if dtype is None:
        dtype = float if xp is lists else xp.asarray(1.0).dtype
    wrong = OptionError(f"{op}: dtype={dtype!r:.40}: wanted a floating one, such as the default")
    try:
        out = xp.astype(x, getattr(xp, dtype, dtype) if isinstance(dtype, str) else dtype)
        real = lists.is_floating(out) if xp is lists else extras.is_float(out, xp=xp)
    except (TypeError, AttributeError, ArrayError):
        raise wrong from None
    if not real:
        raise wrong
    return out
