from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
from purenn.optimizers import AdamState, SGDState
from purenn.testing import _bits

PARAMS = ({"w": [[1.0, -2.0], [0.5, 3.0]], "b": [0.0, 1.0]}, (), 0.25)
GRADS = ({"w": [[0.1, -0.2], [0.3, 0.0]], "b": [1.0, -1.0]}, (), 2.0)
OPTIMIZERS = {"sgd": pn.sgd(0.1), "adam": pn.adam()}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update_is_pure_and_keeps_the_tree(name, xp):
    optimizer = OPTIMIZERS[name]
    params, grads = xp.tree(PARAMS), xp.tree(GRADS)
    before = _bits((params, grads))
    state = optimizer.init(params)
    first, first_state = optimizer.update(grads, state, params)
    second, second_state = optimizer.update(grads, state, params)
    assert _bits((params, grads)) == before
    assert _bits((first, first_state)) == _bits((second, second_state))
    shapes = [pn.tree_map(pn.backends.extras.shape, tree) for tree in (params, first)]
    assert shapes[0] == shapes[1]
    assert (state.step, first_state.step) == (0, 1)
    assert _bits(first) != _bits(params)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_lists_and_numpy_take_the_same_steps(name):
    optimizer = OPTIMIZERS[name]
    pytest.importorskip("numpy")
    runs = []
    for xp in ("lists", "numpy"):
        params, grads = pn.convert((PARAMS, GRADS), xp)
        state = optimizer.init(params)
        for _ in range(20):
            params, state = optimizer.update(grads, state, params)
        runs.append(_bits(params))
    assert runs[0] == runs[1]


def test_sgd_in_fractions_is_exact():
    params, state = pn.sgd(Fraction(1, 10)).update([Fraction(1, 3)], SGDState(0), [Fraction(1)])
    assert params == [Fraction(29, 30)]
    assert state == SGDState(1)


def test_every_optimizer_computes_with_decimals():
    for optimizer in OPTIMIZERS.values():
        params = [Decimal("1.5"), Decimal("-2")]
        new, _ = optimizer.update([Decimal("0.5"), Decimal(1)], optimizer.init(params), params)
        assert {type(number) for number in new} == {Decimal}
    assert pn.sgd(0.1).update([Decimal(1)], SGDState(0), [Decimal(1)])[0] == [Decimal("0.9")]


def test_params_keep_their_dtype_and_may_be_any_dict():
    from collections import OrderedDict

    numpy = pytest.importorskip("numpy")
    params = OrderedDict(w=numpy.ones(2, "float32"))
    for optimizer in (*OPTIMIZERS.values(), pn.sgd(Fraction(1, 10))):
        state = optimizer.init(params)
        for _ in range(2):
            params, state = optimizer.update({"w": numpy.ones(2)}, state, params)
        assert params["w"].dtype == "float32"
    assert pn.adam().init([-2.0, float("inf")]).m == [0.0, 0.0]


def test_plain_number_params_take_the_backend_of_their_grads():
    numpy = pytest.importorskip("numpy")
    for optimizer in OPTIMIZERS.values():
        new, _ = optimizer.update({"a": numpy.float64(1)}, optimizer.init({"a": 2.0}), {"a": 2.0})
        assert 1.8 < float(new["a"]) < 2.0
    saved = pn.adam().init(numpy.ones(2, "float32"))._replace(step=numpy.int64(3))
    new, _ = pn.adam().update(numpy.ones(2, "float32"), saved, numpy.ones(2, "float32"))
    assert new.dtype == "float32"


def test_adam_first_step_has_the_size_of_the_learning_rate():
    for gradient in (1e-3, 5.0, -700.0):
        params, _ = pn.adam(0.05).update([gradient], pn.adam().init([0.0]), [0.0])
        assert abs(params[0]) == pytest.approx(0.05, rel=1e-4)


def test_adam_counts_on_and_never_restarts():
    optimizer = pn.adam(0.1)
    params, state = [1.0], optimizer.init([1.0])
    for step in range(1, 6):
        params, state = optimizer.update([1.0], state, params)
        assert state.step == step
        assert params[0] == pytest.approx(1 - 0.1 * step, abs=1e-7)  # m_hat and v_hat are 1 in every step


def test_numpy_options_do_not_widen_float32():
    numpy = pytest.importorskip("numpy")
    params = numpy.ones(3, "float32")
    for optimizer in (pn.sgd(numpy.float64(0.1)), pn.adam(numpy.float64(0.1), numpy.float64(0.9))):
        new, _ = optimizer.update(params, optimizer.init(params), params)
        assert new.dtype == "float32"


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: pn.sgd(-0.1), ValueError, "sgd: learning_rate=-0.1: wanted a finite number from 0"),
        (lambda: pn.sgd(float("nan")), ValueError, "sgd: learning_rate=nan"),
        (lambda: pn.sgd(float("inf")), ValueError, "sgd: learning_rate=inf"),
        (lambda: pn.sgd("0.1"), ValueError, "sgd: learning_rate='0.1'"),
        (lambda: pn.sgd(None), ValueError, "sgd: learning_rate=None"),
        (lambda: pn.sgd(True), ValueError, "sgd: learning_rate=True"),
        (lambda: pn.sgd([0.1, 0.2]), ValueError, "sgd: learning_rate="),
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
        (lambda: pn.sgd(10**400), ValueError, "sgd: learning_rate=1000"),
        (lambda: pn.sgd(Decimal("nan")), ValueError, "sgd: learning_rate="),
        (lambda: pn.adam(b1=1.0), ValueError, "adam: b1=1.0: wanted a number from 0 to below 1"),
        (lambda: pn.adam(b2=-0.5), ValueError, "adam: b2=-0.5"),
        (lambda: pn.adam(eps=-1e-8), ValueError, "adam: eps=-1e-08"),
        (
            lambda: pn.adam().update([1.0], SGDState(0), [1.0]),
            TypeError,
            "adam: state is SGDState, wanted AdamState",
        ),
        (lambda: pn.adam().init([None]), TypeError, r"adam: params\[0\] is None"),
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
    ],
)
def test_bad_calls_are_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_mixed_backends_are_refused():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match="sgd: arrays of different backends: params on lists, grads on numpy"):
        pn.sgd(0.1).update(numpy.ones(1), SGDState(0), [1.0])
    with pytest.raises(ValueError, match="differ at the top"):
        pn.adam().update([1.0], AdamState(0, ([0.0],), [0.0]), [1.0])
