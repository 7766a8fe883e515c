"""Central differences: the gradient of any function, found without knowing how it works."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .backends import backend_of, convert, extras, lists
from .errors import ShapeError
from .trees import tree_leaves, tree_unflatten

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._types import Params


def numerical_gradient(function: Callable[[Params], Any], tree: Params) -> Params:
    """The gradient of a function with one number for result, by central differences, as a tree like its own

    ``(f(x + h) - f(x - h)) / 2h`` for each number x, with ``h = 6e-6 * max(1, |x|)``, in float64 whatever
    the dtype (in float32, h = 5e-3, where a backend makes float32 of Python's floats). ``Fraction``s are
    computed with exactly, h = 1/1024: of a function that is a polynomial of degree 2 in each number, the
    result is the gradient itself.
    Errors: ShapeError where the function's result is not one number.

    >>> [round(d, 8) for d in numerical_gradient(lambda x: x[0] ** 2 + 5 * x[1], [3.0, 1.0])]
    [6.0, 5.0]
    """
    leaves = tree_leaves(tree)
    backend: Any = backend_of(*leaves)
    eps = working_eps(backend)
    wide = [_wide(convert(leaf, "lists"), backend) for leaf in leaves]
    slopes = []
    for place, leaf in enumerate(leaves):
        sizes = extras.shape(leaf)
        numbers = numbers_of(leaf)

        def at(
            index: int, number: Any, place: int = place, numbers: Any = numbers, sizes: Any = sizes
        ) -> Any:
            moved = lists.reshape([*numbers[:index], number, *numbers[index + 1 :]], sizes)
            parts = [*wide[:place], _wide(moved, backend), *wide[place + 1 :]]
            value = function(tree_unflatten(tree, parts))
            if extras.shape(value):
                raise ShapeError(
                    f"numerical_gradient: the result is {extras.shape(value)}, wanted one number"
                )
            return value if isinstance(value, Fraction) else float(value)

        slope = []
        for index, number in enumerate(numbers):
            above, below = _around(number, eps)
            step = above - below if isinstance(above, Fraction) else float(above - below)
            slope.append((at(index, above) - at(index, below)) / step)
        slopes.append(_wide(lists.reshape(slope, sizes), backend))
    return tree_unflatten(tree, slopes)


def _wide(x: Any, backend: Any) -> Any:
    """Python numbers on a backend, in its widest default dtype."""
    return x if backend is lists else backend.asarray(x)


def _around(number: Any, eps: float) -> tuple[Any, Any]:
    if isinstance(number, Fraction):
        return number + Fraction(1, 1024), number - Fraction(1, 1024)
    step: Any = math.cbrt(eps) * max(1.0, abs(float(number)))
    if isinstance(number, Decimal):
        step = Decimal(step)
    return number + step, number - step


def numbers_of(tree: Any) -> list[Any]:
    """All numbers of a tree of arrays, as Python numbers."""
    return [number for leaf in tree_leaves(convert(tree, "lists")) for number in lists.flat(leaf)]


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
