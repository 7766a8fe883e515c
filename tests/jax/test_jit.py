"""The same source under ``jax.jit``, against ``jax.grad``."""

from __future__ import annotations

import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

import purenn as pn  # noqa: E402

from ..ops import SAMPLES  # noqa: E402

jax.config.update("jax_enable_x64", True)


def flat(tree):
    return [float(number) for leaf in jax.tree.leaves(tree) for number in jnp.ravel(leaf)]


def as_jax(arguments):
    return tuple(jnp.asarray(argument) for argument in arguments)


@pytest.mark.parametrize(("_", "op", "arguments"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_every_pair_agrees_with_jax_grad_under_jit(_, op, arguments):
    arguments = as_jax(arguments)
    out, cache = jax.jit(op.forward)(*arguments)
    grads = jax.jit(op.backward)(jnp.ones_like(out), cache)
    assert type(cache) is type(op.forward(*arguments)[1])
    places = tuple(range(len(grads)))  # the arguments with a gradient come first
    want = jax.grad(lambda *a: jnp.sum(op.forward(*a)[0]), argnums=places)(*arguments)
    for have, right in zip(grads, want, strict=True):
        assert have.shape == right.shape
        assert flat(have) == pytest.approx(flat(right), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_training_step_under_jit_is_that_on_lists(dtype):
    model = pn.chain(pn.affine(4, 8), pn.tanh, pn.chain(pn.affine(8, 8), pn.relu), pn.affine(8, 3))
    optimizer = pn.adam(0.01)
    run = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    x, y = pn.load_iris()

    def step(params, state, x, y):
        loss, grads, _ = run(params, x, y)
        params, state = optimizer.update(grads, state, params)
        return loss, params, state

    params = model.init(0)
    there = model.init(0, xp=jnp, dtype=dtype)
    assert {leaf.dtype.name for leaf in jax.tree.leaves(there)} == {dtype}
    here_state, there_state = optimizer.init(params), optimizer.init(there)
    jitted = jax.jit(step)
    for _ in range(20):
        loss, params, here_state = step(params, here_state, x, y)
        there_loss, there, there_state = jitted(there, there_state, jnp.asarray(x, dtype), jnp.asarray(y))
    within = 1e-12 if dtype == "float64" else 1e-5
    assert float(there_loss) == pytest.approx(loss, rel=within)
    assert there_loss.dtype == dtype
    assert {leaf.dtype.name for leaf in jax.tree.leaves((there, there_state.m, there_state.v))} == {dtype}
    want = pn.tree_leaves(params)
    for have, right in zip(pn.tree_leaves(there), want, strict=True):
        assert flat(have) == pytest.approx(flat(jnp.asarray(right)), rel=100 * within, abs=10 * within)


def test_model_gradients_agree_with_jax_grad():
    model = pn.chain(pn.affine(4, 8), pn.sigmoid, pn.affine(8, 3))
    x, y = pn.convert(tuple(pn.load_iris()), jnp)
    params = model.init(1, xp=jnp)
    grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, x, y).grads

    def loss(params):
        return pn.softmax_cross_entropy.forward(model.forward(params, x)[0], y)[0]

    want = jax.grad(loss)(params)
    assert flat(grads) == pytest.approx(flat(want), rel=1e-12, abs=1e-14)


def test_labels_are_checked_when_they_are_known():
    with pytest.raises(ValueError, match="label 7 in row 1"):
        pn.functional.softmax_cross_entropy_forward(jnp.ones((2, 3)), jnp.asarray([0, 7]))


def test_a_label_that_cannot_be_checked_makes_the_loss_nan():
    run = jax.jit(lambda x, y: pn.functional.softmax_cross_entropy_forward(x, y)[0])
    assert jnp.isnan(run(jnp.ones((2, 3)), jnp.asarray([0, 7])))
    assert jnp.isfinite(run(jnp.ones((2, 3)), jnp.asarray([0, 2])))


def test_a_graph_under_jit_is_the_one_on_lists():
    """Its cache leaves one jit and enters the next, where dicts come sorted by their keys."""
    model = pn.graph(
        ("x", "y"),
        {"z": ("inner", "x"), "a": ("inner", "z"), "b": ("multiply", "a", "w"), "out": ("add", "b", "y")},
        layers={"inner": pn.chain(pn.affine(4, 4), pn.tanh)},
        params={"w": (pn.glorot_uniform, (4,))},
    )
    x = {"x": pn.load_iris()[0][:5], "y": [1.0, 2.0, 3.0, 4.0]}
    params = model.init(0)
    out, cache = model.forward(params, x)
    there, kept = jax.jit(model.forward)(
        *(jax.tree.map(jnp.asarray, each, is_leaf=is_list) for each in (params, x))
    )
    grads, others = model.backward(out, cache), jax.jit(model.backward)(there, kept)
    assert others.params.keys() == grads.params.keys()
    assert flat(there) == pytest.approx(flat(jnp.asarray(out)), rel=1e-12)
    for have, want in zip(flat_by_path(others), flat_by_path(grads), strict=True):
        assert have == pytest.approx(want, rel=1e-12, abs=1e-12)


def is_list(value):
    return isinstance(value, list)


def flat_by_path(tree):
    return [
        flat(jnp.asarray(leaf)) for _, leaf in sorted(pn.trees.tree_paths(tree), key=lambda pair: pair[0])
    ]
