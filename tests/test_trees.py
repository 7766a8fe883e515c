from __future__ import annotations

from typing import NamedTuple

import pytest

from purenn.trees import tree_leaves, tree_map, tree_paths


class Pair(NamedTuple):
    w: object
    b: object


TREE = {"one": (Pair([1.0, 2.0], 3.0), ()), "two": [4.0]}


def test_tree_map_keeps_the_branches_and_lists_are_leaves():
    out = tree_map(lambda leaf: leaf, TREE)
    assert out == TREE
    assert type(out["one"][0]) is Pair
    assert tree_leaves(TREE) == [[1.0, 2.0], 3.0, [4.0]]
    assert [path for path, _ in tree_paths(TREE)] == ["['one'][0].w", "['one'][0].b", "['two']"]
    assert tree_map(str, 1) == "1"


def test_tree_map_of_several_goes_by_key():
    assert tree_map(lambda a, b: (a, b), {"x": 1, "y": 2}, {"y": 20, "x": 10}) == {"x": (1, 10), "y": (2, 20)}


@pytest.mark.parametrize(
    ("tree", "other", "match"),
    [
        ((1, 2), (1, 2, 3), "differ at the top: a tuple of 2 and a tuple of 3"),
        ((1, (2,)), (1, 2), r"differ at \[1\]: a tuple of 1 and a leaf \(int\)"),
        ((1, 2), (1, (2,)), r"differ at \[1\]: a leaf \(int\) and a tuple of 1"),
        ({"a": 1}, {"b": 1}, r"a dict with keys \['a'\] and a dict with keys \['b'\]"),
        ({"a": Pair(1, 2)}, {"a": (1, 2)}, r"differ at \['a'\]: a Pair of 2 and a tuple of 2"),
    ],
)
def test_trees_that_differ_are_refused_with_the_place(tree, other, match):
    with pytest.raises(ValueError, match=match):
        tree_map(lambda *leaves: leaves, tree, other)
