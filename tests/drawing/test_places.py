"""Where things stand in pictures: words meet nothing, wires reach their gates."""

from __future__ import annotations

import random

import pytest

import purenn as pn
from purenn.drawing import draw
from purenn.drawing._page import _stops
from purenn.drawing._scene import Gate, Line, Reader, Scene
from purenn.drawing.picture import Picture
from purenn.explain import explain

from .examples import CASES, EXAMPLES, bill, neuron, shared, square
from .seen import Box, around, labels, look

NEURON = {
    "x0": ("1.0", "∂ -3.0"), "w0": ("-3.0", "∂ 1.0"), "x0w0": ("-3.0", "∂ 1.0"),
    "x1": ("-2.0", "∂ -1.0"), "w1": ("-1.0", "∂ -2.0"), "x1w1": ("2.0", "∂ 1.0"),
    "x2": ("3.0", "∂ 2.0"), "w2": ("2.0", "∂ 3.0"), "x2w2": ("6.0", "∂ 1.0"),
    "b": ("1.0", "∂ 1.0"), "h": ("6.0", "∂ 1.0"), "y": ("6.0", "∂ 1.0"),
}  # fmt: skip
BILL = {
    "apple": ("100", "∂ 2.2"), "apples": ("2", "∂ 110.00000000000001"), "apple_total": ("200", "∂ 1.1"),
    "orange": ("150", "∂ 3.3000000000000003"), "oranges": ("3", "∂ 165.0"), "orange_total": ("450", "∂ 1.1"),
    "total": ("650", "∂ 1.1"), "tax": ("1.1", "∂ 650"), "price": ("715.0000000000001", "∂ 1"),
}  # fmt: skip


def check_places(seen):
    """Words are inside the picture and meet no other word, wire or gate, and wires no gate on their way."""
    pieces = [(wire.title, piece, around(piece)) for wire in seen.wires for piece in wire.pieces]
    for number, text in enumerate(seen.texts):
        assert seen.page.holds(text.box), text
        for other in seen.texts[number + 1 :]:
            assert not text.box.meets(other.box), (text, other)
        homes = [gate for gate in seen.gates if gate.box.meets(text.box)]
        if text.kind in ("gate", "note"):
            (home,) = homes
            assert home.box.holds(text.box), text
        else:
            assert not homes, (text, homes)
        for mark in seen.marks:
            assert not text.box.meets(mark), (text, mark)
        for frame in seen.frames:
            assert (text.kind == "name" and frame.holds(text.box)) or not text.box.meets(frame), (text, frame)
        for title, piece, box in pieces:
            for x, y in piece if box.meets(text.box, room=1) else ():
                assert not Box(x, y, x, y).meets(text.box, room=1), (text, title)
    for number, gate in enumerate(seen.gates):
        assert seen.page.holds(gate.box)
        assert not any(gate.box.meets(other.box) for other in seen.gates[number + 1 :])
        for title, piece, box in pieces:
            for x, y in piece if box.meets(gate.box) else ():
                assert not gate.inside(x, y, depth=0.2), (gate.title, title)


def check_wires_part(seen):
    """Where two wires run level, they are not one above the other."""
    level = [
        (number, Box(start[0], start[1] - 2, end[0], end[1] + 2))
        for number, wire in enumerate(seen.wires)
        for piece in wire.pieces
        for start, end in ((piece[0], piece[40]), (piece[82], piece[-1]))
    ]
    for number, box in level:
        assert not any(box.meets(other, room=-0.2) for index, other in level if index != number)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_draw_keeps_words_wires_and_gates_apart(name, level):
    seen = look(draw(EXAMPLES[name][0](), level=level).svg)
    check_places(seen)
    check_wires_part(seen)


def scene_of_chance(seed):
    """Gates that read any earlier ones, and words of any length."""
    draws = random.Random(seed)
    readers = {}
    many = draws.randint(1, 12)
    for gate in range(many):
        for place in range(draws.randint(0, 4)):
            source = draws.randint(-3, gate - 1) if gate else -1
            readers.setdefault(source, []).append(Reader(gate, place, draws.choice((None, "7" * 9, "-0.25"))))
    lines = []
    for source in range(-3, many):
        if source >= 0 or source in readers:
            name, value = ("n" * draws.randint(1, 9), "1" * draws.randint(1, 18))
            grad = draws.choice((None, "2" * draws.randint(1, 18)))
            own = None if source < 0 else source
            role = "" if source >= 0 else draws.choice(("input", "param"))
            outside = draws.choice((None, None, "5" * draws.randint(1, 9))) if source >= 0 else None
            lines.append(Line(name, value, grad, own, tuple(readers.get(source, ())), role, outside))
            if draws.random() < 0.2 and source >= 0:
                lines.append(Line("second", "0.5", "0.25", source, ()))
    gates = tuple(
        Gate(draws.choice("+*") * draws.randint(1, 9), draws.choice(("", "0.1")), step=step)
        for step in range(many)
    )
    return Scene(gates, tuple(lines))


@pytest.mark.parametrize("seed", range(25))
def test_layout_keeps_them_apart_in_any_scene(seed):
    scene = scene_of_chance(seed)
    seen = look(Picture(scene, "auto").svg)
    check_places(seen)
    check_wires_part(seen)
    assert len(seen.wires) == len(scene.lines)
    assert len(seen.gates) == len(scene.gates)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_draw_leads_each_wire_to_all_its_gates(name, level):
    picture = draw(EXAMPLES[name][0](), level=level)
    seen = look(picture.svg)
    for wire, line in zip(seen.wires, picture.scene.lines, strict=True):
        ends = [piece[-1] for piece in wire.pieces]
        for reader in line.readers:
            box = seen.gates[reader.gate].box
            assert any(
                box.left - 0.2 <= x <= (box.left + box.right) / 2 and box.top <= y <= box.bottom
                for x, y in ends
            )
        if line.source is not None:
            box, (x, y) = seen.gates[line.source].box, wire.pieces[0][0]
            assert (box.left + box.right) / 2 <= x <= box.right + 0.2
            assert box.top <= y <= box.bottom


def test_draw_puts_the_numbers_of_the_neuron_at_their_wires():
    assert labels(look(draw(neuron(), level="scalar").svg)) == NEURON


@pytest.mark.parametrize("level", ["op", "scalar"])
def test_draw_puts_the_numbers_of_the_bill_at_their_wires(level):
    assert labels(look(draw(bill(), level=level).svg)) == BILL


def test_draw_shows_what_comes_back_on_each_branch_of_a_fork():
    seen = look(draw(square(), level="scalar").svg)
    (fork,) = [wire for wire in seen.wires if wire.title.startswith("t = ")]
    assert labels(seen)["t"] == ("7.0", "∂ 14.0")
    ends = [piece[-1] for piece in fork.pieces]
    assert len(ends) == 2
    for x, y in ends:
        near = [t for t in seen.words("grad") if x - 90 < t.box.left and t.box.right < x]
        assert [t.text for t in near if 0 < t.box.top - y < 8] == ["∂ 7.0"]


@pytest.mark.parametrize("explanation", [square, EXAMPLES["network"][0], EXAMPLES["dense"][0]])
def test_draw_puts_what_comes_back_nearest_to_its_own_wire(explanation):
    """Also between two wires that enter one gate."""
    picture = draw(explanation(), level="scalar")
    seen = look(picture.svg)
    level = [(piece[-1], index) for index, wire in enumerate(seen.wires) for piece in wire.pieces]
    forks = [wire for wire, line in zip(seen.wires, picture.scene.lines, strict=True) if line.forks]
    for x, y in [piece[-1] for wire in forks for piece in wire.pieces]:
        (label,) = [t for t in seen.words("grad") if x - 170 < t.box.left < x and 0 < t.box.top - y < 8]
        below = [other - label.box.bottom for (at, other), _ in level if abs(at - x) < 20 and other > y]
        assert all(gap > 2 * (label.box.top - y) for gap in below if gap > 0), label


def test_draw_shows_what_came_from_outside_to_an_output_that_is_read():
    for level in ("op", "scalar"):
        picture = draw(shared(), level=level)
        (line,) = [each for each in picture.scene.lines if each.name == "t"]
        assert (line.grad, [reader.grad for reader in line.readers], line.outside) == (
            "15.0",
            ["7.0"] * 2,
            "1.0",
        )
        seen = look(picture.svg)
        check_places(seen)
        (wire,) = [each for each in seen.wires if each.title.startswith("t = ")]
        assert len(wire.pieces) == 3
        answers = [t.text for t in seen.words("grad") if t.text in ("∂ 7.0", "∂ 1.0")]
        assert sorted(answers) == ["∂ 1.0", "∂ 1.0", "∂ 7.0", "∂ 7.0"]  # the other 1.0 is that of z
        ends = [piece[-1] for piece in wire.pieces]
        names = [t for t in seen.words("name") if t.text == "t"]
        assert any(0 < t.box.left - x < 10 and t.box.top < y < t.box.bottom for x, y in ends for t in names)
        assert "  part" in picture.text
        assert "outside" in picture.text
        assert "∂ 1.0 of 15.0" in picture.dot


def test_draw_frames_inputs_and_no_params():
    seen = look(draw(neuron(), level="scalar").svg)
    framed = [t.text for t in seen.words("name") for frame in seen.frames if frame.holds(t.box)]
    assert framed == ["x0", "x1", "x2"]
    assert "framed: an input" in seen.words("legend")[0].text


@pytest.mark.parametrize("name", ["network", "digits", "batch"])
def test_draw_goes_on_in_rows_that_fit_a_screen(name):
    for level in EXAMPLES[name][1]:
        picture = draw(EXAMPLES[name][0](), level=level)
        seen = look(picture.svg)
        assert seen.page.right <= 1300
        names = [t.text for t in seen.words("name")]
        on = [each.removesuffix(" →") for each in names if each.endswith(" →")]
        assert sorted(on) == sorted(each.removeprefix("→ ") for each in names if each.startswith("→ "))
        assert bool(on) == ("→: goes on" in seen.words("legend")[-1].text)
        for each in on:
            (wire,) = [wire for wire in seen.wires if wire.title.startswith(f"{each} = ")]
            (value,) = [line.value for line in picture.scene.lines if line.name == each]
            rows = {piece[0][1] for piece in wire.pieces}
            assert len(rows) == 2  # its value stands above it in both
            for row in rows:
                assert value in [t.text for t in seen.words("value") if 0 < row - t.box.bottom < 6]


def test_rows_never_divide_a_fork_or_an_op():
    scene = draw(EXAMPLES["residual"][0](), level="scalar").scene
    for stop in list(_stops(scene, 0))[:-1]:
        assert scene.gates[stop - 1].step != scene.gates[stop].step
        for line in scene.lines:
            sides = {reader.gate < stop for reader in line.readers}
            assert len(sides) < 2, (stop, line.name)
    assert [scene.gates[stop].step for stop in _stops(scene, 0) if stop < len(scene.gates)] == [4]
    inner = pn.chain(pn.tanh, pn.residual(pn.chain(pn.tanh, pn.relu)), pn.relu)
    found = explain(inner, inner.init(key=0), 0.5)
    assert list(_stops(draw(found).scene, 0)) == [1, 4, 5]  # not where h1 is read, then added


def test_draw_keeps_a_chain_straight():
    wires = {wire.title.split(" ")[0]: wire for wire in look(draw(EXAMPLES["digits"][0]()).svg).wires}
    heights = [y for name in ("w1", "h1", "h2") for _, y in wires[name].pieces[0]]  # in the first row
    assert max(heights) - min(heights) < 0.01
