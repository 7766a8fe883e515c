"""Which numbers of an output a number of an argument reaches, and what that derivative is called

Both are read off what a backward says of its gradient. What it says is believed where the numbers agree.
"""

from __future__ import annotations

import re
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import numbers_of
from ..backends.extras import shape
from ._local import at
from .words import indices

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Shape
    from .explanation import Step

    Element = Callable[[str, Shape], str]


class Way(NamedTuple):
    """From a number of an argument to one of out: the derivative there, and what it is called."""

    out: Shape
    number: Any
    symbol: str


class Ways:
    """Those from the numbers of one argument of a step."""

    def __init__(self, step: Step, argument: str, element: Element, taken: set[str]) -> None:
        self.step, self.argument, self.element = step, argument, element
        self.sizes, self.outs = shape(step.arguments[argument]), list(indices(shape(step.out)))
        self.rule = _rule(step, argument, taken)
        if self.rule is not None and not self._holds(self.rule):
            self.rule = None

    def of(self, index: Shape) -> list[Way]:
        """With a rule all that it says, those of 0 too; without one those that are not 0, or all."""
        local = self.step.local[self.argument]
        numbers = {out: at(local, out + index) for out in self.outs}
        if self.rule is not None:
            outs = [out for out in self.outs if self.rule.reaches(index, out)]
            return [Way(out, numbers[out], self._symbol(self.rule, index, out)) for out in outs]
        outs = [out for out in self.outs if numbers[out] != 0] or self.outs
        start = self.element(self.step.inputs[self.argument], index)
        return [Way(out, numbers[out], f"d{self.element(self.step.output, out)}/d{start}") for out in outs]

    def _holds(self, rule: _Rule) -> bool:
        """Whether there is nothing but 0, or NaN, where the rule says that nothing comes."""
        pairs = product(self.outs, indices(self.sizes))
        numbers = numbers_of(self.step.local[self.argument])
        away = (n for (out, index), n in zip(pairs, numbers, strict=True) if not rule.reaches(index, out))
        return all(number == 0 or number != number for number in away)

    def _symbol(self, rule: _Rule, index: Shape, out: Shape) -> str:
        named = {"out": self.element(self.step.output, out)}
        for argument, place in rule.places(index, out).items():
            named[argument] = self.element(self.step.inputs[argument], place)
        return _WORD.sub(lambda word: named.get(word[0], word[0]), rule.symbol)


class _Rule(NamedTuple):
    """``symbol`` has arguments in it, whose numbers are at the ``places`` for an index and one of out."""

    symbol: str
    reaches: Callable[[Shape, Shape], bool]
    places: Callable[[Shape, Shape], dict[str, Shape]]


_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w(])")


def _rule(step: Step, argument: str, taken: set[str]) -> _Rule | None:
    said = step.gradients.get(argument.split("[")[0], "")
    own, sizes = shape(step.arguments[argument]), {name: shape(x) for name, x in step.arguments.items()}

    def like(index: Shape, out: Shape) -> bool:
        """The same place: of an argument that broadcasts, or in a loss that has fewer axes."""
        return index == _fitted(own, out) if len(own) <= len(out) else index[: len(out)] == out

    def nothing(index: Shape, out: Shape) -> dict[str, Shape]:
        return {}

    if said == "dout":
        return _Rule("1", like, nothing)
    if said == "sum of dout over the batch":
        return _Rule("1", lambda index, out: out[len(out) - len(index) :] == index, nothing)
    matrix = re.fullmatch(r"dout @ (\w+)\.T|(\w+)\.T @ dout", said)
    if matrix and (matrix[1] or matrix[2]) in sizes:
        return _right(matrix[1]) if matrix[1] else _left(matrix[2], len(sizes[matrix[2]]) - 1)
    gate = re.fullmatch(r"dout where (.+), else 0", said)
    factor = re.fullmatch(r"dout \* (.+)", said)
    if factor and (re.search(r"where| of |\bdout\b", said[4:]) or _is_sum(factor[1])):
        return None
    found = gate or factor
    words = set(_WORD.findall(found[1])) if found else set()
    arguments, wide = words & sizes.keys(), len(own) > len(shape(step.out))
    if not found or (words - sizes.keys() - {"out"}) & taken:
        return None
    if any(sizes[word] != own if wide else len(sizes[word]) > len(shape(step.out)) for word in arguments):
        return None
    if not wide and len(shape(step.out)) != max(map(len, sizes.values())):
        return None  # a loss of each sample: its arguments do not broadcast

    def places(index: Shape, out: Shape) -> dict[str, Shape]:
        return {word: index if wide else _fitted(sizes[word], out) for word in arguments}

    text = found[1] if " " not in found[1] or _in_brackets(found[1]) else f"({found[1]})"
    return _Rule(f"1({found[1]})" if gate else text, like, places)


def _right(other: str) -> _Rule:
    """``dx = dout @ w.T``"""
    return _Rule(
        other,
        lambda index, out: out[: len(index) - 1] == index[:-1],
        lambda index, out: {other: index[-1:] + out[len(index) - 1 :]},
    )


def _left(other: str, axes: int) -> _Rule:
    """``dw = x.T @ dout``, where x has so many axes before its last."""
    return _Rule(
        other,
        lambda index, out: out[axes:] == index[1:],
        lambda index, out: {other: out[:axes] + index[:1]},
    )


def _fitted(sizes: Shape, out: Shape) -> Shape:
    """The index of an array that broadcasts, where out has one."""
    near = out[len(out) - len(sizes) :]
    return tuple(0 if size == 1 else place for size, place in zip(sizes, near, strict=True))


def _depths(formula: str) -> list[int]:
    """How many brackets are open after each letter."""
    return list(accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in formula))


def _in_brackets(formula: str) -> bool:
    """Whether a formula stands in one pair of brackets.

    >>> _in_brackets("(a * (b + 1))"), _in_brackets("(a) * (b)")
    (True, False)
    """
    return _depths(formula).index(0) == len(formula) - 1


def _is_sum(formula: str) -> bool:
    """Whether a + or - stands outside of all brackets.

    >>> _is_sum("2 + x"), _is_sum("(2 + x) * -y")
    (True, False)
    """
    depths = _depths(formula)
    return any(not depths[sign.start()] for sign in re.finditer(r"(?<=\s)[+-](?=\s)", formula))
