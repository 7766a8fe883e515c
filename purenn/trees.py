"""Trees: values inside tuples, NamedTuples and dicts.

Only those three branch. Everything else is a leaf, a list too, because a list is an array here.
"""

from __future__ import annotations

import math
from itertools import starmap
from typing import TYPE_CHECKING, Any

from .errors import KindError, ShapeError, TreeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from typing_extensions import TypeIs

__all__ = ["ravel", "tree_leaves", "tree_map", "tree_paths", "tree_unflatten"]


def tree_map(function: Callable[..., Any], tree: Any, *rest: Any) -> Any:
    """``function(leaf, *leaves at the same place in rest)`` for every leaf, in a tree like the first

    Errors: TreeError, with the place, where a tree of ``rest`` branches in another way.

    >>> tree_map(lambda leaf: [2 * number for number in leaf], {"w": [1, 2], "b": [3]})
    {'w': [2, 4], 'b': [6]}
    >>> tree_map(lambda x, y: x + y, (1, (2, 3)), (10, (20, 30)))
    (11, (22, 33))
    """
    return _rebuild(tree, starmap(function, tree_rows(tree, *rest)))


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves, in order.

    >>> tree_leaves(({"w": [1.0, 2.0], "b": 3.0}, ()))
    [[1.0, 2.0], 3.0]
    """
    return [leaf for (leaf,) in tree_rows(tree)]


def tree_rows(*trees: Any) -> list[tuple[Any, ...]]:
    """The leaves at each place, one of each tree, in the order of the first, or TreeError.

    >>> tree_rows({"w": 1, "b": 2}, {"b": 20, "w": 10})
    [(1, 10), (2, 20)]
    """
    rows: list[tuple[Any, ...]] = []
    try:
        _gather([trees], rows)
    except ValueError:
        raise next(_differences(trees, "")) from None
    return rows


def tree_unflatten(tree: Any, leaves: Iterable[Any]) -> Any:
    """A tree like the first with other leaves, in the order of ``tree_leaves``.

    >>> tree_unflatten((1, {"w": 2}), [10, 20])
    (10, {'w': 20})
    """
    return _rebuild(tree, iter(leaves))


def ravel(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers of a tree as one vector, and the function that makes such a tree of such a vector

    For whatever knows vectors only, such as the optimizers of SciPy. On numpy the leaves that ``unravel``
    returns are views of the vector.
    Errors: TreeError for a tree without leaves; BackendError, ArrayError for leaves that are no arrays of one
    backend; KindError for leaves of different dtypes; ShapeError for a vector of another length.

    >>> vector, unravel = ravel({"w": [[1.0, 2.0], [3.0, 4.0]], "b": 5.0})
    >>> vector
    [1.0, 2.0, 3.0, 4.0, 5.0]
    >>> unravel([10.0, 20.0, 30.0, 40.0, 50.0])
    {'w': [[10.0, 20.0], [30.0, 40.0]], 'b': 50.0}
    """
    from .backends import agree_trees, arrays  # the house stands on this file, so it asks only when called
    from .backends.extras import cut, shape

    leaves = tree_leaves(tree)
    if not leaves:
        raise TreeError("ravel: the tree has no leaves: give params with at least one array")
    xp: Any = agree_trees("ravel", {"tree": tree})
    _, *flat = arrays("ravel", xp, **{f"tree{path}": leaf for path, leaf in tree_paths(tree)})
    dtypes = {str(getattr(leaf, "dtype", "")) for leaf in flat}
    if len(dtypes) > 1:
        held = " and ".join(sorted(dtypes))
        raise KindError(f"ravel: leaves of {held}: a vector has one dtype, so cast the leaves to one")
    shapes = [shape(leaf) for leaf in flat]
    sizes = [math.prod(each) for each in shapes]
    total = sum(sizes)

    def unravel(vector: Any) -> Any:
        here: Any
        here, vector = arrays("unravel", None, vector=vector)
        if shape(vector) != (total,):
            raise ShapeError(
                f"unravel: vector {shape(vector)}, wanted ({total},): as many numbers as the raveled tree has"
            )
        parts = cut(vector, sizes, xp=here)
        return tree_unflatten(tree, map(here.reshape, parts, shapes))

    return xp.concat([xp.reshape(leaf, (-1,)) for leaf in flat]), unravel


def tree_paths(tree: Any) -> list[tuple[str, Any]]:
    """The leaves with their places, in order.

    >>> tree_paths(({"w": [1.0, 2.0], "b": 3.0}, ()))
    [("[0]['w']", [1.0, 2.0]), ("[0]['b']", 3.0)]
    """
    return list(_walk(tree, ""))


def is_branch(tree: Any) -> TypeIs[tuple[Any, ...] | dict[Any, Any]]:
    """Whether a value branches.

    >>> is_branch((1, 2)), is_branch([1, 2])
    (True, False)
    """
    return isinstance(tree, (tuple, dict))


def _walk(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    if is_branch(tree):
        for step, child in _children(tree):
            yield from _walk(child, path + step)
    else:
        yield path, tree


def _children(branch: tuple[Any, ...] | dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(branch, dict):
        return ((f"[{key!r}]", child) for key, child in branch.items())
    names = getattr(branch, "_fields", None)
    if names is not None:
        return ((f".{name}", child) for name, child in zip(names, branch, strict=True))
    return ((f"[{index}]", child) for index, child in enumerate(branch))


def _gather(places: Iterable[tuple[Any, ...]], rows: list[tuple[Any, ...]]) -> None:
    """Add the leaves at these places, and at those below; ValueError where the trees branch differently."""
    for place in places:
        first = place[0]
        if isinstance(first, tuple):
            if len(set(map(type, place))) > 1:
                raise ValueError
            _gather(zip(*place, strict=True), rows)
        elif isinstance(first, dict):
            if any(not isinstance(other, dict) or other.keys() != first.keys() for other in place):
                raise ValueError
            _gather(zip(*([tree[key] for key in first] for tree in place), strict=True), rows)
        else:
            for other in place:
                if isinstance(other, (tuple, dict)):
                    raise ValueError
            rows.append(place)


def _rebuild(tree: Any, leaves: Iterator[Any]) -> Any:
    """A tree like this one of other leaves."""
    if isinstance(tree, tuple):
        children = [
            _rebuild(child, leaves) if isinstance(child, (tuple, dict)) else next(leaves) for child in tree
        ]
        kind = type(tree)
        return tuple(children) if kind is tuple or not hasattr(tree, "_fields") else kind(*children)
    if isinstance(tree, dict):
        return {key: _rebuild(child, leaves) for key, child in tree.items()}
    return next(leaves)


def _alike(first: Any, other: Any) -> bool:
    if not (is_branch(first) and is_branch(other)):
        return is_branch(first) == is_branch(other)
    dicts = isinstance(first, dict) and isinstance(other, dict)
    return (dicts or type(first) is type(other)) and _keys(first) == _keys(other)


def _differences(trees: tuple[Any, ...], path: str) -> Iterator[TreeError]:
    first = trees[0]
    strays = [other for other in trees[1:] if not _alike(first, other)]
    if strays:
        yield TreeError(
            f"trees differ at {path or 'the top'}: {_describe(first)} and {_describe(strays[0])}: "
            "give trees with the same branches, such as params and their gradients"
        )
    elif is_branch(first):
        keys = first if isinstance(first, dict) else range(len(first))
        for key, (step, _) in zip(keys, _children(first), strict=True):
            yield from _differences(tuple(tree[key] for tree in trees), path + step)


def _keys(branch: tuple[Any, ...] | dict[Any, Any]) -> Any:
    return branch.keys() if isinstance(branch, dict) else len(branch)


def _describe(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"a dict with keys {list(tree)}"
    if isinstance(tree, tuple):
        return f"a {type(tree).__name__} of {len(tree)}"
    return f"a leaf ({type(tree).__name__})"
