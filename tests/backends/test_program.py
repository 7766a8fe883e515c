"""A program computes what its function computes, to the bit, and is as pure."""

from __future__ import annotations

import math
import weakref
from functools import partial
from itertools import pairwise

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import arrays, extras, quiet
from purenn.trees import tree_leaves, tree_map

from ..ops import SAMPLES
from .programs import XP, Programs, Unknown, array, assert_same_bits, network, numpy, program_of

OPTIMIZERS = {
    make.__name__: make
    for make in (
        *(pn.sgd, pn.momentum, pn.nesterov, pn.adagrad, pn.adadelta, pn.rmsprop),
        *(pn.adam, pn.adamw, pn.adamax, pn.nadam, pn.amsgrad),
    )
}
LOSSES = [name for name in pn.losses.__all__ if isinstance(getattr(pn.losses, name), pn.Loss)]


@pytest.fixture
def made(monkeypatch):
    """One for each program that has been made."""
    record, made = Programs.record, []
    monkeypatch.setattr(Programs, "record", lambda self, trees: made.append(record(self, trees)))
    return made


def is_labels(a):
    return numpy.asarray(a).dtype.kind == "i"


# --- the same numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(("op", "arguments"), [row[1:] for row in SAMPLES], ids=[row[0] for row in SAMPLES])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_program_of_any_pair_has_its_bits_for_other_numbers_too(op, arguments, dtype):
    def run(*arguments):
        out, cache = op.forward(*arguments)
        return out, cache, op.backward(out if numpy.ndim(out) else 1, cache)

    own = [array(a, None if is_labels(a) else dtype) for a in arguments]
    if "a half" in op.name or "weighted" in op.name or "smooth" in op.name:
        with pytest.raises(Unknown, match="from elsewhere"):  # the mask, the weights of classes
            program_of(run, *own)
        return
    program = program_of(run, *own)
    assert_same_bits(program(*own), run(*own))
    for factor in (0.5, -1, math.inf, math.nan):
        with numpy.errstate(all="ignore"):
            given = [a if is_labels(a) else array(a * numpy.array(factor, dtype)) for a in own]
        again = program(*given)
        if again is not None:
            assert_same_bits(again, run(*given))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_program_of_an_update_has_the_bits_of_the_first_update(name, dtype):
    def make():
        return OPTIMIZERS[name](lambda step: 0.1 / (1 + step))

    kept = make()
    rng = numpy.random.default_rng(0)
    params = {"w": array(rng.standard_normal((3, 4)), dtype), "b": (array(rng.standard_normal(4), dtype), ())}
    own = wanted = (params, kept.init(params))
    for _ in range(6):
        grads = tree_map(lambda p: array(rng.standard_normal(p.shape), dtype), params)
        own = kept.update(grads, own[1], own[0])
        wanted = make().update(grads, wanted[1], wanted[0])
        assert_same_bits(own, wanted)


TRANSFORMS = {
    "clip_by_value": lambda: pn.clip_by_value(0.5),
    "clip_by_global_norm": lambda: pn.clip_by_global_norm(2.0),
    "l1": lambda: pn.l1(0.1),
    "l2": lambda: pn.l2(0.1, only=pn.is_weight),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_have_the_bits_of_their_first_call(name, made):
    rng = numpy.random.default_rng(0)
    kept = TRANSFORMS[name]()
    params = {"w": array(rng.standard_normal((3, 4))), "b": (array(rng.standard_normal(4)), ())}
    for factor in (1, 1e-3, 1, math.inf, 1e200, 0):
        with numpy.errstate(all="ignore"):
            grads = tree_map(lambda p, factor=factor: array(rng.standard_normal(p.shape) * factor), params)
        assert_same_bits(kept(grads, params), TRANSFORMS[name]()(grads, params))
    assert len(made) == 1


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps_of_training_have_the_bits_of_first_steps(name, dtype):
    loss, several = getattr(pn, name), name in ("softmax_cross_entropy", "cross_entropy", "kl_divergence")
    last = {
        "cross_entropy": pn.softmax,
        "kl_divergence": pn.log_softmax,
        "binary_cross_entropy": pn.sigmoid,
    }.get(name, pn.identity)
    middle = pn.residual(pn.chain(pn.affine(4, 4, bias=False), pn.gelu))
    model = pn.chain(pn.affine(5, 4), pn.tanh, middle, pn.affine(4, 3), last)
    params = model.init(0, xp="numpy", dtype=dtype)
    kept = pn.loss_and_grads(model, loss)
    rng = numpy.random.default_rng(0)
    for _ in range(5):
        x = rng.standard_normal((6, 5)).astype(dtype)
        targets = rng.integers(0, 3, 6) if several else rng.integers(0, 2, (6, 3)).astype(dtype)
        targets = 2 * targets - 1 if name == "hinge" else targets
        targets = numpy.eye(3, dtype=dtype)[targets] if name == "kl_divergence" else targets
        assert_same_bits(kept(params, x, targets), pn.loss_and_grads(model, loss)(params, x, targets))


def test_a_step_of_training_runs_by_its_program_from_the_second_call_on():
    def run(params, x, labels):
        runs.append(x)
        out, cache = model.forward(params, x)
        _, loss_cache = F.softmax_cross_entropy_forward(out, labels)
        return model.backward(F.softmax_cross_entropy_backward(1, loss_cache).logits, cache).params

    runs = []
    model, params, x, labels = network()
    programs = XP.programs(run)
    with quiet():
        first = [programs(params, x, labels) for _ in range(5)]
    assert len(runs) == 3, "as it is written, noted, and as it is written"
    for other in first[1:]:
        assert_same_bits(other, first[0])


def test_a_graph_with_shared_weights_has_its_bits():
    nodes = {"h": ("shared", "x"), "r": ("relu", "h"), "again": ("shared", "r"), "out": ("add", "h", "again")}
    model = pn.graph("x", nodes, layers={"shared": pn.affine(3, 3)})
    params = model.init(0, xp="numpy")
    kept = pn.loss_and_grads(model, pn.mean_squared_error)
    for seed in range(4):
        x = numpy.random.default_rng(seed).standard_normal((2, 3))
        again = pn.loss_and_grads(model, pn.mean_squared_error)(params, x, x)
        assert_same_bits(kept(params, x, x), again)


def test_what_layers_and_losses_hold_is_known_to_their_programs(made):
    model, params, x, labels = network()
    twice = pn.frozen(pn.scale(), (2.0,))
    model = pn.chain(pn.frozen(model.parts.layers[0], params[0]), twice, model.parts.layers[2])
    weights = numpy.array([1.0, 2.0, 0.5], "float32")
    forward = partial(F.softmax_cross_entropy_forward, class_weights=weights)
    loss = pn.Loss(forward, F.softmax_cross_entropy_backward)
    kept = pn.loss_and_grads(model, loss)
    for factor in (1, 2, 3, 4):
        own = ((), (), params[2])
        assert_same_bits(
            kept(own, x * factor, labels), pn.loss_and_grads(model, loss)(own, x * factor, labels)
        )
        weights *= 0.5
    assert len(made) == 1


# --- purity -------------------------------------------------------------------------------------


def test_arguments_are_read_only_and_results_share_nothing_from_call_to_call():
    model, params, x, labels = network()
    params, x, labels = tree_map(array, params), array(x), array(labels)
    step, optimizer = pn.loss_and_grads(model, pn.softmax_cross_entropy), pn.adam()
    state = optimizer.init(params)
    kept = []
    for _ in range(4):
        grads = step(params, x, labels).grads
        new, new_state = optimizer.update(tree_map(array, grads), state, params)
        kept.append([a for a in tree_leaves((grads, new, new_state.m, new_state.v)) if a.size])
    for own, other in pairwise(kept):
        for one in own:
            assert not any(numpy.may_share_memory(one, two) for two in other)
    for own in kept:
        for place, one in enumerate(own):
            assert not any(numpy.may_share_memory(one, two) for two in own[:place])


def test_equal_calls_give_results_of_their_own():
    def run(x):
        xp, x = arrays("run", None, x=x)
        one, other = xp.add(x, 1), xp.add(x, 1)
        return one, other, xp.multiply(xp.add(x, 1), xp.add(x, 1))

    one, other, square = program_of(run, array([1.0]))(array([2.0]))
    assert (one[0], other[0], square[0]) == (3.0, 3.0, 9.0)
    assert not numpy.may_share_memory(one, other)


def test_nothing_is_written_over_while_a_view_of_it_lives():
    def run(x):
        xp, x = arrays("run", None, x=x)
        made = xp.add(x, 1)
        view = xp.reshape(made, (4,))
        squares = xp.multiply(made, made)
        return squares, xp.add(view, 0)

    x = array([[1.0, 2.0], [3.0, 4.0]])
    squares, view = program_of(run, x)(x)
    assert squares.tolist() == [[4.0, 9.0], [16.0, 25.0]]
    assert view.tolist() == [2.0, 3.0, 4.0, 5.0]


def test_arrays_that_were_the_same_may_be_others_in_the_next_run():
    def run(x, y):
        xp, x, y = arrays("run", None, x=x, y=y)
        return xp.add(xp.multiply(x, 2), y)

    x, y = array([1.0]), array([5.0])
    program = program_of(run, x, x)
    assert (program(x, x).tolist(), program(x, y).tolist()) == ([3.0], [7.0])


def test_an_array_that_the_function_holds_is_no_argument():
    layer = pn.affine(2, 2)
    own = layer.init(0, xp="numpy")
    model = pn.chain(pn.branch(pn.frozen(layer, own), layer), pn.add)
    step, x = pn.loss_and_grads(model, pn.mean_squared_error), array([[1.0, 2.0]])
    for _ in range(3):
        step((((), own), ()), x, x)  # the very arrays that are frozen, too
    params = (((), tree_map(lambda leaf: leaf + 1, own)), ())
    assert_same_bits(step(params, x, x), pn.loss_and_grads(model, pn.mean_squared_error)(params, x, x))


def test_programs_keep_no_array():
    model, params, x, labels = network()
    step, optimizer = pn.loss_and_grads(model, pn.softmax_cross_entropy), pn.sgd(0.1)
    state = optimizer.init(params)
    for _ in range(3):
        grads = step(params, x, labels).grads
        new, _ = optimizer.update(grads, state, params)
    dead = [
        weakref.ref(leaf)
        for leaf in (x, labels, *tree_leaves(params), *tree_leaves(grads), *tree_leaves(new))
    ]
    del params, x, labels, grads, new
    assert [ref() is None for ref in dead] == [True] * len(dead)


@pytest.mark.parametrize(
    "params", [numpy.array(2.0), numpy.asfortranarray(numpy.ones((2, 3))), numpy.ones((3, 2))[::-1]]
)
def test_updates_give_arrays_in_order_in_every_step(params):
    optimizer = pn.adam()
    for _ in range(4):
        new, state = optimizer.update(params, optimizer.init(params), params)
        for leaf in (new, state.m, state.v):
            assert type(leaf) is numpy.ndarray
            assert leaf.flags.c_contiguous


def test_parameters_that_are_updated_in_pieces_have_no_program():
    optimizer = pn.sgd(1.0)
    params = numpy.ones((1 << 22) + 1, "float32")
    for _ in range(4):
        new, _ = optimizer.update(params, optimizer.init(params), params)
        assert not new.any()

    def run(x):
        xp, x = arrays("run", None, x=x)
        return extras.map_rows(lambda x: (xp.add(x, x),), [(x,)], xp=xp)[0]

    assert (program_of(run, params[:5])(params[:5])[0] == 2).all()
    with pytest.raises(Unknown, match="from elsewhere"):
        program_of(run, params)


def test_arithmetic_of_numbers_is_done_anew():
    def run(x, n, rate):
        xp, x = arrays("run", None, x=x)
        return (
            xp.multiply(x, 1 - 2**n),
            xp.multiply(x, (n + 1) * rate / n),
            (1 + n) ** -1,
            n - 1,
            rate,
            -1 - n,
        )

    program = program_of(run, array([2.0]), 3, 0.5)
    for n, rate in ((3, 0.5), (4, 0.25), (1, math.inf)):
        own, wanted = program(array([2.0]), n, rate), run(array([2.0]), n, rate)
        assert own[2:] == wanted[2:]
        assert_same_bits(own[:2], wanted[:2])
    assert program(array([2.0]), 3.0, 0.5) is None, "a number of another kind"
