"""A picture, as a value that shows and saves itself."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .._options import check_is
from ..errors import OptionError
from ._dot import dot_of
from ._mermaid import mermaid_of
from ._svg import svg_of
from ._text import text_of

if TYPE_CHECKING:
    from ._scene import Scene


class Picture(NamedTuple):
    """What ``draw`` made: shown in a notebook, a table when printed; equal where it shows the same

    ``svg``, ``dot``, ``mermaid`` and ``text`` are strings, the same at each run.
    """

    scene: Scene
    theme: str

    @property
    def svg(self) -> str:
        """The text of an SVG file."""
        return svg_of(self.scene, self.theme)

    @property
    def dot(self) -> str:
        """The text of a Graphviz file."""
        return dot_of(self.scene)

    @property
    def mermaid(self) -> str:
        """The text of a Mermaid file."""
        return mermaid_of(self.scene)

    @property
    def text(self) -> str:
        """A table of the wires, of at most 80 characters a line where names and numbers leave it."""
        return text_of(self.scene)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture to a file: what its name ends in says how

        Errors: OptionError for an end other than .svg, .dot, .mmd and .txt; KindError for what is no path;
        OSError, with a note, where the file cannot be written.
        """
        fits = isinstance(path, (str, PathLike))
        check_is("save", "path", path, fits, "a path", "the name of a file, such as 'neuron.svg'")
        ways = {".svg": "svg", ".dot": "dot", ".mmd": "mermaid", ".txt": "text"}
        way = ways.get(Path(path).suffix.lower())
        if way is None:
            raise OptionError(f"save: path={fspath(path)!r}: choose a name that ends in {', '.join(ways)}")
        text = getattr(self, way)
        try:
            Path(path).write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            error.add_note(
                f"save: path={fspath(path)!r}: give a file in a folder that exists and can be written"
            )
            raise

    def __str__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str:
        return self.svg
