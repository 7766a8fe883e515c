"""The numbers that the five tutorials print, and those that follow exactly from their data."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import purenn as pn
import purenn.functional as F
from purenn.layers import AffineParams

GOLDENS = json.loads((Path(__file__).parent / "goldens.json").read_text())


def test_seed_000_one_neuron_forward_and_backward(xp):
    x, w = xp.tree(([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0]))
    products, product_cache = F.multiply_forward(x, w)
    assert pn.convert(products, "lists") == [-3.0, 2.0, 6.0]
    z, c1 = F.affine_forward(x, w, 1.0)
    y, c2 = F.relu_forward(z)
    assert (float(z), float(y)) == (6.0, 6.0)
    dz = F.relu_backward(1.0, c2).x
    dx, dw, db = pn.convert(tuple(F.affine_backward(dz, c1)), "lists")
    assert dx == [-3.0, -1.0, 2.0]
    assert dw == [1.0, -2.0, 3.0]
    assert db == 1.0
    ones = xp.array([1.0, 1.0, 1.0])
    by_parts = pn.convert(tuple(F.multiply_backward(ones, product_cache)), "lists")
    assert by_parts == (dx, dw)


def test_seed_000_one_step_of_sgd(xp):
    x, w = xp.tree(([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0]))
    optimizer = pn.sgd(learning_rate=0.001)
    grads = (xp.array([1.0, -2.0, 3.0]), 1.0)
    (w, b), _ = optimizer.update(grads, optimizer.init((w, 1.0)), (w, 1.0))
    assert pn.convert(w, "lists") == [-3.001, -0.998, 1.997]
    assert float(b) == 0.999
    y, _ = F.relu_forward(F.affine_forward(x, w, b)[0])
    assert float(y) == 5.985


X = [[1.0, 2.0, 3.0, 2.5], [2.0, 5.0, -1.0, 2.0], [-1.5, 2.7, 3.3, -0.8]]
W = [[0.2, 0.5, -0.26], [0.8, -0.91, -0.27], [-0.5, 0.26, 0.17], [1.0, -0.5, 0.87]]
B = [2.0, 3.0, 0.5]
DVALUES = [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]


def near(tree, want):
    return pytest.approx(want, abs=1e-12) == pn.convert(tree, "lists")


def rows_near(rows, want):
    return all(near(row, other) for row, other in zip(pn.convert(rows, "lists"), want, strict=True))


def test_seed_000_gradients_of_a_layer_and_a_batch(xp):
    _, cache = F.affine_forward(*xp.tree((X, W, B)))
    dx, dw, db = F.affine_backward(xp.array(DVALUES), cache)
    assert rows_near(dx, [[0.44, -0.38, -0.07, 1.37], [0.88, -0.76, -0.14, 2.74], [1.32, -1.14, -0.21, 4.11]])
    assert rows_near(dw, [[0.5] * 3, [20.1] * 3, [10.9] * 3, [4.1] * 3])
    assert near(db, [6.0, 6.0, 6.0])
    _, cache = F.affine_forward(*xp.tree((X[0], W, B)))
    assert near(F.affine_backward(xp.array(DVALUES[0]), cache).x, [0.44, -0.38, -0.07, 1.37])


def test_seed_000_relu_backward(xp):
    z = [[1, 2, -3, -4], [2, -7, -1, 3], [-1, 2, 5, -1]]
    dvalues = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
    _, cache = F.relu_forward(xp.array(z))
    dx = F.relu_backward(xp.array(dvalues), cache).x
    assert pn.convert(dx, "lists") == [[1, 2, 0, 0], [5, 0, 0, 8], [0, 10, 11, 0]]
    _, cache = F.relu_forward(xp.array([0.0, 1.0, -1.0]))
    assert pn.convert(F.relu_backward(xp.array([5.0, 6.0, 7.0]), cache).x, "lists") == [0.0, 6.0, 0.0]


def test_seed_000_the_three_neurons_step_is_that_of_half_the_squared_output(xp):
    params = AffineParams(*xp.tree((W, B)))
    loss = pn.Loss(
        lambda out, targets, xp=None: F.half_squared_error_forward(out, targets, reduction="sum", xp=xp),
        F.half_squared_error_backward,
    )
    step = pn.loss_and_grads(pn.chain(pn.affine(4, 3), pn.relu), loss)
    zeros = xp.array([[0.0] * 3] * 3)
    _, grads, _ = step((params, ()), xp.array(X), zeros)
    optimizer = pn.sgd(learning_rate=0.001)
    (new, _), _ = optimizer.update(grads, optimizer.init((params, ())), (params, ()))
    want = [[0.179515, 0.5003665, -0.262746], [0.742093, -0.9152577, -0.2758402]]
    want += [[-0.510153, 0.2529017, 0.1629592], [0.971328, -0.5021842, 0.8636583]]
    assert rows_near(new.w, want)
    assert near(new.b, [1.98489, 2.997739, 0.497389])


def test_seed_000_the_three_neurons_step_with_the_gradient_it_declares(xp):
    z, c1 = F.affine_forward(*xp.tree((X, W, B)))
    _, c2 = F.relu_forward(z)
    _, dw, db = F.affine_backward(F.relu_backward(xp.array(DVALUES), c2).x, c1)
    optimizer = pn.sgd(learning_rate=0.001)
    params = xp.tree((W, B))
    (w, b), _ = optimizer.update((dw, db), optimizer.init(params), params)
    want = [[0.1995, 0.5035, -0.2605], [0.7799, -0.9201, -0.2901], [-0.5109, 0.2471, 0.1591]]
    assert rows_near(w, [*want, [0.9959, -0.5001, 0.8659]])
    assert near(b, [1.994, 2.996, 0.494])


def test_seed_001_relu_backward_leaves_its_dout_alone(xp):
    x, dout = xp.tree(([-1.0, 2.0], [1.0, 1.0]))
    _, cache = F.relu_forward(x)
    through_relu = F.relu_backward(dout, cache).x
    dx, _ = F.add_backward(dout, F.add_forward(through_relu, dout)[1])
    assert pn.convert(dout, "lists") == [1.0, 1.0]
    total, _ = F.add_forward(through_relu, dx)
    assert pn.convert(total, "lists") == [1.0, 2.0]  # relu(x) + x at -1 and 2


def test_seed_001_loss_and_gradient_agree_far_out(xp):
    logits = xp.array([[100.0, 0.0, 0.0]])
    loss, cache = F.softmax_cross_entropy_forward(logits, xp.array([1]))
    assert float(loss) == 100.0
    grad = pn.convert(F.softmax_cross_entropy_backward(1.0, cache).logits, "lists")[0]
    assert grad == pytest.approx([1.0, -1.0, 0.0], abs=1e-40)
    perfect, _ = F.softmax_cross_entropy_forward(logits, xp.array([0]))
    assert 0.0 <= float(perfect) < 1e-40


def test_seed_001_soft_labels_stay_soft_and_one_sample_is_one_sample(xp):
    logits = xp.array([0.2, -0.3])
    soft, _ = F.softmax_cross_entropy_forward(logits, xp.array([0.5, 0.5]))
    assert float(soft) == pytest.approx(0.7240770, abs=1e-7)
    one_hot = [0.0, 1.0, 0.0]
    logits = xp.array([0.1, 0.2, 0.3])
    _, cache = F.softmax_cross_entropy_forward(logits, xp.array(one_hot))
    grad = pn.convert(F.softmax_cross_entropy_backward(5.0, cache).logits, "lists")
    softmax = pn.convert(F.softmax_forward(logits)[0], "lists")
    assert grad == pytest.approx([5 * (p - t) for p, t in zip(softmax, one_hot, strict=True)], abs=1e-15)


NUMBERS = {
    "X": "-1.086 .997 .283 -1.506",
    "W1": """
        -.339 -.047 .746 -.319 -.222 -.217  1.103 1.093 .502 .193 .369 .745
        -.468 .588 -.627 -.319 .454 -.714  -.070 -.431 -.128 -1.399 -.886 -.350""",
    "W2": """
        .379 -.071 .001 .281 -.359 .116  -.329 -.705 -.160 .234 .138 -.005
        .977 .169 .400 .914 -.528 -.424  .712 -.326 .012 .437 .364 .716
        .611 .437 -.315 .325 .128 -.541  .579 .330 .019 -.095 -.489 .081""",
    "W3": """
        .191 -.339 .474 -.448 -.867 .424  -.165 -.051 -.342 -.656 .512 -.281
        .678 .330 -.128 -.443 -.299 -.495  .852 .067 .470 -.517 .074 .481
        -.137 .421 -.443 -.557 .155 -.155  .262 -.807 .291 1.061 -.010 .014""",
    "W4": ".073 -.760 .174 -.655 -.175 .507",
    "B1": "-.760 .174 -.655 -.175 .507 -.300",
    "B2": ".205 .413 .114 -.560 -.136 .800",
    "B3": "-.827 -.113 -.225 .049 .305 .657",
    "B4": "-.270",
}


def four_layers(kind):
    """The network of seed 002, its numbers of a kind."""
    numbers = {name: [kind(text) for text in texts.split()] for name, texts in NUMBERS.items()}

    def rows(name, size):
        return [numbers[name][i : i + size] for i in range(0, len(numbers[name]), size)]

    shapes = [("W1", 6, "B1"), ("W2", 6, "B2"), ("W3", 6, "B3"), ("W4", 1, "B4")]
    params = [AffineParams(rows(w, size), numbers[b]) for w, size, b in shapes]
    model = pn.chain(
        *[layer for size in (4, 6, 6) for layer in (pn.affine(size, 6), pn.relu)], pn.affine(6, 1)
    )
    return model, (params[0], (), params[1], (), params[2], (), params[3]), rows("X", 4), [[kind("-0.579")]]


@pytest.mark.parametrize(("loss", "factor"), [(pn.mean_squared_error, 1), (pn.half_squared_error, 2)])
def test_seed_002_is_exact_in_fractions(loss, factor):
    golden = GOLDENS["seed_002"]
    model, params, x, targets = four_layers(Fraction)
    value, grads, _ = pn.loss_and_grads(model, loss)(params, x, targets)
    assert value * factor == Fraction(golden["err"])
    out, cache = model.forward(params, x)
    assert out == [[Fraction(golden["Y"])]]
    for layer, place in enumerate((0, 2, 4, 6), 1):
        dw, db = grads[place]
        assert [[factor * d for d in row] for row in dw] == [
            [Fraction(text) for text in row] for row in golden[f"DW{layer}"]
        ]
        assert [factor * d for d in db] == [Fraction(text) for text in golden[f"DB{layer}"]]
    dout = loss.backward(1, loss.forward(out, targets)[1]).predictions
    dx = model.backward(dout, cache).x
    assert [[factor * d for d in row] for row in dx] == [[Fraction(t) for t in row] for row in golden["DX"]]


def test_seed_002_in_floats_and_decimals(xp):
    golden = GOLDENS["seed_002"]
    model, params, x, targets = four_layers(float)
    run = pn.loss_and_grads(model, pn.mean_squared_error)
    value, grads, _ = run(xp.tree(params), xp.array(x), xp.array(targets))
    assert float(value) == pytest.approx(float(golden["err"]), rel=1e-14)
    assert rows_near(grads[0].w, [[float(text) for text in row] for row in golden["DW1"]])
    decimal, *_ = run(*four_layers(Decimal)[1:])
    assert isinstance(decimal, Decimal)
    assert abs(decimal - Decimal(golden["err"])) < Decimal("1e-26")


def test_seed_004_apples_and_oranges_bit_for_bit(xp):
    apple_price, apples, orange_price, oranges, tax = (xp.array(n) for n in (100, 2, 150, 3, 1.1))
    apple_total, c1 = F.multiply_forward(apple_price, apples)
    orange_total, c2 = F.multiply_forward(orange_price, oranges)
    total, c3 = F.add_forward(apple_total, orange_total)
    final, c4 = F.multiply_forward(total, tax)
    dtotal, dtax = F.multiply_backward(1, c4)
    dapple_total, dorange_total = F.add_backward(dtotal, c3)
    dapple_price, dapples = F.multiply_backward(dapple_total, c1)
    dorange_price, doranges = F.multiply_backward(dorange_total, c2)
    assert float(final) == 715.0000000000001
    grads = [dapple_price, dapples, dorange_price, doranges, dtax]
    assert [float(g) for g in grads] == [2.2, 110.00000000000001, 3.3000000000000003, 165.0, 650]


def test_seed_004_apples_on_lists_print_as_the_seed_prints():
    total, cache = F.multiply_forward(650, 1.1)
    assert (repr(total), repr(F.multiply_backward(1, cache).y)) == ("715.0000000000001", "650")


def test_seed_004_square_of_a_sum(xp):
    total, c1 = F.add_forward(xp.array(2.0), xp.array(5.0))
    _, c2 = F.multiply_forward(total, total)
    dx, dy = F.multiply_backward(1.0, c2)
    dt, _ = F.add_forward(dx, dy)
    assert [float(g) for g in F.add_backward(dt, c1)] == [14.0, 14.0]  # 2 (x + y)


def test_seed_004_softmax_with_loss_sends_back_the_difference(pair_of):
    backend = pair_of.backend
    for p, want in [((0.3, 0.2, 0.5), (0.3, -0.8, 0.5)), ((0.01, 0.99), (0.01, -0.01))]:
        logits = backend.log(pair_of.array(list(p)))
        _, cache = F.softmax_cross_entropy_forward(logits, pair_of.array(1))
        assert near(F.softmax_cross_entropy_backward(1.0, cache).logits, list(want))


@pytest.mark.parametrize("name", ["sgd lr=.1", "adam lr=.001"])
def test_optimizers_follow_the_golden_path(name, pair_of):
    optimizer = {"sgd lr=.1": pn.sgd(0.1), "adam lr=.001": pn.adam(0.001)}[name]
    params = pair_of.array([1.0])
    state = optimizer.init(params)
    for step, (gradient, want) in enumerate(
        zip([3.0, -0.1, 0.5], GOLDENS["optimizers"][name], strict=True), 1
    ):
        params, state = optimizer.update(pair_of.array([gradient]), state, params)
        assert pn.convert(params, "lists")[0] == pytest.approx(want, abs=5e-13)
        assert state.step == step
