"""Which column each part of a scene stands in, and in which order: layered drawing, with few crossings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._scene import Scene

SWEEPS = 12  # more change nothing in networks of a few layers


class Node(NamedTuple):
    """A thing in a column: a ``"gate"``, a wire's ``"start"`` or ``"end"``, or where it goes ``"by"``."""

    kind: str
    of: int  # the index of the gate, or of the wire
    column: int


class Link(NamedTuple):
    """A piece of a wire, from one column to the next; ``reader`` says which of its readers it ends in."""

    line: int
    start: Node
    end: Node
    reader: int | None = None


class Columns(NamedTuple):
    nodes: tuple[tuple[Node, ...], ...]
    links: tuple[Link, ...]


def columns_of(scene: Scene) -> Columns:
    """The columns from left to right, each from top to bottom

    A gate stands to the right of what it reads; what is given, just before its first reader; a wire that
    passes columns has a place in each.
    Source: Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures,
    1981.
    """
    places = _columns_of_gates(scene)
    links: list[Link] = []
    for index, line in enumerate(scene.lines):
        ends = [Node("gate", reader.gate, places[reader.gate]) for reader in line.readers]
        if line.source is not None:
            at = Node("gate", line.source, places[line.source])
        else:
            at = Node("start", index, min((end.column for end in ends), default=1) - 1)
        if line.ends:
            links.append(Link(index, at, Node("end", index, at.column + 1)))
        for column in range(at.column + 1, max((end.column for end in ends), default=0) + 1):
            here = ((number, end) for number, end in enumerate(ends) if end.column == column)
            links += [Link(index, at, end, number) for number, end in here]
            if any(end.column > column for end in ends):
                by = Node("by", index, column)
                links.append(Link(index, at, by))
                at = by
    return Columns(_ordered(_found(links), links), tuple(links))


def _columns_of_gates(scene: Scene) -> list[int]:
    """The column of each gate: 1 + that of the last gate it reads; without any, just before its reader."""
    sources: list[list[int]] = [[] for _ in scene.gates]
    targets: list[list[int]] = [[] for _ in scene.gates]
    for line in scene.lines:
        if line.source is not None:
            for reader in line.readers:
                sources[reader.gate].append(line.source)
                targets[line.source].append(reader.gate)
    places: list[int] = []
    for own in sources:
        places.append(1 + max((places[gate] for gate in own), default=0))
    for gate in reversed(range(len(places))):
        if not sources[gate] and targets[gate]:
            places[gate] = min(places[target] for target in targets[gate]) - 1
    return places


def _found(links: list[Link]) -> list[list[Node]]:
    """The nodes of each column in the order in which a walk back from the ends finds them."""
    before: dict[Node, list[Node]] = {}
    for link in links:
        before.setdefault(link.end, []).append(link.start)
    starts = {link.start for link in links}
    columns: list[list[Node]] = [[] for _ in range(1 + max((node.column for node in before), default=0))]
    waiting = [node for node in reversed(before) if node not in starts]
    seen: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            columns[node.column].append(node)
            waiting += reversed(_given_around(before.get(node, [])))
    return columns


def _given_around(sources: list[Node]) -> list[Node]:
    """What a gate reads, what is given around the rest, so that long ways run straight."""
    given = [node for node in sources if node.kind == "start"]
    others = [node for node in sources if node.kind != "start"]
    half = len(given) // 2
    return given[:half] + others + given[half:]


def _ordered(columns: list[list[Node]], links: list[Link]) -> tuple[tuple[Node, ...], ...]:
    """The columns in the best of the orders that sweeps to the right and to the left come by."""
    near: tuple[dict[Node, list[Node]], dict[Node, list[Node]]] = ({}, {})
    for link in links:
        near[0].setdefault(link.end, []).append(link.start)
        near[1].setdefault(link.start, []).append(link.end)
    best, fewest = [list(column) for column in columns], crossings(columns, links)
    for sweep in range(SWEEPS):
        side = sweep % 2
        for number in range(len(columns))[:: 1 - 2 * side]:
            _sort(columns, number, near[side])
            _swap(columns, number, near)
        now = crossings(columns, links)
        if now < fewest:
            best, fewest = [list(column) for column in columns], now
    return tuple(map(tuple, best))


def _sort(columns: list[list[Node]], number: int, near: Mapping[Node, list[Node]]) -> None:
    """Sort a column by the mean place of each node's neighbours; one without any stays where it is."""
    places = _places(columns)
    column = columns[number]

    def mean(node: Node) -> float:
        others = [places[other] for other in near.get(node, ())]
        return sum(others) / len(others) if others else places[node]

    column.sort(key=mean)


def _swap(columns: list[list[Node]], number: int, near: tuple[Mapping[Node, list[Node]], ...]) -> None:
    """Swap neighbours in a column as long as it takes away crossings."""
    places, column = _places(columns), columns[number]
    better = True
    while better:
        better = False
        for index in range(len(column) - 1):
            upper, lower = column[index : index + 2]
            apart = 0
            for side in near:
                ups = [places[other] for other in side.get(upper, ())]
                downs = [places[other] for other in side.get(lower, ())]
                apart += sum((up > down) - (up < down) for up in ups for down in downs)
            if apart > 0:
                column[index : index + 2] = lower, upper
                better = True


def crossings(columns: Iterable[Iterable[Node]], links: Iterable[Link]) -> int:
    """How often pieces of wires cross, each a straight line from one column to the next."""
    places = _places(columns)
    pieces: dict[int, list[tuple[int, int]]] = {}
    for link in links:
        pieces.setdefault(link.start.column, []).append((places[link.start], places[link.end]))
    count = 0
    for ends in pieces.values():
        ends.sort()
        for index, (start, end) in enumerate(ends):
            count += sum(other > start and below < end for other, below in ends[index + 1 :])
    return count


def _places(columns: Iterable[Iterable[Node]]) -> dict[Node, int]:
    return {node: place for column in columns for place, node in enumerate(column)}
