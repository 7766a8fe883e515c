"""check_optimizer: every optimizer of purenn keeps its laws, and wrong ones break the one beside them."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from purenn.backends import lists
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
