"""What a picture shows: gates, and the wires between them, in words."""

from __future__ import annotations

from typing import NamedTuple


class Gate(NamedTuple):
    """``label`` stands in the gate, ``note`` small above it; ``title`` is told to who points at it."""

    label: str
    note: str = ""
    title: str = ""


class Reader(NamedTuple):
    """A gate that reads a wire, as its argument number ``place``, and the gradient that it sends back."""

    gate: int
    place: int
    grad: str | None = None


class Line(NamedTuple):
    """A wire: its name, value and gradient; the gate that it comes out of, None for what is given."""

    name: str
    value: str
    grad: str | None
    source: int | None
    readers: tuple[Reader, ...]

    @property
    def forks(self) -> bool:
        """Whether its gradient is a sum."""
        return len(self.readers) > 1

    def part(self, reader: Reader) -> str | None:
        """What a reader sends back, where it is a part of a gradient."""
        return reader.grad if self.forks and self.grad is not None else None


class Scene(NamedTuple):
    """Gates in an order of evaluation, so that a wire goes from an earlier gate to later ones."""

    gates: tuple[Gate, ...]
    lines: tuple[Line, ...]

    def inputs(self, gate: int) -> list[Line]:
        """The wires that a gate reads, in the order of its arguments."""
        read = [
            (reader.place, index)
            for index, line in enumerate(self.lines)
            for reader in line.readers
            if reader.gate == gate
        ]
        return [self.lines[index] for _, index in sorted(read)]
