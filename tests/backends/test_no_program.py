"""Where a function has no program, and where one gives up: then all is as it is written."""

from __future__ import annotations

import math
from functools import partial, wraps

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import arrays, quiet
from purenn.layers.recording import recorded
from purenn.trees import tree_map

from .programs import XP, Unknown, array, assert_same_bits, network, numpy, program_of


def test_labels_that_are_none_are_refused_in_every_step():
    model, params, x, labels = network()
    step = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    for _ in range(4):
        step(params, x, labels)
        with pytest.raises(pn.errors.LabelError, match="label 3 in row 0 is no class"):
            step(params, x, labels + (3 - labels[0]))


@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan, 1e30])
def test_scores_that_are_not_finite_are_as_in_a_first_step(odd):
    model, params, x, labels = network(sizes=(3, 3, 3))
    step = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    for _ in range(3):
        step(params, x, labels)
    x = x.copy()
    x[1, 2] = odd
    assert_same_bits(
        step(params, x, labels), pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, x, labels)
    )


def test_other_forms_have_programs_of_their_own():
    model, params, x, labels = network()
    step = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    double = tree_map(lambda p: p.astype("float64"), params)
    turned = tuple(p and type(p)(numpy.asfortranarray(p.w), p.b) for p in params)
    for _ in range(3):
        for args in (
            (params, x, labels), (params, x[:2], labels[:2]), (double, x.astype("float64"), labels),
            (turned, x, labels), (params, x[::-1], labels), (params, x, labels.astype("int32")),
            (params, x.astype("float64"), labels), (params, x, numpy.eye(3, dtype="float32")[labels]),
            (params, x[0], labels[0]), (params, x[:0].reshape(2, 0, 5)[:1], labels[:0].reshape(1, 0))[:0] or
            (params, x[:1], labels[:1]),
        ):  # fmt: skip
            wanted = pn.loss_and_grads(model, pn.softmax_cross_entropy)(*args)
            assert_same_bits(step(*args), wanted)


def test_trees_of_other_kinds_are_refused_as_ever():
    model, params, x, labels = network()
    step = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    for _ in range(3):
        step(params, x, labels)
    with pytest.raises(pn.errors.TreeError):
        step(params[:2], x, labels)
    with pytest.raises(pn.errors.TreeError):
        step(list(params), x, labels)
    with pytest.raises(pn.errors.ShapeError):
        step(params, x[:, :4], labels)
    with pytest.raises(pn.errors.BackendError):
        step(params, x.tolist(), labels)
    optimizer = pn.adam()
    state = optimizer.init({"w": x, "b": x[0]})
    for _ in range(3):
        optimizer.update({"b": x[0], "w": x}, state, {"w": x, "b": x[0]})
    with pytest.raises(pn.errors.TreeError):
        optimizer.update({"w": x}, state, {"w": x, "b": x[0]})


def test_one_function_serves_lists_and_numpy_in_turns():
    model = pn.affine(2, 1)
    step, optimizer = pn.loss_and_grads(model, pn.mean_squared_error), pn.adam(0.1)
    params = {"lists": model.init(0), "numpy": model.init(0, xp="numpy")}
    states = {name: optimizer.init(own) for name, own in params.items()}
    x, y = [[1.0, 2.0]], [[0.5]]
    for _ in range(30):
        for name, data in (("lists", (x, y)), ("numpy", (array(x), array(y)))):
            grads = step(params[name], *data).grads
            params[name], states[name] = optimizer.update(grads, states[name], params[name])
    assert pn.convert(params["numpy"], "lists") == params["lists"]


def test_tuples_of_another_kind_are_refused_in_every_step():
    class Other(tuple):
        __slots__ = ()

    x = array([1.0, 2.0])
    step = pn.loss_and_grads(pn.graph(("a", "b"), {"out": ("multiply", "a", "b")}), pn.mean_squared_error)
    optimizer = pn.sgd(0.1)
    for _ in range(4):
        with pytest.raises(pn.errors.TreeError):
            step({}, Other((x, x)), x)
        with pytest.raises(pn.errors.TreeError):
            optimizer.update((x,), optimizer.init((x,)), Other((x,)))


def counted(function):
    """The function, and the list to which each of its calls adds one."""
    calls = []

    @wraps(function)
    def call(*arguments, **options):
        calls.append(1)
        return function(*arguments, **options)

    return call, calls


def watched_layers():
    """Layers with a function that is not purenn's, each with what notes its calls."""
    forward, calls = counted(F.relu_forward)
    yield pn.layer(forward, F.relu_backward), calls
    forward, calls = counted(pn.relu.forward)
    yield pn.relu._replace(forward=forward), calls
    yield pn.residual(pn.relu._replace(forward=forward)), calls
    yield pn.chain(pn.relu, pn.relu._replace(forward=forward, parts=None)), calls
    forward, calls = counted(F.relu_forward)
    yield pn.graph("x", {"out": ((forward, F.relu_backward), "x")}), calls


def test_functions_of_others_run_in_every_step():
    x = array([[1.0, -2.0]])
    for layer, calls in watched_layers():
        step = pn.loss_and_grads(layer, pn.mean_squared_error)
        params, before = layer.init(0, xp="numpy"), len(calls)
        for _ in range(5):
            step(params, x, x)
        assert len(calls) - before == 5
    forward, calls = counted(F.mean_squared_error_forward)
    step = pn.loss_and_grads(pn.relu, pn.Loss(forward, F.mean_squared_error_backward))
    for _ in range(5):
        step((), x, x)
    assert len(calls) == 5
    notes = {}
    step = pn.loss_and_grads(recorded(pn.relu, notes), pn.mean_squared_error)
    for factor in range(1, 5):
        step((), x * factor, x)
        assert notes[""].x[0, 0] == factor


def test_objects_that_hold_a_function_of_purenn_run_in_every_step():
    class Counted:
        def __init__(self, function):
            self.func, self.calls = function, 0
            self.__globals__ = function.__globals__  # a proxy hands on what it is asked for

        def __call__(self, *arguments, **options):
            self.calls += 1
            return self.func(*arguments, **options)

    class CountedPartial(partial):
        calls = 0

        def __call__(self, *arguments, **options):
            self.calls += 1
            return super().__call__(*arguments, **options)

    x = array([[1.0, -2.0]])
    for kind in (Counted, CountedPartial):
        forward, backward = kind(F.mean_squared_error_forward), kind(F.relu_backward)
        step = pn.loss_and_grads(
            pn.chain(pn.relu, pn.layer(F.relu_forward, backward, init=lambda *_, **__: ())),
            pn.Loss(forward, F.mean_squared_error_backward),
        )
        for _ in range(5):
            step(((), ()), x, x)
        assert (forward.calls, backward.calls) == (5, 5)


def test_a_function_made_in_no_module_is_somebody_elses():
    found = {}
    exec("def forward(p, t, *, xp=None):\n    calls.append(1)\n    return mse(p, t)", found)
    del found["__builtins__"]
    found |= {"calls": [], "mse": F.mean_squared_error_forward}
    step = pn.loss_and_grads(pn.relu, pn.Loss(found["forward"], F.mean_squared_error_backward))
    for _ in range(5):
        step((), array([1.0]), array([1.0]))
    assert len(found["calls"]) == 5


def test_dropout_draws_in_every_step():
    model = pn.chain(pn.dropout(0.5), pn.affine(40, 1))
    params, x = model.init(0, xp="numpy"), numpy.ones((1, 40))
    step = pn.loss_and_grads(model, pn.mean_squared_error)
    masks = {step(params, x, numpy.ones((1, 1)), key=key).cache.layers[0].mask.tobytes() for key in range(6)}
    assert len(masks) == 6
    without = [step(params, x, numpy.ones((1, 1))).cache.layers[0].mask for _ in range(4)]
    assert all((mask == 1).all() for mask in without)


def test_a_key_reaches_the_functions_of_others():
    @wraps(F.dropout_forward)
    def forward(x, **options):
        return F.dropout_forward(x, **options)

    def noisy(params, x, *, key=None, xp=None):
        return F.dropout_forward(x, key=key)[0], pn.relu.forward(params, x)[1]

    x = numpy.ones((1, 40))
    for layer in (pn.layer(forward, F.dropout_backward), pn.relu._replace(forward=noisy)):
        step = pn.loss_and_grads(layer, pn.mean_squared_error)
        losses = {float(step((), x, numpy.zeros_like(x), key=key).loss) for key in range(6)}
        assert len(losses) > 1


def test_a_key_that_is_none_is_refused_where_nothing_draws_too():
    model, params, x, labels = network()
    step = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    for key in (1, "1", 1, 1.0, 1, True, 1):
        if type(key) is int:
            assert_same_bits(step(params, x, labels, key=key), step(params, x, labels))
        else:
            with pytest.raises(pn.errors.OptionError, match="is not an int"):
                step(params, x, labels, key=key)


def test_what_only_picks_is_asked_in_every_update():
    asked = []
    optimizer = pn.adamw(0.1, only=lambda path, leaf: not asked.append(path))
    params = (array([1.0, 2.0]),)
    state = optimizer.init(params)
    for _ in range(5):
        optimizer.update(params, state, params)
    assert len(asked) == 5


def test_a_schedule_is_asked_in_every_update():
    rates = iter([1.0, 0.5, 0.25, 0.125, 0.0])
    optimizer = pn.sgd(lambda step: next(rates))
    params = (array([8.0]),)
    state = optimizer.init(params)
    lengths = [8.0 - optimizer.update(params, state, params)[0][0][0] for _ in range(5)]
    assert lengths == [8.0, 4.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "decision", [bool, float, int, lambda n: [1, 2][n], lambda n: n > 1, lambda n: n == 1, math.sqrt]
)
def test_a_decision_by_a_number_has_no_program(decision):
    def run(x, number):
        decision(number)
        return arrays("run", None, x=x)[0].multiply(x, number)

    with pytest.raises(Unknown, match="a decision by a number"):
        program_of(run, array([1.0]), 1)


OTHER = array([3.0, 4.0])


@pytest.mark.parametrize(
    ("use", "match"),
    [
        (lambda xp, x: xp.add(x, OTHER), "a ndarray from elsewhere"),
        (lambda xp, x: (x * 2,), "a ndarray from elsewhere"),
        (lambda xp, x: [1.0], "a list from elsewhere"),
        (lambda xp, x: xp.concat([x, [1.0]]), "a list from elsewhere"),
        (lambda xp, x: xp.cut(x, (1, 1)), "a list of cut"),
    ],
)
def test_arrays_and_results_from_elsewhere_have_no_program(use, match):
    with pytest.raises(Unknown, match=match):
        program_of(lambda x: use(*arrays("use", None, x=x)), array([1.0, 2.0]))


@pytest.mark.parametrize("tree", [[1.0], None, "x", numpy.float64(1), True, (1, [OTHER])])
def test_arguments_other_than_arrays_and_numbers_have_no_program(tree):
    with pytest.raises(Unknown):
        program_of(lambda x: x, tree)


def test_there_are_no_more_programs_than_forms_that_come_back():
    programs = XP.programs(lambda x: arrays("run", None, x=x)[0].add(x, x))
    with quiet():
        for size in range(1, 30):
            assert (programs(numpy.ones(size)) == 2).all()
    assert len(programs.programs) == 8
