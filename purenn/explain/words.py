"""What numbers and arrays are called, and how a number is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._types import Shape


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
