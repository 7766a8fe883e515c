"""What holds for one optimizer."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import purenn as pn
from purenn import schedules

from .test_optimizers import run


def test_adam_first_step_has_the_size_of_the_learning_rate():
    for gradient in (1e-3, 5.0, -700.0):
        params, _ = pn.adam(0.05).update([gradient], pn.adam().init([0.0]), [0.0])
        assert params[0] == pytest.approx(-math.copysign(0.05, gradient), rel=1e-4)


def test_adam_counts_on_and_never_restarts():
    optimizer = pn.adam(0.1)
    params, state = [1.0], optimizer.init([1.0])
    for step in range(1, 6):
        params, state = optimizer.update([1.0], state, params)
        assert state.step == step
        assert params[0] == pytest.approx(1 - 0.1 * step, abs=1e-7)  # m_hat and v_hat are 1 in every step


def test_momentum_dialects_are_one_at_a_constant_rate():
    start, grads = [1.0, -2.0], [0.5, 0.25]
    torch_form, _ = run(pn.momentum(0.1, 0.75), start, grads, 10)
    ema, _ = run(pn.momentum(0.4, 0.75, dialect="ema"), start, grads, 10)
    sutskever, _ = run(pn.momentum(0.1, 0.75, dialect="sutskever"), start, grads, 10)
    assert ema == pytest.approx(torch_form, rel=1e-14)
    assert sutskever == pytest.approx(torch_form, rel=1e-14)


def test_momentum_dialects_part_where_the_rate_changes():
    rate = schedules.piecewise([0.1, 0.0], [1])
    stopped, _ = run(pn.momentum(rate), [1.0], [1.0], 2)
    coasting, _ = run(pn.momentum(rate, dialect="sutskever"), [1.0], [1.0], 2)
    assert stopped == [0.9]
    assert coasting == pytest.approx([0.81])


def test_nesterov_looks_ahead_of_momentum():
    """Its params are Sutskever's, moved on by the coming part of the step."""
    looking, state = run(pn.nesterov(0.1, 0.5), [1.0], [1.0], 3)
    plain, plain_state = run(pn.momentum(0.1, 0.5), [1.0], [1.0], 3)
    assert state.v == plain_state.v
    assert looking[0] == pytest.approx(plain[0] - 0.1 * 0.5 * state.v[0])


def test_adagrad_steps_fall_as_the_root_of_the_count():
    params, state = [0.0], pn.adagrad(1.0).init([0.0])
    for step in range(1, 6):
        new, state = pn.adagrad(1.0).update([2.0], state, params)
        assert params[0] - new[0] == pytest.approx(step**-0.5)
        params = new


def test_rmsprop_places_eps_where_it_is_told():
    outside, _ = run(pn.rmsprop(1.0, 0.0, 3.0), [0.0], [4.0], 1)
    inside, _ = run(pn.rmsprop(1.0, 0.0, 9.0, eps_in_sqrt=True), [0.0], [4.0], 1)
    assert outside == [-4 / (4 + 3)]
    assert inside == [-4 / 5]  # sqrt(16 + 9)


def test_adadelta_uses_the_steps_before_and_not_its_own():
    _, state = run(pn.adadelta(rho=0.5, eps=1.0), [0.0], [2.0], 1)
    assert state.g2 == [2.0]
    dx = 2 / math.sqrt(3)  # sqrt(0 + 1) / sqrt(2 + 1) * 2
    assert state.dx2 == pytest.approx([dx**2 / 2])


def test_adamax_is_elementwise_and_still_where_no_gradient_came(xp):
    params, grads = xp.array([1.0, 1.0, 1.0]), xp.array([3.0, 0.0, -0.1])
    new, state = run(pn.adamax(0.5), params, grads, 3)
    assert [float(n) for n in pn.convert(state.u, "lists")] == [3.0, 0.0, 0.1]
    assert pn.convert(new, "lists") == pytest.approx([-0.5, 1.0, 2.5])


def test_adamax_with_eps_is_pytorchs():
    _, state = run(pn.adamax(eps=0.5), [1.0], [2.0], 1)
    assert state.u == [2.5]


def test_adamax_is_still_where_the_gradient_ends_and_b2_is_0(xp):
    """u forgets at once, m does not: without u there is nothing to divide by."""
    optimizer = pn.adamax(0.5, b2=0)
    params, state = run(optimizer, xp.array([1.0, 1.0]), xp.array([2.0, -2.0]), 1)
    new, state = optimizer.update(xp.array([0.0, 1.0]), state, params)
    assert [float(n) for n in pn.convert(params, "lists")] == pytest.approx([0.5, 1.5])
    assert [float(n) for n in pn.convert(state.m, "lists")] == pytest.approx([0.18, -0.08])
    assert [float(n) for n in pn.convert(new, "lists")] == pytest.approx([0.5, 1.5 + 0.5 * 0.08 / 0.19])


def test_amsgrad_is_adam_as_long_as_gradients_grow():
    here = there = [1.0, -1.0]
    amsgrad, adam = (make(0.1, 0.5, 0.75, 0.25) for make in (pn.amsgrad, pn.adam))
    state, other = amsgrad.init(here), adam.init(there)
    for grads in ([1.0, -2.0], [2.0, -3.0], [3.0, -5.0]):
        here, state = amsgrad.update(grads, state, here)
        there, other = adam.update(grads, other, there)
        assert here == pytest.approx(there, rel=1e-14)


def test_amsgrad_remembers_the_largest_gradient():
    optimizer = pn.amsgrad(b2=0.5)
    params, state = run(optimizer, [1.0], [8.0], 1)
    for _ in range(5):
        params, state = optimizer.update([0.0], state, params)
    assert (state.v, state.v_max) == ([1.0], [32.0])


def test_amsgrad_steps_are_divided_by_the_largest():
    """Without corrections (b1 = 0) a gradient of 1 after one of 8 moves by a root of v_max, not of v."""
    optimizer = pn.amsgrad(0.1, b1=0, b2=0.5, eps=0)
    params, state = run(optimizer, [0.0], [8.0], 1)
    for _ in range(4):
        before = params
        params, state = optimizer.update([1.0], state, params)
    assert before[0] - params[0] == pytest.approx(0.1 / math.sqrt(32 / (1 - 0.5**5)))


def test_nadam_state_keeps_the_product_of_its_momenta():
    _, state = run(pn.nadam(b1=0.5, momentum_decay=3), [1.0], [1.0], 2)
    assert state.mu_product == pytest.approx(0.5 * (1 - 0.5 * 0.96**3) * 0.5 * (1 - 0.5 * 0.96**6))


def test_nadam_looks_one_momentum_ahead():
    """Two steps, from the formula with numbers: b1 = 1/2, b2 = 3/4, eps = 0, momentum_decay = 1."""
    mu = [0.5 * (1 - 0.5 * 0.96**t) for t in (1, 2, 3)]
    first = (mu[1] * 1.0 / (1 - mu[0] * mu[1]) + (1 - mu[0]) * 2.0 / (1 - mu[0])) / 2  # m = 1, v_hat = 4
    so_far = mu[0] * mu[1]
    ahead, now = mu[2] * 1.0 / (1 - so_far * mu[2]), (1 - mu[1]) * 1.0 / (1 - so_far)  # m = 1/2 + 1/2
    second = (ahead + now) / math.sqrt((0.75 + 0.25) / (1 - 0.75**2))
    optimizer = pn.nadam(1.0, 0.5, 0.75, 0, momentum_decay=1)
    params, state = run(optimizer, [0.0], [2.0], 1)
    assert params == pytest.approx([-first], rel=1e-14)
    assert optimizer.update([1.0], state, params)[0] == pytest.approx([-first - second], rel=1e-14)


def test_adamw_decays_beside_the_gradient():
    """The gradient of Adam is divided by its size, its decay is not."""
    for gradient in (1e-6, 1.0, 1e6):
        plain, _ = run(pn.adam(0.1, eps=0), [2.0], [gradient], 1)
        decayed, _ = run(pn.adamw(0.1, eps=0, weight_decay=0.25), [2.0], [gradient], 1)
        assert decayed[0] == pytest.approx(plain[0] - 0.1 * 0.25 * 2)


def test_adamw_decays_the_chosen_leaves_alone():
    model = pn.chain(pn.affine(2, 2), pn.affine(2, 1))
    params = pn.tree_map(lambda leaf: pn.backends.lists.ones_like(leaf), model.init(0))
    zeros = pn.tree_map(pn.backends.lists.zeros_like, params)
    seen = []

    def only(path, leaf):
        seen.append((path, leaf))
        return pn.is_weight(path, leaf)

    new, _ = run(pn.adamw(0.5, weight_decay=0.5, only=only), params, zeros, 1)
    assert new[0].w == [[0.75, 0.75], [0.75, 0.75]]
    assert (new[0].b, new[1].b) == ([1.0, 1.0], [1.0])
    assert seen == pn.trees.tree_paths(params)


def test_numpy_options_do_not_widen_float32():
    numpy = pytest.importorskip("numpy")
    params = numpy.ones(3, "float32")
    for half in (numpy.float64(0.5), Fraction(1, 2)):
        for optimizer in (pn.adam(half, half, half, half), pn.nadam(half, half, momentum_decay=half)):
            new, state = run(optimizer, params, params, 2)
            assert {array.dtype.name for array in (new, state.m, state.v)} == {"float32"}
