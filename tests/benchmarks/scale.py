"""How a step's time and memory grow with batch, width and depth; and that 100,000 steps leave memory flat

A network of ``depth`` hidden layers, each of ``width`` features in and out, and ten outputs: the products
of a step take about ``6 * batch * width**2 * depth`` operations, its parameters ``width**2 * depth``
numbers, and what a backward pass keeps ``batch * width * depth``. So time should grow like batch, depth and
the square of the width, once that outweighs the calls, which only depth adds to. Two exponents tell, for time
and for memory: the slopes of straight lines through the logarithms of the largest three sizes.
"""

from __future__ import annotations

import gc
import math
import sys
import time
import tracemalloc
from statistics import linear_regression
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import purenn as pn

from .measure import Candidate, rounds_of
from .networks import steps
from .report import Goal, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAST = 3  # sizes that an exponent is fitted to
FIRST = 1_000
START = f"the blocks at {FIRST:,} steps"
PEAK, BEFORE = "MB more at the peak", "exponent from the row before"


class Size(NamedTuple):
    """Of a network and its batch."""

    batch: int
    width: int
    depth: int


class Axis(NamedTuple):
    """What grows, from where on, to which sizes, and like which power time and memory do at last."""

    name: str
    base: Size
    sizes: Sequence[int]
    time: str
    memory: str


def doublings(first: int, last: int, *, by: int = 2) -> list[int]:
    """``first, first * by, ...`` up to ``last``."""
    return [first * by**power for power in range(round(math.log(last / first, by)) + 1)]


CALLS = "less while calls outweigh products"
KEPT = "1 at last: the activations kept; less while gradients and new parameters outweigh them"
AXES = {
    "numpy": [
        Axis("batch", Size(0, 256, 4), doublings(1, 4096, by=4), f"1; {CALLS}", KEPT),
        Axis("width", Size(64, 0, 2), doublings(16, 4096), f"2; {CALLS}", "2: gradients and new parameters"),
        Axis("depth", Size(128, 256, 0), doublings(1, 64), "1", "1"),
    ],
    "lists": [
        Axis("batch", Size(0, 16, 2), doublings(1, 256, by=4), f"1; {CALLS}", KEPT),
        Axis("width", Size(4, 0, 2), doublings(4, 256), f"2; {CALLS}", "2: gradients and new parameters"),
        Axis("depth", Size(8, 16, 0), doublings(1, 64), "1", "1"),
    ],
}


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """One for each backend and axis, and one of a long run for each backend; fewer sizes in a hurry."""
    hurry = seconds < 1
    for backend, axes in AXES.items():
        for axis in axes:
            yield growth(backend, axis._replace(sizes=axis.sizes[:-2]) if hurry else axis, seconds)
    for backend in AXES:
        yield long_run(backend, 10_000 if hurry else 100_000)


def growth(backend: str, axis: Axis, seconds: float) -> Table:
    """Times of all sizes of an axis, side by side, then the memory of each."""
    names = [f"{axis.name} {size}" for size in axis.sizes]
    steps = [training(backend, axis.base._replace(**{axis.name: size})) for size in axis.sizes]
    candidates = [Candidate(name, step) for name, step in zip(names, steps, strict=True)]
    rounds = rounds_of(candidates, seconds=seconds)
    times = [min(rounds[name]) for name in names]  # the least is what a neighbour has disturbed least
    peaks = [peak(step) for step in steps]
    rows = []
    for index, name in enumerate(names):
        more = {PEAK: peaks[index] / 1e6}
        if index:
            more[BEFORE] = exponent(axis.sizes[index - 1 : index + 1], times[index - 1 : index + 1])
        rows.append(Row(name, times[index], more=more))
    fits = [exponent(axis.sizes[-LAST:], figures[-LAST:]) for figures in (times, peaks)]
    fixed = ", ".join(f"{name} {size}" for name, size in axis.base._asdict().items() if size)
    about = (
        f"Fixed: {fixed}. From {axis.name} {axis.sizes[-LAST]} on, time grows like {axis.name} to the "
        f"{fits[0]:.2f} (expected {axis.time}); memory to the {fits[1]:.2f} (expected {axis.memory})."
    )
    dtype = "float32" if backend == "numpy" else "floats"
    return Table(f"growth with {axis.name}: {backend}, {dtype}, sgd", "", rows, about=about)


def training(backend: str, size: Size) -> Any:
    """The next step of a network of that size."""
    hidden = [layer for _ in range(size.depth) for layer in (pn.affine(size.width, size.width), pn.relu)]
    model = pn.chain(*hidden, pn.affine(size.width, 10))
    dtype = np.float32 if backend == "numpy" else None
    x = pn.random.normal(1, (size.batch, size.width), xp=backend, dtype=dtype)
    labels = pn.convert([row % 10 for row in range(size.batch)], backend)
    params = model.init(0, xp=backend, dtype=dtype)
    return steps(model, pn.softmax_cross_entropy, pn.sgd(0.01), params, [(x, labels)])


def peak(step: Any) -> int:
    """The bytes that a step holds at its fullest, beyond what is there before it."""
    step()
    gc.collect()
    tracemalloc.start()
    try:
        step()  # what is replaced from now on is known to it
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def exponent(sizes: Sequence[int], figures: Sequence[float]) -> float:
    """The slope of the logarithms: n for what grows like size**n."""
    return linear_regression([math.log(size) for size in sizes], [math.log(each) for each in figures]).slope


def long_run(backend: str, last: int) -> Table:
    """A small network through ``pn.train``: the blocks that Python holds, and the memory of the process."""
    x = pn.random.normal(1, (32, 2), xp=backend)
    y = pn.convert([[1.0], [0.0]] * 16, backend)
    model = pn.chain(pn.affine(2, 2), pn.tanh, pn.affine(2, 1))
    arguments = (model, pn.mean_squared_error, pn.adam(0.001), x, y)
    rows: list[Row] = []
    at_first, start = 0, time.perf_counter()
    for state in pn.train(*arguments, batch_size=2, epochs=math.ceil(last / 16), key=0):
        if state.step in (FIRST, last // 10, last):
            took = (time.perf_counter() - start) / state.step
            gc.collect()
            blocks = sys.getallocatedblocks()
            at_first = at_first or blocks
            more = {"blocks more": float(blocks - at_first), "MB resident": resident() / 1e6}
            rows.append(Row(f"{state.step:,} steps", took, {START: blocks / at_first}, more=more))
    goals = [Goal(f"{last:,} steps", START, 1.01)]
    return Table(f"memory over {last:,} steps: {backend}, 2-2-1, adam, batch 2", "", rows, goals)


def resident() -> float:
    """The bytes of this process in memory; not a number where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as numbers:
            return int(numbers.read().split()[1]) * 4096.0
    except OSError:
        return math.nan
