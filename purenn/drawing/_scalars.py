"""An explanation as a scene of its numbers: products, sums and elementwise functions are gates."""

from __future__ import annotations

import math
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import functional as F
from .._numerical import numbers_of
from ..backends import backend_of, lists
from ..backends.extras import shape
from ..errors import OptionError
from ..explain.words import by_index, indices, number_text
from ..trees import tree_leaves
from ._legend import role, shown
from ._ops import title
from ._scene import Gate, Line, Reader, Scene
from ._words import product_of

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..explain import Explanation, Step

GATES, LINES = 48, 100  # in a picture of more nobody finds a number again
ELEMENTWISE = (  # the caches of ops whose derivatives may all be 0
    F.AddCache, F.MultiplyCache, F.DropoutCache, F.ReluCache, F.LeakyReluCache, F.EluCache, F.SeluCache,
    F.SigmoidCache, F.TanhCache, F.SoftsignCache, F.HardSigmoidCache, F.GeluCache, F.SiluCache, F.MishCache,
    F.SoftplusCache, F.HardSwishCache, F.IdentityCache,
)  # fmt: skip
SIGNS = {"add": "+", "multiply": "*"}


class _Number(NamedTuple):
    """One number of the picture; ``readers`` are gates, the place there, and the gradient that comes back

    ``outside``: the gradients that it is given as an output.
    """

    name: str
    value: Any
    grad: Any
    source: int | None
    readers: list[tuple[int, int, Any]]
    role: str = ""
    outside: tuple[Any, ...] = ()


Place = tuple[str, tuple[int, ...]]  # a wire, and an index into it


def scene_of_scalars(found: Explanation, digits: int | None) -> Scene:
    """A gate for each product, sum, and number of an elementwise op; other ops stay whole

    Errors: OptionError where it would have more gates or wires than can be read.
    """
    if sum(math.prod(shape(wire.value)) for wire in found.wires.values()) > LINES:
        raise too_many(found)
    scalars = _Scalars(found)
    for step in found.steps:
        scalars.add(step)
        if len(scalars.gates) > GATES or len(scalars.numbers) > LINES:
            raise too_many(found)
    return scalars.scene(digits)


def too_many(found: Explanation) -> OptionError:
    return OptionError(
        f"draw: level='scalar' of {len(found.steps)} ops has more than {GATES} gates or {LINES} wires, "
        "too many to read: take level='op', or explain a smaller part"
    )


class _Scalars:
    """Gates and numbers, as the steps add them; a product, which is on no wire, goes by its gate."""

    def __init__(self, found: Explanation) -> None:
        self.found = found
        self.gates: list[Gate] = []
        self.steps = 0
        self.given: dict[Place | int, _Number] = {}
        self.numbers: dict[Place | int, _Number] = {}  # in the order in which they are met
        for name, wire in found.wires.items():
            grads, given = by_index(wire.grad), [by_index(dout) for dout in found.given(name)]
            for index, value in by_index(wire.value).items():
                self.given[name, index] = _Number(
                    found.element(name, index), value, grads.get(index), None, [], role(wire),
                    tuple(dout[index] for dout in given),
                )  # fmt: skip

    def read(self, key: Place | int, gate: int, place: int, grad: Any) -> _Number:
        """A gate reads a number."""
        number = self.numbers.setdefault(key, self.given[key]) if key in self.given else self.numbers[key]
        number.readers.append((gate, place, grad))
        return number

    def gate(self, label: str, step: Step) -> int:
        self.gates.append(Gate(label, "", title(step), self.steps))
        return len(self.gates) - 1

    def make(self, gate: int, wire: str, index: Shape) -> None:
        """A gate's output is a number of a wire."""
        self.numbers[wire, index] = self.given[wire, index]._replace(source=gate, role="")

    def add(self, step: Step) -> None:
        self.steps += 1
        ways = ways_of(step)
        if isinstance(step.cache, (F.AffineCache, F.MatmulCache)):
            self.add_products(step)
        elif ways is not None:
            self.add_elementwise(step, ways)
        else:
            self.add_whole(step)

    def add_products(self, step: Step) -> None:
        x, w, upstream = (by_index(value) for value in (step.cache.x, step.cache.w, step.upstream))
        features = shape(step.cache.w)[0]
        alone = features + ("b" in step.inputs) == 1  # a sum of one is none
        for place, up in upstream.items():
            row, column = place[: len(shape(step.cache.x)) - 1], place[len(shape(step.cache.x)) - 1 :]
            terms: list[Place | int] = []
            for feature in range(features):
                ends = ((*row, feature), (feature, *column))
                keys: list[Place] = [(step.inputs["x"], ends[0]), (step.inputs["w"], ends[1])]
                gate = self.gate("*", step)
                value, *grads = times(x[ends[0]], w[ends[1]], up, step.out)
                read = (self.read(keys[side], gate, side, grads[side]) for side in (0, 1))
                name = product_of(*(number.name for number in read))
                if alone:
                    self.make(gate, step.output, place)
                else:
                    self.numbers[gate] = _Number(name, value, up, gate, [])
                    terms.append(gate)
            if not alone:
                total = self.gate("+", step)
                terms += [(step.inputs["b"], column)] if "b" in step.inputs else []
                for number, term in enumerate(terms):
                    self.read(term, total, number, up)
                self.make(total, step.output, place)

    def add_elementwise(self, step: Step, ways: dict[str, dict[Shape, Shape]]) -> None:
        upstream = by_index(step.upstream)
        for place, up in upstream.items():
            gate = self.gate(SIGNS.get(step.op, step.op), step)
            for number, (argument, way) in enumerate(ways.items()):
                grad = step.downstream.get(argument)
                if grad is not None and shape(grad) == shape(step.out):
                    grad = by_index(grad)[place]
                elif grad is not None:  # of a number that others read too
                    slope = by_index(step.local[argument])[place + way[place]]
                    grad = times(up, slope, up, step.out)[0]
                self.read((step.inputs[argument], way[place]), gate, number, grad)
            self.make(gate, step.output, place)

    def add_whole(self, step: Step) -> None:
        gate, number = self.gate(step.op, step), count()
        for argument, value in step.arguments.items():
            grads = by_index(step.downstream.get(argument))
            for index in by_index(value):
                self.read((step.inputs[argument], index), gate, next(number), grads.get(index))
        for wire in tree_leaves(step.output):
            for index in by_index(self.found.wires[wire].value):
                self.make(gate, wire, index)

    def scene(self, digits: int | None) -> Scene:
        if not self.numbers:  # a network without ops
            self.numbers = self.given

        def build(digits: int | None) -> list[Line]:
            def words(number: Any) -> str | None:
                return None if number is None else number_text(number, digits)

            lines = []
            for name, value, grad, source, readers, kind, given in self.numbers.values():
                answers = tuple(Reader(gate, place, words(answer)) for gate, place, answer in readers)
                outside = " + ".join(number_text(dout, digits) for dout in given) if readers else ""
                text = number_text(value, digits)
                lines.append(Line(name, text, words(grad), source, answers, kind, outside or None))
            return lines

        return Scene(tuple(self.gates), *shown(self.found, digits, build))


def ways_of(step: Step) -> dict[str, dict[Shape, Shape]] | None:
    """For an elementwise op, which number of each argument each number of out depends on, else None

    Its derivatives tell: all others are 0. Where all are, as those of a saturated softmax, only an op that
    is known to be elementwise, or has but one number of each, is one.
    """
    if not isinstance(step.output, str):
        return None
    ways = {}
    told = isinstance(step.cache, ELEMENTWISE) or math.prod(shape(step.out)) == 1
    for argument, value in step.arguments.items():
        way = _broadcast(shape(step.out), shape(value))
        slopes = step.local.get(argument)
        if way is None or (slopes is None and step.downstream.get(argument) is not None):
            return None
        start = len(shape(step.out))
        if any(
            slope != 0 and place[start:] != way[place[:start]] for place, slope in by_index(slopes).items()
        ):
            return None
        told = told or any(slope != 0 for slope in by_index(slopes).values())
        ways[argument] = way
    return ways if told else None


def _broadcast(full: Shape, sizes: Shape) -> dict[Shape, Shape] | None:
    """For each index of an array that others were broadcast to, that of one of them; None if it was not."""
    start = len(full) - len(sizes)
    if start < 0 or any(size not in (1, other) for size, other in zip(sizes, full[start:], strict=True)):
        return None
    fixed = [size == 1 for size in sizes]
    return {
        place: tuple(0 if only else at for only, at in zip(fixed, place[start:], strict=True))
        for place in indices(full)
    }


def times(x: Any, y: Any, dout: Any, like: Array) -> list[Any]:
    """``x * y`` and the gradients of the two, computed as numbers of an array are

    >>> times(100, 2, 1.1, 0.0)
    [200, 2.2, 110.00000000000001]
    """
    xp: Any = backend_of(like)
    if xp is not lists:
        x, y, dout = (xp.asarray(number, dtype=like.dtype) for number in (x, y, dout))
    out, cache = F.multiply_forward(x, y, xp=xp)
    return numbers_of((out, *F.multiply_backward(dout, cache, xp=xp)))
