"""The bell curve of the normal distribution and its tail, over the array API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import lists
from .extras import polynomial

if TYPE_CHECKING:
    from .._types import Array


def normal(x: Array, *, xp: Any) -> tuple[Array, Array]:
    """``exp(-x**2 / 2)``, and ``Phi(-x)``, the share of a normal above x, for x from 0: within 5 ulp

    The square is taken of x without its last bits, which is exact, and of the rest apart. Phi(-x) over
    the first, times x + 4, is a polynomial in ``u = (x - 4) / (x + 4)``, from -1 to 1.
    Source: the substitution is that of Shepherd and Laframboise, Chebyshev approximation of
    (1 + 2x) exp(x**2) erfc x, 1981; the coefficients are computed for this factor, to 2**-57.

    >>> normal([0.0, 1.0], xp=lists)
    ([1.0, 0.6065306597126334], [0.5, 0.15865525393145705])
    """
    if xp is lists and lists.is_decimal(x):
        square = xp.multiply(x, x)
        return xp.exp(xp.divide(square, -2)), lists.normal_tail(x)
    x = xp.minimum(x, 40)  # where both are 0 already
    head = xp.divide(xp.floor(xp.multiply(x, 64)), 64)
    rest = xp.multiply(xp.subtract(x, head), xp.add(x, head))
    main = xp.exp(xp.divide(xp.multiply(head, head), -2))
    bell = xp.add(main, xp.multiply(main, xp.expm1(xp.divide(rest, -2))))
    u = xp.divide(xp.subtract(x, 4), xp.add(x, 4))
    return bell, xp.multiply(bell, xp.divide(polynomial(u, _TAIL, xp=xp), xp.add(x, 4)))


_TAIL = (
    0.7552851304157515, -0.6078966419718921, 0.3871374007422149, -0.18652185795965484,
    0.060396574890917876, -0.00754018896682524, -0.0034796923670479736, 0.001630818459394586,
    0.00013334430941183256, -0.00023109495324019437, -1.908246351414571e-06, 3.514479478753355e-05,
    7.166587641195121e-07, -5.920586519556891e-06, -6.298367338492369e-07, 1.0225604158296038e-06,
    2.7246296951145873e-07, -1.5650236461993106e-07, -8.686647015997893e-08, 1.4630727405651175e-08,
    2.1427603843452355e-08, 1.4329918401088613e-09, -3.73064508186837e-09, -8.546521899880147e-10,
    3.403312308649495e-10, 1.175478991480774e-10,
)  # fmt: skip
