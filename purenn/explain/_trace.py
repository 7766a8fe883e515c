"""From the notes of one run to steps and wires."""

from __future__ import annotations

import inspect
import re
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import functional as F
from ..errors import TreeError
from ..trees import is_branch, tree_leaves, tree_map, tree_paths, tree_rows, tree_unflatten
from ._local import local_derivatives
from .explanation import Explanation, Step, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..layers import Layer
    from ..layers.recording import Note


class _Op(NamedTuple):
    """A pair as it was called: what its functions are, and what went in and out."""

    place: str
    name: str
    says: tuple[Callable[..., Any], Callable[..., Any]]
    arguments: dict[str, Any]
    out: Any
    cache: Any
    dout: Any
    gradients: Callable[[Any], dict[str, Any]]


class Trace:
    """Walks through a network as its combinators do, along the wires

    A wire is known by its path until all are found; then each gets a short name.
    """

    def __init__(self, notes: dict[str, Note], limit: int) -> None:
        self.notes, self.limit = notes, limit
        self.steps: list[Step] = []
        self.values: dict[str, tuple[Any, Any]] = {}  # path -> value and gradient
        self.wished: dict[str, str] = {}  # path -> name
        self.unnamed: set[str] = set()  # outputs that nobody gave a name
        self.frozen: set[str] = set()  # params that have no gradient

    def given(self, path: str, tree: Any, grads: Any) -> Any:
        """Wires for the leaves of a tree that comes from outside."""
        paths = [f"{path}{place}" for place, _ in tree_paths(tree)]
        for name, (leaf, grad) in zip(paths, _with_grads(tree, grads), strict=True):
            self.values[name] = leaf, grad
        return tree_unflatten(tree, paths)

    def walk(self, place: str, x: Any, params: Any) -> Any:
        """The wires that a layer's output goes out on, given those of its input and params."""
        note = self.notes[place]
        parts = note.layer.parts
        if parts is None or parts.build is None:
            return self.op(_op_of(place, note), tree_leaves((x, params)))
        if parts.wiring is not None:
            return self.graph(note, parts, x, params)
        if note.name == "frozen":
            held = self.given(f"{place or 'frozen'}.params", parts.held[0], None)
            self.frozen.update(tree_leaves(held))
            return self.walk(note.places[0], x, held)
        if note.name == "residual":
            out = self.walk(note.places[0], x, params)
            return self.op(_sum_of(place, note, self.notes[note.places[0]].out), [x, out])
        if note.name == "chain":
            for inner, own in zip(note.places, params, strict=True):
                x = self.walk(inner, x, own)
            return x
        inputs = x if note.name == "parallel" else (x,) * len(note.places)
        return tuple(map(self.walk, note.places, inputs, params))

    def graph(self, note: Note, parts: Any, x: Any, params: Any) -> Any:
        """A graph names its wires itself."""
        wiring = parts.wiring
        if isinstance(wiring.inputs, str):
            known = {wiring.inputs: x}
        elif isinstance(x, dict):
            known = dict(x)
        else:
            known = dict(zip(wiring.inputs, x, strict=True))
        known |= {name: params[name] for name in wiring.params}
        for name, tree in known.items():
            if isinstance(tree, str):
                self.wished.setdefault(tree, name)
        for place, name in zip(note.places, parts.names, strict=True):
            read = [known[each] for each in wiring.reads[name]]
            own = params.get(wiring.shared.get(name, name), ())
            known[name] = self.walk(place, read[0] if len(read) == 1 else tuple(read), own)
            if isinstance(known[name], str):
                self.wished[known[name]] = name
                self.unnamed.discard(known[name])
        return tree_map(known.__getitem__, wiring.output)

    def op(self, op: _Op, inputs: list[str]) -> Any:
        for argument, path in zip(op.arguments, inputs, strict=True):
            if path == "x" and not op.place:  # a pair by itself
                self.wished[path] = argument
            if path not in self.wished and "params" in path:
                field = re.search(r"(?:\.|\[')(\w+)(?:'\])?$", path)
                self.wished[path] = field[1] if field else argument
        path = op.place or op.name
        outs = [f"out of {path}{place}" for place, _ in tree_paths(op.out)]
        for name, value, grad in zip(outs, tree_leaves(op.out), tree_leaves(op.dout), strict=True):
            self.values[name] = value, grad
            self.wished[name] = "h"
            self.unnamed.add(name)
        forward, backward = op.says
        step = Step(
            f"{op.place} {op.name}".strip(),
            op.name,
            _formula(forward),
            gradient_formulas(backward),
            dict(zip(op.arguments, inputs, strict=True)),
            tree_unflatten(op.out, outs),
            op.arguments,
            op.out,
            op.cache,
            op.dout,
            local_derivatives(op.out, op.arguments, op.gradients, self.limit),
            op.gradients(op.dout),
        )
        self.steps.append(step)
        return step.output

    def name_last(self, wire: Any, *names: str) -> None:
        """The first of the names that no other has, for a result that has none itself."""
        if not is_branch(wire) and wire in self.unnamed:
            taken = {*self.values, *self.wished.values()}
            self.wished[wire] = next((name for name in names if name not in taken), self.wished[wire])

    def explanation(self, last: Any, dout: Any) -> Explanation:
        """With the short names; ``last`` is the wire of the result or a tree of them, dout its gradient."""
        names = _names(list(self.values), self.wished)
        wires = {}
        for path, (value, grad) in self.values.items():
            known = grad if grad is not None or path in self.frozen else self.total(path)
            wires[names[path]] = Wire(names[path], path, value, known)
        steps = tuple(
            step._replace(
                inputs={argument: names[path] for argument, path in step.inputs.items()},
                output=tree_map(names.__getitem__, step.output),
            )
            for step in self.steps
        )
        return Explanation(steps, wires, tree_map(names.__getitem__, last), dout)

    def total(self, path: str) -> Any:
        """The sum of what comes back to a value, the last first; None where nothing does."""
        parts = [
            step.downstream[argument]
            for step in reversed(self.steps)
            for argument, read in step.inputs.items()
            if read == path and step.downstream.get(argument) is not None
        ]
        return reduce(lambda one, other: F.add_forward(one, other)[0], parts) if parts else None


def gradient_formulas(backward: Any) -> dict[str, str]:
    """What a backward's docstring says of each gradient, in the form of a pair's: "``dx = dout * y``"

    >>> gradient_formulas(F.multiply_backward)
    {'x': 'dout * y', 'y': 'dout * x'}
    """
    return dict(re.findall(r"``d(\w+) = ([^`]+)``", _first_lines(backward)))


def _formula(forward: Any) -> str:
    found = re.search(r"``([^`]+ = [^`]+)``", _first_lines(forward))
    return found[1] if found else ""


def _first_lines(function: Any) -> str:
    text = inspect.getdoc(getattr(function, "func", function)) or ""
    return " ".join(text.split("\n\n")[0].split())


def _op_of(place: str, note: Note) -> _Op:
    layer: Layer[Any] = note.layer
    values = tree_leaves((note.x, note.params))
    pair = layer.parts.pair if layer.parts is not None else None
    if pair is None:
        names = _leaf_names({"x": note.x}, note.params)
        return _Op(
            place, note.name, (layer.forward, layer.backward), dict(zip(names, values, strict=True)),
            note.out, note.cache, note.dout, lambda dout: _by_name(layer.backward(dout, note.cache)),
        )  # fmt: skip
    names = [name for name, _ in positional(pair[0])][: len(values)]

    def gradients(dout: Any) -> dict[str, Any]:
        grads = pair[1](dout, note.cache)
        return dict(zip(getattr(grads, "_fields", names), grads, strict=False))

    arguments = dict(zip(names, values, strict=True))
    return _Op(place, note.name, pair, arguments, note.out, note.cache, note.dout, gradients)


def _sum_of(place: str, note: Note, inner: Any) -> _Op:
    """What residual adds."""
    pair = (F.add_forward, F.add_backward)
    _, cache = F.add_forward(note.x, inner)
    arguments = {"x": note.x, "y": inner}
    return _Op(
        place, "add", pair, arguments, note.out, cache, note.dout,
        lambda dout: F.add_backward(dout, cache)._asdict(),
    )  # fmt: skip


def _by_name(grads: Any) -> dict[str, Any]:
    """The gradients of a layer by the names of their leaves."""
    names = _leaf_names({"x": grads.x}, grads.params)
    return dict(zip(names, tree_leaves((grads.x, grads.params)), strict=True))


def _leaf_names(x: dict[str, Any], params: Any) -> list[str]:
    ((name, tree),) = x.items()
    return [f"{name}{path}" for path, _ in tree_paths(tree)] + [
        re.sub(r"^(\.|\['(?=\w+'\]$))|(?<=\w)'\]$", "", path) or "params" for path, _ in tree_paths(params)
    ]


def positional(function: Any) -> list[tuple[str, bool]]:
    """A function's positional arguments, and whether each must be given.

    >>> positional(F.multiply_forward)
    [('x', True), ('y', True)]
    """
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = inspect.signature(function).parameters.values()
    return [(each.name, each.default is each.empty) for each in own if each.kind in kinds]


def _with_grads(tree: Any, grads: Any) -> list[tuple[Any, ...]]:
    """Each leaf with its gradient, by name where a dict has another order; None where it has none."""
    try:
        return tree_rows(tree, grads)
    except TreeError:
        return [(leaf, None) for leaf in tree_leaves(tree)]


def _names(paths: list[str], wished: dict[str, str]) -> dict[str, str]:
    """A name for each path: the one wished for, with the number of the op where several wish the same."""
    wishes = {path: wished.get(path, path) for path in paths}
    often = list(wishes.values())
    names: dict[str, str] = {}
    for path, wish in wishes.items():
        name, number = wish, 0
        while name in names.values() or (number == 0 and often.count(wish) > 1):
            number += 1
            name = f"{wish}{number}"
        names[path] = name
    return names
