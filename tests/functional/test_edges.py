"""Calls at the edge: gradients that nobody reads, shapes that do not meet, targets that are no shares."""

from __future__ import annotations

import pytest

import purenn.functional as F
from purenn.errors import RangeError, ShapeError

from ..bad_calls.row import CUBE, A, W


@pytest.mark.parametrize(("name", "rest"), [("matmul", (W,)), ("affine", (W, [0.5, 1.0, -1.0, 2.0]))])
def test_a_gradient_that_nobody_reads_is_none_and_the_others_are_as_they_were(name, rest, pair_of):
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
    ],
)
def test_shapes_that_do_not_meet_are_said_in_full(call, arguments, message, pair_of):
    with pytest.raises(ShapeError) as caught:
        call(*map(pair_of.array, arguments))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("target", [-0.25, 1.25])
def test_targets_are_shares(name, target, pair_of):
    with pytest.raises(RangeError, match=rf"^{name}: targets.* {target}"):
        getattr(F, f"{name}_forward")(pair_of.array([0.5, 0.25]), pair_of.array([1.0, target]))
