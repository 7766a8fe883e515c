"""What a picture shows: gates, and the wires between them, in words."""

from __future__ import annotations

from typing import NamedTuple


class Gate(NamedTuple):
    """``label`` stands in the gate, ``note`` small below it; ``title`` is told to who points at it

    ``step`` is the number of the op that it is a part of.
    """

    label: str
    note: str = ""
    title: str = ""
    step: int = 0


class Reader(NamedTuple):
    """A gate that reads a wire, as its argument number ``place``, and the gradient that it sends back."""

    gate: int
    place: int
    grad: str | None = None


class Line(NamedTuple):
    """A wire: its name, value and gradient; the gate that it comes out of, None for what is given

    ``role``: ``"input"``, ``"param"`` or ``"target"`` of what is given. ``outside``: of an output that is
    read too, the gradient that it was given.
    """

    name: str
    value: str
    grad: str | None
    source: int | None
    readers: tuple[Reader, ...]
    role: str = ""
    outside: str | None = None

    @property
    def ends(self) -> bool:
        """Whether it leaves the picture."""
        return not self.readers or self.outside is not None

    @property
    def forks(self) -> bool:
        """Whether its gradient is a sum."""
        return len(self.readers) + self.ends > 1

    def part(self, reader: Reader | None) -> str | None:
        """What a reader sends back, or what came from outside, where it is a part of a gradient."""
        if not self.forks or self.grad is None:
            return None
        return self.outside if reader is None else reader.grad


class Scene(NamedTuple):
    """Gates in an order of evaluation, so that a wire goes from an earlier gate to later ones

    ``legend`` says what its signs mean: first ``∂``.
    """

    gates: tuple[Gate, ...]
    lines: tuple[Line, ...]
    legend: tuple[str, ...] = ("∂: the gradient there",)

    def inputs(self, gate: int) -> list[Line]:
        """The wires that a gate reads, in the order of its arguments."""
        read = [
            (reader.place, index)
            for index, line in enumerate(self.lines)
            for reader in line.readers
            if reader.gate == gate
        ]
        return [self.lines[index] for _, index in sorted(read)]
