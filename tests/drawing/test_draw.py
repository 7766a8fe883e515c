"""Pictures as values: their forms, their words, and what is refused."""

from __future__ import annotations

import pickle
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

import purenn as pn
import purenn.functional as F
from purenn.drawing import Picture, draw
from purenn.drawing._scene import Gate, Line, Reader, Scene
from purenn.errors import KindError, OptionError
from purenn.explain import explain
from purenn.testing import OPS

from .examples import CASES, EXAMPLES, NEURON, bill, digits, neuron, nothing, square
from .seen import look

HOSTILE = Scene(
    (Gate("<b>&", 'end"', "a < b"),),
    (
        Line('in"<&>', "2.0", "3.0", None, (Reader(0, 0, "3.0"),)),
        Line("w|]}\n#;\\", "3.0", "2.0", None, (Reader(0, 1, "2.0"),)),
        Line("--> end %% 'x'", "6.0", "1.0", 0, ()),
    ),
)
FORMS = ("svg", "dot", "mermaid", "text")


@pytest.mark.parametrize("form", FORMS)
def test_draw_makes_the_same_picture_each_time(form):
    first, second = (getattr(draw(bill(), level="scalar"), form) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("name", "level"), CASES)
def test_draw_shows_every_wire_in_every_form(name, level):
    picture = draw(EXAMPLES[name][0](), level=level)
    seen = look(picture.svg)
    assert len(seen.wires) == len(picture.scene.lines)
    assert len(seen.gates) == len(picture.scene.gates)
    for line in picture.scene.lines:
        assert line.value in [text.text for text in seen.words("value")]
        assert f'"{line.name} = {line.value}' in picture.dot
        assert all(part in picture.mermaid for part in re.findall(r"\w+", line.value))
        assert line.grad is None or f"∂ {line.grad}" in [text.text for text in seen.words("grad")]
    assert max(map(len, picture.text.splitlines())) <= 80


def test_draw_tells_gradients_by_sign_and_slant_and_place():
    svg = draw(neuron(), level="scalar").svg
    seen = look(svg)
    assert all(text.text.startswith("∂ ") for text in seen.words("grad"))
    assert not any("∂" in text.text for text in seen.words("value"))
    assert "font-style:italic" in seen.style
    (legend,) = seen.words("legend")
    assert legend.text == "above a wire: its value; below it, ∂: dL/d(wire), L = y; framed: an input"


def channels(color):
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one, other):
    """As WCAG has it."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(channels, (one, other)))
    return (high + 0.05) / (low + 0.05)


def colors(style):
    return dict(re.findall(r"\.purenn-\w+ \.(\w+){fill:(#\w{6})", style))


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_draw_has_contrast_in_every_theme(theme):
    style = look(draw(neuron(), theme=theme).svg).style
    for part in style.split("@media"):
        found = colors(part)
        assert {"value", "grad", "name", "legend", "gate", "note", "ground", "box"} <= set(found)
        for words in ("value", "grad", "name", "legend"):
            assert contrast(found[words], found["ground"]) >= 4.5
        for words in ("gate", "note"):
            assert contrast(found[words], found["box"]) >= 4.5


def test_draw_auto_is_dark_where_the_screen_is():
    light, dark, auto = (look(draw(neuron(), theme=theme).svg).style for theme in ("light", "dark", "auto"))
    plain, _, query = auto.partition("@media(prefers-color-scheme:dark)")
    assert colors(plain) == colors(light)
    assert colors(query) == colors(dark)
    assert "@media" not in light + dark
    assert ".purenn-auto" not in light + dark  # two pictures on one page do not dress each other
    assert contrast(colors(light)["ground"], colors(dark)["ground"]) > 15


def test_draw_shows_small_arrays_and_sums_up_large_ones():
    values = {line.name: line.value for line in draw(digits()).scene.lines}
    assert values["x"].startswith("(8, 64) ‖")
    assert values["targets"] == "(8,)"
    assert values["L"] == str(digits().wires["L"].value)
    norm = pn.global_norm(digits().wires["w1"].value)
    assert values["w1"] == f"(64, 32) ‖{norm:.3g}‖"
    assert {line.name: line.value for line in draw(neuron()).scene.lines}["w"] == "[-3.0, -1.0, 2.0]"


def test_draw_rounds_where_it_is_told_to():
    pair = (F.multiply_forward, F.multiply_backward)
    thirds = explain(pair, (3,), 1 / 3)
    assert [line.value for line in draw(thirds, digits=2).scene.lines] == ["0.33", "3", "1.0"]
    assert [line.value for line in draw(thirds).scene.lines] == ["0.3333333333333333", "3", "1.0"]
    exact = explain(pair, (Fraction(3, 7),), Fraction(1, 3))
    assert [line.value for line in draw(exact, digits=2).scene.lines] == ["1/3", "3/7", "1/7"]


def test_draw_escapes_every_name():
    picture = Picture(HOSTILE, "light")
    seen = look(picture.svg)
    assert {text.text for text in seen.words("name")} == {
        line.name.replace("\n", " ") for line in HOSTILE.lines
    }
    assert [text.text for text in seen.words("gate") + seen.words("note")] == ["<b>&", 'end"']
    assert r'"in\"<&> = 2.0' in picture.dot
    assert r"w|]}\n#;\\ = 3.0" in picture.dot
    assert '"in#34;#60;#38;#62;"' in picture.mermaid.replace("#quot;", "#34;")
    assert "w#124;#93;#125;<br/>#35;#59;#92; = 3.0" in picture.mermaid
    assert len(picture.mermaid.splitlines()) == 1 + 1 + 2 * 2 + 1


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("picture", [draw(square()), Picture(HOSTILE, "light"), draw(nothing())])
def test_draw_makes_dot_that_graphviz_draws(picture):
    done = subprocess.run(["dot", "-Tsvg"], input=picture.dot.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    text = "".join(ElementTree.fromstring(done.stdout).itertext())
    assert all(gate.label in text for gate in picture.scene.gates)


def test_draw_writes_dot_and_mermaid_with_what_each_branch_sends_back():
    picture = draw(square(), level="scalar")
    assert picture.dot.count('  gate0 -> gate1 [label="t = 7.0\\n∂ 7.0 of 14.0"]') == 2
    assert picture.mermaid.count('  gate0 -->|"t = 7.0<br/>#8706; 7.0 of 14.0"| gate1') == 2
    assert '  start0["x"]\n  start0 -->|"x = 2.0<br/>#8706; 14.0"| gate0\n' in picture.mermaid
    assert '  end3 [label="z" shape=plaintext]' in picture.dot


@pytest.mark.parametrize(("ending", "form"), [(".svg", "svg"), (".SVG", "svg"), (".dot", "dot"),
                                              (".mmd", "mermaid"), (".txt", "text")])  # fmt: skip
def test_save_writes_what_the_name_ends_in(tmp_path, ending, form):
    picture = draw(neuron())
    for path in (tmp_path / f"neuron{ending}", str(tmp_path / f"other{ending}")):
        picture.save(path)
        written = Path(path).read_bytes().decode()
        assert written.rstrip("\n") == getattr(picture, form).rstrip("\n")
        assert written.endswith("\n")
        assert "\r" not in written


def test_save_refuses_other_endings(tmp_path):
    for name in ("neuron.png", "neuron"):
        with pytest.raises(
            OptionError, match=r"save: path='.*': choose a name that ends in \.svg, \.dot, \.mmd,"
        ):
            draw(neuron()).save(tmp_path / name)
    with pytest.raises(KindError, match="save: path is a int, wanted a path: give the name of a file"):
        draw(neuron()).save(3)


def test_save_says_where_it_cannot_write(tmp_path):
    """It is still the OSError that scripts catch."""
    with pytest.raises(FileNotFoundError) as caught:
        draw(neuron()).save(tmp_path / "nodir" / "a.svg")
    assert caught.value.filename == str(tmp_path / "nodir" / "a.svg")
    (note,) = caught.value.__notes__
    assert re.match(r"save: path='.*nodir.a\.svg': give a file in a folder that exists", note)


def test_picture_is_a_value():
    picture = draw(neuron(), level="scalar")
    assert picture == pickle.loads(pickle.dumps(picture)) == draw(neuron(), level="scalar")
    assert isinstance(picture, Picture)
    assert picture != draw(neuron())
    assert picture._repr_svg_() == picture.svg


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": "number"}, "draw: level='number': choose 'op' or 'scalar'"),
        ({"theme": "blue"}, "draw: theme='blue': choose 'auto', 'light' or 'dark'"),
        ({"digits": 0}, "draw: digits=0: wanted a whole number from 1"),
    ],
)
def test_draw_refuses_other_options(options, message):
    with pytest.raises(OptionError, match=message):
        draw(neuron(), **options)


def test_draw_refuses_what_is_no_explanation():
    with pytest.raises(
        KindError, match="draw: explanation is a Layer, wanted an Explanation: give what purenn"
    ):
        draw(pn.relu)


def test_draw_refuses_what_nobody_could_read():
    with pytest.raises(
        OptionError, match=r"draw: level='scalar' of 4 ops has more than .* take level='op', or"
    ):
        draw(digits(), level="scalar")
    few = pn.chain(pn.affine(3, 10), pn.affine(10, 1))  # few numbers, many products
    with pytest.raises(
        OptionError, match="draw: level='scalar' of 2 ops has more than 48 gates or 100 wires"
    ):
        draw(explain(few, few.init(key=0), [1.0, 2.0, 3.0]), level="scalar")
    long = pn.chain(*[pn.tanh] * 101)
    with pytest.raises(
        OptionError, match="draw: 101 ops are more than 100, too many to read: take a smaller"
    ):
        draw(explain(long, ((),) * 101, 1.0))


@pytest.mark.parametrize("op", {op.name.split()[0]: op for op in OPS}.values(), ids=lambda op: op.name)
def test_draw_takes_every_pair(op):
    x, *params = op.samples[0]
    found = explain((op.forward, op.backward), tuple(params), x)
    for level in ("op", "scalar"):
        try:
            seen = look(draw(found, level=level).svg)
        except OptionError:
            assert level == "scalar"
            continue
        assert {text.text for text in seen.words("gate")} <= {found.steps[0].op, "*", "+"}


def test_draw_takes_every_backend(xp):
    found = explain(NEURON, ((xp.array([-3.0, -1.0, 2.0]), xp.array(1.0)), ()), xp.array([1.0, -2.0, 3.0]))
    assert draw(found, level="scalar") == draw(neuron(), level="scalar")
    assert draw(found) == draw(neuron())


def test_draw_shows_no_part_of_a_gradient_that_nobody_has():
    kept = pn.frozen(pn.affine(2, 1), ([[1.0], [2.0]], [0.0]))
    found = explain(kept, (), [[3.0, 4.0], [5.0, 6.0]])
    weights = [line for line in draw(found, level="scalar").scene.lines if line.name.startswith("w[0")]
    assert [(line.grad, len(line.readers)) for line in weights] == [(None, 2)]
    seen = look(draw(found, level="scalar").svg)
    assert len(seen.words("grad")) == len([wire for wire in seen.wires if "∂" in wire.title])
