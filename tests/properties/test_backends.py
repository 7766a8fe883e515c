"""The list backend against numpy, over shapes, values and layouts, and itself in Fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from purenn.backends import get_backend, lists

pytest.importorskip("hypothesis")
pytest.importorskip("numpy")
from hypothesis import given
from hypothesis import strategies as st

from .strategies import (
    EPS,
    any_floats,
    arrays,
    broadcasting,
    flat,
    fractions,
    full_shapes,
    laid_out,
    layouts,
    nested,
    shapes,
    tame,
    ulps,
    worst,
)

numpy = get_backend("numpy")
EXACT = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "equal",
    "less",
    "greater",
    "greater_equal",
]
ROUNDED = ["cos", "exp", "expm1", "log", "log1p", "sin", "tanh", "sqrt", "floor", "sign", "abs", "negative"]


@given(broadcasting(any_floats), st.sampled_from(EXACT), layouts)
def test_arithmetic_broadcasts_as_in_numpy_to_the_bit(pair, name, how):
    here = getattr(lists, name)(*pair)
    there = getattr(numpy, name)(*(laid_out(x, how) for x in pair))
    assert lists.shape(here) == there.shape
    assert worst(here, there) == 0


@given(arrays(any_floats), st.sampled_from(ROUNDED), layouts)
def test_functions_of_one_number_agree_with_numpy_to_2_ulp(x, name, how):
    if name in ("cos", "sin"):  # beyond, the two reduce by pi with other digits
        x = lists.where(lists.less(lists.abs(x), 1e6), x, 0.5)
    here, there = getattr(lists, name)(x), getattr(numpy, name)(laid_out(x, how))
    assert lists.shape(here) == there.shape
    assert worst(here, there) <= (2 if name in ("cos", "exp", "expm1", "log", "log1p", "sin", "tanh") else 0)


@st.composite
def axes(draw, numbers=tame):
    """An array, some axes of it, as they may be counted, and keepdims."""
    x = draw(arrays(numbers, full_shapes))
    rank = len(lists.shape(x))
    chosen = draw(st.sets(st.integers(0, rank - 1), min_size=1))
    counted = tuple(axis - rank if draw(st.booleans()) else axis for axis in chosen)
    axis = draw(st.sampled_from([None, counted, counted[0]]))
    return x, axis, draw(st.booleans())


@given(axes(), layouts)
def test_sums_agree_with_numpy_within_their_rounding(case, how):
    x, axis, keepdims = case
    here, there = (
        f(y, axis=axis, keepdims=keepdims) for f, y in ((lists.sum, x), (numpy.sum, laid_out(x, how)))
    )
    sizes = lists.sum(lists.abs(x), axis=axis, keepdims=keepdims)
    terms = len(flat(x))
    assert lists.shape(here) == there.shape
    for a, b, size in zip(flat(here), flat(there), flat(sizes), strict=True):
        assert abs(a - b) <= 2 * terms * EPS * size


@given(axes(any_floats), layouts)
def test_greatest_numbers_and_their_places_are_numpys(case, how):
    x, axis, keepdims = case
    y = laid_out(x, how)
    assert worst(lists.max(x, axis=axis, keepdims=keepdims), numpy.max(y, axis=axis, keepdims=keepdims)) == 0
    positive = lists.greater(x, 0.0)
    assert flat(lists.all(positive, axis=axis, keepdims=keepdims)) == flat(
        numpy.all(y > 0, axis=axis, keepdims=keepdims)
    )
    one = axis if isinstance(axis, int) else -1
    assert flat(lists.argmax(x, axis=one, keepdims=keepdims)) == flat(
        numpy.argmax(y, axis=one, keepdims=keepdims)
    )


@given(axes(fractions))
def test_sums_of_fractions_are_exact(case):
    x, axis, keepdims = case
    total = lists.sum(x, axis=axis, keepdims=keepdims)
    assert sum(flat(total)) == sum(flat(x))
    assert {type(number) for number in flat(total)} == {Fraction}


@st.composite
def factors(draw, numbers=tame):
    """Two arrays that have a matrix product, stacks and single rows among them."""
    n, stack = draw(st.integers(1, 4)), draw(shapes)
    x = draw(st.sampled_from([(n,), (2, n), (*stack, 3, n)]))
    y = draw(st.sampled_from([(n,), (n, 2), (1, n, 3), (*stack, n, 2)]))
    return draw(nested(x, numbers)), draw(nested(y, numbers))


@given(factors(), layouts)
def test_matrix_products_agree_with_numpy_within_their_rounding(pair, how):
    x, y = pair
    here, there = lists.matmul(x, y), numpy.matmul(laid_out(x, how), laid_out(y, how))
    sizes = lists.matmul(lists.abs(x), lists.abs(y))
    assert lists.shape(here) == there.shape
    for a, b, size in zip(flat(here), flat(there), flat(sizes), strict=True):
        assert abs(a - b) <= 2 * lists.shape(x)[-1] * EPS * size


@given(factors(fractions))
def test_matrix_products_of_fractions_are_exact(pair):
    """``sum of x @ y`` is the sum over the inner index of column sums times row sums."""
    x, y = pair
    if len(lists.shape(x)) > 2 or len(lists.shape(y)) > 2:
        x, y = [flat(x)], [[number] for number in (flat(y) * len(flat(x)))[: len(flat(x))]]
    product = lists.matmul(x, y)
    left = [x] if len(lists.shape(x)) == 1 else x
    right = [[number] for number in y] if len(lists.shape(y)) == 1 else y
    columns, rows = map(sum, zip(*left, strict=True)), map(sum, right)
    assert sum(flat(product)) == sum(a * b for a, b in zip(columns, rows, strict=True))


@given(arrays(of=full_shapes), layouts, st.data())
def test_shapes_change_as_in_numpy(x, how, data):
    y, rank = laid_out(x, how), len(lists.shape(x))
    axis = data.draw(st.integers(-rank, rank - 1))
    rows = data.draw(st.lists(st.integers(0, y.shape[axis] - 1), min_size=1, max_size=3))
    assert lists.reshape(x, (-1,)) == flat(y)
    assert lists.reshape(lists.reshape(x, (-1,)), lists.shape(x)) == x
    assert lists.take(x, rows, axis=axis) == numpy.take(y, numpy.asarray(rows), axis=axis).tolist()
    assert lists.expand_dims(x, axis=axis) == numpy.expand_dims(y, axis=axis).tolist()
    assert lists.concat([x, x]) == numpy.concat([y, y]).tolist()
    if rank > 1:
        assert lists.matrix_transpose(x) == numpy.matrix_transpose(y).tolist()
        assert lists.matrix_transpose(lists.matrix_transpose(x)) == x


@given(st.lists(tame, min_size=1, max_size=8))
def test_a_row_is_sorted_as_in_numpy(row):
    assert lists.argsort(row, stable=True) == numpy.argsort(numpy.asarray(row), stable=True).tolist()


def test_a_distance_in_ulp_is_one():
    assert ulps(1.0, math.nextafter(1.0, 2)) == 1
    assert ulps(math.nan, 1.0) == math.inf
