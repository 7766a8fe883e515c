"""Functions of one or two numbers that return what IEEE arithmetic returns.

Where Python's own raise (``exp(710)``, ``1 / 0``, ``log(0)``) or forget a NaN (``max(1, nan)``), these
give ``inf`` or ``nan``. A ``Decimal`` is answered with a ``Decimal``; ``int`` and ``Fraction`` stay
exact where the result is rational, and have no other infinity than the float.
"""

import math
from typing import Any


def divide(x: Any, y: Any) -> Any:
    try:
        return x / y
    except ArithmeticError:  # a zero below, or an int or a quotient too large for a float
        kind = type(y) if _is_decimal(y) else float
        if x != x or y != y or (y == 0 and x == 0):
            return kind("nan")
        size = math.inf if abs(x) > abs(y) else 0.0
        return kind(-size if _is_negative(x) != _is_negative(y) else size)


def exp(x: Any) -> Any:
    if _is_decimal(x):
        return x.exp()
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf if x > 0 else 0.0


def log(x: Any) -> Any:
    if x > 0:
        return x.ln() if _is_decimal(x) else math.log(x)
    result = -math.inf if x == 0 else math.nan
    return type(x)(result) if _is_decimal(x) else result


def sqrt(x: Any) -> Any:
    if not x >= 0:
        return type(x)("nan") if _is_decimal(x) else math.nan
    try:
        return x.sqrt() if _is_decimal(x) else math.sqrt(x)
    except OverflowError:  # an int too large for a float
        return math.inf


def tanh(x: Any) -> Any:
    if not _is_decimal(x):
        try:
            return math.tanh(x)
        except OverflowError:  # an int too large for a float
            return 1.0 if x > 0 else -1.0
    z = (-2 * x.copy_abs()).exp()
    return ((1 - z) / (1 + z)).copy_sign(x)


def _is_negative(x: Any) -> bool:
    return bool(x < 0) if x else math.copysign(1.0, x) < 0


def _is_decimal(x: Any) -> bool:
    return type(x) is not float and hasattr(x, "ln")


def maximum(x: Any, y: Any) -> Any:
    return x if x > y or x != x else y
