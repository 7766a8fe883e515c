"""What is refused, and with what words. Hyper-parameters are refused when the optimizer is made."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

import purenn as pn
from purenn.errors import BackendError
from purenn.optimizers import AdamState, MomentumState, SGDState

RATE = "wanted a finite number from 0"
SHARE = "wanted a number from 0 to below 1"

HYPER_PARAMETERS = [
    (lambda: pn.sgd(-0.1), f"sgd: learning_rate=-0.1: {RATE}"),
    (lambda: pn.sgd(float("nan")), "sgd: learning_rate=nan"),
    (lambda: pn.sgd(float("inf")), "sgd: learning_rate=inf"),
    (lambda: pn.sgd("0.1"), "sgd: learning_rate='0.1'"),
    (lambda: pn.sgd(None), "sgd: learning_rate=None"),
    (lambda: pn.sgd(True), "sgd: learning_rate=True"),
    (lambda: pn.sgd([0.1, 0.2]), "sgd: learning_rate="),
    (lambda: pn.sgd(10**400), "sgd: learning_rate=1000"),
    (lambda: pn.sgd(Decimal("nan")), "sgd: learning_rate="),
    (lambda: pn.momentum(0.1, 1.0), f"momentum: momentum=1.0: {SHARE}"),
    (lambda: pn.momentum(0.1, dialect="torch"), "dialect='torch': choose 'pytorch', 'ema' or 'sutskever'"),
    (lambda: pn.momentum(0.1, dialect=["ema"]), r"momentum: dialect=\['ema'\]"),
    (lambda: pn.nesterov(-1), f"nesterov: learning_rate=-1: {RATE}"),
    (lambda: pn.nesterov(0.1, -0.5), f"nesterov: momentum=-0.5: {SHARE}"),
    (lambda: pn.adagrad(eps=-1), f"adagrad: eps=-1: {RATE}"),
    (lambda: pn.adadelta(rho=1), f"adadelta: rho=1: {SHARE}"),
    (lambda: pn.adadelta(eps=float("nan")), "adadelta: eps=nan"),
    (lambda: pn.rmsprop(decay=1.5), f"rmsprop: decay=1.5: {SHARE}"),
    (lambda: pn.rmsprop(eps_in_sqrt=1), "rmsprop: eps_in_sqrt=1: wanted True or False"),
    (lambda: pn.adam(b1=1.0), f"adam: b1=1.0: {SHARE}"),
    (lambda: pn.adam(b2=-0.5), f"adam: b2=-0.5: {SHARE}"),
    (lambda: pn.adam(eps=-1e-8), f"adam: eps=-1e-08: {RATE}"),
    (lambda: pn.adamw(weight_decay=-1), f"adamw: weight_decay=-1: {RATE}"),
    (lambda: pn.adamw(only="w"), "adamw: only='w': wanted a function of a leaf's path"),
    (lambda: pn.adamax(b2="x"), "adamax: b2='x'"),
    (lambda: pn.adamax(eps=None), "adamax: eps=None"),
    (lambda: pn.nadam(momentum_decay=-1), f"nadam: momentum_decay=-1: {RATE}"),
    (lambda: pn.amsgrad(b1=2), f"amsgrad: b1=2: {SHARE}"),
    (lambda: pn.clip_by_value(-1), f"clip_by_value: limit=-1: {RATE}"),
    (lambda: pn.clip_by_global_norm(None), "clip_by_global_norm: max_norm=None"),
    (lambda: pn.l1(-0.1), "l1: strength=-0.1"),
    (lambda: pn.l2(float("nan")), "l2: strength=nan"),
    (lambda: pn.l2(0.1, only=True), "l2: only=True: wanted a function"),
    (lambda: pn.l1_penalty([1.0], -0.1), "l1_penalty: strength=-0.1"),
    (lambda: pn.l2_penalty([1.0], 0.1, only=3), "l2_penalty: only=3"),
]


@pytest.mark.parametrize(("make", "match"), HYPER_PARAMETERS, ids=[match for _, match in HYPER_PARAMETERS])
def test_bad_hyper_parameters_are_refused_when_the_optimizer_is_made(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-0.5, "-0.5"), (float("nan"), "nan"), (None, "None"), ("1", "'1'"), ([0.1], "[0.1]"), (True, "True")],
)
def test_a_bad_rate_from_a_schedule_names_optimizer_and_step(value, shown, pair_of):
    optimizer = pn.adam(lambda step: value if step == 2 else 0.1)
    params = pair_of.array([1.0])
    state = optimizer.init(params)
    for _ in range(2):
        params, state = optimizer.update(params, state, params)
    with pytest.raises(ValueError, match=f"^{re.escape(f'adam: learning_rate(2)={shown}: {RATE}')}$"):
        optimizer.update(params, state, params)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (
            lambda: pn.adam().update([1.0, 1.0], AdamState(0, [0.0], [0.0]), [1.0, 2.0]),
            ValueError,
            r"adam: params \(2,\) and its m \(1,\) differ",
        ),
        (
            lambda: pn.adam().update([1.0], AdamState(0, [0.0], ([0.0],)), [1.0]),
            ValueError,
            "adam: params and v: trees differ at the top",
        ),
        (
            lambda: pn.adam().update([1.0], AdamState(0, ([0.0],), [0.0]), [1.0]),
            ValueError,
            "adam: params and m: trees differ at the top",
        ),
        (
            lambda: pn.adam().update([1.0], SGDState(0), [1.0]),
            TypeError,
            "adam: state is SGDState, wanted AdamState",
        ),
        (
            lambda: pn.nesterov(0.1).update([1.0], MomentumState(0, [0.0]), [1.0]),
            TypeError,
            "nesterov: state is MomentumState, wanted NesterovState",
        ),
        (lambda: pn.adam().init([None]), TypeError, r"adam: params\[0\] is None"),
        (lambda: pn.sgd(0.1).init({"w": [1.0, "a"]}), TypeError, r"sgd: params\['w'\]\[1\] is 'a'"),
        (lambda: pn.sgd(0.1).init({"w": None}), TypeError, r"sgd: params\['w'\] is None"),
        (
            lambda: pn.adam().update({"w": [1.0]}, AdamState(0, {"w": [0.0]}, {"w": ["no"]}), {"w": [1.0]}),
            TypeError,
            r"adam: v\['w'\]\[0\] is 'no'",
        ),
        (
            lambda: pn.sgd(0.1).update(([1.0],), SGDState(0), ([1.0], [2.0])),
            ValueError,
            "trees differ at the top",
        ),
        (
            lambda: pn.sgd(0.1).update({"w": [1.0]}, SGDState(0), {"w": [1.0, 2.0]}),
            ValueError,
            r"sgd: params\['w'\] \(2,\) and its grads \(1,\) differ",
        ),
        (
            lambda: pn.sgd(0.1).update({"w": [[1.0], [2.0, 3.0]]}, SGDState(0), {"w": [[1.0], [2.0]]}),
            ValueError,
            r"sgd: grads\['w'\] is ragged",
        ),
        (
            lambda: pn.l2(0.1)({"w": [1.0]}, {"w": [1.0, 2.0]}),
            ValueError,
            r"l2: params\['w'\] \(2,\) and its grads \(1,\) differ",
        ),
        (lambda: pn.clip_by_value(1.0)(([None],), ()), TypeError, r"clip_by_value: grads\[0\]\[0\] is None"),
        (lambda: pn.global_norm("no"), TypeError, "global_norm: tree is 'no'"),
        (lambda: pn.transform_grads(pn.sgd), TypeError, "optimizer is a function, wanted an Optimizer"),
        (
            lambda: pn.transform_grads(pn.sgd(0.1), 0.5),
            TypeError,
            r"transform_grads: transform 0 is 0.5, wanted a function \(grads, params\) -> grads",
        ),
    ],
)
def test_bad_calls_are_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_mixed_backends_are_refused():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match="sgd: arrays of different backends: params on lists, grads on numpy"):
        pn.sgd(0.1).update(numpy.ones(1), SGDState(0), [1.0])
    with pytest.raises(TypeError, match=r"l1: arrays of .*params\['w'\] on numpy, grads\['w'\] on lists"):
        pn.l1(0.1)({"w": [1.0]}, {"w": numpy.ones(1)})


def test_leaves_of_two_backends_are_named_by_their_places():
    numpy = pytest.importorskip("numpy")
    optimizer, params = pn.sgd(0.1), ([1.0], [2.0])
    with pytest.raises(BackendError) as caught:
        optimizer.update(([1.0], numpy.ones(1)), optimizer.init(params), params)
    assert str(caught.value) == (
        "sgd: arrays of different backends: params[0] on lists, params[1] on lists, grads[0] on lists, "
        "grads[1] on numpy: bring all to one, such as purenn.convert(grads[1], 'lists')"
    )


def test_a_state_of_another_kind_is_refused_with_a_hint():
    with pytest.raises(TypeError) as caught:
        pn.adam().update([1.0], SGDState(0), [1.0])
    assert str(caught.value) == (
        "adam: state is SGDState, wanted AdamState: give a state of this optimizer's init"
    )
