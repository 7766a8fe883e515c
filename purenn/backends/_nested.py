"""The engines of the list backend: what a nested list is, and four ways to walk it

``apply`` maps a function of numbers over arrays that broadcast, ``fold`` takes axes together,
``products`` multiplies rows with columns, ``flat`` reads all numbers in order.
"""

from __future__ import annotations

import operator
from itertools import chain
from numbers import Number
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any

from . import _ieee, _loops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def shape(x: Any) -> tuple[int, ...]:
    """The lengths of the nested lists; those of the first elements, see ``check`` for the others."""
    if not isinstance(x, list):
        return ()
    if not x or not isinstance(x[0], list):
        return (len(x),)
    row = x[0]
    if row and not isinstance(row[0], list):  # the most frequent first
        return (len(x), len(row))
    return (len(x), *shape(row))


def check(x: Any, name: str = "x") -> tuple[int, ...]:
    """The shape of x, or an error that names the place where x is ragged or holds no number."""
    if not isinstance(x, list):
        if hasattr(x, "dtype"):
            raise TypeError(f"{name} is {x!r:.40}: lists hold Python's own numbers, write array.tolist()")
        if isinstance(x, Number) and not isinstance(x, complex):
            return ()
        hint = "" if isinstance(x, str) or x is None else f" ({type(x).__name__})"
        raise TypeError(f"{name} is {x!r:.40}{hint}: an array is made of numbers and lists of them")
    if not x:
        return (0,)
    sizes = _sizes_of_floats(x)
    if sizes:
        return sizes
    shapes = [check(element, f"{name}[{index}]") for index, element in enumerate(x)]
    for index, other in enumerate(shapes):
        if other != shapes[0]:
            raise ValueError(f"{name} is ragged: {name}[0] has shape {shapes[0]} and {name}[{index}] {other}")
    return (len(x), *shapes[0])


def _sizes_of_floats(x: list[Any]) -> tuple[int, ...]:
    """The shape of rows of floats, or of one row; () of all others: those take a closer look."""
    if sum_of_floats(x) is None:
        return ()
    if type(x[0]) is float:
        return (len(x),)
    sizes = set(map(len, x))
    return (len(x), *sizes) if len(sizes) == 1 and [*map(type, x)].count(list) == len(x) else ()


def are_arrays(values: Sequence[Any]) -> bool:
    """Whether all are plain numbers, or plain rows and matrices that ``check`` accepts: the fastest answer

    >>> are_arrays([[1.0, 2.0], [[0.5]], 3]), are_arrays([[[1.0], 2.0]]), are_arrays([[1, 2]])
    (True, False, True)
    """
    for value in values:
        if type(value) is list:
            if not (value and (_sizes_of_floats(value) or set(map(type, value)) == {int})):
                return False
        elif type(value) is not float and type(value) is not int:
            return False
    return True


def sum_of_floats(x: Any) -> float | None:
    """The sum of a number, a row or rows of floats, None for all others: the fastest look at them all

    Among the floats may be other numbers that meet them, but no Decimal, and a NaN only if the sum is one.

    >>> sum_of_floats([[0.5, 1.0], [2.0, 4.0]]), sum_of_floats([1, 2]), sum_of_floats([0.5, None])
    (7.5, None, None)
    """
    try:
        if not isinstance(x, list):
            total = x
        elif type(x[0]) is float:
            total = sum(x)
        else:
            row = x[0]
            if type(row[0]) is not float:
                return None
            total = sum(map(sum, x)) if len(row) > 8 else sum(chain.from_iterable(x), 0.0)
    except (TypeError, LookupError, ArithmeticError):
        return None
    return total if type(total) is float else None


def refuse_empty(sizes: tuple[int, ...]) -> None:
    """An error for a shape that nested lists cannot have."""
    if 0 in sizes[:-1]:
        raise ValueError(
            f"the array would have shape {sizes}: nested lists cannot keep the sizes after a 0; "
            "use another backend for empty batches"
        )


def flat(x: Any) -> Iterable[Any]:
    """All numbers in order."""
    if not isinstance(x, list):
        return [x]
    if not x or not isinstance(x[0], list):
        return x
    return chain.from_iterable(map(flat, x) if x[0] and isinstance(x[0][0], list) else x)


def first(x: Any) -> Any:
    """The first number; 0 where there is none."""
    while isinstance(x, list):
        x = x[0] if x else 0
    return x


def are(kind: type, x: Any) -> bool:
    """Whether all numbers are of this very type."""
    return set(map(type, flat(x))) == {kind}


def copy(x: Any) -> Any:
    """Lists of its own, with the same numbers."""
    if not isinstance(x, list):
        return x
    return [copy(row) for row in x] if x and isinstance(x[0], list) else x[:]


def axis_index(axis: int, rank: int) -> int:
    """The axis, counted from the front."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} is out of range for an array of rank {rank}")
    return axis % rank


def apply(function: Any, *arrays: Any, written: str = "") -> Any:
    """``function(number, number, ...)`` for the numbers that meet when the arrays broadcast

    ``written`` is the function as an expression of x, y and z, which saves the calls.
    """
    shapes = tuple(map(shape, arrays))
    return _loops.elementwise(shapes, written, type(function) is BuiltinFunctionType)(function, *arrays)


def number_by_number(
    function: Callable[..., Any], written: str = "", quick: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """A function of arrays from a function of numbers, which ``written`` is as an expression of x, y and z

    ``quick`` is a faster one that raises at some numbers; one of ``math`` is for floats, and not written.
    """

    def elementwise(*arrays: Any) -> Any:
        if written or sum_of_floats(*arrays) is not None:
            try:
                return apply(quick, *arrays, written=written)
            except (ArithmeticError, ValueError):
                pass  # somewhere: now number by number
        return exactly(*arrays)

    def exactly(*arrays: Any) -> Any:
        try:
            return apply(function, *arrays, written="" if quick else written)
        except ArithmeticError:  # a trap of Decimal's, or an int too large for a float
            return apply(_ieee.untrapped(function), *arrays)

    out = exactly if quick is None else elementwise
    out.__name__ = out.__qualname__ = function.__name__
    out.__doc__ = function.__doc__
    return out


def weak(*arrays: Any) -> tuple[Any, ...]:
    """The arrays, an int on its own in the type of the others: ``maximum([-0.5], 0)`` is [0.0]."""
    kinds = set(map(type, map(first, arrays))) - {int, bool}
    if len(kinds) != 1:
        return arrays
    kind = kinds.pop()
    return tuple(kind(array) if type(array) is int else array for array in arrays)


def comparison(function: Callable[[Any, Any], bool], written: str) -> Callable[[Any, Any], Any]:
    """As ``number_by_number``; floats meet a 0 or 1 as a float: half the time, and the same number."""
    of_numbers = number_by_number(function, written)

    def compare(x: Any, y: Any, /) -> Any:
        small = (type(x) is int and x in (0, 1)) or (type(y) is int and y in (0, 1))
        return of_numbers(*weak(x, y)) if small else of_numbers(x, y)

    return compare


def fold(each: Callable[[list[Any]], list[Any]], x: Any, axis: Any, keepdims: bool) -> Any:
    """The numbers along one axis, some, or (None) all become one; ``each`` makes one of every row."""
    rank = len(shape(x))
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    for place in sorted((axis_index(place, rank) for place in axes), reverse=True):
        x = _along(each, x, place, rank, keepdims)
        rank -= not keepdims
    return x


def _along(each: Callable[[list[Any]], list[Any]], x: Any, axis: int, rank: int, keepdims: bool) -> Any:
    if axis and rank > 2:
        return [_along(each, row, axis - 1, rank - 1, keepdims) for row in x]
    if axis:
        return [[number] for number in each(x)] if keepdims else each(x)
    if rank == 1:
        (out,) = each([x])
    else:
        columns = list(zip(*x, strict=True))
        out = each(columns) if rank == 2 else [_along(each, c, 0, rank - 1, False) for c in columns]
    return [out] if keepdims else out


def totals(rows: list[Any]) -> list[Any]:
    """The sum of each row from left to right."""
    size = len(rows[0]) if rows else 0
    if len(rows) > 1 and 0 < size <= _loops.LONGEST:
        return _loops.sums(size)(rows)
    return list(map(_total, rows))


def _total(numbers: list[Any]) -> Any:
    if not numbers:
        return 0.0
    rest = iter(numbers)
    total = next(rest)
    for number in rest:
        total = total + number
    return total


def products(rows: list[Any], columns: list[Any], *, biased: bool = False) -> list[Any]:
    """Each row times each column, the sum from left to right, then the bias, if any, last in its column."""
    size, number = len(rows[0]), len(columns)
    if 0 < size <= _loops.LONGEST:
        if len(rows) < 8 or next(_loops.calls(size, number, biased)) < _loops.SELDOM:
            return _loops.dots(size, biased)(rows, columns)
        if size * number <= _loops.MOST:
            return _loops.dots_written_out(size, number, biased)(rows, columns)
        return _loops.dots_together(size, biased)(rows, columns)
    if biased:
        raise ValueError(f"{size} terms are no expression")
    return [[_total(list(map(operator.mul, row, column))) for column in columns] for row in rows]
