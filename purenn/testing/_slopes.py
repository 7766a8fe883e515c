"""Gradients against differences: number by number, in Fractions exactly, at kinks from both sides, and for
many numbers along random directions
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import function_of_numbers, numbers_of, step_of
from ..backends import extras, lists
from ..random import fold_in, uniform
from ..trees import tree_leaves, tree_map, tree_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ._call import Call
    from ._report import Failure

ONE_BY_ONE = 200  # numbers of an argument; more are compared along random directions
DIRECTIONS = 4
MARKED = 1e-4  # of the scale of the gradient: one-sided slopes that are further apart may be a kink
LEVELS = 10  # of extrapolation, where the step that was taken does not tell enough


class Compared(NamedTuple):
    """A gradient beside differences: what is wrong ("" if nothing), and what to say of it if nothing is."""

    name: str
    wrong: str
    failure: Failure | None
    worst: Any
    note: str


class Verdict(NamedTuple):
    right: bool
    want: Any
    words: str = ""
    note: str = ""


def compare(call: Call) -> Iterator[Compared]:
    """Each gradient that is named like an argument, beside the differences of dout * out."""
    dout = call.dout(0)
    for name, grad in call.gradients(dout).items():
        if name in call.names:
            yield Beside(call, name, grad, numbers_of(dout)).compared()


class Beside:
    """One gradient, and the slopes of ``sum of dout * out`` as its argument moves."""

    def __init__(self, call: Call, name: str, grad: Any, weights: list[Any]) -> None:
        place = call.names.index(name)
        argument = tree_map(call.array, call.arguments[place])

        def project(argument: Any) -> Any:
            arguments = [*call.arguments[:place], argument, *call.arguments[place + 1 :]]
            out = numbers_of(call.forward(*arguments)[0])
            return sum(number * weight for number, weight in zip(out, weights, strict=True))

        self.call, self.name, self.argument = call, name, call.arguments[place]
        self.at = function_of_numbers(project, argument)
        self.numbers = numbers_of(argument)
        self.have = numbers_of(tree_map(lambda x, dx: dx, self.argument, grad))
        self.steps = [step_of(number, call.backend) for number in self.numbers]
        # differences of a sum of this mass, over 1e-5, lose what is 1e-8 of a sixteenth of it
        self.mass = sum(abs(float(n) * float(w)) for n, w in zip(numbers_of(call.out), weights, strict=True))
        self.scale = self.mass / 16
        self.worst: Any = 0.0
        self.notes: list[str] = []

    def compared(self) -> Compared:
        many = len(self.numbers) > ONE_BY_ONE and not self.call.exact
        found = self._along_directions() if many else self._one_by_one()
        wrong, failure = "", None
        if found is not None:
            index, have, want, words = found
            which = self._place(index) if index >= 0 else f"grads.{self.name} along direction {-1 - index}"
            wrong = f"{which} is {have!r}, {words}"
            failure = self.call.failure(f"grads.{self.name}", index, have, want)
        return Compared(self.name, wrong, failure, self.worst, "; ".join(dict.fromkeys(self.notes)))

    def _place(self, index: int) -> str:
        """A number by its leaf, and by its place in that."""
        sizes = ((path, math.prod(extras.shape(leaf))) for path, leaf in tree_paths(self.argument))
        places = (f"grads.{self.name}{path} number {place}" for path, size in sizes for place in range(size))
        return next(islice(places, index, None))

    # --- number by number ---------------------------------------------------------------------------

    def _one_by_one(self) -> tuple[int, Any, Any, str] | None:
        slopes = [self._slope(index) for index in range(len(self.numbers))]
        self.scale += max([0.0, *(abs(float(slope)) for slope in slopes)])
        for index, (slope, have) in enumerate(zip(slopes, self.have, strict=True)):
            verdict = Verdict(True, slope)
            if self.call.differ(slope, have, self.scale):
                verdict = self._second_look(index, slope, have)
            if not verdict.right:
                return index, have, verdict.want, verdict.words
            if verdict.note:
                self.notes.append(verdict.note)
            else:
                self.worst = max(self.worst, abs(float(verdict.want) - float(have)))
        return None

    def _second_look(self, index: int, slope: Any, have: Any) -> Verdict:
        """A gradient that central differences contradict: was the step too long, is there a kink, or a
        polynomial of high degree?
        """
        (left, right), (near_left, near_right) = self._sides(index, 1), self._sides(index, 16)
        if not self.call.exact:
            slope = self._limit(lambda share: self._slope(index, share), [index])
            steep = max(abs(float(left)), abs(float(right)))  # at a minimum the central one is rounding alone
            if not self.call.differ(slope, have, self.scale + steep):
                return Verdict(True, slope)
        wide, narrow = abs(right - left), abs(near_right - near_left)
        noise = 0 if self.call.exact else 16 * self.call.share * self.scale
        # the gap between the sides shrinks with the step, to 1/16, where there is no kink: then it must
        # not shrink at all, or vanish, if the kink is at some distance
        if wide > (0 if self.call.exact else MARKED * self.scale) and not wide / 32 <= narrow <= wide / 8:
            if narrow > wide / 8:
                near_left, near_right = (16 * near_left - left) / 15, (16 * near_right - right) / 15
                noise = max(noise, 0 if self.call.exact else narrow / 1000)
            low, high = sorted((near_left, near_right))
            where = f"{self._place(index).removeprefix('grads.')}"
            if low - noise <= have <= high + noise:
                return Verdict(True, slope, note=f"kink at {where}")
            return Verdict(False, slope, f"slopes beside the kink are {low!r} and {high!r}")
        if self.call.exact:
            return self._extrapolated(index, have)
        return Verdict(False, slope, f"central differences say {slope!r}")

    def _slope(self, index: int, share: int = 1) -> Any:
        """The central difference, with the step or a share of it."""
        number, step = self.numbers[index], self.steps[index] / share
        above, below = number + step, number - step
        return (self.at({index: above}) - self.at({index: below})) / (above - below)

    def _sides(self, index: int, share: int) -> tuple[Any, Any]:
        """The slopes to the left and to the right of a number."""
        number, step = self.numbers[index], self.steps[index] / share
        above, below, here = number + step, number - step, self.at({})
        left = (here - self.at({index: below})) / (number - below)
        return left, (self.at({index: above}) - here) / (above - number)

    def _extrapolated(self, index: int, have: Any) -> Verdict:
        """Differences with steps h, h/2, h/4, ... extrapolated to 0 (Neville), in Fractions

        A polynomial gives the same from some level on: that is its slope. Other functions close in on theirs
        by some twenty decimals a level; what is between the last two levels cannot be told from it.
        """
        row: list[Any] = []
        before: list[Any] = []
        for level in range(LEVELS):
            new = _refined(row, self._slope(index, 2**level))
            if level and new[-1] == row[-1]:
                words = f"differences, which agree exactly, say {new[-1]!r}"
                return Verdict(have == new[-1], new[-1], words)
            row, before = new, row
        want, apart = row[-1], abs(row[-1] - before[-1])
        note = f"no polynomial: to within {float(apart):.0e}"
        return Verdict(abs(have - want) <= apart, want, f"extrapolated differences say {want!r}", note)

    def _limit(self, slope: Callable[[int], Any], indices: Iterable[int]) -> Any:
        """What slopes with the step, 1/4 of it, 1/16, ... close in on (Ridders): a step was too long far from
        0, where it is longer, and where the curvature jumps

        The last is 1/16 of the step at 1: what rounding takes from a slope is then all that may be missing.
        """
        best, least = slope(1), math.inf
        row, size = [best], max([1.0, *(abs(float(self.numbers[index])) for index in indices)])
        for level in range(1, LEVELS):
            before, row = row, _refined(row, slope(4**level))
            for old, near, new in zip(before, row, row[1:], strict=False):
                apart = max(abs(new - near), abs(new - old))
                if apart < least:
                    best, least = new, apart
            if 4**level >= 16 * size:
                break
        return best

    # --- along random directions --------------------------------------------------------------------

    def _along_directions(self) -> tuple[int, Any, Any, str] | None:
        self.notes.append(f"{len(self.numbers)} numbers along {DIRECTIONS} random directions")
        count = len(self.numbers)
        spared: set[int] = set()
        key = fold_in(self.call.key, len(self.numbers))
        for direction in range(DIRECTIONS):
            draws = lists.reshape(uniform(fold_in(key, direction), (count,), low=-1.0, high=1.0), (count,))
            root = math.sqrt(count)
            moves = {i: self.steps[i] * draw / root for i, draw in enumerate(draws)}
            self.scale = max(self.scale, self.mass / 16 + abs(self._along(moves, moves)[1]))
            while (found := self._astray(moves, set(moves) - spared)) is not None:
                if len(found) > 1:  # together they are wrong, in halves they seem right
                    have, want = self._along(moves, found)
                    return -1 - direction, have, want, f"central differences say {want!r}"
                (index,) = found
                slope, have = self._slope(index), self.have[index]
                verdict = self._second_look(index, slope, have)
                if not verdict.right:
                    return index, have, verdict.want, verdict.words
                self.notes.append(verdict.note)
                spared.add(index)
        return None

    def _along(self, moves: dict[int, Any], chosen: Iterable[int]) -> tuple[float, float]:
        """The rise that the gradient promises along a direction, and the one that there is."""
        indices = sorted(chosen)
        above = {i: float(self.numbers[i]) + moves[i] for i in indices}
        below = {i: float(self.numbers[i]) - moves[i] for i in indices}
        span = math.sqrt(sum((above[i] - below[i]) ** 2 for i in indices)) or 1.0
        promised = math.fsum(float(self.have[i]) * (above[i] - below[i]) for i in indices)
        return promised / span, (self.at(above) - self.at(below)) / span

    def _parted(self, moves: dict[int, Any], chosen: set[int]) -> bool:
        """Whether gradient and differences part along a direction, with shorter steps too."""

        def gap(share: int) -> float:
            promised, risen = self._along({i: moves[i] / share for i in chosen}, chosen)
            return promised - risen

        have, want = self._along(moves, chosen)
        apart = have - want
        if self.call.differ(want, have, self.scale):
            above = {i: float(self.numbers[i]) + moves[i] for i in chosen}
            span = math.sqrt(sum(moves[i] ** 2 for i in chosen)) or 1.0
            steep = abs(self.at(above) - self.at({})) / span
            apart = self._limit(gap, chosen)
            if self.call.differ(0.0, apart, self.scale + steep):
                return True
        self.worst = max(self.worst, abs(apart))
        return False

    def _astray(self, moves: dict[int, Any], chosen: set[int]) -> set[int] | None:
        """The numbers, if possible a single one, along which gradient and differences part."""
        if not self._parted(moves, chosen):
            return None
        while len(chosen) > 1:
            order = sorted(chosen)
            half = set(order[: len(order) // 2])
            for part in (half, chosen - half):
                if self._parted(moves, part):
                    chosen = part
                    break
            else:
                return chosen
        return chosen


def _refined(row: list[Any], slope: Any) -> list[Any]:
    """A row of Neville's table below the last: a slope, and what it and the row above extrapolate to."""
    new = [slope]
    for power, old in enumerate(row, 1):
        new.append(new[-1] + (new[-1] - old) / (4**power - 1))
    return new


def is_rational(numbers: Iterable[Any]) -> bool:
    """Whether all numbers are ones that Fractions compute with exactly."""
    return all(isinstance(number, (Fraction, int)) for number in numbers)


def count_of(tree: Any) -> int:
    """How many numbers a tree holds."""
    return sum(math.prod(extras.shape(leaf)) for leaf in tree_leaves(tree))
