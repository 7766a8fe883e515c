"""The wrong codes that tutorials teach, each caught by the law named beside it

What is a function other than the one asked for, or a convention, is caught by ``reference``.
``python -W ignore -m tests.testing.test_errata`` prints every law that each one breaks.
"""

from __future__ import annotations

import math

import pytest

import purenn.functional as F
from purenn.testing import check_laws

numpy = pytest.importorskip("numpy")

from .errata import (  # noqa: E402
    FAR,
    KEEPER,
    KINK,
    LAYER,
    LOGITS,
    SOFT,
    X_,
    Cache,
    T,
    X,
    affine,
    array,
    bias_is_2d,
    bias_mean,
    clipped_sigmoid,
    doubled_by_aliases,
    dropout,
    dropout_draws,
    dropout_without_mask,
    entropy,
    entropy_backward,
    entropy_forgets_the_batch,
    entropy_ignores_dout,
    entropy_of_one,
    entropy_with_epsilon,
    four_layers,
    half_for_whole,
    hardens_labels,
    in_place,
    initial_weights,
    loss_is_its_gradient_squared,
    mae,
    mae_as_difference,
    mae_inverted,
    mae_without_sign,
    masked,
    mse,
    mse_over_the_batch_alone,
    neuron_backward,
    neuron_without_bias,
    no_sum_for_a_vector,
    out_times_1_minus_out,
    overflowing_sigmoid,
    own_output_for_dout,
    passes_at_zero,
    product_backward,
    relu_backward,
    relu_by_product,
    relu_hides_nan,
    relu_keeps_x,
    sigmoid_backward,
    sigmoid_keeps_x,
    softmax_backward,
    softmax_is_the_identity_backward,
    softmax_unshifted,
    stateful,
    tanh_backward,
    tanh_by_sigmoid,
    whole_number_gradient,
    writes_dout,
)


def refers(name):
    return {"reference": (getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")), "batched": False}


# where: forward, backward, arguments, the law, options
WRONG = {
    "000.a no bias in the sum": (
        neuron_without_bias, neuron_backward, ([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0), "vjp", {}
    ),
    "000.b dvalues not used": (F.relu_forward, own_output_for_dout, (X,), "linear", {}),
    "000.c passes at zero": (relu_keeps_x, passes_at_zero, (KINK,), "reference", refers("relu")),
    "000.d whole numbers": (relu_keeps_x, whole_number_gradient, (X,), "structure", {}),
    "001.a dout written": (relu_keeps_x, writes_dout, (X,), "pure", {}),
    "001.b epsilon in the log": (entropy_with_epsilon, entropy_backward, (FAR, T[::-1]), "vjp", {}),
    "001.b a loss below 0": (
        entropy_with_epsilon, entropy_backward, (LOGITS, T), "reference", refers("softmax_cross_entropy")
    ),
    "001.c a vector's loss": (entropy_of_one, entropy_backward, (LOGITS[0], T[0]), "vjp", {}),
    "001.d soft labels hardened": (
        hardens_labels, entropy_backward, (LOGITS, SOFT), "reference", refers("softmax_cross_entropy")
    ),
    "001.e dout ignored": (entropy, entropy_ignores_dout, (LOGITS, T), "linear", {}),
    "001.e dout ignored, zero": (entropy, entropy_ignores_dout, (LOGITS, T), "zero", {}),
    "001.f hidden state": (stateful.forward, stateful.backward, (X,), "pure", {}),
    "001.3 sigmoid overflows": (
        overflowing_sigmoid, sigmoid_backward, (X,), "extreme", {"laws": ["extreme"]}
    ),
    "002 names that are not": (four_layers, bias_mean, LAYER, "runs", {}),
    "002.a divided by the batch alone": (mse, mse_over_the_batch_alone, (X, T), "vjp", {}),
    "002.a bias gradient a mean": (affine, bias_mean, LAYER, "vjp", {}),
    "003.a out(1 - out)": (sigmoid_keeps_x, out_times_1_minus_out, (X,), "vjp", {}),
    "003.d initial weights": (affine, initial_weights, LAYER, "vjp", {}),
    "003.e half and whole": (mse, half_for_whole, (X, T), "vjp", {}),
    "003.f absolute error without sign": (mae, mae_without_sign, (X, T), "vjp", {}),
    "003.f absolute error as difference": (mae, mae_as_difference, (X, T), "vjp", {}),
    "003.o softmax overflows": (softmax_unshifted, softmax_backward, (X,), "extreme", {"laws": ["extreme"]}),
    "003.p NaN hidden": (relu_hides_nan, relu_backward, (X,), "nan", {"batched": True}),
    "003.q tanh by sigmoid": (
        tanh_by_sigmoid, tanh_backward, ([[1e-9, 1e-17]],), "reference", refers("tanh")
    ),
    "003.r mask not applied backward": (dropout, dropout_without_mask, (X,), "vjp", {}),
    "003.r mask in place": (dropout, in_place, (X,), "pure", {}),
    "003.r mask of its own": (dropout_draws, masked, (X,), "pure", {}),
    "003.s not divided by the batch": (entropy, entropy_forgets_the_batch, (LOGITS, T), "vjp", {}),
    "004.5 a vector's dot": (affine, no_sum_for_a_vector, (X[0], LAYER[1], LAYER[2]), "structure", {}),
    "004 bias gradient in two dimensions": (affine, bias_is_2d, LAYER, "structure", {}),
    "nnfs 17: absolute error inverted": (mae, mae_inverted, (X, T), "vjp", {}),
    "micrograd: backward twice": (
        F.relu_forward, lambda d, c: KEEPER.backward(d, Cache(c.out)), (X,), "pure", {}
    ),
    "a buffer used again": (doubled_by_aliases, lambda d, c: X_(d * (c.x > 0)), (X,), "pure", {}),
    "thinc: softmax backward": (softmax_unshifted, softmax_is_the_identity_backward, (X,), "vjp", {}),
    "thinc: loss is the gradient squared": (
        loss_is_its_gradient_squared, entropy_backward, (LOGITS, T), "vjp", {}
    ),
    "thinc: sigmoid clipped": (
        clipped_sigmoid, sigmoid_backward, ([[30.0, -30.0, 1.0]],), "reference", refers("sigmoid")
    ),
    "thinc: inf * 0": (
        relu_by_product, product_backward, ([[-math.inf, 1.0]],), "reference",
        refers("relu") | {"laws": ["reference"]},
    ),
}  # fmt: skip


def check(name):
    """The report of a wrong code."""
    forward, backward, arguments, _, options = WRONG[name]
    return check_laws(forward, backward, *map(array, arguments), **options)


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_code_is_caught_by_its_law(name):
    law, report = WRONG[name][3], check(name)
    assert law in [each.name for each in report.failed], str(report)
    with pytest.raises(AssertionError, match=rf"FAIL  {law} "):
        report.assert_ok()


def test_right_ones_are_not_accused():
    for forward, backward, arguments in [
        (relu_keeps_x, relu_backward, (X,)),
        (softmax_unshifted, softmax_backward, (X,)),
        (entropy, entropy_backward, (LOGITS, T)),
        (dropout, masked, (X,)),
    ]:
        check_laws(forward, backward, *map(array, arguments), batched=False).assert_ok()


if __name__ == "__main__":
    for name in WRONG:
        print(f"{name:40}{', '.join(law.name for law in check(name).failed)}")
