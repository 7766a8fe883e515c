"""What holds for every optimizer."""

from __future__ import annotations

import json
import pickle
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import purenn as pn
from purenn import optimizers, schedules
from purenn.backends import lists
from purenn.backends.extras import shape
from purenn.optimizers import AdamState, SGDState
from purenn.testing import _bits

from .table import OPTIMIZERS, RATIONAL

PARAMS = ({"w": [[1.0, -2.0], [0.5, 3.0]], "b": [0.0, 1.0]}, (), 0.25)
GRADS = ({"w": [[0.1, -0.2], [0.3, 0.0]], "b": [1.0, -1.0]}, (), 2.0)
GOLDENS = json.loads((Path(__file__).parents[1] / "goldens.json").read_text())["optimizers"]
GOLDEN = {
    "sgd lr=.1": pn.sgd(0.1),
    "momentum torch lr=.1 mu=.9": pn.momentum(0.1, 0.9),
    "momentum EMA(seed) lr=.1 b=.9": pn.momentum(0.1, 0.9, dialect="ema"),
    "nesterov torch lr=.1 mu=.9": pn.nesterov(0.1, 0.9),
    "adagrad lr=.1 eps=1e-10": pn.adagrad(0.1),
    "rmsprop lr=.01 a=.99 eps=1e-8": pn.rmsprop(),
    "adadelta paper rho=.95 eps=1e-6": pn.adadelta(),
    "adam lr=.001": pn.adam(),
    "adamax paper lr=.002": pn.adamax(),
}

every = pytest.mark.parametrize("name", OPTIMIZERS)


def flat(x):
    return list(map(float, lists.flat(pn.convert(x, "lists"))))


def run(optimizer, params, grads, steps):
    state = optimizer.init(params)
    for _ in range(steps):
        params, state = optimizer.update(grads, state, params)
    return params, state


def test_every_public_optimizer_is_in_the_table():
    no_optimizers = {"Optimizer", "global_norm", "is_weight", "l1_penalty", "l2_penalty", "transform_grads"}
    public = {name for name in optimizers.__all__ if not name.endswith("State")} - no_optimizers
    transforms = {"clip_by_global_norm", "clip_by_value", "l1", "l2"}
    assert public - transforms == {name.split()[0] for name in OPTIMIZERS}
    assert public | no_optimizers <= set(pn.__all__)


@pytest.mark.parametrize("name", GOLDENS)
def test_optimizers_follow_the_golden_path(name, pair_of):
    optimizer = GOLDEN[name]
    params = pair_of.array([1.0])
    state = optimizer.init(params)
    for step, (gradient, want) in enumerate(zip([3.0, -0.1, 0.5], GOLDENS[name], strict=True), 1):
        params, state = optimizer.update(pair_of.array([gradient]), state, params)
        assert pn.convert(params, "lists")[0] == pytest.approx(want, abs=5e-13)
        assert state.step == step


@every
def test_update_is_pure_and_keeps_the_tree(name, xp):
    optimizer = OPTIMIZERS[name](0.1)
    params, grads = xp.tree(PARAMS), xp.tree(GRADS)
    before = _bits((params, grads))
    state = optimizer.init(params)
    held = _bits(state)
    first, first_state = optimizer.update(grads, state, params)
    second, second_state = optimizer.update(grads, state, params)
    assert _bits((params, grads)) == before
    assert _bits(state) == held
    assert _bits((first, first_state)) == _bits((second, second_state))
    shapes = [pn.tree_map(shape, tree) for tree in (params, first)]
    assert shapes[0] == shapes[1]
    assert (state.step, first_state.step) == (0, 1)
    assert _bits(first) != _bits(params)


@every
def test_lists_and_numpy_take_the_same_steps(name):
    pytest.importorskip("numpy")
    runs = []
    for xp in ("lists", "numpy"):
        params, grads = pn.convert((PARAMS, GRADS), xp)
        params, _ = run(OPTIMIZERS[name](schedules.inverse_time_decay(0.1, 0.3)), params, grads, 20)
        runs.append(params)
    if "clipped" not in name:  # numpy adds pair by pair, so norms differ in their last bits
        assert _bits(runs[0]) == _bits(runs[1])
    for here, there in zip(*map(pn.tree_leaves, runs), strict=True):
        assert flat(here) == pytest.approx(flat(there), rel=1e-13)


@pytest.mark.parametrize("name", RATIONAL)
def test_steps_in_fractions_are_exact(name):
    optimizer = OPTIMIZERS[name](Fraction(1, 10), *([] if name == "sgd" else [Fraction(9, 10)]))
    params, _ = run(optimizer, [Fraction(1)], [Fraction(1, 3)], 2)
    moved = {
        "sgd": Fraction(2),
        "momentum": Fraction(29, 10),
        "momentum ema": Fraction(29, 100),
        "momentum sutskever": Fraction(29, 10),
        "nesterov": Fraction(461, 100),
    }
    assert params == [1 - moved[name] / 30]
    assert type(params[0]) is Fraction


@every
def test_every_optimizer_computes_with_decimals(name):
    optimizer = OPTIMIZERS[name](0.1)
    params, grads = [Decimal("1.5"), Decimal("-2")], [Decimal("0.5"), Decimal(1)]
    new, state = run(optimizer, params, grads, 3)
    slots = [slot for slot in state[1:] if isinstance(slot, list)]
    assert {type(number) for array in (new, *slots) for number in array} == {Decimal}
    floats, _ = run(optimizer, [1.5, -2.0], [0.5, 1.0], 3)
    assert list(map(float, new)) == pytest.approx(floats, rel=1e-14)


def test_sgd_in_decimals_takes_floats_as_they_print():
    assert pn.sgd(0.1).update([Decimal(1)], SGDState(0), [Decimal(1)])[0] == [Decimal("0.9")]


@every
def test_params_keep_their_dtype_and_may_be_any_dict(name):
    numpy = pytest.importorskip("numpy")
    for rate in (0.1, Fraction(1, 10), numpy.float64(0.1), schedules.constant(0.1)):
        params = OrderedDict(w=numpy.ones(2, "float32"))
        params, state = run(OPTIMIZERS[name](rate), params, {"w": numpy.ones(2)}, 2)
        arrays = [leaf for leaf in pn.tree_leaves((params, state)) if hasattr(leaf, "shape")]
        assert {leaf.dtype.name for leaf in arrays} == {"float32"}


@every
def test_dicts_may_come_in_any_order(name):
    optimizer = OPTIMIZERS[name](0.1)
    params, grads = {"w": [1.0, 2.0], "b": [3.0]}, {"w": [0.5, -4.0], "b": [-2.0]}
    state = optimizer.init(params)
    turned = dict(reversed(grads.items()))
    assert optimizer.update(turned, state, params) == optimizer.update(grads, state, params)
    with pytest.raises(ValueError, match=r"params\['b'\] \(1,\) and its grads \(2,\) differ"):
        optimizer.update(turned | {"b": [1.0, 2.0]}, state, params)


@every
def test_a_state_of_zeros_has_the_params_own_kind(name, dtyped):
    params = dtyped.tree(PARAMS, "float32")
    state = OPTIMIZERS[name](0.1).init(params)
    for slot in state[1:]:
        if not isinstance(slot, float):  # a product so far
            assert all(set(flat(x)) == {0.0} for x in pn.tree_leaves(slot))
            assert {x.dtype for x in pn.tree_leaves(slot)} == {params[0]["w"].dtype}


def test_a_state_of_zeros_does_not_multiply_params():
    assert pn.adam().init([-2.0, float("inf")]).m == [0.0, 0.0]


@every
def test_a_saved_state_goes_on_bit_for_bit(name):
    optimizer = OPTIMIZERS[name](schedules.linear(0.1, 0.0, 10))
    params, state = run(optimizer, PARAMS, GRADS, 3)
    saved = pickle.dumps((params, state))
    for _ in range(3):
        params, state = optimizer.update(GRADS, state, params)
    again, state_again = pickle.loads(saved)
    for _ in range(3):
        again, state_again = optimizer.update(GRADS, state_again, again)
    assert (again, state_again) == (params, state)


@every
def test_a_learning_rate_may_be_a_schedule_of_the_steps_done(name):
    seen = []

    def rate(step):
        seen.append(step)
        return 0.0 if step < 2 else 0.1

    optimizer = OPTIMIZERS[name](rate)
    params, state = PARAMS, optimizer.init(PARAMS)
    moved = []
    for _ in range(3):
        new, state = optimizer.update(GRADS, state, params)
        moved.append(new != params)
        params = new
    assert seen == [0, 1, 2]
    assert moved == [False, False, True]
    constant = OPTIMIZERS[name](lambda step: 0.1)
    assert run(constant, PARAMS, GRADS, 3) == run(OPTIMIZERS[name](0.1), PARAMS, GRADS, 3)


@every
def test_params_without_leaves_take_steps_too(name):
    params, state = run(OPTIMIZERS[name](0.1), ((), {}), ((), {}), 2)
    assert (params, state.step) == (((), {}), 2)


@every
def test_plain_number_params_take_the_backend_of_their_grads(name):
    numpy = pytest.importorskip("numpy")
    new, _ = run(OPTIMIZERS[name](0.01), {"a": 2.0}, {"a": numpy.float64(1)}, 1)
    assert 1.8 < float(new["a"]) < 2.0


def test_a_step_count_of_numpys_does_not_widen():
    numpy = pytest.importorskip("numpy")
    for optimizer in (pn.adam(), pn.nadam(), pn.sgd(schedules.cosine(0.1, 10))):
        saved = optimizer.init(numpy.ones(2, "float32"))._replace(step=numpy.int64(3))
        new, _ = optimizer.update(numpy.ones(2, "float32"), saved, numpy.ones(2, "float32"))
        assert new.dtype == "float32"


def test_adam_continues_as_adamw():
    params, state = run(pn.adam(), [1.0], [1.0], 2)
    assert isinstance(pn.adamw().update([1.0], state, params)[1], AdamState)
