"""Trainings in step: at which step they part, by how much, and how the difference grows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays
from .._options import check_is
from ..backends import convert
from ..errors import OptionError
from ..layers import Layer
from ..losses import Loss
from ..optimizers import Optimizer
from ..random import fold_in
from ..training import TrainState, train
from ..trees import tree_map
from ._difference import Difference, difference
from ._sides import Side, exact_side, plain, sides_of
from ._steps import Pair, Parted, Point, TrainingComparison

if TYPE_CHECKING:
    from .._types import Array, Key, Params
    from ._sides import Backends

__all__ = ["compare_runs", "compare_training", "in_step", "trainings"]


def compare_training(
    model: Layer,
    loss: Loss,
    optimizer: Optimizer,
    x: Array,
    y: Array,
    *,
    batch_size: int,
    epochs: int,
    key: Key = 0,
    params: Params | None = None,
    backends: Backends = ("lists", "numpy"),
    digits: int | None = None,
) -> TrainingComparison:
    """``train`` on several backends in step, from the same params, batches and draws

    With ``digits`` one more run, "exact", computes on Decimals of so many; it is slow, and a float option,
    such as a learning rate of 0.1, counts there as what it prints as, if its function takes it at all.
    Errors: those of ``train`` and of ``compare``.

    >>> from purenn import affine, mean_squared_error, sgd
    >>> x, y = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
    >>> same = compare_training(affine(1, 1), mean_squared_error, sgd(0.1), x, y,
    ...                         batch_size=2, epochs=2, backends={"one": "lists", "two": "lists"})
    >>> same.equal, same.steps, [point.step for point in same.points]
    (True, 4, [1, 2, 4])
    """
    return compare_runs(
        trainings(
            model,
            loss,
            optimizer,
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            key=key,
            params=params,
            backends=backends,
            digits=digits,
        )
    )


def trainings(
    model: Layer,
    loss: Loss,
    optimizer: Optimizer,
    x: Array,
    y: Array,
    *,
    key: Key = 0,
    params: Params | None = None,
    backends: Backends = ("lists", "numpy"),
    digits: int | None = None,
    **options: Any,
) -> dict[str, Iterator[TrainState]]:
    """The runs that ``compare_training`` compares, by name; the options are those of ``train``."""
    op = "compare_training"
    check_is(op, "model", model, isinstance(model, Layer), "a Layer", "one such as affine(4, 3)")
    check_is(op, "loss", loss, isinstance(loss, Loss), "a Loss", "one such as mean_squared_error")
    check_is(
        op, "optimizer", optimizer, isinstance(optimizer, Optimizer), "an Optimizer", "one such as sgd(0.1)"
    )
    fold_in(key, 0)  # an error now, if the key is none
    check_arrays(op, {"x": x, "y": y} | ({} if params is None else {"params": params}))
    sides = sides_of(op, backends)
    if digits is not None:
        sides.append(exact_side(op, digits))
    data = plain((x, y))
    start = plain(model.init(key) if params is None else params)
    runs = {}
    for side in sides:
        own_x, own_y = side.load(data)
        states = train(model, loss, optimizer, own_x, own_y, key=key, params=side.load(start), **options)
        runs[side.name] = _inside(side, states)
    return runs


def compare_runs(runs: Mapping[str, Iterator[TrainState]]) -> TrainingComparison:
    """Compare trainings in step, whatever differs between them: backends, two spellings of an optimizer, ...

    >>> from purenn import affine, mean_squared_error, sgd
    >>> def run(learning_rate):
    ...     return train(affine(1, 1), mean_squared_error, sgd(learning_rate), [[1.0]], [[2.0]],
    ...                  batch_size=1, epochs=3, key=0)
    >>> parted = compare_runs({"one": run(0.1), "other": run(0.2)}).parted
    >>> [(each.of, each.step) for each in parted]
    [('params', 1), ('losses', 2)]
    """
    *_, last = in_step(runs)
    return last


def in_step(runs: Mapping[str, Iterator[TrainState]]) -> Iterator[TrainingComparison]:
    """The comparison after steps 1, 2, 4, 8, ... and the last, as trainings go on

    Errors: OptionError for fewer than two runs, or where one ends before another; KindError for what are no
    trainings.

    >>> from itertools import count
    >>> def run(loss):
    ...     return (TrainState([1.0], None, step, 0, loss) for step in count(1))
    >>> steps = in_step({"one": run(0.5), "other": run(0.5)})
    >>> next(steps).steps, next(steps).steps, next(steps).steps
    (1, 2, 4)
    """
    hint = "a dict of them, such as {'one': train(...), 'other': train(...)}"
    check_is("compare_runs", "runs", runs, isinstance(runs, Mapping), "trainings by name", hint)
    if len(runs) < 2:
        raise OptionError(f"compare_runs: {len(runs)} runs: to compare needs at least two")
    for name, run in runs.items():
        hint = "an iterator of TrainStates, such as train(...)"
        check_is("compare_runs", f"run {name!r}", run, isinstance(run, Iterator), "a training", hint)
    return _in_step(runs)


def _in_step(runs: Mapping[str, Iterator[TrainState]]) -> Iterator[TrainingComparison]:
    names = tuple(runs)
    seconds = dict.fromkeys(names, 0.0)
    parted: dict[tuple[str, Pair], Parted] = {}
    points: list[Point] = []
    step, states = 0, _next(runs, seconds)
    while states:
        step += 1
        for of, pair in product(("losses", "params"), combinations(names, 2)):
            if (of, pair) not in parted:
                apart = _apart(of, pair, states)
                if apart:
                    parted[of, pair] = Parted(of, step, apart)
        upcoming = _next(runs, seconds)
        if step & (step - 1) == 0 or not upcoming:
            losses, params = (
                tuple(_apart(of, pair, states) for pair in combinations(names, 2))
                for of in ("losses", "params")
            )
            points.append(Point(step, losses, params))
            yield TrainingComparison(names, step, tuple(parted.values()), tuple(points), dict(seconds))
        states = upcoming
    if not points:
        raise OptionError("compare_runs: no run has a step")


def _next(runs: Mapping[str, Iterator[TrainState]], seconds: dict[str, float]) -> dict[str, TrainState]:
    """The next state of every run; none when all have ended."""
    states = {}
    for name, run in runs.items():
        start = time.perf_counter()
        state = next(run, None)
        seconds[name] += time.perf_counter() - start
        if state is not None:
            fits = isinstance(state, TrainState)
            check_is("compare_runs", f"what run {name!r} gave", state, fits, "a TrainState", "train's own")
            states[name] = state
    if states and len(states) < len(runs):
        ended = ", ".join(name for name in runs if name not in states)
        raise OptionError(
            f"compare_runs: {ended} ended after {next(iter(states.values())).step - 1} steps and "
            f"{', '.join(states)} did not: give runs of the same length"
        )
    return states


def _apart(of: str, pair: Pair, states: dict[str, TrainState]) -> Difference:
    trees = (states[name].loss if of == "losses" else states[name].params for name in pair)
    return difference(pair, *(_numbers(tree) for tree in trees))


def _numbers(tree: Any) -> Any:
    """A tree on lists; a number that a backend returns in its own type as Python's."""
    return tree_map(lambda leaf: float(leaf) if hasattr(leaf, "dtype") else leaf, convert(tree, "lists"))


def _inside(side: Side, states: Iterator[TrainState]) -> Iterator[TrainState]:
    """The states, each computed in the side's context."""
    while True:
        with side.context():
            state = next(states, None)
        if state is None:
            return
        yield state
