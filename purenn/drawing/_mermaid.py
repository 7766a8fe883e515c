"""A picture in the language of Mermaid, which web pages and READMEs draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._dot import edge_words

if TYPE_CHECKING:
    from ._scene import Scene


def mermaid_of(scene: Scene) -> str:
    """The text of a ``.mmd`` file, a flowchart from left to right."""
    lines = ["flowchart LR"]
    for index, gate in enumerate(scene.gates):
        label = "\n".join(filter(None, (gate.label, gate.note)))
        lines.append(f"  gate{index}([{quoted(label)}])")
    for index, line in enumerate(scene.lines):
        start = f"gate{line.source}" if line.source is not None else f"start{index}"
        if line.source is None:
            lines.append(f"  {start}[{quoted(line.name)}]")
        lines += [
            f"  {start} -->|{quoted(edge_words(line, reader))}| gate{reader.gate}" for reader in line.readers
        ]
        if line.ends:
            lines.append(f"  {start} -->|{quoted(edge_words(line, None))}| end{index}[{quoted(line.name)}]")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text in quotation marks, in which only letters, digits and spaces mean themselves for sure

    >>> print(quoted('w["a"]'))
    "w#91;#quot;a#quot;#93;"
    """
    return '"' + "".join(map(_safe, text)) + '"'


def _safe(character: str) -> str:
    if character == "\n":
        return "<br/>"
    if character == '"':
        return "#quot;"
    safe = character.isalnum() or character in " .,=()-_"
    return character if safe else f"#{ord(character)};"
