"""How far apart two trees of numbers are: in units in the last place, absolutely, and from where on."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends import lists
from ..errors import ShapeError
from ..trees import tree_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXACT = "exact"  # the name of the run in Decimals
NOISE = Decimal("1e-25")  # of a number: Decimals are not told apart more finely, as they are rounded too


class First(NamedTuple):
    """The first number that differs: its place in the tree and the array, and its value on each side."""

    place: str
    values: tuple[Any, Any]

    def __str__(self) -> str:
        one, other = (float(value) for value in self.values)
        return f"{self.place or 'the number'}: {one!r} {other!r}"


class Difference(NamedTuple):
    """The largest differences between two trees of numbers

    - ``ulp``: in units in the last place of the larger of the two numbers, as a float64; at most 2**53,
      which is where a sum cancels on one side and not on the other.
    - ``relative``: over the largest number of the array.
    - ``absolute``; and ``numbers``, how many differ. The sign of a zero is no difference, and
      neither is what is below 1e-25 of a Decimal.
    """

    between: tuple[str, str]
    ulp: float
    relative: float
    absolute: float
    numbers: int
    first: First | None

    def __bool__(self) -> bool:
        return self.numbers > 0


def difference(between: tuple[str, str], one: Any, other: Any) -> Difference:
    """The difference of two trees of the same branches on lists.

    >>> difference(("a", "b"), [1.0, 2.0], [1.0, 2.0000000000000004])
    Difference(between=('a', 'b'), ulp=1.0, relative=2.2204460492503126e-16, absolute=4.440892098500626e-16, \
numbers=1, first=First(place='[1]', values=(2.0, 2.0000000000000004)))
    """
    ulp = relative = absolute = 0.0
    count, first = 0, None
    with localcontext(prec=100):
        for path, mine, theirs in _leaves(between, one, other):
            if mine == theirs:
                continue
            largest, furthest = 0.0, 0.0
            pairs = zip(lists.flat(mine), lists.flat(theirs), strict=True)
            for index, (a, b) in enumerate(pairs):
                largest = max(largest, *(abs(float(n)) for n in (a, b) if math.isfinite(n)), 0.0)
                gap = _gap(a, b)
                if gap:
                    count += 1
                    first = first or First(path + _place(index, lists.shape(mine)), (a, b))
                    furthest = max(furthest, float(gap))
                    ulp = max(ulp, _in_ulps(gap, a, b))
            absolute = max(absolute, furthest)
            relative = max(relative, furthest / largest if largest else furthest)
    return Difference(between, ulp, relative, absolute, count, first)


def nearest(answers: Mapping[str, Any], exact: Any) -> dict[str, int]:
    """For each side, of how many numbers its own is the nearest to the exact one

    Numbers to which all are equally near do not count.

    >>> from decimal import Decimal
    >>> nearest({"a": [1.0, 2.0], "b": [1.0, 3.0]}, [Decimal(1), Decimal("2.1")])
    {'a': 1, 'b': 0}
    """
    wins = dict.fromkeys(answers, 0)
    with localcontext(prec=100):
        numbers = zip(*(lists.flat(answer) for answer in answers.values()), lists.flat(exact), strict=True)
        for *have, want in numbers:
            gaps = [_gap(number, want) for number in have]
            if len(set(gaps)) > 1:
                for name, gap in zip(wins, gaps, strict=True):
                    wins[name] += gap == min(gaps)
    return wins


def _leaves(between: tuple[str, str], one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    for (path, mine), (_, theirs) in zip(tree_paths(one), tree_paths(other), strict=True):
        if lists.shape(mine) != lists.shape(theirs):
            raise ShapeError(
                f"compare: {path or 'the array'} has shape {lists.shape(mine)} on {between[0]} and "
                f"{lists.shape(theirs)} on {between[1]}: a backend whose shapes are wrong has no differences"
            )
        yield path, mine, theirs


def _gap(a: Any, b: Any) -> Any:
    """``abs(a - b)``: 0 for two NaNs or the same infinity, infinite where only one of the two is such."""
    if a == b or (a != a and b != b):
        return 0
    if not (math.isfinite(a) and math.isfinite(b)):
        return 0 if float(a) == float(b) else math.inf
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        gap = abs(Decimal(a) - Decimal(b))
        return gap if gap > NOISE * abs(Decimal(b)) else 0
    return abs(a - b)


def _in_ulps(gap: Any, a: Any, b: Any) -> float:
    if not math.isfinite(gap):
        return math.inf
    return float(gap / type(gap)(math.ulp(max(abs(float(a)), abs(float(b))))))


def _place(index: int, sizes: tuple[int, ...]) -> str:
    steps = []
    for size in reversed(sizes):
        index, step = divmod(index, size)
        steps.append(f"[{step}]")
    return "".join(reversed(steps))
