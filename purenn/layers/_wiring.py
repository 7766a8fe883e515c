"""Who reads whom in a graph: the names, the order of evaluation, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import GraphError, KindError
from ._layer import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._types import Array, Shape


class Wiring(NamedTuple):
    """Who reads what in a graph

    ``reads`` has what each node reads, in the order of evaluation. A node with a layer has its params under
    its own name, or, where ``shared`` has it, under that of the named layer. ``inputs`` is one name where x
    is that input itself.
    """

    inputs: str | tuple[str, ...]
    reads: dict[str, tuple[str, ...]]
    params: tuple[str, ...]
    shared: dict[str, str]
    output: str | tuple[str, ...]


def wire(
    inputs: str | tuple[str, ...],
    nodes: Mapping[str, tuple[Any, ...]],
    params: Mapping[str, tuple[Callable[..., Array], Shape]],
    layers: Mapping[str, Layer[Any]],
    output: str | tuple[str, ...] | None,
) -> Wiring:
    """The wiring of these nodes, or an error that names what is wrong.

    >>> wire("x", {"out": ("add", "x", "square"), "square": ("multiply", "x", "x")}, {}, {}, None).reads
    {'square': ('x', 'x'), 'out': ('x', 'square')}
    """
    given = (inputs,) if isinstance(inputs, str) else inputs
    _check_kinds(given, nodes, params, layers)
    kinds: dict[str, Iterable[str]] = {
        "an input": given,
        "a param": params,
        "a layer": layers,
        "a node": nodes,
    }
    _check_names(kinds)
    reads = {node: tuple(names) for node, (_, *names) in nodes.items()}
    known = {*given, *params, *nodes}
    for node, names in reads.items():
        for name in names:
            if name not in known:
                wanted = "an input, a param or another node"
                raise _unknown(f"node {node!r} reads {name!r}", name, wanted, (*given, *params, *nodes))
    order = _order(reads)
    shared = {node: nodes[node][0] for node in order if nodes[node][0] in tuple(layers)}
    out = _output(output, reads)
    used = {*shared.values(), *(out if isinstance(out, tuple) else (out,))}.union(*reads.values())
    for kind, own in kinds.items():
        for name in own:
            if name not in used:
                end = ", or name it in output=" if kind == "a node" else ""
                raise GraphError(
                    f"graph: {name!r}, {kind}, is never used: a node must use it, or leave it out{end}"
                )
    own_inputs = inputs if isinstance(inputs, str) else tuple(given)
    return Wiring(own_inputs, {node: reads[node] for node in order}, tuple(params), shared, out)


def suggestion(name: str, known: Iterable[str]) -> str:
    """A known name that is nearly this one, or the first of them, as the hint of an error.

    >>> suggestion("aple", ["apple", "tax"]), suggestion("x", ["apple", "tax"])
    ("such as 'apple'", "such as one of 'apple', 'tax'")
    """
    from difflib import get_close_matches  # only who errs waits for it

    names = list(known)
    near = get_close_matches(name, names, 1)
    some = quoted(names[:8]) + ", ..." * (len(names) > 8)
    return f"such as {near[0]!r}" if near else f"such as one of {some}"


def quoted(names: Iterable[Any]) -> str:
    """The names in a row.

    >>> quoted(["a", "b"])
    "'a', 'b'"
    """
    return ", ".join(map(repr, names))


def _unknown(what: str, name: str, wanted: str, known: Iterable[str]) -> GraphError:
    return GraphError(f"graph: {what}, wanted {wanted}, {suggestion(name, known)}")


def _check_kinds(inputs: Any, nodes: Any, params: Any, layers: Any) -> None:
    if not isinstance(inputs, (tuple, list)) or not inputs:
        raise KindError(f"graph: inputs={inputs!r:.40}, wanted a name or a tuple of names")
    for what, value in (("nodes", nodes), ("params", params), ("layers", layers)):
        if not isinstance(value, Mapping):
            raise KindError(f"graph: {what} are a {type(value).__name__}, wanted a dict by name")
    if not nodes:
        raise GraphError("graph: no nodes: give at least one, such as {'out': ('relu', 'x')}")
    for node, value in nodes.items():
        if not isinstance(value, tuple) or len(value) < 2 or not all(isinstance(n, str) for n in value[1:]):
            raise KindError(
                f"graph: node {node!r} is {value!r:.60}, wanted an op and the names that it reads, "
                "such as ('relu', 'x')"
            )
    for name, value in params.items():
        if not isinstance(value, tuple) or len(value) != 2 or not callable(value[0]):
            raise KindError(
                f"graph: param {name!r} is {value!r:.60}, wanted an initializer and a shape, "
                "such as (glorot_uniform, (4, 3))"
            )
    for name, value in layers.items():
        if not isinstance(value, Layer):
            raise KindError(
                f"graph: layer {name!r} is a {type(value).__name__}, wanted a Layer such as affine(4, 3)"
            )


def _check_names(kinds: dict[str, Iterable[Any]]) -> None:
    taken: dict[str, str] = {}
    for kind, names in kinds.items():
        for name in names:
            if not isinstance(name, str) or not name.isidentifier():
                raise GraphError(
                    f"graph: {name!r:.40} names {kind}: names must be like those of Python, such as 'x_1'"
                )
            if name in taken:
                raise GraphError(
                    f"graph: the name {name!r} is given twice, to {taken[name]} and to {kind}: "
                    "give each its own"
                )
            taken[name] = kind


def _order(reads: dict[str, tuple[str, ...]]) -> list[str]:
    """The nodes, each after those that it reads, otherwise in the order in which they were given."""
    sorter = TopologicalSorter(
        {node: [name for name in names if name in reads] for node, names in reads.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        cycle = " reads ".join(map(repr, reversed(error.args[1])))
        raise GraphError(
            f"graph: a cycle: {cycle}: each node must read what can be known before it"
        ) from None
    nodes = list(reads)
    place = {node: index for index, node in enumerate(nodes)}
    order: list[str] = []
    ready: list[int] = []
    while sorter.is_active():
        for node in sorter.get_ready():
            heappush(ready, place[node])
        order.append(nodes[heappop(ready)])
        sorter.done(order[-1])
    return order


def _output(output: Any, reads: dict[str, tuple[str, ...]]) -> str | tuple[str, ...]:
    if output is None:
        read = {name for names in reads.values() for name in names}
        ends = [node for node in reads if node not in read]
        if len(ends) > 1:
            raise GraphError(
                f"graph: nobody reads {quoted(ends)}: give output= one of them, or a tuple, and leave out "
                "what nobody needs"
            )
        return ends[0]
    several = isinstance(output, tuple)
    names: tuple[Any, ...] = output if several else (output,)
    if not names:
        raise GraphError("graph: output=(): give a node, or a tuple of nodes")
    for name in names:
        if name not in tuple(reads):
            raise _unknown(f"output={output!r:.60} names {name!r:.40}", str(name), "a node", reads)
    if len(set(names)) < len(names):
        raise GraphError(f"graph: output={output!r:.60} has a name twice: give each once")
    return names if several else names[0]
