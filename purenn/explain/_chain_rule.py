"""The chain rule, term by term, with the numbers in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends.extras import shape
from ._symbols import Ways
from .words import by_index, indices, number_text

if TYPE_CHECKING:
    from .._types import Array, Shape
    from .explanation import Explanation

LONG = 12  # terms or factors: past this a sum or product is not written out


class Term(NamedTuple):
    """One way that a number reaches the next, which is that of ``wire`` at ``place``."""

    wire: str
    place: Shape
    number: Any
    symbol: str


def chain_rule(found: Explanation, digits: int | None = None, few: float = math.inf) -> dict[str, str]:
    """Of the numbers of each wire that has no more than ``few``."""
    rules = _Rules(found, digits)
    return {
        rules.element(name, index): rules.line(name, index)
        for name, wire in found.wires.items()
        if wire.grad is not None and rules.local(name)
        if math.prod(shape(wire.value)) <= few
        for index in indices(shape(wire.value))
    }


class _Rules:
    """The terms of each number, found once."""

    def __init__(self, found: Explanation, digits: int | None) -> None:
        self.found, self.digits, self.element = found, digits, found.element
        self.given = {name: self.texts(dout) for name in found.wires for dout in found.given(name)}
        self.numbers = {
            name: self.texts(wire.grad) for name, wire in found.wires.items() if wire.grad is not None
        }
        self.readers = {name: list(found.readers(name)) for name in found.wires}
        self.ways: dict[tuple[str, str], Ways] = {}
        self.kept: dict[tuple[str, Shape], list[Term]] = {}

    def texts(self, grad: Array) -> dict[Shape, str]:
        """The numbers of a gradient by their indices, written out."""
        return {index: number_text(number, self.digits) for index, number in by_index(grad).items()}

    def local(self, wire: str) -> bool:
        """Whether all that read a wire have local derivatives by it, and there are some."""
        readers = self.readers[wire]
        known = all(argument in step.local and step.output in self.numbers for step, argument in readers)
        return bool(readers) and known

    def line(self, wire: str, index: Shape) -> str:
        """``dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 1 * 1.0 = 1.0``"""
        name, result = f"dL/d{self.element(wire, index)}", self.numbers[wire][index]
        products = [self.product(term) for term in self.terms(wire, index)]
        if wire in self.given:
            products.insert(0, ("given", self.given[wire][index]))
        if len(products) > LONG:
            return f"{name} = a sum of {len(products)} terms = {result}"
        symbols, numbers = zip(*products, strict=True)
        in_numbers = " + ".join([numbers[0], *map(_signed, numbers[1:])])
        parts = [name, " + ".join(symbols), in_numbers, result]
        return " = ".join(part for part, before in zip(parts, ["", *parts], strict=False) if part != before)

    def terms(self, wire: str, index: Shape) -> list[Term]:
        if (wire, index) not in self.kept:
            self.kept[wire, index] = [
                Term(step.output, way.out, way.number, way.symbol)
                for step, argument in self.readers[wire]
                for way in self.ways_of(step, argument).of(index)
            ]
        return self.kept[wire, index]

    def ways_of(self, step: Any, argument: str) -> Ways:
        if (step.name, argument) not in self.ways:
            self.ways[step.name, argument] = Ways(step, argument, self.element, set(self.found.wires))
        return self.ways[step.name, argument]

    def product(self, term: Term) -> tuple[str, str]:
        """A term with all its factors back to where the way forks, or to the end."""
        factors = [term]
        while len(factors) < LONG and self.passes(factors[-1].wire, factors[-1].place):
            factors += self.terms(factors[-1].wire, factors[-1].place)
        end = factors[-1]
        parts = [(f"dL/d{self.element(end.wire, end.place)}", self.numbers[end.wire][end.place])]
        shown = [each for each in reversed(factors) if each.symbol != "1"]
        if shown and parts[0] in (("dL/dL", "1.0"), ("dL/dL", "1")):
            parts = []
        parts += [(each.symbol, number_text(each.number, self.digits)) for each in shown]
        symbols, (first, *others) = zip(*parts, strict=True)
        return " * ".join(symbols), " * ".join([first, *map(_signed, others)])

    def passes(self, wire: str, index: Shape) -> bool:
        """Whether all of a number's gradient comes to it in one way."""
        return wire not in self.given and self.local(wire) and len(self.terms(wire, index)) == 1


def _signed(number: str) -> str:
    """A factor or term as it stands after another: in brackets if it starts with a sign.

    >>> _signed("-2.0"), _signed("2.0")
    ('(-2.0)', '2.0')
    """
    return f"({number})" if number.startswith("-") else number
