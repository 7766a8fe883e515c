"""How high each node of a picture stands, such that wires are as straight as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ._layers import Columns, Link, Node

SWEEPS = 8
ENDS = ("start", "end")
LIGHT = 0.001  # the weight of their wishes: what is given follows its readers


class Size(NamedTuple):
    """The room that a node takes above its middle and below it."""

    above: float
    below: float


class Port(NamedTuple):
    """Where a link leaves one node and enters the other, from the middles of the two."""

    out: float
    into: float


def heights(columns: Columns, sizes: Mapping[Node, Size], ports: Mapping[Link, Port]) -> dict[Node, float]:
    """The height of each node's middle, downwards from 0; no two of a column are nearer than their sizes."""
    after: dict[Node, list[tuple[Node, float]]] = {}
    before: dict[Node, list[tuple[Node, float]]] = {}
    for link in columns.links:
        shift = ports[link].out - ports[link].into
        before.setdefault(link.end, []).append((link.start, shift))
        after.setdefault(link.start, []).append((link.end, -shift))
    rows = {node: 0.0 for column in columns.nodes for node in column}
    for column in columns.nodes:
        _settle(column, sizes, rows, rows)
    for sweep in range(SWEEPS):
        near = (before, after)[sweep % 2]
        for column in columns.nodes[:: 1 - 2 * (sweep % 2)]:
            _settle(column, sizes, rows, {node: _wish(node, near, rows) for node in column})
    for column in columns.nodes:
        wishes = dict.fromkeys(column, 0.0)
        for node in column:
            side = after if node.kind == "start" else before
            wishes[node] = _wish(node, side, rows) if node.kind in ENDS else rows[node]
        _settle(column, sizes, rows, wishes)
    top = min(rows[node] - sizes[node].above for node in rows)
    return {node: round(row - top, 1) for node, row in rows.items()}


def _wish(node: Node, near: Mapping[Node, list[tuple[Node, float]]], rows: Mapping[Node, float]) -> float:
    """Where a node would have its wires straight; wires of gates come before those of what is given."""
    others = near.get(node, ())
    leading = [pair for pair in others if pair[0].kind not in ENDS] or others
    return sum(rows[other] + shift for other, shift in leading) / len(leading) if leading else rows[node]


def _settle(
    column: Sequence[Node], sizes: Mapping[Node, Size], rows: dict[Node, float], wishes: Mapping[Node, float]
) -> None:
    """Put a column as near to its wishes, in squares, as its sizes allow

    Less the room that those above take, places must only not fall: neighbours whose wishes do fall share the
    mean of theirs.
    """
    offsets, used = [], 0.0
    blocks: list[tuple[float, float, int]] = []  # mean wish, how heavy it is, and how many share it
    for index, node in enumerate(column):
        if index:
            used += sizes[column[index - 1]].below + sizes[node].above
        offsets.append(used)
        mean, heavy, many = wishes[node] - used, LIGHT if node.kind in ENDS else 1.0, 1
        while blocks and blocks[-1][0] > mean:
            other, weight, count = blocks.pop()
            mean = (mean * heavy + other * weight) / (heavy + weight)
            heavy, many = heavy + weight, many + count
        blocks.append((mean, heavy, many))
    places = [mean for mean, _, many in blocks for _ in range(many)]
    for node, place, offset in zip(column, places, offsets, strict=True):
        rows[node] = place + offset
