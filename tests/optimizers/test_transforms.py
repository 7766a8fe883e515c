from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
from purenn.backends import lists
from purenn.backends.extras import shape
from purenn.errors import ArrayError
from purenn.testing import _bits

from .test_optimizers import flat

PARAMS = ({"w": [[1.0, -2.0], [0.5, 0.0]], "b": [0.25, 1.0]}, (), -0.25)
GRADS = ({"w": [[3.0, -0.25], [0.5, 0.0]], "b": [1.0, -8.0]}, (), 2.0)
TRANSFORMS = {
    "clip_by_value": pn.clip_by_value(1),
    "clip_by_global_norm": pn.clip_by_global_norm(0.5),
    "l1": pn.l1(0.1),
    "l2": pn.l2(0.1),
    "l2 only weights": pn.l2(0.1, only=pn.is_weight),
}

every = pytest.mark.parametrize("name", TRANSFORMS)


def numbers(tree):
    return [number for leaf in pn.tree_leaves(tree) for number in flat(leaf)]


@every
def test_transforms_are_pure_and_keep_the_tree(name, xp):
    params, grads = xp.tree(PARAMS), xp.tree(GRADS)
    before = _bits((params, grads))
    first, second = (TRANSFORMS[name](grads, params) for _ in range(2))
    assert _bits((params, grads)) == before
    assert _bits(first) == _bits(second)
    assert pn.tree_map(shape, first) == pn.tree_map(shape, grads)
    assert numbers(first) != numbers(grads)


@every
def test_transforms_keep_the_dtype(name, dtyped):
    params, grads = dtyped.tree(PARAMS, "float32"), dtyped.tree(GRADS, "float32")
    out = TRANSFORMS[name](grads, params)
    assert {leaf.dtype for leaf in pn.tree_leaves(out)} == {pn.tree_leaves(grads)[0].dtype}


@pytest.mark.parametrize("make", [pn.l1, pn.l2])
def test_penalties_of_longer_params_keep_the_dtype_of_the_gradients(make, dtyped):
    params, grads = dtyped.tree(PARAMS, "float64"), dtyped.tree(GRADS, "float32")
    out = make(0.1)(grads, params)
    assert {leaf.dtype for leaf in pn.tree_leaves(out)} == {pn.tree_leaves(grads)[0].dtype}


@every
def test_transforms_compute_with_decimals(name):
    here = TRANSFORMS[name]([3.0, -0.25], [1.5, 0.0])
    exact = TRANSFORMS[name]([Decimal(3), Decimal("-0.25")], [Decimal("1.5"), Decimal(0)])
    assert {type(number) for number in exact} == {Decimal}
    assert list(map(float, exact)) == pytest.approx(here, rel=1e-14)


def test_clip_by_value_clips_each_number_and_keeps_nan(xp):
    out = flat(pn.clip_by_value(1.0)(xp.array([3.0, -0.5, -7.0, math.inf, math.nan]), ()))
    assert out[:4] == [1.0, -0.5, -1.0, 1.0]
    assert math.isnan(out[4])


def test_clip_by_global_norm_scales_all_by_one_number(xp):
    grads = xp.tree(({"w": [[3.0, 0.0]]}, [4.0]))
    assert float(pn.global_norm(grads)) == 5.0
    assert numbers(pn.clip_by_global_norm(2.5)(grads, ())) == pytest.approx([1.5, 0.0, 2.0], rel=1e-15)


def test_clip_by_global_norm_leaves_small_gradients_as_they_are(xp):
    grads = xp.tree((GRADS, [1 / 3]))
    assert _bits(pn.clip_by_global_norm(1000.0)(grads, ())) == _bits(grads)
    norm = float(pn.global_norm(xp.tree([3.0, 4.0])))
    assert numbers(pn.clip_by_global_norm(norm)(xp.tree([3.0, 4.0]), ())) == [3.0, 4.0]


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e200, 1.5e308])
def test_clip_by_global_norm_neither_overflows_nor_underflows(size, xp):
    grads = xp.tree(([size, -size], [size], [size]))
    quarter = size / 4
    norm = pn.global_norm(xp.tree(([quarter, quarter], [quarter], [quarter])))
    assert float(norm) == pytest.approx(size / 2, rel=1e-14, abs=0)
    want = [0.5, -0.5, 0.5, 0.5] if size > 1 else numbers(grads)
    assert numbers(pn.clip_by_global_norm(1.0)(grads, ())) == pytest.approx(want, rel=1e-14, abs=0)


def test_clip_by_global_norm_keeps_the_dtype_of_each_leaf(dtyped):
    grads = (dtyped.array([3.0], "float32"), dtyped.array([4.0], "float64"))
    out = pn.clip_by_global_norm(2.5)(grads, ())
    assert [leaf.dtype for leaf in out] == [leaf.dtype for leaf in grads]
    assert numbers(out) == [1.5, 2.0]


def test_clip_by_global_norm_of_zeros_is_zeros(xp):
    for limit in (0.0, 1.0):
        assert numbers(pn.clip_by_global_norm(limit)(xp.tree(([0.0, 0.0], [0.0])), ())) == [0.0, 0.0, 0.0]
    assert numbers(pn.clip_by_global_norm(0.0)(xp.tree([3.0, 4.0]), ())) == [0.0, 0.0]


def test_nan_and_infinity_stay_visible(pair_of):
    spoiled = pair_of.tree(([1.0, math.nan], [2.0]))
    assert math.isnan(float(pn.global_norm(spoiled)))
    assert all(map(math.isnan, numbers(pn.clip_by_global_norm(1.0)(spoiled, ()))))
    endless = pair_of.tree(([1.0, -math.inf], [2.0]))
    assert float(pn.global_norm(endless)) == math.inf
    clipped = numbers(pn.clip_by_global_norm(1.0)(endless, ()))
    assert math.isnan(clipped[1])
    assert (clipped[0], clipped[2]) == (0.0, 0.0)


def test_global_norm_of_no_numbers_is_zero():
    numpy = pytest.importorskip("numpy")
    assert pn.global_norm(((), {})) == 0.0
    assert pn.global_norm(numpy.ones((0, 3))) == 0.0
    assert pn.global_norm((numpy.ones((0, 3)), numpy.full(4, 2.0))) == 4.0
    assert pn.clip_by_global_norm(1.0)(((), {}), ()) == ((), {})


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("clip_by_value", lambda x: pn.clip_by_value(1)(x, x)),
        ("clip_by_global_norm", lambda x: pn.clip_by_global_norm(1)(x, x)),
        ("global_norm", pn.global_norm),
        ("l1", lambda x: pn.l1(0.5)(x, x)),
        ("l2", lambda x: pn.l2(0.5)(x, x)),
        ("l1_penalty", lambda x: pn.l1_penalty(x, 0.5)),
        ("l2_penalty", lambda x: pn.l2_penalty(x, 0.5)),
    ],
)
def test_what_is_no_array_is_refused_by_name(name, call):
    with pytest.raises(ArrayError, match=rf"^{name}: \w+\['w'\]\[1\] is None"):
        call({"w": [1.0, None]})


def test_l1_and_l2_add_their_slopes(xp):
    params, grads = xp.array([4.0, 0.0, -2.0]), xp.array([1.0, 1.0, 1.0])
    assert flat(pn.l1(0.5)(grads, params)) == [1.5, 1.0, 0.5]
    assert flat(pn.l2(0.5)(grads, params)) == [3.0, 1.0, 0.0]


@pytest.mark.parametrize("only", [None, pn.is_weight])
@pytest.mark.parametrize(
    ("transform", "penalty", "degree"), [(pn.l1, pn.l1_penalty, 1), (pn.l2, pn.l2_penalty, 2)]
)
def test_penalties_have_the_gradients_that_the_transforms_add(transform, penalty, degree, only):
    """Exact: away from 0 a central difference of degree 1 or 2 has no error in Fractions."""
    params = {"w": [Fraction(1, 3), Fraction(-2)], "b": [Fraction(5, 7)]}
    zeros = pn.tree_map(lists.zeros_like, params)
    strength, h = Fraction(3, 10), Fraction(1, 1000)
    slopes = transform(strength, only=only)(zeros, params)
    for name, index in (("w", 0), ("w", 1), ("b", 0)):
        ends = []
        for sign in (1, -1):
            row = list(params[name])
            row[index] += sign * h
            ends.append(penalty(params | {name: row}, strength, only=only))
        assert slopes[name][index] == (ends[0] - ends[1]) / (2 * h)
    doubled = pn.tree_map(lambda leaf: lists.multiply(leaf, 2), params)
    assert penalty(doubled, strength, only=only) == 2**degree * penalty(params, strength, only=only)


def test_penalties_agree_on_every_backend(xp):
    assert float(pn.l1_penalty(xp.tree(PARAMS), 0.5)) == 2.5
    assert float(pn.l2_penalty(xp.tree(PARAMS), 0.5)) == 1.59375
    assert float(pn.l2_penalty(xp.tree(PARAMS), 0.5, only=lambda path, leaf: False)) == 0.0


@every
def test_dicts_may_come_in_any_order(name):
    params, grads = {"w": [1.0, 2.0], "b": [3.0]}, {"w": [0.5, -4.0], "b": [-2.0]}
    turned = dict(reversed(grads.items()))
    assert TRANSFORMS[name](turned, params) == TRANSFORMS[name](grads, params)


def test_transforms_apply_in_order():
    add_then_clip = pn.transform_grads(pn.sgd(1.0), pn.l2(1.0), pn.clip_by_value(1.0))
    clip_then_add = pn.transform_grads(pn.sgd(1.0), pn.clip_by_value(1.0), pn.l2(1.0))
    for optimizer, want in ((add_then_clip, [3.0]), (clip_then_add, [-1.0])):
        assert optimizer.update([9.0], optimizer.init([4.0]), [4.0])[0] == want
    same = pn.transform_grads(pn.adam())
    assert same.update([1.0], same.init([1.0]), [1.0]) == pn.adam().update([1.0], same.init([1.0]), [1.0])


def test_a_transform_of_your_own_sees_grads_and_params():
    optimizer = pn.transform_grads(pn.sgd(1.0), lambda grads, params: params)
    assert optimizer.update([9.0], optimizer.init([4.0]), [4.0])[0] == [0.0]


@pytest.mark.parametrize(
    ("path", "weight"),
    [
        ("", True),
        ("[0]", True),
        (".w", True),
        ("[2].b", False),
        ("['b']", False),
        ("['b1']", False),
        ("['layer']['bias12']", False),
        (".beta", False),
        ("['beta2']", False),
        (".bias.w", True),
        ("['b'][0]", True),
        (".db", True),
        ("['rgb']", True),
        ("['x.b']", True),
        (".b_hat", True),
        (".gamma", True),
    ],
)
def test_is_weight_reads_the_last_step_of_the_path(path, weight):
    assert pn.is_weight(path, [1.0]) is weight


def test_is_weight_leaves_the_biases_of_a_model_out():
    params = pn.chain(pn.affine(2, 3), pn.relu, pn.affine(3, 1)).init(0)
    left = [path for path, leaf in pn.trees.tree_paths(params) if pn.is_weight(path, leaf)]
    assert left == ["[0].w", "[2].w"]
