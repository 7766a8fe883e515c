"""Comparisons of graphs, node by node."""

from __future__ import annotations

import pytest

import purenn as pn
from purenn.compare import compare

pytest.importorskip("numpy")

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


def test_compare_looks_into_a_graph():
    model = pn.graph(
        ("x", "y"),
        {"a": (pn.affine(3, 2), "x"), "both": ("add", "a", "y"), "loss": ("softmax", "both")},
    )
    comparison = compare(
        model, (X, [[0.5, 1.0], [2.0, 1.0]]), [[0.0, 1.0], [1.0, 0.0]], loss=pn.mean_squared_error
    )
    named = [f"{row.op} {row.of}" for row in comparison.rows]
    assert named == [
        "a affine out", "a affine params.w", "a affine params.b", "a affine x",
        "both add out", "both add x[0]", "both add x[1]",
        "loss softmax out", "loss softmax x",
        "the loss mean_squared_error out", "the loss mean_squared_error x",
    ]  # fmt: skip
    assert comparison.notes == ()
    assert comparison.row("both add").alone.exact[0].ulp <= 1
    skip = pn.graph(
        "x",
        {"h": ("inner", "x"), "again": ("inner", "h"), "out": ("add", "x", "again")},
        layers={"inner": pn.chain(pn.affine(3, 3), pn.tanh)},
    )
    found = compare(skip, X, digits=None)
    assert [row.op for row in found.rows if row.of == "out"] == [
        "h.0 affine", "h.1 tanh", "again.0 affine", "again.1 tanh", "out add",
    ]  # fmt: skip


def test_compare_looks_into_a_graph_whose_targets_have_no_gradient():
    model = pn.graph(
        ("x", "t"), {"p": ("tanh", "x"), "t_2": ("multiply", "t", "t"), "loss": (pn.huber, "p", "t_2")}
    )
    rows = {f"{row.op} {row.of}" for row in compare(model, (X, X)).rows}
    assert rows == {"p tanh out", "p tanh x", "t_2 multiply out", "loss huber out", "loss huber x[0]"}
