"""What numpy can do faster than it is written, by whoever may not warn: ``numpy.py`` sees to that

First functions of the standard, where numpy's own spelling is slow. Then formulas that ``extras`` has over
the standard, in fewer passes and with the same bits: each writes on what it has just made itself, and on
nothing else; None means that it does not know such arrays.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy

SINGLE, DOUBLE = numpy.dtype(numpy.float32), numpy.dtype(numpy.float64)
_BITS: dict[Any, Any] = {SINGLE: numpy.dtype(numpy.int32), DOUBLE: numpy.dtype(numpy.int64)}
_FEW = 64  # classes whose rows are kept
_SMALL = 1024  # numbers that are sooner done in the plain spelling


def _reduce(function: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    return function.reduce(x, axis=axis, keepdims=keepdims)


def all(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    if axis is None and not keepdims and type(x) is numpy.ndarray:
        return numpy.bool_(numpy.count_nonzero(x) == x.size)
    return _reduce(numpy.logical_and, x, axis, keepdims)


def expand_dims(x: Any, /, *, axis: int) -> Any:
    return numpy.asarray(x)[..., None] if axis == -1 else numpy.expand_dims(x, axis)


def full_like(x: Any, value: Any, /) -> Any:
    out = numpy.empty(x.shape, x.dtype)
    out.fill(value)
    return out


def matrix_transpose(x: Any, /) -> Any:
    return x.swapaxes(-1, -2)


def matmul(x: Any, y: Any, /) -> Any:
    """One call of BLAS: for a stack of x too, of which ``numpy.matmul`` multiplies one after the other."""
    if y.ndim != 2 or x.ndim == 1:
        return numpy.matmul(x, y)
    if x.ndim == 2:
        return x.dot(y)
    return x.reshape(-1, x.shape[-1]).dot(y).reshape(*x.shape[:-1], y.shape[1])


def max(x: Any, /, *, axis: Any, keepdims: bool = False) -> Any:
    if axis == -1 and x.ndim == 2 and x.shape[0] > 32 > x.shape[1] > 0:  # many short rows
        greatest = numpy.maximum.reduce(numpy.ascontiguousarray(x.T), axis=0)
        return greatest[:, None] if keepdims else greatest
    return _reduce(numpy.maximum, x, axis, keepdims)


def maximum(x: Any, y: Any, /, *, out: Any = None) -> Any:
    return numpy.maximum(x, _row(y, x), out=out)


def minimum(x: Any, y: Any, /, *, out: Any = None) -> Any:
    return numpy.minimum(x, _row(y, x), out=out)


def _row(number: Any, x: Any) -> Any:
    """A row of zeros for a 0 beside a large x: numpy compares two rows faster than a row and a number."""
    if type(number) is int and number == 0 and x.size > _SMALL:
        return numpy.zeros(x.shape[-1], x.dtype)
    return number


def ones_like(x: Any, /) -> Any:
    return numpy.ones(x.shape, x.dtype)


def sum(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum of the rows of a matrix is a row of ones times it: twice as fast, and as exact."""
    if axis in (0, -1) and x.ndim == 2 and x.dtype in _BITS and x.flags.c_contiguous:
        ones = _ones(x.shape[axis], x.dtype)
        out = x.dot(ones) if axis else ones.dot(x)
        return out if not keepdims else out[:, None] if axis else out[None]
    return _reduce(numpy.add, x, axis, keepdims)


@lru_cache(maxsize=16)
def _ones(size: int, dtype: Any) -> Any:
    """The same ones for all who only read them."""
    ones = numpy.ones(size, dtype)
    ones.flags.writeable = False
    return ones


def where(condition: Any, x: Any, y: Any, /, *, out: Any = None) -> Any:
    """By bits: numpy's own branches at each number, which costs more than both sides

    The bits of a number times 0 or 1 are those of 0 or of the number, of an infinity or a NaN too; for two
    arrays ``y ^ ((x ^ y) * condition)``.
    """
    full: Any = x if isinstance(x, numpy.ndarray) else y
    bits = _BITS.get(getattr(full, "dtype", None))
    if bits is not None and full.size > _SMALL and full.shape == condition.shape:
        to = None if out is None else out.view(bits)
        if type(x) is int and x == 0:
            return numpy.multiply(full.view(bits), numpy.logical_not(condition), out=to).view(full.dtype)
        if type(y) is int and y == 0:
            return numpy.multiply(full.view(bits), condition, out=to).view(full.dtype)
        left: Any = numpy.asarray(x, full.dtype) if type(x) in (int, float) else x
        right: Any = numpy.asarray(y, full.dtype) if type(y) in (int, float) else y
        if left.dtype == right.dtype and {left.shape, right.shape} <= {full.shape, ()}:
            out = numpy.bitwise_xor(left.view(bits), right.view(bits))
            out *= condition
            out ^= right.view(bits)
            return out.view(full.dtype)
    return numpy.where(condition, x, y)


# --- formulas of extras -------------------------------------------------------------------------


def _plain(*values: Any) -> bool:
    """Whether all are arrays of one floating dtype that is known here; a result with no axes is no array."""
    kinds = {value.dtype if type(value) is numpy.ndarray and value.ndim else None for value in values}
    return len(kinds) == 1 and kinds <= _BITS.keys()


def affine(x: Any, w: Any, b: Any) -> Any:
    if not (x.ndim == w.ndim == 2 and x.dtype is w.dtype is b.dtype):
        return None
    out = x.dot(w)
    return numpy.add(out, b, out)


def log_shares(x: Any) -> tuple[Any, Any] | None:
    if not _plain(x):
        return None
    greatest = max(x, axis=-1, keepdims=True)
    if not all(numpy.isfinite(greatest)):
        return None
    logs = numpy.subtract(x, greatest)
    shares = numpy.exp(logs)
    below = numpy.less(logs, 0)
    others = sum(numpy.multiply(shares, below), axis=-1, keepdims=True)
    if numpy.count_nonzero(below) < below.size - greatest.size:  # others equal the greatest of their row
        others += numpy.subtract(x.shape[-1] - 1, sum(below.astype(x.dtype), axis=-1, keepdims=True))
    logs -= numpy.log1p(others)
    others += 1
    shares /= others
    return logs, shares


def one_hot_like(labels: Any, scores: Any) -> Any:
    classes = scores.shape[-1]
    if classes <= _FEW:  # labels are classes, or they were refused before
        return _eye(classes, scores.dtype).take(labels, axis=0)
    return numpy.equal(labels[..., None], numpy.arange(classes)).astype(scores.dtype)


@lru_cache(maxsize=16)
def _eye(size: int, dtype: Any) -> Any:
    return numpy.eye(size, dtype=dtype)
