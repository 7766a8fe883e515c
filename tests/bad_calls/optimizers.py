"""Bad calls of optimizers, transforms and schedules."""

from __future__ import annotations

import math
from decimal import Decimal

import purenn as pn
from purenn.errors import ArrayError, CacheError, KindError, OptionError, ShapeError, TreeError
from purenn.optimizers import AdamState, MomentumState, SGDState

from .row import Raw, Row, made

RATE, SHARE = "wanted a finite number from 0", "wanted a number from 0 to below 1"
MAKERS = (
    "sgd",
    "momentum",
    "nesterov",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adam",
    "adamw",
    "adamax",
    "nadam",
    "amsgrad",
)
s = pn.schedules


def options(name, *cases, where=pn, **good):
    """Rows ``(option, value, what was wanted)`` of one maker."""
    call = getattr(where, name)
    return [
        Row(name, call, (), OptionError, f"^{name}: {option}={shown}: {wanted}", good | {option: value})
        for option, value, shown, wanted in cases
    ]


def of_every_optimizer(name):
    optimizer = getattr(pn, name)(0.1)
    x = [1.0, 2.0]
    return [
        *options(name, ("learning_rate", -0.1, "-0.1", RATE), ("learning_rate", "0.1", "'0.1'", RATE)),
        Row(name, optimizer.init, ({"w": None},), ArrayError,
            rf"^{name}: params\['w'\] is None: an array is made of"),
        Row(name, optimizer.init, (Raw([[1.0], [2.0, 3.0]]),), ShapeError,
            rf"^{name}: params is ragged: params\[0\] has"),
        Row(name, optimizer.update, (x, (0, x), x), CacheError,
            rf"^{name}: state is tuple, wanted \w+State: give a state of this optimizer's init"),
        Row(name, optimizer.update, ((x,), optimizer.init([1.0, 2.0]), x), TreeError,
            f"^{name}: params and grads: trees differ at the top: .* give trees with the same branches"),
    ]  # fmt: skip


ADAM, SGD = pn.adam().update, pn.sgd(0.1).update
LATE = pn.adam(lambda step: -0.5)
ROWS = [
    *(row for name in MAKERS for row in of_every_optimizer(name)),
    *options("sgd", ("learning_rate", math.nan, "nan", RATE), ("learning_rate", True, "True", RATE),
             ("learning_rate", 10**400, "1000.*", RATE), ("learning_rate", Decimal("nan"), ".*", RATE)),
    *options("momentum", ("momentum", 1.0, "1.0", SHARE), ("dialect", "torch", "'torch'",
        "choose 'pytorch', 'ema' or"),
             ("dialect", ("ema",), r"\('ema',\)", "choose 'pytorch'"), learning_rate=0.1),
    *options("nesterov", ("momentum", -0.5, "-0.5", SHARE), learning_rate=0.1),
    *options("adagrad", ("eps", -1, "-1", RATE)),
    *options("adadelta", ("rho", 1, "1", SHARE), ("eps", math.nan, "nan", RATE)),
    *options("rmsprop", ("decay", 1.5, "1.5", SHARE), ("eps_in_sqrt", 1, "1", "wanted True or False")),
    *options("adam", ("b1", 1.0, "1.0", SHARE), ("b2", -0.5, "-0.5", SHARE), ("eps", -1e-8, "-1e-08", RATE)),
    *options("adamw", ("weight_decay", -1, "-1", RATE), ("only", "w", "'w'",
        "wanted a function of a leaf's path")),
    *options("adamax", ("b2", "x", "'x'", SHARE), ("eps", None, "None", RATE)),
    *options("nadam", ("momentum_decay", -1, "-1", RATE)),
    *options("amsgrad", ("b1", 2, "2", SHARE)),
    *options("clip_by_value", ("limit", -1, "-1", RATE)),
    *options("clip_by_global_norm", ("max_norm", None, "None", RATE)),
    *options("l1", ("strength", -0.1, "-0.1", RATE)),
    *options("l2", ("strength", math.nan, "nan", RATE)),
    *options("l2", ("only", True, "True", "wanted a function of a leaf's path"), strength=0.1),
    *options("l1_penalty", ("strength", -0.1, "-0.1", RATE), params=[1.0]),
    *options("l2_penalty", ("only", 3, "3", "wanted a function of a leaf's path"), params=[1.0],
        strength=0.1),
    Row("adam", LATE.update, ([1.0], AdamState(2, [0.0], [0.0]), [1.0]), OptionError,
        rf"^adam: learning_rate\(2\)=-0.5: {RATE}"),
    Row("adam", ADAM, ([1.0, 1.0], AdamState(0, [0.0], [0.0]), [1.0, 2.0]), ShapeError,
        r"^adam: params \(2,\) and its m \(1,\) differ: gradients and state have the shapes of the params"),
    Row("adam", ADAM, ([1.0], AdamState(0, [0.0], ([0.0],)), [1.0]), TreeError,
        "^adam: params and v: trees differ at"),
    Row("adam", ADAM, ({"w": [1.0]}, AdamState(0, {"w": [0.0]}, {"w": "no"}), {"w": [1.0]}), ShapeError,
        "^adam: params")
    ._replace(error=ArrayError, match=r"^adam: v\['w'\] is 'no': an array is made of real numbers")
    ._replace(arguments=({"w": 1.0}, AdamState(0, {"w": 0.0}, {"w": "no"}), {"w": 1.0})),
    Row("sgd", SGD, (([1.0],), SGDState(0), ([1.0], [2.0])), TreeError,
        "trees differ at the top: .* give trees with"),
    Row("sgd", SGD, ({"w": [1.0]}, SGDState(0), {"w": [1.0, 2.0]}), ShapeError,
        r"^sgd: params\['w'\] \(2,\) and its grads \(1,\) differ: gradients and state have"),
    Row("sgd", SGD, ({"b": [1.0]}, SGDState(0), {"w": [1.0]}), TreeError,
        r"^sgd: params and grads: trees differ at the top: a dict with keys \['w'\]"),
    Row("nesterov", pn.nesterov(0.1).update, ([1.0], MomentumState(0, [0.0]), [1.0]), CacheError,
        "^nesterov: state is MomentumState, wanted NesterovState: give a state of this"),
    Row("l2", pn.l2(0.1), ({"w": [1.0]}, {"w": [1.0, 2.0]}), ShapeError,
        r"^l2: params\['w'\] \(2,\) and its grads \(1,\)"),
    Row("l1", pn.l1(0.1), (([1.0],), [1.0]), TreeError,
        "^l1: params and grads: trees differ at the top: .* give trees"),
    Row("clip_by_value", pn.clip_by_value(1.0), ((None,), ()), ArrayError,
        r"^clip_by_value: grads\[0\] is None: an arr"),
    Row("clip_by_global_norm", pn.clip_by_global_norm(1.0), ("a", ()), ArrayError,
        "grads is 'a': an array is made of"),
    Row("global_norm", pn.global_norm, ("no",), ArrayError,
        "^global_norm: tree is 'no': an array is made of real"),
    Row("l1_penalty", pn.l1_penalty, (None, 0.1), ArrayError,
        "^l1_penalty: params is None: an array is made of real"),
    Row("transform_grads", pn.transform_grads, (pn.sgd,), KindError,
        "^transform_grads: optimizer is a function, wanted an Optimizer: give one such as sgd"),
    Row("transform_grads", pn.transform_grads, (pn.sgd(0.1), 0.5), KindError,
        r"^transform_grads: transform 0 is 0.5, wanted a function \(grads, params\) -> grads, such as"),
    *(
        Row(name, made_of, ("a",), ArrayError, f"^{name}: step is 'a': an array is made of real numbers")
        for name, made_of in {
            "constant": s.constant(1), "step_decay": s.step_decay(1, 0.5, 10), "linear": s.linear(1, 0, 4),
            "exponential_decay": s.exponential_decay(1, 0.5), "inverse_time_decay": s.inverse_time_decay(1,
            0.5),
            "polynomial": s.polynomial(1, 0, 4), "cosine": s.cosine(1, 4), "warmup": s.warmup(1, 2),
            "piecewise": s.piecewise([1, 2], [1]), "one_cycle": s.one_cycle(1, 10),
        }.items()
    ),
    *options("constant", ("value", -1, "-1", RATE), where=s),
    *options("step_decay", ("every", 0, "0", "wanted a whole number from 1"), where=s, initial=1, factor=0.5),
    *options("step_decay", ("factor", None, "None", RATE), where=s, initial=1, every=2),
    *options("exponential_decay", ("factor", -0.5, "-0.5", RATE), where=s, initial=1),
    *options("inverse_time_decay", ("rate", math.inf, "inf", RATE), where=s, initial=1),
    *options("linear", ("steps", 1.5, "1.5", "wanted a whole number from 1"), where=s, initial=1, final=0),
    *options("polynomial", ("power", 0, "0", "wanted one above 0, for 0 never"), where=s, initial=1, final=0,
        steps=4),
    *options("cosine", ("final", -1, "-1", RATE), where=s, initial=1, steps=4),
    *options("warmup", ("start", -1, "-1", RATE), where=s, schedule=0.1, steps=5),
    *options("one_cycle", ("warmup_share", 1.0, "1.0", SHARE), ("peak", -1, "-1", RATE), where=s, peak=1,
        steps=100),
    *made("one_cycle", s.one_cycle, OptionError,
          ({"peak": 1, "steps": 3},
              "warmup_share=0.3 of steps=3: the peak would be before step 1: give more")),
    Row("piecewise", s.piecewise, (Raw([1, 2]), Raw([1, 2])), OptionError,
        r"^piecewise: 2 values and boundaries=\[1, 2\]: wanted one value more than boundaries"),
    Row("piecewise", s.piecewise, (Raw([1, -2]), Raw([5])), OptionError,
        rf"^piecewise: values\[1\]=-2: {RATE}"),
]  # fmt: skip
