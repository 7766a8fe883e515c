"""Networks taken apart into products, sums and functions of single numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends.extras import shape
from purenn.drawing import draw
from purenn.drawing._layers import columns_of, crossings
from purenn.explain import explain

from .examples import Kept, batch_of, classes, dense, network, neuron, residual, shared


def double_forward(x):
    return pn.backend_of(x).multiply(x, 2), Kept(x)


def double_backward(dout, cache):
    return F.ActivationGrads(pn.backend_of(dout).multiply(dout, 2))


def nothing_backward(dout, cache):
    return F.ActivationGrads(pn.backend_of(dout).multiply(dout, 0))


def both_forward(x):
    return (x, x), F.ReluCache(x)


def both_backward(dout, cache):
    return F.ActivationGrads(pn.backend_of(dout[0]).add(*dout))


def masked_forward(x, mask):
    return pn.backend_of(x).multiply(x, mask), F.ReluCache(mask)


def masked_backward(dout, cache):
    return F.ActivationGrads(pn.backend_of(dout).multiply(dout, cache.out))


def scalar(explanation):
    return draw(explanation, level="scalar", digits=17).scene


def labels(scene):
    return [gate.label for gate in scene.gates]


def lines(scene):
    return {line.name: line for line in scene.lines}


def test_neuron_falls_into_products_and_a_sum():
    assert labels(scalar(neuron())) == ["*", "*", "*", "+", "relu"]


@pytest.mark.parametrize("explanation", [neuron, network, batch_of, residual, classes, dense])
def test_every_value_is_the_sum_or_product_of_what_its_gate_reads(explanation):
    scene = scalar(explanation())
    for line in scene.lines:
        if line.source is not None and scene.gates[line.source].label in "*+":
            read = [float(each.value) for each in scene.inputs(line.source)]
            made = math.prod(read) if scene.gates[line.source].label == "*" else math.fsum(read)
            assert math.isclose(float(line.value), made, rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("explanation", [neuron, network, batch_of, residual, classes, dense, shared])
def test_every_gradient_is_the_sum_of_what_comes_back(explanation):
    for line in scalar(explanation()).lines:
        if line.readers and line.grad is not None:
            back = math.fsum(float(reader.grad) for reader in line.readers) + float(line.outside or 0)
            assert math.isclose(float(line.grad), back, rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("explanation", [network, batch_of, residual, classes])
def test_every_number_of_a_wire_is_there_once(explanation):
    found = explanation()
    shown = [line.name for line in scalar(found).lines if "·" not in line.name]  # without the products
    assert len(set(shown)) == len(shown) == sum(math.prod(shape(wire.value)) for wire in found.wires.values())


def test_products_are_those_of_the_pair(xp):
    """Also in float32, in which 0.1 * 3 is another number than in float64."""
    pair = (F.affine_forward, F.affine_backward)
    w = xp.array([0.1, 0.7], "float32" if xp.name != "lists" else None)
    x = xp.array([3.0, 0.3], "float32" if xp.name != "lists" else None)
    b = xp.array([0.0], "float32" if xp.name != "lists" else None)
    b = xp.backend.reshape(b, ())
    found = lines(scalar(explain(pair, (w, b), x)))
    product, cache = F.multiply_forward(x, w)
    back = F.multiply_backward(xp.backend.add(xp.backend.multiply(x, 0), 1), cache)
    plain = pn.convert((product, back.x, back.y), "lists")
    assert [found[f"x{index}w{index}"].value for index in (0, 1)] == [str(each) for each in plain[0]]
    assert [found[f"x{index}"].grad for index in (0, 1)] == [str(each) for each in plain[1]]
    assert [found[f"w{index}"].grad for index in (0, 1)] == [str(each) for each in plain[2]]


def test_products_of_fractions_are_exact():
    pair = (F.matmul_forward, F.matmul_backward)
    found = scalar(explain(pair, ([Fraction(1, 3)],), [Fraction(3, 7)]))
    assert labels(found) == ["*"]  # a sum of one is none
    assert [(line.value, line.grad) for line in found.lines] == [("3/7", "1/3"), ("1/3", "3/7"), ("1/7", "1")]


def test_matmul_has_no_bias():
    scene = scalar(explain((F.matmul_forward, F.matmul_backward), ([[1.0], [2.0]],), [3.0, 4.0]))
    assert labels(scene) == ["*", "*", "+"]
    assert lines(scene)["y0"].value == "11.0"


def test_elementwise_ops_are_told_by_their_derivatives():
    class_of = explain((F.softmax_forward, F.softmax_backward), (), [1.0, 2.0])
    assert labels(scalar(class_of)) == ["softmax"]
    assert len(scalar(class_of).lines) == 4
    spread = explain((F.tanh_forward, F.tanh_backward), (), [1.0, 2.0])
    assert labels(scalar(spread)) == ["tanh", "tanh"]


def test_ops_without_any_derivative_stay_whole_unless_they_are_known():
    """A saturated softmax gives back nothing, as a relu does that is off; only one of them is elementwise."""
    for pair in ((F.softmax_forward, F.softmax_backward), (double_forward, nothing_backward)):
        found = explain(pair, (), [900.0, 0.0])
        assert {number for row in found.steps[0].local["x"] for number in row} == {0.0}
        assert len(labels(scalar(found))) == 1
    off = explain((F.relu_forward, F.relu_backward), (), [-3.0, -1.0])
    assert labels(scalar(off)) == ["relu", "relu"]
    assert len(labels(scalar(explain((double_forward, nothing_backward), (), 3.0)))) == 1


def test_numbers_of_arrays_are_called_as_nothing_else_is():
    """The second number of x is not called as the node x1 is."""
    graph = pn.graph("x", {"x1": ("multiply", "x", "x")})
    names = [line.name for line in scalar(explain(graph, {}, [1.0, 2.0])).lines]
    assert sorted(names) == ["x1[0]", "x1[1]", "x[0]", "x[1]"]


def test_many_numbers_have_few_digits_and_the_legend_says_so():
    few, many = draw(neuron(), level="scalar"), draw(network(), level="scalar")
    assert not any("digits" in each for each in few.scene.legend)
    assert "numbers to 4 digits" in many.scene.legend
    assert many.scene == draw(network(), level="scalar", digits=4).scene
    exact = draw(network(), level="scalar", digits=17).scene
    assert {line.value for line in exact.lines} >= {str(network().wires["L"].value)}
    assert not any("digits" in each for each in exact.legend)


def test_own_pairs_fall_apart_too():
    assert labels(scalar(explain((double_forward, double_backward), (), [1.0, 2.0]))) == ["double", "double"]


def test_broadcast_numbers_fork_to_each_gate():
    scene = scalar(explain((F.multiply_forward, F.multiply_backward), (10.0,), [[1.0], [2.0]]))
    assert labels(scene) == ["*", "*"]
    ten = next(line for line in scene.lines if line.value == "10.0")
    assert [(reader.gate, reader.grad) for reader in ten.readers] == [(0, "1.0"), (1, "2.0")]
    assert ten.grad == "3.0"


def test_what_has_no_gradient_is_read_by_its_place():
    scene = scalar(explain((masked_forward, masked_backward), ([1, 0],), [3.0, 4.0]))
    assert labels(scene) == ["masked", "masked"]
    assert [line.grad for line in scene.lines] == ["1.0", None, "1.0", "0.0", None, "1.0"]
    assert [[line.value for line in scene.inputs(gate)] for gate in (0, 1)] == [["3.0", "1"], ["4.0", "0"]]


def test_losses_stay_whole_and_labels_have_no_gradient():
    pair = pn.softmax_cross_entropy
    scene = scalar(explain(pn.identity, (), [[1.0, 2.0], [0.5, 0.0]], [1, 0], pair))
    assert labels(scene)[-1] == "softmax_cross_entropy"
    assert len(scene.inputs(len(scene.gates) - 1)) == 6
    targets = [line for line in scene.lines if line.name.startswith("targets")]
    assert [(line.name, line.grad, line.readers[0].grad) for line in targets] == [
        ("targets0", None, None), ("targets1", None, None)
    ]  # fmt: skip
    hinged = scalar(explain(pn.identity, (), [0.5], [1.0], pn.hinge))
    assert labels(hinged)[-1] == "hinge"


def test_ops_whose_output_is_a_tree_stay_whole():
    scene = scalar(explain((both_forward, both_backward), (), 2.0))
    assert labels(scene) == ["both"]
    assert [line.value for line in scene.lines] == ["2.0", "2.0", "2.0"]


def test_columns_have_few_crossings():
    for explanation, most in ((neuron, 0), (network, 3), (residual, 5), (classes, 9)):
        columns = columns_of(scalar(explanation()))
        assert crossings(columns.nodes, columns.links) <= most
