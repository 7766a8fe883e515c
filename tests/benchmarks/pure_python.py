"""The list backend beside graphs of scalars in pure Python: micrograd's demo, and the digits network."""

from __future__ import annotations

import math
import random
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import purenn as pn

from .measure import Candidate, agree, gather, measure
from .networks import steps
from .report import Goal, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTS, GRAPH = "purenn, lists", "micrograd"
ON = ", gc on"
ALPHA = 1e-4


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """The demo's moons, then digits. A graph leaves a million objects to a collector that is on."""
    model = pn.chain(pn.affine(2, 16), pn.relu, pn.affine(16, 16), pn.relu, pn.affine(16, 1))
    x, y = pn.data.moons(0, samples=50)
    signs = [[2.0 * label - 1] for label in y]
    ours = [demo(model, x, signs, xp=xp) for xp in ("lists", "numpy")]
    ours.append(demo(model, x, signs, xp="lists")._replace(name=LISTS + ON, collects=True))
    peers = {
        GRAPH: partial(demo_graph, model, x, signs),
        GRAPH + ON: partial(demo_graph, model, x, signs, collects=True),
    }
    goals = [Goal(LISTS, GRAPH, 1 / 35), Goal(LISTS + ON, GRAPH + ON, 1 / 300)]
    yield table("micrograd's demo: 2-16-16-1, 100 samples", ours, peers, goals, seconds)

    model, (x, y) = digits_network(), images()
    ours = [step_of(model, x, y, xp="lists"), step_of(model, x, y, xp="numpy"), products(32, 64, 32, 10)]
    peers = {GRAPH: partial(step_graph, model, x, y)}
    goals = [Goal(LISTS, GRAPH, 1 / 80)]
    yield table("64-32-10, sgd, batch 32", ours, peers, goals, seconds)


def table(
    work: str,
    ours: list[Candidate],
    peers: dict[str, Callable[[], Candidate]],
    goals: list[Goal],
    seconds: float,
) -> Table:
    """One, whose losses agree to 1e-12."""
    candidates, missing = gather(ours, peers)
    agree(candidates, steps=3, within=1e-12)
    over = [one.name for one in candidates if one.name in ("floor", GRAPH, GRAPH + ON)]
    return Table(work, "", measure(candidates, over=over, seconds=seconds) + missing, goals)


def digits_network() -> pn.Layer:
    """That of the README's ten lines."""
    return pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))


def images() -> tuple[Any, Any]:
    """A batch of 32."""
    digits = pn.load_digits()
    return [[pixel / 16 for pixel in image] for image in digits.x[:32]], digits.y[:32]


def step_of(model: pn.Layer, x: Any, y: Any, *, xp: str) -> Candidate:
    """A step of gradient descent with the public functions."""
    params, *batch = pn.convert((model.init(0), x, y), xp)
    return Candidate(f"purenn, {xp}", steps(model, pn.softmax_cross_entropy, pn.sgd(0.1), params, [batch]))


def demo(model: pn.Layer, x: Any, signs: Any, *, xp: str) -> Candidate:
    """The demo with the public functions: hinge loss, L2, a rate that falls."""
    loss_and_grads = pn.loss_and_grads(model, pn.hinge)
    optimizer = pn.transform_grads(pn.sgd(rate), pn.l2(2 * ALPHA))
    params, x, signs = pn.convert((model.init(0), x, signs), xp)
    state = optimizer.init(params)

    def step() -> Any:
        nonlocal params, state
        loss, grads, _ = loss_and_grads(params, x, signs)
        total = loss + pn.l2_penalty(params, 2 * ALPHA)
        params, state = optimizer.update(grads, state, params)
        return total

    return Candidate(f"purenn, {xp}", step)


def rate(k: int) -> float:
    """The demo's, which ends at a tenth after 100 steps."""
    return 1.0 - 0.9 * min(k, 100) / 100


def demo_graph(model: pn.Layer, x: Any, signs: Any, *, collects: bool = False) -> Candidate:
    """The demo as micrograd gives it."""
    from micrograd.engine import Value

    network = network_of(model.init(0))
    k = 0

    def step() -> float:
        nonlocal k
        inputs = [list(map(Value, row)) for row in x]
        scores = list(map(network, inputs))
        losses = [(1 + -sign * score).relu() for (sign,), score in zip(signs, scores, strict=True)]
        data = sum(losses) * (1.0 / len(losses))
        total = data + ALPHA * sum(p * p for p in network.parameters())
        network.zero_grad()
        total.backward()
        for p in network.parameters():
            p.data -= rate(k) * p.grad
        k += 1
        return total.data

    return Candidate(GRAPH, step, collects=collects)


def step_graph(model: pn.Layer, x: Any, y: Any) -> Candidate:
    """The digits network on micrograd's values, with the exponential and the logarithm that they lack."""
    from micrograd.engine import Value

    network = network_of(model.init(0))

    def of(v: Any, out: float, slope: float) -> Any:
        result = Value(out, (v,))

        def backward() -> None:
            v.grad += slope * result.grad

        result._backward = backward
        return result

    def loss_of(scores: list[Any], label: int) -> Any:
        exps = [of(s, math.exp(s.data), math.exp(s.data)) for s in scores]
        total = sum(exps)
        return of(total, math.log(total.data), 1 / total.data) - scores[label]

    def step() -> float:
        rows = [network(list(map(Value, row))) for row in x]
        loss = sum(map(loss_of, rows, y)) * (1.0 / len(rows))
        network.zero_grad()
        loss.backward()
        for p in network.parameters():
            p.data -= 0.1 * p.grad
        return loss.data

    return Candidate(GRAPH, step)


def network_of(params: Any) -> Any:
    """micrograd's network with our numbers."""
    from micrograd.nn import MLP

    random.seed(0)
    affines = [own for own in params if own]
    network = MLP(len(affines[0].w), [len(own.b) for own in affines])
    for layer, own in zip(network.layers, affines, strict=True):
        for neuron, weights, bias in zip(layer.neurons, zip(*own.w, strict=True), own.b, strict=True):
            neuron.b.data = bias
            for value, weight in zip(neuron.w, weights, strict=True):
                value.data = weight
    return network


def products(batch: int, *sizes: int) -> Candidate:
    """The products of a step on lists, each a dot product written out, and nothing else."""
    number = random.Random(0).random
    hs = [[[number() for _ in range(n)] for _ in range(batch)] for n in sizes]
    ws = [[[number() for _ in range(m)] for _ in range(n)] for n, m in pairwise(sizes)]

    def columns(rows: list[list[float]]) -> list[tuple[float, ...]]:
        return list(zip(*rows, strict=True))

    calls = []
    for index, w in enumerate(ws):
        h, d = hs[index], hs[index + 1]
        calls += [(dots(len(w)), h, columns(w)), (dots(batch), columns(h), columns(d))]
        calls += [(dots(len(w[0])), d, w)] if index else []

    def step() -> None:
        for function, rows, cols in calls:
            function(rows, cols)

    return Candidate("floor", step, None)


@cache
def dots(k: int) -> Callable[[Any, Any], list[list[float]]]:
    """``rows @ cols.T`` where each row has k numbers, without a loop over them."""
    a, b = ([f"{letter}{i}" for i in range(k)] for letter in "ab")
    terms = " + ".join(map("{} * {}".format, a, b))
    code = f"lambda rows, cols: [[{terms} for {', '.join(b)}, in cols] for {', '.join(a)}, in rows]"
    function: Callable[[Any, Any], list[list[float]]] = eval(code)
    return function
