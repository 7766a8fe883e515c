"""The chain rule, term by term, with the numbers in it."""

from __future__ import annotations

import math
import re
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import numbers_of
from ..backends.extras import shape
from ._local import at
from .words import element, number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._types import Shape
    from .explanation import Explanation, Step

LONG = 12  # terms or factors: past this a sum or product is not written out


class Factor(NamedTuple):
    """A local derivative: what it is called, and its number."""

    symbol: str
    number: Any


class Term(NamedTuple):
    """One way that a number reaches the next: ``upstream`` is the number there, wire and index."""

    upstream: tuple[str, Shape]
    factor: Factor


def chain_rule(found: Explanation, digits: int | None = None, few: float = math.inf) -> dict[str, str]:
    """Of the numbers of each wire that has no more than ``few``."""
    rules = _Rules(found, digits)
    return {
        element(name, index): rules.line(name, index)
        for name, wire in found.wires.items()
        if wire.grad is not None and name != found.output and rules.local(name)
        if math.prod(shape(wire.value)) <= few
        for index in indices(shape(wire.value))
    }


def indices(sizes: Shape) -> Iterator[Shape]:
    """All indices of an array, in order.

    >>> list(indices((1, 2)))
    [(0, 0), (0, 1)]
    """
    return product(*map(range, sizes))


class _Rules:
    """The terms of each number, found once."""

    def __init__(self, found: Explanation, digits: int | None) -> None:
        self.found, self.digits = found, digits
        self.numbers = {
            name: dict(zip(indices(shape(wire.grad)), map(self.text, numbers_of(wire.grad)), strict=True))
            for name, wire in found.wires.items()
            if wire.grad is not None
        }
        self.kept: dict[tuple[str, Shape], list[Term]] = {}

    def text(self, number: Any) -> str:
        return number_text(number, self.digits)

    def local(self, wire: str) -> bool:
        """Whether all that read a wire have local derivatives by it, and there are some."""
        readers = list(self.found.readers(wire))
        known = all(argument in step.local for step, argument in readers)
        return bool(readers) and known and all(step.output in self.numbers for step, _ in readers)

    def line(self, wire: str, index: Shape) -> str:
        """``dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 1 * 1.0 = 1.0``"""
        terms = self.terms(wire, index)
        result = self.numbers[wire][index]
        name = f"dL/d{self._name(wire, index)}"
        if len(terms) > LONG:
            return f"{name} = a sum of {len(terms)} terms = {result}"
        symbols, numbers = zip(*(self._product(term) for term in terms), strict=True)
        in_numbers = " + ".join([numbers[0], *map(_signed, numbers[1:])])
        return f"{name} = {' + '.join(symbols)} = {in_numbers} = {result}"

    def terms(self, wire: str, index: Shape) -> list[Term]:
        if (wire, index) not in self.kept:
            self.kept[wire, index] = [
                term for step, argument in self.found.readers(wire) for term in _terms(step, argument, index)
            ]
        return self.kept[wire, index]

    def _product(self, term: Term) -> tuple[str, str]:
        """A term with all its factors back to where the way forks, or to the end."""
        factors = [term.factor]
        wire, index = term.upstream
        while self.local(wire) and len(factors) < LONG and len(self.terms(wire, index)) == 1:
            (before,) = self.terms(wire, index)
            factors.append(before.factor)
            wire, index = before.upstream
        factors = [each for each in reversed(factors) if each.symbol != "1"]
        symbols = [f"dL/d{self._name(wire, index)}", *(each.symbol for each in factors)]
        numbers = [self.numbers[wire][index], *(self.text(each.number) for each in factors)]
        return " * ".join(symbols), " * ".join([numbers[0], *map(_signed, numbers[1:])])

    def _name(self, wire: str, index: Shape) -> str:
        return element(wire, index)


def _terms(step: Step, argument: str, index: Shape) -> list[Term]:
    """The ways from a number of an argument through a step: those whose derivative is not 0, or one."""
    local, sizes = step.local[argument], shape(step.out)
    outs = list(indices(sizes))
    ways = [(out, at(local, out + index)) for out in outs]
    there = [(out, number) for out, number in ways if number != 0]
    if not there:
        there = [(out, number) for out, number in ways if out == index] or ways[:1]
    return [
        Term((step.output, out), Factor(_symbol(step, argument, index, out, number), number))
        for out, number in there
    ]


def _symbol(step: Step, argument: str, index: Shape, out: Shape, number: Any) -> str:
    """The local derivative in letters, read off what backward says of the gradient, or as a quotient."""
    rule = step.gradients.get(argument.split("[")[0], "")
    if number == 1 and re.match(r"(sum of )?dout(?! [*/@])", rule) and "where" not in rule:
        return "1"
    gate = re.fullmatch(r"dout where (.+), else 0", rule)
    if gate:
        return f"1({_named(gate[1], step, index, out)})"
    matrix = re.fullmatch(r"dout @ (\w+)\.T|(\w+)\.T @ dout", rule)
    if matrix:
        other = matrix[1] or matrix[2]
        where = index[-1:] + out[len(out) - (len(shape(step.arguments[other])) - 1) :]
        if matrix[2]:
            where = out[: len(shape(step.arguments[other])) - 1] + index[:1]
        return element(step.inputs[other], where)
    scaled = re.fullmatch(r"dout \* (.+)", rule)
    if scaled and not re.search(r"where| of ", rule):
        factor = _named(scaled[1], step, index, out)
        return factor if " " not in factor or _in_brackets(factor) else f"({factor})"
    start = element(step.inputs[argument], index)
    return f"d{element(step.output, out)}/d{start}"


def _named(formula: str, step: Step, index: Shape, out: Shape) -> str:
    """A formula with the wires in place of the arguments, each at its number that meets this one."""

    def name(match: re.Match[str]) -> str:
        word = match[0]
        if word == "out":
            return element(step.output, out)
        sizes = shape(step.arguments[word])
        near = out if len(sizes) <= len(out) else index  # a loss has no index, its arguments have theirs
        return element(step.inputs[word], _fitted(sizes, near))

    words = [*step.arguments, "out"]
    return re.sub(rf"(?<![\w.])({'|'.join(map(re.escape, words))})(?![\w.(])", name, formula)


def _in_brackets(formula: str) -> bool:
    """Whether a formula stands in one pair of brackets.

    >>> _in_brackets("(a * (b + 1))"), _in_brackets("(a) * (b)")
    (True, False)
    """
    depths = list(accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in formula))
    return depths.index(0) == len(formula) - 1


def _fitted(sizes: Shape, out: Shape) -> Shape:
    """The index of an array that broadcasts, where out has one."""
    near = out[len(out) - len(sizes) :]
    return tuple(0 if size == 1 else place for size, place in zip(sizes, near, strict=False))


def _signed(number: str) -> str:
    """A factor or term as it stands after another: in brackets if it starts with a sign.

    >>> _signed("-2.0"), _signed("2.0")
    ('(-2.0)', '2.0')
    """
    return f"({number})" if number.startswith("-") else number
