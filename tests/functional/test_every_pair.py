"""What holds for every pair alike: the backend that is forced, dtypes that meet, Decimals, and slopes."""

from __future__ import annotations

import inspect
import math
from decimal import Decimal
from functools import partial

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.errors import ShapeError
from purenn.trees import tree_leaves

from ..bad_calls.pairs import GOOD, SOFT

WEIGHED = {"class_weights": [0.5, 2.0, 1.25], "label_smoothing": 0.25}
LOSSES = [name for name in GOOD if "reduction" in inspect.signature(getattr(F, f"{name}_forward")).parameters]
CASES = {  # a name, options of forward, a good call
    **{name: (name, {}, arguments) for name, arguments in GOOD.items()},
    "softmax_cross_entropy weighed": ("softmax_cross_entropy", WEIGHED, GOOD["softmax_cross_entropy"]),
    "dropout with a key": ("dropout", {"key": 3, "drop": 0.25}, GOOD["dropout"]),
    "gelu tanh": ("gelu", {"approximate": "tanh"}, GOOD["gelu"]),
    "leaky_relu 0.3": ("leaky_relu", {"negative_slope": 0.3}, GOOD["leaky_relu"]),
    "leaky_relu 0": ("leaky_relu", {"negative_slope": 0}, GOOD["leaky_relu"]),
    "elu 0.7": ("elu", {"alpha": 0.7}, GOOD["elu"]),
    "huber 0.3": ("huber", {"delta": 0.3}, GOOD["huber"]),
    **{f"{name} {how}": (name, {"reduction": how}, GOOD[name]) for name in LOSSES for how in ("sum", "none")},
    "softmax_cross_entropy soft": ("softmax_cross_entropy", {}, (GOOD["softmax_cross_entropy"][0], SOFT)),
    "cross_entropy soft": ("cross_entropy", {}, (GOOD["cross_entropy"][0], SOFT)),
    "one neuron": ("affine", {}, ([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0)),
    "neurons without a bias": ("matmul", {}, ([[1.0, -2.0], [0.5, 4.0]], [-3.0, 2.0])),
    "a stretched sum": ("add", {}, ([[1.0, -2.0, 3.0]], [[2.0], [4.0]])),
    "a stretched product": ("multiply", {}, ([[1.0, -2.0, 3.0]], [[2.0], [4.0]])),
    "one sample weighed": ("softmax_cross_entropy", WEIGHED, ([0.5, -1.25, 2.0], 2)),
    "everything dropped": ("dropout", {"key": 3, "drop": 1}, GOOD["dropout"]),
}
every = pytest.mark.parametrize("case", CASES)


def opened(case):
    name, options, arguments = CASES[case]
    return partial(getattr(F, f"{name}_forward"), **options), getattr(F, f"{name}_backward"), arguments


def floats(x):
    """Whether an argument is one that has a gradient, and no labels or signs."""
    return not lists.is_integer(x)


@every
def test_a_backend_that_is_forced_takes_lists(case, dtyped):
    forward, backward, arguments = opened(case)
    out, cache = forward(*arguments, xp=dtyped.backend)
    grads = backward(lists.ones_like(forward(*arguments)[0]), forward(*arguments)[1], xp=dtyped.backend)
    kind = type(dtyped.array([1.0]))
    assert not any(isinstance(found, list) for found in tree_leaves((out, cache, grads)))
    assert any(isinstance(found, kind) for found in tree_leaves(grads))


@every
def test_gradients_have_the_dtypes_of_what_they_are_the_gradients_of(case, dtyped):
    """x in float32, the gradient of the output in float64, as where a loss is computed in more digits."""
    forward, backward, arguments = opened(case)
    short = [dtyped.array(x, "float32") if floats(x) else dtyped.array(x) for x in arguments]
    out, cache = forward(*short)
    grads = backward(dtyped.array(lists.ones_like(forward(*arguments)[0])), cache)
    assert {leaf.dtype for leaf in tree_leaves(grads)} == {short[0].dtype}
    assert out.dtype == short[0].dtype


@every
def test_decimals_stay_decimals(case):
    forward, backward, arguments = opened(case)
    exact = [lists.astype(x, Decimal) if floats(x) else x for x in arguments]
    if "class_weights" in forward.keywords:
        forward = partial(forward, class_weights=lists.astype(forward.keywords["class_weights"], Decimal))
    out, cache = forward(*exact)
    grads = backward(lists.ones_like(out), cache)
    for tree in ((out,), grads):
        kinds = {type(number) for leaf in tree for number in lists.flat(leaf)}
        assert kinds <= {Decimal, int}
        assert Decimal in kinds
    plain, plain_cache = opened(case)[0](*arguments)
    plain_grads = backward(lists.ones_like(plain), plain_cache)
    for here, there in zip((out, *grads), (plain, *plain_grads), strict=True):
        assert list(map(float, lists.flat(here))) == pytest.approx(
            list(lists.flat(there)), rel=1e-12, abs=1e-15
        )


@every
def test_slopes_are_those_of_central_differences(case):
    forward, backward, arguments = opened(case)
    out, cache = forward(*arguments)
    weights = iter([0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.2, -0.9, 1.1, 0.3, -2.2, 0.8] * 2)
    dout = weighing(out, weights)
    for name, grad in backward(dout, cache)._asdict().items():
        place = list(inspect.signature(forward.func).parameters).index(name)
        slopes = list(lists.flat(grad))
        for index, slope in enumerate(slopes):
            ends = []
            for step in (1e-6, -1e-6):
                numbers = list(lists.flat(arguments[place]))
                numbers[index] += step
                moved = (
                    lists.reshape(numbers, lists.shape(arguments[place])) if lists.shape(grad) else numbers[0]
                )
                moved_out = forward(*arguments[:place], moved, *arguments[place + 1 :])[0]
                ends.append(sum(lists.flat(lists.multiply(moved_out, dout))))
            assert slope == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-7)


def weighing(out, weights):
    return [weighing(row, weights) for row in out] if isinstance(out, list) else next(weights)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_the_mean_unless_another_reduction_is_named(name):
    forward, _, arguments = opened(name)
    each = list(lists.flat(forward(*arguments, reduction="none")[0]))
    assert len(each) > 1
    assert forward(*arguments, reduction="sum")[0] == pytest.approx(sum(each), rel=1e-15)
    assert forward(*arguments)[0] == pytest.approx(sum(each) / len(each), rel=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_the_mean_of_nothing_is_refused_by_name(name, dtyped):
    forward, _, arguments = opened(name)
    nothing = [dtyped.array(x, "int64" if lists.is_integer(x) else "float64")[:0, ...] for x in arguments]
    with pytest.raises(
        ShapeError, match=rf"^{name}: losses \(0.*\): no samples have no mean, give at least one"
    ):
        forward(*nothing)
    assert float(forward(*nothing, reduction="sum")[0]) == 0.0


def test_dropout_draws_its_mask_from_the_key(pair_of):
    x = pair_of.array([[float(n) for n in range(1, 101)]] * 20)
    out, cache = F.dropout_forward(x, drop=0.25, key=1)
    kept = list(lists.flat(pn.convert(cache.mask, "lists")))
    assert set(kept) == {0.0, 4 / 3}
    assert kept.count(0.0) / 2000 == pytest.approx(0.25, abs=0.03)
    assert lists.shape(pn.convert(cache.mask, "lists")) == (20, 100)
    assert pn.convert(out, "lists") == pn.convert(pair_of.backend.multiply(x, cache.mask), "lists")
    assert pn.convert(F.dropout_forward(x, drop=1, key=1)[0], "lists") == [[0.0] * 100] * 20
    assert pn.convert(F.dropout_forward(x, drop=1)[0], "lists") == pn.convert(x, "lists")
    assert set(lists.flat(pn.convert(F.dropout_forward(x, drop=0, key=1)[1].mask, "lists"))) == {1.0}
    halved = F.dropout_forward(x, key=1)[1].mask
    assert set(lists.flat(pn.convert(halved, "lists"))) == {0.0, 2.0}


def test_dropout_draws_its_mask_on_the_backend_of_x():
    other = pytest.importorskip("array_api_strict", exc_type=ImportError)
    x = other.asarray([1.0, 2.0, 3.0, 4.0])
    out, cache = F.dropout_forward(x, drop=0.5, key=1)
    assert type(out) is type(cache.mask) is type(x)
    assert [float(n) for n in pn.convert(out, "lists")] == [0.0, 0.0, 6.0, 8.0]


def test_gelu_tanh_is_its_formula(pair_of):
    x = [-3.0, -0.5, 0.0, 0.25, 2.0]
    want = [n / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (n + 0.044715 * n**3))) for n in x]
    out, _ = F.gelu_forward(pair_of.array(x), approximate="tanh")
    assert list(out) == pytest.approx(want, rel=1e-13)
