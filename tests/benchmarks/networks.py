"""The networks that are timed: purenn's public functions, the products alone, and the textbook's spelling."""

from __future__ import annotations

from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import purenn as pn

from .measure import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

B1, B2, EPS = 0.9, 0.999, 1e-8
RATES = {"sgd": 0.01, "adam": 0.001}


class Problem(NamedTuple):
    """Sizes of the layers, relu between them; several batches in turn; what every candidate begins with

    With one output, binary cross-entropy from logits; with more, softmax and cross-entropy.
    """

    sizes: tuple[int, ...]
    optimizer: str
    rate: float
    model: pn.Layer
    params: Any
    batches: list[tuple[Any, Any]]

    @property
    def affines(self) -> list[tuple[Any, Any]]:
        """Copies of the weights and biases."""
        return [(own.w.copy(), own.b.copy()) for own in self.params if own]

    @property
    def binary(self) -> bool:
        return self.sizes[-1] == 1


def problem(sizes: tuple[int, ...], batch: int, optimizer: str, *, dtype: Any = np.float32) -> Problem:
    """One with normal inputs and labels by chance: it is the time that counts."""
    layers = [layer for n, m in pairwise(sizes) for layer in (pn.affine(n, m, w_init=pn.he_normal), pn.relu)]
    model = pn.chain(*layers[:-1])
    random = np.random.default_rng(0)
    batches = []
    for _ in range(4):
        x = random.standard_normal((batch, sizes[0])).astype(dtype)
        labels = random.integers(0, max(sizes[-1], 2), batch)
        batches.append((x, labels[:, None].astype(dtype) if sizes[-1] == 1 else labels))
    params = model.init(0, xp="numpy", dtype=dtype)
    return Problem(sizes, optimizer, RATES[optimizer], model, params, batches)


def purenn(own: Problem) -> Candidate:
    """The public functions, as in the README."""
    loss = pn.binary_cross_entropy_with_logits if own.binary else pn.softmax_cross_entropy
    optimizer = getattr(pn, own.optimizer)(own.rate)
    return Candidate("purenn", steps(own.model, loss, optimizer, own.params, own.batches))


def steps(model: pn.Layer, loss: pn.Loss, optimizer: Any, params: Any, batches: Any) -> Callable[[], Any]:
    """The next step of training, on the next of the batches in turn, which returns the loss."""
    loss_and_grads, turn = pn.loss_and_grads(model, loss), cycle(batches)
    state = optimizer.init(params)

    def step() -> Any:
        nonlocal params, state
        value, grads, _ = loss_and_grads(params, *next(turn))
        params, state = optimizer.update(grads, state, params)
        return value

    return step


def floor(own: Problem) -> Candidate:
    """The products that a step cannot do without, into arrays that are there already, and nothing else."""
    ws = [w for w, _ in own.affines]
    dws = [w.copy() for w in ws]
    hs = [own.batches[0][0]]
    for w in ws:
        hs.append(hs[-1] @ w)
    dhs = [h.copy() for h in hs]
    layers = range(len(ws))

    def products(x: Any) -> list[tuple[Any, Any, Any]]:
        inputs = [x, *hs[1:]]
        forward = [(inputs[i], ws[i], hs[i + 1]) for i in layers]
        inward = [(dhs[i + 1], ws[i].T, dhs[i]) for i in layers[:0:-1]]
        return forward + inward + [(inputs[i].T, dhs[i + 1], dws[i]) for i in layers]

    batches, dot = cycle([products(x) for x, _ in own.batches]), np.dot

    def step() -> None:
        for left, right, out in next(batches):
            dot(left, right, out)

    return Candidate("floor", step, None)


def textbook(own: Problem, *, need_x: bool = True) -> Candidate:
    """The same functions in numpy's plain spelling; ``need_x``: with that of x, as tutorials do."""
    affines, batches, update = own.affines, cycle(own.batches), textbook_update(own)

    def step() -> Any:
        nonlocal affines
        x, labels = next(batches)
        inputs, zs = [], []
        h = x
        for w, b in affines:
            inputs.append(h)
            zs.append(h @ w + b)
            h = np.maximum(zs[-1], 0)
        loss, d = _loss(zs[-1], labels)
        grads = []
        for index in reversed(range(len(affines))):
            if index < len(affines) - 1:
                d = d * (zs[index] > 0)
            grads.append((inputs[index].T @ d, np.sum(d, axis=0)))
            if index or need_x:
                d = d @ affines[index][0].T
        affines = update(grads[::-1], affines)
        return loss

    return Candidate("textbook" if need_x else "textbook, no dx", step)


def textbook_update(own: Problem) -> Any:
    """``update(grads, affines)``: gradient descent or Adam, an array at a time."""
    rate, t = own.rate, 0
    moments = [[(np.zeros_like(p), np.zeros_like(p)) for p in affine] for affine in own.affines]

    def adam(g: Any, p: Any, m: Any, v: Any) -> Any:
        m = B1 * m + (1 - B1) * g
        v = B2 * v + (1 - B2) * g**2
        return p - rate * (m / (1 - B1**t)) / (np.sqrt(v / (1 - B2**t)) + EPS), (m, v)

    def update(grads: Any, affines: Any) -> Any:
        nonlocal t, moments
        if own.optimizer == "sgd":
            return [(w - rate * dw, b - rate * db) for (dw, db), (w, b) in zip(grads, affines, strict=True)]
        t += 1
        rows = zip(grads, affines, moments, strict=True)
        new = [[adam(g, p, *mv) for g, p, mv in zip(*row, strict=True)] for row in rows]
        moments = [[mv for _, mv in pair] for pair in new]
        return [tuple(p for p, _ in pair) for pair in new]

    return update


def _loss(z: Any, labels: Any) -> tuple[Any, Any]:
    """The mean loss and its gradient."""
    n = len(z)
    if z.shape[1] == 1:
        p = 1 / (1 + np.exp(-z))
        return np.mean(np.logaddexp(0, z) - labels * z), (p - labels) / n
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    rows = np.arange(n)
    loss = -np.mean(np.log(p[rows, labels]))
    d = p.copy()
    d[rows, labels] -= 1
    return loss, d / n
