from __future__ import annotations

import math
from collections import Counter
from functools import partial

import pytest

import purenn as pn
from purenn.data import blobs, moons, spiral, xor
from purenn.errors import OptionError

MAKERS = {"spiral": spiral, "moons": moons, "xor": xor, "blobs": blobs}


@pytest.mark.parametrize("name", MAKERS)
def test_each_backend_gets_the_same_numbers(name, xp):
    x, y = MAKERS[name](7, 5)
    found = MAKERS[name](7, 5, xp=xp.backend)
    assert pn.convert(found, "lists") == (x, y)
    assert type(found) is pn.Dataset
    if xp.name != "lists":
        assert pn.backend_of(*found) is xp.backend
        assert str(found.x.dtype).endswith("float64")
        assert str(found.y.dtype).endswith("int64")


@pytest.mark.parametrize("name", MAKERS)
def test_classes_are_balanced_and_keys_differ(name):
    make = MAKERS[name]
    x, y = make(0, 20)
    classes = 3 if name in ("spiral", "blobs") else 2
    assert Counter(y) == dict.fromkeys(range(classes), 20)
    assert y == sorted(y)
    assert {(len(row), *map(type, row)) for row in x} == {(2, float, float)}
    assert make(0, 20) == (x, y)
    assert make(1, 20).x != x
    assert len({tuple(row) for row in x}) == len(x)  # no two samples share their noise


def test_spiral_has_its_formula():
    x, y = spiral(0, 50, 4, noise=0)
    for index, (point, label) in enumerate(zip(x, y, strict=True)):
        r = (index % 50 + 1) / 50
        angle = 2 * math.pi * label / 4 + 4 * r
        assert point == pytest.approx([r * math.cos(angle), r * math.sin(angle)], abs=1e-15)
    noisy = spiral(0, 50, 4, noise=0.3).x
    assert [math.hypot(*p) for p in noisy] == pytest.approx([math.hypot(*p) for p in x])  # angles only
    assert noisy != x
    two = spiral(0, 50, 2, noise=0.3).x
    assert two[:50] == noisy[:50]
    turned = [[-x, -y] for x, y in two[50:]]  # each arm has a noise of its own
    assert sum(math.dist(*pair) > 0.01 for pair in zip(two[:50], turned, strict=True)) > 40


def test_moons_are_half_circles_in_each_others_hollow():
    x, _ = moons(0, 50, noise=0)
    assert all(math.hypot(*p) == pytest.approx(1) and p[1] > -1e-9 for p in x[:50])
    assert all(math.hypot(p[0] - 1, p[1] - 0.5) == pytest.approx(1) and p[1] < 0.5 + 1e-9 for p in x[50:])
    assert moons(0, 1, noise=0).x == [[1.0, 0.0], [0.0, 0.5]]


def test_xor_is_the_truth_table_blurred():
    assert xor(3, 2, noise=0) == ([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]], [0, 0, 1, 1])
    x, y = xor(3, 200)
    corners = [[round(value) for value in point] for point in x]
    assert [a ^ b for a, b in corners] == y
    assert set(Counter(map(tuple, corners)).values()) == {100}


@pytest.mark.parametrize("maker", [xor, moons, partial(blobs, classes=2)], ids=["xor", "moons", "blobs"])
def test_noise_is_a_standard_deviation(maker):
    still, blurred = maker(5, 500, noise=0).x, maker(5, 500, noise=0.25).x
    for feature in range(2):
        moved = [b[feature] - s[feature] for s, b in zip(still, blurred, strict=True)]
        assert sum(moved) / 1000 == pytest.approx(0, abs=0.03)
        assert sum(move * move for move in moved) / 1000 == pytest.approx(0.25**2, rel=0.15)


def test_blobs_lie_around_their_centres():
    x, y = blobs(0, 3, 4, features=5, noise=0)
    assert (len(x), len(x[0]), y) == (12, 5, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    assert len({tuple(row) for row in x}) == 4
    assert all(-10 <= value < 10 for row in x for value in row)


def test_a_network_learns_xor_and_a_single_layer_does_not():
    x, y = xor(0, 2, noise=0)
    deep = pn.chain(pn.affine(2, 4), pn.tanh, pn.affine(4, 2))
    for model, share in ((deep, 1.0), (pn.affine(2, 2), 0.75)):
        *_, done = pn.train(
            model, pn.softmax_cross_entropy, pn.adam(0.1), x, y, batch_size=4, epochs=60, key=0
        )
        found = pn.accuracy(model.forward(done.params, x)[0], y)
        assert found == 1.0 if share == 1.0 else found <= share


@pytest.mark.parametrize("name", MAKERS)
def test_bad_options_are_refused(name):
    make = MAKERS[name]
    for call, match in (
        (partial(make, 0, 0), rf"{name}: samples=0: wanted a whole number from 1"),
        (partial(make, 0, 2.5), rf"{name}: samples=2.5"),
        (partial(make, 0, noise=-0.1), rf"{name}: noise=-0.1: wanted a finite number from 0"),
        (partial(make, 0, noise=math.nan), rf"{name}: noise=nan"),
        (partial(make, 0.5), "key=0.5 is not an int"),
        (partial(make, 0, xp="nunpy"), "xp='nunpy' is no backend"),
    ):
        with pytest.raises(OptionError, match=match):
            call()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (partial(spiral, 0, classes=0), "spiral: classes=0"),
        (partial(blobs, 0, classes=True), "blobs: classes=True"),
        (partial(blobs, 0, features=0), "blobs: features=0"),
    ],
)
def test_bad_sizes_are_refused(call, match):
    with pytest.raises(OptionError, match=match):
        call()
