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
        if x != x or y != y or (y == 0 and x == 0) or abs(x) == abs(y) == math.inf:
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


def expm1(x: Any) -> Any:
    if _is_decimal(x):
        return _longer(x, lambda x: x.exp() - 1)
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf if x > 0 else -1.0


def log1p(x: Any) -> Any:
    if x > -1:
        return _longer(x, lambda x: (1 + x).ln()) if _is_decimal(x) else math.log1p(x)
    result = -math.inf if x == -1 else math.nan
    return type(x)(result) if _is_decimal(x) else result


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
    except OverflowError:  # an int too large for a float, whose root is none
        return nearest_float(math.isqrt(int(x)))


def tanh(x: Any) -> Any:
    if not _is_decimal(x):
        return math.tanh(x)

    def ratio(x: Any) -> Any:
        z = (-2 * x.copy_abs()).exp()
        return ((1 - z) / (1 + z)).copy_sign(x)

    return _longer(x, ratio)


def cos(x: Any) -> Any:
    return math.cos(x) if abs(x) < math.inf else math.nan


def sin(x: Any) -> Any:
    return math.sin(x) if abs(x) < math.inf else math.nan


def floor(x: Any) -> Any:
    return type(x)(math.floor(x)) if abs(x) < math.inf else x


def sign(x: Any) -> Any:
    return type(x)((x > 0) - (x < 0)) if x == x else x


def normal_tail(x: Any) -> Any:
    """``Phi(-x)`` for a Decimal x from 0: below 4 by the series of erf, then by Laplace's fraction."""
    from decimal import Decimal, localcontext

    if not x < math.inf:
        return type(x)(0) if x == x else x
    with localcontext() as context:
        context.prec = digits = 2 * context.prec + 30
        root = (2 * _pi(digits)).sqrt()
        if x < 4:
            term = total = x
            for n in range(1, 4 * digits):  # x**(2n+1) / (n! 2**n) shrinks from n = 8 on
                term *= -x * x / (2 * n)
                total += term / (2 * n + 1)
            out = Decimal(1) / 2 - total / root
        else:
            bottom = x
            for n in range(digits * digits // int(x * x) + 50, 0, -1):
                bottom = x + n / bottom
            out = (-x * x / 2).exp() / root / bottom
    return +out


def _pi(digits: int) -> Any:
    """Machin's formula: ``16 atan(1/5) - 4 atan(1/239)``, in whole numbers."""
    from decimal import Decimal

    one = 10 ** (digits + 10)

    def arc(n: int) -> int:
        power: int = one // n
        total = power
        k = 1
        while power:
            power //= -n * n
            k += 2
            total += power // k
        return total

    return Decimal(16 * arc(5) - 4 * arc(239)) / one


def _longer(x: Any, function: Any) -> Any:
    """A function of a Decimal, computed with the digits that it loses near 0."""
    from decimal import localcontext

    if x != x or not x:
        return x
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + 3
        out = function(x)
    return +out


def _is_negative(x: Any) -> bool:
    return bool(x < 0) if x else math.copysign(1.0, x) < 0


def _is_decimal(x: Any) -> bool:
    return type(x) is not float and hasattr(x, "ln")


def maximum(x: Any, y: Any) -> Any:
    return x if x > y or x != x else y


def minimum(x: Any, y: Any) -> Any:
    return x if x < y or x != x else y


def nearest_float(x: Any) -> float:
    """A number as the nearest float, infinite past the largest.

    >>> nearest_float(2), nearest_float(-(10**400))
    (2.0, -inf)
    """
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def untrapped(function: Any) -> Any:
    """The function for numbers at which Python raises: huge ints as floats, Decimals without traps."""

    def call(*numbers: Any) -> Any:
        try:
            return retried(function)(*numbers)
        except OverflowError:
            return function(*map(nearest_float, numbers))

    return call


def retried(function: Any) -> Any:
    """The function; where a trap of Decimal's raises, called again without traps."""

    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except ArithmeticError:
            from decimal import localcontext

            with localcontext() as context:
                context.clear_traps()
                return function(*arguments)

    return call
