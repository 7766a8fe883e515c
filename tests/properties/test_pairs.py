"""Pairs over shapes, values, dtypes and layouts: lists against numpy, and exact laws in Fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import pytest

import purenn.functional as F
from purenn.backends import get_backend, lists
from purenn.backends.extras import shape

pytest.importorskip("hypothesis")
pytest.importorskip("numpy")
from hypothesis import given
from hypothesis import strategies as st

from .strategies import (
    EPS,
    alike,
    arrays,
    broadcasting,
    flat,
    fractions,
    full_shapes,
    laid_out,
    layouts,
    nested,
    shapes,
    shares,
    short,
    small,
    tame,
    worst,
)

numpy = get_backend("numpy")
ELEMENTWISE = [
    "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "hard_swish", "identity",
        "sigmoid", "tanh",
    "softsign", "hard_sigmoid",
]  # fmt: skip
RATIONAL = ["relu", "hard_swish", "identity", "softsign", "hard_sigmoid"]
REGRESSION = [
    "mean_squared_error",
    "half_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_cross_entropy",
]


def pair(name):
    return getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")


@given(alike(st.one_of(small, tame), 2), st.sampled_from(ELEMENTWISE), layouts)
def test_elementwise_pairs_agree_with_numpy_to_4_ulp(values, name, how):
    forward, backward = pair(name)
    x, dout = values
    out, cache = forward(x)
    out_there, cache_there = forward(laid_out(x, how))
    assert worst(out, out_there) <= 4
    dx, dx_there = backward(dout, cache).x, backward(laid_out(dout, how), cache_there).x
    assert worst(dx, dx_there) <= 4
    assert shape(out) == shape(dx) == shape(out_there) == shape(dx_there) == shape(x)


@given(
    alike(short, 2), st.sampled_from([*ELEMENTWISE, "softmax", "log_softmax", "dropout", "flatten"]), layouts
)
def test_float32_stays_float32(values, name, how):
    forward, backward = pair(name)
    x, dout = (
        laid_out(value if isinstance(value, list) else [value], how).astype("float32") for value in values
    )
    out, cache = forward(x)
    assert out.dtype == backward(dout.reshape(out.shape), cache).x.dtype == "float32"


@given(arrays(fractions), st.sampled_from(RATIONAL), fractions)
def test_rational_pairs_keep_fractions_and_are_linear_in_dout(x, name, factor):
    forward, backward = pair(name)
    out, cache = forward(x)
    once = backward(lists.ones_like(out), cache).x
    assert backward(lists.full_like(out, factor), cache).x == lists.multiply(once, factor)
    kinds = {type(number) for number in flat(once)}
    assert kinds <= {Fraction, int}


@given(broadcasting(fractions), st.data())
def test_broadcast_sums_give_each_side_all_that_it_gave(values, data):
    x, y = values
    out, cache = F.add_forward(x, y)
    dout = data.draw(nested(shape(out), fractions))
    grads = F.add_backward(dout, cache)
    assert (shape(grads.x), shape(grads.y)) == (shape(x), shape(y))
    assert sum(flat(grads.x)) == sum(flat(grads.y)) == sum(flat(dout))


@given(broadcasting(fractions), st.data())
def test_broadcast_products_have_exact_gradients(values, data):
    """A product is of degree 1 in each factor, so ``dx . x = dy . y = dout . out``."""
    x, y = values
    out, cache = F.multiply_forward(x, y)
    dout = data.draw(nested(shape(out), fractions))
    grads = F.multiply_backward(dout, cache)
    assert (shape(grads.x), shape(grads.y)) == (shape(x), shape(y))
    total = dot(dout, out)
    assert dot(grads.x, x) == dot(grads.y, y) == total


def dot(x, y):
    return sum((a * b for a, b in zip(flat(x), flat(y), strict=True)), Fraction(0))


@st.composite
def dense(draw, numbers):
    """x, w and b of an affine function: one neuron or a layer, one sample or many."""
    n, batch = draw(st.integers(1, 4)), draw(shapes)
    out = draw(st.sampled_from([(), (1,), (3,)]))
    return tuple(draw(nested(sizes, numbers)) for sizes in ((*batch, n), (n, *out), out, (*batch, *out)))


@given(dense(tame), layouts)
def test_affine_agrees_with_numpy_within_its_rounding(case, how):
    x, w, b, dout = case
    out, cache = F.affine_forward(x, w, b)
    there, cache_there = F.affine_forward(*(laid_out(value, how) for value in (x, w, b)))
    grads, grads_there = F.affine_backward(dout, cache), F.affine_backward(laid_out(dout, how), cache_there)
    sizes = tuple(map(lists.abs, (x, w, b)))
    scale, cache_scale = F.affine_forward(*sizes)
    scales = F.affine_backward(lists.abs(dout), cache_scale)
    terms = 2 + len(flat(x)) + len(flat(dout))
    for here, other, size in zip((out, *grads), (there, *grads_there), (scale, *scales), strict=True):
        assert shape(here) == shape(other)
        for a, c, bound in zip(flat(here), flat(other), flat(size), strict=True):
            assert abs(a - c) <= 2 * terms * EPS * bound


@given(dense(fractions))
def test_affine_has_exact_gradients(case):
    """``out`` is of degree 1 in w, and in x and b together where the other is left out."""
    x, w, b, dout = case
    out, cache = F.affine_forward(x, w, b)
    grads = F.affine_backward(dout, cache)
    product, matmul_cache = F.matmul_forward(x, w)
    assert dot(grads.w, w) == dot(grads.x, x) == dot(dout, product)
    assert dot(grads.b, b) == dot(dout, out) - dot(dout, product)
    assert F.matmul_backward(dout, matmul_cache) == grads[:2]


@given(arrays(small, full_shapes), st.floats(-100, 100))
def test_softmax_gives_shares_that_add_up_to_1(x, shift):
    out, _ = F.softmax_forward(x)
    log, _ = F.log_softmax_forward(x)
    for total in flat(lists.sum(out, axis=-1)):
        assert total == pytest.approx(1, abs=8 * EPS)
    assert all(0 <= share <= 1 for share in flat(out))
    assert flat(lists.exp(log)) == pytest.approx(flat(out), rel=1e-13, abs=1e-300)
    assert flat(F.softmax_forward(lists.add(x, shift))[0]) == pytest.approx(flat(out), rel=1e-11, abs=1e-300)
    assert worst(log, F.log_softmax_forward(numpy.asarray(x))[0]) <= 16 or flat(log) == pytest.approx(
        flat(F.log_softmax_forward(numpy.asarray(x))[0]), abs=1e-14
    )


@given(alike(shares, 2, full_shapes), st.sampled_from(REGRESSION), st.booleans())
def test_losses_are_the_sum_or_mean_of_the_separate_ones(values, name, on_numpy):
    forward, _ = pair(name)
    values = tuple(map(numpy.asarray, values)) if on_numpy else values
    none, total, mean = (forward(*values, reduction=how)[0] for how in ("none", "sum", "mean"))
    assert shape(none) == shape(values[0])
    assert float(total) == pytest.approx(math.fsum(flat(none)), rel=1e-14)
    assert float(mean) == pytest.approx(math.fsum(flat(none)) / len(flat(none)), rel=1e-14)


@given(alike(fractions, 3, full_shapes), st.sampled_from(["mean_squared_error", "half_squared_error"]))
def test_quadratic_losses_have_exact_gradients(values, name):
    """A central difference of a quadratic has no error in Fractions."""
    x, targets, direction = values
    forward, backward = (partial(pair(name)[0], reduction="mean"), pair(name)[1])
    ends = [forward(lists.add(x, lists.multiply(direction, sign)), targets)[0] for sign in (1, -1)]
    grads = backward(1, forward(x, targets)[1])
    assert dot(grads.predictions, direction) == (ends[0] - ends[1]) / 2


@given(st.data(), st.integers(1, 5), st.integers(1, 4))
def test_cross_entropy_of_labels_is_that_of_their_rows(data, samples, classes):
    logits = data.draw(nested((samples, classes), small))
    labels = data.draw(st.lists(st.integers(0, classes - 1), min_size=samples, max_size=samples))
    rows = [[float(label == c) for c in range(classes)] for label in labels]
    loss, cache = F.softmax_cross_entropy_forward(logits, labels)
    again, cache_again = F.softmax_cross_entropy_forward(logits, rows)
    assert loss == again >= 0
    grads = F.softmax_cross_entropy_backward(1, cache)
    assert grads == F.softmax_cross_entropy_backward(1, cache_again)
    for row in lists.sum(grads.logits, axis=-1):
        assert abs(row) <= 4 * classes * EPS
