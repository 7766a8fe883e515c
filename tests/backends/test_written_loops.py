"""The loops that the list backend writes, made anew in each test: elsewhere they are made once and kept."""

from __future__ import annotations

import math
from itertools import product

import pytest

from purenn.backends import _loops, lists

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
