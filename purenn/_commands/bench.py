"""Time a training step of the digits network on every backend that is installed, side by side.

The backends take turns, some milliseconds each, and the medians are printed: what slows the machine for a
while slows them all. All begin with the same numbers; the last column is what they have come to.
"""

from __future__ import annotations

import argparse
import math
import platform
import time
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import purenn as pn

from ._found import load_all, version_of
from ._job import OPTIMIZER, images, network
from ._progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 32  # images a step
STEPS = 5  # before the loss that is printed; they also warm up
TURN = 0.01  # seconds that a backend has before it is another's turn
ROUNDS = 3  # at least


class Contender(NamedTuple):
    """A backend's name and version, and its next step, which returns the loss."""

    name: str
    step: Callable[[], float]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=_seconds, default=5.0, help="how long to measure, all together")


def run(options: argparse.Namespace) -> int:
    """0: slow is no failure."""
    backends, missing = load_all()
    print(f"purenn {pn.__version__}, Python {platform.python_version()}: a training step of {BATCH} digits")
    print("affine 64-32, relu, affine 32-10; adam; 64-bit floats\n", flush=True)
    contenders = []
    for name, backend in backends.items():
        contenders.append(Contender(f"{name} {version_of(name)}".strip(), _stepper(backend)))
        if name == "jax":
            contenders.append(Contender("jax, a step in jit", _stepper(backend, _jit())))
    losses = [[one.step() for _ in range(STEPS)][-1] for one in contenders]
    rounds = _rounds(contenders, options.seconds)

    names = [one.name for one in contenders]
    reference = next((i for i, name in enumerate(names) if name.startswith("numpy ")), None)
    print(_line("backend", "ms a step", "of numpy's", f"loss of step {STEPS}"))
    for name, times, loss in zip(names, zip(*rounds, strict=True), losses, strict=True):
        ratio = "-"
        if reference is not None:
            ratio = f"{median(own / each[reference] for own, each in zip(times, rounds, strict=True)):.2f}"
        print(_line(name, f"{median(times) * 1e3:.3f}", ratio, repr(loss)))
    print(f"medians of {len(rounds)} rounds")
    for line in missing:
        print(line)
    return 0


def _stepper(backend: Any, compiled: Callable[..., Any] = lambda function: function) -> Callable[[], float]:
    """Steps of one backend, each from where the last one ended, all on the same images."""
    model = network()
    loss_and_grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    x, y = pn.convert(tuple(part[:BATCH] for part in images()), backend)

    @compiled
    def step(params: Any, state: Any) -> tuple[Any, Any, Any]:
        loss, grads, _ = loss_and_grads(params, x, y)
        return loss, *OPTIMIZER.update(grads, state, params)

    params = model.init(0, xp=backend)
    state = OPTIMIZER.init(params)

    def following() -> float:
        nonlocal params, state
        loss, params, state = step(params, state)
        return float(loss)  # which waits for it, where a backend computes behind one's back

    return following


def _jit() -> Callable[..., Any]:
    from importlib import import_module

    jit: Callable[..., Any] = import_module("jax").jit
    return jit


def _rounds(contenders: list[Contender], seconds: float) -> list[list[float]]:
    """In each round, the seconds a step of each."""
    counts = [max(1, math.ceil(TURN / _seconds_of(one.step, 1))) for one in contenders]
    rounds: list[list[float]] = []
    start = time.perf_counter()
    with Progress("measuring", seconds, "s") as progress:
        while len(rounds) < ROUNDS or time.perf_counter() - start < seconds:
            pairs = zip(contenders, counts, strict=True)
            rounds.append([_seconds_of(one.step, count) for one, count in pairs])
            progress.step(sum(took * count for took, count in zip(rounds[-1], counts, strict=True)))
    return rounds


def _seconds_of(step: Callable[[], float], count: int) -> float:
    """The seconds of one of so many steps."""
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count


def _line(*cells: str) -> str:
    name, milliseconds, ratio, loss = cells
    return f"{name:<24}{milliseconds:>12}{ratio:>12}  {loss}"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value
