"""The chain rule written out: every line is true, in its numbers and in its symbols."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn._numerical import numbers_of
from purenn.backends.extras import shape
from purenn.explain import explain
from purenn.explain.words import indices
from purenn.testing.ops import OPS

ROWS = [(op, index) for op in OPS for index in range(len(op.samples))]


def pair(name, **options):
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    return (partial(forward, **options) if options else forward, backward)


def told(found):
    """The numbers of all elements by their names, and the gradients as they are named in a rule."""
    numbers = {}
    for name, wire in found.wires.items():
        for index, number in zip(indices(shape(wire.value)), numbers_of(wire.value), strict=True):
            numbers[found.element(name, index)] = number
        if wire.grad is not None:
            for index, number in zip(indices(shape(wire.value)), numbers_of(wire.grad), strict=True):
                numbers[f"dL/d{found.element(name, index)}"] = number
    return numbers


def check(found):
    """Both sides of the last = agree; and so do the symbols, where they are a formula of what has a name."""
    numbers, formulas = told(found), 0
    for name, line in found.chain_rule.items():
        _, *parts = line.split(" = ")
        result = numbers[f"dL/d{name}"]
        close = {"rel": 1e-12, "abs": 1e-12 * max(1.0, abs(result))}
        assert float(parts[-1]) == result or math.isnan(result)
        if len(parts) > 2:
            assert eval(parts[-2], {"inf": math.inf, "nan": math.nan}) == pytest.approx(result, **close)
        names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
        words = re.sub(
            rf"(?<![\w\]])({names})(?![\w\[(])", lambda found: f"({numbers[found[0]]!r})", parts[0]
        )
        words = re.sub(r"\b1\(", "int(", words)
        try:
            value = eval(words, {"tanh": math.tanh, "exp": math.exp, "inf": math.inf, "nan": math.nan})
        except (NameError, SyntaxError):  # of a cache, or a derivative that has no formula
            continue
        formulas += 1
        assert value == pytest.approx(result, rel=1e-9, abs=1e-9), line
    return formulas


@pytest.mark.parametrize(("op", "index"), ROWS, ids=[f"{op.name} {index}" for op, index in ROWS])
def test_every_line_of_every_pair_is_true(op, index):
    x, *params = op.samples[index]
    found = explain((op.forward, op.backward), tuple(params), x, limit=400)
    formulas = check(found)
    if op.name in ("affine", "matmul", "multiply", "add", "sigmoid", "tanh", "relu", "identity"):
        assert formulas == len(found.chain_rule) > 0


def test_every_line_of_networks_is_true():
    deep = pn.chain(
        pn.affine(2, 3), pn.sigmoid, pn.residual(pn.tanh), pn.branch(pn.relu, pn.identity), pn.add
    )
    x, targets = [[1.0, -2.0], [0.5, 0.25]], [[1.0, 0.0, 0.5], [0.0, 1.0, 0.25]]
    found = explain(deep, deep.init(key=1), x, targets, pn.mean_squared_error)
    assert check(found) == sum("count" not in line for line in found.chain_rule.values())
    assert check(explain(deep, deep.init(key=1), x)) == len(explain(deep, deep.init(key=1), x).chain_rule)


def test_chain_rule_takes_the_right_way_where_all_are_zero():
    p = ([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0])
    assert (
        explain(pn.affine(2, 2), p, [0.0, 1.0]).chain_rule["w[0,1]"]
        == "dL/dw[0,1] = dL/dy1 * x0 = 1.0 * 0.0 = 0.0"
    )
    batch = explain(pair("affine"), ([0.0, 0.0], 1.0), [[1.0, 2.0], [3.0, 4.0]], dout=[1.0, 2.0])
    assert batch.chain_rule["x[1,0]"] == "dL/dx[1,0] = dL/dy1 * w0 = 2.0 * 0.0 = 0.0"
    column = explain(pair("multiply"), ([[0.0, 1.0]],), [[1.0, 0.0], [2.0, 0.0]]).chain_rule
    assert column["y[0,1]"] == (
        "dL/dy[0,1] = dL/dout[0,1] * x[0,1] + dL/dout[1,1] * x[1,1] = 1.0 * 0.0 + 1.0 * 0.0 = 0.0"
    )
    rows = explain(
        pair("cross_entropy", reduction="none"), ([[1.0, 0.0], [0.0, 1.0]],), [[0.5, 0.5], [0.25, 0.75]]
    )
    assert "dL/dy1 * " in rows.chain_rule["probabilities[1,0]"]


def test_chain_rule_keeps_a_zero_beside_an_infinity():
    found = explain(pn.affine(1, 2), ([[0.0, 1.0]], [0.0, 0.0]), [1.0], dout=[math.inf, 1.0])
    assert (
        found.chain_rule["x0"] == "dL/dx0 = dL/dy0 * w[0,0] + dL/dy1 * w[0,1] = inf * 0.0 + 1.0 * 1.0 = nan"
    )


def test_chain_rule_begins_with_what_was_given_where_a_result_is_read():
    model = pn.graph("x", {"h": ("relu", "x"), "y": ("tanh", "h")}, output=("h", "y"))
    found = explain(model, {}, 0.0, dout=(10.0, 1.0))
    assert found.chain_rule == {
        "x": "dL/dx = dL/dh * 1(x > 0) = 11.0 * 0 = 0.0",
        "h": "dL/dh = given + dL/dy * (1 - tanh(h)**2) = 10.0 + 1.0 * 1.0 = 11.0",
    }
    assert "backward, L being the sum of h and y, each number times its dout" in str(found)
    assert "dL/dh  1.0, a part of 11.0" in str(found)


def test_elements_have_brackets_where_a_name_ends_in_a_number():
    found = explain(pn.graph(("w", "w1"), {"o": ("multiply", "w", "w1")}), {}, ([1.0, 2.0], 3.0))
    assert found.chain_rule == {
        "w[0]": "dL/dw[0] = dL/do[0] * w1 = 1.0 * 3.0 = 3.0",
        "w[1]": "dL/dw[1] = dL/do[1] * w1 = 1.0 * 3.0 = 3.0",
        "w1": "dL/dw1 = dL/do[0] * w[0] + dL/do[1] * w[1] = 1.0 * 1.0 + 1.0 * 2.0 = 3.0",
    }
    assert found.element("w", (1,)) == "w[1]"
    assert explain(pn.relu, (), [1.0]).element("x", (0,)) == "x0"


class Cache(NamedTuple):
    x: float
    w: float


class Grads(NamedTuple):  # not in the order of the arguments
    w: float
    x: float


def times_forward(x, w):
    return x * w, Cache(x, w)


def backward_that_says(words):
    def backward(dout, cache):
        return Grads(dout * cache.x, dout * cache.w)

    backward.__doc__ = words
    return backward


def test_gradients_are_told_by_name_not_by_place():
    found = explain((times_forward, backward_that_says("")), (3.0,), 2.0)
    assert (found.wires["w"].grad, found.wires["x"].grad) == (2.0, 3.0)
    assert found.chain_rule["w"] == "dL/dw = dL/dy * dy/dw = 1.0 * 2.0 = 2.0"


@pytest.mark.parametrize(
    ("words", "symbol"),
    [
        ("``dw = dout * x``", "x"),
        ("``dw = dout * (x)``", "(x)"),
        ("``dw = dout * 2 + x``", "dy/dw"),  # no product
        ("``dw = dout * x + dout * x``", "dy/dw"),
        ("``dw = dout * q``", "q"),  # of a cache
        ("``dw = dout @ q.T``", "dy/dw"),
        ("``dw = dout * x where x > 0, else 0``", "dy/dw"),
        ("``dw = dout where x > 0, else 0``", "1(x > 0)"),
    ],
)
def test_symbols_are_read_off_what_backward_says(words, symbol):
    found = explain((times_forward, backward_that_says(words)), (3.0,), 2.0)
    assert found.chain_rule["w"] == f"dL/dw = dL/dy * {symbol} = 1.0 * 2.0 = 2.0"


def test_a_formula_that_the_numbers_deny_is_no_symbol():
    """It says that each number goes its own way; softmax mixes them."""

    def backward(dout, cache):
        """``dx = dout * out``"""
        return F.softmax_backward(dout, cache)

    rule = explain((F.softmax_forward, backward), (), [0.0, 0.0]).chain_rule
    assert rule["x0"].startswith("dL/dx0 = dL/dy0 * dy0/dx0 + dL/dy1 * dy1/dx0 = ")


def test_a_word_that_is_another_wire_is_no_symbol():
    """In the loss's own formula x is the logits; here it is the input."""
    found = explain(pn.identity, (), [0.5], [1.0], pn.binary_cross_entropy_with_logits)
    assert found.chain_rule["y0"] == f"dL/dy0 = {found.wires['y'].grad[0]}"


def test_a_list_of_pairs_that_ends_in_a_loss_keeps_the_gradients_of_its_params():
    pairs = [pair("affine"), pair("half_squared_error")]
    found = explain(pairs, (([1.0, 2.0], 0.5), (4.0,)), [2.0, 3.0])
    assert (found.wires["w"].grad, found.wires["b"].grad) == ([9.0, 13.5], 4.5)
    assert found.wires["targets"].grad is None
    assert found.chain_rule["b"] == "dL/db = dL/dy * ((h - targets) / count) = 1.0 * 4.5 = 4.5"
    labels = explain(
        [pair("affine"), pair("softmax_cross_entropy")], (([[1.0, 2.0]], [0.0, 0.0]), ([1],)), [[1.0]]
    )
    assert labels.wires["labels"].grad is None
    assert numbers_of(labels.wires["b"].grad) == pytest.approx([0.2689414213699951, -0.2689414213699951])


class Parts(NamedTuple):
    x: list
    w: list


@pytest.mark.parametrize("words", ["``dw = dout * x``", "``dw = dout * w``", "``dx = dout * w``"])
def test_a_formula_of_arguments_that_do_not_meet_is_no_symbol(words):
    """A weighted sum of each row: numbers of x, of its weight and of the output have no place in common."""

    def forward(x, w):
        return [each * sum(row) for row, each in zip(x, w, strict=True)], Parts(x, w)

    def backward(dout, cache):
        dx = [[d * each] * len(row) for d, each, row in zip(dout, cache.w, cache.x, strict=True)]
        return Parts(dx, [d * sum(row) for d, row in zip(dout, cache.x, strict=True)])

    backward.__doc__ = words
    found = explain((forward, backward), ([2.0, 3.0],), [[1.0, 10.0], [4.0, 5.0]])
    assert found.chain_rule["w1"] == "dL/dw1 = dL/dy1 * dy1/dw1 = 1.0 * 9.0 = 9.0"
    assert found.chain_rule["x[1,0]"] == "dL/dx[1,0] = dL/dy1 * dy1/dx[1,0] = 1.0 * 3.0 = 3.0"
