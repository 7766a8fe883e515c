"""What a reader sees in an SVG: words, wires and gates, and where they are."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple
from xml.etree import ElementTree

ADVANCE, ASCENT, DESCENT = 0.605, 0.78, 0.24  # of DejaVu Sans Mono and its like
SPACE = "{http://www.w3.org/2000/svg}"


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other, room=0.0):
        across = self.left < other.right + room and other.left < self.right + room
        return across and self.top < other.bottom + room and other.top < self.bottom + room

    def holds(self, other):
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


class Text(NamedTuple):
    text: str
    kind: str
    y: float
    box: Box


class Wire(NamedTuple):
    """The points of one wire, piece by piece."""

    title: str
    pieces: list[list[tuple[float, float]]]


class Gate(NamedTuple):
    title: str
    box: Box

    def inside(self, x, y, depth):
        """Whether a point lies so deep inside the rounded box."""
        radius = min(self.box.right - self.box.left, self.box.bottom - self.box.top) / 2
        near_x = min(max(x, self.box.left + radius), self.box.right - radius)
        near_y = min(max(y, self.box.top + radius), self.box.bottom - radius)
        return ((x - near_x) ** 2 + (y - near_y) ** 2) ** 0.5 < radius - depth


class Seen(NamedTuple):
    page: Box
    style: str
    texts: list[Text]
    wires: list[Wire]
    gates: list[Gate]
    marks: list[Box]  # tips and dots
    frames: list[Box]

    def words(self, kind):
        return [text for text in self.texts if text.kind == kind]


def look(svg):
    root = ElementTree.fromstring(svg)
    page = Box(0, 0, *map(float, root.attrib["viewBox"].split()[2:]))
    found: Any = Seen(page, root.find(f"{SPACE}style").text, [], [], [], [], [])
    for node in root.iter():
        kind, at = node.attrib.get("class"), node.attrib
        if node.tag == f"{SPACE}text":
            found.texts.append(_text(node.text, kind, float(at["x"]), float(at["y"])))
        elif kind == "box":
            x, y, wide, high = (float(at[name]) for name in ("x", "y", "width", "height"))
            found.gates.append(Gate("", Box(x, y, x + wide, y + high)))
        elif kind == "input":
            x, y, wide, high = (float(at[name]) for name in ("x", "y", "width", "height"))
            found.frames.append(Box(x, y, x + wide, y + high))
        elif kind == "wire":
            found.wires.append(Wire("", [_points(part) for part in at["d"].split(" M")]))
        elif kind == "tip":
            x, y = map(float, re.match(r"M(\S+) (\S+)L", at["d"]).groups())
            found.marks.append(Box(x - 8, y - 4, x, y + 4))
        elif kind == "dot":
            x, y, r = (float(at[name]) for name in ("cx", "cy", "r"))
            found.marks.append(Box(x - r, y - r, x + r, y + r))
    titles = [group.find(f"{SPACE}title").text for group in root.iter(f"{SPACE}g")]
    wires = [wire._replace(title=title) for wire, title in zip(found.wires, titles, strict=False)]
    gates = [
        gate._replace(title=title) for gate, title in zip(found.gates, titles[len(wires) :], strict=True)
    ]
    return found._replace(wires=wires, gates=gates)


def _text(text, kind, x, y):
    size = 14 if kind in ("note", "legend") else 16
    places = sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in text)
    box = Box(x, y - ASCENT * size, x + places * size * ADVANCE, y + DESCENT * size)
    return Text(text, kind, y, box)


def _points(part):
    x, y, bend, *curve, x3 = map(float, re.findall(r"-?[\d.]+", part))
    ax, ay, bx, by, x2, y2 = curve
    points = [(x + (bend - x) * step / 40, y) for step in range(41)]
    for step in range(41):
        t = step / 40
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        points.append(
            (
                sum(w * p for w, p in zip(weights, (bend, ax, bx, x2), strict=True)),
                sum(w * p for w, p in zip(weights, (y, ay, by, y2), strict=True)),
            )
        )
    return points + [(x2 + (x3 - x2) * step / 40, y2) for step in range(41)]


def around(points):
    """The box around some points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def labels(seen):
    """For each wire, found by places alone: the words at its start or end, above its start and below it."""
    found = {}
    for wire in seen.wires:
        (x, y), (end, end_y) = wire.pieces[0][0], wire.pieces[0][-1]
        level = max(point[0] for point in wire.pieces[0] if point[1] == y and point[0] <= end)
        near = [each for each in seen.texts if each.kind in ("name", "value", "grad")]
        above = [t for t in near if x <= t.box.left <= level and 0 < y - t.box.bottom < 6]
        over = [t.text for t in near if t.kind == "name" and t.box.left == above[0].box.left
                and 0 < above[0].box.top - t.box.bottom < 6]  # fmt: skip
        below = [t.text for t in near if x <= t.box.left <= level and 0 < t.box.top - y < 8]
        before = [t.text for t in near if abs(t.box.right - x) < 10 and t.box.top < y < t.box.bottom]
        after = [t.text for t in near if abs(t.box.left - end) < 10 and t.box.top < end_y < t.box.bottom]
        *named, value = (t.text for t in above)
        (name,) = {each.removesuffix(" = ") for each in before + after + named + over}
        found[name] = (value, *below)
    return found
