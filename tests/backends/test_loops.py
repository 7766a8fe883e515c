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
SHAPES = [
    ((3,),),
    ((2, 3),),
    ((2, 1, 3),),
    ((), (3,)),
    ((2, 3), ()),
    ((2, 3), (3,)),
    ((3,), (4, 2, 3)),
    ((2, 3), (2, 3)),
    ((2, 1), (1, 3)),
    ((1,), (1, 1)),
    ((4, 1, 3), (2, 1)),
    ((2, 2), (2, 2), (2, 2)),
    ((2, 1), (2, 1), (2, 3)),
    ((2, 1, 2), (3, 1), ()),
]


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


# --- the loops themselves, made anew in each test: elsewhere they are made once and kept ------------


def at(x, index):
    """The number of x that stands at a place of the result."""
    sizes = lists.shape(x)
    for size, place in zip(sizes, index[len(index) - len(sizes) :], strict=True):
        x = x[0 if size == 1 else place]
    return x


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("way", ["written", "written for map", "called"])
def test_a_loop_meets_every_number_with_its_own(shapes, way):
    rank = max(map(len, shapes))
    size = [max(own[level - rank] for own in shapes if level + len(own) >= rank) for level in range(rank)]
    arrays = []
    for number, own in enumerate(shapes):
        row = [10.0**number * (1 + place) for place in range(math.prod(own))]
        arrays.append(lists.reshape(row, own) if own else row[0])
    expression = (
        "" if way == "called" else "x" + " - y"[: 4 * (len(shapes) > 1)] + " * z"[: 4 * (len(shapes) > 2)]
    )

    def formula(x, y=0.0, z=1.0):
        return x - y * z

    loop = _loops.elementwise.__wrapped__(shapes, expression, way == "written for map")
    want = [formula(*(at(x, index) for x in arrays)) for index in product(*map(range, size))]
    assert loop(formula, *arrays) == lists.reshape(want, tuple(size))


@pytest.mark.parametrize("shapes", [((3,), (2,)), ((2, 3), (2,)), ((4, 1, 3), (2, 2)), ((2,), (1,), (3,))])
def test_a_loop_for_shapes_that_do_not_meet_is_refused(shapes):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the whole message follows
        _loops.elementwise.__wrapped__(shapes, "", False)
    assert str(caught.value) == f"shapes {' and '.join(map(str, shapes))} do not broadcast"


@pytest.mark.parametrize("size", [1, 2, 5])
def test_sums_and_products_are_written_term_by_term(size):
    rows = [[float(number + 10 * row) for number in range(size)] for row in range(3)]
    columns = [tuple(number / 2 - column for number in range(size)) for column in range(2)]
    assert _loops.sums.__wrapped__(size)(rows) == [sum(row) for row in rows]
    assert _loops.dots.__wrapped__(size)(rows, columns) == [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in rows
    ]


def test_loops_are_written_as_one_would_by_hand():
    on, again = ("on", "on"), ("on", "again")
    assert _loops.source((on,), "", True) == "lambda f, xxx: [list(map(f, xx)) for xx in xxx]"
    assert _loops.source((on, ()), "x - y", True) == "lambda f, xxx, y: [[x - y for x in xx] for xx in xxx]"
    assert _loops.source((on, on), "", False) == (
        "lambda f, xxx, yyy: [[f(x, y) for x, y in zip(xx, yy)] for xx, yy in zip(xxx, yyy)]"
    )
    assert _loops.source((on, again), "x + y", True) == (
        "lambda f, xxx, yyy: [[x + y for y in yy for x in xx] for xx, yy in zip(xxx, yyy)]"
    )
