"""A picture in the language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._words import gradient_words

if TYPE_CHECKING:
    from ._scene import Line, Reader, Scene


def dot_of(scene: Scene) -> str:
    """The text of a ``.dot`` file: gates and the ends of wires are nodes, wires are edges."""
    lines = ["digraph {", "  rankdir=LR", '  node [fontname="monospace"]', '  edge [fontname="monospace"]']
    for index, gate in enumerate(scene.gates):
        label = "\n".join(filter(None, (gate.label, gate.note)))
        lines.append(f"  gate{index} [label={quoted(label)} shape=box style=rounded]")
    for index, line in enumerate(scene.lines):
        start = f"gate{line.source}" if line.source is not None else f"start{index}"
        if line.source is None:
            shape = "box" if line.role == "input" else "plaintext"
            lines.append(f"  {start} [label={quoted(line.name)} shape={shape}]")
        lines += [
            f"  {start} -> gate{reader.gate} [label={quoted(edge_words(line, reader))}]"
            for reader in line.readers
        ]
        if line.ends:
            lines.append(f"  end{index} [label={quoted(line.name)} shape=plaintext]")
            lines.append(f"  {start} -> end{index} [label={quoted(edge_words(line, None))}]")
    return "\n".join([*lines, "}"]) + "\n"


def edge_words(line: Line, reader: Reader | None) -> str:
    """Name and value of a wire, and below them its gradient, or the part of it that comes back here."""
    part = line.part(reader)
    answer = gradient_words(line.grad if part is None else f"{part} of {line.grad}")
    return "\n".join(filter(None, (f"{line.name} = {line.value}", answer)))


def quoted(text: str) -> str:
    """A text in quotation marks, whatever it holds.

    >>> print(quoted('a "b"'))
    "a \\"b\\""
    """
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\r", "").replace("\n", "\\n") + '"'
