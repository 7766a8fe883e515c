"""A picture as rows one below the other, where one would be too wide, and its legend below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ._layout import MARGIN, Layout, Words, row_of
from ._scene import Scene
from ._words import SMALL, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ._scene import Line

WIDE = 1300  # the screen of a laptop
LEAST = 600  # what a legend may fill where the picture is narrower
LINE = 18  # the room of a line of it
INSIDE = ("gate", "note")  # the words that belong to gates


class _Row(NamedTuple):
    """Some of a scene's gates, from ``first`` on, and of its wires, laid out as a scene of their own."""

    first: int
    lines: tuple[int, ...]
    layout: Layout


def layout_of(scene: Scene) -> Layout:
    """The place of each gate, wire and word."""
    rows = _rows(scene)
    parts, bottom = [], 0.0
    for row in rows:
        parts.append(_moved(row, bottom))
        bottom += row.layout.height
    meaning, *others = scene.legend
    says = [f"above a wire: its value; below it, {meaning}", *others]
    says += ["framed: an input"] if any(line.role == "input" for line in scene.lines) else []
    says += ["→: goes on in the next row"] if len(rows) > 1 else []
    wide = max(part.width for part in parts)
    legend = []
    for number, text in enumerate(filled(says, int((max(wide, LEAST) - 2 * MARGIN) / width("m", SMALL)))):
        legend.append(Words(text, MARGIN, bottom + 26 + LINE * number, "legend"))
    return Layout(
        max(wide, *(2 * MARGIN + width(words.text, SMALL) for words in legend)),
        legend[-1].y + 16,
        tuple(box for part in parts for box in part.gates),
        (*(words for part in parts for words in part.words), *legend),
        tuple(piece for part in parts for piece in part.pieces),
        tuple(dot for part in parts for dot in part.dots),
    )


def filled(phrases: Iterable[str], room: int) -> list[str]:
    """Lines of phrases, each of at most so many characters, unless a phrase has more.

    >>> filled(["∂: dL/d(wire)", "framed: an input", "‖…‖: a norm"], 32)
    ['∂: dL/d(wire); framed: an input', '‖…‖: a norm']
    """
    lines: list[str] = []
    for phrase in phrases:
        if lines and len(lines[-1]) + 2 + len(phrase) <= room:
            lines[-1] += f"; {phrase}"
        else:
            lines.append(phrase)
    return lines


def _rows(scene: Scene) -> list[_Row]:
    """As few rows as are no wider than the screen, and those about equally wide."""
    rows = _packed(scene, WIDE)
    for share in (0.9, 0.8, 0.7, 0.6):
        again = _packed(scene, share * WIDE) if len(rows) > 1 else rows
        if len(again) > len(rows):
            break
        rows = again
    return rows


def _packed(scene: Scene, most: float) -> list[_Row]:
    """In each row as many ops as there is room for, and at least one."""
    rows: list[_Row] = []
    first, end = 0, len(scene.gates)
    while not rows or first < end:
        stops = _stops(scene, first)
        stop = next(stops)
        row = _row(scene, first, stop)
        for later in stops:
            longer = _row(scene, first, later)
            if longer.layout.width > most:
                break
            stop, row = later, longer
        rows.append(row)
        first = stop
    return rows


def _stops(scene: Scene, first: int) -> Iterator[int]:
    """The gates before which a row that begins at ``first`` may end

    An op is not divided, nor a fork, and what goes on comes from this row.
    """
    gates = scene.gates
    for stop in range(first + 1, len(gates)):
        if gates[stop].step != gates[stop - 1].step and all(
            line.source is not None and line.source >= first and not line.ends and before == 0
            for line in scene.lines
            for before, after in [_sides(line, stop)]
            if after and (before or (line.source is not None and line.source < stop))
        ):
            yield stop
    yield len(gates)


def _sides(line: Line, stop: int) -> tuple[int, int]:
    """How many readers a wire has before a gate, and how many from there on."""
    before = sum(reader.gate < stop for reader in line.readers)
    return before, len(line.readers) - before


def _row(scene: Scene, first: int, stop: int) -> _Row:
    lines, places = [], []
    for place, line in enumerate(scene.lines):
        made = line.source is not None and first <= line.source < stop
        readers = tuple(
            reader._replace(gate=reader.gate - first)
            for reader in line.readers
            if first <= reader.gate < stop
        )
        if not (made or readers or (line.source is None and not line.readers)):
            continue
        if made and line.readers and not readers and not line.ends:
            line = line._replace(name=f"{line.name} →")
        elif not made and line.source is not None:
            line = line._replace(name=f"→ {line.name}")
        source = line.source - first if made and line.source is not None else None
        lines.append(line._replace(source=source, readers=readers))
        places.append(place)
    return _Row(first, tuple(places), row_of(Scene(scene.gates[first:stop], tuple(lines))))


def _moved(row: _Row, down: float) -> Layout:
    """A row's layout at its place in the picture, with the numbers of the whole scene."""
    _, height, gates, words, pieces, dots = row.layout
    return Layout(
        row.layout.width,
        height,
        tuple(box._replace(y=box.y + down) for box in gates),
        tuple(
            each._replace(
                y=each.y + down, of=row.first + each.of if each.kind in INSIDE else row.lines[each.of]
            )
            for each in words
        ),
        tuple(
            each._replace(line=row.lines[each.line], y=each.y + down, y2=each.y2 + down) for each in pieces
        ),
        tuple(dot._replace(line=row.lines[dot.line], y=dot.y + down) for dot in dots),
    )
