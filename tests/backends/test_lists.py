"""Lists compute what numpy computes, in any number type, and refuse what is no array."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from purenn.backends import lists

INF, NAN = math.inf, math.nan
ODD = [0.0, -0.0, 1.0, -1.0, 2.5, 1000.0, -1000.0, 1e300, -1e300, INF, -INF, NAN]


def same(a, b):
    """Equal bits, or both NaN."""
    return repr(a) == repr(b) or (a != a and b != b)


@pytest.fixture
def numpy():
    return pytest.importorskip("numpy")


def test_ieee_results_where_python_raises():
    assert lists.exp([1000.0, -1000.0, 10**400, -(10**400)]) == [INF, 0.0, INF, 0.0]
    assert lists.expm1([1000.0, -1000.0, 10**400, -(10**400)]) == [INF, -1.0, INF, -1.0]
    assert lists.log([0.0, 0]) == [-INF, -INF]
    for odd in (lists.log([-1.0, -1, Fraction(-1)]), lists.log1p([-2.0, -2, Fraction(-2)])):
        assert all(map(math.isnan, odd))
    assert lists.log1p([-1.0, -1, Fraction(-1)]) == [-INF] * 3
    assert lists.divide([1, -1.0, 1.0, 10**400], [0, 0.0, -0.0, 1e-10]) == [INF, -INF, -INF, INF]
    assert lists.divide([1.0, -INF, 10**400, -(10**800)], [10**400, 10**400, INF, 10**400]) == [
        0.0,
        -INF,
        0.0,
        -INF,
    ]
    assert math.isnan(lists.divide(0, 0))
    assert math.isnan(lists.divide(NAN, 0.0))
    assert all(map(math.isnan, lists.sqrt([-1.0, -1, Fraction(-1)])))
    assert lists.sqrt([4, INF]) == [2.0, INF]


UNARY = ["abs", "cos", "exp", "expm1", "floor", "log", "log1p", "negative", "sign", "sin", "sqrt", "tanh"]


@pytest.mark.parametrize("name", UNARY)
def test_unary_functions_equal_numpy(name, numpy):
    from purenn.backends import get_backend

    want = getattr(get_backend("numpy"), name)(numpy.array(ODD)).tolist()
    have = getattr(lists, name)(ODD)
    for a, b in zip(have, want, strict=True):
        assert same(a, b) or (math.isfinite(b) and abs(a - b) <= 4 * math.ulp(b))


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_binary_functions_equal_numpy_bit_for_bit(name, numpy):
    from purenn.backends import get_backend

    want = getattr(get_backend("numpy"), name)(numpy.array(ODD)[:, None], numpy.array(ODD)).tolist()
    have = getattr(lists, name)([[number] for number in ODD], ODD)
    zeros = name in ("maximum", "minimum")  # which zero is the greater is not said by IEEE
    for row, other in zip(have, want, strict=True):
        assert all(same(a, b) or (zeros and a == b) for a, b in zip(row, other, strict=True))


SHAPES = [((), ()), ((3,), ()), ((), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((2, 3), (2, 1))]
SHAPES += [
    ((4, 2, 3), (2, 3)),
    ((4, 1, 3), (2, 1)),
    ((2, 1, 2, 3), (4, 1, 1)),
    ((1,), (1, 1)),
    ((2, 0), (1,)),
]
SHAPES += [((2, 0), ()), ((0,), (1,))]


def numbers(shape, start=0.5):
    size = math.prod(shape)
    row = [start + 0.75 * index * (-1) ** index for index in range(size)]
    return lists.reshape(row, shape) if shape else row[0]


@pytest.mark.parametrize(("x", "y"), SHAPES)
def test_broadcasting_is_numpys(x, y, numpy):
    for a, b in ((x, y), (y, x)):
        have = lists.subtract(numbers(a), numbers(b, 7.25))
        want = numpy.subtract(numbers(a), numbers(b, 7.25))
        assert lists.shape(have) == want.shape
        assert have == want.tolist()
        chosen = lists.where(lists.greater(numbers(a), 1.0), numbers(a), numbers(b))
        assert chosen == numpy.where(numpy.greater(numbers(a), 1.0), numbers(a), numbers(b)).tolist()


@pytest.mark.parametrize(("x", "y"), [((3,), (2,)), ((2, 3), (2,)), ((4, 2, 3), (3, 3)), ((0,), (3,))])
def test_shapes_that_do_not_broadcast_are_refused(x, y):
    with pytest.raises(ValueError, match=rf"^shapes {re.escape(f'{x} and {y}')} do not broadcast$"):
        lists.add(numbers(x), numbers(y))


MATMULS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (3,)),
]
MATMULS += [((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4))]
MATMULS += [
    ((3,), (5, 3, 4)),
    ((2, 5, 2, 3), (5, 3, 4)),
    ((1, 1), (1, 1)),
    ((0,), (0,)),
    ((2, 300), (300, 2)),
]
MATMULS += [((1, 1500), (1500, 2))]


@pytest.mark.parametrize(("x", "y"), MATMULS)
def test_matmul_is_numpys(x, y, numpy):
    have = lists.matmul(numbers(x), numbers(y, -1.5))
    want = numpy.matmul(numbers(x), numbers(y, -1.5))
    assert lists.shape(have) == want.shape
    numpy.testing.assert_allclose(have, want, rtol=1e-12)


@pytest.mark.parametrize(("x", "y"), [((3,), (2,)), ((2, 3), (2, 3)), ((), (3,)), ((2, 2, 3), (3, 3, 2))])
def test_matmul_refuses_shapes_without_a_product(x, y):
    with pytest.raises(ValueError, match=re.escape(f"shapes {x} and {y} have no matrix product")):
        lists.matmul(numbers(x), numbers(y))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (4, 2, 3), (2, 4, 1, 3)])
def test_reductions_are_numpys(shape, numpy):
    x = numbers(shape)
    axes = [None, *range(-len(shape), len(shape)), tuple(range(len(shape)))]
    for axis in axes:
        for keepdims in (False, True):
            have = lists.sum(x, axis=axis, keepdims=keepdims)
            want = numpy.sum(x, axis=axis, keepdims=keepdims)
            assert lists.shape(have) == want.shape
            numpy.testing.assert_allclose(have, want, rtol=1e-14)
            assert (
                lists.max(x, axis=axis, keepdims=keepdims)
                == numpy.max(x, axis=axis, keepdims=keepdims).tolist()
            )
    for axis in range(-len(shape), len(shape)):
        assert lists.argmax(x, axis=axis) == numpy.argmax(x, axis=axis).tolist()


def test_reductions_of_odd_numbers():
    assert lists.sum([]) == 0.0
    assert math.isnan(lists.max([1.0, NAN, 2.0], axis=0, keepdims=False))
    assert lists.argmax([1.0, 3.0, 3.0], axis=0) == 1
    assert lists.argmax([1.0, NAN, 3.0, NAN], axis=0) == 1
    assert lists.all([True, True])
    assert not lists.all([[True], [False]])
    assert lists.all([[True, True], [True, False]], axis=1, keepdims=True) == [[True], [False]]
    with pytest.raises(ValueError, match=r"^max of an empty axis: there is no greatest number$"):
        lists.max([], axis=0, keepdims=False)
    with pytest.raises(ValueError, match="axis 2 is out of range for an array of rank 1"):
        lists.sum([1.0], axis=2)


def test_sums_run_from_left_to_right():
    assert lists.sum([1e16, 1.0, -1e16]) == 0.0  # a compensated sum says 1.0
    assert lists.matmul([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]) == 0.0


def test_every_number_type_is_computed_with_as_it_comes():
    half = Fraction(1, 2)
    assert lists.matmul([half, half], [[half], [3]]) == [Fraction(7, 4)]
    assert lists.maximum([half, -half], 0) == [half, Fraction(0)]
    assert type(lists.maximum(-half, 0)) is Fraction
    assert type(lists.maximum([-0.5], 0)[0]) is float
    assert type(lists.maximum([-1], 0)[0]) is int
    assert lists.divide(Fraction(1), 0) == INF
    big = Decimal("1.1")
    assert lists.multiply([big], 2) == [Decimal("2.2")]
    assert lists.exp(big) == big.exp()
    assert lists.log(big) == big.ln()
    assert lists.sqrt(big) == big.sqrt()
    assert abs(lists.tanh(-big) - Decimal(math.tanh(-1.1))) < Decimal("1e-15")
    assert lists.log(Decimal(0)) == Decimal("-Infinity")
    assert lists.log(Decimal(-1)).is_nan()
    assert lists.sqrt(Decimal(-1)).is_nan()
    assert lists.divide(Decimal(-1), Decimal(0)) == Decimal("-Infinity")
    assert lists.divide(Decimal(0), Decimal(0)).is_nan()
    assert lists.ones_like([[big, half]]) == [[Decimal(1), Fraction(1)]]


@pytest.mark.parametrize(
    ("x", "error", "match"),
    [
        ([[1.0, 2.0], [3.0]], ValueError, r"ragged: x\[0\] has shape \(2,\) and x\[1\] \(1,\)"),
        (
            [[[1.0], [2.0]], [[1.0], [2.0, 3.0]]],
            ValueError,
            r"x\[1\] is ragged: x\[1\]\[0\] has shape \(1,\)",
        ),
        ([1.0, [2.0]], ValueError, r"ragged: x\[0\] has shape \(\) and x\[1\] \(1,\)"),
        ([[1.0], 2.0], ValueError, "ragged"),
        ([[1.0, None]], TypeError, r"x\[0\]\[1\] is None: an array is made of numbers"),
        ([1.0, "2"], TypeError, r"x\[1\] is '2'"),
        (["a"], TypeError, r"x\[0\] is 'a'"),
        ([(1.0, 2.0)], TypeError, r"x\[0\] is \(1.0, 2.0\) \(tuple\)"),
        ([1.0, 2j], TypeError, r"x\[1\] is 2j \(complex\)"),
        ([[], [1.0]], ValueError, "ragged"),
        ([[[]]], ValueError, None),
    ],
)
def test_what_is_no_array_is_refused_with_its_place(x, error, match):
    if match is None:
        assert lists.check(x) == (1, 1, 0)
        return
    with pytest.raises(error, match=match):
        lists.check(x)


def test_arrays_inside_lists_are_refused(numpy):
    with pytest.raises(TypeError, match=r"x\[0\] is array.*write array\.tolist"):
        lists.check([numpy.array([1.0, 2.0])])
    with pytest.raises(TypeError, match=r"x\[1\] is array"):
        lists.check([1.0, numpy.array([1.0, 2.0])])
    for number in (numpy.uint8(200), numpy.float64(2.0), numpy.int64(1)):
        with pytest.raises(TypeError, match="lists hold Python's own numbers"):
            lists.check([1.0, number])


def test_sizes_after_a_zero_cannot_be_kept():
    for refused in (
        lambda: lists.zeros((0, 3)),
        lambda: lists.reshape([], (0, 2)),
        lambda: lists.matrix_transpose([[], []]),
    ):
        with pytest.raises(ValueError, match="nested lists cannot keep the sizes after a 0"):
            refused()
    assert lists.zeros((2, 0)) == [[], []]
    assert lists.reshape([], (2, 0)) == [[], []]


def test_shapes_and_creation():
    assert lists.zeros(2) == [0.0, 0.0]
    rows = lists.zeros((2, 2))
    assert rows[0] is not rows[1]
    assert lists.zeros((2,), dtype=Fraction) == [Fraction(0)] * 2
    assert lists.reshape([[1, 2], [3, 4]], (4,)) == [1, 2, 3, 4]
    assert lists.reshape(5.0, (1, 1)) == [[5.0]]
    assert lists.reshape([1, 2, 3, 4, 5, 6], shape=(2, -1)) == [[1, 2, 3], [4, 5, 6]]
    for bad in ((4, -1), (-1, -1), (-6, -1)):
        with pytest.raises(ValueError, match="6 numbers do not fill shape"):
            lists.reshape([1, 2, 3, 4, 5, 6], bad)
    assert lists.reshape([[5.0]], ()) == 5.0
    with pytest.raises(ValueError, match=r"3 numbers do not fill shape \(2, 2\)"):
        lists.reshape([1, 2, 3], (2, 2))
    assert lists.expand_dims([1.0, 2.0], axis=-1) == [[1.0], [2.0]]
    assert lists.expand_dims([1.0], axis=0) == [[1.0]]
    assert lists.matrix_transpose([[[1, 2], [3, 4]]]) == [[[1, 3], [2, 4]]]
    assert lists.take([[1, 2], [3, 4]], [1, 0, 1], axis=1) == [[2, 1, 2], [4, 3, 4]]
    assert lists.take([[1, 2], [3, 4]], [1], axis=0) == [[3, 4]]
    assert lists.arange(3) == [0, 1, 2]
    given = [[1.0, 2.0]]
    made = lists.asarray(given)
    assert made == given
    assert made is not given
    assert lists.asarray([1, 2], dtype=float) == [1.0, 2.0]
    with pytest.raises(TypeError, match="on lists a dtype is a type of numbers"):
        lists.astype([1.0], "float32")
    assert lists.argsort([0.3, 0.1, 0.3, 0.2]) == [1, 3, 0, 2]


def test_asarray_checks_and_complex_numbers_are_no_numbers():
    with pytest.raises(ValueError, match="ragged"):
        lists.asarray([[1.0], [2.0, 3.0]])
    with pytest.raises(TypeError, match="x is 1j"):
        lists.check(1j)
