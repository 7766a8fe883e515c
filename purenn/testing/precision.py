"""Who is right? Any function once more, in as many digits as you like."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays, numbers_of
from .._options import check_is, count
from ..backends import extras, lists
from ..trees import tree_map

if TYPE_CHECKING:
    from collections.abc import Callable

GUARD = 15  # digits more while it computes


def high_precision(function: Callable[..., Any], *arguments: Any, digits: int = 50, **options: Any) -> Any:
    """``function(*arguments, **options)`` on lists of ``Decimal``s, to so many digits

    Floats become the Decimals that they are, not those that they print as; ints stay: labels. Arguments
    may be trees of arrays of any backend, caches too, so forward and backward both run. A constant
    of a formula that is no integer, such as leaky_relu's 0.01, is the Decimal that it prints as.
    Errors: OptionError unless digits is a whole number from 1; KindError for what is no function; ArrayError,
    ShapeError, BackendError for arguments that are no arrays.

    >>> from purenn import functional as F
    >>> out, cache = high_precision(F.sigmoid_forward, [0.5, -40.0], digits=20)
    >>> out
    [Decimal('0.62245933120185456464'), Decimal('4.2483542552915889773E-18')]
    >>> high_precision(F.sigmoid_backward, [1.0, 1.0], cache, digits=20).x
    [Decimal('0.23500371220159448907'), Decimal('4.2483542552915889592E-18')]
    """
    hint = "one of arrays, then its arguments"
    check_is("high_precision", "function", function, callable(function), "a function", hint)
    check_arrays("high_precision", {f"argument {i}": each for i, each in enumerate(arguments, 1)})
    digits = count("high_precision", "digits", digits)
    with localcontext() as context:
        context.prec = digits + GUARD
        out = function(*(tree_map(_decimals, argument) for argument in arguments), **options)
        context.prec = digits
        return tree_map(_rounded, out)


def _decimals(leaf: Any) -> Any:
    """An array as Decimals on lists; one of ints stays one of ints."""
    numbers = numbers_of(leaf)
    if all(isinstance(number, int) for number in numbers):
        return lists.reshape(numbers, extras.shape(leaf))
    return lists.reshape(list(map(_decimal, numbers)), extras.shape(leaf))


def _decimal(number: Any) -> Any:
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / number.denominator
    return Decimal(number)


def _rounded(leaf: Any) -> Any:
    if isinstance(leaf, list):
        return list(map(_rounded, leaf))
    return +leaf if isinstance(leaf, Decimal) else leaf
