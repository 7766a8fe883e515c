"""The loops that are written out give what one number after the other gives, for every type of number."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from purenn.backends import _ieee, _loops, lists

EDGES = [0.0, -0.0, 0.5, -3.0, 710.0, -750.0, 5e-324, 1e308, math.inf, -math.inf, math.nan]
OTHERS = [2, True, Fraction(1, 3), Decimal("0.5"), Decimal(-2)]
UNARY = ["cos", "exp", "expm1", "log", "log1p", "sin", "sqrt", "tanh"]


def told(x):
    """Numbers with their types, so that 0.0 is not -0.0, nor 1.0 one, and a NaN is itself."""
    return [told(row) for row in x] if isinstance(x, list) else (type(x), str(x))


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_rows_is_that_of_its_numbers(name):
    function, number = getattr(lists, name), getattr(_ieee, name)
    for row in ([0.5, 1.5], EDGES, [0.5, *OTHERS]):
        assert told(function([row, row])) == told([list(map(number, row))] * 2)


def test_divide_of_rows_is_that_of_its_numbers():
    pairs = [*product(EDGES, EDGES), *product([Decimal(1), Decimal(0)], repeat=2)]
    x, y = map(list, zip(*pairs, strict=True))
    assert told(lists.divide([x], [y])) == told([[_ieee.divide(a, b) for a, b in pairs]])


@pytest.mark.parametrize("numbers", [EDGES[:-1], EDGES, [0.0, -0.0], [-0.0, 0.0], [1, 1.0], OTHERS[:3]])
def test_max_is_maximum_of_one_after_the_other(numbers):
    greatest = numbers[0]
    for number in numbers[1:]:
        greatest = _ieee.maximum(greatest, number)
    assert told(lists.max([numbers, numbers], axis=-1)) == told([greatest, greatest])


@pytest.mark.parametrize("rows", [1, 3])
def test_sums_run_from_left_to_right(rows):
    terms = [1e16, 1.0, -1e16, 0.5, 2**60, -(2**60), 1.0]
    total = terms[0]
    for term in terms[1:]:
        total += term
    assert lists.sum([terms] * rows, axis=-1) == [total] * rows
    assert lists.sum([[term] * rows for term in terms], axis=0) == [total] * rows
    assert lists.matmul([terms] * rows, [1.0] * len(terms)) == [total] * rows


def test_sums_and_products_longer_than_an_expression_may_be_run_from_left_to_right():
    terms = [0.1] * (_loops.LONGEST + 1)
    total = 0.1
    for term in terms[1:]:
        total += term
    assert (
        lists.sum([terms, terms], axis=-1) == lists.matmul([terms, terms], [1.0] * len(terms)) == [total] * 2
    )


def test_the_shapes_that_do_not_broadcast_are_named_whole():
    with pytest.raises(ValueError, match=r"shapes \(2, 3\) and \(2, 1, 4\) do not broadcast"):
        lists.add([[1.0] * 3] * 2, [[[1.0] * 4]] * 2)


@pytest.mark.parametrize("odd", [(2.0,), [2.0, 3.0], 2.0, "2.0", [None], [[2.0]]])
def test_check_looks_into_every_row(odd):
    with pytest.raises((TypeError, ValueError), match=r"x\[1\]"):
        lists.check([[1.0], odd])


def test_full_like_keeps_the_type_of_each_number():
    assert told(lists.full_like([[1.5, 2], [Fraction(1, 2), Decimal(3)]], 1)) == told(
        [[1.0, 1], [Fraction(1), Decimal(1)]]
    )
