"""The engines of the list backend: what a nested list is, and four ways to walk it

``apply`` maps a function of numbers over arrays that broadcast, ``fold`` takes axes together,
``dots`` multiplies rows with columns, ``flat`` reads all numbers in order.
"""

from __future__ import annotations

import operator
from functools import lru_cache, reduce
from itertools import chain, repeat
from numbers import Number
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def shape(x: Any) -> tuple[int, ...]:
    """The lengths of the nested lists; those of the first elements, see ``check`` for the others."""
    sizes = []
    while isinstance(x, list):
        sizes.append(len(x))
        if not x:
            break
        x = x[0]
    return tuple(sizes)


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
    if _all_floats(x):
        return (len(x),)
    shapes = [check(element, f"{name}[{index}]") for index, element in enumerate(x)]
    for index, other in enumerate(shapes):
        if other != shapes[0]:
            raise ValueError(f"{name} is ragged: {name}[0] has shape {shapes[0]} and {name}[{index}] {other}")
    return (len(x), *shapes[0])


def _all_floats(row: list[Any]) -> bool:
    """A fast yes for the usual row: what is not a number has no sum. No means: look closer."""
    try:
        return type(row[0]) is float and type(sum(row)) is float
    except (TypeError, OverflowError):
        return False


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
    return chain.from_iterable(map(flat, x)) if x and isinstance(x[0], list) else x


def copy(x: Any) -> Any:
    """Lists of its own, with the same numbers."""
    return [copy(row) for row in x] if isinstance(x, list) else x


def axis_index(axis: int, rank: int) -> int:
    """The axis, counted from the front."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} is out of range for an array of rank {rank}")
    return axis % rank


def apply(function: Callable[..., Any], *arrays: Any) -> Any:
    """``function(number, number, ...)`` for the numbers that meet when the arrays broadcast."""
    shapes = [shape(array) for array in arrays]
    rank = max(map(len, shapes))
    if rank == 0:
        return function(*arrays)
    deepest = next(sizes for sizes in shapes if len(sizes) == rank)
    if any(sizes != deepest[rank - len(sizes) :] for sizes in shapes):
        return _stretch(function, arrays, [len(sizes) for sizes in shapes])
    leveled = []
    for array, sizes in zip(arrays, shapes, strict=True):
        for _ in range(rank - len(sizes)):
            array = repeat(array)  # the same rows again and again, for as long as others have some
        leveled.append(array)
    return _level(function, leveled, rank)


def _level(function: Callable[..., Any], arrays: Sequence[Any], rank: int) -> Any:
    if rank == 1:
        return list(map(function, *arrays))
    return [_level(function, rows, rank - 1) for rows in zip(*arrays, strict=False)]


def _stretch(function: Callable[..., Any], arrays: Sequence[Any], ranks: list[int]) -> Any:
    """As ``apply``, where a size of 1 meets another."""
    rank = max(ranks)
    sizes = {len(array) for array, own in zip(arrays, ranks, strict=True) if own == rank}
    if len(sizes - {1}) > 1:
        shapes = " and ".join(str(shape(array)) for array in arrays)
        raise ValueError(f"shapes {shapes} do not broadcast")
    size = next(iter(sizes - {1}), 1)
    rows: list[Any] = []
    for array, own in zip(arrays, ranks, strict=True):
        if own < rank:
            rows.append([array] * size)
        else:
            rows.append(array * size if len(array) == 1 else array)
    if rank == 1:
        return list(map(function, *rows))
    return [apply(function, *group) for group in zip(*rows, strict=True)]


def fold(function: Callable[[Sequence[Any]], Any], x: Any, axis: Any, keepdims: bool) -> Any:
    """``function`` of the numbers along one axis, some, or (None) all."""
    rank = len(shape(x))
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    for each in sorted((axis_index(each, rank) for each in axes), reverse=True):
        x = _along(function, x, each, keepdims)
    return x


def _along(function: Callable[[Sequence[Any]], Any], x: Any, axis: int, keepdims: bool) -> Any:
    if axis:
        return [_along(function, row, axis - 1, keepdims) for row in x]
    rows = len(shape(x)) > 1
    out = apply(lambda *numbers: function(numbers), *x) if rows else function(x)
    return [out] if keepdims else out


def total(numbers: Sequence[Any]) -> Any:
    """The sum from left to right."""
    return reduce(operator.add, numbers) if numbers else 0.0


_LONGEST = 1000  # terms that one generated expression may have


@lru_cache(maxsize=256)
def dots(size: int) -> Callable[[list[Any], list[Any]], list[list[Any]]]:
    """Rows times columns of one size: for size 2, ``[[a0*b0+a1*b1 for b0, b1 in columns] for ...]``

    The sum written out runs twice as fast as a loop, for every type of number, from left to right.
    """
    if not 0 < size <= _LONGEST:
        return lambda rows, columns: [
            [total(tuple(map(operator.mul, row, column))) for column in columns] for row in rows
        ]
    left, right = ("".join(f"{name}{i}," for i in range(size)) for name in "ab")
    terms = "+".join(f"a{i}*b{i}" for i in range(size))
    source = f"""
def product(rows, columns):
    out = []
    for {left} in rows:
        products = []
        keep = products.append
        for {right} in columns:
            keep({terms})
        out.append(products)
    return out
"""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    product: Callable[[list[Any], list[Any]], list[list[Any]]] = namespace["product"]
    return product
