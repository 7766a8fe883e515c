"""What is said of pairs that break a law in ways that seldom happen: the law, the words, the numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import pytest

import purenn.functional as F
from purenn.backends import lists
from purenn.testing import bits

from .broken import Cache, Grads, broken, forward_twice, skipped, told, twice

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


# --- pure ---------------------------------------------------------------------------------------


def test_pure_sees_an_argument_that_backward_changes_behind_forwards_back():
    """Numbers below 0, which relu's output does not tell."""

    class Keeper:
        def forward(self, x):
            self.x = x
            return F.relu_forward(x)

        def backward(self, dout, cache):
            self.x[0] *= 2
            return F.relu_backward(dout, cache)

    keeper = Keeper()
    detail = broken("pure", keeper.forward, keeper.backward, [-1.0, 2.0])
    assert detail == "an argument of forward was changed"


def test_pure_sees_a_cache_that_is_used_as_scratch():
    class Scratch(NamedTuple):
        x: object
        room: object

    def forward(x):
        return F.multiply_forward(x, 2)[0], Scratch(x, [0.0])

    def backward(dout, cache):
        cache.room[0] += 1.0
        return twice(dout, cache)

    assert broken("pure", forward, backward, [1.0]) == (
        "backward, or another call, changed the cache or an output"
    )


def test_pure_tries_again_what_takes_no_other_arguments():
    def choosy(x):
        if x != [1.0, 0.5]:
            raise ValueError("no")
        return forward_twice(x)

    assert told("pure", choosy, twice, [1.0, 0.5]).passed
    asked = []

    def noted(x):
        asked.append(x[0])
        return lists.log(x), Cache(x)

    assert told("pure", noted, lambda d, c: Grads(lists.divide(d, c.x)), [1.0]).passed
    assert set(asked) == {1.0, -1.5, 1.5}  # the logarithm of -1.5 tells nothing


def test_pure_wants_read_only_arrays_taken():
    numpy = pytest.importorskip("numpy")

    def writes_what_is_there(x):
        x[...] = x + 0.0
        return forward_twice(x)

    def writes_dout_as_it_is(dout, cache):
        dout[...] = dout + 0.0
        return twice(dout, cache)

    x = numpy.array(X)
    for forward, backward, name in [
        (writes_what_is_there, twice, "forward"),
        (forward_twice, writes_dout_as_it_is, "backward"),
    ]:
        detail = broken("pure", forward, backward, x)
        assert detail.startswith(f"{name} does not take arrays that are read-only: ")


def test_bits_says_why_convert_cannot():
    pytest.importorskip("numpy")

    class Home:
        def matmul(self):
            """What makes it a backend."""

        def is_float(self, x):
            return True

    class Sealed:
        shape, dtype = (1,), "float64"

        def __array_namespace__(self):
            return Home()

        def __dlpack__(self, **_):
            raise BufferError("it is on another machine")

        def __dlpack_device__(self):
            return 1, 0

    with pytest.raises(TypeError, match="leaf cannot leave its backend: it is on another machine"):
        bits(Sealed())


def test_arrays_of_no_rows_have_no_bits():
    numpy = pytest.importorskip("numpy")
    assert bits((numpy.zeros((2, 0, 3)), [])) == []


# --- batch, nan, extreme ------------------------------------------------------------------------


def test_batch_is_for_rows():
    for x in ([1.0, 2.0], 0.5):
        detail = skipped("batch", forward_twice, twice, x, batched=True)
        assert detail == f"x {(2,) if x != 0.5 else ()} is no batch of rows"
    assert skipped("nan", forward_twice, twice, X) == "not said to be batched"


def test_batch_tries_one_of_no_rows():
    numpy = pytest.importorskip("numpy")

    def flat(dout, cache):
        dx = F.multiply_forward(dout, 2)[0]
        return Grads(dx if len(dx) else numpy.zeros(0))

    def filled(x):
        if not len(x):
            raise ValueError("no rows")
        return forward_twice(x)

    x = numpy.array(X)
    assert told("batch", forward_twice, twice, x, batched=True).detail == "2 rows of x, and none"
    assert told("batch", filled, twice, x, batched=True).detail == "2 rows of x"
    detail = broken("batch", forward_twice, flat, x, batched=True)
    assert detail == "of no rows: grads.x has shape (0,), wanted (0, 3)"


def test_extreme_is_not_for_fractions_and_finds_the_number():
    assert skipped("extreme", forward_twice, twice, [Fraction(1)]) == "Fractions do not overflow"

    def forward(x):
        return lists.subtract(lists.multiply(x, 1e300), lists.multiply(x, 1e300)), Cache(x)

    def backward(dout, cache):
        return Grads(lists.multiply(dout, 0.0))

    assert broken("extreme", forward, backward, [1.0, 2.0]) == "out number 0 is NaN for numbers of 1e+300"


# --- vjp ----------------------------------------------------------------------------------------


def test_vjp_names_a_direction_where_no_number_alone_is_wrong():
    """Errors of 300 numbers that add up, while those of each half pass for rounding."""
    x = [math.sin(index) for index in range(300)]

    def forward(x):
        return lists.sum(x), Cache(x)

    def backward(dout, cache, off):
        return Grads([dout * (1 + off * (1 if index % 2 else -1)) for index in range(len(cache.x))])

    rows = [
        told("vjp", forward, lambda d, c, off=1e-10 * 1.3**power: backward(d, c, off), x)
        for power in range(30)
    ]
    assert rows[0].passed
    found = [row for row in rows if "along direction" in row.detail]
    assert found, [row.detail for row in rows]
    assert found[0].detail.startswith("grads.x along direction ")
    assert "central differences say" in found[0].detail
    assert found[0].failure.number < 0


def test_vjp_counts_numbers_leaf_by_leaf():
    def forward(params):
        return F.affine_forward([1.0, 2.0], *params)

    class Params(NamedTuple):
        params: object

    def backward(dout, cache):
        _, dw, db = F.affine_backward(dout, cache)
        return Params((dw, [db[0], 2 * db[1]]))

    detail = broken("vjp", forward, backward, ([[0.5, 1.0], [1.0, 2.0]], [2.0, 1.0]))
    assert detail.startswith("grads.params[1] number 1 is ")
