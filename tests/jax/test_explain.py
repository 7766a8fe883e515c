"""An explanation on JAX is that on lists."""

from __future__ import annotations

import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

import purenn as pn  # noqa: E402
from purenn.explain import explain, summary  # noqa: E402

jax.config.update("jax_enable_x64", True)

MODEL = pn.chain(
    pn.affine(2, 2),
    pn.sigmoid,
    pn.residual(pn.tanh),
    pn.branch(pn.relu, pn.identity),
    pn.add,
    pn.affine(2, 1),
)
X, TARGETS = [[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]]


def flat(leaf):
    return [float(number) for number in jnp.ravel(jnp.asarray(leaf))]


def test_explain_on_jax_tells_what_it_tells_on_lists():
    params = MODEL.init(key=0)
    want = explain(MODEL, params, X, TARGETS, pn.mean_squared_error)
    there = pn.tree_map(jnp.asarray, (params, X, TARGETS))
    have = explain(MODEL, *there, pn.mean_squared_error)
    assert have == explain(MODEL, *there, pn.mean_squared_error)
    assert list(have.wires) == list(want.wires)
    for name, wire in want.wires.items():
        assert flat(have.wires[name].value) == pytest.approx(flat(wire.value), abs=1e-12)
        if wire.grad is not None:
            assert flat(have.wires[name].grad) == pytest.approx(flat(wire.grad), abs=1e-12)
    for one, other in zip(have.steps, want.steps, strict=True):
        for name, local in other.local.items():
            assert flat(one.local[name]) == pytest.approx(flat(local), abs=1e-12)
    symbols = [[rule.split(" = ")[1] for rule in found.chain_rule.values()] for found in (have, want)]
    assert symbols[0] == symbols[1]
    assert summary(MODEL, *there[:2]) == summary(MODEL, params, X)
