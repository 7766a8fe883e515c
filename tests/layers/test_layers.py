"""The laws for layers and chains, on every backend."""

from __future__ import annotations

import pickle
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.layers import AffineParams, ChainCache
from purenn.testing import _bits, check_laws, check_layer

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
MODELS = {
    "affine": pn.affine(3, 2),
    "relu": pn.relu,
    "sigmoid": pn.sigmoid,
    "tanh": pn.tanh,
    "softmax": pn.softmax,
    "chain": pn.chain(pn.affine(3, 4), pn.relu, pn.affine(4, 2)),
    "chain of chains": pn.chain(
        pn.chain(pn.affine(3, 4), pn.tanh), pn.chain(), pn.chain(pn.chain(pn.affine(4, 2)), pn.sigmoid)
    ),
    "empty chain": pn.chain(),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_obeys_the_laws(name, xp):
    for x in (X, X[0], [X, X[::-1]]):
        check_layer(MODELS[name], xp.array(x), key=3).assert_ok()


@pytest.mark.parametrize("loss", ["mean_squared_error", "half_squared_error", "softmax_cross_entropy"])
def test_the_gradients_of_a_loss_obey_the_vjp(loss, xp):
    model, value = MODELS["chain of chains"], getattr(pn, loss)
    params, x = model.init(5, xp=xp.backend), xp.array(X)
    targets = xp.array([1, 0]) if loss == "softmax_cross_entropy" else xp.array([[0.5, 0.25], [0.1, 0.9]])

    def forward(params):
        found = pn.loss_and_grads(model, value)(params, x, targets)
        return found.loss, Grads(*found.grads)

    def backward(dout, cache):
        return Wrapped(pn.tree_map(lambda g: F.multiply_forward(g, dout)[0], tuple(cache)))

    check_laws(forward, backward, params).assert_ok()


class Grads(NamedTuple):
    first: object
    second: object
    third: object


class Wrapped(NamedTuple):
    params: object


def test_a_chain_is_its_layers_one_after_the_other(xp):
    one, two = pn.affine(3, 4), pn.affine(4, 2)
    model = pn.chain(one, pn.relu, two)
    params, x = model.init(1, xp=xp.backend), xp.array(X)
    out, cache = model.forward(params, x)
    z, c1 = one.forward(params[0], x)
    h, c2 = pn.relu.forward((), z)
    y, c3 = two.forward(params[2], h)
    assert _bits(out) == _bits(y)
    assert _bits(cache) == _bits((c1, c2, c3))
    grads = model.backward(y, cache)
    g3 = two.backward(y, c3)
    g2 = pn.relu.backward(g3.x, c2)
    g1 = one.backward(g2.x, c1)
    assert _bits(grads.x) == _bits(g1.x)
    assert _bits(grads.params) == _bits((g1.params, g2.params, g3.params))


def test_chains_of_chains_compute_what_the_flat_chain_computes(pair_of):
    flat = pn.chain(pn.affine(3, 4), pn.tanh, pn.affine(4, 2))
    nested = pn.chain(pn.chain(pn.affine(3, 4), pn.tanh), pn.affine(4, 2))
    params, x = flat.init(1, xp=pair_of.backend), pair_of.array(X)
    out, cache = flat.forward(params, x)
    other, other_cache = nested.forward((params[:2], params[2]), x)
    assert _bits(out) == _bits(other)
    assert _bits(flat.backward(out, cache).params) == _bits(nested.backward(out, other_cache).params)


def test_nobody_computes_a_gradient_that_nobody_reads(xp):
    model = MODELS["chain of chains"]
    params, x = model.init(1, xp=xp.backend), xp.array(X)
    out, cache = model.forward(params, x)
    grads = model.backward(out, cache, need_x=False)
    assert grads.x is None
    assert _bits(grads.params) == _bits(model.backward(out, cache).params)
    for layer in (pn.relu, pn.softmax):
        out, cache = layer.forward((), x)
        assert layer.backward(out, cache, need_x=False).x is None


def test_parameters_have_the_same_bits_on_every_backend(xp):
    model = MODELS["chain of chains"]
    assert _bits(model.init(9, xp=xp.backend)) == _bits(model.init(9))
    assert _bits(model.init(9)) != _bits(model.init(10))
    first, second = pn.chain(pn.affine(2, 2), pn.affine(2, 2)).init(0)
    assert first.w != second.w


def test_a_float32_network_is_float32_everywhere(dtyped):
    model = MODELS["chain of chains"]
    params = model.init(0, xp=dtyped.backend, dtype="float32")
    x, labels = dtyped.array(X, "float32"), dtyped.array([1, 0])
    optimizer = pn.adam()
    state = optimizer.init(params)
    out, cache = model.forward(params, x)
    found = pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, x, labels)
    new, state = optimizer.update(found.grads, state, params)
    sgd, _ = pn.sgd(0.1).update(found.grads, pn.sgd(0.1).init(params), params)
    everything = (params, out, cache, found, model.backward(out, cache), new, sgd, state.m, state.v)
    dtypes = {str(leaf.dtype).rpartition(".")[2] for leaf in pn.tree_leaves(everything)}
    assert dtypes == {"float32"}


def test_caches_print_pickle_and_unpack(xp):
    model = MODELS["chain"]
    out, cache = model.forward(model.init(1, xp=xp.backend), xp.array(X))
    assert "AffineCache(x=" in repr(cache)
    assert isinstance(cache, ChainCache)
    if xp.name != "array_api_strict":  # whose arrays refuse to be pickled
        again = pickle.loads(pickle.dumps(cache))
        assert _bits(model.backward(out, again).params) == _bits(model.backward(out, cache).params)


def test_absorb_is_the_identity_for_layers_without_statistics():
    model = MODELS["chain of chains"]
    params = model.init(0)
    _, cache = model.forward(params, X, key=1)
    assert model.absorb(params, cache) == params


def test_an_initializer_can_be_chosen_and_neurons_take_numbers_of_any_kind():
    from fractions import Fraction

    layer = pn.affine(2, 2, w_init=pn.he_normal)
    assert layer.init(4).w == pn.he_normal(4, (2, 2))
    params = layer.init(4, dtype=Fraction)
    assert {type(number) for row in params.w for number in row} | {type(b) for b in params.b} == {Fraction}


def ragged(key, shape, *, xp=None, dtype=None):
    return [[1.0, 2.0], [1.0]]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: pn.affine(3, 2).forward((None, [0.0, 0.0]), X), TypeError, "affine: w is None"),
        (lambda: pn.affine(2, 2, w_init=ragged).init(0), ValueError, "affine: w is ragged"),
        (lambda: pn.affine(0, 2), ValueError, "affine: inputs=0: wanted a whole number from 1"),
        (lambda: pn.affine(2, 2.0), ValueError, "affine: outputs=2.0"),
        (lambda: pn.affine(True, 2), ValueError, "affine: inputs=True"),
        (
            lambda: pn.chain(pn.affine),
            TypeError,
            "layer 0 is a function affine, not a Layer: give",
        ),
        (lambda: pn.chain(pn.relu, 3), TypeError, "layer 1 is a int, not a Layer: give layers one by one"),
        (
            lambda: pn.relu.forward((1.0,), X),
            ValueError,
            "relu: params are a tuple of 1, wanted a tuple of 0",
        ),
        (
            lambda: pn.affine(3, 2).forward([1.0], X),
            ValueError,
            "affine: params are list, wanted a tuple of 2",
        ),
        (
            lambda: MODELS["chain"].forward(((), ()), X),
            ValueError,
            "chain: params are a tuple of 2, wanted .* 3",
        ),
        (
            lambda: MODELS["chain"].backward(X, ((), (), ())),
            TypeError,
            "chain: cache is tuple, wanted ChainCache",
        ),
        (lambda: MODELS["chain"].backward(X, ChainCache(())), TypeError, "wanted ChainCache of 3 layers"),
    ],
)
def test_bad_calls_are_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_an_error_says_which_layer_it_comes_from():
    model = pn.chain(pn.relu, pn.chain(pn.affine(3, 2), pn.affine(3, 2)))
    with pytest.raises(ValueError, match="x has 2 features, w takes 3") as caught:
        model.forward(model.init(0), X)
    assert caught.value.__notes__ == ["in layer 1 of a chain of 2", "in layer 1 of a chain of 2"]
    out, cache = MODELS["chain"].forward(MODELS["chain"].init(0), X)
    with pytest.raises(ValueError, match="affine_backward: dout") as caught:
        MODELS["chain"].backward(out[0], cache)
    assert caught.value.__notes__ == ["in layer 2 of a chain of 3"]


def test_an_array_of_another_backend_is_named():
    numpy = pytest.importorskip("numpy")
    params = MODELS["chain"].init(0, xp="numpy")
    message = r"chain: .*x on lists, params\[0\]\.w on numpy.*purenn\.convert\(params\[0\]\.w, 'lists'\)"
    with pytest.raises(TypeError, match=message):
        MODELS["chain"].forward(params, X)
    with pytest.raises(TypeError, match="chain: x is None"):
        MODELS["chain"].forward(params, None)
    assert numpy is not None


def test_affine_params_are_a_named_tuple():
    assert pn.affine(1, 1).init(0)._fields == AffineParams._fields == ("w", "b")


@pytest.mark.parametrize("layer", ["relu", "sigmoid", "tanh", "softmax", "affine"])
def test_a_layer_refuses_the_cache_of_another(layer):
    other = pn.affine(2, 2) if layer == "relu" else pn.relu
    out, cache = other.forward(other.init(0), [[1.0, 2.0]])
    own = pn.affine(2, 2) if layer == "affine" else getattr(pn, layer)
    for need_x in (True, False):
        with pytest.raises(TypeError, match=f"{layer}.*: cache is {type(cache).__name__}, wanted"):
            own.backward(out, cache, need_x=need_x)
