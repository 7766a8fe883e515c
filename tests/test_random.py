"""The same key gives the same bits on every backend."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
from purenn import random
from purenn.testing import _bits

PINNED_KEYS = ["0xaf3d8f4aba51b162", "0xb94eba1477e3959c", "0x879600805f987b2a"]
PINNED_UNIFORM = [0.7243052818995384, 0.6670253541923377]
PINNED_NORMAL = [-0.2532290764789269, -1.4335738616924976]
PINNED_PERMUTATION = [4, 2, 3, 1, 7, 0, 6, 5]


def test_every_draw_has_the_same_bits_on_every_backend(xp):
    for draw in (
        lambda **on: random.uniform(3, (4, 5), **on),
        lambda **on: random.uniform(3, (7,), low=-2.0, high=0.3, **on),
        lambda **on: random.normal(3, (2, 3, 50), **on),
        lambda **on: random.normal(4, random.BLOCK + 3, **on),
        lambda **on: random.normal(4, 0, **on),
        lambda **on: random.normal(3, 11, mean=5.0, std=0.1, **on),
        lambda **on: random.bernoulli(3, 0.3, (100,), **on),
        lambda **on: random.permutation(3, 100, **on),
        lambda **on: random.uniform(3, **on),
    ):
        there = draw(xp=xp.backend)
        assert _bits(there) == _bits(draw())
        assert _bits(draw(xp=xp.backend)) == _bits(there)


def test_the_bits_are_these():
    """Pinned: a change of any breaks every saved key."""
    assert random.split(0) == (random.split(0, 3)[0], random.split(0, 3)[1])
    assert [hex(key) for key in (*random.split(0), random.fold_in(0, 1))] == PINNED_KEYS
    assert random.uniform(0, 2) == PINNED_UNIFORM
    assert random.normal(0, 2) == PINNED_NORMAL
    assert random.permutation(0, 8) == PINNED_PERMUTATION


def test_keys_are_ints_of_any_size_and_sign():
    drawn = [random.uniform(key) for key in (0, 1, -1, 2**64, 2**200, -(2**200))]
    assert len(set(drawn)) == len(drawn)
    numpy = pytest.importorskip("numpy")
    assert random.uniform(numpy.int64(5)) == random.uniform(5)


def test_split_and_fold_in_give_keys_apart():
    keys = {
        *random.split(7, 1000),
        *(random.fold_in(7, data) for data in range(-500, 500)),
        *random.split(8, 1000),
    }
    assert len(keys) == 3000
    assert all(key.bit_length() == 64 for key in keys)


def test_uniform_has_its_moments():
    u = random.uniform(1, 20000)
    assert 0 <= min(u) < 0.001
    assert 0.999 < max(u) < 1
    assert sum(u) / 20000 == pytest.approx(0.5, abs=0.01)
    assert sum((x - 0.5) ** 2 for x in u) / 20000 == pytest.approx(1 / 12, abs=0.002)


def test_normal_has_its_moments_and_tails():
    z = random.normal(2, 20000)
    for power, moment, within in [(1, 0, 0.02), (2, 1, 0.03), (3, 0, 0.1), (4, 3, 0.2)]:
        assert sum(x**power for x in z) / 20000 == pytest.approx(moment, abs=within)
    shares = [sum(abs(x) > t for x in z) / 20000 for t in (1, 2, 3)]
    assert shares == pytest.approx([0.3173, 0.0455, 0.0027], abs=0.01)


def test_the_pieces_of_normal_are_right_to_the_last_digits():
    from purenn.backends import lists

    u = [2.0**-53, 1e-10, 0.1, 0.4999, 0.5, 0.7, 1 - 2.0**-53, 1.0]
    for have, x in zip(random._log(u, lists), u, strict=True):
        assert have == pytest.approx(math.log(x), rel=1e-15, abs=1e-16)
    v = [0.0, 0.1, 0.125, 0.25, 0.5, 0.6, 0.9, 1.0]
    for have, x in zip(random._cos_turn(v, lists), v, strict=True):
        assert have == pytest.approx(math.cos(2 * math.pi * x), abs=4e-16)


def test_options_may_be_numpy_numbers_and_keys_of_any_length(pair_of):
    numpy = pytest.importorskip("numpy")
    for draw in (
        lambda xp: random.normal(0, 2, std=numpy.float32(0.1), xp=xp),
        lambda xp: random.uniform(0, 2, low=numpy.float64(-1.0), xp=xp),
        lambda xp: random.bernoulli(0, numpy.float32(0.5), 2, xp=xp),
        lambda xp: random.uniform(10**5000, numpy.int64(2), xp=xp),
        lambda xp: random.uniform(0, range(2, 3), low=Fraction(1), high=Fraction(2), xp=xp),
        lambda xp: random.normal(0, 2, mean=Decimal(1), std=Fraction(1, 2), xp=xp),
    ):
        there = draw(pair_of.backend)
        assert _bits(there) == _bits(draw("lists"))
        assert not hasattr(draw("lists")[0], "dtype")


def test_bernoulli_and_permutation():
    draws = random.bernoulli(5, 0.25, 4000)
    assert draws.count(True) / 4000 == pytest.approx(0.25, abs=0.03)
    assert set(draws) == {True, False}
    assert sorted(random.permutation(5, 1000)) == list(range(1000))
    assert random.permutation(5, 1000) != random.permutation(6, 1000)
    assert random.permutation(0, 0) == []


def test_dtypes(pair_of):
    if pair_of.name == "lists":
        from fractions import Fraction

        assert isinstance(random.uniform(0, dtype=Fraction), Fraction)
        with pytest.raises(ValueError, match="on lists a dtype is a type of numbers"):
            random.uniform(0, 2, dtype="float32")
    else:
        assert random.normal(0, 3, xp="numpy", dtype="float32").dtype == "float32"
    for dtype in (int, bool):
        with pytest.raises(ValueError, match="need a real floating dtype"):
            random.uniform(0, 2, xp=pair_of.backend, dtype=dtype)
    for dtype in (complex, "float31", str):
        with pytest.raises(ValueError, match="dtype="):
            random.uniform(0, 2, xp=pair_of.backend, dtype=dtype)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: random.uniform("a"), "key='a' is not an int"),
        (lambda: random.uniform(0.5), "key=0.5 is not an int"),
        (lambda: random.uniform(None), "key=None is not an int"),
        (lambda: random.uniform(True), "key=True is not an int"),
        (lambda: random.split(0, 0), "n=0 keys were asked for"),
        (lambda: random.fold_in(0, 0.5), "data=0.5 is not an int"),
        (lambda: random.uniform(0, (2, -1)), r"shape \(2, -1\): no size can be negative"),
        (lambda: random.uniform(0, (2.0,)), "a size of the shape=2.0 is not an int"),
        (lambda: random.uniform(0, 2.0), "a size of the shape=2.0 is not an int"),
        (lambda: random.uniform(0, high=float("inf")), "uniform: high=inf: wanted a finite number"),
        (lambda: random.uniform(0, low=-1.7e308, high=1.7e308), "by a finite number"),
        (lambda: random.uniform(0, high="1"), "uniform: high='1'"),
        (lambda: random.normal(0, mean=float("nan")), "normal: mean=nan"),
        (lambda: random.bernoulli(0, (3,)), r"bernoulli: p=\(3,\)"),
        (lambda: random.permutation(0, (3, 2)), r"n=\(3, 2\) is not an int"),
        (lambda: random.uniform(0, low=1.0, high=1.0), "low must be below high"),
        (lambda: random.normal(0, std=-1.0), "normal: std=-1.0: wanted a finite number from 0"),
        (lambda: random.bernoulli(0, 1.5), "bernoulli: p=1.5: wanted a number from 0"),
        (lambda: random.uniform(0, (0, 2)), "nested lists cannot keep"),
    ],
)
def test_bad_draws_are_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_no_global_state_is_touched():
    import random as python_random

    before = python_random.getstate()
    random.normal(0, 10)
    random.permutation(0, 10)
    assert python_random.getstate() == before
    numpy = pytest.importorskip("numpy")
    state = numpy.random.get_state()[1].tolist()
    random.normal(0, 10, xp="numpy")
    assert numpy.random.get_state()[1].tolist() == state
    assert pn.get_backend("numpy") is not None
