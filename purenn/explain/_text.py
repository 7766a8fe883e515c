"""An explanation as text, as Markdown and as a table for notebooks."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from .._options import count
from .._table import html_table, markdown_table
from ..backends import convert, lists
from ..backends.extras import shape
from ..errors import OptionError
from ..trees import tree_leaves, tree_paths
from ._chain_rule import chain_rule
from ._local import diagonal
from .words import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .explanation import Explanation, Step

FEW = 16  # numbers: an array of more is summed up


def array_text(value: Any, digits: int | None = None) -> str:
    """A small array as its numbers, a large one as its shape, range and norm

    >>> array_text([1.0, 2.5]), array_text(1 / 3, digits=2)
    ('[1.0, 2.5]', '0.33')
    >>> array_text([[3.0] * 8] * 4)
    '(4, 8) from 3.0 to 3.0, norm 16.97'
    """
    numbers = numbers_of(value)
    if len(numbers) <= FEW:
        return _nested(lists.reshape([number_text(each, digits) for each in numbers], shape(value)))
    finite = [number for number in numbers if math.isfinite(number)]
    low, high = (number_text(end(finite), digits or 4) for end in (min, max)) if finite else ("none", "none")
    odd = len(numbers) - len(finite)
    norm = number_text(math.hypot(*map(float, numbers)), digits or 4)
    return f"{shape(value)} from {low} to {high}, norm {norm}" + (f", {odd} not finite" if odd else "")


def text(found: Explanation, slices: tuple[str, ...], digits: int | None) -> str:
    digits = None if digits is None else count("to_text", "digits", digits)
    lines = ["forward"]
    for step in found.steps:
        lines += ["", *_indent(_forward(step, digits))]
    lines += ["", f"backward, L being {_loss(found)}"]
    for step in reversed(found.steps):
        lines += ["", *_indent(_backward(step, found, digits))]
    rules = _rules(found, digits)
    if rules:
        note = ", where 1(...) is 1 if that is so, and else 0" if any(" 1(" in rule for rule in rules) else ""
        large = any(
            wire.grad is not None and len(numbers_of(wire.value)) > FEW for wire in found.wires.values()
        )
        few = f" for arrays of up to {FEW} numbers" * large
        lines += ["", f"chain rule{few}{note}", "", *_indent(rules)]
    for each in slices:
        lines += ["", *_slice_lines(found, each, digits)]
    return "\n".join(lines)


def step_text(step: Step) -> str:
    """One op by itself."""
    return "\n".join([*_forward(step, None), *_backward(step, None, None)[1:]])


def markdown(found: Explanation, slices: tuple[str, ...], digits: int | None) -> str:
    digits = None if digits is None else count("to_markdown", "digits", digits)
    code = [_rules(found, digits), *(_slice_lines(found, each, digits) for each in slices)]
    blocks = ["```text\n" + "\n".join(lines) + "\n```" for lines in code if lines]
    return "\n\n".join([markdown_table(_cells(found, digits)), *blocks])


def html(found: Explanation) -> str:
    rules = _rules(found, None)
    below = html_table([["chain rule"], *([rule] for rule in rules)]) if rules else ""
    return html_table(_cells(found, None)) + below


def _rules(found: Explanation, digits: int | None) -> list[str]:
    return list(chain_rule(found, digits, FEW).values())


def _loss(found: Explanation) -> str:
    """What is differentiated."""
    names, douts = tree_leaves(found.output), tree_leaves(found.dout)
    numbers = [number for dout in douts for number in numbers_of(dout)]
    if names == ["L"] and numbers == [1]:
        return "the loss"
    what = " and ".join(names)
    if any(number != 1 for number in numbers):
        return f"the sum of {what}, each number times its dout"
    return what if len(numbers) == 1 else f"the sum of the numbers of {what}"


def _cells(found: Explanation, digits: int | None) -> list[list[str]]:
    """A row for each op: what goes in and out, forward and backward."""
    head = ["op", "formula", "inputs", "output", "cache", "upstream", "local", "downstream"]
    return [head, *(_cells_of(step, found, digits) for step in found.steps)]


def _cells_of(step: Step, found: Explanation, digits: int | None) -> list[str]:
    formulas = [step.formula, *(f"d{name} = {formula}" for name, formula in step.gradients.items())]
    columns = [
        _inputs(step, digits),
        _outputs(step, step.out, digits),
        _cache(step, digits),
        [(f"dL/d{name}", value) for name, value in _outputs(step, step.upstream, digits)],
        _locals(step, digits),
        _downstream(step, found, digits),
    ]
    cells = ["\n".join(f"{name} = {value}" for name, value in column) for column in columns]
    return [step.name, "\n".join(filter(None, formulas)), *cells]


def _forward(step: Step, digits: int | None) -> list[str]:
    cache = ", ".join(f"{name} = {value}" for name, value in _cache(step, digits))
    rows = [("input", *row) for row in _inputs(step, digits)]
    rows += [("output", *row) for row in _outputs(step, step.out, digits)]
    rows.append(("cache", type(step.cache).__name__, cache or "nothing"))
    return [f"{step.name}    {step.formula}".rstrip(), *_aligned(rows)]


def _backward(step: Step, found: Explanation | None, digits: int | None) -> list[str]:
    formulas = ", ".join(f"d{name} = {formula}" for name, formula in step.gradients.items())
    rows = [("upstream", f"dL/d{name}", value) for name, value in _outputs(step, step.upstream, digits)]
    rows += [("local", *row) for row in _locals(step, digits)]
    rows += [("downstream", *row) for row in _downstream(step, found, digits)]
    return [f"{step.name}    {formulas}".rstrip(), *_aligned(rows)]


def _inputs(step: Step, digits: int | None) -> Iterator[tuple[str, str]]:
    for argument, wire in step.inputs.items():
        name = wire if wire == argument else f"{argument}: {wire}"
        yield name, array_text(step.arguments[argument], digits)


def _outputs(step: Step, values: Any, digits: int | None) -> Iterator[tuple[str, str]]:
    for name, value in zip(tree_leaves(step.output), tree_leaves(values), strict=True):
        yield name, array_text(value, digits)


def _cache(step: Step, digits: int | None) -> Iterator[tuple[str, str]]:
    for path, leaf in tree_paths(step.cache):
        yield path.lstrip(".") or "array", array_text(leaf, digits)


def _locals(step: Step, digits: int | None) -> Iterator[tuple[str, str]]:
    for argument, grad in step.downstream.items():
        if grad is None:
            continue
        name = f"d{step.output}/d{step.inputs.get(argument, argument)}"
        if argument not in step.local:
            yield name, "not computed: it has too many numbers"
            continue
        local = step.local[argument]
        single = diagonal(local, shape(step.out)) if shape(step.out) else None
        words = array_text(local if single is None else single, digits)
        yield name, words if single is None else f"{words}, each number by its own"


def _downstream(step: Step, found: Explanation | None, digits: int | None) -> Iterator[tuple[str, str]]:
    for argument, grad in step.downstream.items():
        if grad is None:
            continue
        wire = step.inputs.get(argument, argument)
        forks = found is not None and len([*found.readers(wire), *found.given(wire)]) > 1
        total = array_text(found.wires[wire].grad, digits) if found is not None and forks else ""
        yield f"dL/d{wire}", array_text(grad, digits) + (f", a part of {total}" if forks else "")


def _slice_lines(found: Explanation, given: str, digits: int | None) -> list[str]:
    """A part of a wire and of its gradient."""
    match = re.fullmatch(r"(?P<wire>[^\[]+)(\[(?P<places>[-\d:, ]+)\])?", str(given))
    if not match or match["wire"] not in found.wires:
        have = ", ".join(found.wires)
        wanted = f"write NAME or NAME[2, :5], NAME one of {have}"
        raise OptionError(f"to_text: {given!r} is no wire and no slice of one: {wanted}")
    wire = found.wires[match["wire"]]
    places = [_place(given, each.strip()) for each in match["places"].split(",")] if match["places"] else []
    lines = [f"{given} = {_part(given, wire.value, places, digits)}"]
    if wire.grad is not None:
        lines.append(f"dL/d{given} = {_part(given, wire.grad, places, digits)}")
    return lines


def _place(given: str, place: str) -> Any:
    try:
        if ":" not in place:
            return int(place)
        cut = slice(*(int(end) if end else None for end in place.split(":")))
        cut.indices(0)  # a step of 0 is none
        return cut
    except (TypeError, ValueError):
        raise OptionError(f"to_text: {given!r}: {place!r} is no index or slice such as 2 or :5") from None


def _part(given: str, value: Any, places: list[Any], digits: int | None) -> str:
    def cut(array: Any, rest: list[Any]) -> Any:
        if not rest:
            return array
        part = array[rest[0]]
        return [cut(each, rest[1:]) for each in part] if isinstance(rest[0], slice) else cut(part, rest[1:])

    try:
        part = cut(convert(value, "lists"), places)
    except (IndexError, TypeError):
        raise OptionError(f"to_text: {given!r} is outside of an array of shape {shape(value)}") from None
    numbers = [number_text(each, digits) for each in numbers_of(part)]
    return _nested(lists.reshape(numbers, shape(part)))


def _nested(cells: Any) -> str:
    return f"[{', '.join(map(_nested, cells))}]" if isinstance(cells, list) else str(cells)


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"    {role.ljust(widths[0])}  {name.ljust(widths[1])}  {value}" for role, name, value in rows]


def _indent(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
