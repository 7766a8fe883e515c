"""What an explanation says of networks, in values; and how it compares, copies and pickles."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn._numerical import numbers_of
from purenn.backends import lists
from purenn.errors import OptionError
from purenn.explain import explain

NEURON = [(F.affine_forward, F.affine_backward), (F.relu_forward, F.relu_backward)]
X, W, B = [1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0


class SquareCache(NamedTuple):
    x: object


class SquareGrads(NamedTuple):
    x: object


def square_forward(x):
    return lists.multiply(x, x), SquareCache(x)


def square_backward(dout, cache):
    return SquareGrads(lists.multiply(lists.multiply(dout, 2), cache.x))


def numbers(tree):
    return numbers_of(tree)


def test_explain_tells_every_number_of_the_first_tutorial(pair_of):
    x, w = pair_of.array(X), pair_of.array(W)
    found = explain(NEURON, ((w, B), ()), x, xp=pair_of.backend)
    affine, relu = found.steps
    assert (affine.name, affine.op, relu.name, relu.op) == ("0 affine", "affine", "1 relu", "relu")
    assert (affine.formula, relu.formula) == ("out = x @ w + b", "out = max(x, 0)")
    assert affine.gradients == {"x": "dout @ w.T", "w": "x.T @ dout", "b": "sum of dout over the batch"}
    assert affine.inputs == {"x": "x", "w": "w", "b": "b"}
    assert (affine.output, relu.inputs, relu.output, found.output) == ("h", {"x": "h"}, "y", "y")
    assert (float(affine.out), float(relu.out), float(relu.upstream)) == (6.0, 6.0, 1.0)
    assert numbers(relu.local) == numbers(relu.downstream) == [1.0]
    assert numbers(affine.downstream) == [-3.0, -1.0, 2.0, 1.0, -2.0, 3.0, 1.0]
    assert numbers(affine.local) == [-3.0, -1.0, 2.0, 1.0, -2.0, 3.0, 1.0]
    grads = {name: numbers(wire.grad) for name, wire in found.wires.items()}
    assert grads == {
        "w": [1.0, -2.0, 3.0], "b": [1.0], "x": [-3.0, -1.0, 2.0], "h": [1.0], "y": [1.0],
    }  # fmt: skip
    assert found.wires["w"].path == "params[0][0]"


def test_explain_writes_the_chain_rule_of_the_first_tutorial():
    rule = explain(NEURON, ((W, B), ()), X).chain_rule
    assert rule["w0"] == "dL/dw0 = dL/dy * 1(h > 0) * x0 = 1.0 * 1 * 1.0 = 1.0"
    assert rule["w1"] == "dL/dw1 = dL/dy * 1(h > 0) * x1 = 1.0 * 1 * (-2.0) = -2.0"
    assert rule["x0"] == "dL/dx0 = dL/dy * 1(h > 0) * w0 = 1.0 * 1 * (-3.0) = -3.0"
    assert rule["b"] == "dL/db = dL/dy * 1(h > 0) = 1.0 * 1 = 1.0"
    assert list(rule) == ["w0", "w1", "w2", "b", "x0", "x1", "x2", "h"]


def test_explain_shows_a_closed_gate():
    rule = explain(NEURON, ((W, -10.0), ()), X).chain_rule
    assert rule["w1"] == "dL/dw1 = dL/dy * 1(h > 0) * x1 = 1.0 * 0 * (-2.0) = -0.0"
    assert rule["h"] == "dL/dh = dL/dy * 1(h > 0) = 1.0 * 0 = 0.0"


def network():
    """Every combinator at once."""
    return pn.chain(
        pn.affine(2, 3),
        pn.residual(pn.chain(pn.tanh, pn.affine(3, 3, bias=False))),
        pn.branch(pn.relu, pn.scale((3,))),
        pn.parallel(pn.identity, pn.frozen(pn.affine(3, 3), ([[0.5, -1.0, 2.0]] * 3, [0.1, 0.2, 0.3]))),
        pn.add,
        pn.affine(3, 2),
    )


def test_explain_follows_every_combinator(pair_of):
    model = network()
    params = pair_of.tree(model.init(key=3))
    x, labels = pair_of.array([[0.5, -1.0], [2.0, 0.25]]), pair_of.array([1, 0])
    found = explain(model, params, x, labels, pn.softmax_cross_entropy, limit=16)
    want = pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, x, labels)
    assert numbers(found.wires["L"].value) == numbers(want.loss)
    by_path = {wire.path: wire for wire in found.wires.values()}
    for path, grad in pn.trees.tree_paths(want.grads):
        assert numbers(by_path[f"params{path}"].grad) == numbers(grad), path
    assert [step.name for step in found.steps] == [
        "0 affine", "1.0.0 tanh", "1.0.1 affine", "1 add", "2.0 relu", "2.1 scale",
        "3.0 identity", "3.1.0 affine", "4 add", "5 affine", "loss softmax_cross_entropy",
    ]  # fmt: skip
    assert found.step("1 add").inputs == {"x": "h1", "y": "h3"}
    assert found.step("4").inputs == {"x[0]": "h7", "x[1]": "h8"}
    assert found.step("scale").inputs == {"x": "h4", "y": "factor"}
    assert found.wires["targets"].grad is None
    assert [step.name for step, _ in found.readers("h4")] == ["2.0 relu", "2.1 scale"]
    made = found.wires["h4"].grad  # where a wire forks, the gradients add
    parts = [step.downstream[argument] for step, argument in found.readers("h4")]
    assert numbers(made) == pytest.approx([sum(pair) for pair in zip(*map(numbers, parts), strict=True)])


def test_explain_takes_a_layer_of_the_users():
    def forward(params, x, *, key=None, xp=None):
        """``out = x * scale``"""
        return F.multiply_forward(x, params["scale"], xp=xp)

    def backward(dout, cache, *, need_x=True, xp=None):
        grads = F.multiply_backward(dout, cache, xp=xp)
        return pn.LayerGrads({"scale": grads.y}, grads.x)

    own = pn.Layer(lambda key, *, xp=None, dtype=None: {"scale": 2.0}, forward, backward)
    (step,) = explain(own, {"scale": 3.0}, [1.0, 2.0]).steps
    assert step.name == step.op == "test_explain_takes_a_layer_of_the_users"
    assert step.formula == "out = x * scale"
    assert step.inputs == {"x": "x", "scale": "scale"}
    assert step.local == {"x": [[3.0, 0.0], [0.0, 3.0]], "scale": [1.0, 2.0]}
    assert step.downstream == {"x": [3.0, 3.0], "scale": 3.0}


def test_explain_takes_a_pair_of_the_users():
    found = explain((square_forward, square_backward), (), [3.0, -1.0], dout=[1.0, 10.0])
    (step,) = found.steps
    assert (step.name, step.formula, step.gradients) == ("square", "", {})
    assert step.local == {"x": [[6.0, 0.0], [0.0, -2.0]]}
    assert found.chain_rule == {
        "x0": "dL/dx0 = dL/dy0 * dy0/dx0 = 1.0 * 6.0 = 6.0",
        "x1": "dL/dx1 = dL/dy1 * dy1/dx1 = 10.0 * (-2.0) = -20.0",
    }


def test_explain_reads_symbols_off_the_formulas():
    def of(name, x, *params, **options):
        pair = (getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward"))
        return explain(pair, params, x, **options).chain_rule

    assert (
        of("multiply", [1.0, 2.0], 3.0)["y"]
        == "dL/dy = dL/dout0 * x0 + dL/dout1 * x1 = 1.0 * 1.0 + 1.0 * 2.0 = 3.0"
    )
    assert of("sigmoid", 0.0)["x"] == "dL/dx = dL/dy * (y * (1 - y)) = 1.0 * 0.25 = 0.25"
    assert of("tanh", 0.0)["x"] == "dL/dx = dL/dy * (1 - tanh(x)**2) = 1.0 * 1.0 = 1.0"
    assert of("softmax", [0.0, 0.0])["x0"].startswith("dL/dx0 = dL/dy0 * dy0/dx0 + dL/dy1 * dy1/dx0 = ")
    assert of("mean_squared_error", [3.0, 5.0], [1.0, 1.0])["predictions1"] == (
        "dL/dpredictions1 = dL/dy * (2 * (predictions1 - targets1) / count) = 1.0 * 4.0 = 4.0"
    )


def test_explain_writes_matrices_term_by_term():
    model, params = pn.affine(2, 2), ([[3.0, 5.0], [7.0, 11.0]], [0.0, 0.0])
    rule = explain(model, params, [[1.0, 2.0]], dout=[[1.0, 10.0]]).chain_rule
    assert rule["x[0,1]"] == (
        "dL/dx[0,1] = dL/dy[0,0] * w[1,0] + dL/dy[0,1] * w[1,1] = 1.0 * 7.0 + 10.0 * 11.0 = 117.0"
    )
    assert rule["w[1,0]"] == "dL/dw[1,0] = dL/dy[0,0] * x[0,1] = 1.0 * 2.0 = 2.0"
    assert rule["b0"] == "dL/db0 = dL/dy[0,0] = 1.0"


def test_explain_counts_the_terms_of_a_long_sum():
    rule = explain(pn.affine(1, 1), ([[2.0]], [0.0]), [[1.0]] * 13).chain_rule
    assert rule["b0"] == "dL/db0 = a sum of 13 terms = 13.0"


def test_explain_computes_local_derivatives_of_small_arrays_only():
    model = pn.affine(5, 2)
    step = explain(model, model.init(key=0), [[1.0] * 5], limit=9).steps[0]
    assert step.local.keys() == {"x", "b"}
    assert explain(model, model.init(key=0), [[1.0] * 5] * 5, limit=9).steps[0].local == {}
    assert "x[0,0]" not in explain(model, model.init(key=0), [[1.0] * 5] * 5, limit=9).chain_rule


def test_explain_is_exact_in_fractions():
    third = Fraction(1, 3)
    found = explain(NEURON, (([third, 2], third), ()), [third, 2])
    assert found.wires["y"].value == Fraction(40, 9)
    assert found.wires["w"].grad == [third, 2]
    assert type(found.wires["y"].grad) is Fraction


def test_explain_trains_with_a_key():
    x = [[1.0, 2.0, 3.0, 4.0]]
    plain, training = (explain(pn.dropout(0.5), (), x, key=key) for key in (None, 7))
    assert plain.steps[0].out == x
    assert training.steps[0].out == pn.dropout(0.5).forward((), x, key=7)[0]


def test_explain_keeps_a_tree_as_a_tree():
    found = explain(pn.branch(pn.relu, pn.tanh), ((), ()), [1.0])
    assert [step.output for step in found.steps] == ["h1", "h2"]
    assert found.output == ("h1", "h2")
    found = explain(pn.parallel(pn.relu, pn.tanh), ((), ()), ([1.0], [2.0]), dout=([3.0], [4.0]))
    assert [(step.inputs, step.upstream) for step in found.steps] == [
        ({"x": "x[0]"}, [3.0]),
        ({"x": "x[1]"}, [4.0]),
    ]


def test_explain_of_nothing_at_all():
    found = explain(pn.chain(), (), [1.0])
    assert (found.steps, found.output, found.chain_rule) == ((), "x", {})
    assert found.first_nonfinite is None
    assert str(found) == "forward\n\nbackward, L being x"


def test_explanations_are_equal_to_the_last_bit(pair_of):
    x, w = pair_of.array(X), pair_of.array(W)
    one, same = (explain(NEURON, ((w, 1.0), ()), x, xp=pair_of.backend) for _ in range(2))
    other = explain(NEURON, ((w, math.nextafter(1.0, 2.0)), ()), x, xp=pair_of.backend)
    assert one == same
    assert not (one != same)  # noqa: SIM202
    assert one != other
    assert one.steps[0] != other.steps[0]
    assert one.steps[0] == same.steps[0]
    assert one.wires["b"] != other.wires["b"]
    assert one != "something else"
    assert one == pickle.loads(pickle.dumps(one)) == copy.deepcopy(one)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    nan = [explain(NEURON, ((w, math.nan), ()), x, xp=pair_of.backend) for _ in range(2)]
    assert nan[0] == nan[1]


def test_explanations_of_two_dtypes_differ(dtyped):
    one, other = (
        explain(pn.relu, (), dtyped.array([1.0], dtype), xp=dtyped.backend)
        for dtype in ("float32", "float64")
    )
    assert one != other


def test_step_finds_by_name_op_or_place():
    found = explain(NEURON, ((W, B), ()), X)
    assert found.step("0 affine") == found.step("affine") == found.step("0") == found.steps[0]
    with pytest.raises(OptionError, match=r"^explanation: no step 'tanh': there are 0 affine, 1 relu$"):
        found.step("tanh")


def test_explain_calls_the_network_as_it_is(pair_of):
    """The run that is explained is the network's own, with nothing written to."""
    model = network()
    params = pair_of.tree(model.init(key=3))
    x = pair_of.array([[0.5, -1.0], [2.0, 0.25]])
    before = numbers((params, x))
    out, cache = model.forward(params, x)
    grads = model.backward(pair_of.array([[1.0, 1.0], [1.0, 1.0]]), cache)
    found = explain(model, params, x)
    assert numbers((params, x)) == before
    assert numbers(found.wires["y"].value) == numbers(out)
    assert numbers(found.wires["x"].grad) == numbers(grads.x)


def test_explain_leaves_out_arguments_with_defaults():
    def forward(x, factor=3.0):
        return lists.multiply(x, factor), SquareCache(x)

    def backward(dout, cache):
        return SquareGrads(lists.multiply(dout, 3.0))

    (step,) = explain((forward, backward), (), 2.0).steps
    assert step.arguments == {"x": 2.0}
    (step,) = explain((forward, backward), (5.0,), 2.0).steps
    assert (step.arguments, step.downstream) == ({"x": 2.0, "factor": 5.0}, {"x": 3.0})


def test_explain_says_nothing_of_a_gradient_that_is_none():
    own = pn.Layer(
        lambda key: (),
        lambda params, x, *, key=None, xp=None: (x[0], ((),)),
        lambda dout, cache, *, need_x=True, xp=None: pn.LayerGrads((), (dout, None)),
    )
    found = explain(own, (), ([1.0], [2.0]))
    assert found.wires["x[1]"].grad is None
    assert "dL/dx[1]" not in str(found)
