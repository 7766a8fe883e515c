"""The table of bad calls, row by row and on every backend; and that no public function is missing from it."""

from __future__ import annotations

import re

import pytest

import purenn as pn
import purenn.compare
import purenn.drawing
import purenn.explain
import purenn.functional as F
import purenn.testing
from purenn.errors import PurennError
from purenn.layers import Layer
from purenn.losses import Loss

from ..conftest import on as backend_named
from . import checks, comparisons, drawings, draws, explanations, layers, optimizers, pairs, training
from .row import on, text

ROWS = [*pairs.ROWS, *layers.ROWS, *training.ROWS, *optimizers.ROWS, *draws.ROWS, *checks.ROWS,
        *comparisons.ROWS, *explanations.ROWS, *drawings.ROWS]  # fmt: skip
NAMED = [f"{row.name}-{number}" for number, row in enumerate(ROWS)]

# Each of these can hear no bad call: it takes no argument, or any.
NEVER_WRONG = {
    "load_digits", "load_iris",  # no argument
    "tree_leaves",  # everything is a tree
    "is_weight",  # asked by the optimizers, with a path that they made
    # kinds of values, which hold what they are given
    "Backend", "Dataset", "Layer", "LayerGrads", "Loss", "LossAndGrads", "Optimizer", "Scaling", "TrainState",
}  # fmt: skip
# What a message must have beside what came: what was wanted, and how to give it. One of these at least.
HINTS = [
    "wanted ", "must ", "choose ", "give ", "write ", "take ", "reshape one", "go on with", "such as ",
    "made of ", "known by name", "is not an int: keys and counts are ints", r" is \(\.\.\., [nC]\)",
    r" is \(N, \.\.\.\)", "a loss never broadcasts", "labels go from", "labels are ", "targets are ",
    "no share of them", r"scores are \(", "one row of each is one sample", r"w takes \d",
    r"broadcast: \d meets \d", "no size can be negative", "ragged", r"register_backend\(",
    "is the gradient of", "ends in the sizes", "needs? at least", "need a real", "at least 1",
    "its options are ", "have the shapes of the params", "add up to 0", "a state has its params",
    "has no samples$", "on lists a dtype is a type of numbers: ", "k goes from",
]  # fmt: skip
HINT = re.compile("|".join(HINTS))


def refused(row, backend):
    """The error of a row's call, whose arguments it must leave as they were."""
    arguments, options = (
        on(row.arguments, backend),
        {name: on(value, backend) for name, value in row.options.items()},
    )
    before = text((arguments, options))
    with pytest.raises(row.error) as caught:
        row.call(*arguments, **options)
    assert text((arguments, options)) == before
    assert re.search(row.match, message(caught.value)), message(caught.value)
    return caught.value


def message(error):
    """The text of an error and its notes, without the backend's own names for dtypes and arrays."""
    words = "\n".join([str(error), *getattr(error, "__notes__", [])])
    words = re.sub(r"array_api_strict\.|\b(ndarray|Array)\b", lambda found: "list" if found[1] else "", words)
    return re.sub(r"\b(float|int)64\b", r"\1", words)


@pytest.mark.parametrize("row", ROWS, ids=NAMED)
def test_bad_calls_are_refused_in_the_same_words_everywhere(row, xp):
    error = refused(row, xp)
    assert isinstance(error, PurennError)
    assert isinstance(error, (ValueError, TypeError))
    assert HINT.search(str(error)), f"no hint in: {error}"
    assert message(error) == message(refused(row, backend_named("lists")))


def test_there_are_enough_bad_calls():
    assert len({row.match for row in ROWS}) >= 120
    assert len(ROWS) >= 400


def public():
    """Everything public that a user calls, layers and losses as values too."""
    rooms = (pn, F, pn.schedules, pn.initializers, pn.random, pn.data, purenn.testing)
    rooms += (purenn.compare, purenn.explain, purenn.drawing)
    of_kinds = (
        F,
        purenn.testing,
        purenn.compare,
        purenn.explain,
        purenn.drawing,
    )  # whose classes are what their functions return
    for room in rooms:
        for name in getattr(room, "__all__", ()):
            value = getattr(room, name)
            kind = isinstance(value, type) and (
                room in of_kinds or value.__module__.startswith("purenn.data")
            )
            if (callable(value) and not kind) or isinstance(value, (Layer, Loss)):
                yield name


def test_every_public_function_has_a_bad_call():
    names = {row.name for row in ROWS}
    assert set(public()) - NEVER_WRONG == names
    assert not names & NEVER_WRONG
