"""Adam's update of a million parameters, float32: as pure functions, and in place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import purenn as pn

from .measure import Candidate, agree, gather, measure
from .networks import B1, B2, EPS
from .report import Goal, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 0.001
FOREACH = "PyTorch foreach"


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """Two sizes; the goal is that of the larger."""
    for size in (100_000, 1_000_000):
        random = np.random.default_rng(0)
        p, g = (random.standard_normal(size).astype(np.float32) for _ in range(2))
        peers = {
            FOREACH: partial(torch_adam, p, g, foreach=True),
            "PyTorch default": partial(torch_adam, p, g),
            "PyTorch fused": partial(torch_adam, p, g, fused=True),
            "JAX jit": partial(jax_adam, p, g),
        }
        candidates, missing = gather([purenn(p, g), copy(p), textbook(p, g)], peers)
        agree(candidates)
        rows = measure(candidates, over=["copy", FOREACH], seconds=seconds)
        goals = [Goal("purenn", FOREACH, 1.5)] if size == 1_000_000 else []
        about = "`copy` moves as many bytes as Adam has to: 4 arrays in, 3 out."
        yield Table(f"adam, {size:,} parameters, float32", "", rows + missing, goals, about)


def _first(p: Any) -> float:
    return float(p[0])


def purenn(p: Any, g: Any) -> Candidate:
    """The update as it stands."""
    optimizer = pn.adam(RATE)
    params, state, grads = (p,), optimizer.init((p,)), (g,)

    def step() -> Any:
        nonlocal params, state
        params, state = optimizer.update(grads, state, params)
        return params[0]

    return Candidate("purenn", step, _first)


def copy(p: Any) -> Candidate:
    """3.5 arrays from here to there: 28 bytes a parameter."""
    source = np.ones(len(p) * 7 // 2, p.dtype)
    target = source.copy()
    return Candidate("copy", partial(np.copyto, target, source), None)


def textbook(p: Any, g: Any) -> Candidate:
    """The formula in numpy's plain spelling."""
    m, v, t = np.zeros_like(p), np.zeros_like(p), 0

    def step() -> Any:
        nonlocal p, m, v, t
        t += 1
        m = B1 * m + (1 - B1) * g
        v = B2 * v + (1 - B2) * g**2
        p = p - RATE * (m / (1 - B1**t)) / (np.sqrt(v / (1 - B2**t)) + EPS)
        return p

    return Candidate("textbook", step, _first)


def torch_adam(p: Any, g: Any, **options: Any) -> Candidate:
    """In place, as it is made for."""
    import torch

    torch.set_num_threads(1)
    param = torch.nn.Parameter(torch.from_numpy(p.copy()))
    param.grad = torch.from_numpy(g)
    optimizer = torch.optim.Adam([param], lr=RATE, **options)

    def step() -> Any:
        optimizer.step()
        return param

    return Candidate("PyTorch", step, lambda param: param[0].item())


def jax_adam(p: Any, g: Any) -> Candidate:
    """Compiled, pure."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def run(t: Any, p: Any, m: Any, v: Any, g: Any) -> Any:
        t = t + 1
        m = B1 * m + (1 - B1) * g
        v = B2 * v + (1 - B2) * g * g
        return t, p - RATE * (m / (1 - B1**t)) / (jnp.sqrt(v / (1 - B2**t)) + EPS), m, v

    grads = jnp.asarray(g)
    state = (jnp.zeros((), jnp.float32), jnp.asarray(p), jnp.zeros_like(grads), jnp.zeros_like(grads))

    def step() -> Any:
        nonlocal state
        state = run(*state, grads)
        return state[1]

    return Candidate("JAX jit", step, _first)
