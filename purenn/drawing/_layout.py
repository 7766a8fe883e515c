"""Where everything in a row of a picture stands

From left to right there are columns of nodes, and between two of them three strips: in the first, wires run
level, their values above and their gradients below; in the second they change their heights; in the third
they run level into gates, over the gradients that those send back. Words stand only where wires are level
and far enough apart, so they meet nothing, however large the picture is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ._layers import columns_of
from ._rows import Port, Size, heights
from ._words import SMALL, gradient_words, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._layers import Link, Node
    from ._scene import Scene

MARGIN = 20
GAP = 6  # between words and what is beside them
LEVEL = 23  # the room that words take above or below their wire
STORY = 19  # the room of a name that stands above a value
BESIDE = 12  # characters: a name and a value of more do not stand in one line
PORTS = 14  # how far apart wires enter a gate
OWN = 18  # how much further, where what a gate sends back stands below the upper one: nearer to that
APART = 2 * LEVEL + GAP  # how far apart they leave it
GATE, NOTED = 38, 52  # the height of a gate, and of one with a note
TIP = 8  # the length of an arrow's tip


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


class Words(NamedTuple):
    """A text from ``x`` on, on the line ``y``; ``of`` is the index of the wire or gate that it belongs to."""

    text: str
    x: float
    y: float
    kind: str
    of: int = -1


class Piece(NamedTuple):
    """A part of a wire: level from ``x`` to ``bend``, in a curve to ``x2, y2``, and level to ``x3``."""

    line: int
    x: float
    y: float
    bend: float
    x2: float
    y2: float
    x3: float
    tip: bool


class Dot(NamedTuple):
    """Where a wire forks."""

    line: int
    x: float
    y: float


class Layout(NamedTuple):
    width: float
    height: float
    gates: tuple[Box, ...]
    words: tuple[Words, ...]
    pieces: tuple[Piece, ...]
    dots: tuple[Dot, ...]


class _Strips(NamedTuple):
    """Where a column's nodes begin and end, and where the wires after it begin and end to bend."""

    left: float
    right: float
    bend: float
    level: float


def row_of(scene: Scene) -> Layout:
    """The place of each gate, wire and word, in one row."""
    return _Plan(scene).layout()


class _Plan:
    """The sizes of everything, then the places."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.columns = columns_of(scene)
        self.into: dict[Node, list[Link]] = {}
        self.out: dict[Node, list[Link]] = {}
        self.lines_out: dict[Node, list[int]] = {}
        places = {node: place for column in self.columns.nodes for place, node in enumerate(column)}
        for link in self.columns.links:
            self.into.setdefault(link.end, []).append(link)
            self.out.setdefault(link.start, []).append(link)
            if link.line not in self.lines_out.setdefault(link.start, []):
                self.lines_out[link.start].append(link.line)
        for links in self.into.values():
            links.sort(key=lambda link: (places[link.start], link.line, link.reader or 0))
        self.apart = APART + (STORY if any(map(self.stacked, self.columns.links)) else 0)
        self.ports = {link: Port(self.port_out(link), self.port_into(link)) for link in self.columns.links}
        sizes = {node: self.size(node) for node in places}
        self.rows = heights(self.columns, sizes, self.ports)
        self.bottom = MARGIN + max(row + sizes[node].below for node, row in self.rows.items())
        self.strips = self.across()
        self.boxes = {node: self.box(node) for node in places if node.kind == "gate"}

    def answered(self, link: Link) -> bool:
        """Whether the gradient that comes back along a link is shown, as one of several."""
        return self.back(link) is not None

    def back(self, link: Link) -> str | None:
        line = self.scene.lines[link.line]
        if link.end.kind == "by":
            return None
        return line.part(None if link.reader is None else line.readers[link.reader])

    def stacked(self, link: Link) -> bool:
        """Whether a wire's name stands above its value."""
        line = self.scene.lines[link.line]
        named = link.start.kind == "gate" and not line.ends
        return named and len(line.name) + len(line.value) > BESIDE

    def port_out(self, link: Link) -> float:
        lines = self.lines_out[link.start]
        return self.apart * (lines.index(link.line) - (len(lines) - 1) / 2)

    def steps_into(self, node: Node) -> list[float]:
        """How far each wire that enters a node is from the first."""
        steps = [0.0]
        for link in self.into.get(node, [])[:-1]:
            steps.append(steps[-1] + (LEVEL + OWN if self.answered(link) else PORTS))
        return steps

    def port_into(self, link: Link) -> float:
        steps = self.steps_into(link.end)
        return steps[self.into[link.end].index(link)] - steps[-1] / 2

    def high(self, node: Node) -> float:
        """The height of a gate."""
        span_in = self.steps_into(node)[-1] + 24
        span_out = self.apart * (len(self.lines_out.get(node, [0])) - 1) + GATE
        return max(NOTED if self.scene.gates[node.of].note else GATE, span_in, span_out)

    def size(self, node: Node) -> Size:
        if node.kind == "by":
            return Size(GAP, GAP)
        if node.kind != "gate":
            known = self.scene.lines[node.of].grad is not None
            return Size(LEVEL + GAP / 2, LEVEL + GAP / 2 if known else 12)
        half, last = self.high(node) / 2, self.into[node][-1] if node in self.into else None
        labels = self.apart * (len(self.lines_out.get(node, [0])) - 1) / 2 + LEVEL
        name = STORY if any(map(self.stacked, self.out.get(node, [])[:1])) else 0
        answer = self.ports[last].into + LEVEL if last and self.answered(last) else 0
        return Size(max(half, labels + name) + GAP, max(half, labels, answer) + GAP)

    def wide(self, node: Node) -> float:
        if node.kind == "by":
            return 0
        if node.kind != "gate":
            return width(self.scene.lines[node.of].name) + 2 * GAP
        gate = self.scene.gates[node.of]
        inside = max(width(gate.label), width(gate.note, SMALL))
        return max(GATE, inside + 20)

    def across(self) -> list[_Strips]:
        strips, x = [], float(MARGIN)
        last = len(self.columns.nodes) - 1
        for number, column in enumerate(self.columns.nodes):
            right = x + max(map(self.wide, column), default=0)
            links = [link for node in column for link in self.out.get(node, ())]
            words = [self.words_wide(link) for link in links if link.start.kind != "by"]
            bend = right + max(words, default=0)
            falls = [
                abs(
                    self.rows[link.end] + self.ports[link].into - self.rows[link.start] - self.ports[link].out
                )
                for link in links
            ]
            level = bend + min(28 + 0.15 * max(falls, default=0), 90)
            strips.append(_Strips(x, right, bend, level))
            x = level + TIP + max(map(self.answer_wide, links), default=0) + GAP
            x = x if number < last else right
        return strips

    def words_wide(self, link: Link) -> float:
        line = self.scene.lines[link.line]
        above = max(width(self.named(link) + line.value), width(line.name) if self.stacked(link) else 0)
        return max(above, width(gradient_words(line.grad))) + 2 * GAP

    def named(self, link: Link) -> str:
        """The name beside a wire's value; at the ends of a picture it stands there."""
        line = self.scene.lines[link.line]
        beside = link.start.kind == "gate" and not line.ends and not self.stacked(link)
        return f"{line.name} = " if beside else ""

    def answer_wide(self, link: Link) -> float:
        return width(gradient_words(self.back(link))) + GAP if self.answered(link) else 0

    def box(self, node: Node) -> Box:
        strip, wide, high = self.strips[node.column], self.wide(node), self.high(node)
        return Box((strip.left + strip.right - wide) / 2, MARGIN + self.rows[node] - high / 2, wide, high)

    def layout(self) -> Layout:
        pieces, dots, words = [], [], [word for node in self.rows for word in self.node_words(node)]
        for node, links in self.out.items():
            for line in self.lines_out[node]:
                own = [link for link in links if link.line == line]
                first, *others = map(self.piece, own)
                pieces += [first, *(piece._replace(x=piece.bend) for piece in others)]
                dots += [Dot(line, first.bend, first.y)] if others else []
                words += self.line_words(own[0], first)
                words += [word for link in own for word in self.answer(link)]
        gates = {node.of: box for node, box in self.boxes.items()}
        placed = tuple(gates[index] for index in range(len(gates)))
        wide = self.strips[-1].right + MARGIN
        return Layout(wide, self.bottom, placed, tuple(words), tuple(pieces), tuple(dots))

    def piece(self, link: Link) -> Piece:
        port, before, after = self.ports[link], self.strips[link.start.column], self.strips[link.end.column]
        y, y2 = MARGIN + self.rows[link.start] + port.out, MARGIN + self.rows[link.end] + port.into
        x, x3 = before.left if link.start.kind == "by" else before.right, after.left
        if link.start in self.boxes:
            box = self.boxes[link.start]
            x = box.x + box.width - _inset(box, port.out)
        if link.end in self.boxes:
            box = self.boxes[link.end]
            x3 = box.x + _inset(box, port.into)
        level = before.level
        return Piece(link.line, x, y, before.bend, level, y2, x3, link.end.kind == "gate")

    def node_words(self, node: Node) -> Iterator[Words]:
        strip, y = self.strips[node.column], MARGIN + self.rows[node]
        if node.kind == "gate":
            gate, box = self.scene.gates[node.of], self.boxes[node]
            middle = box.x + box.width / 2
            yield Words(
                gate.label, middle - width(gate.label) / 2, y + (0 if gate.note else 5.5), "gate", node.of
            )
            if gate.note:
                x = middle - width(gate.note, SMALL) / 2
                yield Words(gate.note, x, y + 16, "note", node.of)
        elif node.kind != "by":
            name = self.scene.lines[node.of].name
            x = strip.right - GAP - width(name) if node.kind == "start" else strip.left + GAP
            yield Words(name, x, y + 5.5, "name", node.of)

    def line_words(self, link: Link, piece: Piece) -> Iterator[Words]:
        if link.start.kind == "by":
            return
        line, x = self.scene.lines[link.line], self.strips[link.start.column].right + GAP
        name = self.named(link)
        if self.stacked(link):
            yield Words(line.name, x, piece.y - GAP - STORY, "name", link.line)
        if name:
            yield Words(name, x, piece.y - GAP, "name", link.line)
        yield Words(line.value, x + width(name), piece.y - GAP, "value", link.line)
        if line.grad is not None:
            yield Words(gradient_words(line.grad), x, piece.y + LEVEL - GAP, "grad", link.line)

    def answer(self, link: Link) -> Iterator[Words]:
        if self.answered(link):
            text = gradient_words(self.back(link))
            x, y = self.strips[link.start.column].level, self.piece(link).y2
            yield Words(text, x, y + LEVEL - GAP, "grad", link.line)


def _inset(box: Box, shift: float) -> float:
    """How far the rounded side of a gate lies inside of its box, so far from the middle."""
    radius = min(box.width, box.height) / 2
    over = abs(shift) - (box.height / 2 - radius)
    return radius - math.sqrt(max(radius**2 - over**2, 0)) if over > 0 else 0
