"""What each optimizer is without options: the numbers of its paper, or PyTorch's, written out."""

from __future__ import annotations

from functools import partial

import pytest

import purenn as pn

DEFAULTS = {
    "momentum": (partial(pn.momentum, 0.1), {"momentum": 0.9, "dialect": "pytorch"}),
    "nesterov": (partial(pn.nesterov, 0.1), {"momentum": 0.9}),
    "adagrad": (pn.adagrad, {"learning_rate": 0.01, "eps": 1e-10}),
    "adadelta": (pn.adadelta, {"learning_rate": 1.0, "rho": 0.95, "eps": 1e-6}),
    "rmsprop": (pn.rmsprop, {"learning_rate": 0.01, "decay": 0.99, "eps": 1e-8, "eps_in_sqrt": False}),
    "adam": (pn.adam, {"learning_rate": 1e-3, "b1": 0.9, "b2": 0.999, "eps": 1e-8}),
    "adamw": (pn.adamw, {"learning_rate": 1e-3, "b1": 0.9, "b2": 0.999, "eps": 1e-8, "weight_decay": 0.01}),
    "adamax": (pn.adamax, {"learning_rate": 2e-3, "b1": 0.9, "b2": 0.999, "eps": 0}),
    "nadam": (pn.nadam, {"learning_rate": 2e-3, "b1": 0.9, "b2": 0.999, "eps": 1e-8, "momentum_decay": 4e-3}),
    "amsgrad": (pn.amsgrad, {"learning_rate": 1e-3, "b1": 0.9, "b2": 0.999, "eps": 1e-8}),
}
PARAMS = [1.0, -2.0, 1e-9]
GRADS = [[0.5, -1e-9, 3.0], [0.25, 1e-5, -1.0], [1e-8, 0.5, 2.0]]


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_those_written_out(name):
    make, options = DEFAULTS[name]
    plain, spelled = make(), make(**options)
    params = PARAMS
    state = plain.init(params)
    for grads in GRADS:
        new, after = plain.update(grads, state, params)
        assert (new, after) == spelled.update(grads, state, params)
        params, state = new, after


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_default_matters(name):
    """Each option has a part in these steps, so another default would be seen."""
    make, options = DEFAULTS[name]
    for option, value in options.items():
        if value in ("pytorch", False):
            continue
        ends = []
        for optimizer in (make(), make(**{option: value / 2 if value else 0.5})):
            now, state = PARAMS, optimizer.init(PARAMS)
            for grads in GRADS:
                now, state = optimizer.update(grads, state, now)
            ends.append(now)
        assert ends[0] != ends[1], option
