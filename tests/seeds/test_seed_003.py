"""Tutorial 003: hidden layers derived by hand, two losses, eight optimizers, four activations."""

from __future__ import annotations

import math
from functools import partial

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.errors import ShapeError
from purenn.layers import AffineParams, MatmulParams
from purenn.testing import numerical_gradient

from .comparison import listed, near

MODEL = pn.chain(pn.affine(3, 4, bias=False), pn.sigmoid, pn.affine(4, 1, bias=False), pn.sigmoid)
half_the_squares = pn.Loss(
    partial(F.half_squared_error_forward, reduction="sum"), F.half_squared_error_backward
)


def ten_samples(xp):
    """Ten samples of three features, their targets, and the params of one hidden layer of four."""
    a = pn.random.normal(0, (10, 3), xp=xp.backend)
    y = xp.array([[float(i % 3 == 0)] for i in range(10)])
    return a, y, MODEL.init(2, xp=xp.backend)


def flat(tree):
    return [number for leaf in pn.tree_leaves(listed(tree)) for number in lists.flat(leaf)]


def first_step(optimizer, xp, gradient=3.0):
    """The step from 1 that a first gradient leads to."""
    params = xp.array([1.0])
    return listed(optimizer.update(xp.array([gradient]), optimizer.init(params), params)[0])[0] - 1


def test_003_a_the_slope_of_a_sigmoid_is_of_its_output(xp):
    out = 2.0
    act, cache = F.sigmoid_forward(xp.array([out]))
    slope = F.sigmoid_backward(xp.array([1.0]), cache).x
    assert near(slope, [0.10499358540350651], 2e-16)
    (act,) = listed(act)
    assert near(slope, [act * (1 - act)], 2e-16)
    assert out * (1 - out) == -2.0


def test_003_b_the_gradient_of_w1_in_an_order_that_conforms(xp):
    be = xp.backend
    a, y, params = ten_samples(xp)
    _, grads, cache = pn.loss_and_grads(MODEL, half_the_squares)(params, a, y)
    act1, act2 = cache.layers[1].out, cache.layers[3].out
    slope1 = be.multiply(act1, be.subtract(1, act1))
    slope2 = be.multiply(act2, be.subtract(1, act2))
    derive2 = be.multiply(be.subtract(act2, y), slope2)
    (w1,), _, (w2,), _ = params
    derive1 = be.multiply(be.matmul(derive2, be.matrix_transpose(w2)), slope1)
    assert near(grads[2].w, listed(be.matmul(be.matrix_transpose(act1), derive2)), 1e-14)
    assert near(grads[0].w, listed(be.matmul(be.matrix_transpose(a), derive1)), 1e-14)
    assert lists.shape(listed(w1)) == lists.shape(listed(grads[0].w)) == (3, 4)
    from_left = be.matmul(be.matmul(be.matrix_transpose(a), derive2), be.matrix_transpose(w2))
    with pytest.raises(ShapeError, match=r"\(3, 4\) and y \(10, 4\)"):
        F.multiply_forward(from_left, slope1)


def test_003_c_every_layer_has_its_own_activation(xp):
    model = pn.chain(pn.affine(1, 2), pn.tanh, pn.affine(2, 1), pn.relu)
    params = (AffineParams([[1.0, -1.0]], [0.0, 0.0]), (), AffineParams([[2.0], [1.0]], [0.25]), ())
    out, cache = model.forward(xp.tree(params), xp.array([[0.5], [-0.5]]))
    t = math.tanh(0.5)
    assert near(cache.layers[2].x, [[t, -t], [-t, t]], 1e-15)  # of tanh: relu would have no -t
    assert near(out, [[t + 0.25], [0.0]], 1e-15)  # of relu: tanh would have 0.25 - t, squashed


def test_003_d_hidden_layers_take_the_weights_of_now(xp):
    """With the weights of the start in their place, what comes back is no gradient: cosine 0.18."""
    be = xp.backend
    a, y, start = ten_samples(xp)
    step = pn.loss_and_grads(MODEL, half_the_squares)
    optimizer = pn.adam(0.5)
    params, state = start, optimizer.init(start)
    for _ in range(10):
        params, state = optimizer.update(step(params, a, y).grads, state, params)
    _, grads, cache = step(params, a, y)
    numeric = numerical_gradient(lambda p: half_the_squares.forward(MODEL.forward(p, a)[0], y)[0], params)
    assert flat(grads) == pytest.approx(flat(numeric), rel=0, abs=1e-8)

    def first_layer(w2):
        act1, act2 = cache.layers[1].out, cache.layers[3].out
        derive2 = be.multiply(be.subtract(act2, y), be.multiply(act2, be.subtract(1, act2)))
        back = be.matmul(derive2, be.matrix_transpose(w2))
        return be.matmul(be.matrix_transpose(a), be.multiply(back, be.multiply(act1, be.subtract(1, act1))))

    assert cosine(first_layer(params[2].w), grads[0].w) == pytest.approx(1)
    assert cosine(first_layer(start[2].w), grads[0].w) < 0.5


def cosine(x, y):
    x, y = flat(x), flat(y)
    return sum(i * j for i, j in zip(x, y, strict=True)) / math.hypot(*x) / math.hypot(*y)


def test_003_e_value_and_derivative_of_the_squared_error_belong_together(xp):
    y, p = xp.tree(([1.0, 2.0, 3.0, 4.0], [1.5, 1.0, 3.0, 6.0]))
    for reduction, value, slope in (
        ("sum", 2.625, [0.5, -1, 0, 2]),
        ("mean", 2.625 / 4, [0.125, -0.25, 0, 0.5]),
    ):
        loss, cache = F.half_squared_error_forward(p, y, reduction=reduction)
        assert float(loss) == value
        assert listed(F.half_squared_error_backward(1.0, cache).predictions) == slope
    loss, cache = F.mean_squared_error_forward(p, y)
    assert float(loss) == 2 * 2.625 / 4
    assert listed(F.mean_squared_error_backward(1.0, cache).predictions) == [0.25, -0.5, 0, 1]


def test_003_f_the_absolute_error_has_a_sign(xp):
    y, p = xp.tree(([1.0, 2.0, 3.0], [1.5, 1.0, 3.2]))
    loss, cache = F.mean_absolute_error_forward(p, y)
    assert float(loss) == pytest.approx(1.7 / 3)
    dp = F.mean_absolute_error_backward(1.0, cache).predictions
    assert near(dp, [1 / 3, -1 / 3, 1 / 3], 1e-16)
    assert not near(dp, [0.5 / 3, 1 / 3, 0.2 / 3], 0.1)  # |p - y| / m
    numeric = numerical_gradient(lambda p: F.mean_absolute_error_forward(p, y)[0], p)
    assert near(numeric, [1 / 3, -1 / 3, 1 / 3], 1e-8)
    _, cache = F.mean_absolute_error_forward(y, y)
    assert listed(F.mean_absolute_error_backward(1.0, cache).predictions) == [0.0, 0.0, 0.0]


def test_003_g_sgd_takes_one_whole_sample_at_a_time(xp):
    x, y = xp.tree(([[float(i), i + 0.25, i + 0.5] for i in range(10)], list(range(10))))
    found = [listed(batch) for batch in pn.batches(x, y, batch_size=1, key=0)]
    assert sorted(row for rows, _ in found for row in rows) == listed(x)
    assert all(rows == [[label, label + 0.25, label + 0.5]] for rows, (label,) in found)
    assert [label for _, (label,) in found] != list(range(10))


def test_003_h_an_epoch_schedules_every_sample_once(pair_of):
    x, y = pair_of.tree(([[float(i)] for i in range(398)], list(range(398))))
    epochs = [[listed(labels) for _, labels in pn.batches(x, y, batch_size=64, key=key)] for key in (0, 1)]
    for epoch in epochs:
        assert [len(labels) for labels in epoch] == [64] * 6 + [14]  # not 398 // 64 of them
        assert sorted(label for labels in epoch for label in labels) == list(range(398))
    assert epochs[0] != epochs[1]
    assert len(list(pn.batches(x, y, batch_size=398, key=0))) == 1  # a full batch: one step an epoch


def test_003_i_momentum_names_its_dialect(xp):
    assert first_step(pn.momentum(0.1), xp) == pytest.approx(-0.1 * 3, rel=1e-15)  # v = g
    ema = first_step(pn.momentum(0.1, dialect="ema"), xp)
    assert ema == pytest.approx(-0.1 * (1 - 0.9) * 3, rel=1e-14)  # v = (1 - 0.9) g, as in the tutorial
    sutskever = first_step(pn.momentum(0.1, dialect="sutskever"), xp)
    assert sutskever == pytest.approx(-0.1 * 3, rel=1e-15)  # v = -0.1 g, as in the paper that it cites
    assert first_step(pn.momentum(1.0, dialect="ema"), xp) == pytest.approx(-0.1 * 3, rel=1e-14)


def test_003_j_adagrad(xp):
    assert first_step(pn.adagrad(0.1), xp) == pytest.approx(-0.1 * 3 / (3 + 1e-10), rel=1e-14)
    big = first_step(pn.adagrad(0.1, eps=1.0), xp)
    assert big == pytest.approx(-0.1 * 3 / (math.sqrt(9) + 1), rel=1e-14)


def test_003_k_adadelta_keeps_the_mean_of_its_squared_steps(xp):
    step = math.sqrt(1e-6) / math.sqrt(0.05 * 9 + 1e-6) * 3
    assert first_step(pn.adadelta(), xp) == pytest.approx(-step, rel=1e-12)
    optimizer = pn.adadelta()
    params = xp.array([1.0])
    _, state = optimizer.update(xp.array([3.0]), optimizer.init(params), params)
    assert near(state.dx2, [0.05 * step**2], 1e-18)
    assert near(state.g2, [0.05 * 9], 1e-15)


def test_003_l_rmsprop_has_its_eps_outside_the_root(xp):
    outside = first_step(pn.rmsprop(0.01, 0.99, eps=0.1), xp)
    assert outside == pytest.approx(-0.01 * 3 / (math.sqrt(0.01 * 9) + 0.1), rel=1e-13)
    inside = first_step(pn.rmsprop(0.01, 0.99, eps=0.1, eps_in_sqrt=True), xp)
    assert inside == pytest.approx(-0.01 * 3 / math.sqrt(0.01 * 9 + 0.1), rel=1e-13)


def test_003_m_adam_first_step_is_the_learning_rate(xp):
    for gradient in (3.0, -0.1, 0.5):
        step = first_step(pn.adam(0.05), xp, gradient)
        assert step == pytest.approx(-math.copysign(0.05, gradient), rel=1e-6)  # not 0.005
    _, state = pn.adam().update([3.0], pn.adam().init([1.0]), [1.0])
    assert state.v == pytest.approx([0.001 * 9])  # b2 is 0.999


def test_003_m_adam_goes_on_from_epoch_to_epoch(pair_of):
    x, y = pair_of.tree(([[1.0], [2.0], [3.0], [4.0]], [[2.0], [1.0], [0.0], [5.0]]))
    *_, last = pn.train(
        pn.affine(1, 1), pn.mean_squared_error, pn.adam(0.1), x, y, batch_size=2, epochs=3, key=0
    )
    assert (last.epoch, last.step, last.optimizer_state.step) == (3, 6, 6)


def test_003_n_adamax_first_step_is_the_sign_of_each_gradient(xp):
    params, grads = xp.tree(([1.0, 1.0, 1.0], [3.0, -0.1, 0.5]))
    new, state = pn.adamax(0.05).update(grads, pn.adamax(0.05).init(params), params)
    assert near(new, [0.95, 1.05, 0.95], 1e-15)
    assert listed(state.u) == [3.0, 0.1, 0.5]  # each its own, not one norm for all
    new, _ = pn.adamax().update(grads, pn.adamax().init(params), params)
    assert near(new, [0.998, 1.002, 0.998], 1e-15)  # 0.05 above was not in vain


def test_003_o_sigmoid_and_softmax_do_not_overflow(xp):
    assert listed(F.sigmoid_forward(xp.array([-1000.0, 1000.0]))[0]) == [0.0, 1.0]
    assert listed(F.softmax_forward(xp.array([1000.0, 0.0]))[0]) == [1.0, 0.0]
    shares = [math.exp(z) / (1 + math.e + math.exp(2)) for z in (0, 1, 2)]
    assert near(F.softmax_forward(xp.array([0.0, 1.0, 2.0]))[0], shares, 1e-15)


def test_003_p_relu_hides_no_nan(xp):
    out, cache = F.relu_forward(xp.array([math.nan, -1.0, 2.0]))
    (first, *others) = listed(out)
    assert math.isnan(first)
    assert others == [0.0, 2.0]
    dx = listed(F.relu_backward(xp.array([0.5, 0.5, 0.5]), cache).x)
    assert dx[1:] == [0.0, 0.5]


def test_003_q_tanh_keeps_its_digits_near_0(xp):
    x = [1e-9, 1e-17, 0.5, 400.0]
    assert near(F.tanh_forward(xp.array(x[:2]))[0], x[:2], 1e-25)
    assert near(F.tanh_forward(xp.array(x))[0], [math.tanh(each) for each in x], 1e-15)
    doubled = listed(F.sigmoid_forward(xp.array([2 * each for each in x]))[0])
    assert 2 * doubled[0] - 1 == pytest.approx(1.00000008e-9, rel=1e-8)
    assert 2 * doubled[1] - 1 == 0.0


def test_003_r_dropout_drops_a_share_in_both_directions(xp):
    x = xp.array([1.0] * 1000)
    out, cache = F.dropout_forward(x, drop=0.2, key=0)
    numbers = listed(out)
    kept = [number for number in numbers if number != 0]
    assert 760 < len(kept) < 840
    assert set(kept) == {1 / (1 - 0.2)}
    dx = listed(F.dropout_backward(xp.array([3.0] * 1000), cache).x)
    assert dx == [3 * number for number in numbers]
    assert listed(F.dropout_forward(x, drop=0.2)[0]) == listed(x)


def test_003_s_the_slope_of_cross_entropy_is_divided_by_the_batch(xp):
    p, labels = xp.tree(([[0.25, 0.75], [0.5, 0.5]], [0, 1]))
    loss, cache = F.cross_entropy_forward(p, labels)
    assert float(loss) == pytest.approx((math.log(4) + math.log(2)) / 2, rel=1e-15)
    assert listed(F.cross_entropy_backward(1.0, cache).probabilities) == [[-2.0, 0.0], [0.0, -1.0]]
    _, cache = F.cross_entropy_forward(p, labels, reduction="sum")
    assert listed(F.cross_entropy_backward(1.0, cache).probabilities) == [[-4.0, 0.0], [0.0, -2.0]]


def test_003_t_a_bias_is_added_and_is_no_neuron(xp):
    with_bias = pn.chain(pn.affine(2, 3), pn.sigmoid)
    params = (AffineParams(*xp.tree(([[1.0, 2.0, 3.0]] * 2, [0.5, -0.5, 10.0]))), ())
    out, cache = with_bias.forward(params, xp.array([[0.0, 0.0]]))
    assert near(out, [[1 / (1 + math.exp(-b)) for b in (0.5, -0.5, 10.0)]], 1e-15)  # three, not four
    grads = with_bias.backward(xp.array([[1.0] * 3]), cache).params
    assert lists.shape(listed(grads[0].b)) == (3,)
    bare, _ = pn.affine(2, 3, bias=False).forward(MatmulParams(params[0].w), xp.array([[0.0, 0.0]]))
    assert listed(bare) == [[0.0, 0.0, 0.0]]


def test_003_u_the_chain_rule(xp):
    be = xp.backend
    for number in (0.5, -1.25, 2.0):
        x = xp.array(number)
        square, square_cache = F.multiply_forward(x, x)
        u, sum_cache = F.add_forward(square, 2.0)
        du = be.cos(u)
        dsquare, _ = F.add_backward(du, sum_cache)
        dx, _ = F.add_forward(*F.multiply_backward(dsquare, square_cache))
        assert float(dx) == pytest.approx(2 * number * math.cos(number**2 + 2), rel=1e-14)
        numeric = numerical_gradient(lambda x: be.sin(be.add(be.multiply(x, x), 2)), x)
        assert float(dx) == pytest.approx(float(numeric), abs=1e-8)
