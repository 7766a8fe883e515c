"""A picture as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from ._layout import GAP, TIP
from ._page import INSIDE, layout_of
from ._words import FONT, SIZE, SMALL, gradient_words, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._layout import Layout, Piece, Words
    from ._scene import Gate, Line, Scene


class Colors(NamedTuple):
    """All words have a contrast of at least 4.5 to 1 to what they stand on."""

    ground: str
    gate: str
    edge: str
    wire: str
    ink: str
    name: str
    value: str
    grad: str


THEMES = {
    "light": Colors("#ffffff", "#eef2f7", "#57606a", "#6e7781", "#1f2328", "#57606a", "#116329", "#b3261e"),
    "dark": Colors("#0d1117", "#1f2733", "#9aa4af", "#7d8590", "#e6edf3", "#9aa4af", "#7ee787", "#ff9b93"),
}


def svg_of(scene: Scene, theme: str) -> str:
    """The text of an SVG file, the same for the same scene."""
    layout = layout_of(scene)
    wide, high = _number(layout.width), _number(layout.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="purenn-{theme}" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img">',
        f"<title>{escape(_title(scene))}</title>",
        f"<style>{_style(theme)}</style>",
        f'<rect class="ground" width="{wide}" height="{high}" rx="8"/>',
        *(text for index, line in enumerate(scene.lines) for text in _wire(layout, line, index)),
        *(text for index, gate in enumerate(scene.gates) for text in _gate(layout, gate, index)),
        *(_words(words) for words in layout.words if words.kind == "legend"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _title(scene: Scene) -> str:
    gates = " ".join(gate.label for gate in scene.gates)
    return f"A computational graph: {gates}"


def _style(theme: str) -> str:
    """Rules for this theme alone, so that pictures on one page do not dress each other."""
    own = f".purenn-{theme}"
    rules = [
        f"{own} text{{font:{SIZE}px {FONT};white-space:pre}}",
        f"{own} .note,{own} .legend{{font-size:{SMALL}px}}",
        f"{own} .grad{{font-style:italic}}",
        f"{own} path{{fill:none;stroke-width:1.5}}",
    ]
    rules += _dress(own, THEMES["dark" if theme == "dark" else "light"])
    if theme == "auto":
        rules.append(f"@media(prefers-color-scheme:dark){{{''.join(_dress(own, THEMES['dark']))}}}")
    return "".join(rules)


def _dress(own: str, colors: Colors) -> list[str]:
    fills = {
        ".ground": colors.ground,
        ".gate": colors.ink,
        ".name": colors.name,
        ".note": colors.name,
        ".legend": colors.name,
        ".value": colors.value,
        ".grad": colors.grad,
        ".tip": colors.wire,
        ".dot": colors.wire,
    }
    rules = [f"{own} {part}{{fill:{color}}}" for part, color in fills.items()]
    rules.append(f"{own} .wire{{stroke:{colors.wire}}}")
    rules.append(f"{own} .input{{fill:none;stroke:{colors.wire}}}")
    rules.append(f"{own} .box{{fill:{colors.gate};stroke:{colors.edge};stroke-width:1.5}}")
    return rules


def _wire(layout: Layout, line: Line, index: int) -> Iterator[str]:
    told = f"{line.name} = {line.value}" + (f"\n{gradient_words(line.grad)}" if line.grad is not None else "")
    yield f"<g><title>{escape(told)}</title>"
    pieces = [piece for piece in layout.pieces if piece.line == index]
    yield f'<path class="wire" d="{" ".join(map(_path, pieces))}"/>'
    for piece in pieces:
        if piece.tip:
            x, y = piece.x3, piece.y2
            back = _number(x - TIP)
            yield (
                f'<path class="tip" d="M{_number(x)} {_number(y)}L{back} {_number(y - 4)}'
                f'L{back} {_number(y + 4)}z"/>'
            )
    for dot in layout.dots:
        if dot.line == index:
            yield f'<circle class="dot" cx="{_number(dot.x)}" cy="{_number(dot.y)}" r="3.5"/>'
    kinds = ("name", "value", "grad")
    own = [words for words in layout.words if words.of == index and words.kind in kinds]
    if line.role == "input":
        yield _frame(next(words for words in own if words.kind == "name"))
    yield from map(_words, own)
    yield "</g>"


def _frame(words: Words) -> str:
    """What is around the name of an input."""
    x, y, wide = _number(words.x - GAP), _number(words.y - 17), _number(width(words.text) + 2 * GAP)
    return f'<rect class="input" x="{x}" y="{y}" width="{wide}" height="23" rx="3"/>'


def _gate(layout: Layout, gate: Gate, index: int) -> Iterator[str]:
    box = layout.gates[index]
    yield f"<g><title>{escape(gate.title or gate.label)}</title>"
    yield (
        f'<rect class="box" x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" '
        f'height="{_number(box.height)}" rx="{_number(min(box.width, box.height) / 2)}"/>'
    )
    yield from (_words(words) for words in layout.words if words.of == index and words.kind in INSIDE)
    yield "</g>"


def _words(words: Words) -> str:
    x, y = _number(words.x), _number(words.y)
    text = "".join(each if each.isprintable() else " " for each in words.text)
    return f'<text class="{words.kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _path(piece: Piece) -> str:
    x, y, bend, x2, y2, x3 = map(_number, piece[1:7])
    half = _number((piece.bend + piece.x2) / 2)
    return f"M{x} {y}H{bend}C{half} {y} {half} {y2} {x2} {y2}H{x3}"


def _number(value: float) -> str:
    """A length with at most one digit after the point.

    >>> _number(3.0), _number(2.25)
    ('3', '2.2')
    """
    return f"{value:.1f}".removesuffix(".0")
