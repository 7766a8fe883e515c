from __future__ import annotations

import math
from fractions import Fraction

import pytest

import purenn as pn
from purenn.errors import OptionError, RangeError, ShapeError

PASS = pn.chain()  # gives its input back: what is predicted from is in plain sight


def numbers(tree):
    return pn.convert(tree, "lists")


@pytest.mark.parametrize(
    ("out", "probabilities", "labels"),
    [
        ([[0.0], [2.0], [-1.0]], [[0.5], [0.8807970779778823], [0.2689414213699951]], [0, 1, 0]),
        ([[1e3], [-1e3], [1e-300]], [[1.0], [0.0], [0.5]], [1, 0, 1]),
        ([3.0], [0.9525741268224334], 1),
        ([[[3.0]], [[-math.inf]]], [[[0.9525741268224334]], [[0.0]]], [[1], [0]]),
    ],
)
def test_one_number_is_a_logit_of_class_1(out, probabilities, labels, xp):
    found = numbers(pn.predict_proba(PASS, (), xp.array(out)))
    assert list(pn.backends.lists.flat(found)) == pytest.approx(list(pn.backends.lists.flat(probabilities)))
    assert pn.backends.extras.shape(found) == pn.backends.extras.shape(out)
    assert numbers(pn.predict(PASS, (), xp.array(out))) == labels


@pytest.mark.parametrize(
    ("out", "labels"),
    [
        ([[0.0, 1.0, 0.5], [2.0, 2.0, 1.0], [-1.0, -3.0, -1.0]], [1, 0, 0]),
        ([0.0, 0.1], 1),
        ([[[1e3, -1e3]], [[0.0, 1e-9]]], [[0], [1]]),
    ],
)
def test_several_numbers_are_logits_of_as_many_classes(out, labels, xp):
    assert numbers(pn.predict(PASS, (), xp.array(out))) == labels
    found = pn.predict_proba(PASS, (), xp.array(out))
    assert pn.backends.extras.shape(found) == pn.backends.extras.shape(out)
    wanted, _ = pn.functional.softmax_forward(xp.array(out))
    assert repr(numbers(found)) == repr(numbers(wanted))


def test_probabilities_are_returned_as_they_are(xp):
    binary = xp.array([[0.5], [0.75], [0.25], [1.0]])
    assert numbers(pn.predict_proba(PASS, (), binary, from_logits=False)) == [[0.5], [0.75], [0.25], [1.0]]
    assert numbers(pn.predict(PASS, (), binary, from_logits=False)) == [0, 1, 0, 1]
    several = xp.array([[0.25, 0.75], [0.5, 0.5]])
    assert numbers(pn.predict_proba(PASS, (), several, from_logits=False)) == [[0.25, 0.75], [0.5, 0.5]]
    assert numbers(pn.predict(PASS, (), several, from_logits=False)) == [1, 0]


def test_a_model_that_ends_in_sigmoid_predicts_as_the_one_that_does_not(xp):
    model = pn.chain(pn.affine(2, 3), pn.tanh, pn.affine(3, 1))
    params = model.init(0)
    with_sigmoid = pn.chain(model, pn.sigmoid)
    x = xp.array([[float(i % 7) - 3, float(i % 5) - 2] for i in range(20)])
    params = xp.tree(params)
    assert numbers(pn.predict_proba(with_sigmoid, (params, ()), x, from_logits=False)) == numbers(
        pn.predict_proba(model, params, x)
    )
    labels = numbers(pn.predict(model, params, x))
    assert set(labels) == {0, 1}
    assert numbers(pn.predict(with_sigmoid, (params, ()), x, from_logits=False)) == labels


def test_predict_agrees_with_accuracy(xp):
    scores = xp.array([[1.0, 1.0, 0.0], [0.0, math.nan, 5.0], [1.0, 2.0, 3.0], [math.nan] * 3])
    for labels in ([0, 1, 2, 0], [1, 2, 2, 0]):
        hits = [p == y for p, y in zip(numbers(pn.predict(PASS, (), scores)), labels, strict=True)]
        assert sum(hits) / 4 == pn.accuracy(scores, xp.array(labels))


def test_a_nan_is_of_no_class(xp):
    nan = math.nan
    assert numbers(pn.predict(PASS, (), xp.array([[nan], [1.0]]))) == [-1, 1]
    assert numbers(pn.predict(PASS, (), xp.array([[nan, 1.0], [1.0, 0.0]]))) == [-1, 0]
    assert numbers(pn.predict(PASS, (), xp.array([[nan], [1.0]]), from_logits=False)) == [-1, 1]
    found = numbers(pn.predict_proba(PASS, (), xp.array([[nan, 1.0], [1.0, 1.0]])))
    assert all(map(math.isnan, found[0]))
    assert found[1] == [0.5, 0.5]


def test_labels_are_ints_on_the_backend_of_x(dtyped):
    for out in ([[0.5], [-0.5]], [[0.5, 1.0], [1.0, 0.5]]):
        x = dtyped.array(out, "float32")
        found = pn.predict(PASS, (), x)
        assert str(found.dtype).endswith("int64")
        assert pn.backend_of(found) is dtyped.backend
        assert str(pn.predict_proba(PASS, (), x).dtype).endswith("float32")
        assert pn.backend_of(pn.predict(PASS, (), out, xp=dtyped.backend)) is dtyped.backend
    assert pn.predict(PASS, (), [[Fraction(1, 3)], [Fraction(0)]]) == [1, 0]
    assert [type(n) for n in pn.predict(PASS, (), [[1.0], [0.0]])] == [int, int]


@pytest.mark.parametrize("call", [pn.predict, pn.predict_proba])
def test_the_model_gets_no_key(call):
    keys = []

    def forward(params, x, *, key=None, xp=None):
        keys.append(key)
        return PASS.forward(params, x, key=key, xp=xp)

    call(PASS._replace(forward=forward), (), [[1.0]])
    assert keys == [None]


@pytest.mark.parametrize("call", [pn.predict, pn.predict_proba])
def test_bad_calls_are_refused(call, xp):
    name = call.__name__
    for x in (1.0, []):
        with pytest.raises(
            ShapeError, match=rf"{name}: the model's output \(.*\) has no classes: wanted \(..., C\)"
        ):
            call(PASS, (), xp.array(x))
    x = xp.array([[0.5], [1.5]])
    with pytest.raises(RangeError, match=rf"{name}: output 1.5 in row 1: .* from 0 to 1; are these logits\?"):
        call(PASS, (), x, from_logits=False)
    with pytest.raises(OptionError, match=f"{name}: from_logits=1: wanted True or False"):
        call(PASS, (), x, from_logits=1)
    with pytest.raises(TypeError, match=f"{name}: model is a function, wanted a Layer"):
        call(pn.affine, (), x)
    with pytest.raises(ShapeError, match="affine: x"):
        call(pn.affine(2, 1), xp.tree(pn.affine(2, 1).init(0)), x)
