"""Calls at the edge: gradients that are not needed, shapes that do not meet, targets that are no shares."""

from __future__ import annotations

import math

import pytest

import purenn.functional as F
from purenn.backends import lists
from purenn.errors import ArrayError, RangeError, ShapeError
from purenn.trees import tree_leaves

from ..bad_calls.pairs import GOOD, LOSSES, SOFT
from ..bad_calls.row import CUBE, A, W


@pytest.mark.parametrize(("name", "rest"), [("matmul", (W,)), ("affine", (W, [0.5, 1.0, -1.0, 2.0]))])
def test_a_gradient_that_is_not_needed_is_none_and_the_others_are_as_they_were(name, rest, pair_of):
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    out, cache = forward(pair_of.array(A), *map(pair_of.array, rest))
    dx, *others = backward(out, cache)
    unread, *same = backward(out, cache, need_x=False)
    assert dx is not None
    assert unread is None
    assert repr(same) == repr(others)


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        (
            F.affine_forward,
            (CUBE, W, [0.0] * 4),
            "affine: x (3, 2, 2) and w (3, 4) do not meet: x has 2 features, w takes 3",
        ),
        (
            F.matmul_forward,
            ([], W),
            "matmul: x (0,) and w (3, 4) do not meet: x has 0 features, w takes 3 "
            "(nested lists cannot hold an empty batch)",
        ),
        (
            F.multiply_forward,
            (A, [1.0, 2.0]),
            "multiply: x (2, 3) and y (2,) do not broadcast: 3 meets 2; "
            "sizes that meet, from the right, must be equal or 1",
        ),
        (F.softmax_forward, ([],), "softmax: x (0,) has no classes: x is (..., C) with C >= 1"),
        (
            F.softmax_cross_entropy_forward,
            (CUBE, [0, 1, 0]),
            "softmax_cross_entropy: logits (3, 2, 2) and labels (3,) do not meet: "
            "labels are (3, 2) of ints, or (3, 2, 2) of probabilities",
        ),
    ],
)
def test_shapes_that_do_not_meet_are_said_in_full(call, arguments, message, pair_of):
    with pytest.raises(ShapeError) as caught:
        call(*map(pair_of.array, arguments))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", GOOD)
def test_a_dout_that_is_no_array_is_named(name):
    _, cache = getattr(F, f"{name}_forward")(*GOOD[name])
    with pytest.raises(ArrayError, match=f"^{name}_backward: dout is None: an array is made of"):
        getattr(F, f"{name}_backward")(None, cache)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("target", [-0.25, 1.25])
def test_targets_are_shares(name, target, pair_of):
    with pytest.raises(RangeError, match=rf"^{name}: targets.* {target}"):
        getattr(F, f"{name}_forward")(pair_of.array([0.5, 0.25]), pair_of.array([1.0, target]))


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "cross_entropy"])
def test_soft_targets_are_not_negative(name, pair_of):
    with pytest.raises(RangeError, match=rf"^{name}: labels.* -0\.25"):
        getattr(F, f"{name}_forward")(pair_of.array(GOOD[name][0]), pair_of.array([[1.25, -0.25, 0.0]] * 2))


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "hinge"])
def test_targets_take_the_dtype_of_the_scores(name, dtyped):
    scores = dtyped.array(GOOD[name][0], "float32")
    for targets in (dtyped.array(SOFT), dtyped.array([[0, 1, 0], [1, 0, 0]])):
        found = getattr(F, f"{name}_forward")(scores, targets)
        assert {leaf.dtype for leaf in tree_leaves(found)} == {scores.dtype}


@pytest.mark.parametrize("name", LOSSES)
def test_targets_that_are_no_real_numbers_are_named(name):
    numpy = pytest.importorskip("numpy")
    scores = numpy.asarray(GOOD[name][0])
    with pytest.raises(ArrayError, match=rf"^{name}: (labels|targets) has dtype complex128"):
        getattr(F, f"{name}_forward")(scores, scores + 0j)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "uint64"])
def test_labels_are_ints_of_any_size(dtype):
    other = pytest.importorskip("array_api_strict", exc_type=ImportError)
    scores, labels = other.asarray(A), other.asarray([2, 0], dtype=getattr(other, dtype))
    loss = F.softmax_cross_entropy_forward(scores, labels)[0]
    assert float(loss) == pytest.approx(F.softmax_cross_entropy_forward(A, [2, 0])[0], rel=1e-15)


class Unknown:
    """A truth that is traced, and has no value yet."""

    dtype, shape = "bool", ()

    def __bool__(self):
        raise TypeError("not known yet")


@pytest.mark.parametrize("labels", [[[2, 3], [-1, 0]], [[[0, 0, 1], [0, 1, 1]], [[0, 0, 0], [1, 0, 0]]]])
def test_labels_that_are_traced_make_the_losses_of_bad_ones_nan(labels, monkeypatch):
    monkeypatch.setattr(lists, "all", lambda *_, **__: Unknown())
    scores = [A, A]
    losses, _ = F.softmax_cross_entropy_forward(scores, labels, reduction="none")
    good = [[True, False], [False, True]]
    assert [[not math.isnan(loss) for loss in row] for row in losses] == good
    assert losses[0][0] == F.softmax_cross_entropy_forward(A[0], 2)[0]
