"""What a key does on its way through layers, losses and training."""

from __future__ import annotations

from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F


class DrawnCache(NamedTuple):
    x: object
    drawn: object


def drawing(log):
    """A layer that scales by a number drawn from its key, writes down how it was called, and absorbs."""

    def forward(params, x, *, key=None, xp=None):
        log.append(("forward", key))
        drawn = 1.0 if key is None else pn.random.uniform(key, low=1.0, high=2.0)
        return F.multiply_forward(x, drawn, xp=xp)[0], DrawnCache(x, drawn)

    def backward(dout, cache, *, need_x=True, xp=None):
        log.append(("backward", need_x))
        dx = F.multiply_forward(dout, cache.drawn, xp=xp)[0]
        return pn.LayerGrads({"seen": F.multiply_forward(cache.drawn, 0.0)[0]}, dx if need_x else None)

    def absorb(params, cache):
        return {"seen": F.add_forward(params["seen"], cache.drawn)[0]}

    return pn.Layer(lambda key, *, xp=None, dtype=None: {"seen": 0.0}, forward, backward, absorb)


def test_every_layer_gets_a_key_of_its_own_and_none_where_none_is_given():
    log = []
    model = pn.chain(drawing(log), pn.chain(drawing(log)), drawing(log))
    params = model.init(0)
    out, cache = model.forward(params, [1.0], key=5)
    keys = [key for _, key in log]
    assert len(set(keys)) == 3
    assert 5 not in keys
    again, _ = model.forward(params, [1.0], key=5)
    assert again == out
    assert model.forward(params, [1.0], key=6)[0] != out
    assert model.forward(params, [1.0])[0] == [1.0]
    assert log[-3:] == [("forward", None)] * 3
    grads = model.backward([1.0], cache)
    assert grads.x == pytest.approx(out)
    assert [entry for entry in log if entry[0] == "backward"] == [("backward", True)] * 3
    absorbed = model.absorb(params, cache)
    drawn = (cache.layers[0].drawn, cache.layers[1].layers[0].drawn, cache.layers[2].drawn)
    assert pn.tree_leaves(absorbed) == list(drawn)


def test_loss_and_grads_hands_on_the_key_and_asks_for_no_gradient_of_x():
    log = []
    model = pn.chain(drawing(log), drawing(log))
    run = pn.loss_and_grads(model, pn.mean_squared_error)
    run(model.init(0), [1.0], [0.5], key=9)
    assert [key is not None for kind, key in log if kind == "forward"] == [True, True]
    assert [need for kind, need in log if kind == "backward"] == [True, False]


def test_training_gives_a_new_key_each_step_and_absorbs_what_layers_saw():
    log = []
    model = pn.chain(drawing(log), pn.affine(1, 1))
    options = {"batch_size": 1, "epochs": 2, "key": 4}
    x = [[1.0], [2.0], [3.0]]
    path = list(pn.train(model, pn.mean_squared_error, pn.sgd(0.01), x, x, **options))
    keys = [key for kind, key in log if kind == "forward"]
    assert len(set(keys)) == 6
    seen = [state.params[0]["seen"] for state in path]
    assert all(1.0 <= b - a < 2.0 for a, b in zip([0.0, *seen], seen, strict=False))


def test_the_draws_of_one_key_are_independent():
    """The weights of a layer must not be ordered as the samples are, nor layers alike."""
    numbers = [number for row in pn.chain(pn.affine(4, 3)).init(5)[0].w for number in row]
    order_key, layer_key = pn.random.split(5)
    for key in (5, pn.random.fold_in(5, 0), order_key, layer_key, pn.random.fold_in(order_key, 0)):
        order = pn.random.permutation(key, 12)
        assert sorted(range(12), key=numbers.__getitem__) != order
