"""A layer of named nodes that read each other: skip connections, several inputs, shared weights."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends import agree_trees
from ..errors import GraphError, TreeError
from ..random import fold_in
from ..trees import tree_leaves
from ._layer import Layer, LayerGrads, Parts
from ._op import PAIRS, op_of
from ._several import abreast, total, wrong_cache
from ._wiring import Wiring, quoted, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._types import Array, DType, Key, Params, Shape
    from ..backends._protocol import Backend

    Xp = Backend | str | None


class GraphCache(NamedTuple):
    """The caches of the nodes by name; ``form`` is empty, a dict or a tuple as x was."""

    form: Any
    nodes: dict[str, Any]


class _Node(NamedTuple):
    """A node without its layer: ``owner`` is where its params are, None for a pair, which has none

    ``need_x`` is what its backward is told where the gradient of the graph's x is needed and where it is not:
    whether anything that it reads leads to what has a gradient; of the arguments of a pair, each by itself.
    """

    name: str
    reads: tuple[str, ...]
    owner: str | None
    need_x: dict[bool, Any]


def graph(
    inputs: str | tuple[str, ...],
    nodes: Mapping[str, tuple[Any, ...]],
    *,
    params: Mapping[str, tuple[Callable[..., Array], Shape]] | None = None,
    layers: Mapping[str, Layer[Any]] | None = None,
    output: str | tuple[str, ...] | None = None,
) -> Layer[GraphCache]:
    """``{node: (op, *names)}``: each node is op of inputs, params and other nodes, written in any order

    - An op is the name of a pair in ``purenn.functional``, a pair ``(forward, backward)`` of yours whose
      arguments are the names', or a Layer, which reads one name, or a tuple of several as ``add`` does.
    - ``layers={"encode": affine(4, 3)}`` names layers that any number of nodes run, as op ``"encode"``, with
      one set of params; ``params={"w": (glorot_uniform, (4, 3))}`` names params: nodes read them like inputs.
    - x is one array for one input given as ``"x"``; else a dict by name, or a tuple in the order of inputs,
      and so is its gradient, in which what only targets and labels feed is None.
    - The output is that of the node that nobody reads, or of the one or tuple of them that ``output`` names.

    The params are a dict: those of each layer, ``()`` too, under the name of its node or its own; and each of
    ``params``. Keys count the nodes as they are evaluated, as written where that can be, as a chain does. The
    gradients of what several nodes read add, from the last of them to the first.
    Errors: GraphError for a cycle, a name that is unknown, given twice or never read, and a pair with too few
    or too many arguments; KindError; TreeError for x or params of other names. What a node raises says which.

    >>> bill = graph(
    ...     ("price", "apples", "tax"),
    ...     {"goods": ("multiply", "price", "apples"), "bill": ("multiply", "goods", "tax")},
    ... )
    >>> out, cache = bill.forward({}, {"price": 100, "apples": 2, "tax": 1.5})
    >>> out, bill.backward(1, cache).x
    (300.0, {'price': 3.0, 'apples': 150.0, 'tax': 200})
    """
    own: Mapping[str, Any] = {} if params is None else params
    named: Mapping[str, Layer[Any]] = {} if layers is None else layers
    wiring = wire(inputs, nodes, own, named, output)
    for name in named:
        if name in PAIRS:
            raise GraphError(f"graph: layer {name!r} has the name of a pair of purenn: give it another")
    leads = set(own)  # what leads to params: its gradient is needed where nobody reads that of x, too
    specs, ops = [], []
    for node, reads in wiring.reads.items():
        op, is_pair = op_of(node, nodes[node][0], reads, named)
        needs = tuple(name in leads for name in reads)
        if any(needs) or not is_pair:
            leads.add(node)
        owner = None if is_pair else wiring.shared.get(node, node)
        need = needs if is_pair and len(reads) > 1 and any(needs) else any(needs)
        specs.append(_Node(node, reads, owner, {False: need, True: True}))
        ops.append(op)
    drawn: dict[str, Callable[..., Array]] = {name: partial(_draw, *each) for name, each in own.items()}
    plan = _Plan(wiring, tuple(specs), tuple(named), drawn, frozenset(leads))
    return _graph(plan, *ops)


class _Plan:
    """A graph without the layers of its nodes: what goes in, what comes out, under which names."""

    def __init__(
        self,
        wiring: Wiring,
        nodes: tuple[_Node, ...],
        named: tuple[str, ...],
        drawn: dict[str, Callable[..., Array]],
        leads: frozenset[str],
    ) -> None:
        self.wiring, self.nodes, self.named, self.drawn = wiring, nodes, named, drawn
        self.single = isinstance(wiring.inputs, str)
        names = (wiring.inputs,) if isinstance(wiring.inputs, str) else wiring.inputs
        self.inputs = dict.fromkeys(names)
        self.leads = {False: leads, True: leads.union(self.inputs, wiring.reads)}
        self.outputs = wiring.output if isinstance(wiring.output, tuple) else (wiring.output,)

    def values(self, x: Any) -> dict[str, Any]:
        """The inputs by name."""
        if self.single:
            return dict.fromkeys(self.inputs, x)
        if type(x) is tuple:
            return dict(zip(self.inputs, abreast("graph: x", x, len(self.inputs), "input"), strict=True))
        _check_keys("x", x, self.inputs, f"or a tuple of {len(self.inputs)}")
        return dict(x)

    def like_x(self, form: Any, grads: dict[str, Any]) -> Any:
        """The gradients of the inputs, in the form of x."""
        found = {name: grads.get(name) for name in self.inputs}
        if self.single:
            return next(iter(found.values()))
        return found if isinstance(form, dict) else tuple(found.values())

    def douts(self, dout: Any) -> dict[str, Any]:
        """What comes back to each output."""
        if not isinstance(self.wiring.output, tuple):
            return {self.wiring.output: dout}
        each = abreast("graph_backward: dout", dout, len(self.outputs), "gradient")
        return dict(zip(self.outputs, each, strict=True))

    def caches(self, cache: Any) -> dict[str, Any]:
        if type(cache) is not GraphCache or cache.nodes.keys() != self.wiring.reads.keys():
            raise wrong_cache("graph", cache, f"GraphCache of the nodes {quoted(self.wiring.reads)}")
        return cache.nodes


def _graph(plan: _Plan, *layers: Layer[Any]) -> Layer[GraphCache]:
    steps = tuple(zip(plan.nodes, layers, strict=True))
    owned = {node.owner: op.init for node, op in steps if node.owner}
    places = {node.name: index for index, node in enumerate(plan.nodes)}
    makers = {name: (index, owned[name]) for name, index in places.items() if name in owned}
    later = [*((name, owned[name]) for name in plan.named), *plan.drawn.items()]
    makers |= {name: (len(steps) + index, make) for index, (name, make) in enumerate(later)}

    def init(key: Key, *, xp: Xp = None, dtype: DType = None) -> dict[str, Params]:
        return {name: make(fold_in(key, at), xp=xp, dtype=dtype) for name, (at, make) in makers.items()}

    def forward(
        params: dict[str, Params], x: Any, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Any, GraphCache]:
        _check_keys("params", params, makers, "take them from init(key)")
        values = plan.values(x)
        xp = agree_trees("graph", {"x": x, "params": params}, xp)
        for name in plan.drawn:
            values[name] = params[name]
        caches = {}
        for index, (node, op) in enumerate(steps):
            try:
                reads = node.reads
                given = values[reads[0]] if len(reads) == 1 else tuple([values[name] for name in reads])
                own = params[node.owner] if node.owner else ()
                drawn = None if key is None else fold_in(key, index)
                values[node.name], caches[node.name] = op.forward(own, given, key=drawn, xp=xp)
            except Exception as error:
                error.add_note(f"in node {node.name!r} of a graph")
                raise
        out = tuple(values[name] for name in plan.outputs)
        cache = GraphCache({} if isinstance(x, dict) else (), caches)
        return out if isinstance(plan.wiring.output, tuple) else out[0], cache

    def backward(dout: Any, cache: GraphCache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        caches = plan.caches(cache)
        leads = plan.leads[need_x]
        sums = plan.douts(dout)
        grads: dict[str, Params] = {}
        for node, op in reversed(steps):
            if node.name not in sums:
                continue
            try:
                need = node.need_x[need_x]  # a pair, told that it has none, does nothing
                dparams, dx = op.backward(sums.pop(node.name), caches[node.name], need_x=need, xp=xp)
                if node.owner:
                    _add(grads, node.owner, dparams, xp)
                for name, each in zip(node.reads, _each(dx, node.reads), strict=True):
                    if each is not None and name in leads:
                        _add(sums, name, each, xp)
            except Exception as error:
                error.add_note(f"in node {node.name!r} of a graph")
                raise
        grads |= {name: sums[name] for name in plan.drawn if name in sums}
        dparams = {name: grads[name] if name in grads else _none(name, makers[name][1]) for name in makers}
        return LayerGrads(dparams, plan.like_x(cache.form, sums) if need_x else None)

    def absorb(params: dict[str, Params], cache: GraphCache) -> dict[str, Params]:
        caches, after = plan.caches(cache), dict(params)
        for node, op in steps:
            if node.owner:
                after[node.owner] = op.absorb(after[node.owner], caches[node.name])
        return after

    parts = Parts("graph", None, layers, partial(_graph, plan), names=tuple(places), wiring=plan.wiring)
    return Layer(init, forward, backward, absorb, parts)


def _draw(initializer: Callable[..., Array], shape: Shape, key: Key, *, xp: Xp, dtype: DType) -> Array:
    return initializer(key, shape, xp=xp, dtype=dtype)


def _each(dx: Any, reads: tuple[str, ...]) -> tuple[Any, ...]:
    """The gradient of each name that a node reads."""
    if dx is None or len(reads) == 1:
        return (dx,) * len(reads)
    if not isinstance(dx, tuple) or len(dx) != len(reads):
        raise TreeError(
            f"graph: the gradient of x is {dx!r:.40}, wanted a tuple, one for each of {quoted(reads)}"
        )
    return dx


def _add(sums: dict[str, Any], name: str, grads: Any, xp: Xp) -> None:
    sums[name] = total([sums[name], grads], xp) if name in sums else grads


def _none(name: str, make: Callable[..., Params]) -> Params:
    """The gradient of params to which nothing has come back, if there are none."""
    params = make(0, xp=None, dtype=None)
    if tree_leaves(params):
        raise GraphError(
            f"graph_backward: no gradient comes back to the params of {name!r}: only what has none, such as "
            "targets, reads them; they must be frozen, or inputs"
        )
    return params


def _check_keys(what: str, have: Any, wanted: dict[str, Any], hint: str) -> None:
    if not isinstance(have, dict):
        got = f"a {type(have).__name__}"
    elif have.keys() != wanted.keys():
        missing = [name for name in wanted if name not in have]
        strange = [name for name in have if name not in wanted]
        lacks = f"without {quoted(missing)}" if missing else ""
        has = f"with {quoted(strange)}" if strange else ""
        got = "a dict " + " and ".join(filter(None, (lacks, has)))
    else:
        return
    of = f"a dict of {quoted(wanted)}" if wanted else "an empty dict"
    raise TreeError(f"graph: {what}: {got}, wanted {of}: {hint}")
