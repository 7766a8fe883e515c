"""Tutorial 004: computational graphs, layers as nodes of one, and a network of two layers."""

from __future__ import annotations

import json
import math
from functools import cache, partial
from itertools import islice
from pathlib import Path

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.testing import check_layer, numerical_gradient

from .comparison import listed, near

GOLDEN = json.loads((Path(__file__).parents[1] / "goldens.json").read_text())["seed_004"]
CE = pn.softmax_cross_entropy
SGD = pn.sgd(learning_rate=0.1)


def two_layer_net(inputs, hidden, outputs):
    small = partial(pn.initializers.normal, std=0.01)
    return pn.chain(
        pn.affine(inputs, hidden, w_init=small), pn.relu, pn.affine(hidden, outputs, w_init=small)
    )


NET = two_layer_net(64, 50, 10)  # 784-50-10 in the tutorial, on larger images of digits


@cache
def digits():
    x, y = pn.load_digits()
    return pn.split([[pixel / 16 for pixel in image] for image in x], y, test_size=0.2, key=4)


def three_irises(xp):
    """A net of 4-6-3, its params, and one flower of each species."""
    x, y = pn.load_iris()
    net = two_layer_net(4, 6, 3)
    return net, net.init(0, xp=xp.backend), *xp.tree((x[25::50], y[25::50]))


def test_004_1_square_of_a_sum(xp):
    for x, y in ((2.0, 5.0), (-1.5, 0.5)):
        total, c1 = F.add_forward(*xp.tree((x, y)))
        z, c2 = F.multiply_forward(total, total)
        dt, _ = F.add_forward(*F.multiply_backward(1.0, c2))
        assert float(z) == (x + y) ** 2
        assert listed(tuple(F.add_backward(dt, c1))) == (2 * (x + y), 2 * (x + y))


def apples_and_oranges(apple_price, apples, orange_price, oranges, tax):
    """The price with tax, and its gradients in the order of the arguments."""
    apple_total, c1 = F.multiply_forward(apple_price, apples)
    orange_total, c2 = F.multiply_forward(orange_price, oranges)
    total, c3 = F.add_forward(apple_total, orange_total)
    final, c4 = F.multiply_forward(total, tax)
    dtotal, dtax = F.multiply_backward(1, c4)
    dapple_total, dorange_total = F.add_backward(dtotal, c3)
    return final, [*F.multiply_backward(dapple_total, c1), *F.multiply_backward(dorange_total, c2), dtax]


def test_004_2_apples_and_oranges_bit_for_bit(xp):
    final, grads = apples_and_oranges(*(xp.array(number) for number in (100, 2, 150, 3, 1.1)))
    assert float(final) == 715.0000000000001
    assert [float(g) for g in grads] == [2.2, 110.00000000000001, 3.3000000000000003, 165.0, 650]


def test_004_2_apples_and_oranges_on_lists_print_as_the_tutorial_prints():
    final, grads = apples_and_oranges(100, 2, 150, 3, 1.1)
    assert repr(final) == "715.0000000000001"
    assert " ".join(map(repr, grads)) == "2.2 110.00000000000001 3.3000000000000003 165.0 650"


def test_004_3_the_mask_of_relu(xp):
    x = xp.array([[1.0, -0.5], [-2.0, 3.0]])
    mask = xp.backend.greater_equal(0, x)
    assert pn.convert(mask, "lists") == [[False, True], [True, False]]
    _, relu_cache = F.relu_forward(x)
    dx = F.relu_backward(xp.array([[5.0, 6.0], [7.0, 8.0]]), relu_cache).x
    assert listed(dx) == [[5.0, 0.0], [0.0, 8.0]]


def test_004_4_the_graph_of_sigmoid_is_its_backward(xp):
    be = xp.backend
    x, dy = xp.tree(([-3.0, 0.0, 0.5, 4.0], [1.0, 2.0, -1.0, 3.0]))
    negative, _ = F.multiply_forward(x, -1)
    power = be.exp(negative)
    divisor, sum_cache = F.add_forward(power, 1)
    y = be.divide(1, divisor)
    dpower, _ = F.add_backward(be.negative(be.multiply(dy, be.multiply(y, y))), sum_cache)
    by_nodes = be.negative(be.multiply(dpower, power))  # dy * y**2 * exp(-x)
    out, sigmoid_cache = F.sigmoid_forward(x)
    assert near(out, listed(y), 1e-15)
    assert near(F.sigmoid_backward(dy, sigmoid_cache).x, listed(by_nodes), 1e-15)
    short = [d * each * (1 - each) for d, each in zip(listed(dy), listed(y), strict=True)]
    assert near(by_nodes, short, 1e-15)


def test_004_5_affine_backward_is_two_products_and_a_sum(xp):
    be = xp.backend
    x, w, b, dy = xp.tree(
        (
            [[1.0, 2.0, 3.0], [-1.0, 0.5, 4.0]],
            [[0.5, -1.0], [2.0, 3.0], [1.0, 0.0]],
            [0.25, -4.0],
            [[1.0, 2.0]] * 2,
        )
    )
    out, affine_cache = F.affine_forward(x, w, b)
    assert listed(out) == [[7.75, 1.0], [4.75, -1.5]]
    dx, dw, db = F.affine_backward(dy, affine_cache)
    assert listed(dx) == listed(be.matmul(dy, be.matrix_transpose(w))) == [[-1.5, 8.0, 1.0]] * 2
    assert (
        listed(dw) == listed(be.matmul(be.matrix_transpose(x), dy)) == [[0.0, 0.0], [2.5, 5.0], [7.0, 14.0]]
    )
    assert listed(db) == listed(be.sum(dy, axis=0)) == [2.0, 4.0]


def test_004_5_affine_backward_of_one_sample_has_the_shape_of_w(xp):
    _, affine_cache = F.affine_forward(*xp.tree(([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])))
    dx, dw, db = F.affine_backward(xp.array([3.0, 5.0]), affine_cache)
    assert listed((dx, dw, db)) == ([3.0, 5.0], [[3.0, 5.0], [6.0, 10.0]], [3.0, 5.0])  # dw is not 1*3 + 2*5


@pytest.mark.parametrize(
    ("y", "want"), [((0.3, 0.2, 0.5), [0.3, -0.8, 0.5]), ((0.01, 0.99, 0), [0.01, -0.01, 0])]
)
def test_004_6_softmax_with_loss_sends_back_the_difference(y, want, xp):
    logits = xp.array([math.log(p) if p else -800.0 for p in y])  # exp(-800) is 0
    for labels in (1, [0, 1, 0]):
        loss, loss_cache = F.softmax_cross_entropy_forward(logits, xp.array(labels))
        assert float(loss) == pytest.approx(-math.log(y[1]), rel=1e-13)
        assert near(F.softmax_cross_entropy_backward(1.0, loss_cache).logits, want, 2e-15)
        twice = [2 * d for d in want]
        assert near(F.softmax_cross_entropy_backward(2.0, loss_cache).logits, twice, 2e-15)


def test_004_7_the_net_begins_by_guessing(pair_of):
    _, (x_test, y_test) = pn.convert(digits(), pair_of.backend)
    params = NET.init(2, xp=pair_of.backend)
    scores, _ = NET.forward(params, x_test)
    assert [lists.shape(listed(leaf)) for leaf in pn.tree_leaves(params)] == [
        (64, 50),
        (50,),
        (50, 10),
        (10,),
    ]
    assert float(CE.forward(scores, y_test)[0]) == pytest.approx(math.log(10), abs=0.01)
    assert pn.accuracy(scores, y_test) == pytest.approx(GOLDEN["test"][0], abs=0.02)  # 0.1098
    weights = listed(params[0].w)
    spread = math.sqrt(sum(w * w for w in lists.flat(weights)) / (64 * 50))
    assert spread == pytest.approx(0.01, rel=0.05)


def test_004_7_the_first_steps_are_the_same_on_lists_and_numpy():
    pytest.importorskip("numpy")
    after = {}
    for xp in ("lists", "numpy"):
        (x, y), _ = pn.convert(digits(), xp)
        path = pn.train(NET, CE, SGD, x, y, batch_size=100, epochs=1, key=2)
        after[xp] = [(float(state.loss), listed(state.params)) for state in islice(path, 3)]
    for (loss, params), (other_loss, other_params) in zip(after["lists"], after["numpy"], strict=True):
        assert loss == pytest.approx(other_loss, rel=1e-12)
        for leaf, other in zip(pn.tree_leaves(params), pn.tree_leaves(other_params), strict=True):
            assert near(leaf, other, 1e-13)


def test_004_7_the_net_learns_the_digits():
    """1,200 steps of its 10,000 suffice: there are 1,437 images here, not 60,000."""
    numpy = pytest.importorskip("numpy")
    (x, y), (x_test, y_test) = pn.convert(digits(), numpy)
    *_, last = pn.train(NET, CE, SGD, x, y, batch_size=100, epochs=80, key=2)
    share, test_share = (
        pn.accuracy(NET.forward(last.params, images)[0], labels)
        for images, labels in ((x, y), (x_test, y_test))
    )
    assert last.step == 1200
    assert test_share >= 0.95
    assert share == pytest.approx(GOLDEN["train"][-1], abs=0.02)  # 0.9754
    assert test_share == pytest.approx(GOLDEN["test"][-1], abs=0.02)  # 0.966


def test_004_8_backpropagation_agrees_with_numerical_gradients(pair_of):
    net, params, x, y = three_irises(pair_of)
    grads = pn.loss_and_grads(net, CE)(params, x, y).grads
    numeric = numerical_gradient(lambda p: CE.forward(net.forward(p, x)[0], y)[0], params)
    for one, other in zip(pn.tree_leaves(grads), pn.tree_leaves(numeric), strict=True):
        assert near(one, listed(other), 1e-9)
    assert max(abs(d) for d in lists.flat(listed(grads[0].w))) > 1e-3  # there is something to agree on
    check_layer(net, x, params=params).assert_ok()


def test_004_8_the_loss_is_a_function_of_the_params_it_is_given(pair_of):
    net, params, x, y = three_irises(pair_of)
    other = net.init(1, xp=pair_of.backend)
    losses = [float(CE.forward(net.forward(p, x)[0], y)[0]) for p in (params, other, params)]
    assert losses[0] == losses[2] != losses[1]


def test_004_a_an_update_returns_what_the_next_step_takes(xp):
    net, params, x, y = three_irises(xp)
    before = listed(params)
    step = pn.loss_and_grads(net, CE)
    loss, grads, _ = step(params, x, y)
    new, _ = SGD.update(grads, SGD.init(params), params)
    assert listed(params) == before
    assert float(step(params, x, y).loss) == float(loss)
    assert float(step(new, x, y).loss) < float(loss)


def test_004_b_numerical_gradients_of_integers(xp):
    be = xp.backend
    numeric = numerical_gradient(lambda x: be.sum(be.multiply(x, x)), xp.array([1, 2]))
    assert near(numeric, [2.0, 4.0], 1e-8)  # not [5000, 15000]


def test_004_b_numerical_gradients_in_float32(dtyped):
    be = dtyped.backend
    numeric = numerical_gradient(lambda x: be.sum(be.multiply(x, x)), dtyped.array([1000.0, 2.0], "float32"))
    assert near(numeric, [2000.0, 4.0], 1e-4)  # not [2500, 0]


def test_004_c_the_loss_of_a_step_is_from_before_it(pair_of):
    net, params, x, y = three_irises(pair_of)
    (state,) = pn.train(net, CE, SGD, x, y, batch_size=3, epochs=1, key=0, params=params)
    step = pn.loss_and_grads(net, CE)
    assert float(state.loss) == pytest.approx(float(step(params, x, y).loss), rel=1e-15)
    assert float(step(state.params, x, y).loss) < float(state.loss) - 1e-4


def test_004_d_an_epoch_sees_every_sample_once(pair_of):
    x, y = pair_of.tree(([[float(i)] for i in range(250)], list(range(250))))
    seen = [label for _, labels in pn.batches(x, y, batch_size=100, key=0) for label in listed(labels)]
    assert sorted(seen) == list(range(250))
    with_replacement = {int(250 * u) for u in listed(pn.random.uniform(0, (250,), xp=pair_of.backend))}
    assert len(with_replacement) < 200  # about 1 - 1/e of them


def test_004_e_epochs_are_counted_in_whole_steps(pair_of):
    x, y = pair_of.tree(([[float(i)] for i in range(7)], [[0.0]] * 7))
    states = list(
        pn.train(pn.affine(1, 1), pn.mean_squared_error, pn.sgd(0.01), x, y, batch_size=3, epochs=3, key=0)
    )
    assert [state.epoch for state in states] == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert [step for step in range(9) if step % (7 / 3) == 0] == [0]  # 7 / 3 steps do not come round


def test_004_f_all_that_it_imports_is_here(pair_of):
    """softmax and cross_entropy_error, numerical_gradient, the layers, and a set of data."""
    net, params, x, y = three_irises(pair_of)
    scores, _ = net.forward(params, x)
    softmax, _ = F.softmax_forward(scores)
    loss, loss_cache = F.cross_entropy_forward(softmax, y)
    assert float(loss) == pytest.approx(float(CE.forward(scores, y)[0]), rel=1e-14)
    numeric = numerical_gradient(lambda p: F.cross_entropy_forward(p, y)[0], softmax)
    assert near(F.cross_entropy_backward(1.0, loss_cache).probabilities, listed(numeric), 1e-8)
    (_, labels), (_, test_labels) = digits()
    assert len(labels) + len(test_labels) == 1797
