"""Local derivatives, read off a backward: what it returns for a dout of one 1 is a row of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends import backend_of, lists
from ..backends.extras import shape
from ..trees import is_branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, Shape


def local_derivatives(
    out: Any, arguments: dict[str, Any], gradients: Callable[[Any], dict[str, Any]], limit: int
) -> dict[str, Any]:
    """``d out / d argument``, of ``shape(out) + shape(argument)``, of arrays of at most ``limit`` numbers

    Of an op with a large argument beside small ones there are none: each would cost a whole backward.

    >>> local_derivatives([3.0, 8.0], {"x": [1.0, 2.0]}, lambda dout: {"x": lists.multiply(dout, [3, 4])}, 9)
    {'x': [[3, 0], [0, 4]]}
    """
    work = 0 if is_branch(out) else sum(math.prod(shape(value)) for value in arguments.values())
    if is_branch(out) or math.prod(shape(out)) > limit or work * math.prod(shape(out)) > 16 * limit**2:
        return {}
    small = {name for name, value in arguments.items() if math.prod(shape(value)) <= limit}
    rows: dict[str, list[Any]] = {}
    for index in range(math.prod(shape(out))):
        for name, grad in gradients(_one_at(out, index)).items():
            if name in small and grad is not None:
                rows.setdefault(name, []).extend(numbers_of(grad))
    return {name: lists.reshape(row, shape(out) + shape(arguments[name])) for name, row in rows.items()}


def ones_like(out: Array) -> Array:
    """A gradient of ones, in the number type and dtype of out; on lists 1.0 for floats and ints.

    >>> ones_like([2.0, 3.0])
    [1.0, 1.0]
    """
    kinds = {type(number) for number in numbers_of(out)} or {float}
    one = 1.0 if kinds <= {float, int, bool} else next(iter(kinds - {int, float, bool}))(1)
    return _filled(out, [one] * len(numbers_of(out)))


def diagonal(local: Any, sizes: Shape) -> Any:
    """The derivatives of an elementwise op, one for each number: None where one reaches another's place

    >>> diagonal([[3, 0], [0, 4]], (2,)), diagonal([[3, 1], [0, 4]], (2,))
    ([3, 4], None)
    """
    count = math.prod(sizes)
    if shape(local) != sizes + sizes:
        return None
    rows = numbers_of(local)
    if any(number != 0 for place, number in enumerate(rows) if place % (count + 1)):
        return None
    return lists.reshape(rows[:: count + 1], sizes)


def at(tree: Any, index: Shape) -> Any:
    """The number of nested lists at an index.

    >>> at([[1.0, 2.0]], (0, 1))
    2.0
    """
    for step in index:
        tree = tree[step]
    return tree


def _one_at(out: Array, index: int) -> Array:
    numbers = [0] * math.prod(shape(out))
    numbers[index] = 1
    return _filled(out, numbers)


def _filled(out: Array, numbers: list[Any]) -> Array:
    plain = lists.reshape(numbers, shape(out))
    xp: Any = backend_of(out)
    return plain if xp is lists else xp.asarray(plain, dtype=out.dtype)
