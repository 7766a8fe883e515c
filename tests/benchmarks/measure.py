"""How time is measured here: side by side, in one process, in rounds

In each round every candidate runs for about two milliseconds, one after the other; the next round begins
with another. A step off the clock comes before: in a long run the caches hold what the last step has used.
A time is the median over the rounds; a ratio is the median of the ratios within a round, so that what slows
the machine for a while slows both sides of it. The clock is the processor time of this process, so that it
stands still while a neighbour has the core. Garbage collection is off, but where a candidate asks for it;
what a candidate leaves behind is collected off the clock, so that no other pays for it. Before it is timed,
every candidate has to compute the same numbers.
"""

from __future__ import annotations

import gc
import math
import os
import time
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from .report import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Clock = Callable[[], float]

CLOCK = time.perf_counter if os.name == "nt" else time.process_time  # Windows counts that in 16 ms
CHUNK = 0.002  # seconds
ROUNDS = 5  # at least


class Candidate(NamedTuple):
    """One way to do the work

    ``step()`` does a step and goes on from where the last one ended; ``look(step())`` is the number that all
    must agree on, None for a candidate that computes less, such as a floor. ``collects``: garbage
    collection is on, as it comes.
    """

    name: str
    step: Callable[[], Any]
    look: Callable[[Any], float] | None = float
    collects: bool = False


def gather(
    own: Sequence[Candidate], peers: dict[str, Callable[[], Candidate]]
) -> tuple[list[Candidate], list[Row]]:
    """The candidates that there are, and a row that says so for each peer that is not installed."""
    found, missing = list(own), []
    for name, make in peers.items():
        try:
            found.append(make()._replace(name=name))
        except ImportError as error:
            missing.append(Row(name, note=f"{error.name or error} is not installed"))
    return found, missing


def agree(candidates: Sequence[Candidate], *, steps: int = 5, within: float = 1e-4) -> None:
    """Let all take ``steps`` steps, and fail where one sees other numbers than the first."""
    wanted: list[float] = []
    for name, step, look, _ in candidates:
        if look is None:
            continue
        seen = [look(step()) for _ in range(steps)]
        wanted = wanted or seen
        for number, (mine, first) in enumerate(zip(seen, wanted, strict=True), 1):
            if not math.isclose(mine, first, rel_tol=within):
                raise AssertionError(f"{name} computes {mine!r} in step {number}, wanted {first!r}")


def measure(
    candidates: Sequence[Candidate],
    *,
    over: Sequence[str] = (),
    seconds: float = 3.0,
    clock: Clock = CLOCK,
) -> list[Row]:
    """A row for each candidate, with its ratios to those named in ``over``."""
    rounds = rounds_of(candidates, seconds=seconds, clock=clock)
    rows = []
    for name, times in rounds.items():
        pairs = {other: zip(times, rounds[other], strict=True) for other in over if other in rounds}
        ratios = {other: median(mine / its for mine, its in pair) for other, pair in pairs.items()}
        rows.append(Row(name, median(times), ratios))
    return rows


def rounds_of(
    candidates: Sequence[Candidate], *, seconds: float, clock: Clock = CLOCK
) -> dict[str, list[float]]:
    """The seconds a step of each candidate, by name, one for each round."""
    collecting = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()  # what is there now is looked at no more
    try:
        rounds = _rounds(candidates, seconds, clock)
    finally:
        gc.unfreeze()
        if collecting:
            gc.enable()
    names = [one.name for one in candidates]
    return {name: list(times) for name, times in zip(names, zip(*rounds, strict=True), strict=True)}


def _rounds(candidates: Sequence[Candidate], seconds: float, clock: Clock) -> list[list[float]]:
    """The same, a list for each round."""
    counts = [_count(one, clock) for one in candidates]
    rounds: list[list[float]] = []
    start = clock()
    while len(rounds) < ROUNDS or clock() - start < seconds:
        times = [0.0] * len(candidates)
        for place in range(len(candidates)):
            index = (place + len(rounds)) % len(candidates)
            times[index] = _chunk(candidates[index], counts[index], clock)
        rounds.append(times)
    return rounds


def _count(candidate: Candidate, clock: Clock) -> int:
    """The steps that take about the time of a chunk; the first few are slow, and do not count."""
    count = 1
    while (took := _chunk(candidate, count, clock)) * count < CHUNK:
        count *= 2
    return max(1, round(CHUNK / took))


def _chunk(candidate: Candidate, count: int, clock: Clock) -> float:
    """The seconds of one of ``count`` steps; the last result is looked at, as some compute it only then."""
    _, step, look, collects = candidate
    if collects:
        gc.enable()
    step()  # so that those that are timed come after one of their own, as in a long run
    start = clock()
    for _ in range(count):
        out = step()
    if look is not None:
        look(out)
    took = (clock() - start) / count
    gc.disable()
    gc.collect()
    return took
