"""What lists take in one pass is what the functions of the standard give one after the other, bit for bit."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

import purenn as pn
import purenn.functional as F
from purenn import backends
from purenn.backends import _fused, _loops, _nested, extras, lists
from purenn.errors import ArrayError, ShapeError

HOOKS = [name for name, value in vars(_fused).items() if getattr(value, "__module__", "") == _fused.__name__]
STANDARD = SimpleNamespace(**{name: value for name, value in vars(lists).items() if name not in HOOKS})

FLOATS = [0.5, -0.0, 0.0, -3.0, 710.0, -750.0, 5e-324, 1.5]
EDGES = [*FLOATS, 1e308, -1e308, math.inf, -math.inf, math.nan]
KINDS = {
    "floats": FLOATS,
    "edges": EDGES,
    "ints": [2, -1, 0, 3],
    "bools": [True, False, True, True],
    "huge ints": [10**400, -(10**400), 1, 0],
    "fractions": [Fraction(1, 3), Fraction(-2), Fraction(0), Fraction(5, 7)],
    "decimals": [Decimal("0.1"), Decimal(-2), Decimal(0), Decimal("-0")],
    "decimals at the edge": [Decimal("NaN"), Decimal("Infinity"), Decimal("1e999999"), Decimal(0)],
    "mixed": [0.5, 1, Fraction(1, 3), -0.0, True],
    "mixed, first an int": [1, 0.5, Fraction(1, 3), -0.0],
    "floats and a huge int": [0.5, 10**400, -1.5],
}


def told(x):
    """Numbers with their types, so that 0.0 is not -0.0, nor 1.0 one, and a NaN is itself."""
    return [told(row) for row in x] if isinstance(x, (list, tuple)) else (type(x), str(x))


def outcome(function, *arguments, **options):
    try:
        return told(function(*arguments, **options))
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error), str(error)


def drawn(numbers, *sizes, seed=0):
    """An array of these sizes, its first numbers in order, the others drawn."""
    count = math.prod(sizes)
    flat = [*numbers[:count], *random.Random(seed).choices(numbers, k=max(0, count - len(numbers)))]
    return lists.reshape(flat, sizes) if sizes else flat[0]


def arguments_of(name, numbers, rows=5, size=3):
    x, y, z = (drawn(numbers, rows, size, seed=seed) for seed in range(3))
    return {
        "affine": (x, drawn(numbers, size, 4), drawn(numbers, 4)),
        "affine_grads": (drawn(numbers, rows, 4), x, drawn(numbers, size, 4), True),
        "where_positive": (x, y),
        "weigh": (x, y),
        "descend": (x, y, numbers[0]),
        "running_mean": (x, y, numbers[0]),
        "descend_by_root": (x, y, z, numbers[0], 3, numbers[0]),
        "one_hot_like": ([index % size for index in range(rows)], x),
        "log_shares": (x,),
    }[name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [name for name in HOOKS if name != "_tried"])
def test_one_pass_gives_what_the_functions_of_the_standard_give(name, kind):
    arguments = arguments_of(name, KINDS[kind])
    function = getattr(extras, name)
    assert outcome(function, *arguments, xp=lists) == outcome(function, *arguments, xp=STANDARD)


@pytest.mark.parametrize("name", [name for name in HOOKS if name != "_tried"])
def test_one_pass_is_taken_for_floats(name):
    positive = [abs(number) + 0.5 for number in FLOATS]
    arguments = arguments_of(name, positive)
    assert told(getattr(lists, name)(*arguments)) == told(getattr(extras, name)(*arguments, xp=STANDARD))


@pytest.mark.parametrize("sizes", [(), (3,), (2, 2, 3), (2, 1), (1, 40), (40, 40)])
@pytest.mark.parametrize("name", ["where_positive", "weigh", "descend", "log_shares"])
def test_one_pass_takes_arrays_of_any_shape(name, sizes):
    x, y = (drawn(EDGES, *sizes, seed=seed) for seed in range(2))
    arguments = {"descend": (x, y, 0.5), "log_shares": (x,)}.get(name, (x, y))
    if name == "log_shares" and not sizes:
        return
    function = getattr(extras, name)
    assert outcome(function, *arguments, xp=lists) == outcome(function, *arguments, xp=STANDARD)


@pytest.mark.parametrize(
    ("x", "w", "b"),
    [
        ([1.0, 2.0], [[3.0], [4.0]], [0.5]),
        ([[1.0, 2.0]], [3.0, 4.0], 0.5),
        ([[[1.0, 2.0]]], [[3.0], [4.0]], [0.5]),
        ([[1.0, 2.0]], [[3.0], [4.0]], 0.5),
        ([[1.0] * (_loops.LONGEST + 1)], [[0.1]] * (_loops.LONGEST + 1), [0.5]),
        ([[10**400]], [[1]], [0.5]),
        ([[1.0]], [[Decimal(1)]], [0.5]),
    ],
)
def test_affine_leaves_to_the_standard_what_is_no_matrix_of_its_numbers(x, w, b):
    assert lists.affine(x, w, b) is None
    assert outcome(extras.affine, x, w, b, xp=lists) == outcome(extras.affine, x, w, b, xp=STANDARD)


def test_affine_of_shapes_that_do_not_meet_is_refused_as_by_the_standard():
    assert lists.affine([[1.0, 2.0]], [[3.0]], [0.5]) is None
    with pytest.raises(ValueError, match="have no matrix product"):
        extras.affine([[1.0, 2.0]], [[3.0]], [0.5], xp=lists)


def test_gradients_of_affine_without_outputs_are_refused_as_by_the_standard():
    arguments = [[], []], [[1.0], [2.0]], [[]], True
    assert lists.affine_grads(*arguments) is None
    assert outcome(extras.affine_grads, *arguments, xp=lists) == outcome(
        extras.affine_grads, *arguments, xp=STANDARD
    )


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [0.0, 1.0], [True, False], [[0], [1]]])
def test_one_hot_of_what_is_no_row_of_classes_is_that_of_the_standard(labels):
    scores = [[0.5, 1.0, 2.0]] * 2
    assert lists.one_hot_like(labels, scores) is None
    assert told(extras.one_hot_like(labels, scores, xp=lists)) == told(
        extras.one_hot_like(labels, scores, xp=STANDARD)
    )


def test_one_hot_rows_are_lists_of_their_own():
    rows = lists.one_hot_like([1, 1], [[0.5, 1.0]] * 2)
    assert rows == [[0.0, 1.0]] * 2
    assert rows[0] is not rows[1]


@pytest.mark.parametrize("numbers", [FLOATS, KINDS["fractions"], KINDS["mixed"]])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("size", [7, 49, 125])
def test_products_that_come_often_are_the_same(size, numbers, biased):
    rows, columns = drawn(numbers, 9, size), drawn(numbers, 11, size + biased)
    first = told(_nested.products(rows, columns, biased=biased))
    while next(_loops.calls(size, 11, biased)) < _loops.SELDOM:
        pass
    assert told(_nested.products(rows, columns, biased=biased)) == first


@pytest.mark.parametrize("size", [1, 2, 48, 60, 61, 80, 120, 121])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8])
def test_products_of_several_rows_at_once_are_those_of_each(size, rows):
    numbers = [0.1, -0.7, 1e10, 1e-10, 3.3]
    x, columns = drawn(numbers, rows, size), drawn(numbers, 3, size, seed=1)
    biased = [[*column, 0.5] for column in columns]
    assert _loops.dots_together(size)(x, columns) == _loops.dots(size)(x, columns)
    assert _loops.dots_together(size, True)(x, biased) == _loops.dots(size, True)(x, biased)


# --- who looks at lists, and when ---------------------------------------------------------------


def test_a_step_of_training_refuses_lists_that_are_no_arrays():
    step = pn.loss_and_grads(pn.chain(pn.affine(2, 1), pn.relu), pn.mean_squared_error)
    params = ((([[1.0], [2.0]]), [0.5]), ())
    with pytest.raises(ShapeError, match=r"x is ragged: x\[0\] has shape \(2,\) and x\[1\] \(1,\)"):
        step(params, [[1.0, 2.0], [3.0]], [[0.0], [0.0]])
    with pytest.raises(ArrayError, match=r"w\[1\]\[0\] is None"):
        step((([[1.0], [None]], [0.5]), ()), [[1.0, 2.0]], [[0.0]])


def test_a_step_of_training_looks_at_weights_of_classes_too():
    from functools import partial

    forward = partial(F.softmax_cross_entropy_forward, class_weights=[1.0, None])
    loss = pn.Loss(forward, F.softmax_cross_entropy_backward)
    step = pn.loss_and_grads(pn.affine(1, 2), loss)
    with pytest.raises(ArrayError, match=r"class_weights\[1\] is None"):
        step(([[1.0, 2.0]], [0.5, 0.5]), [[1.0]], [0])


def test_lists_are_looked_at_again_after_a_step_of_training():
    step = pn.loss_and_grads(pn.affine(1, 1), pn.mean_squared_error)
    step(([[1.0]], [0.5]), [[1.0]], [[0.0]])
    with pytest.raises(ValueError, match="do not meet"):
        step(([[1.0]], [0.5]), [[1.0, 2.0]], [[0.0]])
    with pytest.raises(ArrayError, match="x is 'no'"):
        F.relu_forward("no")
    with pytest.raises(ArrayError, match=r"x\[0\] is None"):
        F.relu_forward([None])


def test_a_dict_among_the_rows_is_named():
    with pytest.raises(ArrayError, match=r"relu: x\[0\] is {1.0: 2.0} \(dict\)"):
        F.relu_forward([{1.0: 2.0}, [1.0]])


def test_a_list_is_taken_as_it_is_only_beside_lists_and_plain_numbers():
    assert not _nested.are_arrays([[0.5], Fraction(1, 2)])
    assert _nested.are_arrays([[0.5], 2, 0.5, [[1.0]], [1]])


def test_backends_ready_asks_on_lists():
    assert backends.ready([[1.0, 2.0]]) is backends.ready([]) is None
