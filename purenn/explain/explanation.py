"""What happened in a network, op by op, as a value."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .._numerical import numbers_of
from ..backends.extras import shape
from ..errors import OptionError
from ..trees import tree_leaves
from .words import element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._types import Array

Kind = TypeVar("Kind")


def _equal(one: Any, other: object) -> bool:
    """Whether two values have the same fields, their arrays bit for bit."""
    if one is other or type(one) is not type(other):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if one is None or isinstance(one, str):
        return bool(one == other)
    return _bits(one) == _bits(other)


def _bits(leaf: Any) -> tuple[Any, ...]:
    """All there is to an array, as something that compares: floats as their bytes, which is fast."""
    numbers = numbers_of(leaf)
    floats = set(map(type, numbers)) == {float}
    bits: Any = array("d", numbers).tobytes() if floats else list(map(repr, numbers))
    return str(getattr(leaf, "dtype", type(leaf))), shape(leaf), bits


def _by_bits(kind: type[Kind]) -> type[Kind]:
    """A NamedTuple whose values are equal where they agree to the last bit; arrays alone cannot say so."""

    def differ(one: Any, other: object) -> bool:
        return not _equal(one, other)

    for name, method in (("__eq__", _equal), ("__ne__", differ), ("__hash__", None)):
        setattr(kind, name, method)
    return kind


@_by_bits
class Wire(NamedTuple):
    """A value on its way from one op to others, and the gradient on its way back

    ``name`` is what it is called here (``x``, ``w1``, ``h1``, ``y``, ``L``), ``path`` where it comes from
    (``params[0].w``). A value without a gradient, such as a label, has None.
    """

    name: str
    path: str
    value: Array
    grad: Array | None


@_by_bits
class Step(NamedTuple):
    """One op, forward and backward

    - ``name``: its place and op, ``0 affine``; ``formula`` and ``gradients``: what its functions say they do,
      ``out = x @ w + b`` and ``{"x": "dout @ w.T"}``.
    - ``inputs``: the wire of each argument; ``output``: that of out, a tree of them where out is one.
    - ``arguments``, ``out``, ``cache``: what forward was given, and what it returned.
    - ``upstream``: the gradient of out; ``downstream``: those of the arguments that have one.
    - ``local``: the derivative of out by each argument, nested lists of shape
      ``shape(out) + shape(argument)``; without those that would have too many numbers.
    """

    name: str
    op: str
    formula: str
    gradients: dict[str, str]
    inputs: dict[str, str]
    output: Any
    arguments: dict[str, Array]
    out: Any
    cache: Any
    upstream: Any
    local: dict[str, Any]
    downstream: dict[str, Array]

    def __str__(self) -> str:
        from ._text import step_text

        return step_text(self)


@_by_bits
class NonFinite(NamedTuple):
    """Where the first NaN or inf is: ``of`` is ``out``, or the argument whose gradient it is in

    ``step`` is "" for one that was given.
    """

    step: str
    of: str
    at: tuple[int, ...]
    value: Any


@_by_bits
class Explanation(NamedTuple):
    """What ``explain`` found: text when printed, a table in a notebook, Markdown by ``to_markdown()``

    ``output`` is the wire of the result, a tree of them where that is one; ``dout`` its gradient, with which
    backward began. Two are equal where they agree to the last bit; NaN equals NaN.
    """

    steps: tuple[Step, ...]
    wires: dict[str, Wire]
    output: Any
    dout: Any

    def step(self, name: str) -> Step:
        """The step of this name, or place, the one that makes this wire, or else the first of this op

        Errors: OptionError, which lists the names.
        """
        known: dict[str, Step] = {}
        for step in reversed(self.steps):
            known[step.op] = step
        for step in self.steps:
            known |= dict.fromkeys(tree_leaves(step.output), step)
        for step in self.steps:
            known |= {step.name.removesuffix(step.op).strip(): step, step.name: step}
        if name in known and name:
            return known[name]
        have = ", ".join(step.name for step in self.steps)
        raise OptionError(f"explanation: no step {name!r}: there are {have}")

    def element(self, wire: str, index: tuple[int, ...]) -> str:
        """What a number of a wire is called: ``w1``, or ``w[1]`` where a name of a wire ends in a number."""
        return element(wire, index, short=not any(name[-1].isdigit() for name in self.wires))

    def readers(self, wire: str) -> Iterator[tuple[Step, str]]:
        """The steps that read a wire, with the argument that it is there, in order."""
        for step in self.steps:
            for argument, name in step.inputs.items():
                if name == wire:
                    yield step, argument

    def given(self, wire: str) -> Iterator[Array]:
        """The gradient that backward began with, if the wire is a result."""
        for name, dout in zip(tree_leaves(self.output), tree_leaves(self.dout), strict=True):
            if name == wire:
                yield dout

    @property
    def chain_rule(self) -> dict[str, str]:
        """For each number of the small inputs, params and outputs: its gradient, written out

        >>> import purenn as pn
        >>> from purenn.explain import explain
        >>> model = pn.chain(pn.affine(2, 1), pn.relu)
        >>> params = (pn.layers.AffineParams(w=[[3.0], [0.5]], b=[1.0]), ())
        >>> explain(model, params, [1.0, 2.0]).chain_rule["w[1,0]"]
        'dL/dw[1,0] = dL/dy0 * 1(h0 > 0) * x1 = 1.0 * 1 * 2.0 = 2.0'
        """
        from ._chain_rule import chain_rule

        return chain_rule(self)

    @property
    def first_nonfinite(self) -> NonFinite | None:
        """The first NaN or inf, forward and then backward, and the op that made it."""
        from .diagnosis import first_nonfinite

        return first_nonfinite(self)

    @property
    def dead_relus(self) -> dict[str, tuple[int, ...]]:
        """For each relu, its units that are 0 for all samples: no gradient passes them."""
        from .diagnosis import dead_relus

        return dead_relus(self)

    @property
    def gradient_norms(self) -> dict[str, float]:
        """The Euclidean norm of the gradient of each wire that has one, in the order of forward."""
        from .diagnosis import gradient_norms

        return gradient_norms(self)

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *slices: str, digits: int | None = None) -> str:
        """As printed; ``slices`` such as ``"w1[:2, 0]"`` show these parts of large arrays

        ``digits``: how many of a float, all by default.
        Errors: OptionError for a slice that is none, or of a wire that is not here.
        """
        from ._text import text

        return text(self, slices, digits)

    def to_markdown(self, *slices: str, digits: int | None = None) -> str:
        """A table of the steps, then the chain rule, then parts of large arrays, as in ``to_text``."""
        from ._text import markdown

        return markdown(self, slices, digits)

    def _repr_html_(self) -> str:
        from ._text import html

        return html(self)
