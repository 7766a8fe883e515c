"""Layers made of pairs and of layers: the laws, shared weights, frozen params, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.errors import ArrayError
from purenn.layers import (
    BranchCache,
    ChainCache,
    MatmulParams,
    ParallelCache,
    ResidualCache,
    ScaleParams,
    SumCache,
)
from purenn.testing import _bits, check_laws, check_layer

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
ACTIVATIONS = [
    "elu", "gelu", "hard_sigmoid", "hard_swish", "identity", "leaky_relu", "log_softmax", "mish", "relu",
    "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "tanh",
]  # fmt: skip
FROZEN = pn.affine(3, 3)
LAYERS = {
    "dropout": pn.dropout(0.5),
    "flatten": pn.flatten,
    "no bias": pn.affine(3, 2, bias=False),
    "scale": pn.scale((3,), init=partial(pn.initializers.uniform, bound=2.0)),
    "scale by one number": pn.scale(),
    "residual": pn.residual(pn.chain(pn.affine(3, 4), pn.tanh, pn.affine(4, 3))),
    "branch": pn.branch(pn.affine(3, 2), pn.chain(pn.tanh, pn.affine(3, 4, bias=False))),
    "branch and add": pn.chain(pn.branch(pn.affine(3, 2), pn.affine(3, 2), pn.affine(3, 2)), pn.add, pn.tanh),
    "branch of branches": pn.branch(pn.branch(pn.tanh, pn.sigmoid), pn.affine(3, 1)),
    "fork of a fork": pn.chain(
        pn.branch(pn.affine(3, 3), pn.tanh), pn.branch(pn.add, pn.parallel(pn.sigmoid, pn.affine(3, 2)))
    ),
    "residual in a chain": pn.chain(pn.affine(3, 3), pn.residual(pn.dropout(0.25)), pn.mish),
    "an option": pn.layer(F.leaky_relu_forward, F.leaky_relu_backward, negative_slope=0.25),
    "gelu by tanh": pn.layer(F.gelu_forward, F.gelu_backward, approximate="tanh"),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_a_layer(name, xp):
    layer = getattr(pn, name)
    check_layer(layer, xp.array(X)).assert_ok()
    out, _ = layer.forward(layer.init(0), xp.array(X))
    assert _bits(out) == _bits(getattr(F, f"{name}_forward")(xp.array(X))[0])


@pytest.mark.parametrize("xp", ["lists", "read-only numpy", "array_api_strict"], indirect=True)
@pytest.mark.parametrize("training_key", [None, 7])
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_obeys_the_laws_as_it_predicts_and_trains(name, training_key, xp):
    check_layer(LAYERS[name], xp.array(X), key=3, training_key=training_key).assert_ok()


def test_parallel_obeys_the_laws(xp):
    layer = pn.parallel(pn.affine(3, 2), pn.affine(2, 3))
    check_layer(layer, (xp.array(X), xp.array([[0.5, 1.5]]))).assert_ok()


def test_frozen_has_nothing_to_train_and_the_true_gradient_of_x(xp):
    params = FROZEN.init(1, xp=xp.backend)
    frozen = pn.frozen(FROZEN, params)
    check_layer(frozen, xp.array(X)).assert_ok()
    assert frozen.init(0) == ()
    out, cache = frozen.forward((), xp.array(X))
    assert _bits(out) == _bits(FROZEN.forward(params, xp.array(X))[0])
    assert _bits(frozen.backward(out, cache).x) == _bits(FROZEN.backward(out, cache).x)
    model = pn.chain(frozen, pn.affine(3, 1))
    own = model.init(0, xp=xp.backend)
    run = pn.loss_and_grads(model, pn.mean_squared_error)
    optimizer = pn.adamw(0.1, weight_decay=0.5)
    grads = run(own, xp.array(X), xp.array([[0.0], [1.0]])).grads
    new, _ = optimizer.update(grads, optimizer.init(own), own)
    assert new[0] == ()
    assert _bits(new[1]) != _bits(own[1])


@pytest.mark.parametrize("name", [*LAYERS, "frozen"])
def test_nobody_computes_a_gradient_that_nobody_reads(name, pair_of):
    layer = pn.frozen(FROZEN, FROZEN.init(1, xp=pair_of.backend)) if name == "frozen" else LAYERS[name]
    params = layer.init(1, xp=pair_of.backend)
    out, cache = layer.forward(params, pair_of.array(X))
    with_x, without = layer.backward(out, cache), layer.backward(out, cache, need_x=False)
    assert without.x is None
    assert _bits(without.params) == _bits(with_x.params)


def test_dropout_drops_its_share_only_when_it_trains(pair_of):
    layer, x = pn.dropout(0.25), pair_of.array([1.0] * 4000)
    out, cache = layer.forward((), x, key=5)
    numbers = pn.convert(out, "lists")
    assert 0.22 < numbers.count(0.0) / 4000 < 0.28
    assert set(numbers) == {0.0, 1 / 0.75}
    assert pn.convert(layer.backward(x, cache).x, "lists") == numbers
    assert pn.convert(layer.forward((), x)[0], "lists") == [1.0] * 4000
    assert pn.convert(layer.forward((), x, key=6)[0], "lists") != numbers


def test_dropout_of_nothing_and_of_all(pair_of):
    x = pair_of.array([1.0, float("inf"), -2.0])
    out, cache = pn.dropout(0).forward((), x, key=1)
    assert pn.convert(out, "lists") == [1.0, float("inf"), -2.0]
    out, cache = pn.dropout(1).forward((), x, key=1)
    assert pn.convert(out, "lists") == [0.0, 0.0, 0.0]
    assert pn.convert(pn.dropout(1).backward(x, cache).x, "lists") == [0.0, 0.0, 0.0]


def test_shared_weights_add_their_gradients(xp):
    """One layer used twice: the gradient of its params is the sum of both uses."""
    layer, x = pn.chain(pn.affine(3, 3), pn.tanh), xp.array(X)

    def forward(params, x, *, key=None, xp=None):
        inner, first = layer.forward(params, x, xp=xp)
        out, second = layer.forward(params, inner, xp=xp)
        return out, Twice(first, second)

    def backward(dout, cache, *, need_x=True, xp=None):
        after = layer.backward(dout, cache.second, xp=xp)
        before = layer.backward(after.x, cache.first, need_x=need_x, xp=xp)
        total = pn.tree_map(lambda one, other: F.add_forward(one, other)[0], after.params, before.params)
        return pn.LayerGrads(total, before.x)

    twice = pn.Layer(layer.init, forward, backward)
    check_layer(twice, x).assert_ok()
    params = layer.init(0, xp=xp.backend)
    apart = pn.chain(layer, layer)
    grads = apart.backward(x, apart.forward((params, params), x)[1]).params
    summed = pn.tree_map(lambda one, other: F.add_forward(other, one)[0], *grads)
    assert _bits(twice.backward(x, twice.forward(params, x)[1]).params) == _bits(summed)


class Cube(NamedTuple):
    x: object


class Twice(NamedTuple):
    first: object
    second: object


def test_caches_and_params_have_names():
    assert pn.affine(1, 1, bias=False).init(0)._fields == MatmulParams._fields == ("w",)
    assert pn.scale((2,)).init(0) == ScaleParams([1.0, 1.0])
    x = ([1.0], [2.0])
    for layer, kind in ((pn.add, SumCache), (pn.parallel(pn.relu, pn.relu), ParallelCache)):
        assert type(layer.forward(layer.init(0), x)[1]) is kind
    for layer, kind in ((pn.branch(pn.relu), BranchCache), (pn.residual(pn.relu), ResidualCache)):
        assert type(layer.forward(layer.init(0), [1.0])[1]) is kind


@pytest.mark.parametrize(
    "name", ["residual", "branch", "parallel", "add", "frozen", "scale", "dropout", "flatten"]
)
def test_a_layer_refuses_the_cache_of_another(name):
    layers = {
        "residual": pn.residual(pn.relu),
        "branch": pn.branch(pn.relu),
        "parallel": pn.parallel(pn.relu),
        "add": pn.add,
        "frozen": pn.frozen(pn.relu, ()),
        "scale": pn.scale(),
        "dropout": pn.dropout(),
        "flatten": pn.flatten,
    }
    with pytest.raises(TypeError, match="cache is ChainCache, wanted"):
        layers[name].backward(([1.0],) if name in ("branch", "parallel", "add") else [1.0], ChainCache(()))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (
            lambda: pn.dropout(1.5),
            ValueError,
            "dropout: drop=1.5: wanted a number from 0 to 1",
        ),
        (lambda: pn.dropout(True), ValueError, "dropout: drop=True"),
        (lambda: pn.scale((0,)), ValueError, "scale: a size=0"),
        (
            lambda: pn.scale((3,)).forward(ScaleParams([1.0, 1.0, 1.0]), [[1.0], [2.0]]),
            ValueError,
            r"scale: x \(2, 1\) and factor \(3,\) do not meet: factor must be \(3,\)",
        ),
        (
            lambda: pn.residual(pn.affine(3, 1)).forward(pn.affine(3, 1).init(0), X),
            ValueError,
            r"residual: x \(2, 3\) and the output of its layer \(2, 1\) differ",
        ),
        (lambda: pn.residual(pn.affine), TypeError, "residual: layer 0 is a function affine, not a Layer"),
        (lambda: pn.frozen(3, ()), TypeError, "frozen: layer 0 is a int, not a Layer"),
        (lambda: pn.branch(), TypeError, "branch: no layers: give at least one"),
        (lambda: pn.branch(pn.relu, F.relu_forward), TypeError, "branch: layer 1 is a function relu_forward"),
        (
            lambda: pn.parallel(pn.relu, pn.relu).forward(((), ()), [1.0]),
            ValueError,
            "parallel: x is list, wanted a tuple of 2: one input for each layer",
        ),
        (
            lambda: pn.branch(pn.relu, pn.relu).backward([1.0], BranchCache(((), ()))),
            ValueError,
            "branch_backward: dout is list, wanted a tuple of 2: one gradient for each output",
        ),
        (lambda: pn.add.forward((), [1.0]), TypeError, "add: x is a list, wanted a tuple of arrays"),
        (
            lambda: pn.add.forward((), ([1.0], [1.0, 2.0])),
            ValueError,
            r"add: x \(1,\) and \(2,\) differ: branches that are added give one shape",
        ),
        (
            lambda: pn.layer(F.elu_forward, F.elu_backward, slope=1),
            ValueError,
            "layer: elu has no option 'slope': its options are alpha",
        ),
        (
            lambda: pn.frozen(pn.relu, ()).forward((1.0,), X),
            ValueError,
            "frozen: params are a tuple of 1",
        ),
    ],
)
def test_bad_calls_are_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_an_error_says_which_branch_it_comes_from():
    model = pn.branch(pn.relu, pn.affine(2, 1))
    with pytest.raises(ValueError, match="x has 3 features, w takes 2") as caught:
        model.forward(model.init(0), X)
    assert caught.value.__notes__ == ["in layer 1 of a branch of 2"]


def test_residual_and_branch_hand_on_what_their_layers_absorb():
    class Seen(NamedTuple):
        x: object

    def forward(params, x, *, key=None, xp=None):
        return x, Seen(x)

    counting = pn.Layer(
        lambda key, *, xp=None, dtype=None: {"seen": 0.0},
        forward,
        lambda dout, cache, *, need_x=True, xp=None: pn.LayerGrads({"seen": 0.0}, dout),
        lambda params, cache: {"seen": params["seen"] + cache.x},
    )
    for model in (pn.residual(counting), pn.branch(counting, counting), pn.chain(pn.branch(counting))):
        params = model.init(0)
        after = model.absorb(params, model.forward(params, 2.5)[1])
        assert set(pn.tree_leaves(after)) == {2.5}


def test_check_laws_holds_for_tuples_of_outputs():
    def forward(x):
        return (x, 2 * x), Cube(x)

    def backward(dout, cache):
        return Cube(dout[0] + dout[1])

    report = check_laws(forward, backward, 1.5)
    assert [law.name for law in report.laws if not law] == ["vjp"]


def test_an_error_of_backward_says_which_of_several_layers_it_comes_from():
    model = pn.parallel(pn.relu, pn.relu)
    _, cache = model.forward(((), ()), ([1.0], [2.0]))
    with pytest.raises(ValueError, match="dout") as caught:
        model.backward(([1.0], [1.0, 2.0]), cache)
    assert caught.value.__notes__ == ["in layer 1 of a parallel of 2"]


def test_an_array_error_of_a_layer_of_your_own_comes_through_a_chain():
    def forward(params, x, *, key=None, xp=None):
        raise ArrayError("mine: no")

    model = pn.chain(pn.relu, pn.relu._replace(forward=forward))
    with pytest.raises(ArrayError, match="mine: no") as caught:
        model.forward(((), ()), [1.0])
    assert caught.value.__notes__ == ["in layer 1 of a chain of 2"]
