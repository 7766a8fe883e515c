"""Tutorial 000: one neuron in plain Python, then a layer and a batch in numpy."""

from __future__ import annotations

from functools import partial

import pytest

import purenn as pn
import purenn.functional as F
from purenn.errors import ShapeError
from purenn.layers import AffineParams
from purenn.testing import numerical_gradient

from .comparison import listed, near

NEURON = ([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0)  # x, w, b
X = [[1.0, 2.0, 3.0, 2.5], [2.0, 5.0, -1.0, 2.0], [-1.5, 2.7, 3.3, -0.8]]
W = [[0.2, 0.5, -0.26], [0.8, -0.91, -0.27], [-0.5, 0.26, 0.17], [1.0, -0.5, 0.87]]
B = [2.0, 3.0, 0.5]
DVALUES = [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]
Z = [[1, 2, -3, -4], [2, -7, -1, 3], [-1, 2, 5, -1]]

STEP_W = [[0.179515, 0.5003665, -0.262746], [0.742093, -0.9152577, -0.2758402]]
STEP_W += [[-0.510153, 0.2529017, 0.1629592], [0.971328, -0.5021842, 0.8636583]]
STEP_B = [1.98489, 2.997739, 0.497389]

half_the_squares = pn.Loss(
    partial(F.half_squared_error_forward, reduction="sum"), F.half_squared_error_backward
)


def test_000_1_one_neuron(xp):
    x, w, b = xp.tree(NEURON)
    assert listed(F.multiply_forward(x, w)[0]) == [-3.0, 2.0, 6.0]
    z, _ = F.affine_forward(x, w, b)
    y, _ = F.relu_forward(z)
    assert (float(z), float(y)) == (6.0, 6.0)


def test_000_2_gradients_of_one_neuron(xp):
    x, w, b = xp.tree(NEURON)
    z, c1 = F.affine_forward(x, w, b)
    _, c2 = F.relu_forward(z)
    dz = F.relu_backward(1.0, c2).x
    dx, dw, db = listed(tuple(F.affine_backward(dz, c1)))
    assert (dx, dw, db) == ([-3.0, -1.0, 2.0], [1.0, -2.0, 3.0], 1.0)


def test_000_2_gradients_of_one_neuron_node_by_node(xp):
    x, w, b = xp.tree(NEURON)
    products, product_cache = F.multiply_forward(x, w)
    ones = xp.array([1.0, 1.0, 1.0])
    total, sum_cache = F.affine_forward(products, ones, b)
    _, relu_cache = F.relu_forward(total)
    dproducts, _, db = F.affine_backward(F.relu_backward(1.0, relu_cache).x, sum_cache)
    assert (listed(dproducts), float(db)) == ([1.0, 1.0, 1.0], 1.0)
    dx, dw = listed(tuple(F.multiply_backward(dproducts, product_cache)))
    assert (dx, dw) == ([-3.0, -1.0, 2.0], [1.0, -2.0, 3.0])


def test_000_3_one_step_of_sgd(xp):
    x, w, b = xp.tree(NEURON)
    optimizer = pn.sgd(learning_rate=0.001)
    grads = xp.tree(([1.0, -2.0, 3.0], 1.0))
    (w, b), _ = optimizer.update(grads, optimizer.init((w, b)), (w, b))
    assert (listed(w), float(b)) == ([-3.001, -0.998, 1.997], 0.999)
    y, _ = F.relu_forward(F.affine_forward(x, w, b)[0])
    assert float(y) == 5.985
    assert float(y) == pytest.approx(6 - 0.001 * (1 + 4 + 9 + 1), rel=1e-15)


def test_000_4_gradient_of_the_inputs(xp):
    _, cache = F.affine_forward(*xp.tree((X[0], W, B)))
    assert near(F.affine_backward(xp.array(DVALUES[0]), cache).x, [0.44, -0.38, -0.07, 1.37], 1e-14)
    _, cache = F.affine_forward(*xp.tree((X, W, B)))
    want = [[0.44, -0.38, -0.07, 1.37], [0.88, -0.76, -0.14, 2.74], [1.32, -1.14, -0.21, 4.11]]
    assert near(F.affine_backward(xp.array(DVALUES), cache).x, want, 1e-14)


def test_000_5_gradient_of_the_weights(xp):
    _, cache = F.affine_forward(*xp.tree((X, W, B)))
    dw = F.affine_backward(xp.array(DVALUES), cache).w
    assert near(dw, [[0.5] * 3, [20.1] * 3, [10.9] * 3, [4.1] * 3], 5e-14)


def test_000_6_gradient_of_the_biases(xp):
    _, cache = F.affine_forward(*xp.tree((X, W, B)))
    assert listed(F.affine_backward(xp.array(DVALUES), cache).b) == [6.0, 6.0, 6.0]
    with pytest.raises(ShapeError, match=r"b \(1, 3\) and w \(4, 3\) do not meet"):
        F.affine_forward(*xp.tree((X, W, [B])))  # one bias a neuron: a row of them is no matrix


def test_000_7_relu_backward_is_a_mask(xp):
    dvalues = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
    _, cache = F.relu_forward(xp.array(Z))
    mask = F.relu_backward(xp.array([[1] * 4] * 3), cache).x
    assert listed(mask) == [[1, 1, 0, 0], [1, 0, 0, 1], [0, 1, 1, 0]]
    dx = F.relu_backward(xp.array(dvalues), cache).x
    assert listed(dx) == [[1, 2, 0, 0], [5, 0, 0, 8], [0, 10, 11, 0]]


def three_neurons(xp):
    """The params, and the gradient of half the sum of the squared outputs."""
    params = (AffineParams(*xp.tree((W, B))), ())
    step = pn.loss_and_grads(pn.chain(pn.affine(4, 3), pn.relu), half_the_squares)
    return params, step(params, xp.array(X), xp.array([[0.0] * 3] * 3))


def test_000_8_all_together(xp):
    params, (_, grads, _) = three_neurons(xp)
    optimizer = pn.sgd(learning_rate=0.001)
    (new, _), _ = optimizer.update(grads, optimizer.init(params), params)
    assert near(new.w, STEP_W)
    assert near(new.b, STEP_B)


def test_000_a_the_bias_is_in_the_sum(xp):
    x, w, b = xp.tree(NEURON)
    without, _ = F.matmul_forward(x, w)
    z, cache = F.affine_forward(x, w, b)
    assert (float(without), float(z)) == (5.0, 6.0)
    low, _ = F.affine_forward(x, w, -5.5)  # where the bias decides which side of 0 the neuron is on
    assert float(low) == -0.5
    assert float(F.relu_backward(1.0, F.relu_forward(low)[1]).x) == 0.0
    assert float(F.affine_backward(1.0, cache).b) == 1.0


def test_000_b_the_step_with_the_gradient_it_declares(xp):
    z, c1 = F.affine_forward(*xp.tree((X, W, B)))
    _, c2 = F.relu_forward(z)
    _, dw, db = F.affine_backward(F.relu_backward(xp.array(DVALUES), c2).x, c1)
    optimizer = pn.sgd(learning_rate=0.001)
    params = xp.tree((W, B))
    (w, b), _ = optimizer.update((dw, db), optimizer.init(params), params)
    want = [[0.1995, 0.5035, -0.2605], [0.7799, -0.9201, -0.2901], [-0.5109, 0.2471, 0.1591]]
    assert near(w, [*want, [0.9959, -0.5001, 0.8659]])
    assert near(b, [1.994, 2.996, 0.494])
    assert not near(w, STEP_W, 1e-3)


def test_000_b_the_step_it_takes_is_that_of_half_the_squared_outputs(xp):
    params, (_, grads, _) = three_neurons(xp)
    x, zeros = xp.tree((X, [[0.0] * 3] * 3))
    model = pn.chain(pn.affine(4, 3), pn.relu)
    numeric = numerical_gradient(lambda p: half_the_squares.forward(model.forward(p, x)[0], zeros)[0], params)
    assert near(grads[0].w, listed(numeric[0].w), 1e-7)
    assert near(grads[0].b, listed(numeric[0].b), 1e-7)


def test_000_c_one_kink_for_all(xp):
    z, dout = xp.tree(([0.0, 1.0, -1.0], [5.0, 6.0, 7.0]))
    _, cache = F.relu_forward(z)
    assert listed(F.relu_backward(dout, cache).x) == [0.0, 6.0, 0.0]  # not [5, 6, 0]
    for number, want in ((0.0, 0.0), (1.0, 6.0), (-1.0, 0.0)):
        assert float(F.relu_backward(6.0, F.relu_forward(xp.array(number))[1]).x) == want


def test_000_d_integers_take_a_gradient_of_floats(xp):
    _, cache = F.relu_forward(xp.array(Z))
    dx = listed(F.relu_backward(xp.array([[0.5, 0.25, 0.5, 0.5]] * 3), cache).x)
    assert dx == [[0.5, 0.25, 0.0, 0.0], [0.5, 0.0, 0.0, 0.5], [0.0, 0.25, 0.5, 0.0]]


def test_000_e_every_input_is_multiplied(xp):
    (x0, x1, x2), (w0, w1, w2), b = NEURON
    z, cache = F.affine_forward(*xp.tree(NEURON))
    assert float(z) == x0 * w0 + x1 * w1 + x2 * w2 + b == 6.0
    assert x0 * w0 + x1 * w1 + x2 + w2 + b == 5.0  # the sum as the text has it
    assert listed(F.affine_backward(1.0, cache).x)[2] == w2 == 2.0  # there, it would be 1
