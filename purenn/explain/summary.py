"""What a network holds: its layers, their outputs, params and caches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import check_arrays
from .._table import html_table, markdown_table, table
from ..backends import agree_trees
from ..backends.extras import shape
from ..layers.recording import recorded
from ..trees import tree_leaves, tree_map
from ._model import model_of

if TYPE_CHECKING:
    from .._types import Array, Key, Params
    from ..backends import Backend
    from ..layers.recording import Note


class SummaryRow(NamedTuple):
    """One layer: ``output`` is the shape of its output, a tree of shapes where that is a tree

    ``cache_bytes`` counts what its cache holds and nothing before it does: not the params, not x.
    """

    layer: str
    output: Any
    parameters: int
    cache_bytes: int


class Summary(NamedTuple):
    """What ``summary`` found: a table when printed and in a notebook, Markdown by ``to_markdown()``."""

    rows: tuple[SummaryRow, ...]
    parameters: int
    cache_bytes: int

    def __str__(self) -> str:
        return table(self._cells())

    def to_markdown(self) -> str:
        return markdown_table(self._cells())

    def _repr_html_(self) -> str:
        return html_table(self._cells())

    def _cells(self) -> list[list[str]]:
        head = [["layer", "output", "parameters", "cache bytes"]]
        body = [[row.layer, str(row.output), str(row.parameters), str(row.cache_bytes)] for row in self.rows]
        return [*head, *body, ["total", "", str(self.parameters), str(self.cache_bytes)]]


def summary(
    model: Any, params: Params, x: Array, *, key: Key | None = None, xp: Backend | str | None = None
) -> Summary:
    """The layers of a network that are not made of layers, and what each of them keeps for backward

    The model is one that ``explain`` takes. Params that several layers share count for the first of them.
    Bytes are those of the numbers: 8 for a number on lists, though Python itself takes more for each.
    Errors: KindError, TreeError for what is no model or params; those of the network's forward.

    >>> import purenn as pn
    >>> model = pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))
    >>> print(summary(model, model.init(key=0), [[0.5] * 64] * 2))
    layer     output   parameters  cache bytes
    0 affine  (2, 32)        2080            0
    1 relu    (2, 32)           0          512
    2 affine  (2, 10)         330            0
    total                    2410          512
    """
    own = model_of("summary", model, params)
    check_arrays("summary", {"params": params, "x": x})
    agree_trees("summary", {"params": params, "x": x}, xp)
    notes: dict[str, Note] = {}
    recorded(own, notes).forward(params, x, key=key, xp=xp)
    trained = {id(leaf): math.prod(shape(leaf)) for leaf in tree_leaves(params)}
    total = sum(trained.values())
    held = [note.layer.parts.held for note in notes.values() if note.layer.parts is not None]
    seen = {id(leaf) for leaf in tree_leaves((params, x, tuple(held)))}
    rows = []
    for place, note in notes.items():
        if not note.places:
            fresh = {id(leaf): leaf for leaf in tree_leaves(note.cache) if id(leaf) not in seen}
            seen |= fresh.keys()
            parameters = sum(trained.pop(id(leaf), 0) for leaf in tree_leaves((note.params, note.x)))
            name = f"{place} {note.name}".strip()
            size = sum(map(_bytes, fresh.values()))
            rows.append(SummaryRow(name, tree_map(shape, note.out), parameters, size))
    return Summary(tuple(rows), total, sum(row.cache_bytes for row in rows))


def _bytes(leaf: Any) -> int:
    """The bytes of an array's numbers."""
    return int(getattr(leaf, "nbytes", 8 * math.prod(shape(leaf))))
