"""Graphs: the values and gradients of nodes that read each other, and the laws."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.testing import _bits, check_laws, check_layer

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
UNIFORM = pn.glorot_uniform
BILL = pn.graph(
    ("apple", "apples", "orange", "oranges", "tax"),
    {
        "price": ("multiply", "total", "tax"),
        "apple_total": ("multiply", "apple", "apples"),
        "orange_total": ("multiply", "orange", "oranges"),
        "total": ("add", "apple_total", "orange_total"),
    },
)
GOODS = {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1}
SKIP = pn.graph(  # a skip connection, and weights that three nodes share
    "x",
    {
        "first": ("inner", "x"),
        "second": ("inner", "first"),
        "around": ("add", "x", "second"),
        "third": ("inner", "around"),
        "scaled": ("multiply", "third", "factor"),
        "out": (pn.affine(3, 2), "scaled"),
    },
    layers={"inner": pn.chain(pn.affine(3, 3), pn.tanh)},
    params={"factor": (partial(pn.initializers.uniform, bound=2.0), (3,))},
)
LAYERS = {
    "skip and shared": SKIP,
    "pairs alone": pn.graph(
        "x",
        {
            "z": ("affine", "x", "w", "b"),
            "h": ("tanh", "z"),
            "again": ("affine", "h", "w", "b"),
            "out": ("multiply", "again", "h"),
        },
        params={"w": (UNIFORM, (3, 3)), "b": (UNIFORM, (3,))},
    ),
    "in a chain": pn.chain(pn.affine(3, 3), SKIP, pn.sigmoid),
    "in a graph": pn.graph(
        "x", {"a": (SKIP, "x"), "b": (pn.chain(SKIP, pn.affine(2, 2)), "x"), "c": ("add", "a", "b")}
    ),
    "several outputs": pn.graph("x", {"a": (pn.affine(3, 2), "x"), "b": ("sigmoid", "a")}, output=("b", "a")),
    "layers of tuples": pn.graph(
        "x",
        {
            "fork": (pn.branch(pn.affine(3, 2), pn.tanh), "x"),
            "join": (pn.parallel(pn.affine(2, 3), pn.relu), "fork"),
            "all": (pn.add, "join"),
            "out": (pn.add, "all", "x", "x"),
        },
    ),
    "drops": pn.graph("x", {"a": (pn.dropout(0.5), "x"), "b": ("dropout", "x"), "c": ("multiply", "a", "b")}),
    "one node": pn.graph("x", {"out": ("relu", "x")}),
}


def test_graph_prints_the_numbers_of_apples_and_oranges():
    out, cache = BILL.forward({}, GOODS)
    grads = BILL.backward(1, cache)
    assert out == 715.0000000000001
    assert grads.params == {} == BILL.init(0)
    assert grads.x == {
        "apple": 2.2, "apples": 110.00000000000001,
        "orange": 3.3000000000000003, "oranges": 165.0, "tax": 650,
    }  # fmt: skip
    assert list(cache.nodes) == ["apple_total", "orange_total", "total", "price"]
    assert BILL.forward({}, GOODS | {"tax": Fraction(11, 10)})[0] == 715


def test_graph_gives_the_gradient_of_x_in_the_form_of_x(xp):
    x = {name: xp.array(float(value)) for name, value in reversed(GOODS.items())}
    in_order = tuple(x[name] for name in GOODS)
    out, cache = BILL.forward({}, x)
    again, other = BILL.forward({}, in_order)
    assert _bits(out) == _bits(again)
    by_name, by_place = (BILL.backward(out, each).x for each in (cache, other))
    assert type(by_place) is tuple
    assert _bits(by_place) == _bits(tuple(by_name[name] for name in GOODS))
    assert type(pn.graph(("x",), {"y": ("relu", "x")}).forward({}, ([1.0],))[1].form) is tuple


class Kept(NamedTuple):
    value: object


class Grads(NamedTuple):
    x: object


def exp_forward(x):
    return math.exp(x), Kept(math.exp(x))


def exp_backward(dout, cache):
    return Grads(dout * cache.value)


def reciprocal_forward(x):
    return 1 / x, Kept(1 / x)


def reciprocal_backward(dout, cache):
    return Grads(-dout * cache.value**2)


def test_graph_of_sigmoid_taken_apart_is_sigmoid():
    taken_apart = pn.graph(
        ("x", "minus_one", "one"),
        {
            "negated": ("multiply", "x", "minus_one"),
            "power": ((exp_forward, exp_backward), "negated"),
            "denominator": ("add", "power", "one"),
            "y": ((reciprocal_forward, reciprocal_backward), "denominator"),
        },
    )
    y, cache = taken_apart.forward({}, (0.0, -1, 1))
    assert (y, taken_apart.backward(1.0, cache).x) == (0.5, (0.25, 0.0, -0.25))
    y, cache = taken_apart.forward({}, (2.0, -1, 1))
    assert (
        abs(taken_apart.backward(1.0, cache).x[0] - F.sigmoid_backward(1.0, F.sigmoid_forward(2.0)[1]).x)
        < 1e-16
    )
    check_layer(taken_apart, (0.7, -1.0, 1.0)).assert_ok()


@pytest.mark.parametrize("xp", ["lists", "read-only numpy", "array_api_strict"], indirect=True)
@pytest.mark.parametrize("training_key", [None, 7])
@pytest.mark.parametrize("name", LAYERS)
def test_graph_obeys_the_laws_as_it_predicts_and_trains(name, training_key, xp):
    check_layer(LAYERS[name], xp.array(X), key=3, training_key=training_key).assert_ok()


def test_graph_of_several_inputs_obeys_the_laws(xp):
    model = pn.graph(
        ("left", "right"),
        {"a": (pn.affine(3, 2), "left"), "b": ("tanh", "right"), "both": (pn.add, "a", "b", "b")},
    )
    left, right = xp.array(X), xp.array([[0.5, -1.0], [1.5, 0.25]])
    check_layer(model, (left, right)).assert_ok()
    check_layer(model, {"left": left, "right": right}).assert_ok()


def test_graph_in_fractions_is_exact():
    params = {"w": [Fraction(1, 3), Fraction(2)]}
    model = pn.graph(
        "x",
        {"y": ("multiply", "x", "w"), "z": ("multiply", "y", "x"), "out": ("add", "z", "w")},
        params={"w": (UNIFORM, (2,))},
    )
    report = check_laws(
        model.forward, model.backward, params, [Fraction(1, 7), Fraction(-3)], laws=["vjp", "exact"]
    )
    report.assert_ok()
    assert "exactly" in str(report)


def test_graph_of_a_chain_is_the_chain_to_the_bit(xp):
    chain = pn.chain(pn.affine(3, 4), pn.dropout(0.25), pn.relu, pn.affine(4, 2))
    model = pn.graph(
        "x",
        {
            "a": (pn.affine(3, 4), "x"),
            "b": (pn.dropout(0.25), "a"),
            "c": ("relu", "b"),
            "d": (pn.affine(4, 2), "c"),
        },
    )
    one, other = (each.init(5, xp=xp.backend) for each in (chain, model))
    assert list(other) == ["a", "b", "d"]
    assert other["b"] == ()
    assert _bits(one) == _bits(other)
    for key in (None, 9):
        out, cache = chain.forward(one, xp.array(X), key=key)
        same, caches = model.forward(other, xp.array(X), key=key)
        assert _bits(out) == _bits(same)
        assert _bits(tuple(chain.backward(out, cache))) == _bits(tuple(model.backward(out, caches)))


def test_graph_of_a_residual_is_the_residual_to_the_bit(xp):
    inner = pn.chain(pn.affine(3, 3), pn.tanh)
    model = pn.graph("x", {"inner": (inner, "x"), "out": ("add", "x", "inner")})
    params = inner.init(2, xp=xp.backend)
    out, cache = pn.residual(inner).forward(params, xp.array(X))
    same, caches = model.forward({"inner": params}, xp.array(X))
    assert _bits(out) == _bits(same)
    grads, others = pn.residual(inner).backward(out, cache), model.backward(out, caches)
    assert _bits((grads.params, grads.x)) == _bits((others.params["inner"], others.x))


def test_graph_adds_the_gradients_of_what_several_nodes_read_from_the_last_to_the_first():
    """2**53 + 1 + 1 is 2**53 in floats, one by one, and 1 + 1 + 2**53 is not."""
    nodes = {name: ("multiply", "x", f"f_{name}") for name in "abc"}
    model = pn.graph(("x", "f_a", "f_b", "f_c"), nodes, output=("a", "b", "c"))
    for factors, total in (((1.0, 1.0, 2.0**53), 2.0**53), ((2.0**53, 1.0, 1.0), 2.0**53 + 2)):
        _, cache = model.forward({}, (1.0, *factors))
        assert model.backward((1.0, 1.0, 1.0), cache).x[0] == total


def test_graph_reads_one_name_twice_and_outputs_what_others_read():
    square = pn.graph("x", {"y": ("multiply", "x", "x"), "z": ("multiply", "y", "x")}, output=("z", "y"))
    out, cache = square.forward({}, 3.0)
    assert out == (27.0, 9.0)
    assert square.backward((1.0, 1.0), cache).x == 27.0 + 6.0
    assert square.backward((0.0, 1.0), cache).x == 6.0
    one = pn.graph("x", {"y": ("multiply", "x", "x")}, output=("y",))
    assert one.forward({}, 3.0)[0] == (9.0,)
    assert pn.graph("x", {"y": ("multiply", "x", "x")}, output="y").forward({}, 3.0)[0] == 9.0


def test_graph_with_targets_gives_them_no_gradient(xp):
    model = pn.graph(
        ("x", "labels"),
        {"scores": (pn.affine(3, 2), "x"), "loss": ("softmax_cross_entropy", "scores", "labels")},
    )
    params, labels = model.init(1, xp=xp.backend), xp.array([1, 0])
    loss, cache = model.forward(params, {"x": xp.array(X), "labels": labels})
    grads = model.backward(1, cache)
    assert grads.x["labels"] is None
    found = pn.loss_and_grads(pn.affine(3, 2), pn.softmax_cross_entropy)(
        params["scores"], xp.array(X), labels
    )
    assert _bits((loss, grads.params["scores"])) == _bits((found.loss, found.grads))
    by_value = pn.graph(("x", "t"), {"loss": (pn.mean_squared_error, "x", "t")})
    assert by_value.backward(1, by_value.forward({}, (3.0, 1.0))[1]).x == (4.0, None)


def test_graph_gives_params_that_nothing_comes_back_to_no_gradient_unless_they_are_some():
    def model(op, **options):
        nodes = {"made": (op, "x") if options == {} else ("multiply", "x", "w"),
                 "loss": ("mean_squared_error", "x", "made")}  # fmt: skip
        return pn.graph("x", nodes, **options)

    plain = model(pn.tanh)
    grads = plain.backward(1, plain.forward({"made": ()}, [0.5])[1])
    assert grads.params == {"made": ()}
    assert grads.x == pytest.approx([2 * (0.5 - math.tanh(0.5))])
    for graph in (model(pn.affine(1, 1)), model("", params={"w": (UNIFORM, (1,))})):
        _, cache = graph.forward(graph.init(0), [0.5])
        with pytest.raises(
            ValueError, match=r"no gradient comes back to the params of '(made|w)'.*must be frozen"
        ):
            graph.backward(1, cache)
