"""Bad calls of comparisons: of a network, of trainings, of runs."""

from __future__ import annotations

from functools import partial
from typing import Any

import purenn as pn
import purenn.functional as F
from purenn import compare
from purenn.errors import ArrayError, KindError, OptionError, ShapeError

from .row import A, Raw, Row

KEY = "^key='a' is not an int: keys and counts are ints"
NAME = "^xp='cuda' is no backend: known by name are lists, numpy"
ONE = ("lists",)
X, Y = [[1.0], [2.0], [3.0]], [[0.5], [1.5], [2.5]]
PARTS = {"model": pn.affine(1, 1), "loss": pn.huber, "optimizer": pn.sgd(0.1)}
RUN = {"batch_size": 2, "epochs": 1, "backends": {"one": "lists", "two": "lists"}}
SAVED = pn.TrainState([1.0], None, step=1, epoch=0, loss=0.5)


def network(error: type[Exception], match: str, *arguments: Any, **options: Any) -> Row:
    return Row("compare", compare.compare, arguments, error, match, {"backends": ONE} | options)


def of_both(name: str, error: type[Exception], match: str, **changes: Any) -> Row:
    """A bad call of ``compare_training`` or ``trainings``, which hears the same."""
    given = PARTS | RUN | {"x": X, "y": Y} | changes
    parts = {part: given.pop(part) for part in PARTS}
    return Row(name, partial(getattr(compare, name), **parts), (), error, match, given)


def of_every_training(name: str) -> list[Row]:
    bad, op = partial(of_both, name), "^compare_training: "
    return [
        bad(KindError, op + r"model is a function, wanted a Layer: give one such as affine\(4, 3\)",
            model=pn.affine),
        bad(KindError, op + "loss is a function, wanted a Loss: give one such as", loss=F.huber_forward),
        bad(KindError, op + r"optimizer is a function, wanted an Optimizer: give one such as sgd\(0.1\)",
            optimizer=pn.sgd),
        bad(ArrayError, op + "y is None: an array is made of real numbers", y=None),
        bad(ShapeError, r"^train: x \(3, 1\) and y \(2,\) do not meet: one row of each is one sample",
            y=[1.0, 2.0]),
        bad(ArrayError, op + r"params\[0\] is 'a': an array is made of", params=("a",)),
        bad(OptionError, KEY, key="a"),
        bad(OptionError, "^train: batch_size=0: wanted a whole number from 1", batch_size=0),
        bad(OptionError, op + "backends='lists': wanted several, such as", backends="lists"),
        bad(OptionError, NAME, backends=("lists", "cuda")),
        bad(OptionError, op + "digits=3: wanted at least 30, that rounding them does not show", digits=3),
    ]  # fmt: skip


def of_runs(name: str, call: Any) -> list[Row]:
    return [
        Row(name, call, (3,), KindError, r"^compare_runs: runs is a int, wanted trainings by name: give a"),
        Row(name, call, ({},), OptionError, "^compare_runs: 0 runs: to compare needs at least two"),
        Row(name, call, ({"a": iter(()), "b": 3},), KindError,
            r"^compare_runs: run 'b' is a int, wanted a training: give an iterator of TrainStates, such as"),
    ]  # fmt: skip


def of_steps(name: str, call: Any) -> list[Row]:
    """What is seen as the runs go on; each time with new ones."""

    def later(**runs: Any) -> Any:
        return call({name: iter(states) for name, states in runs.items()})

    return [
        Row(name, later, (), KindError,
            "^compare_runs: what run 'b' gave is a float, wanted a TrainState: give train's own",
            {"a": (SAVED,), "b": (1.0,)}),
        Row(name, later, (), OptionError,
            "^compare_runs: b ended after 1 steps and a did not: give runs of the same length",
            {"a": (SAVED, SAVED._replace(step=2)), "b": (SAVED,)}),
    ]  # fmt: skip


def exhaust(runs: Any) -> Any:
    return list(compare.in_step(runs))


ROWS = [
    network(KindError, r"^compare: model is a function, wanted a Layer or a pair \(forward, backward\): give",
            pn.affine, A),
    network(KindError, "^compare: model is a tuple, wanted a Layer or a pair", (F.relu_forward, 3), A),
    network(KindError, "^compare: model is a Loss, wanted a Layer or a pair", pn.huber, A),
    network(OptionError, "^compare: repeats=<class 'int'>: wanted a whole number from", pn.relu, A,
            repeats=int),
    network(KindError, "^compare: loss is a function, wanted a Loss: give one such as mean_squared_error",
            pn.relu, A, A, loss=F.huber_forward),
    network(OptionError, "^compare: loss and targets belong together: give both or neither", pn.relu, A, A),
    network(ArrayError, "^compare: x is None: an array is made of real numbers", pn.relu, None),
    network(ArrayError, "^compare: x is 'a': an array is made of", (F.relu_forward, F.relu_backward), "a"),
    network(ShapeError, r"^compare: targets is ragged: targets\[0\] has shape \(1,\)", pn.relu, A,
            Raw([[1.0], 2.0]), loss=pn.huber),
    network(ArrayError, r"^compare: params\[0\] is 'a': an array is made of", pn.relu, A, params=("a",)),
    network(OptionError, KEY, pn.relu, A, key="a"),
    network(OptionError, KEY, pn.relu, A, training_key="a"),
    network(OptionError, "^compare: repeats=0: wanted a whole number from 1", pn.relu, A, repeats=0),
    network(OptionError, "^compare: digits=0: wanted a whole number from 1", pn.relu, A, digits=0),
    network(OptionError, "^compare: backends=3: wanted several, such as", pn.relu, A, backends=3),
    network(OptionError, r"^compare: backends have the names \[\]: wanted at", pn.relu, A, backends=()),
    network(OptionError, NAME, pn.relu, A, backends=("cuda",)),
    *(row for name in ("compare_training", "trainings") for row in of_every_training(name)),
    *(row for name in ("compare_runs", "in_step") for row in of_runs(name, getattr(compare, name))),
    *of_steps("compare_runs", compare.compare_runs),
    *of_steps("in_step", exhaust),
]  # fmt: skip
