"""Each function against its formula, in Python's own floats, number by number."""

from __future__ import annotations

import math
from math import erf, exp, expm1, log, log1p, sqrt, tanh

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.backends.extras import shape

from ..bad_calls.row import CUBE, A

POINTS = [-30.0, -4.0, -3.0, -2.5, -1.0, -0.3, -1e-3, 0.0, 1e-3, 0.2, 0.7, 1.0, 1.5, 3.0, 3.5, 6.0, 25.0]
SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def sigmoid(x):
    return 1 / (1 + exp(-x))


def clip(x, low, high):
    return min(max(x, low), high)


ELEMENTWISE = {
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else x * 0.01,
    "elu": lambda x: x if x > 0 else expm1(x),
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * expm1(x)),
    "gelu": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * tanh(log1p(exp(x))),
    "softplus": lambda x: log1p(exp(x)),
    "hard_swish": lambda x: x * clip(x + 3, 0, 6) / 6,
    "identity": lambda x: x,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: clip(x / 6 + 0.5, 0, 1),
}
LOSSES = {  # predictions p, targets t
    "mean_squared_error": lambda p, t: (p - t) ** 2,
    "half_squared_error": lambda p, t: (p - t) ** 2 / 2,
    "mean_absolute_error": lambda p, t: abs(p - t),
    "huber": lambda p, t: (p - t) ** 2 / 2 if abs(p - t) <= 1 else abs(p - t) - 0.5,
    "binary_cross_entropy": lambda p, t: -t * log(p) - (1 - t) * log1p(-p),
    "binary_cross_entropy_with_logits": lambda p, t: t * log1p(exp(-p)) + (1 - t) * log1p(exp(p)),
    "hinge": lambda p, t: max(1 - t * p, 0),
}
SHARES = [[[0.3, 0.7], [0.9, 0.1]], [[0.5, 0.5], [0.2, 0.8]], [[0.6, 0.4], [0.25, 0.75]]]  # (3, 2, 2)
SOFT = [[[1.0, 0.0], [0.25, 0.75]], [[0.0, 1.0], [0.5, 0.5]], [[0.125, 0.875], [1.0, 0.0]]]
LABELS = [[0, 1], [1, 1], [0, 0]]
SIGNS = [[[1, -1], [1, 1]], [[-1, -1], [1, -1]], [[1, -1], [-1, 1]]]


def close(found, want):
    assert list(lists.flat(pn.convert(found, "lists"))) == pytest.approx(
        list(lists.flat(want)), rel=1e-12, abs=1e-15
    )


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_are_their_formulas(name, pair_of):
    out, _ = getattr(F, f"{name}_forward")(pair_of.array(POINTS))
    if name == "gelu":  # 1 + erf loses digits far below 0
        out, close_to = out[4:], [ELEMENTWISE[name](x) for x in POINTS[4:]]
    else:
        close_to = [ELEMENTWISE[name](x) for x in POINTS]
    close(out, close_to)


def test_activations_with_options_are_their_formulas(pair_of):
    x = pair_of.array(POINTS)
    close(F.leaky_relu_forward(x, negative_slope=0.3)[0], [n if n > 0 else 0.3 * n for n in POINTS])
    steps = pair_of.array([-math.inf, -2.0, -0.0, 3.0, math.inf])
    close(F.leaky_relu_forward(steps, negative_slope=0)[0], [0.0, 0.0, 0.0, 3.0, math.inf])
    close(F.elu_forward(x, alpha=0.7)[0], [n if n > 0 else 0.7 * expm1(n) for n in POINTS])
    close(F.huber_forward(x, pair_of.array([0.0] * len(POINTS)), delta=2, reduction="none")[0],
          [n * n / 2 if abs(n) <= 2 else 2 * (abs(n) - 1) for n in POINTS])  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_their_formulas(name, pair_of):
    predictions = SHARES if name == "binary_cross_entropy" else CUBE
    targets = SIGNS if name == "hinge" else SOFT
    loss, _ = getattr(F, f"{name}_forward")(
        pair_of.array(predictions), pair_of.array(targets), reduction="none"
    )
    assert shape(loss) == (3, 2, 2)
    pairs = zip(lists.flat(predictions), lists.flat(targets), strict=True)
    close(loss, [LOSSES[name](p, t) for p, t in pairs])


def rows(x):
    return [row for block in x for row in block]


def log_softmax(row):
    top = log(sum(map(exp, row)))
    return [n - top for n in row]


def test_losses_of_classes_are_their_formulas(pair_of):
    scores, shares, soft, labels = map(pair_of.array, (CUBE, SHARES, SOFT, LABELS))
    logs = [log_softmax(row) for row in rows(CUBE)]
    truth = list(lists.flat(LABELS))
    weights, smoothing = [0.5, 2.0], 0.25
    smooth = [[0.75 * (c == label) + 0.125 for c in (0, 1)] for label in truth]
    weighed = [-sum(t * w * n for t, w, n in zip(row, weights, log_row, strict=True))
               for row, log_row in zip(smooth, logs, strict=True)]  # fmt: skip
    cases = [
        (F.softmax_cross_entropy_forward(scores, labels, reduction="none")[0],
         [-row[label] for row, label in zip(logs, truth, strict=True)]),
        (F.softmax_cross_entropy_forward(scores, soft, reduction="none")[0],
         [-sum(t * n for t, n in zip(*pair, strict=True)) for pair in zip(rows(SOFT), logs, strict=True)]),
        (F.softmax_cross_entropy_forward(
            scores, labels, reduction="none", class_weights=weights, label_smoothing=smoothing)[0], weighed),
        (F.cross_entropy_forward(shares, labels, reduction="none")[0],
         [-log(row[label]) for row, label in zip(rows(SHARES), truth, strict=True)]),
        (F.cross_entropy_forward(shares, soft, reduction="none")[0],
         [-sum(t * log(p) for t, p in zip(*pair, strict=True)) for pair in zip(rows(SOFT), rows(SHARES),
         strict=True)]),
        (F.kl_divergence_forward(pair_of.array([[log_softmax(row) for row in block] for block in CUBE]), soft,
                                 reduction="none")[0],
         [sum(t * (log(t) - n) for t, n in zip(*pair, strict=True) if t)
          for pair in zip(rows(SOFT), logs, strict=True)]),
        (F.softmax_forward(scores)[0], [[exp(n) for n in row] for row in logs]),
        (F.log_softmax_forward(scores)[0], logs),
    ]  # fmt: skip
    for found, want in cases:
        assert shape(found)[:2] == (3, 2)
        close(found, want)
    mean, _ = F.softmax_cross_entropy_forward(
        scores, labels, class_weights=weights, label_smoothing=smoothing
    )
    assert float(mean) == pytest.approx(sum(weighed) / sum(weights[label] for label in truth), rel=1e-12)


def test_no_library_is_asked_for_the_logarithm_of_0():
    """array_api_strict warns of it, and a warning is an error here."""
    other = pytest.importorskip("array_api_strict", exc_type=ImportError)
    scores, soft = other.asarray([[-1.0, -0.5]]), other.asarray([[1.0, 0.0]])
    assert float(F.kl_divergence_forward(scores, soft)[0]) == 1.0


def test_no_gradient_is_the_gradient_that_came_or_another():
    """Who changes one of his gradients changes none of the others."""
    for name, arguments in (("add", (A, A)), ("add", (A, A[0])), ("identity", (A,)), ("flatten", (A,))):
        out, cache = getattr(F, f"{name}_forward")(*arguments)
        dout = lists.ones_like(out)
        grads = getattr(F, f"{name}_backward")(dout, cache)
        held = {id(row) for tree in (dout, *arguments) for row in (tree, *tree)}
        for grad in grads:
            assert not held & {id(grad), *map(id, filter(lambda row: isinstance(row, list), grad))}
            held |= {id(grad)}


def test_math_is_finite_here():
    assert all(math.isfinite(f(x)) for f in ELEMENTWISE.values() for x in POINTS)
