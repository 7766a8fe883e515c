"""Every optimizer and schedule under ``jax.jit``, where the step is traced."""

from __future__ import annotations

import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

import purenn as pn  # noqa: E402
from purenn import schedules  # noqa: E402

from ..optimizers.table import OPTIMIZERS  # noqa: E402
from ..test_schedules import SCHEDULES  # noqa: E402

jax.config.update("jax_enable_x64", True)

PARAMS = {"w": [[1.0, -2.0], [0.5, 3.0]], "b": [0.0, 1.0]}
GRADS = {"w": [[0.1, -0.2], [0.3, 0.0]], "b": [1.0, -1.0]}
RATES = {"number": 0.1, "schedule": schedules.warmup(schedules.cosine(0.1, 8), 3, start=0.01)}


def run(update, params, state, grads):
    for _ in range(10):
        params, state = update(grads, state, params)
    return params, state


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps_under_jit_are_those_on_lists(name, rate, dtype):
    optimizer = OPTIMIZERS[name](RATES[rate])
    params, grads = ({k: jnp.asarray(v, dtype) for k, v in tree.items()} for tree in (PARAMS, GRADS))
    here, _ = run(optimizer.update, PARAMS, optimizer.init(PARAMS), GRADS)
    there, state = run(jax.jit(optimizer.update), params, optimizer.init(params), grads)
    assert int(state.step) == 10
    arrays = [leaf for leaf in jax.tree.leaves((there, state)) if leaf.shape]
    assert {leaf.dtype.name for leaf in arrays} == {dtype}
    within = {"rel": 1e-12, "abs": 1e-14} if dtype == "float64" else {"rel": 1e-5, "abs": 1e-6}
    for key in PARAMS:
        have, want = (jnp.ravel(jnp.asarray(tree[key])).tolist() for tree in (there, here))
        assert have == pytest.approx(want, **within)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_compile_once(name):
    optimizer = OPTIMIZERS[name](RATES["schedule"])
    params, grads = ({k: jnp.asarray(v) for k, v in tree.items()} for tree in (PARAMS, GRADS))

    @jax.jit
    def steps(params, state):
        return jax.lax.fori_loop(
            0, 10, lambda _, held: optimizer.update(grads, held[1], held[0]), (params, state)
        )

    looped, state = steps(params, optimizer.init(params))
    want, _ = run(optimizer.update, params, optimizer.init(params), grads)
    for key in PARAMS:
        assert jnp.ravel(looped[key]).tolist() == pytest.approx(jnp.ravel(want[key]).tolist(), rel=1e-12)
    assert int(state.step) == 10


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_take_a_traced_step(name):
    schedule, _ = SCHEDULES[name]
    for step in range(12):
        assert float(jax.jit(schedule)(step)) == pytest.approx(schedule(step), rel=1e-12)


def test_a_bad_rate_is_seen_where_it_is_known():
    optimizer = pn.sgd(lambda step: jnp.asarray(-1.0))
    with pytest.raises(ValueError, match=r"sgd: learning_rate\(0\)="):
        optimizer.update(jnp.ones(2), optimizer.init(jnp.ones(2)), jnp.ones(2))
