"""Activations against mpmath at 60 digits: the last digits, both tails, the infinities."""

from __future__ import annotations

import math

import pytest

import purenn as pn
import purenn.functional as F

mp = pytest.importorskip("mpmath")
mp.mp.dps = 60

SCALE = mp.mpf("1.0507009873554804934193349852946")
ALPHA = mp.mpf("1.6732632423543772848170429916717")


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x))


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def mish_share(x):
    return mp.tanh(softplus(x))


# name: (function, derivative, ulps that forward may be off, relative error that backward may have)
TRUE = {
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), 4, 1e-15),
    "tanh": (mp.tanh, lambda x: mp.sech(x) ** 2, 4, 2e-13),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: 1 if x > 0 else mp.exp(x), 4, 1e-15),
    "selu": (
        lambda x: SCALE * (x if x > 0 else ALPHA * mp.expm1(x)),
        lambda x: SCALE * (1 if x > 0 else ALPHA * mp.exp(x)),
        4,
        1e-15,
    ),
    "gelu": (lambda x: x * normal(x), lambda x: normal(x) + x * density(x), 5, 4e-15),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), 4, 4e-15),
    "mish": (
        lambda x: x * mish_share(x),
        lambda x: mish_share(x) + x * mp.sech(softplus(x)) ** 2 * sigmoid(x),
        4,
        4e-15,
    ),
    "softplus": (softplus, sigmoid, 4, 1e-15),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, 4, 1e-15),
    "hard_sigmoid": (lambda x: min(max(x + 3, 0), 6) / 6, lambda x: mp.mpf(abs(x) < 3) / 6, 4, 1e-15),
    "hard_swish": (
        lambda x: x * min(max(x + 3, 0), 6) / 6,
        lambda x: (2 * x + 3) / 6 if abs(x) < 3 else mp.mpf(x > 0),
        4,
        4e-15,
    ),
    "leaky_relu": (
        lambda x: x if x > 0 else x * mp.mpf(0.01),
        lambda x: 1 if x > 0 else mp.mpf(0.01),
        4,
        1e-15,
    ),
}
ROOTS = {"gelu": -0.7517915, "silu": -1.2784645, "mish": -1.1924312, "hard_swish": -1.5}  # of the derivative


def points(name):
    """From 1e-300 to 700 on both sides; gelu to -37, where it leaves the normal range of floats."""
    sizes = [*pn.random.uniform(1, 60, high=4.0), *pn.random.uniform(2, 60, high=40.0)]
    sizes += [*pn.random.uniform(3, 20, high=700.0), *(10.0**-n for n in range(0, 300, 20))]
    low = -37.0 if name == "gelu" else -700.0
    return [x for size in sizes for x in (size, -size) if x > low]


@pytest.mark.parametrize("name", TRUE)
def test_forward_is_right_to_the_last_digits(name, pair_of):
    true, _, ulps, _ = TRUE[name]
    xs = points(name)
    out, _ = getattr(F, f"{name}_forward")(pair_of.array(xs))
    for x, have in zip(xs, pn.convert(out, "lists"), strict=True):
        want = true(mp.mpf(x))
        assert abs(have - want) <= ulps * math.ulp(float(want)), x


@pytest.mark.parametrize("name", TRUE)
def test_backward_is_right_in_both_tails(name, pair_of):
    _, slope, _, relative = TRUE[name]
    xs = [x for x in points(name) if abs(x - ROOTS.get(name, math.inf)) > 0.1]
    _, cache = getattr(F, f"{name}_forward")(pair_of.array(xs))
    ones = pair_of.array([1.0] * len(xs))
    dx = getattr(F, f"{name}_backward")(ones, cache).x
    for x, have in zip(xs, pn.convert(dx, "lists"), strict=True):
        want = slope(mp.mpf(x))
        assert abs(have - want) <= relative * abs(want) + 1e-307, x


LIMITS = {
    "relu": (0.0, math.inf, 0.0, 1.0),
    "leaky_relu": (-math.inf, math.inf, 0.01, 1.0),
    "elu": (-1.0, math.inf, 0.0, 1.0),
    "selu": (float(-SCALE * ALPHA), math.inf, 0.0, float(SCALE)),
    "gelu": (0.0, math.inf, 0.0, 1.0),
    "gelu tanh": (0.0, math.inf, 0.0, 1.0),
    "silu": (0.0, math.inf, 0.0, 1.0),
    "mish": (0.0, math.inf, 0.0, 1.0),
    "softplus": (0.0, math.inf, 0.0, 1.0),
    "hard_swish": (0.0, math.inf, 0.0, 1.0),
    "identity": (-math.inf, math.inf, 1.0, 1.0),
    "sigmoid": (0.0, 1.0, 0.0, 0.0),
    "tanh": (-1.0, 1.0, 0.0, 0.0),
    "softsign": (-1.0, 1.0, 0.0, 0.0),
    "hard_sigmoid": (0.0, 1.0, 0.0, 0.0),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_infinities_have_their_limits(name, pair_of):
    low, high, low_slope, high_slope = LIMITS[name]
    base, *kind = name.split()
    options = {"approximate": kind[0]} if kind else {}
    out, cache = getattr(F, f"{base}_forward")(pair_of.array([-math.inf, math.inf]), **options)
    assert pn.convert(out, "lists") == [low, high]
    dx = getattr(F, f"{base}_backward")(pair_of.array([1.0, 1.0]), cache).x
    assert pn.convert(dx, "lists") == [low_slope, high_slope]


@pytest.mark.parametrize("name", LIMITS)
def test_nan_comes_from_nan_alone(name, pair_of):
    base, *kind = name.split()
    options = {"approximate": kind[0]} if kind else {}
    xs = [math.nan, 1e300, -1e300, 1e-300, -1e-300, 5e-324, 0.0, -0.0]
    out, cache = getattr(F, f"{base}_forward")(pair_of.array(xs), **options)
    dx = getattr(F, f"{base}_backward")(pair_of.array([1.0] * len(xs)), cache).x
    first, *others = pn.convert(out, "lists")
    assert math.isnan(first)
    assert all(map(math.isfinite, [*others, *pn.convert(dx, "lists")[1:]]))


@pytest.mark.parametrize(
    "x", [[math.inf, 0.0], [math.inf, math.inf, 1.0], [-math.inf, -math.inf], [-math.inf, 3.0]]
)
def test_softmax_of_infinities_is_the_limit(x, pair_of):
    greatest = max(x)
    want = [1 / x.count(greatest) if each == greatest else 0.0 for each in x]
    out, cache = F.softmax_forward(pair_of.array(x))
    assert pn.convert(out, "lists") == want
    log_out, log_cache = F.log_softmax_forward(pair_of.array(x))
    assert pn.convert(log_out, "lists") == [math.log(p) if p else -math.inf for p in want]
    ones = pair_of.array([1.0] * len(x))
    assert all(map(math.isfinite, pn.convert(F.softmax_backward(ones, cache).x, "lists")))
    assert all(map(math.isfinite, pn.convert(F.log_softmax_backward(ones, log_cache).x, "lists")))


@pytest.mark.parametrize("x", [[0.0, -40.0], [3.0, 3.0, -1.0], [-700.0, 5.0, -30.0, 4.5], [0.25]])
def test_log_softmax_is_right_to_the_last_digits(x, pair_of):
    out, _ = F.log_softmax_forward(pair_of.array(x))
    for one, have in zip(x, pn.convert(out, "lists"), strict=True):
        terms = [mp.exp(mp.mpf(other) - one) for other in x if other != one]
        want = -mp.log1p(mp.fsum(terms) + x.count(one) - 1)
        assert abs(have - want) <= 4 * math.ulp(float(want))
    loss, _ = F.softmax_cross_entropy_forward(pair_of.array([x]), pair_of.array([0]))
    assert float(loss) == -pn.convert(out, "lists")[0]


def test_gelu_in_float32_is_right_to_float32(dtyped):
    xs = [x for x in points("gelu") if x > -12]
    out, _ = F.gelu_forward(dtyped.array(xs, "float32"))
    exact = [float(x) for x in pn.convert(dtyped.array(xs, "float32"), "lists")]
    for x, have in zip(exact, pn.convert(out, "lists"), strict=True):
        want = float(x * normal(mp.mpf(x)))
        assert abs(have - want) <= 8 * 2.0**-24 * abs(want) + 1e-38, x
