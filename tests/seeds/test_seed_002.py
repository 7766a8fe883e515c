"""Tutorial 002: the gradients of four layers, 4-6-6-6-1, by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.errors import ShapeError
from purenn.layers import AffineParams
from purenn.testing import numerical_gradient

from .comparison import listed, near

GOLDEN = json.loads((Path(__file__).parents[1] / "goldens.json").read_text())["seed_002"]
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
PLACES = (0, 2, 4, 6)  # of the affine layers in the chain
MODEL = pn.chain(*[layer for size in (4, 6, 6) for layer in (pn.affine(size, 6), pn.relu)], pn.affine(6, 1))
MSE = pn.mean_squared_error


def four_layers(kind):
    """Params, x and targets, of numbers of a kind."""
    numbers = {name: [kind(text) for text in texts.split()] for name, texts in NUMBERS.items()}

    def rows(name, size):
        return [numbers[name][i : i + size] for i in range(0, len(numbers[name]), size)]

    shapes = [("W1", 6, "B1"), ("W2", 6, "B2"), ("W3", 6, "B3"), ("W4", 1, "B4")]
    params = [AffineParams(rows(w, size), numbers[b]) for w, size, b in shapes]
    return (params[0], (), params[1], (), params[2], (), params[3]), rows("X", 4), [[kind("-0.579")]]


def golden(name, kind):
    """The exact number, row or matrix of a name."""
    value = GOLDEN[name]
    if isinstance(value, str):
        return kind(value)
    return [kind(each) if isinstance(each, str) else [kind(text) for text in each] for each in value]


def grads_of_all(loss, params, x, targets):
    """The gradients of the params and of x."""
    out, cache = MODEL.forward(params, x)
    dout = loss.backward(1, loss.forward(out, targets)[1]).predictions
    return MODEL.backward(dout, cache)


def test_002_1_output_and_error(xp):
    params, x, targets = xp.tree(four_layers(float))
    out, _ = MODEL.forward(params, x)
    assert near(out, [[1.824855600305073]], 1e-14)
    loss, *_ = pn.loss_and_grads(MODEL, MSE)(params, x, targets)
    assert float(loss) == pytest.approx(5.778521747118062879, rel=1e-14)


def test_002_1_output_and_error_in_fractions_and_decimals():
    params, x, targets = four_layers(Fraction)
    assert MODEL.forward(params, x)[0] == [[golden("Y", Fraction)]]
    assert pn.loss_and_grads(MODEL, MSE)(params, x, targets).loss == golden("err", Fraction)
    decimal, *_ = pn.loss_and_grads(MODEL, MSE)(*four_layers(Decimal))
    assert isinstance(decimal, Decimal)
    assert abs(decimal - golden("err", Decimal)) < Decimal("1e-26")


def test_002_2_pre_activations_and_dead_units(xp):
    params, x, _ = xp.tree(four_layers(float))
    z, _ = pn.affine(4, 6).forward(params[0], x)
    assert near(z, [[0.680821, 2.130253, -0.949335, 2.380472, 2.578783, 1.003465]])
    _, cache = MODEL.forward(params, x)
    outs = [listed(cache.layers[place].out)[0] for place in (1, 3, 5)]
    assert [[unit for unit, number in enumerate(out) if number == 0] for out in outs] == [
        [2],
        [1, 2],
        [1, 3, 4],
    ]


def test_002_3_all_gradients(xp):
    dparams, dx = grads_of_all(MSE, *xp.tree(four_layers(float)))
    for layer, place in enumerate(PLACES, 1):
        assert near(dparams[place].w, golden(f"DW{layer}", float), 1e-13)
        assert near(dparams[place].b, golden(f"DB{layer}", float), 1e-13)
    assert near(dx, golden("DX", float), 1e-13)
    sums = [sum(lists.flat(listed(dparams[place].w))) for place in PLACES]
    assert sums == pytest.approx([-7.131381064, 25.74865567, 26.842835026, 34.844750722], abs=5e-9)


@pytest.mark.parametrize(("loss", "factor"), [(pn.mean_squared_error, 1), (pn.half_squared_error, 2)])
def test_002_3_all_gradients_are_exact_in_fractions(loss, factor):
    params, x, targets = four_layers(Fraction)
    value, grads, _ = pn.loss_and_grads(MODEL, loss)(params, x, targets)
    assert value * factor == golden("err", Fraction)
    for layer, place in enumerate(PLACES, 1):
        dw, db = grads[place]
        assert [[factor * d for d in row] for row in dw] == golden(f"DW{layer}", Fraction)
        assert [factor * d for d in db] == golden(f"DB{layer}", Fraction)
    dx = grads_of_all(loss, params, x, targets).x
    assert [[factor * d for d in row] for row in dx] == golden("DX", Fraction)


def test_002_3_central_differences_are_the_gradients_in_fractions():
    params, x, targets = four_layers(Fraction)
    numeric = numerical_gradient(lambda p: MSE.forward(MODEL.forward(p, x)[0], targets)[0], params)
    grads = pn.loss_and_grads(MODEL, MSE)(params, x, targets).grads
    assert numeric == grads  # with ==, all 121 of them
    assert sum(len(list(lists.flat(leaf))) for leaf in pn.tree_leaves(grads)) == 121


def test_002_a_the_mean_is_over_batch_and_outputs(xp):
    y, t, a3 = xp.tree(([[1.5, -2.0]], [[0.5, 1.0]], [[1.0, 2.0, 3.0]]))
    loss, cache = F.mean_squared_error_forward(y, t)
    dy = F.mean_squared_error_backward(1.0, cache).predictions
    assert (float(loss), listed(dy)) == (5.0, [[1.0, -3.0]])  # 2 (y - t) / 2
    _, cache = F.affine_forward(a3, *xp.tree(([[0.0, 0.0]] * 3, [0.0, 0.0])))
    _, dw4, db4 = F.affine_backward(dy, cache)
    assert listed(db4) == [1.0, -3.0]  # and not [2, -6]
    assert listed(dw4) == [[1.0, -3.0], [2.0, -6.0], [3.0, -9.0]]
    zeros = xp.array([0.0, 0.0])
    numeric = numerical_gradient(lambda b: F.mean_squared_error_forward(xp.backend.add(y, b), t)[0], zeros)
    assert near(numeric, [1.0, -3.0], 1e-8)


def test_002_b_every_layer_has_the_mean(xp):
    """The same sample twice has the gradients of it once; without the mean, all but the last were double."""
    params, x, targets = four_layers(float)
    once = grads_of_all(MSE, *xp.tree((params, x, targets))).params
    twice = grads_of_all(MSE, *xp.tree((params, x * 2, targets * 2))).params
    for place in PLACES:
        assert near(twice[place].w, listed(once[place].w), 1e-14)
        assert near(twice[place].b, listed(once[place].b), 1e-14)
    dy, a3 = xp.tree(([[2 * (1.824855600305073 + 0.579)]] * 2, [[1.0] * 6] * 2))
    _, cache = F.matmul_forward(a3, xp.array(params[6].w))
    dz3 = listed(F.matmul_backward(dy, cache).x)  # dy not yet divided by the 2 samples
    assert sum(row[0] for row in dz3) == pytest.approx(2 * listed(once[4].b)[0], rel=1e-14)


def test_002_c_the_output_of_a_regression_is_not_rectified(xp):
    params, x, targets = xp.tree(four_layers(float))
    low = (*params[:6], params[6]._replace(b=xp.array([-3.0])))
    out, _ = MODEL.forward(low, x)
    assert near(out, [[1.824855600305073 + 0.27 - 3.0]])
    assert float(pn.loss_and_grads(MODEL, MSE)(low, x, targets).loss) < 0.2
    rectified = pn.loss_and_grads(pn.chain(MODEL, pn.relu), MSE)((low, ()), x, targets)
    assert float(rectified.loss) == pytest.approx(0.579**2)  # it cannot come closer to -0.579
    assert {number for leaf in pn.tree_leaves(listed(rectified.grads)) for number in lists.flat(leaf)} == {0}


def test_002_d_only_a3_transposed_times_dy_is_conformable(xp):
    params, x, _ = xp.tree(four_layers(float))
    _, cache = MODEL.forward(params, x)
    dy = xp.array([[2 * (1.824855600305073 + 0.579)]])
    a3_transposed = xp.backend.matrix_transpose(cache.layers[6].x)
    dw4, _ = F.matmul_forward(a3_transposed, dy)
    assert near(dw4, golden("DW4", float), 1e-13)
    with pytest.raises(ShapeError, match=r"matmul: x \(1, 1\) and w \(6, 1\) do not meet"):
        F.matmul_forward(dy, a3_transposed)


def test_002_e_the_gradient_of_the_error_has_its_mean(xp):
    """Of two samples, DB4 is the mean of 2 (y - t), as the error is the mean of (y - t)**2."""
    params, (x,), (target,) = four_layers(float)
    zeros = [0.0] * 4
    params, both, targets = xp.tree((params, [x, zeros], [target, target]))
    y = [row[0] for row in listed(MODEL.forward(params, both)[0])]
    db4 = listed(grads_of_all(MSE, params, both, targets).params[6].b)
    assert db4 == pytest.approx([sum(2 * (each + 0.579) for each in y) / 2], rel=1e-14)
    assert db4 != pytest.approx([sum(2 * (each + 0.579) for each in y)], rel=0.1)
