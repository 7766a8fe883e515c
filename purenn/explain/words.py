"""What numbers and arrays are called, and how a number is written."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends.extras import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._types import Array, Shape


def indices(sizes: Shape) -> Iterator[Shape]:
    """All indices of an array, in order.

    >>> list(indices((1, 2)))
    [(0, 0), (0, 1)]
    """
    return product(*map(range, sizes))


def by_index(value: Array | None) -> dict[Shape, Any]:
    """The numbers of an array by their indices, none of None.

    >>> by_index([[1.0, 2.0]])
    {(0, 0): 1.0, (0, 1): 2.0}
    """
    if value is None:
        return {}
    return dict(zip(indices(shape(value)), numbers_of(value), strict=True))


def element(name: str, index: Shape, *, short: bool) -> str:
    """What one number of an array is called; ``short`` where no other name ends in a number.

    >>> element("w", (1,), short=True), element("w", (1,), short=False), element("w", (0, 0), short=True)
    ('w1', 'w[1]', 'w[0,0]')
    """
    if len(index) == 1 and short:
        return f"{name}{index[0]}"
    return f"{name}[{','.join(map(str, index))}]" if index else name


def number_text(number: Any, digits: int | None = None) -> str:
    """A number in full, or a float to so many digits.

    >>> number_text(1 / 3), number_text(1 / 3, 2), number_text(3, 2)
    ('0.3333333333333333', '0.33', '3')
    """
    if digits is None or not isinstance(number, float):
        return str(number)
    return str(float(f"{number:.{digits}g}"))
