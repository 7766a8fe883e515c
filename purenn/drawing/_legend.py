"""What the signs in a picture mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._numerical import numbers_of
from ..explain.words import number_text
from ..trees import tree_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..explain import Explanation, Wire
    from ._scene import Line

MANY = 16  # wires: of more, numbers are shown to a few digits, unless all are asked for
DIGITS = 4


def shown(
    found: Explanation, digits: int | None, build: Callable[[int | None], list[Line]]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The wires of a picture, of many with fewer digits, and its legend."""
    lines = exact = build(None)
    if digits is None and len(exact) > MANY:
        digits = DIGITS
    if digits is not None:
        lines = build(digits)
    legend = [f"∂: dL/d(wire), {meaning(found)}"]
    if any("‖" in word for line in lines for word in _words(line)):
        legend.append("‖…‖: the norm of an array")
    if lines != exact:
        legend.append(f"numbers to {digits} digits")
    return tuple(lines), tuple(legend)


def _words(line: Line) -> Iterable[str]:
    return filter(None, (line.value, line.grad, line.outside, *(reader.grad for reader in line.readers)))


def meaning(found: Explanation) -> str:
    """What L is: the loss, the output, their sum, or what has the gradient that was given."""
    names: list[str] = tree_leaves(found.output)
    told = " and ".join(names)
    if any(wire.path.startswith("targets") for wire in found.wires.values()):
        told = "the loss" if names == ["L"] else f"the loss {told}"
    given = [number for dout in tree_leaves(found.dout) for number in numbers_of(dout)]
    one = all(number == 1 for number in given)
    if len(given) > 1:
        return f"L = sum of {told}" if one else f"L = sum of dout * {told}"
    return f"L = {told}" if one else f"L = {number_text(given[0])} * {told}"


def role(wire: Wire) -> str:
    """What a wire that comes from outside is."""
    if wire.path.startswith("targets"):
        return "target"
    return "param" if wire.path.startswith("params") or ".params" in wire.path else "input"
