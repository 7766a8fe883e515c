"""A picture as a table of its wires, for a terminal."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from ._page import filled
from ._words import gradient_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._scene import Line, Scene

WIDE = 80
HEADS = ("wire", "is", "value", "gradient", "goes to")
IS, TO = 1, 4
PART = "  part"
INDENT = 4
Row = tuple[str, str, str, str, str]


def text_of(scene: Scene) -> str:
    """A line for each wire in the order of forward: what it is made of, its value and its gradient

    Below a wire that forks, what each of its readers sends back; below all, what the signs mean.
    """
    order = sorted(range(len(scene.lines)), key=lambda index: _rank(scene.lines[index]))
    rows = [row for index in order for row in _rows(scene, scene.lines[index])]
    says = list(scene.legend)
    if any(row[0] == PART for row in rows):
        says.append("parts: what came back from each reader; ∂ above is their sum")
    return "\n".join([*_table(rows), "", *filled(says, WIDE)])


def _rows(scene: Scene, line: Line) -> Iterator[Row]:
    grad = gradient_words(line.grad)
    to = [(scene.gates[reader.gate].label, line.part(reader)) for reader in line.readers]
    to += [("outside", line.part(None))] if line.outside is not None else []
    parts = [(gate, part) for gate, part in to if part is not None]
    names = "" if parts else ", ".join(gate for gate, _ in to)
    yield line.name, _made(scene, line), line.value, grad, names
    for gate, part in parts:
        yield PART, "", "", gradient_words(part), gate


def _rank(line: Line) -> int:
    """Given wires just before their first readers."""
    if line.source is not None:
        return 2 * line.source + 1
    return 2 * min((reader.gate for reader in line.readers), default=0)


def _made(scene: Scene, line: Line) -> str:
    if line.source is None:
        return line.role or "given"
    names = [each.name for each in scene.inputs(line.source)]
    label = scene.gates[line.source].label
    return f" {label} ".join(names) if label in "+*" else f"{label}({', '.join(names)})"


def _table(rows: list[Row]) -> list[str]:
    """The rows in columns, what wires are made of wrapped; nothing is cut

    What there is no room for has lines of its own: what wires are made of, then where they go, then all.
    """
    for own in ((), (IS,), (IS, TO), (IS, 2, 3, TO)):
        columns = [column for column in range(len(HEADS)) if column not in own]
        widths = {column: max(len(row[column]) for row in (HEADS, *rows)) for column in columns}
        if IS in columns:
            others = sum(widths.values()) - widths[IS] + 2 * (len(columns) - 1)
            least = max(len(piece) for row in rows for piece in _pieces(row[IS]))
            widths[IS] = max(least, len(HEADS[IS]), min(widths[IS], WIDE - others))
        if sum(widths.values()) + 2 * (len(columns) - 1) <= WIDE:
            break
    lines = []
    for row in (HEADS, *rows):
        cells = [
            wrapped(row[column], widths[column]) if column == IS else [row[column]] for column in columns
        ]
        for level in zip_longest(*cells, fillvalue=""):
            padded = (cell.ljust(widths[column]) for column, cell in zip(columns, level, strict=True))
            lines.append("  ".join(padded).rstrip())
        for column in own if row is not HEADS else ():
            room = WIDE - INDENT - len(HEADS[column]) - 1
            first, *more = wrapped(row[column], room) if column == IS else [row[column]]
            lines += [f"{' ' * INDENT}{HEADS[column]} {first}"] if first else []
            lines += [f"{' ' * (INDENT + len(HEADS[column]) + 1)}{each}" for each in more]
    return lines


def _pieces(text: str) -> list[str]:
    """Where a text may be wrapped: after spaces and brackets that open.

    >>> _pieces("tanh(x[0, 1])"), _pieces("")
    (['tanh(', 'x[0, ', '1])'], [''])
    """
    return re.split(r"(?<=[ (])", text)


def wrapped(text: str, room: int) -> list[str]:
    """A text in lines of at most so many characters, unless a name has more.

    >>> wrapped("mean_squared_error(y, targets)", 20)
    ['mean_squared_error(', 'y, targets)']
    """
    lines = [""]
    for piece in _pieces(text):
        if len(lines[-1]) + len(piece.rstrip()) > room and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
