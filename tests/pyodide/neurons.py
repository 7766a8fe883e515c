"""A neuron and a small network, explained and drawn alike by CPython and by Pyodide."""

from __future__ import annotations

from purenn import graph, softmax_cross_entropy
from purenn.drawing import draw
from purenn.explain import explain
from purenn.functional import affine_backward, affine_forward, relu_backward, relu_forward


def told():
    products = {f"x{i}w{i}": ("multiply", f"x{i}", f"w{i}") for i in range(3)}
    values = {"x0": 1.0, "w0": -3.0, "x1": -2.0, "w1": -1.0, "x2": 3.0, "w2": 2.0}
    nodes = {**products, "sum": ("add", "x0w0", "x1w1"), "z": ("add", "sum", "x2w2"), "y": ("relu", "z")}
    neuron = graph(tuple(values), nodes)
    found = explain(neuron, neuron.init(key=0), values)
    pairs = [(affine_forward, affine_backward), (relu_forward, relu_backward)]
    params = (([[-3.0, 0.5], [-1.0, 0.25]], [1.0, 2.0]), ())
    judged = explain(pairs, params, [[1.0, -2.0]], [1], softmax_cross_entropy)
    return {
        "text": str(found),
        "rules": list(found.chain_rule.values()),
        "svg": draw(found, level="scalar").svg,
        "net": draw(judged, digits=6).svg,
        "table": judged.to_markdown(digits=6),
    }
