"""What breaks the laws that compare: with other backends, layouts, and another pair."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest

import purenn.functional as F
from purenn.backends import lists
from purenn.errors import BackendError
from purenn.testing import check_laws

from .broken import Cache, Grads, broken, forward_twice, skipped, told, twice

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


def test_backends_misses_a_gradient():
    numpy = pytest.importorskip("numpy")

    class Both(NamedTuple):
        x: object
        y: object

    class One(NamedTuple):
        x: object

    def backward(dout, cache):
        grads = F.multiply_backward(dout, cache)
        return One(grads.x) if isinstance(dout, numpy.ndarray) else Both(*grads)

    assert broken("backends", F.multiply_forward, backward, X, X) == "on numpy: grads.y is missing"


def test_backends_counts_the_numbers():
    numpy = pytest.importorskip("numpy")

    def forward(x):
        return lists.sum(x) if isinstance(x, list) else numpy.sum(x), Cache(x)

    def backward(dout, cache):
        return Grads(numpy.ones((1, 1)) * dout if hasattr(dout, "dtype") else [[dout] * 3] * 2)

    detail = broken("backends", forward, backward, X)
    assert detail == "on numpy: grads.x holds 1 numbers, wanted 6"


def test_backends_leaves_out_where_plus_joins_lists():
    numpy = pytest.importorskip("numpy")

    def forward(x):
        return x + x, Cache(x)

    detail = skipped("backends", forward, twice, numpy.array([1.0]))
    assert detail == "does not run on lists: the output has another shape"


def test_backends_skips_numbers_that_only_lists_have():
    pytest.importorskip("numpy")
    for x in ([Fraction(1, 3)], [Decimal("0.5")]):
        detail = skipped("backends", forward_twice, twice, x)
        assert detail == "only lists compute with Fractions and Decimals"
        assert skipped("layouts", forward_twice, twice, x) == "numpy holds no Fractions and Decimals"


def test_backends_and_layouts_are_skipped_where_numpy_is_missing(monkeypatch):
    def without_numpy(xp):
        if xp == "numpy":
            raise BackendError("numpy is not installed")
        return lists

    monkeypatch.setattr("purenn.testing._agreement.get_backend", without_numpy)
    assert skipped("backends", forward_twice, twice, X) == "there is no other backend to compare with"
    assert skipped("layouts", forward_twice, twice, X) == "numpy is not installed"


def test_backends_of_itself_alone_is_skipped():
    detail = skipped("backends", forward_twice, twice, X, backends=["lists"])
    assert detail == "there is no other backend to compare with"


def test_reference_compares_shapes_first_and_says_that_it_agrees():
    pair = (F.flatten_forward, F.flatten_backward)
    square = [[[1.0, 2.0], [3.0, 4.0]]]
    detail = broken("reference", forward_twice, twice, square, reference=pair)
    assert detail == "out has shape (1, 2, 2), the reference (1, 4)"
    same = told("reference", forward_twice, twice, X, reference=(forward_twice, twice))
    assert (same.passed, same.detail) == (True, "as the reference")


def test_the_backend_that_is_asked_for_is_sent_on():
    numpy = pytest.importorskip("numpy")
    report = check_laws(F.tanh_forward, F.tanh_backward, X, xp="numpy")
    report.assert_ok()
    seen = []

    def forward(x, *, xp=None):
        seen.append(xp)
        return F.tanh_forward(x, xp=xp)

    def backward(dout, cache, *, xp=None):
        return F.tanh_backward(dout, cache, xp=xp)

    assert told("zero", forward, backward, numpy.array(X), xp="numpy").passed
    assert [each.__name__ for each in seen] == ["purenn.backends.numpy"]


def test_a_function_without_a_signature_is_a_report():
    report = check_laws(max, twice, X, X)
    assert report.laws[0].detail.startswith("forward raised ValueError: no signature found for builtin")
