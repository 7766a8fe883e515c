"""How a difference grows with the steps of a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

POINTS = 5  # a line through fewer says little
SPREAD = 2.0  # how far, as a factor, points may lie from a law that is said to hold


class Growth(NamedTuple):
    """A law that differences follow: ``"power"``, as ``step**rate``, or ``"exponential"``, as ``rate**step``

    ``spread`` is the factor by which the points lie off it on average (root of the mean square of the
    logarithms), ``points`` how many were fitted. It describes these steps; it promises nothing of others.
    """

    law: str
    rate: float
    spread: float
    points: int

    def __str__(self) -> str:
        shape = f"step**{self.rate:.2g}" if self.law == "power" else f"{self.rate:.4g}**step"
        return (
            f"in these steps the difference of params grew about as {shape} "
            f"({self.points} points, off by a factor of {self.spread:.2g} on average)"
        )


def growth_of(curve: Sequence[tuple[int, float]]) -> Growth | None:
    """The law that fits the points ``(step, difference)`` better, or None where neither holds

    Differences of 0 are left out; with fewer than 5 others, or where they lie off by more than a factor
    of 2 on average, nothing is said.

    >>> growth_of([(step, 1e-16 * step**0.5) for step in (1, 2, 4, 8, 16)])
    Growth(law='power', rate=0.5, spread=1.0, points=5)
    >>> growth_of([(1, 1e-16), (2, 2e-16)])
    """
    logs = [(step, math.log(size)) for step, size in curve if 0 < size < math.inf]
    if len(logs) < POINTS:
        return None
    power, power_spread = _line(logs, math.log)
    base, base_spread = _line(logs, float)
    if min(power_spread, base_spread) > math.log(SPREAD):
        return None
    law, rate, spread = ("power", power, power_spread)
    if base_spread < power_spread:
        law, rate, spread = ("exponential", math.exp(base), base_spread)
    return Growth(law, round(rate, 6), round(math.exp(spread), 6), len(logs))


def _line(logs: list[tuple[int, float]], scale: Callable[[int], float]) -> tuple[float, float]:
    """The slope of the line of least squares, and how far the points lie off it on average."""
    xs, ys = [scale(step) for step, _ in logs], [y for _, y in logs]
    x_mean, y_mean = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    slope = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    slope /= math.fsum((x - x_mean) ** 2 for x in xs)
    off = ((y - y_mean - slope * (x - x_mean)) ** 2 for x, y in zip(xs, ys, strict=True))
    return slope, math.sqrt(math.fsum(off) / len(xs))
