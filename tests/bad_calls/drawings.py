"""Bad calls of pictures and plots."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import purenn as pn
from purenn import drawing
from purenn.errors import ArrayError, KindError, LabelError, OptionError, ShapeError
from purenn.explain import explain

from .row import A, Raw, Row

ONE = explain(pn.relu, (), [1.0, -2.0])
MANY = explain(pn.affine(3, 20), ([[1.0] * 20] * 3, [0.0] * 20), [1.0, 2.0, 3.0])
LONG = explain(pn.chain(*[pn.relu] * 101), ((),) * 101, 1.0)
X, Y = [[0.0, 0.0], [1.0, 1.0]], [0, 1]
MODEL, PARAMS = pn.affine(2, 2), ([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])


def picture(explanation: Any, error: type[Exception], match: str, **options: Any) -> Row:
    return Row("draw", partial(drawing.draw, explanation), (), error, "^draw: " + match, options)


def history(error: type[Exception], match: str, value: Any) -> Row:
    return Row("plot_history", drawing.plot_history, (value,), error, "^plot_history: " + match)


def boundary(error: type[Exception], match: str, *arguments: Any, **options: Any) -> Row:
    match = "^plot_decision_boundary: " + match
    call = drawing.plot_decision_boundary
    return Row("plot_decision_boundary", call, arguments, error, match, options)


def weights(error: type[Exception], match: str, *arguments: Any) -> Row:
    return Row("plot_weights", drawing.plot_weights, arguments, error, "^plot_weights: " + match)


def gradients(error: type[Exception], match: str, value: Any) -> Row:
    return Row("plot_gradients", drawing.plot_gradients, (value,), error, "^plot_gradients: " + match)


ROWS = [
    picture(pn.relu, KindError, "explanation is a Layer, wanted an Explanation: give what purenn.explain"),
    picture(ONE, OptionError, "level='number': choose 'op' or 'scalar'", level="number"),
    picture(ONE, OptionError, "theme='blue': choose 'auto', 'light' or 'dark'", theme="blue"),
    picture(ONE, OptionError, "digits=2.5: wanted a whole number from 1", digits=2.5),
    picture(MANY, OptionError, "level='scalar' of 1 ops has more than 48 gates or 100 .* take level='op'",
            level="scalar"),
    picture(LONG, OptionError, "101 ops are more than 100, too many to read: take a smaller part of the"),
    history(KindError, "history is a int, wanted TrainStates or numbers: give those of train", 3),
    history(KindError, "history has a str, wanted a TrainState or a number: give those of", Raw(["a"])),
    history(KindError, "run 'a' is a int, wanted TrainStates or numbers", {"a": 3}),
    history(OptionError, "history has no step: give at least one loss", Raw([])),
    history(OptionError, "no runs: give at least one, such as", {}),
    boundary(KindError, "model is a function, wanted a Layer: give the model that", pn.affine, PARAMS, X, Y),
    boundary(OptionError, "resolution=1: wanted a whole number from 2", MODEL, PARAMS, X, Y, resolution=1),
    boundary(ShapeError, r"x \(2, 3\): wanted \(N, 2\), so that samples are points", MODEL, PARAMS, A, Y),
    boundary(ShapeError, r"x \(2, 2\) and y \(3,\) do not meet: one row of", MODEL, PARAMS, X, [0, 1, 0]),
    boundary(LabelError, "y has a label that is no class: labels are whole numbers from 0", MODEL, PARAMS, X,
             [0.0, 0.5]),
    boundary(LabelError, "y has a label that is no class", MODEL, PARAMS, X, [0.0, math.nan]),
    boundary(ArrayError, "x is 'x': an array is made of", MODEL, PARAMS, "x", Y),
    weights(ShapeError, r"w \(2, 3\) and images \(2, 2\) do not meet: wanted \(4, m\)", A, (2, 2)),
    weights(KindError, r"shape is a int, wanted two sizes: give \(rows, columns\)", A, 2),
    weights(OptionError, "rows=0: wanted a whole number from 1", A, (0, 2)),
    weights(ArrayError, "w is None: an array is made of", None, (1, 2)),
    gradients(OptionError, "there is no gradient: give those of params, at least one array", ()),
    gradients(ArrayError, r"grads\['w'\] is 'w': an array is made of", {"w": "w"}),
]  # fmt: skip
