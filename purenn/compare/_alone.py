"""Each op of a network by itself, fed with the same numbers on every side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends import convert
from ..layers import Layer, LayerGrads, add
from ..trees import tree_leaves, tree_paths
from ._sides import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._types import Key
    from ..layers.recording import Note
    from ._sides import Side


class Seconds(NamedTuple):
    """The time that a call took, the shortest of a few."""

    forward: float
    backward: float


class Probe(NamedTuple):
    """One op and its input as plain lists; without a dout only forward runs, and ``of`` names its output."""

    op: str
    layer: Layer
    params: Any
    x: Any
    key: Key | None
    dout: Any = None
    of: str = "out"


def probes(notes: dict[str, Note]) -> Iterator[Probe]:
    """The ops that a run has noted, in the order of forward

    A layer that no combinator made is one. ``residual`` adds twice, forward and backward, ``branch``
    backward; the others compute nothing by themselves.
    """
    for place, note in notes.items():
        op = f"{place} {note.name}".strip()
        if not note.places:
            dout = None if note.dout is None else plain(note.dout)  # that of targets, which have no gradient
            yield Probe(op, note.layer, plain(note.params), plain(note.x), note.key, dout)
        elif note.name in ("residual", "branch"):
            inner = [notes[part] for part in note.places]
            grads = [each.grads.x for each in inner if each.grads is not None]
            if note.name == "residual":
                yield Probe(op, add, (), plain((note.x, inner[0].out)), None)
                grads = [note.dout, *grads]
            yield Probe(op, add, (), plain(tuple(grads)), None, of="x")


def run(probe: Probe, side: Side, repeats: int) -> tuple[dict[str, Any], Seconds]:
    """The op's output and gradients on a side, by name and on lists, and the time it took."""
    with side.context():
        params, x, dout = side.load((probe.params, probe.x, probe.dout if probe.dout is not None else 0))
        out, forward, backward, grads = None, [], [0.0], None
        for _ in range(repeats):
            start = time.perf_counter()
            out, cache = probe.layer.forward(params, x, key=probe.key, xp=side.xp)
            forward.append(_seconds_since(start, out))
            if probe.dout is not None:
                start = time.perf_counter()
                grads = probe.layer.backward(dout, cache, xp=side.xp)
                backward.append(_seconds_since(start, grads))
        seconds = Seconds(min(forward), min(backward[1:], default=0.0))
        if probe.of != "out":
            return {probe.of: answers(out, None)["out"]}, Seconds(0.0, seconds.forward)
        return answers(out, grads), seconds


def answers(out: Any, grads: LayerGrads | None) -> dict[str, Any]:
    """The output and the gradients by their names, on lists; what has no gradient is left out."""
    named = [(f"out{path}", leaf) for path, leaf in tree_paths(out)]
    named += [(path.lstrip("."), leaf) for path, leaf in tree_paths(grads) if leaf is not None]
    return {name: convert(leaf, "lists") for name, leaf in named}


def _seconds_since(start: float, tree: Any) -> float:
    for leaf in tree_leaves(tree):
        if hasattr(leaf, "block_until_ready"):  # JAX computes on while Python goes on
            leaf.block_until_ready()
    return time.perf_counter() - start
