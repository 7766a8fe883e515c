"""How gradients are compared: kinks, random directions, exactly, and what a failure says."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

import pytest

import purenn.functional as F
from purenn.testing import check_gradients, check_laws, high_precision, numerical_gradient


class Cache(NamedTuple):
    x: object


class Grads(NamedTuple):
    x: object


class OfPredictions(NamedTuple):
    predictions: object


def scaled(backward, factor):
    """The pair's backward, its gradient of x multiplied."""
    return lambda dout, cache: Grads(F.multiply_forward(backward(dout, cache).x, factor)[0])


def vjp(forward, backward, *arguments, **options):
    (law,) = check_laws(forward, backward, *arguments, laws=["vjp"], **options).laws
    return law


def test_a_failure_says_where_how_far_and_with_which_key():
    law = vjp(F.tanh_forward, scaled(F.tanh_backward, 2.0), [0.0, 0.5], key=7)
    failure = law.failure
    assert (failure.argument, failure.number, failure.key) == ("grads.x", 0, 7)
    assert failure.have == pytest.approx(2 * failure.want)
    assert failure.relative == pytest.approx(1.0)
    assert failure.ulps == pytest.approx(abs(failure.have - failure.want) / math.ulp(failure.want))
    assert str(law).splitlines()[1].split() == [
        f"{failure.ulps:.2g}", "ulp,", "1", "of", "it;", "key=7", "repeats", "it",
    ]  # fmt: skip


def test_a_failure_in_a_tree_names_the_leaf():
    def backward(dout, cache):
        _, dw, db = F.affine_backward(dout, cache)
        return Params((dw, F.add_forward(db, 1.0)[0]))

    def forward(params):
        return F.affine_forward([1.0, 2.0], *params)

    class Params(NamedTuple):
        params: object

    law = vjp(forward, backward, ([[0.5], [1.0]], [2.0]))
    assert law.detail.startswith("grads.params[1] number 0 is ")


SLOPES = [(0.0, True), (0.5, True), (1.0, True), (1.25, False), (-0.25, False)]


@pytest.mark.parametrize("kind", [float, Fraction])
@pytest.mark.parametrize(("slope", "right"), SLOPES)
def test_a_gradient_at_a_kink_lies_between_the_slopes(slope, right, kind):
    def backward(dout, cache):
        return Grads([dout[0] * kind(slope), dout[1]])

    law = vjp(F.relu_forward, backward, [kind(0), kind(2)])
    assert law.passed == right
    if slope != 0.5:  # which central differences give
        assert ("kink at x number 0" if right else "slopes beside the kink are") in law.detail


@pytest.mark.parametrize("distance", [1e-6, -1e-6, 1e-7, 4e-6, -4e-6])
def test_a_kink_within_the_step_is_one_too(distance):
    x = [distance, 0.5]
    assert vjp(F.relu_forward, F.relu_backward, x)
    assert not vjp(F.relu_forward, lambda d, c: Grads([-d[0], d[1]]), x)


@pytest.mark.parametrize("x", [[0.1], [1.0], [0.0]])
def test_curvature_is_no_kink(x):
    """exp(20 x) bends so much that its sides differ, yet a gradient a millionth off is wrong."""

    def forward(x):
        return [math.exp(20 * n) for n in x], Cache(x)

    def backward(dout, cache, factor=1.0):
        return Grads([d * 20 * math.exp(20 * n) * factor for d, n in zip(dout, cache.x, strict=True)])

    assert vjp(forward, backward, x)
    assert not vjp(forward, lambda d, c: backward(d, c, 1.000001), x)
    assert not vjp(forward, lambda d, c: backward(d, c, 0.9999), x)


@pytest.mark.parametrize("count", [3, 300])
@pytest.mark.parametrize("name", ["mean_squared_error", "half_squared_error", "huber"])
def test_a_minimum_is_no_fault(name, count):
    """Where predictions meet their targets all that differences say is rounding."""
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    x = [1 / (1 + number) for number in range(count)]
    assert vjp(forward, backward, x, x)

    def off(dout, cache):
        return OfPredictions([number + 1e-9 for number in backward(dout, cache).predictions])

    assert not vjp(forward, off, x, x)


@pytest.mark.parametrize("count", [2, 300])
@pytest.mark.parametrize("name", ["softsign", "elu"])
def test_a_curvature_that_jumps_is_no_fault(name, count):
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    x = [0.0] * count
    assert vjp(forward, backward, x)
    assert not vjp(forward, scaled(backward, 1.000001), x)


@pytest.mark.parametrize(("count", "far"), [(3, 1e3), (300, 1e3), (3, 1e6)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_slope_far_from_0_is_found_with_short_steps(name, count, far):
    """Steps grow with the numbers, softmax bends with their differences."""
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    x = [far + math.sin(number) for number in range(count)]
    assert vjp(forward, backward, x)
    assert not vjp(forward, scaled(backward, 1.000001), x)


MANY = [[math.sin(row * 20 + column) for column in range(20)] for row in range(15)]  # 300 numbers


def test_many_numbers_go_along_random_directions(pair_of):
    x = pair_of.array(MANY)
    law = vjp(F.tanh_forward, F.tanh_backward, x)
    assert law.detail == "of x; 300 numbers along 4 random directions"
    assert not vjp(F.tanh_forward, scaled(F.tanh_backward, 1.001), x)


@pytest.mark.parametrize("place", [0, 123, 299])
def test_one_wrong_number_of_many_is_found(place):
    def backward(dout, cache):
        (dx,) = F.sigmoid_backward(dout, cache)
        row, column = divmod(place, 20)
        dx[row][column] *= 1.01
        return Grads(dx)

    law = vjp(F.sigmoid_forward, backward, MANY)
    assert law.detail.startswith(f"grads.x number {place} is ")
    assert law.failure.number == place


def test_kinks_among_many_numbers_are_recognised():
    x = [[0.0 if column == 3 else number for column, number in enumerate(row)] for row in MANY[:12]]
    law = vjp(F.relu_forward, F.relu_backward, x)
    assert law
    assert "kink at x number 3;" in law.detail


def test_exact_compares_every_digit_of_a_rational_function():
    def cube(x):
        return [n * n * n for n in x], Cache(x)

    def backward(dout, cache, off=0):
        return Grads([d * (3 * n * n + off) for d, n in zip(dout, cache.x, strict=True)])

    for x in ([0.1, -2.5], [Fraction(1, 3)]):
        report = check_laws(cube, backward, x, exact=True)
        assert report.ok
        nearly = check_laws(cube, lambda d, c: backward(d, c, Fraction(1, 10**40)), x, laws=["exact", "vjp"])
        assert not nearly.ok
    assert [law.name for law in check_laws(cube, backward, [0.1], exact=True).laws][5] == "exact"


def test_a_quotient_is_compared_to_what_extrapolation_leaves():
    law = vjp(F.softsign_forward, F.softsign_backward, [Fraction(1, 3), Fraction(-2)])
    assert law
    assert "no polynomial: to within" in law.detail
    nearly = scaled(F.softsign_backward, 1 + Fraction(1, 10**25))
    assert not vjp(F.softsign_forward, nearly, [Fraction(1, 3), Fraction(-2)])


def test_exact_is_not_for_what_leaves_fractions():
    report = check_laws(F.tanh_forward, F.tanh_backward, [0.5], exact=True)
    assert [law.name for law in report.failed] == ["exact"]
    assert "compare with high_precision" in report.failed[0].detail


def test_check_gradients_mentions_kinks_and_directions():
    report = check_gradients(F.relu_forward, F.relu_backward, [0.0, 1.0])
    assert report.ok
    assert "kink at x number 0" in str(report)
    assert "random directions" in str(check_gradients(F.tanh_forward, F.tanh_backward, MANY))


# --- high precision -----------------------------------------------------------------------------

WITH_EXP = ["sigmoid", "tanh", "softplus", "silu", "mish", "elu", "selu", "softmax", "log_softmax"]


@pytest.mark.parametrize("name", WITH_EXP)
def test_high_precision_keeps_its_digits_forward_and_backward(name):
    """More digits change nothing that fewer have said; and the gradient is that of the output."""
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    x = [0.5, -1.25, 3.0]
    out, cache = high_precision(forward, x, digits=40)
    finer, _ = high_precision(forward, x, digits=70)
    assert all(abs(a - b) <= abs(b) * Decimal(10) ** -39 for a, b in zip(out, finer, strict=True))
    grads = high_precision(backward, [1.0, 0.25, -2.0], cache, digits=40)
    with localcontext() as context:
        context.prec = 60
        weights = [Decimal(1), Decimal("0.25"), Decimal(-2)]
        numeric = numerical_gradient(
            lambda x: sum(w * n for w, n in zip(weights, forward(x)[0], strict=True)), list(map(Decimal, x))
        )
    assert all(abs(a - b) < Decimal("1e-35") for a, b in zip(grads.x, numeric, strict=True))
    assert [float(n) for n in out] == pytest.approx(forward(x)[0], rel=1e-15)


def test_high_precision_takes_any_array_and_labels(xp):
    logits, labels = xp.tree(([[0.1, 2.0]], [1]))
    loss, cache = high_precision(F.softmax_cross_entropy_forward, logits, labels, digits=30)
    assert str(loss) == "0.139386758282960585827039887867"
    assert high_precision(F.softmax_cross_entropy_backward, 1, cache).logits[0][0] > 0
    exact = high_precision(F.huber_forward, [Fraction(1, 3)], [0.0], digits=10, delta=2, reduction="sum")[0]
    assert str(exact) == "0.05555555556"


@pytest.mark.parametrize("digits", [0, -3, 2.5, True, "many"])
def test_high_precision_wants_a_whole_number_of_digits(digits):
    with pytest.raises(ValueError, match=r"high_precision: digits=.*: wanted a whole number from 1"):
        high_precision(F.tanh_forward, 1.0, digits=digits)


def test_linear_takes_infinite_gradients_for_equal():
    """Of the logarithm of a probability of 0."""
    pair = F.binary_cross_entropy_forward, F.binary_cross_entropy_backward
    assert check_laws(*pair, [0.0, 0.5], [1.0, 1.0], laws=["linear"]).ok
