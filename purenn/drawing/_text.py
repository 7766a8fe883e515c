"""A picture as a table of its wires, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._words import gradient_words

if TYPE_CHECKING:
    from ._scene import Line, Scene

WIDE, LEAST = 80, 10


def text_of(scene: Scene) -> str:
    """A line for each wire in the order of forward: what it is made of, its value and its gradient

    Below a wire that forks, what each of its readers sends back.
    """
    order = sorted(range(len(scene.lines)), key=lambda index: _rank(scene.lines[index]))
    rows = [["wire", "is", "value", "gradient", "goes to"]]
    for index in order:
        line = scene.lines[index]
        grad = gradient_words(line.grad)
        to = [scene.gates[reader.gate].label for reader in line.readers]
        rows.append([line.name, _made(scene, line), line.value, grad, "" if line.forks else "".join(to)])
        if line.forks:
            parts = (gradient_words(line.part(reader)) for reader in line.readers)
            rows += [["", "", "", f" {part}", gate] for part, gate in zip(parts, to, strict=True)]
    return _fitting(rows)


def _rank(line: Line) -> int:
    """Given wires just before their first readers."""
    if line.source is not None:
        return 2 * line.source + 1
    return 2 * min((reader.gate for reader in line.readers), default=0)


def _made(scene: Scene, line: Line) -> str:
    if line.source is None:
        return "given"
    names = [each.name for each in scene.inputs(line.source)]
    label = scene.gates[line.source].label
    return f" {label} ".join(names) if label in "+*" else f"{label}({', '.join(names)})"


def _fitting(rows: list[list[str]]) -> str:
    """The table, cut to its width: words first, and numbers only where that is not enough."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for columns in ((1,), (1, 4), (0, 1, 4), (0, 1, 2, 3, 4)):
        while sum(widths) + 2 * (len(widths) - 1) > WIDE and max(widths[each] for each in columns) > LEAST:
            widths[max(columns, key=widths.__getitem__)] -= 1
    lines = (zip(row, widths, strict=True) for row in rows)
    return "\n".join(
        "  ".join(_cut(cell, width).ljust(width) for cell, width in line).rstrip() for line in lines
    )


def _cut(cell: str, room: int) -> str:
    """A cell of at most so many characters, its middle left out.

    >>> _cut("softmax_cross_entropy", 12)
    'softma…tropy'
    """
    if len(cell) <= room:
        return cell
    return cell[: room // 2] + "…" + cell[len(cell) - (room - 1 - room // 2) :]
