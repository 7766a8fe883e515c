"""The Array API on plain Python: an array is a number, or lists of equal length, nested to any depth

The numbers may be ``float``, ``int``, ``Fraction`` or ``Decimal``: they are computed with as they
come. ``_ieee`` says what a function of numbers returns, ``_nested`` how a function of numbers becomes
one of arrays, ``_loops`` writes the loops; here they get their standard names. Sums run from left to
right, on every version of Python (its own ``sum`` changed in 3.12).
"""

from __future__ import annotations

import builtins
import math
import operator
import sys
from contextvars import ContextVar
from functools import reduce
from numbers import Number
from typing import TYPE_CHECKING, Any

from . import _ieee, _nested
from ._fused import affine as affine
from ._fused import affine_grads as affine_grads
from ._fused import descend as descend
from ._fused import descend_by_root as descend_by_root
from ._fused import log_shares as log_shares
from ._fused import one_hot_like as one_hot_like
from ._fused import running_mean as running_mean
from ._fused import weigh as weigh
from ._fused import where_positive as where_positive
from ._nested import check as check
from ._nested import comparison as _comparison
from ._nested import flat as flat
from ._nested import number_by_number as _number
from ._nested import shape as shape
from ._nested import weak as _weak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_known: ContextVar[bool] = ContextVar("_known", default=False)

# --- creation and shape -------------------------------------------------------------------------


def is_integer(x: Any) -> bool:
    """Whether every number is an int."""
    return set(map(type, _nested.flat(x))) <= {int}


def is_floating(x: Any) -> bool:
    """Whether every number is one between integers: a float, Fraction or Decimal, of Python's own."""
    return {kind.__name__ for kind in set(map(type, _nested.flat(x)))} <= {"float", "Fraction", "Decimal"}


def is_decimal(x: Any) -> bool:
    """Whether the numbers, by the first of them, are Decimals."""
    return type(_nested.first(x)).__name__ == "Decimal"


def ready(values: Sequence[Any], count: int) -> tuple[Any, Sequence[Any]] | None:
    """This namespace, and the arrays: a fast answer for floats; None means: look closer."""
    return (sys.modules[__name__], values) if _known.get() or _nested.are_arrays(values) else None


def knowing(function: Callable[..., Any], values: Sequence[Any], *arguments: Any) -> Any:
    """``function(*arguments)``, in which none is looked at, if these are arrays: all others come of them."""
    if not _nested.are_arrays(values):
        return function(*arguments)
    token = _known.set(True)
    try:
        return function(*arguments)
    finally:
        _known.reset(token)


def asarray(x: Any, /, *, dtype: Any = None) -> Any:
    check(x)
    return _nested.copy(x) if dtype is None else astype(x, dtype)


def astype(x: Any, dtype: Any, /) -> Any:
    if not (isinstance(dtype, type) and issubclass(dtype, Number)):
        raise TypeError(
            f"dtype={dtype!r}: on lists a dtype is a type of numbers: float, int, Fraction, Decimal"
        )
    return _nested.apply(dtype, x)


def full(sizes: int | tuple[int, ...], value: Any, *, dtype: Any = None) -> Any:
    sizes = (sizes,) if isinstance(sizes, int) else tuple(sizes)
    _nested.refuse_empty(sizes)
    value = value if dtype is None else astype(value, dtype)
    for size in reversed(sizes):
        value = [_nested.copy(value) for _ in range(size)] if isinstance(value, list) else [value] * size
    return value


def zeros(sizes: int | tuple[int, ...], /, *, dtype: Any = None) -> Any:
    return full(sizes, 0.0, dtype=dtype)


def full_like(x: Any, value: Any, /) -> Any:
    kinds = set(map(type, _nested.flat(x)))
    if len(kinds) == 1:
        return full(shape(x), kinds.pop()(value))
    return _nested.apply(lambda number: type(number)(value), x)


def ones_like(x: Any, /) -> Any:
    return full_like(x, 1)


def zeros_like(x: Any, /) -> Any:
    return full_like(x, 0)


def arange(stop: int, /) -> list[int]:
    return list(range(stop))


def reshape(x: Any, /, shape: tuple[int, ...]) -> Any:
    sizes = tuple(shape)
    if sizes == _nested.shape(x):
        return x
    numbers = list(_nested.flat(x))
    if sizes.count(-1) == 1 and (known := -math.prod(sizes)) > 0:
        sizes = tuple(len(numbers) // known if size == -1 else size for size in sizes)
    _nested.refuse_empty(sizes)
    if -1 in sizes or math.prod(sizes) != len(numbers):
        raise ValueError(f"{len(numbers)} numbers do not fill shape {tuple(shape)}")
    if 0 in sizes[1:]:
        return full(sizes, 0.0)
    for size in reversed(sizes[1:]):
        numbers = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    return numbers if sizes else numbers[0]


def concat(parts: list[Any], /) -> Any:
    return [row for part in parts for row in part]


def expand_dims(x: Any, /, *, axis: int = 0) -> Any:
    rank = len(shape(x))
    axis = _nested.axis_index(axis, rank + 1)
    if axis == rank:
        return _nested.apply(None, x, written="[x]")
    return [expand_dims(row, axis=axis - 1) for row in x] if axis else [x]


def matrix_transpose(x: Any, /) -> Any:
    *stack, rows, columns = shape(x)
    if stack:
        return [matrix_transpose(matrix) for matrix in x]
    _nested.refuse_empty((columns, rows))
    return list(map(list, zip(*x, strict=True)))


def take(x: Any, indices: list[int], /, *, axis: int = 0) -> Any:
    axis = _nested.axis_index(axis, len(shape(x)))
    if axis == 0:
        return [x[index] for index in indices]
    return [take(row, indices, axis=axis - 1) for row in x]


# --- number by number ---------------------------------------------------------------------------


add = _number(operator.add, "x + y")
subtract = _number(operator.sub, "x - y")
multiply = _number(operator.mul, "x * y")
divide = _number(_ieee.divide, "x / y", operator.truediv)
negative = _number(operator.neg, "-x")
_maximum = _number(_ieee.maximum, "x if x > y or x != x else y")
_minimum = _number(_ieee.minimum, "x if x < y or x != x else y")
_at_least = _number(_ieee.maximum, "y if x <= y else x")  # where y is no NaN
_at_most = _number(_ieee.minimum, "y if x >= y else x")
abs = _number(operator.abs, "abs(x)")
cos = _number(_ieee.cos, quick=math.cos)
exp = _number(_ieee.exp, quick=math.exp)
expm1 = _number(_ieee.expm1, quick=math.expm1)
floor = _number(_ieee.floor)
log = _number(_ieee.log, quick=math.log)
log1p = _number(_ieee.log1p, quick=math.log1p)
normal_tail = _number(_ieee.normal_tail)
sign = _number(_ieee.sign)
sin = _number(_ieee.sin, quick=math.sin)
sqrt = _number(_ieee.sqrt, quick=math.sqrt)
tanh = _number(_ieee.tanh, quick=math.tanh)
equal = _comparison(operator.eq, "x == y")
less = _comparison(operator.lt, "x < y")
greater = _comparison(operator.gt, "x > y")
greater_equal = _comparison(operator.ge, "x >= y")
logical_and = _number(operator.and_, "x & y")
logical_not = _number(operator.not_, "not x")


def maximum(x: Any, y: Any, /) -> Any:
    x, y = _weak(x, y)
    return (_at_least if type(y) is float and y == y else _maximum)(x, y)


def minimum(x: Any, y: Any, /) -> Any:
    x, y = _weak(x, y)
    return (_at_most if type(y) is float and y == y else _minimum)(x, y)


def where(condition: Any, x: Any, y: Any, /) -> Any:
    return _nested.apply(None, condition, *_weak(x, y), written="y if x else z")


# --- axis by axis -------------------------------------------------------------------------------


def _greatest(rows: list[Any]) -> list[Any]:
    """The greatest of each row: a NaN if there is one, and the last of equal ones, such as 0.0 and -0.0."""
    if not builtins.all(rows):
        raise ValueError("max of an empty axis: there is no greatest number")
    total = _nested.sum_of_floats(rows)
    if total is None or total != total:
        return [reduce(_ieee.maximum, row) for row in rows]
    return [builtins.max(row[::-1]) for row in rows]


def _where_greatest(rows: list[Any]) -> list[int]:
    return [
        next(index for index, number in enumerate(row) if number == greatest or number != number)
        for row, greatest in zip(rows, _greatest(rows), strict=True)
    ]


def sum(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    return _ieee.retried(_nested.fold)(_nested.totals, x, axis, keepdims)


def max(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    return _ieee.retried(_nested.fold)(_greatest, x, axis, keepdims)


def all(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    return _nested.fold(lambda rows: list(map(builtins.all, rows)), x, axis, keepdims)


def argmax(x: Any, /, *, axis: int, keepdims: bool = False) -> Any:
    return _ieee.retried(_nested.fold)(_where_greatest, x, axis, keepdims)


def argsort(x: Any, /, *, stable: bool = True) -> list[int]:  # Python's sort always is
    return sorted(range(len(x)), key=x.__getitem__)


# --- rows times columns -------------------------------------------------------------------------


def matmul(x: Any, y: Any, /) -> Any:
    left, right = shape(x), shape(y)
    m, n = len(left), len(right)
    if m == 0 or n == 0 or left[-1] != right[-2 if n > 1 else -1]:
        raise ValueError(f"shapes {left} and {right} have no matrix product")
    if n == 1:
        return _rows_times(x, [y], m, lambda row: row[0])
    if n == 2:
        return _rows_times(x, list(zip(*y, strict=True)), m, lambda row: row)
    if m > n:
        return [matmul(block, y) for block in x]
    if m < n:
        return [matmul(x, block) for block in y]
    if len(x) != len(y) and 1 not in (len(x), len(y)):
        raise ValueError(f"shapes {left} and {right} have no matrix product")
    pairs = zip(x * len(y) if len(x) == 1 else x, y * len(x) if len(y) == 1 else y, strict=True)
    return [matmul(rows, columns) for rows, columns in pairs]


def _rows_times(x: Any, columns: list[Any], rank: int, finish: Callable[[Any], Any]) -> Any:
    if rank > 2:
        return [_rows_times(block, columns, rank - 1, finish) for block in x]
    products = _ieee.retried(_nested.products)([x] if rank == 1 else x, columns)
    return finish(products[0]) if rank == 1 else list(map(finish, products))


# --- random numbers -----------------------------------------------------------------------------


def random_sample(seed: int, size: int) -> list[float]:
    """The first ``size`` numbers of the Mersenne Twister of a seed, each in [0, 1) with 53 bits."""
    from random import Random  # imports much that a network never needs

    draw = Random(seed).random
    return [draw() for _ in range(size)]
