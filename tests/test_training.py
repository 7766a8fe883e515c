"""Training is a fold, and both backends take the same path."""

from __future__ import annotations

import pytest

import purenn as pn
from purenn.testing import _bits

MODEL = pn.chain(pn.affine(4, 8), pn.relu, pn.affine(8, 3))
ADAM = pn.adam(0.01)


def iris(xp):
    x, y = pn.load_iris()
    return pn.convert((x, y), xp.backend)


def states(xp, **options):
    x, y = iris(xp)
    settings = {"batch_size": 16, "epochs": 2, "key": 7} | options
    return pn.train(MODEL, pn.softmax_cross_entropy, ADAM, x, y, **settings)


def test_the_ten_lines_on_lists_and_numpy_part_by_less_than_1e_12():
    pytest.importorskip("numpy")
    digits = pn.load_digits()
    images = [[pixel / 16 for pixel in image] for image in digits.x]
    model = pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))
    optimizer = pn.adam(learning_rate=1e-3)
    loss_and_grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    losses, firsts = {}, {}
    for xp in ("lists", "numpy"):
        x, y = pn.convert((images, digits.y), xp)
        params = model.init(key=0, xp=xp)
        state = optimizer.init(params)
        epochs = [
            list(pn.batches(x, y, batch_size=32, key=pn.random.fold_in(0, epoch))) for epoch in range(4)
        ]
        firsts[xp] = (_bits(params), _bits(tuple(epochs[1])))
        losses[xp] = []
        for batch, labels in [batch for epoch in epochs for batch in epoch][:200]:
            loss, grads, _ = loss_and_grads(params, batch, labels)
            params, state = optimizer.update(grads, state, params)
            losses[xp].append(float(loss))
    assert firsts["lists"] == firsts["numpy"]
    assert len(losses["lists"]) == 200
    assert losses["lists"] == pytest.approx(losses["numpy"], rel=1e-12, abs=0)
    assert losses["lists"][-1] < losses["lists"][0] / 2


def test_batches_are_a_permutation_with_the_remainder_kept(xp):
    x, y = xp.tree(([[float(i)] for i in range(10)], list(range(10))))
    found = [pn.convert(batch, "lists") for batch in pn.batches(x, y, batch_size=4, key=3)]
    assert [len(labels) for _, labels in found] == [4, 4, 2]
    labels = [label for _, some in found for label in some]
    assert sorted(labels) == list(range(10))
    assert labels != list(range(10))
    assert [row for rows, _ in found for row in rows] == [[float(label)] for label in labels]
    assert len(list(pn.batches(x, y, batch_size=99, key=3))) == 1
    assert _bits(tuple(pn.batches(x, y, 4, 3))) == _bits(tuple(pn.batches(x, y, 4, 3)))
    assert _bits(tuple(pn.batches(x, y, 4, 3))) != _bits(tuple(pn.batches(x, y, 4, 4)))


def test_split_keeps_every_sample_once(xp):
    x, y = xp.tree(([[float(i)] for i in range(10)], list(range(10))))
    (a, b), (c, d) = pn.split(x, y, test_size=0.3, key=1)
    a, b, c, d = pn.convert((a, b, c, d), "lists")
    assert (len(b), len(d)) == (7, 3)
    assert sorted(b + d) == list(range(10))
    assert a + c == [[float(label)] for label in b + d]
    assert len(pn.convert(pn.split(x, y, test_size=0.18, key=1)[1][1], "lists")) == 2  # rounded
    _, (_, few) = pn.split(x, y, test_size=0.0, key=1)
    (few_train, _), _ = pn.split(x, y, test_size=0.999, key=1)
    assert (len(pn.convert(few, "lists")), len(pn.convert(few_train, "lists"))) == (1, 1)


def test_train_yields_immutable_states_that_count(pair_of):
    path = list(states(pair_of))
    assert [state.step for state in path] == list(range(1, 21))
    assert [state.epoch for state in path] == [0] * 9 + [1] * 10 + [2]
    assert path[-1].optimizer_state.step == 20
    assert float(path[-1].loss) < float(path[0].loss)
    assert len({str(_bits(state.params)) for state in path}) == 20
    with pytest.raises(AttributeError):
        path[0].step = 5


def test_train_is_the_loop_written_out(pair_of):
    x, y = iris(pair_of)
    params = MODEL.init(7, xp=pair_of.backend)
    state = ADAM.init(params)
    run = pn.loss_and_grads(MODEL, pn.softmax_cross_entropy)
    order_key, _ = pn.random.split(7)
    for epoch in range(2):
        for batch, labels in pn.batches(x, y, 16, pn.random.fold_in(order_key, epoch)):
            _, grads, _ = run(params, batch, labels)
            params, state = optimizer_step(grads, state, params)
    *_, last = states(pair_of)
    assert _bits(last.params) == _bits(params)


def optimizer_step(grads, state, params):
    return ADAM.update(grads, state, params)


@pytest.mark.parametrize("stop", [1, 9, 10, 13])
def test_a_saved_state_resumes_bit_for_bit(stop, pair_of):
    path = list(states(pair_of))
    rest = list(states(pair_of, state=path[stop - 1]))
    assert [_bits(state) for state in rest] == [_bits(state) for state in path[stop:]]


def test_more_epochs_go_on_where_fewer_ended(pair_of):
    *_, short = states(pair_of, epochs=1)
    *_, long = states(pair_of, epochs=2)
    *_, resumed = states(pair_of, epochs=2, state=short)
    assert _bits(resumed) == _bits(long)
    assert list(states(pair_of, epochs=1, state=long)) == []


def test_training_starts_from_the_params_it_is_given(pair_of):
    params = MODEL.init(99, xp=pair_of.backend)
    default, own = next(states(pair_of)), next(states(pair_of, params=params))
    same = next(states(pair_of, params=MODEL.init(7, xp=pair_of.backend)))
    assert _bits(default) == _bits(same)
    assert _bits(default.params) != _bits(own.params)


def test_training_keeps_the_dtype_of_the_data():
    numpy = pytest.importorskip("numpy")
    x, y = pn.load_iris()
    for dtype, want in (("float32", "float32"), ("float64", "float64"), ("int64", "float64")):
        options = {"batch_size": 50, "epochs": 1, "key": 0}
        x = numpy.asarray(x, dtype=dtype)
        *_, last = pn.train(MODEL, pn.softmax_cross_entropy, ADAM, x, numpy.asarray(y), **options)
        kept = pn.tree_leaves((last.params, last.optimizer_state.m, last.loss))
        assert {leaf.dtype.name for leaf in kept} == {want}


def test_what_is_no_model_loss_optimizer_or_state_is_refused_at_once():
    parts = [MODEL, pn.mean_squared_error, ADAM]
    for place, match in enumerate(
        ["model is a list, wanted a Layer", "loss is a list", "optimizer is a list"]
    ):
        wrong = [*parts[:place], [], *parts[place + 1 :]]
        with pytest.raises(TypeError, match=match):
            pn.train(*wrong, ROWS, ROWS, batch_size=1, epochs=1, key=0)
    with pytest.raises(TypeError, match="state is a tuple, wanted a TrainState"):
        pn.train(*parts, ROWS, ROWS, batch_size=1, epochs=1, key=0, state=())


def test_iris_is_learned(pair_of):
    *_, last = states(pair_of, epochs=60)
    x, y = iris(pair_of)
    assert pn.accuracy(MODEL.forward(last.params, x)[0], y) >= 0.95


ROWS = [[1.0], [2.0]]
SAVED = pn.TrainState((), None, step=7, epoch=1, loss=0.5)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: pn.batches(ROWS, [1], 1, 0), r"batches: x \(2, 1\) and y \(1,\) do not meet"),
        (lambda: pn.batches([], [], 1, 0), r"batches: x \(0,\) has no samples"),
        (lambda: pn.batches(1.0, 1, 1, 0), r"batches: x \(\) and y \(\) do not meet"),
        (lambda: pn.batches(ROWS, [1, 2], 0, 0), "batches: batch_size=0: wanted a whole number from 1"),
        (lambda: pn.batches(ROWS, [1, 2], 1.0, 0), "batches: batch_size=1.0"),
        (lambda: pn.batches(ROWS, [1, 2], 1, "key"), "key='key' is not an int"),
        (lambda: pn.batches([[1.0], [2.0, 3.0]], [1, 2], 1, 0), "batches: x is ragged"),
        (
            lambda: pn.train(
                MODEL, pn.mean_squared_error, ADAM, ROWS, ROWS, batch_size=1, epochs=1, key=None
            ),
            "key=None",
        ),
        (lambda: pn.split(ROWS, [1, 2], 1.5, 0), "split: test_size=1.5: wanted a number from 0 to below 1"),
        (lambda: pn.split(ROWS[:1], [1], 0.5, 0), "two parts need at least 2"),
        (
            lambda: pn.train(MODEL, pn.mean_squared_error, ADAM, ROWS, ROWS, batch_size=1, epochs=0, key=0),
            "epochs=0",
        ),
        (
            lambda: pn.train(
                MODEL,
                pn.mean_squared_error,
                ADAM,
                ROWS,
                ROWS,
                batch_size=1,
                epochs=1,
                key=0,
                params=(),
                state=(),
            ),
            "params and state are both given",
        ),
        (
            lambda: pn.train(
                MODEL, pn.mean_squared_error, ADAM, ROWS, ROWS, batch_size=1, epochs=5, key=0, state=SAVED
            ),
            "state has step 7 in epoch 1, which 2 samples in batches of 1 cannot give",
        ),
    ],
)
def test_bad_calls_are_refused_before_any_work(call, match):
    with pytest.raises(ValueError, match=match):
        call()
