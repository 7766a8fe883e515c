"""Layers of pairs, purenn's and yours; and what a layer says it is made of."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.layers import Parts
from purenn.layers.recording import recorded
from purenn.testing import bits, check_layer

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


class Cube(NamedTuple):
    x: object


def cube_forward(x):
    return x**3, Cube(x)


def cube_backward(dout, cache):
    return Cube(3 * dout * cache.x**2)


def test_a_pair_of_your_own_becomes_a_layer():
    check_layer(pn.layer(cube_forward, cube_backward), 2.0).assert_ok()
    assert pn.chain(pn.layer(cube_forward, cube_backward)).forward(((),), 2.0)[0] == 8.0


def test_a_pair_with_params_becomes_a_layer(xp):
    def init(key, *, xp=None, dtype=None):
        first, second = pn.random.split(key)
        w = pn.glorot_uniform(first, (3, 2), xp=xp, dtype=dtype)
        return w, pn.random.uniform(second, (2,), xp=xp, dtype=dtype)

    layer = pn.layer(F.affine_forward, F.affine_backward, init=init, cache_type=F.AffineCache)
    check_layer(layer, xp.array(X)).assert_ok()
    out, cache = layer.forward(layer.init(2, xp=xp.backend), xp.array(X))
    assert layer.backward(out, cache, need_x=False).x is None


def test_a_key_that_a_function_has_by_itself_stays():
    always = pn.layer(partial(F.dropout_forward, key=7), F.dropout_backward, drop=0.5)
    want, _ = pn.dropout(0.5).forward((), X, key=7)
    assert always.forward((), X)[0] == want != X
    assert always.forward((), X, key=8)[0] == pn.dropout(0.5).forward((), X, key=8)[0]


def test_a_layer_says_which_pair_it_is():
    assert pn.relu.parts == Parts("relu", (F.relu_forward, F.relu_backward))
    assert pn.affine(1, 1).parts == Parts("affine", (F.affine_forward, F.affine_backward))
    assert pn.affine(1, 1, bias=False).parts == Parts("affine", (F.matmul_forward, F.matmul_backward))
    assert pn.scale().parts == Parts("scale", (F.multiply_forward, F.multiply_backward))
    halved = partial(F.dropout_forward, drop=0.5)
    assert pn.layer(halved, F.dropout_backward).parts == Parts("dropout", (halved, F.dropout_backward))
    assert pn.Layer(pn.relu.init, pn.relu.forward, pn.relu.backward).parts is None


@pytest.mark.parametrize("make", [pn.chain, pn.parallel, pn.branch, pn.residual])
def test_a_combinator_says_which_layers_it_is_made_of(make):
    made = make(pn.tanh)
    assert made.parts == Parts(make.__name__, None, (pn.tanh,), make)
    x = ([0.5],) if make is pn.parallel else [0.5]
    params = made.init(key=0)
    again = made.parts.build(*made.parts.layers, *made.parts.held)
    assert bits(again.forward(params, x)[0]) == bits(made.forward(params, x)[0])


def test_a_frozen_layer_says_what_it_holds():
    params = ([[2.0]], [1.0])
    inner = pn.affine(1, 1)
    parts = pn.frozen(inner, params).parts
    assert (parts.layers, parts.held) == ((inner,), (params,))
    assert parts.build(*parts.layers, ([[3.0]], [0.0])).forward((), [1.0])[0] == [3.0]


def test_recorded_notes_what_each_layer_was_given_and_returned(xp):
    model = pn.chain(pn.affine(3, 3), pn.residual(pn.tanh))
    params, x = model.init(0, xp=xp.backend), xp.array(X)
    notes = {}
    run = recorded(model, notes)
    out, cache = run.forward(params, x)
    assert list(notes) == ["0", "1.0", "1", ""]
    assert notes["0"].out is notes["1"].x is notes["1.0"].x
    assert notes[""].out is notes["1"].out is out
    assert (notes["0"].params, notes["0"].dout, notes["1"].places) == (params[0], None, ("1.0",))
    grads = run.backward(out, cache)
    assert notes["0"].dout is notes["1"].grads.x
    assert bits(grads) == bits(model.backward(out, model.forward(params, x)[1]))
