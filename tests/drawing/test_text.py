"""Pictures as tables, and what their legends say."""

from __future__ import annotations

import math
from functools import partial

import pytest

import purenn as pn
import purenn.functional as F
from purenn.drawing import Picture, draw
from purenn.drawing._scene import Scene
from purenn.explain import explain

from .examples import CASES, EXAMPLES, bill, classes, digits, named, network, neuron, shared, square

EACH = pn.Loss(partial(F.mean_squared_error_forward, reduction="none"), F.mean_squared_error_backward)
PAIR = (F.multiply_forward, F.multiply_backward)


def test_text_is_a_table_of_the_wires():
    assert draw(square(), level="scalar").text.splitlines() == [
        "wire    is     value  gradient  goes to",
        "x       input  2.0    ∂ 14.0    +",
        "y       input  5.0    ∂ 14.0    +",
        "t       x + y  7.0    ∂ 14.0",
        "  part                ∂ 7.0     *",
        "  part                ∂ 7.0     *",
        "z       t * t  49.0   ∂ 1.0",
        "",
        "∂: dL/d(wire), L = z",
        "parts: what came back from each reader; ∂ above is their sum",
    ]
    assert str(draw(square())) == draw(square()).text


@pytest.mark.parametrize("digits", [None, 17])
@pytest.mark.parametrize(("name", "level"), CASES)
def test_text_cuts_nothing(name, level, digits):
    picture = draw(EXAMPLES[name][0](), level=level, digits=digits)
    text = picture.text
    assert "…" not in text.replace("‖…‖", "")
    rows = [row.split() for row in text.splitlines() if not row.startswith(" ")]
    words = {word for row in rows for word in row}
    for line in picture.scene.lines:
        (row,) = [row for row in rows if row[:1] == [line.name]]
        assert set(line.value.split()) <= words
        assert line.grad is None or set(line.grad.split()) <= set(row)
    for gate in picture.scene.gates:
        assert gate.label in text
    assert max(map(len, text.splitlines())) <= 80


def test_text_wraps_what_a_wire_is_made_of():
    lines = draw(bill(), level="scalar").text.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("total"))
    assert lines[place].split() == ["total", "apple_total", "+", "650", "∂", "1.1", "*"]
    assert lines[place + 1] == " " * lines[place].index("apple_total") + "orange_total"


def test_text_gives_lines_of_their_own_to_what_has_no_room():
    table = draw(digits()).text
    assert "h1       (8, 32) ‖123‖      ∂ ‖0.362‖  relu\n    is affine(x, w1, b1)\n" in table
    picture = draw(named("input" * 8, "weight" * 8, "node" * 9))
    assert "    is multiply(" + "input" * 8 + ",\n       " + "weight" * 8 + ")\n" in picture.text
    (first, *others) = picture.scene.lines
    wide = picture.scene._replace(lines=(first._replace(value="1" * 99, grad="2" * 99), *others))
    assert (
        f"    value {'1' * 99}\n    gradient ∂ {'2' * 99}\n    goes to multiply\n"
        in picture._replace(scene=wide).text
    )


def test_text_keeps_brackets_and_spaces_of_names():
    """As a pair's own function may have them."""
    gates, lines = draw(named("a", "b", "c")).scene[:2]
    scene = Scene(gates, (lines[0]._replace(name="a  ((b "), *lines[1:]))
    assert "multiply(a  ((b , b)" in Picture(scene, "auto").text


def test_text_cuts_no_name_that_is_wider_than_a_terminal():
    lines = draw(named("input", "weight", "node" * 30)).text.splitlines()
    assert "node" * 30 in lines
    assert "    value 6.0" in lines


def test_text_names_readers_where_nobody_has_a_gradient():
    kept = pn.frozen(pn.affine(2, 1), ([[1.0], [2.0]], [0.0]))
    lines = draw(explain(kept, (), [[3.0, 4.0], [5.0, 6.0]]), level="scalar").text.splitlines()
    (row,) = [line.split() for line in lines if line.startswith("w[0,0]")]
    assert row == ["w[0,0]", "param", "1.0", "*,", "*"]


@pytest.mark.parametrize(
    ("explanation", "says"),
    [
        (neuron(), "L = y"),
        (bill(), "L = price"),
        (network(), "L = the loss"),
        (classes(), "L = sum of dout * y"),
        (shared(), "L = sum of t and z"),
        (explain(PAIR, (2,), 100, dout=1.1), "L = 1.1 * out"),
        (explain(PAIR, ([2.0, 3.0],), [1.0, 1.0]), "L = sum of out"),
        (explain(pn.identity, (), [1.0, 2.0], [0.0, 0.0], EACH), "L = sum of the loss"),
    ],
)
def test_legend_says_what_the_gradients_are_of(explanation, says):
    picture = draw(explanation)
    assert picture.scene.legend[0] == f"∂: dL/d(wire), {says}"
    assert f"∂: dL/d(wire), {says}" in picture.text
    assert f"∂: dL/d(wire), {says}" in picture.svg


def test_legend_says_norm_where_one_is_shown():
    assert "‖…‖: the norm of an array" in draw(digits()).scene.legend
    assert "‖…‖: the norm of an array" in draw(digits()).text
    assert not any("norm" in each for each in draw(neuron()).scene.legend)
    assert math.isclose(pn.global_norm(digits().wires["w1"].value), 6.52, rel_tol=1e-2)
