"""Decimals and huge ints: IEEE's answers, and every digit of the context against mpmath."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from purenn.backends import lists

INF, NAN = math.inf, math.nan


def test_decimals_and_huge_ints_follow_ieee_too():
    nan, inf, big = Decimal("nan"), Decimal("inf"), 10**400
    assert lists.maximum([nan], 0)[0].is_nan()
    assert lists.add([inf], [-inf])[0].is_nan()
    assert lists.multiply([inf], [Decimal(0)])[0].is_nan()
    assert lists.sum([inf, -inf]).is_nan()
    assert lists.divide(inf, -inf).is_nan()
    assert lists.max([Decimal(1), nan]).is_nan()
    assert lists.max([nan, Decimal(1)]).is_nan()
    assert lists.argmax([Decimal(1), nan], axis=0) == 1
    assert lists.argmax([nan, Decimal(1)], axis=0) == 0
    assert lists.matmul([inf], [Decimal(0)]).is_nan()
    assert lists.log(nan).is_nan()
    assert lists.exp(Decimal(10) ** 8) == inf
    assert lists.tanh(Decimal("1e-30")) == Decimal("1e-30")
    assert lists.tanh([big, -big]) == [1.0, -1.0]
    assert lists.sqrt(big) == pytest.approx(1e200)
    assert lists.sqrt(10**800) == INF
    assert lists.add(big, 1.0) == INF
    assert lists.multiply(Fraction(-big), 1.0) == -INF
    assert lists.check([1.0, big]) == (2,)
    from decimal import DivisionByZero, getcontext

    assert getcontext().traps[DivisionByZero]


DECIMALS = ["0", "1e-30", "-1e-30", "0.001", "-0.25", "0.5", "1", "-3", "7.5", "40"]
FUNCTIONS = {
    "exp": lambda mp, x: mp.exp(x),
    "expm1": lambda mp, x: mp.expm1(x),
    "log1p": lambda mp, x: mp.log1p(x),
    "tanh": lambda mp, x: mp.tanh(x),
    "normal_tail": lambda mp, x: mp.erfc(x / mp.sqrt(2)) / 2,
}


@pytest.mark.parametrize("digits", [20, 50])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_decimals_are_right_to_the_last_digit_but_one(name, digits):
    mp = pytest.importorskip("mpmath")
    low = {"log1p": -1, "normal_tail": 0}.get(name, -INF)
    with mp.workdps(120), localcontext() as context:
        context.prec = digits
        for text in DECIMALS:
            x = Decimal(text)
            if x < low or (name == "log1p" and x == -1):
                continue
            have = getattr(lists, name)(x)
            want = FUNCTIONS[name](mp, mp.mpf(text))
            assert isinstance(have, Decimal)
            assert abs(mp.mpf(str(have)) - want) <= mp.mpf(10) ** (1 - digits) * abs(want), text


def test_decimals_at_the_ends():
    inf, nan = Decimal("inf"), Decimal("nan")
    far = Decimal(10) ** 30
    assert lists.tanh([inf, -inf, far, -far]) == [1, -1, 1, -1]
    assert lists.expm1([inf, -inf]) == [inf, -1]
    assert lists.log1p([inf, Decimal(-1)]) == [inf, -inf]
    assert lists.normal_tail([inf, Decimal("1e6")])[0] == 0
    assert lists.log1p(Decimal(-2)).is_nan()
    for name in ("expm1", "log1p", "tanh", "normal_tail", "sign", "floor"):
        assert getattr(lists, name)(nan).is_nan()
    for name in ("expm1", "log1p", "tanh"):
        assert str(getattr(lists, name)(Decimal("-0"))) == "-0"
    assert lists.sign([Decimal("-2.5"), Decimal(0)]) == [-1, 0]
    assert lists.floor([Decimal("-2.5"), inf]) == [-3, inf]


def test_the_smaller_and_the_larger_of_a_decimal_nan_is_one():
    nan, one, two = Decimal("nan"), Decimal(1), Decimal(2)
    for function, other in ((lists.minimum, one), (lists.maximum, two)):
        both = function([nan, one], [one, two])
        assert both[0].is_nan()
        assert both[1] == other
