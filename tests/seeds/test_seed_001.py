"""Tutorial 001: layers that multiply, add, rectify, squash, and a softmax with its loss."""

from __future__ import annotations

import math

import pytest

import purenn as pn
import purenn.functional as F
from purenn.errors import LabelError
from purenn.testing import numerical_gradient

from .comparison import listed, near

PROBABILITIES = [[0.1, 0.05, 0.6, 0.25], [0.7, 0.1, 0.1, 0.1]]


def far_out(xp):
    return xp.array([[100.0, 0.0, 0.0]])


def gradient(logits, labels, dout=1.0):
    _, cache = F.softmax_cross_entropy_forward(logits, labels)
    return listed(F.softmax_cross_entropy_backward(dout, cache).logits)


def test_001_1_multiply_and_add(xp):
    x, y, dout = xp.tree(([2.0, 3.0], [5.0, -7.0], [1.0, 10.0]))
    out, cache = F.multiply_forward(x, y)
    assert listed(out) == [10.0, -21.0]
    assert listed(tuple(F.multiply_backward(dout, cache))) == ([5.0, -70.0], [2.0, 30.0])
    out, cache = F.add_forward(x, y)
    assert listed(out) == [7.0, -4.0]
    assert listed(tuple(F.add_backward(dout, cache))) == ([1.0, 10.0], [1.0, 10.0])


def test_001_2_relu(xp):
    out, cache = F.relu_forward(xp.array([[1.0, -0.5], [0.0, 3.0]]))
    assert listed(out) == [[1.0, 0.0], [0.0, 3.0]]
    dx = F.relu_backward(xp.array([[5.0, 6.0], [7.0, 8.0]]), cache).x
    assert listed(dx) == [[5.0, 0.0], [0.0, 8.0]]


def test_001_3_sigmoid(xp):
    out, cache = F.sigmoid_forward(xp.array([0.0, 2.0, -710.0, 1000.0, -1000.0]))
    assert near(out, [0.5, 1 / (1 + math.exp(-2)), 0.0, 1.0, 0.0], 1e-16)  # and no warning, which would raise
    y = listed(out)
    dx = F.sigmoid_backward(xp.array([2.0] * 5), cache).x
    assert near(dx, [2 * (1 - each) * each for each in y], 5e-16)


def test_001_3_sigmoid_keeps_its_slope_where_it_rounds_to_1(xp):
    out, cache = F.sigmoid_forward(xp.array([40.0]))
    assert listed(out) == [1.0]  # so that (1 - y) * y is 0
    assert near(F.sigmoid_backward(xp.array([1.0]), cache).x, [math.exp(-40)], 1e-30)


def test_001_3_sigmoid_does_not_overflow_in_float32(dtyped):
    out, _ = F.sigmoid_forward(dtyped.array([-89.0, 89.0], "float32"))
    assert near(out, [math.exp(-89), 1.0], 3e-45)


def test_001_4_cross_entropy_error(xp):
    loss, cache = F.cross_entropy_forward(*xp.tree((PROBABILITIES, [2, 0])))
    assert float(loss) == pytest.approx(-(math.log(0.6) + math.log(0.7)) / 2, rel=1e-15)
    assert float(loss) != pytest.approx(-(math.log(0.6 + 1e-7) + math.log(0.7 + 1e-7)) / 2, rel=1e-8)
    want = [[0.0, 0.0, -1 / 0.6 / 2, 0.0], [-1 / 0.7 / 2, 0.0, 0.0, 0.0]]
    assert near(F.cross_entropy_backward(1.0, cache).probabilities, want)
    softmax, _ = F.softmax_forward(pn.tree_map(xp.backend.log, xp.array(PROBABILITIES)))
    assert near(softmax, PROBABILITIES)


def test_001_5_softmax_with_loss(xp):
    logits = xp.backend.log(xp.array(PROBABILITIES))
    by_index, _ = F.softmax_cross_entropy_forward(logits, xp.array([2, 0]))
    one_hot = [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
    by_row, _ = F.softmax_cross_entropy_forward(logits, xp.array(one_hot))
    assert float(by_index) == float(by_row)
    assert float(by_index) == pytest.approx(-(math.log(0.6) + math.log(0.7)) / 2, rel=1e-15)
    want = [[0.05, 0.025, -0.2, 0.125], [-0.15, 0.05, 0.05, 0.05]]  # (y - t) / 2
    assert near(gradient(logits, xp.array([2, 0])), want)
    assert near(gradient(logits, xp.array(one_hot)), want)


def test_001_a_relu_backward_leaves_its_dout_alone(xp):
    x, dout = xp.tree(([-1.0, 2.0], [1.0, 1.0]))
    _, cache = F.relu_forward(x)
    through_relu = F.relu_backward(dout, cache).x
    dx, _ = F.add_backward(dout, F.add_forward(through_relu, dout)[1])
    assert listed(dout) == [1.0, 1.0]
    total, _ = F.add_forward(through_relu, dx)
    assert listed(total) == [1.0, 2.0]  # relu(x) + x at -1 and 2, and not 0 at -1
    _, cache = pn.residual(pn.relu).forward((), x)
    assert listed(pn.residual(pn.relu).backward(dout, cache).x) == [1.0, 2.0]


def test_001_b_no_epsilon_inside_the_log(xp):
    loss, _ = F.softmax_cross_entropy_forward(far_out(xp), xp.array([1]))
    assert float(loss) == 100.0  # not -log(1e-7) = 16.118
    perfect, _ = F.softmax_cross_entropy_forward(far_out(xp), xp.array([0]))
    assert 0.0 <= float(perfect) < 1e-40  # not -1e-7
    perfect, _ = F.cross_entropy_forward(xp.array([[1.0]]), xp.array([0]))
    assert float(perfect) == 0.0


def test_001_b_loss_and_gradient_agree_far_out(xp):
    labels = xp.array([1])
    assert near(gradient(far_out(xp), labels), [[1.0, -1.0, 0.0]], 1e-40)
    numeric = numerical_gradient(
        lambda logits: F.softmax_cross_entropy_forward(logits, labels)[0], far_out(xp)
    )
    assert near(numeric, [[1.0, -1.0, 0.0]], 1e-8)

    def with_epsilon(logits):
        y = listed(F.softmax_forward(logits)[0])
        return -math.log(y[0][1] + 1e-7)

    assert with_epsilon(far_out(xp)) == pytest.approx(16.118, abs=1e-3)
    assert near(numerical_gradient(with_epsilon, far_out(xp)), [[0.0, 0.0, 0.0]], 0)


def test_001_c_one_sample_is_one_sample(xp):
    logits, one_hot = [0.1, 0.2, 0.3], [0.0, 1.0, 0.0]
    softmax = listed(F.softmax_forward(xp.array(logits))[0])
    want = [p - t for p, t in zip(softmax, one_hot, strict=True)]  # not a third of it
    assert near(gradient(xp.array(logits), xp.array(one_hot)), want, 1e-15)
    (in_a_batch,) = gradient(xp.array([logits]), xp.array([one_hot]))
    assert near(in_a_batch, want, 1e-15)


def test_001_d_soft_labels_stay_soft(xp):
    soft = xp.array([[0.5, 0.5]])
    loss, _ = F.cross_entropy_forward(xp.array([[0.6, 0.4]]), soft)
    assert float(loss) == pytest.approx(0.7135581778200729, rel=1e-15)  # not -log(0.6) = 0.511
    assert float(loss) != pytest.approx(0.511, abs=0.2)
    assert near(gradient(xp.backend.log(xp.array([[0.6, 0.4]])), soft), [[0.1, -0.1]])
    loss, _ = F.softmax_cross_entropy_forward(xp.array([0.2, -0.3]), xp.array([0.5, 0.5]))
    assert float(loss) == pytest.approx(0.7240770, abs=1e-7)


def test_001_d_the_kind_of_labels_is_never_guessed_from_their_size(xp):
    loss, _ = F.softmax_cross_entropy_forward(xp.array([[3.0], [5.0]]), xp.array([0, 0]))
    assert float(loss) == 0.0  # one class, two samples: as many labels as logits
    with pytest.raises(LabelError):
        F.softmax_cross_entropy_forward(xp.array([[3.0, 1.0]]), xp.array([2]))


def test_001_e_backward_is_linear_in_its_dout(xp):
    logits, labels = xp.array([[0.1, 0.2, 0.3], [3.0, 2.0, 1.0]]), xp.array([1, 2])
    one, five = gradient(logits, labels), gradient(logits, labels, dout=5.0)
    assert near(five, [[5 * d for d in row] for row in one], 1e-15)
    assert five != one


def test_001_f_a_second_forward_changes_no_gradient_of_the_first(xp):
    one, other, dout = xp.tree(([0.5, -1.0], [-3.0, 2.0], [1.0, 1.0]))
    for forward, backward in ((F.relu_forward, F.relu_backward), (F.sigmoid_forward, F.sigmoid_backward)):
        _, cache = forward(one)
        want = listed(backward(dout, cache).x)
        _, cache = forward(one)
        forward(other)
        assert listed(backward(dout, cache).x) == want
    labels = xp.array(0)
    want = gradient(one, labels)
    _, cache = F.softmax_cross_entropy_forward(one, labels)
    F.softmax_cross_entropy_forward(other, xp.array(1))
    assert listed(F.softmax_cross_entropy_backward(1.0, cache).logits) == want
