"""What holds for every pair alike: the backend that is forced, dtypes that meet, Decimals, and slopes."""

from __future__ import annotations

import inspect
from decimal import Decimal
from functools import partial

import pytest

import purenn.functional as F
from purenn.backends import lists
from purenn.trees import tree_leaves

from ..bad_calls.pairs import GOOD

WEIGHED = {"class_weights": [0.5, 2.0, 1.25], "label_smoothing": 0.25}
CASES = {  # a name, options of forward, a good call
    **{name: (name, {}, arguments) for name, arguments in GOOD.items()},
    "softmax_cross_entropy weighed": ("softmax_cross_entropy", WEIGHED, GOOD["softmax_cross_entropy"]),
    "dropout with a key": ("dropout", {"key": 3, "drop": 0.25}, GOOD["dropout"]),
    "gelu tanh": ("gelu", {"approximate": "tanh"}, GOOD["gelu"]),
    "leaky_relu 0.3": ("leaky_relu", {"negative_slope": 0.3}, GOOD["leaky_relu"]),
    "elu 0.7": ("elu", {"alpha": 0.7}, GOOD["elu"]),
    "huber 0.3": ("huber", {"delta": 0.3}, GOOD["huber"]),
    **{
        f"{name} {how}": (name, {"reduction": how}, arguments)
        for name, arguments in GOOD.items()
        if "reduction" in inspect.signature(getattr(F, f"{name}_forward")).parameters
        for how in ("sum", "none")
    },
    "one neuron": ("affine", {}, ([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0)),
    "neurons without a bias": ("matmul", {}, ([[1.0, -2.0], [0.5, 4.0]], [-3.0, 2.0])),
    "a stretched sum": ("add", {}, ([[1.0, -2.0, 3.0]], [[2.0], [4.0]])),
    "a stretched product": ("multiply", {}, ([[1.0, -2.0, 3.0]], [[2.0], [4.0]])),
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
