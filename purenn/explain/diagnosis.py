"""What goes wrong in networks, read off an explanation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends.extras import shape
from ..trees import tree_paths
from .explanation import Explanation, NonFinite
from .words import by_index

if TYPE_CHECKING:
    from collections.abc import Iterator


def first_nonfinite(found: Explanation) -> NonFinite | None:
    """The first NaN or inf: in what was given, then forward, then backward."""
    made = {name for step in found.steps for _, name in tree_paths(step.output)}
    places = [("", name, wire.value) for name, wire in found.wires.items() if name not in made]
    places += [(step.name, f"out{path}", out) for step in found.steps for path, out in tree_paths(step.out)]
    places += [("", f"dout{path}", grad) for path, grad in tree_paths(found.dout)]
    places += [
        (step.name, f"gradient of {argument}", grad)
        for step in reversed(found.steps)
        for argument, grad in step.downstream.items()
        if grad is not None
    ]
    for step, of, value in places:
        for index, number in by_index(value).items():
            if not isinstance(number, int) and not math.isfinite(number):
                return NonFinite(step, of, index, number)
    return None


def dead_relus(found: Explanation) -> dict[str, tuple[int, ...]]:
    """For each relu with such, the units that are 0 for all samples."""
    dead = {}
    for step in found.steps:
        if step.op == "relu":
            units = tuple(unit for unit, column in enumerate(_units(step.out)) if not any(column))
            if units:
                dead[step.name] = units
    return dead


def gradient_norms(found: Explanation) -> dict[str, float]:
    """The root of the sum of squares of each gradient."""
    return {
        name: math.hypot(*map(float, numbers_of(wire.grad)))
        for name, wire in found.wires.items()
        if wire.grad is not None
    }


def _units(out: Any) -> Iterator[list[Any]]:
    """The numbers of each unit, the last axis of an array."""
    numbers = numbers_of(out)
    count = shape(out)[-1] if shape(out) else 1
    return (numbers[unit::count] for unit in range(count))
