"""Explanations to draw."""

from __future__ import annotations

from typing import Any, NamedTuple

import purenn as pn
import purenn.functional as F
from purenn.explain import explain

NEURON = [(F.affine_forward, F.affine_backward), (F.relu_forward, F.relu_backward)]


class Kept(NamedTuple):
    value: Any


class Grads(NamedTuple):
    x: Any


def exp_forward(x):
    """``out = exp(x)``"""
    out = pn.backend_of(x).exp(x)
    return out, Kept(out)


def exp_backward(dout, cache):
    """``dx = dout * out``"""
    return Grads(pn.backend_of(cache.value).multiply(dout, cache.value))


def reciprocal_forward(x):
    """``out = 1 / x``"""
    out = pn.backend_of(x).divide(1, x)
    return out, Kept(out)


def reciprocal_backward(dout, cache):
    """``dx = dout * -out**2``"""
    xp = pn.backend_of(cache.value)
    return Grads(xp.multiply(dout, xp.negative(xp.multiply(cache.value, cache.value))))


def neuron():
    return explain(NEURON, (([-3.0, -1.0, 2.0], 1.0), ()), [1.0, -2.0, 3.0])


def bill():
    graph = pn.graph(
        ("apple", "apples", "orange", "oranges", "tax"),
        {
            "apple_total": ("multiply", "apple", "apples"),
            "orange_total": ("multiply", "orange", "oranges"),
            "total": ("add", "apple_total", "orange_total"),
            "price": ("multiply", "total", "tax"),
        },
    )
    goods = {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1}
    return explain(graph, {}, goods, dout=1)


def square():
    """(x + y) ** 2, where one gate reads a number twice."""
    graph = pn.graph(("x", "y"), {"t": ("add", "x", "y"), "z": ("multiply", "t", "t")})
    return explain(graph, {}, {"x": 2.0, "y": 5.0})


def shared():
    """t = x + y and z = t ** 2, both of them outputs."""
    graph = pn.graph(("x", "y"), {"t": ("add", "x", "y"), "z": ("multiply", "t", "t")}, output=("t", "z"))
    return explain(graph, {}, {"x": 2.0, "y": 5.0})


def sigmoid():
    pairs = [
        (F.multiply_forward, F.multiply_backward),
        (exp_forward, exp_backward),
        (F.add_forward, F.add_backward),
        (reciprocal_forward, reciprocal_backward),
    ]
    return explain(pairs, ((-1,), (), (1,), ()), 0.0)


def network(x=([1.0, -0.5],)):
    model = pn.chain(pn.affine(2, 2), pn.tanh, pn.affine(2, 1))
    return explain(model, model.init(key=3), list(x), [[1.0]] * len(x), pn.mean_squared_error)


def batch_of():
    return network([[1.0, -0.5], [0.5, 2.0]])


def residual():
    model = pn.chain(pn.residual(pn.chain(pn.affine(2, 2), pn.relu)), pn.affine(2, 1))
    return explain(model, model.init(key=1), [1.0, 2.0])


def classes():
    model = pn.chain(pn.affine(2, 3), pn.softmax)
    return explain(model, model.init(key=0), [1.0, 2.0], dout=[1.0, 0.0, 0.0])


def dense():
    """As many gates as there may be, nearly."""
    model = pn.chain(pn.affine(3, 4), pn.tanh, pn.affine(4, 3), pn.softmax)
    return explain(model, model.init(key=0), [1.0, 2.0, 3.0], dout=[1.0, 0.0, 0.0])


def digits():
    data = pn.load_digits()
    model = pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))
    return explain(model, model.init(key=0), data.x[:8], data.y[:8], pn.softmax_cross_entropy)


def nothing():
    return explain(pn.chain(), (), 2.5)


def named(*names):
    """A graph whose input, param and node have these names."""
    given, weight, node = names
    graph = pn.graph((given,), {node: ("multiply", given, weight)}, params={weight: (fixed, ())})
    return explain(graph, graph.init(key=0), {given: 2.0})


def fixed(key, shape, *, xp=None, dtype=None):
    return 3.0


EXAMPLES = {
    "neuron": (neuron, ("op", "scalar")),
    "bill": (bill, ("op", "scalar")),
    "square": (square, ("op", "scalar")),
    "shared": (shared, ("op", "scalar")),
    "sigmoid": (sigmoid, ("op", "scalar")),
    "network": (network, ("op", "scalar")),
    "batch": (batch_of, ("op", "scalar")),
    "residual": (residual, ("op", "scalar")),
    "classes": (classes, ("op", "scalar")),
    "dense": (dense, ("op", "scalar")),
    "digits": (digits, ("op",)),
    "nothing": (nothing, ("op", "scalar")),
    "chinese": (lambda: named("输入", "权重", "输出的总和"), ("op", "scalar")),
}
CASES = [(name, level) for name, (_, levels) in EXAMPLES.items() for level in levels]
