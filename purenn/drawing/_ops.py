"""An explanation as a scene of its ops: a gate each, and arrays for wires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import OptionError
from ..trees import tree_leaves
from ._legend import role, shown
from ._scene import Gate, Line, Reader, Scene
from ._words import array_words

if TYPE_CHECKING:
    from .._types import Array
    from ..explain import Explanation, Step


GATES = 100  # a picture of more is metres wide


def scene_of_ops(found: Explanation, digits: int | None) -> Scene:
    """A gate for each step, with the place where it stands

    Errors: OptionError for more steps than can be read.
    """
    if len(found.steps) > GATES:
        raise OptionError(
            f"draw: {len(found.steps)} ops are more than {GATES}, too many to read: "
            "take a smaller part of the network, and explain that"
        )
    sources = {wire: index for index, step in enumerate(found.steps) for wire in tree_leaves(step.output)}
    gates = tuple(
        Gate(step.op, step.name.removesuffix(step.op).strip(), title(step), index)
        for index, step in enumerate(found.steps)
    )
    names = [name for step in found.steps for name in (*step.inputs.values(), *tree_leaves(step.output))]
    names = list(dict.fromkeys([*names, *tree_leaves(found.output)]))

    def build(digits: int | None) -> list[Line]:
        lines = []
        for name in names:
            readers = tuple(
                Reader(index, place, _words(step.downstream.get(argument), digits))
                for index, step in enumerate(found.steps)
                for place, (argument, read) in enumerate(step.inputs.items())
                if read == name
            )
            wire = found.wires[name]
            kind = "" if name in sources else role(wire)
            given = " + ".join(gradient(dout, digits) for dout in found.given(name)) if readers else ""
            value, grad = array_words(wire.value, digits), _words(wire.grad, digits)
            lines.append(Line(name, value, grad, sources.get(name), readers, kind, given or None))
        return lines

    return Scene(gates, *shown(found, digits, build))


def _words(grad: Array | None, digits: int | None) -> str | None:
    return None if grad is None else gradient(grad, digits)


def gradient(grad: Array, digits: int | None) -> str:
    """Of a large one the norm: its shape is that of the value above it."""
    return array_words(grad, digits).rpartition(") ")[2]


def title(step: Step) -> str:
    """What a step's functions say that they do."""
    says = [step.formula, *(f"d{name} = {formula}" for name, formula in step.gradients.items())]
    return "\n".join([step.name, *filter(None, says)])
