"""Central differences: the gradient of any function, found without knowing how it works."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ._options import check_is
from .backends import agree_trees, convert, extras, lists, open_arrays
from .errors import ArrayError, ShapeError
from .trees import tree_leaves, tree_paths, tree_unflatten

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._types import Params


def numerical_gradient(function: Callable[[Params], Any], tree: Params) -> Params:
    """The gradient of a function with one number for result, by central differences, as a tree like its own

    ``(f(x + h) - f(x - h)) / 2h`` for each number x, with ``h = 6e-6 * max(1, |x|)``, in float64 whatever
    the dtype (in float32, h = 5e-3, where a backend makes float32 of Python's floats). ``Fraction``s are
    computed with exactly, h = 1/1024: of a function that is a polynomial of degree 2 in each number, the
    result is the gradient itself. ``Decimal``s keep two thirds of the context's digits.
    Errors: ShapeError and ArrayError where the result is not one number, ArrayError where the tree
    holds none; KindError for what is no function.

    >>> [round(d, 8) for d in numerical_gradient(lambda x: x[0] ** 2 + 5 * x[1], [3.0, 1.0])]
    [6.0, 5.0]
    """
    hint = "one that makes one number of a tree, and then the tree"
    check_is("numerical_gradient", "function", function, callable(function), "a function", hint)
    check_arrays("numerical_gradient", {"tree": tree})
    at = function_of_numbers(function, tree)
    numbers = numbers_of(tree)
    backend: Any = agree_trees("numerical_gradient", {"tree": tree})
    slopes = []
    for index, number in enumerate(numbers):
        step = step_of(number, backend)
        above, below = number + step, number - step
        rise = at({index: above}) - at({index: below})
        slopes.append(rise / (above - below))
    sizes = [extras.shape(leaf) for leaf in tree_leaves(tree)]
    return tree_unflatten(tree, [_wide(part, backend) for part in _parts(slopes, sizes)])


def function_of_numbers(function: Callable[[Params], Any], tree: Params) -> Callable[[dict[int, Any]], Any]:
    """The function at a tree with some of its numbers, counted through all leaves, replaced

    >>> function_of_numbers(lambda x: x[0] * x[1], [2.0, 3.0])({1: 5.0})
    10.0
    """
    leaves = tree_leaves(tree)
    backend: Any = agree_trees("numerical_gradient", {"tree": tree})
    sizes = [extras.shape(leaf) for leaf in leaves]
    numbers = numbers_of(tree)
    wide = [_wide(part, backend) for part in _parts(numbers, sizes)]
    ends = _ends(sizes)

    def at(changes: dict[int, Any]) -> Any:
        moved = list(numbers)
        for index, number in changes.items():
            moved[index] = number
        parts, start = list(wide), 0
        for place, end in enumerate(ends):
            if any(start <= index < end for index in changes):
                parts[place] = _wide(lists.reshape(moved[start:end], sizes[place]), backend)
            start = end
        value = function(tree_unflatten(tree, parts))
        if isinstance(value, (Fraction, Decimal)):
            return value
        if extras.shape(value):
            raise ShapeError(
                f"numerical_gradient: the result is {extras.shape(value)}, wanted one number, such as a sum"
            )
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ArrayError(
                f"numerical_gradient: the result is {value!r:.40}, wanted one number, such as a sum"
            ) from None

    return at


def _ends(sizes: list[Any]) -> list[int]:
    """Where each leaf ends in the list of all numbers."""
    ends = [0]
    for size in sizes:
        ends.append(ends[-1] + math.prod(size))
    return ends[1:]


def _parts(numbers: list[Any], sizes: list[Any]) -> list[Any]:
    """The list of all numbers cut into the leaves."""
    ends = _ends(sizes)
    starts = [0, *ends]
    return [
        lists.reshape(numbers[start:end], size) for start, end, size in zip(starts, ends, sizes, strict=False)
    ]


def _wide(x: Any, backend: Any) -> Any:
    """Python numbers on a backend, in its widest default dtype."""
    return x if backend is lists else backend.asarray(x)


def step_of(number: Any, backend: Any) -> Any:
    """How far a central difference steps to either side of a number.

    >>> step_of(Fraction(3), lists)
    Fraction(1, 1024)
    """
    if isinstance(number, Fraction):
        return Fraction(1, 1024)
    size = max(1.0, abs(float(number)))
    if isinstance(number, Decimal):
        return Decimal(size).scaleb(-(getcontext().prec // 3))
    return math.cbrt(working_eps(backend)) * size


def check_arrays(op: str, trees: dict[str, Params]) -> None:
    """ArrayError, ShapeError, BackendError with the leaf's place where one is no array of real numbers, or
    of none.

    >>> check_arrays("compare", {"params": ([1.0, 2.0], {"b": 0.5})})
    """
    for name, tree in trees.items():
        for path, leaf in tree_paths(tree):
            open_arrays(op, None, (f"{name}{path}",), (leaf,))
            if 0 in extras.shape(leaf):
                sizes = extras.shape(leaf)
                raise ShapeError(f"{op}: {name}{path} {sizes} has no numbers: give one sample at least")


def numbers_of(tree: Any) -> list[Any]:
    """All numbers of a tree of arrays, as Python numbers."""
    out: list[Any] = []
    for leaf in tree_leaves(tree):
        if type(leaf) is float:
            out.append(leaf)
        elif 0 not in getattr(leaf, "shape", ()):  # of no rows, which lists cannot tell from no columns
            out.extend(lists.flat(convert(leaf, "lists")))
    return out


def eps_of(x: Any, backend: Any) -> float:
    """The distance from 1 to the next number of an array's dtype; 0 for lists and integers."""
    if not hasattr(x, "dtype") or not extras.is_float(x, xp=backend):
        return 0.0
    return float(backend.finfo(x.dtype).eps)


def working_eps(backend: Any) -> float:
    """That of the floats which a backend makes of Python's own.

    >>> working_eps(lists) == 2.0**-52
    True
    """
    return eps_of(backend.asarray(1.0), backend) or 2.0**-52
