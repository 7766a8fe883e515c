"""How the tests of this folder compare arrays of any backend with nested lists."""

from __future__ import annotations

import purenn as pn
from purenn.backends import lists


def listed(tree):
    """A tree of arrays as nested lists, and floats where there is no axis."""
    return pn.tree_map(
        lambda leaf: leaf if isinstance(leaf, list) else float(leaf), pn.convert(tree, "lists")
    )


def distance(array, want):
    """How far an array is from nested lists of the same shape, where it is furthest."""
    have = listed(array)
    assert lists.shape(have) == lists.shape(want)
    return max(abs(x - y) for x, y in zip(lists.flat(have), lists.flat(want), strict=True))


def near(array, want, error=1e-12):
    """Whether an array is nowhere further from nested lists than the error."""
    return distance(array, want) <= error
