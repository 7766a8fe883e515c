"""The words of a picture, and how large they are before anybody draws them."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from .._numerical import numbers_of
from ..backends import lists
from ..backends.extras import shape
from ..explain.words import number_text
from ..optimizers import global_norm

FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SIZE = 16  # of values and gradients, in pixels; at half of it they are read still
SMALL = 14  # of notes and the legend
ADVANCE = 0.62  # the width of a character of a monospaced font over its size, rather too wide than too narrow
FEW, SHORT = 4, 22  # numbers of an array, and characters, that are shown as they are


def width(text: str, size: float = SIZE) -> float:
    """The width of a text; Chinese, Japanese and Korean characters take two places, accents none.

    >>> width("x0"), width("输入"), width("", 12)
    (19.84, 39.68, 0.0)
    """
    places = sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
    return round(places * size * ADVANCE, 2)


def gradient_words(grad: str | None) -> str:
    """A gradient as it stands below a wire, told by its sign.

    >>> gradient_words("1.0"), gradient_words(None)
    ('∂ 1.0', '')
    """
    return "" if grad is None else f"∂ {grad}"


def array_words(value: Any, digits: int | None = None) -> str:
    """A number, or up to four that are short, as they are; of others the shape, and the norm of floats

    >>> array_words(2.5), array_words([1.0, -2.0, 3.0]), array_words([[0.0, 2.0]] * 4)
    ('2.5', '[1.0, -2.0, 3.0]', '(4, 2) ‖4‖')
    >>> array_words([1, 0, 2, 1, 1])
    '(5,)'
    """
    sizes = shape(value)
    if math.prod(sizes) <= FEW:
        numbers = [number_text(number, digits) for number in numbers_of(value)]
        words = str(lists.reshape(numbers, sizes)).replace("'", "")
        if len(numbers) == 1 or len(words) <= SHORT:
            return words
    if all(isinstance(number, int) for number in numbers_of(value)):
        return str(sizes)
    return f"{sizes} ‖{float(global_norm(value)):.{digits or 3}g}‖"


def product_of(one: str, other: str) -> str:
    """What the product of two is called.

    >>> product_of("x0", "w0"), product_of("x[0,1]", "w[1,0]")
    ('x0w0', 'x[0,1]·w[1,0]')
    """
    return f"{one}{other}" if (one + other).isalnum() else f"{one}·{other}"
