"""What losses check, what a NaN does, and which dtype the loss has."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

import purenn as pn
import purenn.functional as F
from purenn._numerical import numbers_of as flat
from purenn.trees import tree_leaves


@pytest.mark.parametrize(
    ("forward", "arguments", "match"),
    [
        (F.binary_cross_entropy_forward, ([math.nan, 5.0], [0.0, 1.0]), "probabilities 5.0 in row 1"),
        (F.cross_entropy_forward, ([[math.nan, 1.0], [0.5, -4.0]], [0, 1]), "probabilities -4.0 in row 1"),
        (F.cross_entropy_forward, ([[0.5, 0.5]], [[-0.25, 1.25]]), "labels -0.25 in row 0"),
        (F.softmax_cross_entropy_forward, ([[0.5, 0.5]], [[math.inf, 1.0]]), "labels inf in row 0: wanted"),
        (F.kl_divergence_forward, ([[0.5, -0.5]], [[0.5, 0.5]]), "log_probabilities 0.5 .* log_softmax"),
    ],
)
def test_a_nan_hides_no_other_number_out_of_range(forward, arguments, match, xp):
    with pytest.raises(ValueError, match=match):
        forward(*xp.tree(arguments))


def test_class_weights_of_infinity_are_refused_in_every_dtype(dtyped):
    logits = dtyped.array([[0.5, 1.0]], "float32")
    weights = dtyped.array([math.inf, 1.0], "float32")
    with pytest.raises(ValueError, match="class_weights inf in row 0: wanted numbers from 0"):
        F.softmax_cross_entropy_forward(logits, dtyped.array([0]), class_weights=weights)
    fine = dtyped.array([0.5, 1.0], "float32")
    loss, _ = F.softmax_cross_entropy_forward(logits, dtyped.array([0]), class_weights=fine)
    assert math.isfinite(float(loss))


def test_bools_in_the_shape_of_the_logits_are_one_hot(xp):
    logits = xp.array([[0.5, 1.0, -1.0]])
    have, _ = F.softmax_cross_entropy_forward(logits, xp.array([[False, True, False]]))
    want, _ = F.softmax_cross_entropy_forward(logits, xp.array([1]))
    assert float(have) == float(want)
    with pytest.raises(ValueError, match="each row must be one 1 among zeros"):
        F.softmax_cross_entropy_forward(logits, xp.array([[True, True, False]]))


def test_a_label_is_named_with_its_row(xp):
    logits = xp.array([[[0.5, 1.0]] * 3] * 2)
    with pytest.raises(ValueError, match="label 9 in row 1 is no class"):
        F.softmax_cross_entropy_forward(logits, xp.array([[0, 1, 0], [0, 1, 9]]))


REGRESSION = ["mean_squared_error", "half_squared_error", "mean_absolute_error", "huber", "hinge"]
BINARY = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_divergence"]


@pytest.mark.parametrize("name", [*REGRESSION, *BINARY, "softmax_cross_entropy", "cross_entropy"])
def test_the_loss_has_the_dtype_of_the_predictions(name, dtyped):
    first = [[-0.5, -0.25]] if name == "kl_divergence" else [[0.5, 0.25]]
    targets = [[1.0, -1.0]] if name == "hinge" else [[0.25, 0.75]]
    loss, cache = getattr(F, f"{name}_forward")(dtyped.array(first, "float32"), dtyped.array(targets))
    for leaf in tree_leaves((loss, cache)):
        assert str(leaf.dtype).endswith("float32")


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy"])
def test_a_zero_dout_gives_zero_where_the_slope_is_infinite(name, pair_of):
    probabilities = pair_of.array([[0.0, 1.0], [0.5, 0.5]])
    labels = pair_of.array([0, 1] if name == "cross_entropy" else [[1.0, 1.0], [0.0, 0.5]])
    _, cache = getattr(F, f"{name}_forward")(probabilities, labels, reduction="none")
    dout = pair_of.array([0.0, 1.0] if name == "cross_entropy" else [[0.0, 0.0], [1.0, 1.0]])
    grads = flat(getattr(F, f"{name}_backward")(dout, cache))
    assert grads[:2] == [0.0, 0.0]
    assert all(map(math.isfinite, grads))


@pytest.mark.parametrize("layer", ["relu", "leaky_relu", "hard_sigmoid", "hard_swish", "elu", "gelu", "silu"])
def test_a_nan_does_not_become_a_zero_gradient(layer, pair_of):
    model = pn.chain(pn.affine(1, 1), getattr(pn, layer))
    params = ((pair_of.array([[math.nan]]), pair_of.array([0.0])), ())
    run = pn.loss_and_grads(model, pn.mean_squared_error)
    found = run(params, pair_of.array([[1.0]]), pair_of.array([[0.0]]))
    assert all(map(math.isnan, [float(found.loss), *flat(found.grads)]))


def test_options_may_be_of_any_kind_of_number():
    tenth = Decimal("0.1")
    assert F.leaky_relu_forward([-1.0], negative_slope=tenth)[0] == [-0.1]
    assert F.elu_forward([2.0], alpha=tenth)[0] == [2.0]
    assert F.huber_forward([1.0], [0.0], delta=tenth)[0] == pytest.approx(0.095)
    assert pn.sgd(tenth).update([1.0], pn.sgd(tenth).init([1.0]), [1.0])[0] == [0.9]
    assert F.dropout_forward([1.0, 1.0], drop=tenth, key=0)[1].mask[0] in (0.0, 1 / 0.9)


def test_a_loss_that_is_no_number_cannot_be_trained_on():
    def each(predictions, targets, *, xp=None):
        return F.mean_squared_error_forward(predictions, targets, reduction="none", xp=xp)

    run = pn.loss_and_grads(pn.affine(1, 1), pn.Loss(each, F.mean_squared_error_backward))
    with pytest.raises(ValueError, match=r"the loss has shape \(2, 1\), wanted one number"):
        run(pn.affine(1, 1).init(0), [[1.0], [2.0]], [[0.0], [0.0]])
    with pytest.raises(TypeError, match="loss_and_grads: model is a Loss, wanted a Layer"):
        pn.loss_and_grads(pn.mean_squared_error, pn.affine(1, 1))


def test_gradients_that_are_handed_on_have_the_shape_and_dtype_of_their_input(dtyped):
    x, dout = dtyped.array([[0.5, 1.0]], "float32"), dtyped.array([[1.0, 1.0]])
    for layer, given in ((pn.residual(pn.relu), x), (pn.chain(pn.branch(pn.relu, pn.identity), pn.add), x)):
        params = layer.init(0)
        _, cache = layer.forward(params, given)
        assert str(layer.backward(dout, cache).x.dtype).endswith("float32")
    _, cache = pn.add.forward((), (x, x))
    with pytest.raises(ValueError, match=r"dout \(3,\) and the output \(1, 2\) differ"):
        pn.add.backward(dtyped.array([1.0, 2.0, 3.0]), cache)
