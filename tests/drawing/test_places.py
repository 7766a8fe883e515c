"""Where things stand in pictures: words meet nothing, wires reach their gates."""

from __future__ import annotations

import random

import pytest

from purenn.drawing import draw
from purenn.drawing._scene import Gate, Line, Reader, Scene
from purenn.drawing.picture import Picture

from .examples import CASES, EXAMPLES, bill, neuron, square
from .seen import Box, around, labels, look

NEURON = {
    "x0": ("1.0", "∂ -3.0"), "w0": ("-3.0", "∂ 1.0"), "x0w0": ("-3.0", "∂ 1.0"),
    "x1": ("-2.0", "∂ -1.0"), "w1": ("-1.0", "∂ -2.0"), "x1w1": ("2.0", "∂ 1.0"),
    "x2": ("3.0", "∂ 2.0"), "w2": ("2.0", "∂ 3.0"), "x2w2": ("6.0", "∂ 1.0"),
    "b": ("1.0", "∂ 1.0"), "h1": ("6.0", "∂ 1.0"), "y": ("6.0", "∂ 1.0"),
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
            lines.append(Line(name, value, grad, own, tuple(readers.get(source, ()))))
            if draws.random() < 0.2 and source >= 0:
                lines.append(Line("second", "0.5", "0.25", source, ()))
    gates = tuple(
        Gate(draws.choice("+*") * draws.randint(1, 9), draws.choice(("", "0.1"))) for _ in range(many)
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


def test_draw_keeps_a_chain_straight():
    wires = {wire.title.split(" ")[0]: wire for wire in look(draw(EXAMPLES["digits"][0]()).svg).wires}
    heights = [y for name in ("w1", "h1", "h2") for _, y in wires[name].pieces[0]]
    assert max(heights) - min(heights) < 0.01
