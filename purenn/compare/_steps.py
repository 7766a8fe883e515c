"""What a comparison of trainings finds, as a value that prints and draws itself."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from .._table import canvas, short, table
from ._growth import Growth, growth_of

if TYPE_CHECKING:
    from ._difference import Difference

Pair = tuple[str, str]


class Parted(NamedTuple):
    """The first step at which the loss, or the params, of two runs are not the same."""

    of: str
    step: int
    difference: Difference


class Point(NamedTuple):
    """The differences after a step: of its loss, and of the params, for each two runs."""

    step: int
    loss: tuple[Difference, ...]
    params: tuple[Difference, ...]


class TrainingComparison(NamedTuple):
    """What ``compare_training`` found: tables when printed, a picture by ``plot()``

    ``parted`` holds for each two runs when their losses and params part first, ``points`` the differences
    after steps 1, 2, 4, 8, ... and the last.
    """

    runs: tuple[str, ...]
    steps: int
    parted: tuple[Parted, ...]
    points: tuple[Point, ...]
    seconds: dict[str, float]

    @property
    def equal(self) -> bool:
        """Whether the runs agree to the last bit, at every step."""
        return not self.parted

    @property
    def growth(self) -> dict[Pair, Growth | None]:
        """For each two runs, the simple law that the largest difference of params follows, if one does."""
        growths = {}
        for index, pair in enumerate(combinations(self.runs, 2)):
            curve = [(point.step, point.params[index].absolute) for point in self.points]
            growths[pair] = growth_of(curve)
        return growths

    def __str__(self) -> str:
        times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.seconds.items())
        lines = [f"trained in step: {', '.join(self.runs)}; {self.steps} steps; {times}"]
        if self.equal:
            return "\n".join([*lines, "equal to the last bit, every loss and every param of every step"])
        for index, (pair, growth) in enumerate(self.growth.items()):
            lines += ["", *self._pair_lines(index, pair, growth)]
        return "\n".join(lines)

    def _pair_lines(self, index: int, pair: Pair, growth: Growth | None) -> list[str]:
        own = [parted for parted in self.parted if parted.difference.between == pair]
        if not own:
            return [f"{' and '.join(pair)}: equal to the last bit"]
        lines = [f"{' and '.join(pair)}:"]
        for parted in own:
            ulp, first = short(parted.difference.ulp), parted.difference.first
            lines.append(f"  {parted.of} part first at step {parted.step}, by {ulp} ulp; {first}")
        rows = [["step", "loss ulp", "loss absolute", "params ulp", "params relative", "params absolute"]]
        for point in self.points:
            loss, params = point.loss[index], point.params[index]
            sizes = (loss.ulp, loss.absolute, params.ulp, params.relative, params.absolute)
            rows.append([str(point.step), *map(short, sizes)])
        return [*lines, table(rows), str(growth or "the difference of params follows no simple law here")]

    def plot(self, ax: Any = None) -> Any:
        """Draw the largest difference of params by the step on matplotlib's axes, and return those."""
        ax = canvas(ax)
        steps = [point.step for point in self.points]
        for index, pair in enumerate(combinations(self.runs, 2)):
            sizes = [point.params[index].absolute or math.nan for point in self.points]
            ax.plot(steps, sizes, "o-", label=" - ".join(pair))
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        ax.set_xlabel("step")
        ax.set_ylabel("largest difference of params")
        ax.legend()
        return ax
