"""check_layer and check_loss: what layers and losses owe beyond the laws of pairs; and which laws run."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.layers import AffineParams
from purenn.testing import check_gradients, check_laws, check_layer, check_loss

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
LOSSES = ["mean_squared_error", "half_squared_error", "mean_absolute_error", "huber", "hinge"]


def test_layers_keep_composition(pair_of):
    for layer in (pn.affine(3, 2), pn.chain(pn.affine(3, 4), pn.relu, pn.affine(4, 1)), pn.dropout(0.5)):
        report = check_layer(layer, pair_of.array(X), training_key=1)
        report.assert_ok()
        assert report.laws[-1].name == "composition"


def test_a_layer_that_needs_its_gradient_breaks_composition():
    def backward(dout, cache, *, need_x=True, xp=None):
        grads = layer.backward(dout, cache, xp=xp)
        return grads if need_x else grads._replace(params=layer.backward(dout, cache, xp=xp).x)

    layer = pn.affine(3, 3)
    report = check_layer(layer._replace(backward=backward), X)
    assert [law.name for law in report.failed] == ["composition"]
    assert report.failed[0].detail == "need_x=False changes the gradients of the params"


def test_a_layer_without_the_keywords_breaks_composition():
    layer = pn.affine(3, 2)
    bare = pn.Layer(layer.init, layer.forward, lambda dout, cache: layer.backward(dout, cache))
    assert [law.name for law in check_layer(bare, X).failed] == ["composition"]


def test_layers_can_be_exact_and_batched():
    model = pn.chain(pn.affine(3, 4), pn.relu, pn.affine(4, 2))
    report = check_layer(model, X, exact=True, batched=("x",), laws=["exact", "composition"])
    assert str(report.laws[0]).startswith("pass  exact      of params, x, exactly")


@pytest.mark.parametrize("name", LOSSES)
def test_losses_keep_their_laws(name, pair_of):
    targets = [[1, -1, 1], [-1, 1, 1]] if name == "hinge" else X[::-1]
    report = check_loss(getattr(pn, name), pair_of.array(X), pair_of.array(targets))
    report.assert_ok()
    assert report.laws[-1].name == "training"


def test_a_loss_a_sample_is_no_loss_to_train_on():
    loss = pn.Loss(partial(F.mean_squared_error_forward, reduction="none"), F.mean_squared_error_backward)
    assert check_loss(loss, X, X[::-1]).skipped[-1].name == "training"


def test_a_loss_whose_first_gradient_is_that_of_the_targets_cannot_train():
    def backward(dout, cache):
        return Swapped(0.0, F.mean_squared_error_backward(dout, cache).predictions)

    class Swapped(NamedTuple):
        weight: object
        predictions: object

    loss = pn.Loss(F.mean_squared_error_forward, backward)
    assert "training" in [law.name for law in check_loss(loss, X, X[::-1]).failed]


def test_laws_are_picked_by_name():
    report = check_laws(F.relu_forward, F.relu_backward, X, laws=["vjp", "pure"])
    assert [law.name for law in report.laws] == ["pure", "vjp"]
    assert len(check_laws(F.relu_forward, F.relu_backward, X, laws="vjp").laws) == 1
    with pytest.raises(ValueError, match="there is no law 'vpj': choose from pure, structure"):
        check_laws(F.relu_forward, F.relu_backward, X, laws=["vpj"])
    with pytest.raises(ValueError, match="'reference' needs reference="):
        check_laws(F.relu_forward, F.relu_backward, X, laws=["reference"])


def test_what_does_not_run_elsewhere_is_skipped_unless_it_was_asked_for():
    numpy = pytest.importorskip("numpy")

    def forward(x):
        return x.clip(0), F.ReluCache(x.clip(0))

    report = check_laws(forward, F.relu_backward, numpy.asarray(X))
    assert report.ok
    assert [(law.name, law.detail) for law in report.skipped] == [
        ("backends", "does not run on lists: AttributeError")
    ]
    assert "skip  backends   does not run on lists" in str(report)
    asked = check_laws(forward, F.relu_backward, numpy.asarray(X), backends=["lists"])
    assert [law.name for law in asked.failed] == ["backends"]
    assert "on lists: AttributeError" in asked.failed[0].detail


def test_backends_that_part_are_told_by_number():
    pytest.importorskip("numpy")

    def forward(x):
        factor = 1.0 if isinstance(x, list) else 1.0 + 2.0**-40
        return F.multiply_forward(x, factor)[0], F.IdentityCache(x)

    report = check_laws(forward, lambda d, c: F.identity_backward(d, c), X, laws=["backends"])
    assert report.failed[0].detail.startswith("on numpy: out number 0 is 0.5000000000004547, wanted 0.5")


def test_rows_that_are_not_alone_break_batch():
    def forward(x):
        out, cache = F.softmax_forward(list(map(list, zip(*x, strict=True))))
        return list(map(list, zip(*out, strict=True))), cache

    def backward(dout, cache):
        (dx,) = F.softmax_backward(list(map(list, zip(*dout, strict=True))), cache)
        return F.ActivationGrads(list(map(list, zip(*dx, strict=True))))

    report = check_laws(forward, backward, X, batched=True, laws=["vjp", "batch", "nan"])
    assert [law.name for law in report.failed] == ["batch", "nan"]
    assert report.failed[0].detail.startswith("row 0 alone: out number 0 is 1.0, wanted 0.77")


def test_a_pair_that_cannot_be_called_is_a_report_too():
    report = check_laws(F.affine_forward, F.affine_backward, X, X, X)
    assert str(report).splitlines()[1].startswith("FAIL  runs       forward raised ShapeError: affine: ")


def test_results_whose_memory_is_used_again_are_caught():
    held = [[0.0] * 3, [0.0] * 3]

    def backward(dout, cache):
        for row, new in zip(held, F.tanh_backward(dout, cache).x, strict=True):
            row[:] = new
        return F.ActivationGrads(held)

    report = check_laws(F.tanh_forward, backward, X, laws=["pure"])
    assert report.failed[0].detail == "another call changed gradients that backward had returned"


# --- what seldom happens ------------------------------------------------------------------------


def told(report, name):
    (row,) = (law for law in report.laws if law.name == name)
    return row


def test_a_layer_that_cannot_be_called_is_a_report():
    report = check_layer(pn.affine(4, 2), X)
    assert [law.name for law in report.laws] == ["runs"]
    assert report.laws[0].detail.startswith("forward raised ShapeError: affine: x (2, 3) and w (4, 2)")
    loss = check_loss(pn.huber, X, X[0])
    assert loss.laws[0].detail.startswith("forward raised ShapeError: huber: ")


def test_laws_of_layers_and_losses_are_picked_by_name():
    assert [law.name for law in check_layer(pn.relu, X, laws=["zero"]).laws] == ["zero"]
    assert [law.name for law in check_layer(pn.relu, X, laws="composition").laws] == ["composition"]
    assert [law.name for law in check_loss(pn.huber, X, X, laws="zero").laws] == ["zero"]
    assert [law.name for law in check_loss(pn.huber, X, X, laws=["training"]).laws] == ["training"]


def test_own_params_are_checked():
    params = AffineParams([[1.0, 2.0], [0.5, 0.25], [3.0, -1.0]], [0.0, 1.0])
    check_layer(pn.affine(3, 2), X, params=params).assert_ok()
    report = check_gradients(pn.affine(3, 2), X, params=params)
    assert [law.detail[:9] for law in report.laws] == ["8 numbers", "6 numbers"]


def test_a_layer_of_two_outputs_has_no_composition_here():
    row = told(check_layer(pn.branch(pn.relu, pn.tanh), X), "composition")
    assert (row.skipped, row.detail) == (True, "a tuple of outputs has no next layer here")


def test_composition_compares_outputs_and_gradients():
    calls = iter(range(100))

    def forward(params, x, *, key=None, xp=None):
        return F.add_forward(x, float(next(calls)))[0], F.IdentityCache(x)

    row = told(check_layer(pn.identity._replace(forward=forward), X, laws="composition"), "composition")
    assert row.detail == "chain(layer, tanh) gives another output than one after the other"

    def unsure(dout, cache, *, need_x=None, xp=None):
        return pn.LayerGrads((), F.multiply_forward(dout, 1.0 if need_x is None else 1.0000000000000002)[0])

    row = told(check_layer(pn.identity._replace(backward=unsure), X, laws="composition"), "composition")
    assert row.detail == "chain(layer, tanh) gives other gradients than one after the other"


def test_training_wants_one_number_or_one_a_sample():
    def forward(predictions, targets):
        return [1.0, 2.0, 3.0], F.mean_squared_error_forward(predictions, targets)[1]

    loss = pn.Loss(forward, F.mean_squared_error_backward)
    row = told(check_loss(loss, X, X[::-1], laws="training"), "training")
    assert row.detail == "the loss has shape (3,): wanted one number, or one a sample"


def test_training_gives_backward_a_plain_1():
    def backward(dout, cache, *, xp=None):
        return F.mean_squared_error_backward(dout / 2 if isinstance(dout, int) else dout, cache)

    loss = pn.Loss(F.mean_squared_error_forward, backward)
    row = told(check_loss(loss, X, X[::-1], laws="training"), "training")
    assert row.detail == "backward(1, cache) and backward(1.0, cache) differ"
