"""The functions that the numpy backend spells in its own way are numpy's."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import pytest

import purenn as pn
from purenn.backends import extras, get_backend, quiet, ready

numpy = pytest.importorskip("numpy")

from purenn.backends import _faster  # noqa: E402 - where numpy is installed

XP = get_backend("numpy")
SIZES = [(), (0,), (3,), (40, 60), (2500, 3), (3, 2500), (5, 30, 40)]
ODD = [0.0, -0.0, numpy.inf, -numpy.inf, numpy.nan, 1e-320, 3.5]


def drawn(sizes, dtype, seed=0):
    """Numbers of all kinds, none of them likely to stand where it stood before."""
    rng = numpy.random.default_rng(seed)
    x = rng.standard_normal(sizes)
    with numpy.errstate(all="ignore"):
        return numpy.asarray(numpy.where(rng.random(sizes) < 0.2, rng.choice(ODD, sizes), x), dtype)


def assert_same_bits(one, other):
    one, other = numpy.asarray(one), numpy.asarray(other)
    assert (one.dtype, one.shape) == (other.dtype, other.shape)
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4", "int64"])
@pytest.mark.parametrize("sizes", SIZES)
def test_where_maximum_and_minimum_are_numpys_to_the_bit(sizes, dtype):
    x, y = (drawn(sizes, "float64", seed) for seed in (1, 2))
    if dtype == "int64":
        x, y = (numpy.nan_to_num(each, posinf=9, neginf=-9) for each in (x, y))
    x, y = x.astype(dtype), y.astype(dtype)
    condition = numpy.asarray(numpy.random.default_rng(3).random(sizes) < 0.5)
    for left, right in ((x, y), (0, y), (x, 0), (1, y), (x, 0.5), (numpy.float64(2), y)):
        if getattr(right, "shape", ()) == sizes or getattr(left, "shape", ()) == sizes:
            assert_same_bits(XP.where(condition, left, right), numpy.where(condition, left, right))
    for own, theirs in ((XP.maximum, numpy.maximum), (XP.minimum, numpy.minimum)):
        for other in (y, 0, 2, 0.5):
            assert numpy.array_equal(own(x, other), theirs(x, other), equal_nan=dtype != "int64")


def test_where_of_a_condition_that_is_stretched_is_numpys():
    x, column = drawn((60, 50), "float32"), numpy.arange(60)[:, None] % 2 == 0
    assert_same_bits(XP.where(column, x, 0), numpy.where(column, x, 0))
    assert_same_bits(XP.where(column[:, 0] > 0, 0, x.T), numpy.where(column[:, 0] > 0, 0, x.T))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
@pytest.mark.parametrize("sizes", [(40, 60), (2500, 3), (3, 2500), (0, 3), (5, 30, 40)])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [True, False])
def test_sums_and_greatest_numbers_are_numpys(sizes, dtype, axis, keepdims):
    x = (numpy.random.default_rng(0).standard_normal(sizes) * 9).astype(dtype)
    for each in (x, x[::2], x.swapaxes(0, -1)):
        own, theirs = (f(each, axis=axis, keepdims=keepdims) for f in (XP.sum, numpy.sum))
        assert (own.dtype, own.shape) == (theirs.dtype, theirs.shape)
        limit = 2 * each.size * numpy.finfo(x.dtype).eps if x.dtype.kind == "f" else 0
        assert numpy.all(abs(own - theirs) <= limit * numpy.sum(abs(each), axis=axis, keepdims=keepdims))
        if each.size:
            assert_same_bits(*(f(each, axis=axis, keepdims=keepdims) for f in (XP.max, numpy.max)))


def test_sums_of_rows_keep_what_is_not_finite_to_itself():
    x = numpy.ones((50, 60), "float32")
    x[3, 4], x[5, 6], x[7, 8], x[8, 8] = numpy.nan, numpy.inf, numpy.inf, -numpy.inf
    with numpy.errstate(all="ignore"):
        wanted = {axis: x.sum(axis) for axis in (0, -1)}
    for axis, sums in wanted.items():
        assert numpy.array_equal(XP.sum(x, axis=axis), sums, equal_nan=True)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        *(((3,), (3, 4)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4))),
        *(((0, 3), (3, 4)), ((6, 5, 2, 3), (3, 4)), ((5, 0, 3), (3, 4)), ((5, 2, 3), (3,))),
    ],
)
def test_products_are_numpys(x, y):
    x, y = (numpy.random.default_rng(0).integers(-9, 9, sizes).astype("float32") for sizes in (x, y))
    assert_same_bits(XP.matmul(x, y), numpy.matmul(x, y))


PLAIN = SimpleNamespace(
    **{name: f for name, f in vars(XP).items() if name not in vars(_faster) or hasattr(numpy, name)}
)
FORMULAS = {
    "log_shares": lambda x, y, xp: extras.log_shares(x, xp=xp),
    "one_hot_like": lambda x, y, xp: extras.one_hot_like(numpy.ones(x.shape[:-1], int), x, xp=xp),
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("sizes", [(), (7,), (40, 6), (2500, 3), (5, 30, 4), (0, 3)])
@pytest.mark.parametrize("dtypes", ["ff", "dd", "fd", "df", "ee"])
def test_formulas_have_the_bits_that_the_standard_gives_and_write_on_no_argument(name, sizes, dtypes):
    assert hasattr(XP, name)
    assert not hasattr(PLAIN, name)
    if sizes == () and name in ("log_shares", "one_hot_like"):
        return
    rng = numpy.random.default_rng(0)
    whole = [rng.integers(-3, 4, sizes).astype(kind) for kind in dtypes]  # with equal ones among the greatest
    for x, y in (
        whole,
        [rng.standard_normal(sizes).astype(kind) for kind in dtypes],
        map(drawn, [sizes] * 2, dtypes),
    ):
        x, y = numpy.asarray(x), numpy.asarray(y)
        x.flags.writeable = y.flags.writeable = False
        own, wanted = (FORMULAS[name](x, y, xp) for xp in (XP, PLAIN))
        for one, other in zip(*map(numpy.atleast_1d, (own, wanted)), strict=True):
            assert_same_bits(one, other)


def test_log_shares_with_infinite_numbers_below_the_greatest_stays_exact():
    x = numpy.asarray([[1.0, -numpy.inf, 1.0], [0.0, -numpy.inf, -numpy.inf]])
    for own, wanted in zip(*(extras.log_shares(x, xp=xp) for xp in (XP, PLAIN)), strict=True):
        assert_same_bits(own, wanted)


@pytest.mark.parametrize(
    "sizes", [[(3,)], [(), (0, 2), (4, 5)], [(600, 700)], [(300, 400), (4,), (600, 500), ()]]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_map_rows_end_to_end_and_in_pieces_gives_the_same_bits_as_row_by_row(sizes, dtype, monkeypatch):
    monkeypatch.setattr(XP, "_MANY", 130_000)
    rng = numpy.random.default_rng(0)
    rows = [tuple(numpy.asarray(rng.random(each), dtype) for _ in range(3)) for each in sizes]

    def step(p, g, m):
        m = XP.add(XP.multiply(m, 0.9), g)
        return XP.subtract(p, XP.divide(m, XP.add(XP.sqrt(g), 1))), m

    for own, apart in zip(XP.map_rows(step, rows), extras.map_rows_apart(step, rows, xp=XP), strict=True):
        for one, other in zip(own, apart, strict=True):
            assert_same_bits(one, other)
            assert not any(numpy.shares_memory(one, each) for row in rows for each in row)


def test_map_rows_of_different_dtypes_keeps_each():
    rows = [(numpy.ones(3, "float32"),) * 2, (numpy.ones(2), numpy.ones(2, "float32"))]
    (one,), (other,) = XP.map_rows(lambda p, g: (p + g,), rows)
    assert (one.dtype, other.dtype) == ("float32", "float64")


def test_ready_hands_out_floats_and_plain_numbers_in_their_dtype():
    x, labels = numpy.ones(3, "float32"), numpy.arange(3)
    _, (one, other) = XP.ready((1, x), 2)
    assert (one.dtype, one, other is x) == ("float32", 1, True)
    assert ready((x, x)) is XP
    assert XP.ready((x, labels), 1)[1] == (x, labels)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        *(((), 0), ((numpy.arange(3),), 1), ((numpy.float16(1),), 1), ((numpy.ones(3, ">f4"),), 1)),
        *(((numpy.ones(3), 1 << 60), 2), ((1.0, 2.0), 2), ((1.0, numpy.ones(3)), 1)),
        ((numpy.ones(3, "c8"),), 0),
    ],
)
def test_ready_leaves_what_has_to_be_looked_at_to_others(values, count):
    assert not values or XP.ready(values, count) is None
    assert ready(values) is None


def test_nothing_warns_within_quiet_and_numpys_own_settings_come_back():
    before = numpy.geterr()
    x = numpy.asarray([1e300, 0.0])
    with quiet():
        xp = ready((x,))
        assert xp is not XP
        assert (xp.multiply(x, x)[0], xp.log(x)[1]) == (numpy.inf, -numpy.inf)
    assert numpy.geterr() == before
    assert ready((x,)) is XP
    assert (XP.multiply(x, x)[0], XP.log(x)[1]) == (numpy.inf, -numpy.inf)


def test_a_step_that_fails_leaves_numpys_settings_alone():
    before = numpy.geterr()
    step = pn.loss_and_grads(pn.affine(2, 1), pn.mean_squared_error)
    with pytest.raises(ValueError, match="do not meet"):
        step(pn.affine(2, 1).init(key=0, xp="numpy"), numpy.ones((4, 3)), numpy.ones((4, 1)))
    assert numpy.geterr() == before
    assert ready((numpy.ones(1),)) is XP


def test_adam_in_one_vector_is_adam_leaf_by_leaf(monkeypatch):
    params = pn.chain(pn.affine(5, 4), pn.relu, pn.affine(4, 3)).init(key=0, xp="numpy")
    grads = pn.tree_map(lambda p: p * 0.1 + 1, params)
    optimizer = pn.adamw(0.1, only=pn.is_weight)
    new, state = optimizer.update(grads, optimizer.init(params), params)
    monkeypatch.setattr(XP, "map_rows", partial(extras.map_rows_apart, xp=XP))
    apart, own = optimizer.update(grads, optimizer.init(params), params)
    for one, other in zip(pn.tree_leaves((new, state)), pn.tree_leaves((apart, own)), strict=True):
        assert_same_bits(one, other)
