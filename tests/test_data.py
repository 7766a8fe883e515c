"""The data is what was published, byte for byte."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from importlib.resources import files

import pytest

import purenn as pn

SHA256 = {
    "digits.csv.gz": "e31b7ccbf8cc2b158de948b1bb7a67bf39a856fb064b3aa8ef489f12a2dc4b63",
    "iris.csv.gz": "a161d71def308bc22cf8252625d1a2429308a1298f2a4fc1e056980a5017fbc5",
}


@pytest.mark.parametrize("name", SHA256)
def test_the_files_are_these(name):
    assert sha256(files("purenn.data").joinpath(name).read_bytes()).hexdigest() == SHA256[name]
    assert f"`{name}`" in files("purenn.data").joinpath("DATA.md").read_text()


def test_digits_has_its_published_counts():
    x, y = pn.load_digits()
    assert len(x) == len(y) == 1797
    assert {len(row) for row in x} == {64}
    assert {type(pixel) for row in x for pixel in row} == {float}
    assert {pixel for row in x for pixel in row} == {float(ink) for ink in range(17)}
    counts = Counter(y)
    assert [counts[digit] for digit in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_iris_has_its_published_counts_and_means():
    x, y = pn.load_iris()
    assert Counter(y) == {0: 50, 1: 50, 2: 50}
    assert {len(row) for row in x} == {4}
    columns = list(zip(*x, strict=True))
    assert [min(c) for c in columns] == [4.3, 2.0, 1.0, 0.1]
    assert [max(c) for c in columns] == [7.9, 4.4, 6.9, 2.5]
    assert [round(sum(c) / 150, 2) for c in columns] == [5.84, 3.06, 3.76, 1.2]
    assert (x[34], x[37]) == ([4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1])  # as in Fisher's paper


def test_each_call_gives_lists_of_its_own():
    first = pn.load_iris()
    first.x[0][0] = 99.0
    assert pn.load_iris().x[0][0] == 5.1
