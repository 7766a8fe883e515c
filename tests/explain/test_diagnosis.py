"""The first NaN, dead relus, norms of gradients, and what a network holds."""

from __future__ import annotations

import math

import pytest

import purenn as pn
import purenn.functional as F
from purenn.explain import NonFinite, explain, summary

NETWORK = pn.chain(pn.affine(2, 3), pn.relu, pn.affine(3, 1))
PARAMS = (([[1.0, -1.0, 0.5], [1.0, -1.0, -0.5]], [0.0, -9.0, 0.0]), (), ([[1.0], [2.0], [3.0]], [0.0]))


def test_first_nonfinite_is_none_where_all_is_finite(xp):
    assert explain(NETWORK, xp.tree(PARAMS), xp.array([[1.0, 2.0]])).first_nonfinite is None


def test_first_nonfinite_names_the_op_that_made_it(pair_of):
    times = pn.layer(F.multiply_forward, F.multiply_backward, init=lambda key: (1e300,))
    model = pn.chain(pn.affine(2, 2), times)
    params = pair_of.tree((([[1e10, 1.0], [0.0, 1.0]], [0.0, 0.0]), (1e300,)))
    found = explain(model, params, pair_of.array([[1.0, 2.0], [0.0, 0.0]]))
    assert found.first_nonfinite == NonFinite("1 multiply", "out", (0, 0), math.inf)


def test_first_nonfinite_sees_what_was_given(pair_of):
    found = explain(NETWORK, pair_of.tree(PARAMS), pair_of.array([[1.0, math.inf]]))
    assert found.first_nonfinite == NonFinite("", "x", (0, 1), math.inf)
    found = explain(pn.relu, (), pair_of.array([1.0, 2.0]), dout=pair_of.array([1.0, math.inf]))
    assert found.first_nonfinite == NonFinite("", "dout", (1,), math.inf)


def test_first_nonfinite_looks_at_gradients_too(pair_of):
    pair = (F.multiply_forward, F.multiply_backward)
    found = explain([pair, pair], ((1e200,), (1e-300,)), pair_of.array([1.0]), dout=pair_of.array([1e300]))
    assert found.first_nonfinite == NonFinite("1 multiply", "gradient of y", (), math.inf)


def test_dead_relus_are_those_that_no_sample_opens(pair_of):
    x = pair_of.array([[1.0, 2.0], [3.0, 1.0]])
    assert explain(NETWORK, pair_of.tree(PARAMS), x).dead_relus == {"1 relu": (1,)}
    assert explain(NETWORK, pair_of.tree(PARAMS), x[:1] if pair_of.name == "lists" else x).dead_relus
    assert explain(pn.relu, (), -1.0).dead_relus == {"relu": (0,)}
    assert explain(pn.relu, (), [1.0, 0.5]).dead_relus == {}
    assert explain(pn.tanh, (), [0.0]).dead_relus == {}


def test_gradient_norms_are_euclidean(pair_of):
    found = explain(NETWORK, pair_of.tree(PARAMS), pair_of.array([[1.0, 2.0]]))
    norms = found.gradient_norms
    assert norms["w2"] == pytest.approx(3.0)
    assert norms["h2"] == pytest.approx(math.sqrt(14))
    assert list(norms) == ["w1", "b1", "w2", "b2", "x", "h1", "h2", "y"]


def test_summary_counts_params_and_bytes(pair_of):
    model = pn.chain(NETWORK, pn.branch(pn.tanh, pn.sigmoid))
    held = summary(model, pair_of.tree((PARAMS, ((), ()))), pair_of.array([[1.0, 2.0]] * 4))
    assert [tuple(row) for row in held.rows] == [
        ("0.0 affine", (4, 3), 9, 0),  # x and w were there before
        ("0.1 relu", (4, 3), 0, 4 * 3 * 8),
        ("0.2 affine", (4, 1), 4, 0),  # its x is what relu keeps
        ("1.0 tanh", (4, 1), 0, 4 * 8),
        ("1.1 sigmoid", (4, 1), 0, 2 * 4 * 8),
    ]
    assert (held.parameters, held.cache_bytes) == (13, 96 + 32 + 64)


def test_summary_knows_the_bytes_of_a_dtype():
    numpy = pytest.importorskip("numpy")
    held = summary(pn.tanh, (), numpy.asarray([1.0, 2.0], "float32"))
    assert held.cache_bytes == 0
    held = summary(pn.chain(pn.relu, pn.tanh), ((), ()), numpy.asarray([1.0, 2.0], "float32"))
    assert held.cache_bytes == 8


def test_summary_prints_as_text_markdown_and_html():
    held = summary(NETWORK, PARAMS, [[1.0, 2.0]])
    assert str(held).splitlines()[0] == "layer     output  parameters  cache bytes"
    assert str(held).splitlines()[-1] == "total                     13           24"
    assert held.to_markdown().splitlines()[3] == "| `1 relu` | `(1, 3)` | `0` | `24` |"
    assert "<td>1 relu</td><td>(1, 3)</td>" in held._repr_html_()


def test_summary_shows_trees_of_shapes():
    assert summary(pn.add, (), ([1.0], [2.0])).rows[0].output == (1,)
    own = pn.Layer(
        lambda key: (), lambda params, x, *, key=None, xp=None: ((x, x), ()), lambda dout, cache: None
    )
    assert summary(own, (), [1.0, 2.0]).rows[0].output == ((2,), (2,))
