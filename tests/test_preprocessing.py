from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
from purenn.errors import CacheError, LabelError, OptionError, ShapeError

X = [[1.0, 5.0, -2.0], [3.0, 5.0, 0.5], [2.0, 5.0, 4.0], [6.0, 5.0, 0.0]]


def numbers(tree):
    return pn.convert(tree, "lists")


# --- one-hot ------------------------------------------------------------------------------------


def test_one_hot_takes_labels_of_any_shape(xp):
    for labels, rows in (
        (1, [0.0, 1.0, 0.0]),
        ([2, 0], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
        ([[1], [2]], [[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]]]),
    ):
        found = pn.one_hot(xp.array(labels), 3)
        assert numbers(found) == rows
        if xp.name != "lists":
            assert str(found.dtype).endswith("float64")
            assert pn.backend_of(found) is xp.backend


def test_one_hot_forces_backends_and_dtypes(dtyped):
    found = pn.one_hot([2, 0], 3, xp=dtyped.backend, dtype="float32")
    assert str(found.dtype).endswith("float32")
    assert numbers(found) == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert pn.one_hot([1], 2, dtype=Fraction) == [[Fraction(0), Fraction(1)]]
    assert type(pn.one_hot([1], 2, dtype=Fraction)[0][0]) is Fraction


def test_one_hot_is_a_target_of_the_loss(xp):
    logits, labels = xp.array([[0.5, -1.0, 2.0], [0.0, 0.1, 0.2]]), xp.array([2, 0])
    loss, _ = pn.softmax_cross_entropy.forward(logits, labels)
    soft, _ = pn.softmax_cross_entropy.forward(logits, pn.one_hot(labels, 3))
    assert float(loss) == float(soft)


@pytest.mark.parametrize(
    ("labels", "classes", "kind", "match"),
    [
        (
            [0, 3],
            3,
            LabelError,
            "one_hot: label 3 in row 1 is no class: there are 3, so labels go from 0 to 2",
        ),
        ([-1, 0], 3, LabelError, "one_hot: label -1 in row 0"),
        ([0.0, 1.0], 3, LabelError, r"one_hot: labels \(2,\) hold .*float.*, must be ints"),
        ([0], 0, OptionError, "one_hot: classes=0: wanted a whole number from 1"),
        ([0], 2.0, OptionError, "one_hot: classes=2.0"),
    ],
)
def test_one_hot_refuses(labels, classes, kind, match, xp):
    with pytest.raises(kind, match=match):
        pn.one_hot(xp.array(labels), classes)


@pytest.mark.parametrize("dtype", ["int64", "float99", 3])
def test_one_hot_refuses_dtypes_that_are_not_floating(dtype, xp):
    with pytest.raises(OptionError, match=f"one_hot: dtype={dtype!r}: "):
        pn.one_hot(xp.array([0, 1]), 2, dtype=dtype)


# --- scaling ------------------------------------------------------------------------------------


def test_min_max_takes_the_ends_to_low_and_high(xp):
    x = xp.array(X)
    scaling = pn.fit_min_max(x)
    assert numbers(scaling) == ([1.0, 5.0, -2.0], [5.0, 1.0, 6.0])
    assert type(scaling) is pn.Scaling
    out = numbers(pn.apply_scaling(scaling, x))
    assert [[min(c), max(c)] for c in zip(*out, strict=True)] == [[0.0, 1.0], [0.0, 0.0], [0.0, 1.0]]
    out = numbers(pn.apply_scaling(pn.fit_min_max(x, -1, 3.0), x))
    ends = [[min(c), max(c)] for c in zip(*out, strict=True)]
    assert ends == [pytest.approx([-1.0, 3.0]), pytest.approx([-1.0, -1.0]), pytest.approx([-1.0, 3.0])]


def test_standard_gives_mean_0_and_deviation_1(xp):
    x = xp.array(X)
    scaling = pn.fit_standard(x)
    assert numbers(scaling.offset) == pytest.approx([3.0, 5.0, 0.625])
    assert numbers(scaling.scale) == pytest.approx([math.sqrt(3.5), 1.0, math.sqrt(4.671875)])
    columns = list(zip(*numbers(pn.apply_scaling(scaling, x)), strict=True))
    assert [sum(c) / 4 for c in columns] == pytest.approx([0.0, 0.0, 0.0], abs=1e-15)
    assert [sum(n * n for n in c) / 4 for c in columns] == pytest.approx([1.0, 0.0, 1.0])


def test_a_constant_feature_goes_to_low_or_0_even_if_its_mean_is_rounded(xp):
    x = xp.array([[0.1]] * 10)  # whose sum is 0.9999999999999999
    for fit, wanted in ((pn.fit_standard, 0.0), (pn.fit_min_max, 0.0)):
        assert numbers(pn.apply_scaling(fit(x), x)) == [[wanted]] * 10
    assert numbers(pn.fit_standard(x)) == ([0.1], [1.0])
    assert numbers(pn.apply_scaling(pn.fit_min_max(x, 2, 4), x)) == [pytest.approx([2.0])] * 10


@pytest.mark.parametrize("fit", [pn.fit_min_max, pn.fit_standard])
def test_undo_leads_back(fit, xp):
    x = xp.array(X)
    scaling = fit(x)
    back = numbers(pn.undo_scaling(scaling, pn.apply_scaling(scaling, x)))
    assert back == [pytest.approx(row, abs=1e-14) for row in X]


def test_scaling_is_fitted_along_the_first_axis_and_applied_to_any_batch(xp):
    for x, offset in (
        ([1.0, 3.0], 1.0),
        ([[[1.0], [2.0]], [[3.0], [-2.0]]], [[1.0], [-2.0]]),
    ):
        assert numbers(pn.fit_min_max(xp.array(x)).offset) == offset
    scaling = pn.fit_min_max(xp.array(X))
    assert numbers(pn.apply_scaling(scaling, xp.array([6.0, 7.0, 4.0]))) == [1.0, 2.0, 1.0]
    assert numbers(pn.apply_scaling(scaling, xp.array([[[6.0, 7.0, 4.0]]]))) == [[[1.0, 2.0, 1.0]]]


def test_min_max_is_exact_in_fractions():
    third = Fraction(1, 3)
    x = [[third, Fraction(2)], [3 * third, Fraction(2)], [2 * third, Fraction(2)]]
    scaling = pn.fit_min_max(x, -1, 1)
    out = pn.apply_scaling(scaling, x)
    assert out == [[-1, -1], [1, -1], [0, -1]]
    assert {type(n) for row in out for n in row} == {Fraction}
    assert pn.undo_scaling(scaling, out) == x
    assert pn.fit_standard(x).offset == [2 * third, 2]
    decimals = [[Decimal("0.1")], [Decimal("0.5")]]
    assert pn.apply_scaling(pn.fit_min_max(decimals, -0.5, 0.5), decimals) == [
        [Decimal("-0.5")],
        [Decimal("0.5")],
    ]


@pytest.mark.parametrize("fit", [pn.fit_min_max, pn.fit_standard])
def test_dtypes_are_kept_and_ints_become_floats(fit, dtyped):
    for dtype, wanted in (("float32", "float32"), ("int64", "float64"), ("uint8", "float64")):
        x = dtyped.array([[1, 2], [3, 2], [9, 2]], dtype)
        scaling = fit(x)
        out = pn.apply_scaling(scaling, x)
        assert {str(array.dtype).split(".")[-1] for array in (*scaling, out)} == {wanted}
        assert str(pn.undo_scaling(scaling, out).dtype).endswith(wanted)


@pytest.mark.parametrize("fit", [pn.fit_min_max, pn.fit_standard])
def test_a_feature_with_a_nan_stays_visible(fit, xp):
    x = xp.array([[1.0, 2.0], [math.nan, 3.0], [2.0, 5.0]])
    out = numbers(pn.apply_scaling(fit(x), x))
    assert [[math.isnan(n) for n in row] for row in out] == [[True, False]] * 3


def test_a_large_mean_loses_no_digits(xp):
    x = xp.array([[1e9 + n] for n in (0.0, 1.0, 2.0)])
    assert numbers(pn.fit_standard(x).scale) == pytest.approx([math.sqrt(2 / 3)], rel=1e-15)


@pytest.mark.parametrize("fit", [pn.fit_min_max, pn.fit_standard])
@pytest.mark.parametrize("x", [2.0, [], [[]]])
def test_fitting_refuses_what_has_no_samples(fit, x, xp):
    with pytest.raises(ShapeError, match=rf"{fit.__name__}: x \(.*\) has no samples to fit: x is \(N, ...\)"):
        fit(xp.array(x))


@pytest.mark.parametrize(
    ("low", "high", "match"),
    [
        (1, 0, "fit_min_max: low=1 and high=0: low must be below high"),
        (0.5, 0.5, "low must be below high"),
        (math.nan, 1, "fit_min_max: low=nan"),
        (0, math.inf, "fit_min_max: high=inf"),
        ("0", 1, "fit_min_max: low='0'"),
    ],
)
def test_min_max_refuses_bad_ends(low, high, match):
    with pytest.raises(OptionError, match=match):
        pn.fit_min_max(X, low, high)


@pytest.mark.parametrize("call", [pn.apply_scaling, pn.undo_scaling])
def test_scaling_refuses_other_features_and_other_scalings(call, xp):
    scaling = pn.fit_min_max(xp.array(X))
    for x in ([[1.0, 2.0]], [1.0], 1.0):
        with pytest.raises(
            ShapeError,
            match=rf"{call.__name__}: x \(.*\) and a scaling of offset \(3,\) and scale \(3,\) do not",
        ):
            call(scaling, xp.array(x))
    with pytest.raises(ShapeError, match=r"offset \(3,\) and scale \(\) do not meet"):
        call(scaling._replace(scale=1.0), xp.array(X))
    with pytest.raises(
        CacheError, match=f"{call.__name__}: scaling is tuple, wanted Scaling: take it from fit_"
    ):
        call(tuple(scaling), xp.array(X))
