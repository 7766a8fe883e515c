"""Bad calls of explain and summary."""

from __future__ import annotations

import math
from typing import Any

import purenn as pn
import purenn.functional as F
from purenn import explain
from purenn.errors import ArrayError, KindError, OptionError, ShapeError, TreeError

from .row import A, Raw, Row

AFFINE = (F.affine_forward, F.affine_backward)
W = [1.0, 2.0, 3.0]


def bad(error: type[Exception], match: str, *arguments: Any, **options: Any) -> Row:
    return Row("explain", explain.explain, arguments, error, "^" + match, options)


ROWS = [
    bad(KindError, r"explain: model is a function, wanted a Layer, a pair \(forward, backward\), or a list "
        r"of them: give one such as affine\(2, 3\)", pn.affine, (), A),
    bad(KindError, "explain: model is a list, wanted a Layer", Raw([]), (), A),
    bad(KindError, "explain: model is a int, wanted a Layer", Raw([pn.relu, 3]), ((), ()), A),
    bad(TreeError, "explain: params are a tuple of 0, wanted a tuple of 1: huber takes predictions, "
        "targets, the first of which is x: give the others", pn.huber, (), A),
    bad(TreeError, r"explain: params are a \w+, wanted a tuple of 2: affine takes x, w, b", AFFINE, A, A),
    bad(KindError, "explain: loss is a function, wanted a Loss: give one such as mean_squared_error",
        pn.relu, (), A, A, F.huber_forward),
    bad(OptionError, "explain: loss and targets belong together: give both or neither", pn.relu, (), A, A),
    bad(OptionError, "explain: loss and targets belong together", pn.relu, (), A, loss=pn.huber),
    bad(OptionError, "explain: dout and loss both say the gradient of the output: give one of them",
        pn.relu, (), A, A, pn.huber, dout=A),
    bad(OptionError, "explain: limit=0: wanted a whole number from 1", pn.relu, (), A, limit=0),
    bad(ArrayError, "explain: x is None: an array is made of real numbers", pn.relu, (), None),
    bad(ArrayError, r"explain: params\[1\] is 'b': an array is made of", AFFINE, (W, "b"), A),
    bad(ShapeError, r"relu_backward: dout \(3,\) and the output \(2, 3\) differ", pn.relu, (), A, dout=W),
    bad(ShapeError, r"affine: b \(3,\) and w \(3,\) do not meet: one bias an output, so b must be \(\)",
        AFFINE, (W, W), A),
    bad(TreeError, "explain: params are a tuple of 1, wanted a tuple of 2: take", Raw([AFFINE, pn.relu]),
        ((W, 1.0),), A),
    bad(OptionError, "xp='cuda' is no backend: known by name are", pn.relu, (), A, xp="cuda"),
    bad(KindError, "explain: model is a Optimizer, wanted a Layer", pn.sgd(0.1), (), A),
    bad(KindError, r"explain: sin returned a float, wanted \(out, cache\)", (math.sin, math.cos), (), 1.0),
    bad(KindError, "explain: the backward of relu returned a float, wanted a NamedTuple of gradients: give",
        (F.relu_forward, lambda dout, cache: 1.0), (), 1.0),
    bad(KindError, "explain: the backward of relu returned a AffineGrads, wanted a NamedTuple of gradients",
        (F.relu_forward, lambda dout, cache: F.AffineGrads(1, 2, 3)), (), 1.0),
    bad(KindError, "explain: <lambda> needs the option k: give a", (lambda x, *, k: x, len), (), 1.0),
    bad(KindError, "explain: <lambda> does not say its arguments: give a", (lambda *a: a, len), (), 1.0),
    bad(KindError, "explain: type does not say its arguments: give a", (type, len), (), 1.0),
    Row("summary", explain.summary, (AFFINE, (), A), TreeError,
        "^summary: params are a tuple of 0, wanted a tuple of 2: affine takes x, w, b"),
    Row("summary", explain.summary, (3, (), A), KindError, "^summary: model is a int, wanted a Layer"),
    Row("summary", explain.summary, (pn.relu, (), "x"), ArrayError, "^summary: x is 'x': an array"),
    Row("summary", explain.summary, (pn.affine(2, 1), ([[1.0], [2.0]], [0.5]), A), ShapeError,
        r"^affine: x \(2, 3\) and w \(2, 1\) do not meet: x has 3 features, w takes 2"),
]  # fmt: skip
