"""A picture in the language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._words import gradient_words

if TYPE_CHECKING:
    from ._scene import Line, Scene


def dot_of(scene: Scene) -> str:
    """The text of a ``.dot`` file: gates and the ends of wires are nodes, wires are edges."""
    lines = ["digraph {", "  rankdir=LR", '  node [fontname="monospace"]', '  edge [fontname="monospace"]']
    for index, gate in enumerate(scene.gates):
        label = "\n".join(filter(None, (gate.label, gate.note)))
        lines.append(f"  gate{index} [label={quoted(label)} shape=box style=rounded]")
    for index, line in enumerate(scene.lines):
        start = f"gate{line.source}" if line.source is not None else f"start{index}"
        if line.source is None:
            lines.append(f"  {start} [label={quoted(line.name)} shape=plaintext]")
        for reader in line.readers:
            label = quoted(edge_words(line, reader.grad if line.forks else line.grad))
            lines.append(f"  {start} -> gate{reader.gate} [label={label}]")
        if not line.readers:
            lines.append(f"  end{index} [label={quoted(line.name)} shape=plaintext]")
            lines.append(f"  {start} -> end{index} [label={quoted(edge_words(line, line.grad))}]")
    return "\n".join([*lines, "}"]) + "\n"


def edge_words(line: Line, grad: str | None) -> str:
    """Name and value of a wire, and below them a gradient: of one that forks, what this reader sends back."""
    own = f"{line.name} = {line.value}"
    answer = gradient_words(grad)
    if line.forks and line.grad is not None:
        answer = f"{answer} of {line.grad}".strip()
    return "\n".join(filter(None, (own, answer)))


def quoted(text: str) -> str:
    """A text in quotation marks, whatever it holds.

    >>> print(quoted('a "b"'))
    "a \\"b\\""
    """
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\r", "").replace("\n", "\\n") + '"'
