from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest

from purenn import adam, convert
from purenn.errors import ArrayError, KindError, ShapeError, TreeError
from purenn.trees import ravel, tree_leaves, tree_map, tree_paths


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


def test_ravel_lays_all_numbers_end_to_end_and_unravel_brings_them_back(xp):
    tree = xp.tree({"one": (Pair([[1.0, 2.0], [3.0, 4.0]], 5.0), ()), "two": [6.0]})
    vector, unravel = ravel(tree)
    assert convert(vector, "lists") == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    back = convert(unravel(vector), "lists")
    assert back == {"one": (Pair([[1.0, 2.0], [3.0, 4.0]], 5.0), ()), "two": [6.0]}
    assert type(back["one"][0]) is Pair


def test_ravel_keeps_the_dtype_and_the_type_of_numbers(dtyped):
    tree = dtyped.tree(([1.0, 2.0], [3.0]), "float32")
    vector, unravel = ravel(tree)
    assert vector.dtype == unravel(vector)[1].dtype == tree[0].dtype
    assert ravel(([Fraction(1, 3)], Fraction(1)))[0] == [Fraction(1, 3), Fraction(1)]


def test_ravel_of_what_is_no_tree_of_arrays_is_refused(xp):
    _, unravel = ravel(xp.tree(([1.0, 2.0], [3.0])))
    with pytest.raises(ShapeError, match=r"unravel: vector \(2,\), wanted \(3,\)"):
        unravel(xp.array([1.0, 2.0]))
    with pytest.raises(TreeError, match="ravel: the tree has no leaves"):
        ravel(((), {}))
    with pytest.raises(ArrayError, match=r"ravel: tree\[1\] is 'b'"):
        ravel((xp.array([1.0]), "b"))


def test_ravel_of_two_dtypes_is_refused(dtyped):
    with pytest.raises(KindError, match=r"leaves of .*float32 and .*float64: a vector has one dtype"):
        ravel((dtyped.array([1.0], "float64"), dtyped.array([1.0], "float32")))


def test_an_optimizer_takes_a_raveled_tree(pair_of):
    params, grads = (pair_of.tree(each) for each in (([[1.0, 2.0]], [3.0]), ([[0.1, -0.2]], [0.3])))
    vector, unravel = ravel(params)
    optimizer = adam(0.1)
    by_leaf, _ = optimizer.update(grads, optimizer.init(params), params)
    at_once, _ = optimizer.update(ravel(grads)[0], optimizer.init(vector), vector)
    assert convert(unravel(at_once), "lists") == convert(by_leaf, "lists")


def test_dicts_in_another_order_with_branches_inside_go_by_key():
    pairs = tree_map(lambda a, b: (a, b), {"a": (1, {"c": 2}), "b": 3}, {"b": 30, "a": (10, {"c": 20})})
    assert pairs == {"a": ((1, 10), {"c": (2, 20)}), "b": (3, 30)}
