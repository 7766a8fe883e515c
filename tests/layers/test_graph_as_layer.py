"""Graphs as layers: their keys, params and caches, in training, and for those who look inside."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.layers import GraphCache, Parts, Wiring
from purenn.layers.recording import recorded
from purenn.testing import _bits, check_layer

from .test_graph import SKIP, X

UNIFORM, ZEROS = pn.glorot_uniform, pn.initializers.zeros


class Kept(NamedTuple):
    value: object


class Log(NamedTuple):
    keys: list
    needs: list


def watched(log, layer):
    def forward(params, x, *, key=None, xp=None):
        log.keys.append(key)
        return layer.forward(params, x, xp=xp)

    def backward(dout, cache, *, need_x=True, xp=None):
        log.needs.append(need_x)
        return layer.backward(dout, cache, need_x=need_x, xp=xp)

    return layer._replace(forward=forward, backward=backward)


def test_graph_computes_nothing_that_leads_to_inputs_alone_where_nobody_reads_it():
    log, called = Log([], []), []

    def scaled_forward(x, y):
        return F.multiply_forward(x, y)

    def scaled_backward(dout, cache):
        called.append(dout)
        return F.multiply_backward(dout, cache)

    def mixed_backward(dout, cache, *, need_x=True):
        called.append(need_x)
        return F.affine_backward(dout, cache, need_x=need_x)

    model = pn.graph(
        ("x", "y"),
        {
            "before": ((scaled_forward, scaled_backward), "x", "y"),
            "mixed": ((F.affine_forward, mixed_backward), "before", "w", "b"),
            "first": (watched(log, pn.affine(3, 3)), "x"),
            "second": (watched(log, pn.affine(3, 3)), "first"),
            "out": ("add", "mixed", "second"),
        },
        params={"w": (UNIFORM, (3, 3)), "b": (ZEROS, (3,))},
    )
    params = model.init(0)
    out, cache = model.forward(params, (X, 2.0))
    without, both = model.backward(out, cache, need_x=False), model.backward(out, cache)
    assert without.x is None
    assert _bits(without.params) == _bits(both.params)
    assert log.needs == [True, False, True, True]
    assert called[:2] == [False, True]
    assert len(called) == 3


def test_graph_adds_no_gradients_that_nobody_reads():
    """Two gradients of x that do not add: only who asks for their sum hears of it."""

    def pair(size):
        def backward(dout, cache):
            return F.MultiplyGrads([1.0] * size, dout)

        return F.multiply_forward, backward

    nodes = {name: (pair(size), "x", "w") for name, size in (("a", 2), ("b", 3))}
    model = pn.graph("x", nodes | {"out": ("add", "a", "b")}, params={"w": (UNIFORM, ())})
    _, cache = model.forward({"w": 2.0}, 3.0)
    assert model.backward(1.0, cache, need_x=False) == ({"w": 2.0}, None)
    with pytest.raises(ValueError, match="do not broadcast"):
        model.backward(1.0, cache)


def test_graph_finds_the_backend_once_for_all_nodes(xp):
    given = []

    def forward(x, y, *, xp=None):
        given.append(xp)
        return F.multiply_forward(x, y)

    model = pn.graph("x", {"y": ((forward, F.multiply_backward), "x", "x")})
    model.forward({}, xp.array([1.0]))
    model.forward({}, xp.array([1.0]), xp=xp.backend)
    assert given == [xp.backend] * 2


def test_graph_gives_each_layer_a_key_of_its_own_and_pairs_too():
    log = Log([], [])
    one = watched(log, pn.tanh)
    model = pn.graph("x", {"a": ("one", "x"), "b": ("dropout", "a"), "c": ("one", "b")}, layers={"one": one})
    out, _ = model.forward(model.init(0), [1.0] * 8, key=5)
    assert log.keys == [pn.random.fold_in(5, 0), pn.random.fold_in(5, 2)]
    assert out == model.forward(model.init(0), [1.0] * 8, key=5)[0]
    assert out != model.forward(model.init(0), [1.0] * 8, key=6)[0]
    assert 0.0 in out
    log.keys.clear()
    assert 0.0 not in model.forward(model.init(0), [1.0] * 8)[0]
    assert log.keys == [None, None]


def test_graph_draws_all_params_from_keys_of_their_own():
    model = pn.graph(
        "x",
        {"z": ("multiply", "y", "w"), "y": ("own", "x"), "out": (pn.affine(3, 3), "z")},
        layers={"own": pn.affine(3, 3)},
        params={"w": (UNIFORM, (3,))},
    )
    params = model.init(4)
    assert list(params) == ["out", "own", "w"]
    assert params["out"].w == UNIFORM(pn.random.fold_in(4, 2), (3, 3))
    assert params["own"].w == UNIFORM(pn.random.fold_in(4, 3), (3, 3))
    assert params["w"] == UNIFORM(pn.random.fold_in(4, 4), (3,))
    assert {type(n) for n in model.init(4, dtype=Fraction)["w"]} == {Fraction}


def test_graph_folds_in_what_each_use_of_a_layer_absorbs():
    def forward(params, x, *, key=None, xp=None):
        return 2 * x, Kept(x)

    counting = pn.Layer(
        lambda key, *, xp=None, dtype=None: {"seen": 0.0},
        forward,
        lambda dout, cache, *, need_x=True, xp=None: pn.LayerGrads({"seen": 0.0}, 2 * dout),
        lambda params, cache: {"seen": params["seen"] + cache.value},
    )
    model = pn.graph(
        "x",
        {"a": ("own", "x"), "b": ("own", "a"), "c": (counting, "b"), "d": ("multiply", "c", "w")},
        layers={"own": counting},
        params={"w": (ZEROS, ())},
    )
    params = model.init(0)
    after = model.absorb(params, model.forward(params, 1.0)[1])
    assert after == {"c": {"seen": 4.0}, "own": {"seen": 3.0}, "w": 0.0}
    assert params == model.init(0)


def test_graph_cache_is_a_value_that_pickles(xp):
    params = SKIP.init(0, xp=xp.backend)
    out, cache = SKIP.forward(params, xp.array(X))
    assert type(cache) is GraphCache
    assert list(cache.nodes) == ["first", "second", "around", "third", "scaled", "out"]
    if xp.name != "array_api_strict":  # whose arrays refuse to be pickled
        again = pickle.loads(pickle.dumps(cache))
        assert _bits(tuple(SKIP.backward(out, again))) == _bits(tuple(SKIP.backward(out, cache)))


def test_graph_takes_nodes_in_any_order_and_as_many_as_there_are():
    nodes = {f"n_{i}": ("add", f"n_{i - 1}" if i else "x", "x") for i in reversed(range(2000))}
    deep = pn.graph("x", nodes)
    out, cache = deep.forward({}, 1.0)
    assert out == deep.backward(1.0, cache).x == 2001.0
    assert list(cache.nodes)[:2] == ["n_0", "n_1"]


def test_graph_says_what_it_is_made_of():
    parts = SKIP.parts
    assert isinstance(parts, Parts)
    assert (parts.name, parts.pair, len(parts.layers)) == ("graph", None, 6)
    assert parts.names == ("first", "second", "around", "third", "scaled", "out")
    assert parts.wiring == Wiring(
        inputs="x",
        reads={
            "first": ("x",),
            "second": ("first",),
            "around": ("x", "second"),
            "third": ("around",),
            "scaled": ("third", "factor"),
            "out": ("scaled",),
        },
        params=("factor",),
        shared={"first": "inner", "second": "inner", "third": "inner"},
        output="out",
    )
    assert parts.layers[0] is parts.layers[1] is parts.layers[3]
    assert parts.layers[2].parts == Parts("add", (F.add_forward, F.add_backward))
    assert parts.layers[2].forward((), (1.0, 2.0))[0] == 3.0
    again = parts.build(*parts.layers)
    params = SKIP.init(0)
    assert again.init(0) == params
    assert again.parts.wiring == parts.wiring
    out, cache = SKIP.forward(params, X)
    assert again.forward(params, X) == (out, cache)
    assert again.backward(out, cache) == SKIP.backward(out, cache)


def test_recorded_notes_each_node_of_a_graph_under_its_name():
    model = pn.chain(pn.relu, pn.graph("x", {"net": (SKIP, "x"), "out": (pn.chain(pn.tanh, pn.relu), "net")}))
    notes = {}
    params = model.init(0)
    out, cache = recorded(model, notes).forward(params, X)
    dout = [[1.0, -1.0]] * 2
    grads = recorded(model, notes).backward(dout, cache)
    inner = [f"1.net.{name}" for name in SKIP.parts.names]
    ends = [f"1.net.{name}.{i}" for name in ("first", "second", "third") for i in (0, 1)]
    assert set(notes) == {"", "0", "1", "1.net", "1.out", "1.out.0", "1.out.1", *inner, *ends}
    assert out == model.forward(params, X)[0]
    assert grads == model.backward(dout, cache)
    around = notes["1.net.around"]
    assert (around.name, around.params, around.key) == ("add", (), None)
    assert around.x == (notes["1.net"].x, notes["1.net.second"].out)
    assert around.grads.x == (around.dout, around.dout)
    assert notes["1.net.second"].params == params[1]["net"]["inner"]
    assert notes["1.net.scaled"].grads.x[1] == grads.params[1]["net"]["factor"]


def test_graph_trains_and_predicts(pair_of):
    spiral = pn.data.spiral(0, samples=30, classes=3, noise=0.1)
    model = pn.graph(
        "x",
        {
            "spread": (pn.affine(2, 16), "x"),
            "once": ("block", "spread"),
            "twice": ("block", "once"),
            "around": ("add", "spread", "twice"),
            "scores": (pn.affine(16, 3), "around"),
        },
        layers={"block": pn.chain(pn.affine(16, 16), pn.tanh)},
    )
    check_layer(model, pair_of.array(spiral.x[::30])).assert_ok()
    x, y = pn.convert((spiral.x, spiral.y), pair_of.name)
    epochs = 60 if pair_of.name == "numpy" else 2
    *_, state = pn.train(
        model, pn.softmax_cross_entropy, pn.adam(0.01), x, y, batch_size=30, epochs=epochs, key=0
    )
    guesses = pn.convert(pn.predict(model, state.params, x), "lists")
    share = sum(guess == label for guess, label in zip(guesses, spiral.y, strict=True)) / len(guesses)
    assert share > (0.95 if epochs == 60 else 0.4)


def test_graph_of_two_inputs_trains(pair_of):
    model = pn.graph(
        ("left", "right"),
        {
            "a": ("encode", "left"),
            "b": ("encode", "right"),
            "both": ("multiply", "a", "b"),
            "out": (pn.affine(2, 1), "both"),
        },
        layers={"encode": pn.affine(3, 2)},
    )
    x = (pair_of.array(X), pair_of.array([[1.0, 0.5, -1.0], [-0.5, 2.0, 1.0]]))
    targets = pair_of.array([[1.0], [-1.0]])
    step = pn.loss_and_grads(model, pn.mean_squared_error)
    optimizer = pn.adam(0.05)
    params = model.init(0, xp=pair_of.backend)
    state, losses = optimizer.init(params), []
    for _ in range(40):
        loss, grads, _ = step(params, x, targets)
        params, state = optimizer.update(grads, state, params)
        losses.append(float(loss))
    assert losses[-1] < 1.05 < losses[0]
