"""What is refused when a graph is made, and in which words; and what its layer refuses."""

from __future__ import annotations

from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.errors import GraphError, KindError, TreeError

UNIFORM = pn.glorot_uniform
ONE = {"y": ("relu", "x")}
TWO = pn.graph(("left", "right"), {"out": ("multiply", "left", "right")})
OWN = pn.graph("x", {"y": (pn.affine(1, 1), "x"), "z": ("multiply", "y", "w")}, params={"w": (UNIFORM, (1,))})


def any_number(*x):
    return x[0], x


class Stranger(NamedTuple):
    first: object
    second: object


@pytest.mark.parametrize(
    ("inputs", "nodes", "options", "error", "match"),
    [
        ((), ONE, {}, KindError, r"inputs=\(\), wanted a name or a tuple of names"),
        (3, ONE, {}, KindError, "inputs=3, wanted a name or a tuple"),
        ("x", [("relu", "x")], {}, KindError, "nodes are a list, wanted a dict by name"),
        ("x", ONE, {"params": ()}, KindError, "params are a tuple, wanted a dict by name"),
        ("x", ONE, {"layers": [pn.relu]}, KindError, "layers are a list, wanted a dict by name"),
        ("x", {}, {}, GraphError, "no nodes: give at least one, such as {'out': .'relu', 'x'.}"),
        ("x", {"y": "relu"}, {}, KindError, "node 'y' is 'relu', wanted an op and the names"),
        ("x", {"y": ("relu",)}, {}, KindError, r"node 'y' is \('relu',\), wanted an op and the names"),
        ("x", {"y": pn.relu}, {}, KindError, r"node 'y' is Layer\(.*, such as \('relu', 'x'\)"),
        ("x", {"y": ("relu", 1)}, {}, KindError, r"node 'y' is \('relu', 1\), wanted an op"),
        ("x", {"y": (3, "x")}, {}, KindError, "node 'y' has op 3, wanted the name of a pair or layer"),
        ("x", {"y": (pn.adam(0.1), "x")}, {}, KindError, r"node 'y' has op Optimizer\(.*, wanted the"),
        ("x", {"y": ((F.relu_forward, 1), "x")}, {}, KindError, "node 'y' has op .*, wanted the name"),
        ("x", {"y": (pn.affine, "x")}, {}, KindError, "node 'y' has op <function affine .*a Layer, or"),
        ("x", {"y": ("rleu", "x")}, {}, GraphError, "node 'y' has op 'rleu', .*, such as 'relu'$"),
        ("x", {"y": ("encoed", "x"), "z": ("encode", "y")}, {"layers": {"encode": pn.relu}}, GraphError,
            "node 'y' has op 'encoed', wanted a pair of .* or one of layers=, such as 'encode'$"),
        ("x", {"y": ("1234567", "x")}, {}, GraphError, ".* such as one of 'add', 'affine', .*, [.]{3}$"),
        (("apple", "tax"), {"y": ("multiply", "aple", "tax")}, {}, GraphError,
            "node 'y' reads 'aple', wanted an input, a param or another node, such as 'apple'$"),
        ("x", {"y": ("encode", "x"), "z": ("relu", "encode")}, {"layers": {"encode": pn.relu}}, GraphError,
            "node 'z' reads 'encode', wanted an input, .*, such as one of 'x', 'y', 'z'$"),
        ("x", {"y": ("add", "x", "z"), "z": ("relu", "y")}, {}, GraphError,
            "a cycle: '(y' reads 'z' reads 'y|z' reads 'y' reads 'z)': each node must read what"),
        ("x", {"y": ("add", "x", "y")}, {}, GraphError, "a cycle: 'y' reads 'y': each node must"),
        (("x", "x"), ONE, {}, GraphError, "the name 'x' is given twice, to an input and to an input: give"),
        ("x", {"x": ("relu", "x")}, {}, GraphError, "the name 'x' is .*, to an input and to a node: give"),
        ("x", {"y": ("affine", "x", "x", "x")}, {"params": {"y": (UNIFORM, ())}}, GraphError,
            "the name 'y' is given twice, to a param and to a node"),
        ("x", {"y": ("y", "x")}, {"layers": {"y": pn.relu}}, GraphError, ".* to a layer and to a node: give"),
        ("a b", {"y": ("relu", "a b")}, {}, GraphError, "'a b' names an input: names must be like those"),
        ("x", {1: ("relu", "x")}, {}, GraphError, "1 names a node: names must be like those of Python"),
        ("x", {"y": ("relu", "x")}, {"layers": {"tanh": pn.tanh}}, GraphError, "'tanh', a layer, is never"),
        ("x", {"y": ("tanh", "x")}, {"layers": {"tanh": pn.tanh}}, GraphError,
            "layer 'tanh' has the name of a pair of purenn: give it another"),
        (("x", "t"), ONE, {}, GraphError, "'t', an input, is never used: a node must use it, or leave it"),
        ("x", ONE, {"params": {"w": (UNIFORM, (2,))}}, GraphError, "'w', a param, is never used: a"),
        ("x", {"y": ("relu", "x"), "z": ("tanh", "x")}, {"output": "y"}, GraphError,
            "'z', a node, is never used: a node must use it, or leave it out, or name it in output=$"),
        ("x", {"y": ("relu", "x"), "z": ("tanh", "x")}, {}, GraphError,
            "nobody reads 'y', 'z': give output= one of them, or a tuple"),
        ("x", ONE, {"output": ()}, GraphError, r"output=\(\): give a node, or a tuple of nodes"),
        ("x", ONE, {"output": ("y", "y")}, GraphError, r"output=\('y', 'y'\) has a name twice: give"),
        ("x", ONE, {"output": "x"}, GraphError, "output='x' names 'x', wanted a node, such as one of 'y'"),
        ("x", ONE, {"output": ("y", 3)}, GraphError, r"output=\('y', 3\) names 3, wanted a node, such as"),
        ("x", {"y": ("affine", "x", "x")}, {}, GraphError,
            "node 'y' gives affine 'x', 'x', wanted 3 arguments: x, w, b"),
        ("x", {"y": ("add", "x", "x", "x")}, {}, GraphError, ".* 'x', 'x', 'x', wanted 2 arguments: x, y"),
        ("x", {"y": ((any_number, any_number), "x", "x")}, {}, GraphError,
            r"node 'y' gives any_number 'x', 'x', wanted those of any_number\(\*x\)"),
        ("x", {"y": ((max, max), "x")}, {}, KindError, "node 'y': max does not say .*: wanted a plain"),
        ("x", ONE, {"params": {"w": UNIFORM}}, KindError,
            r"param 'w' is <.*, wanted an initializer and a shape, such as \(glorot_uniform, \(4, 3\)\)"),
        ("x", ONE, {"params": {"w": ((2, 3), UNIFORM)}}, KindError, "param 'w' is .*, wanted an initial"),
        ("x", ONE, {"layers": {"a": pn.affine}}, KindError, "layer 'a' is a function, wanted a Layer"),
    ],
)  # fmt: skip
def test_graph_refuses(inputs, nodes, options, error, match):
    with pytest.raises(error, match=f"^graph: {match}"):
        pn.graph(inputs, nodes, **options)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: TWO.forward({}, [1.0]), TreeError,
            "x: a list, wanted a dict of 'left', 'right': or a tuple of 2"),
        (lambda: TWO.forward({}, Stranger(1.0, 2.0)), TreeError, "x: a Stranger, wanted a dict of"),
        (lambda: TWO.forward({}, (1.0,)), TreeError, "x is a tuple of 1, wanted a tuple of 2: one input"),
        (lambda: TWO.forward({}, {"left": 1.0}), TreeError,
            "x: a dict without 'right', wanted a dict of 'left', 'right'"),
        (lambda: TWO.forward({}, {"left": 1.0, "rigth": 1.0, "tax": 1.0}), TreeError,
            "x: a dict without 'right' and with 'rigth', 'tax', wanted"),
        (lambda: TWO.forward({"w": 1.0}, (1.0, 1.0)), TreeError,
            r"params: a dict with 'w', wanted an empty dict: take them from init\(key\)"),
        (lambda: OWN.forward((), [1.0]), TreeError,
            r"params: a tuple, wanted a dict of 'y', 'w': take them from init\(key\)"),
        (lambda: OWN.forward({"y": ()}, [1.0]), TreeError, "params: a dict without 'w', wanted a dict of"),
        (lambda: TWO.backward(1.0, ()), TypeError,
            "cache is tuple, wanted GraphCache of the nodes 'out': give the cache"),
        (lambda: TWO.backward(1.0, OWN.forward(OWN.init(0), [1.0])[1]), TypeError,
            "cache is GraphCache, wanted GraphCache of the nodes 'out'"),
        (lambda: TWO.absorb({}, ()), TypeError, "cache is tuple"),
    ],
)  # fmt: skip
def test_the_layer_of_a_graph_refuses(call, error, match):
    with pytest.raises(error, match=f"^graph: {match}"):
        call()


def test_a_graph_of_several_outputs_refuses_one_gradient():
    fork = pn.graph("x", {"a": ("relu", "x"), "b": ("tanh", "x")}, output=("a", "b"))
    _, cache = fork.forward({}, [1.0])
    with pytest.raises(TreeError, match=r"^graph_backward: dout is list, wanted a tuple of 2: one gradient"):
        fork.backward([1.0], cache)


def test_a_pair_whose_gradients_are_not_named_like_its_arguments_is_refused():
    def backward(dout, cache):
        return Stranger(dout, dout)

    def nameless(dout, cache):
        return dout, dout

    for wrong, named in ((backward, r"Stranger\(first, second\)"), (nameless, r"tuple\(\)")):
        model = pn.graph("x", {"y": ((F.multiply_forward, wrong), "x", "x")})
        with pytest.raises(
            KindError, match=f"^multiply: backward returned {named}, .* arguments x, y"
        ) as caught:
            model.backward(1.0, model.forward({}, 2.0)[1])
        assert caught.value.__notes__ == ["in node 'y' of a graph"]


def test_a_layer_whose_gradient_of_several_is_none_or_one_is_heard():
    def model(dx):
        both = pn.add._replace(backward=lambda dout, cache, *, need_x=True, xp=None: pn.LayerGrads((), dx))
        return pn.graph("x", {"y": ("multiply", "x", "x"), "z": (both, "x", "y")})

    def grads(dx):
        return model(dx).backward(1.0, model(dx).forward({"z": ()}, 2.0)[1])

    assert grads(None) == ({"z": ()}, None)
    assert grads((1.0, None)).x == 1.0
    with pytest.raises(
        TreeError, match=r"^graph: the gradient of x is 1.0, wanted a tuple, one for each of 'x', 'y'"
    ):
        grads(1.0)


def test_an_error_says_which_node_it_comes_from():
    model = pn.graph("x", {"h": ("relu", "x"), "z": (pn.chain(pn.affine(2, 1)), "h")})
    with pytest.raises(ValueError, match="x has 3 features, w takes 2") as caught:
        model.forward(model.init(0), [[1.0, 2.0, 3.0]])
    assert caught.value.__notes__ == ["in layer 0 of a chain of 1", "in node 'z' of a graph"]
    _, cache = model.forward(model.init(0), [1.0, 2.0])
    with pytest.raises(ValueError, match="affine_backward: dout") as caught:
        model.backward([[1.0]], cache)
    assert caught.value.__notes__ == ["in layer 0 of a chain of 1", "in node 'z' of a graph"]


def test_arrays_of_two_backends_are_named_by_their_places():
    pytest.importorskip("numpy")
    params = OWN.init(0, xp="numpy")
    with pytest.raises(TypeError, match=r"^graph: .*x on lists, params\['y'\]\.w on numpy"):
        OWN.forward(params, [1.0])
    with pytest.raises(TypeError, match=r"^graph: x\['right'\] is None"):
        TWO.forward({}, {"left": 1.0, "right": None})
