"""check_optimizer: every optimizer of purenn keeps its laws, and wrong ones break the one beside them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import ClassVar, NamedTuple

import pytest

from purenn.backends import lists
from purenn.errors import BackendError
from purenn.testing import check_optimizer

from ..optimizers.table import OPTIMIZERS

PARAMS = {"w": [[1.0, -2.0], [0.5, 0.25]], "b": [0.1, -0.3]}
GRADS = [
    {"w": [[3.0, 0.5], [-1.0, 0.25]], "b": [0.2, -0.1]},
    {"w": [[-0.1, 1.0], [2.0, -0.5]], "b": [-1.0, 0.4]},
    {"w": [[0.5, 0.25], [0.1, 1.5]], "b": [0.3, 0.7]},
]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_keeps_its_laws(name, xp):
    report = check_optimizer(OPTIMIZERS[name](0.1), xp.tree(PARAMS), *map(xp.tree, GRADS))
    report.assert_ok()
    assert [law.name for law in report.laws] == ["pure", "structure", "steps", "backends"]
    assert report.laws[2].detail == "1, 2, 3"


def test_one_tree_of_gradients_makes_three_steps():
    report = check_optimizer(OPTIMIZERS["adam"](0.1), PARAMS, GRADS[0])
    assert report.laws[2].detail == "1, 2, 3"


class State(NamedTuple):
    step: int
    m: object


class RestartingAdam:
    """Seed 003: round 1 of each epoch forgets the momenta; the count is kept in self."""

    def __init__(self, every=2):
        self.rounds, self.every = 0, every

    def init(self, params):
        return State(0, lists.zeros_like(params))

    def update(self, grads, state, params):
        self.rounds = self.rounds % self.every + 1
        m = grads if self.rounds == 1 else lists.add(lists.multiply(state.m, 0.9), grads)
        return lists.subtract(params, lists.multiply(m, 0.1)), State(state.step + 1, m)


class InPlace:
    """Seed 004: params[k] -= ... works by aliasing alone."""

    def init(self, params):
        return State(0, 0.0)

    def update(self, grads, state, params):
        for index, g in enumerate(grads):
            params[index] -= 0.1 * g
        return params, State(state.step + 1, 0.0)


class StartsAtTwo:
    """cs231n: Adam counts before its first step."""

    def init(self, params):
        return State(1, 0.0)

    def update(self, grads, state, params):
        return lists.subtract(params, grads), State(state.step + 1, 0.0)


class ScalarNorm(StartsAtTwo):
    """Seed 003's AdaMax: one norm for all numbers, in a state that had one each."""

    def init(self, params):
        return State(0, lists.zeros_like(params))

    def update(self, grads, state, params):
        norm = math.sqrt(sum(g * g for g in grads))
        return lists.subtract(params, lists.divide(grads, norm)), State(state.step + 1, norm)


STEPPERS = {
    "003.m Adam restarts": (RestartingAdam, "pure"),
    "004.a aliasing": (InPlace, "pure"),
    "cs231n Adam starts at 2": (StartsAtTwo, "steps"),
    "003.n AdaMax by a scalar norm": (ScalarNorm, "structure"),
}


@pytest.mark.parametrize("name", STEPPERS)
def test_each_wrong_optimizer_is_caught_by_its_law(name):
    make, law = STEPPERS[name]
    report = check_optimizer(make(), [1.0, -2.0], [3.0, 0.5], [-0.1, 1.0], [0.5, 0.25])
    assert law in [each.name for each in report.failed], str(report)


# --- what seldom happens ------------------------------------------------------------------------


def stepper(init, update):
    """An optimizer by hand: new params from the gradients, and a state from the old."""

    class Own:
        def __init__(self):
            self.init = init

        def update(self, grads, state, params):
            return lists.subtract(params, lists.multiply(grads, 0.1)), update(state)

    return Own()


def told(law, optimizer, params=(1.0, -2.0), grads=(0.5, 0.25)):
    report = check_optimizer(optimizer, list(params), list(grads))
    (row,) = (each for each in report.laws if each.name == law)
    return row


class Noted(NamedTuple):
    step: int
    seen: object


def test_pure_sees_a_state_that_a_later_step_changes():
    class Counts:
        """The rate goes down with what its state has seen, which it counts there."""

        def init(self, params):
            return Noted(0, [1.0])

        def update(self, grads, state, params):
            rate = 0.1 / state.seen[0]
            state.seen[0] += 1.0
            return lists.subtract(params, lists.multiply(grads, rate)), Noted(
                state.step + 1, list(state.seen)
            )

    row = told("pure", Counts())
    assert row.detail == "step 3 taken again, after later ones, has other bits"

    class Marks:
        """A state that was used before is marked, and nothing depends on it."""

        used: ClassVar = []

        def init(self, params):
            return Noted(0, [0.0])

        def update(self, grads, state, params):
            if any(each is state.seen for each in self.used):
                state.seen[0] = 1.0
            self.used.append(state.seen)
            return lists.subtract(params, grads), Noted(state.step + 1, [0.0])

    row = told("pure", Marks())
    assert row.detail == "params or a state that an earlier step returned have changed"


def test_structure_wants_a_state_that_stays_what_it_is():
    plain = stepper(lambda params: [0.0], lambda state: state)
    assert told("structure", plain).detail == "the state is a list, not a NamedTuple"
    assert told("steps", plain).skipped
    assert told("steps", plain).detail == "its state has no step"
    other = stepper(lambda params: Noted(0, 0.0), lambda state: Noted(state.step + 1, (0.0,)))
    detail = told("structure", other).detail
    assert detail.startswith("state after step 1: trees differ at .seen: a leaf (float) and a tuple of 1: ")


def test_structure_wants_dtypes_kept():
    numpy = pytest.importorskip("numpy")

    class Widens:
        def init(self, params):
            return Noted(0, 0.0)

        def update(self, grads, state, params):
            return params - grads.astype("float64"), Noted(state.step + 1, 0.0)

    x = numpy.ones(2, "float32")
    row = check_optimizer(Widens(), x, x).laws[1]
    assert row.detail == "params after step 1 has dtype float64, wanted float32"


def test_what_raises_breaks_the_law_that_ran():
    row = told("steps", stepper(lambda params: Noted(0, 0.0), lambda state: 1 / 0))
    assert (row.passed, row.detail) == (False, "ZeroDivisionError: division by zero")


def test_backends_part_at_a_number():
    pytest.importorskip("numpy")

    class Slower:
        """Half the rate where params are arrays."""

        def init(self, params):
            return Noted(0, 0.0)

        def update(self, grads, state, params):
            if isinstance(params, list):
                return lists.subtract(params, grads), Noted(state.step + 1, 0.0)
            return params - grads / 2, Noted(state.step + 1, 0.0)

    row = told("backends", Slower())
    assert row.detail == "params number 0 after step 1 is 0.75 on numpy, not 0.5"
    assert (row.failure.have, row.failure.want, row.failure.relative) == (0.75, 0.5, 0.5)


def test_backends_are_skipped_where_they_cannot_be_compared(monkeypatch):
    decimals = told("backends", OPTIMIZERS["sgd"](1), [Decimal(1)], [Decimal(2)])
    assert decimals.skipped

    def without_numpy(xp):
        raise BackendError("numpy is not installed")

    monkeypatch.setattr("purenn.testing.optimizers.get_backend", without_numpy)
    row = told("backends", OPTIMIZERS["sgd"](1))
    assert (row.skipped, row.detail) == (True, "numpy is not installed")
