"""Explanations as text, as Markdown and as HTML."""

from __future__ import annotations

import math

import pytest

import purenn as pn
import purenn.functional as F
from purenn.errors import OptionError
from purenn.explain import explain

NEURON = [(F.affine_forward, F.affine_backward), (F.relu_forward, F.relu_backward)]
WALK = """\
forward

  0 affine    out = x @ w + b
      input   x            [1.0, -2.0, 3.0]
      input   w            [-3.0, -1.0, 2.0]
      input   b            1.0
      output  h            6.0
      cache   AffineCache  x = [1.0, -2.0, 3.0], w = [-3.0, -1.0, 2.0]

  1 relu    out = max(x, 0)
      input   x: h       6.0
      output  y          6.0
      cache   ReluCache  out = 6.0

backward, L being y

  1 relu    dx = dout where x > 0, else 0
      upstream    dL/dy  1.0
      local       dy/dh  1
      downstream  dL/dh  1.0

  0 affine    dx = dout @ w.T, dw = x.T @ dout, db = sum of dout over the batch
      upstream    dL/dh  1.0
      local       dh/dx  [-3.0, -1.0, 2.0]
      local       dh/dw  [1.0, -2.0, 3.0]
      local       dh/db  1
      downstream  dL/dx  [-3.0, -1.0, 2.0]
      downstream  dL/dw  [1.0, -2.0, 3.0]
      downstream  dL/db  1.0

chain rule, where 1(...) is 1 if that is so, and else 0

  dL/dw0 = dL/dy * 1(h > 0) * x0 = 1.0 * 1 * 1.0 = 1.0
"""


def neuron():
    return explain(NEURON, (([-3.0, -1.0, 2.0], 1.0), ()), [1.0, -2.0, 3.0])


def digits():
    model = pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))
    data = pn.load_digits()
    x, labels = data.x[:4], data.y[:4]
    return explain(model, model.init(key=0), x, labels, pn.softmax_cross_entropy)


def test_explanation_prints_every_number_once_more_in_words():
    assert str(neuron()).startswith(WALK)
    assert str(neuron()) == neuron().to_text()


def test_step_prints_by_itself():
    assert str(neuron().steps[1]).splitlines() == [
        "1 relu    out = max(x, 0)",
        "    input   x: h       6.0",
        "    output  y          6.0",
        "    cache   ReluCache  out = 6.0",
        "    upstream    dL/dy  1.0",
        "    local       dy/dh  1",
        "    downstream  dL/dh  1.0",
    ]


def test_to_text_rounds_to_digits():
    found = explain((F.multiply_forward, F.multiply_backward), (1 / 3,), 2 / 3)
    assert "0.6666666666666666" in found.to_text()
    rounded = found.to_text(digits=3)
    assert "0.667" in rounded
    assert "0.6666" not in rounded
    assert "dL/dx = dL/dout * y = 1.0 * 0.333 = 0.333" in rounded


def test_to_text_sums_up_large_arrays_and_shows_slices():
    text = digits().to_text("w1[:2, 3]", "x[0, -1]", "b2[2]", "b2[2]")
    assert "(64, 32) from -0.2" in text
    assert "norm" in text
    found = digits()
    w, dw = found.wires["w1"].value, found.wires["w1"].grad
    assert f"w1[:2, 3] = [{w[0][3]}, {w[1][3]}]" in text
    assert f"dL/dw1[:2, 3] = [{dw[0][3]}, {dw[1][3]}]" in text
    assert f"x[0, -1] = {found.wires['x'].value[0][-1]}" in text
    assert f"b2[2] = {found.wires['b2'].value[2]}" in text


def test_to_text_shows_a_whole_array():
    found = digits()
    assert f"b2 = {found.wires['b2'].value}\ndL/db2 = {found.wires['b2'].grad}" in found.to_text("b2")


def test_to_text_says_where_the_chain_rule_leaves_large_arrays_out():
    assert "chain rule for arrays of up to 16 numbers" in str(digits())
    assert "chain rule for" not in str(neuron())


def test_to_text_shows_a_slice_of_what_has_no_gradient():
    assert digits().to_text("targets[:2]").splitlines()[-1] == "targets[:2] = [0, 1]"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (
            "w9[0]",
            r"^to_text: 'w9\[0\]' is no wire and no slice of one: write NAME or NAME\[2, :5\]",
        ),
        ("w", "^to_text: 'w' is no wire and no slice of one: write NAME"),
        ("w1[1:2:3:4]", r"^to_text: 'w1\[1:2:3:4\]': '1:2:3:4' is no index or slice such as 2 or :5"),
        ("w1[]", "is no wire and no slice of one"),
        ("w1[1,]", "'' is no index or slice such as 2 or :5"),
        ("w1[64]", r"^to_text: 'w1\[64\]' is outside of an array of shape \(64, 32\)"),
        ("b1[0, 0]", r"^to_text: 'b1\[0, 0\]' is outside of an array of shape \(32,\)"),
    ],
)
def test_to_text_refuses_what_is_no_slice(given, match):
    with pytest.raises(OptionError, match=match):
        digits().to_text(given)


@pytest.mark.parametrize("method", ["to_text", "to_markdown"])
def test_to_text_refuses_digits_below_1(method):
    with pytest.raises(OptionError, match=f"^{method}: digits=0: wanted a whole number from 1"):
        getattr(neuron(), method)(digits=0)


def test_to_text_counts_what_is_not_finite():
    found = explain(pn.identity, (), [math.inf, math.nan, *[1.0] * 20])
    assert "(22,) from 1.0 to 1.0, norm inf, 2 not finite" in str(found)
    assert "(17,) from none to none, norm nan, 17 not finite" in str(
        explain(pn.identity, (), [math.nan] * 17)
    )


def test_to_markdown_is_a_table_and_the_chain_rule():
    lines = neuron().to_markdown().splitlines()
    assert lines[:2] == [
        "| op | formula | inputs | output | cache | upstream | local | downstream |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    assert lines[3] == (
        "| `1 relu` | `out = max(x, 0)`<br>`dx = dout where x > 0, else 0` | `x: h = 6.0` | `y = 6.0` "
        "| `out = 6.0` | `dL/dy = 1.0` | `dy/dh = 1` | `dL/dh = 1.0` |"
    )
    assert lines[5:8] == ["```text", "dL/dw0 = dL/dy * 1(h > 0) * x0 = 1.0 * 1 * 1.0 = 1.0", lines[7]]
    assert lines[-1] == "```"
    assert "```" not in explain(pn.identity, (), [1.0] * 100).to_markdown()


def test_a_notebook_shows_tables():
    html = neuron()._repr_html_()
    assert html.startswith("<table><thead><tr><th>op</th>")
    assert "<td>dL/dw0 = dL/dy * 1(h &gt; 0) * x0 = 1.0 * 1 * 1.0 = 1.0</td>" in html
    assert html.count("<table>") == 2
    large = explain(pn.identity, (), [1.0] * 100)._repr_html_()
    assert large.count("<table>") == 1


def test_a_gradient_that_is_a_part_says_so():
    text = str(explain(pn.residual(pn.tanh), (), [0.5]))
    assert "dL/dx  [1.0], a part of [1.7864477329659274]" in text
    assert ", each number by its own" in text
