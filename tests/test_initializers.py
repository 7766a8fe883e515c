"""First weights: their spread, their ranges, their right angles, and the same bits on every backend."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest

import purenn as pn
from purenn import initializers as init
from purenn._numerical import numbers_of
from purenn.backends import extras, lists
from purenn.testing import _bits

SPREADS = {
    "glorot_uniform": math.sqrt(2 / (200 + 100)),
    "glorot_normal": math.sqrt(2 / (200 + 100)),
    "he_uniform": math.sqrt(2 / 200),
    "he_normal": math.sqrt(2 / 200),
    "lecun_uniform": math.sqrt(1 / 200),
    "lecun_normal": math.sqrt(1 / 200),
}
ANY_SHAPE = {
    "zeros": init.zeros,
    "ones": init.ones,
    "constant": partial(init.constant, value=0.25),
    "uniform": partial(init.uniform, bound=0.3),
    "normal": partial(init.normal, mean=1.0, std=0.1),
    "truncated_normal": partial(init.truncated_normal, mean=1.0, std=0.1, low=-0.5, high=0.25),
}
WEIGHTS = {name: getattr(init, name) for name in (*SPREADS, "orthogonal")}
ALL = ANY_SHAPE | WEIGHTS


def moments(numbers):
    mean = sum(numbers) / len(numbers)
    return mean, math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def worst_angle(w):
    """How far the scalar products of all rows are from those of an orthonormal family."""
    pairs = [(i, j) for i in range(len(w)) for j in range(i + 1)]
    return max(abs(math.fsum(a * b for a, b in zip(w[i], w[j], strict=True)) - (i == j)) for i, j in pairs)


def test_the_table_has_every_public_initializer():
    assert set(ALL) == set(init.__all__)
    assert {name for name in WEIGHTS if getattr(pn, name) is WEIGHTS[name]} == set(WEIGHTS)
    assert pn.initializers is init


@pytest.mark.parametrize("name", SPREADS)
def test_the_spread_is_the_papers_and_the_bits_are_equal(name, xp):
    initializer = getattr(pn, name)
    if xp.name == "lists":
        numbers = numbers_of(initializer(1, (200, 100)))
        spread = math.sqrt(sum(n * n for n in numbers) / len(numbers))
        assert spread == pytest.approx(SPREADS[name], rel=0.02)
        assert abs(sum(numbers) / len(numbers)) < 0.02 * SPREADS[name]
        if "uniform" in name:
            assert max(map(abs, numbers)) <= SPREADS[name] * math.sqrt(3)
    assert _bits(initializer(2, (3, 4), xp=xp.backend)) == _bits(initializer(2, (3, 4)))
    assert _bits(initializer(2, (5,), xp=xp.backend)) == _bits(initializer(2, (5,)))


@pytest.mark.parametrize("name", ALL)
def test_every_initializer_has_the_same_bits_on_every_backend(name, xp):
    shapes = [(4, 3), (3, 5), (7,), (1, 1)] + ([(), (2, 3, 2), 4, (0,)] if name in ANY_SHAPE else [])
    for shape in shapes:
        there = ALL[name](11, shape, xp=xp.backend)
        assert extras.shape(there) == (shape if isinstance(shape, tuple) else (shape,))
        assert _bits(there) == _bits(ALL[name](11, shape))
        assert pn.backend_of(there, xp=xp.backend) is pn.get_backend(xp.backend)


@pytest.mark.parametrize("name", ALL)
def test_every_initializer_draws_in_float64_and_then_takes_the_dtype(name, dtyped):
    wide = ALL[name](3, (6, 5), xp=dtyped.backend)
    short = ALL[name](3, (6, 5), xp=dtyped.backend, dtype="float32")
    assert (wide.dtype, short.dtype) == (
        dtyped.backend.asarray(1.0).dtype,
        dtyped.array(1.0, "float32").dtype,
    )
    assert _bits(short) == _bits(dtyped.array(numbers_of(wide), "float32"))


@pytest.mark.parametrize("name", ALL)
def test_every_initializer_makes_fractions_and_decimals_of_the_same_floats(name):
    floats = ALL[name](3, (2, 3))
    for kind in (Fraction, Decimal):
        numbers = ALL[name](3, (2, 3), dtype=kind)
        assert {type(number) for number in numbers_of(numbers)} == {kind}
        assert numbers == lists.astype(floats, kind)


@pytest.mark.parametrize("name", ALL)
def test_every_initializer_is_one_for_a_layer(name, pair_of):
    layer = pn.affine(4, 2, w_init=ALL[name])
    assert _bits(layer.init(5, xp=pair_of.backend).w) == _bits(ALL[name](5, (4, 2)))


def test_constant_is_its_value_whatever_the_key(pair_of):
    assert pn.convert(init.zeros(1, (2, 2), xp=pair_of.backend), "lists") == [[0.0, 0.0], [0.0, 0.0]]
    assert pn.convert(init.ones(2, (3,), xp=pair_of.backend), "lists") == [1.0, 1.0, 1.0]
    assert pn.convert(init.constant(3, (1, 2), value=-7, xp=pair_of.backend), "lists") == [[-7.0, -7.0]]
    assert type(init.constant(3, (), value=1)) is float


def test_constant_gives_rows_of_their_own():
    w = init.zeros(0, (2, 2))
    w[0][0] = 1.0
    assert w == [[1.0, 0.0], [0.0, 0.0]]


def test_uniform_fills_its_range():
    numbers = init.uniform(1, (20000,))
    assert -0.05 <= min(numbers) < -0.0499
    assert 0.0499 < max(numbers) <= 0.05
    assert moments(numbers) == pytest.approx((0, 0.05 / math.sqrt(3)), abs=0.0004)


def test_normal_has_its_moments():
    assert moments(init.normal(1, (20000,))) == pytest.approx((0, 0.01), abs=0.0002)
    assert moments(init.normal(1, (20000,), mean=3.0, std=0.5)) == pytest.approx((3.0, 0.5), abs=0.01)


@pytest.mark.parametrize(
    ("low", "high"), [(-2.0, 2.0), (0.0, 4.0), (-1.0, 0.25), (1.5, 9.0), (-0.1, 0.1), (-9.0, 9.0)]
)
def test_truncated_normal_has_its_moments_between_its_bounds(low, high):
    """Known exactly: with f the density and F its share, the mean is ``(f(low) - f(high)) / F``."""
    f = [math.exp(-z * z / 2) / math.sqrt(2 * math.pi) for z in (low, high)]
    share = (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2))) / 2
    mean = (f[0] - f[1]) / share
    std = math.sqrt(1 + (low * f[0] - high * f[1]) / share - mean * mean)
    size = 2000 if share > 0.1 else 500
    numbers = init.truncated_normal(1, (size,), std=1.0, low=low, high=high)
    assert low <= min(numbers)
    assert max(numbers) <= high
    assert moments(numbers) == pytest.approx((mean, std), abs=4 * std / math.sqrt(size))
    middle = sum(z < mean for z in numbers) / size
    below = (math.erf(mean / math.sqrt(2)) - math.erf(low / math.sqrt(2))) / 2 / share
    assert middle == pytest.approx(below, abs=2 / math.sqrt(size))


def test_truncated_normal_scales_and_moves_what_it_cut():
    z = init.truncated_normal(4, (50,), std=1.0)
    assert init.truncated_normal(4, (50,), mean=3.0, std=0.5) == [n * 0.5 + 3.0 for n in z]
    assert init.truncated_normal(4, (3,), mean=3.0, std=0.0) == [3.0, 3.0, 3.0]
    assert len(set(init.truncated_normal(4, (400,), low=0.0, high=0.1))) == 400  # no draw comes twice


@pytest.mark.parametrize("shape", [(1, 5), (5,), (5, 1), (1, 1), (7, 7), (20, 8), (8, 20)])
def test_orthogonal_has_right_angles_and_length_1(shape, xp):
    w = pn.convert(pn.orthogonal(6, shape, xp=xp.backend), "lists")
    w = w if len(shape) == 2 else [[number] for number in w]
    assert worst_angle(w if len(w) <= len(w[0]) else lists.matrix_transpose(w)) < 2e-15


@pytest.mark.parametrize("shape", [(64, 64), (784, 50), (50, 784)])
def test_orthogonal_keeps_its_angles_when_large(shape):
    numpy = pytest.importorskip("numpy")
    w = pn.orthogonal(6, shape, xp="numpy")
    family = w if shape[0] <= shape[1] else w.T
    assert abs(family @ family.T - numpy.eye(len(family))).max() < 4e-15


def test_orthogonal_is_the_q_of_qr_with_a_positive_diagonal():
    numpy = pytest.importorskip("numpy")
    q, r = numpy.linalg.qr(pn.random.normal(8, (30, 40), xp="numpy").T)
    want = q * numpy.sign(numpy.diag(r))
    assert abs(pn.orthogonal(8, (40, 30), xp="numpy") - want).max() < 1e-13
    assert abs(pn.orthogonal(8, (30, 40), xp="numpy") - want.T).max() < 1e-13


def test_orthogonal_points_everywhere_alike():
    """Of a 2 x 2: its angle is even over the circle, and half of them turn the plane over."""
    drawn = [pn.orthogonal(key, (2, 2)) for key in range(400)]
    quarters = [
        sum((w[0][0] > 0, w[0][1] > 0) == signs for w in drawn)
        for signs in [(True, True), (True, False), (False, True), (False, False)]
    ]
    assert quarters == pytest.approx([100] * 4, abs=35)
    steep = sum(abs(w[0][0]) > math.cos(math.pi / 8) for w in drawn)
    assert steep == pytest.approx(100, abs=35)
    assert sum(w[0][0] * w[1][1] > w[0][1] * w[1][0] for w in drawn) == pytest.approx(200, abs=40)


def test_orthogonal_survives_rows_that_are_almost_parallel(pair_of):
    rows = pair_of.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0 + 1e-12], [1.0, 1.0 + 1e-12, 1.0]])
    assert worst_angle(pn.convert(init._orthonormal(rows, pair_of.backend), "lists")) < 2e-15


@pytest.mark.parametrize(
    "rows", [[[0.0, 0.0]], [[1.0, 0.0], [3.0, 0.0]], [[1.0, 2.0], [0.1, 0.2]], [[math.nan, 1.0]]]
)
def test_orthogonal_refuses_rows_that_are_dependent(rows, pair_of):
    with pytest.raises(ValueError, match="the normals of this key are linearly dependent"):
        init._orthonormal(pair_of.array(rows), pair_of.backend)


def test_orthogonal_times_gain(xp):
    plain, doubled = (pn.orthogonal(1, (3, 2), gain=gain, xp=xp.backend) for gain in (1.0, 2.0))
    assert _bits(doubled) == _bits(xp.backend.multiply(plain, 2.0))


@pytest.mark.parametrize("shape", [(), (1, 2, 3), (0, 3), (3, 0), 3, "ab", (None, 1)])
def test_shapes_without_fans_are_refused(shape):
    for name in WEIGHTS:
        with pytest.raises(ValueError, match="an initializer was asked for shape"):
            getattr(pn, name)(0, shape)


@pytest.mark.parametrize("name", ALL)
def test_bad_keys_shapes_and_dtypes_are_refused(name, pair_of):
    on = {"xp": pair_of.backend}
    with pytest.raises(ValueError, match="key='a' is not an int"):
        ALL[name]("a", (2, 2), **on)
    with pytest.raises(ValueError, match="need a real floating dtype"):
        ALL[name](0, (2, 2), dtype=int, **on)
    with pytest.raises(ValueError, match="dtype="):
        ALL[name](0, (2, 2), dtype="float31", **on)
    with pytest.raises(ValueError, match="shape"):
        ALL[name](0, (2, -1), **on)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (partial(init.constant, value=math.inf), "constant: value=inf: wanted a finite number"),
        (partial(init.constant, value="1"), "constant: value='1'"),
        (partial(init.uniform, bound=-1.0), "uniform: bound=-1.0: wanted a finite number from 0"),
        (partial(init.uniform, bound=0.0), "uniform: bound=0.0: wanted a number above 0"),
        (partial(init.normal, std=-1.0), "normal: std=-1.0: wanted a finite number from 0"),
        (partial(init.normal, mean=math.nan), "normal: mean=nan"),
        (
            partial(init.truncated_normal, std=-1.0),
            "truncated_normal: std=-1.0: wanted a finite number from 0",
        ),
        (partial(init.truncated_normal, mean=None), "truncated_normal: mean=None"),
        (partial(init.truncated_normal, low=-math.inf), "truncated_normal: low=-inf: wanted a finite number"),
        (partial(init.truncated_normal, high=math.inf), "truncated_normal: high=inf: wanted a finite number"),
        (partial(init.truncated_normal, low=2.0), "low=2.0 and high=2.0 hold 0 of all normals, wanted 0.01"),
        (partial(init.truncated_normal, low=3.0), "low=3.0 and high=2.0 hold 0 of all normals"),
        (partial(init.truncated_normal, low=3.0, high=4.0), "hold 0.001 of all normals"),
        (partial(init.truncated_normal, low=40.0, high=50.0), "they are in units of std, from the mean"),
        (partial(init.orthogonal, gain=-1.0), "orthogonal: gain=-1.0: wanted a finite number from 0"),
        (partial(init.orthogonal, gain=math.inf), "orthogonal: gain=inf"),
    ],
)
def test_bad_options_are_refused(call, match, pair_of):
    with pytest.raises(ValueError, match=match):
        call(0, (2, 2), xp=pair_of.backend)
