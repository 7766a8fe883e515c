"""What options, caches and states may be."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from .errors import CacheError, KindError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable


def count(op: str, name: str, value: Any) -> int:
    """A whole number from 1; a numpy integer is one too, True is not.

    >>> count("affine", "inputs", 3)
    3
    """
    try:
        whole = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:  # of arrays too, which have an __index__
        whole = 0
    if whole < 1:
        raise OptionError(f"{op}: {name}={value!r:.40}: wanted a whole number from 1")
    return whole


def number(op: str, name: str, value: Any, low: float, high: float = math.inf) -> Any:
    """A number from ``low`` to below ``high``, of any type; a numpy one as a Python float.

    >>> number("sgd", "learning_rate", 0.1, 0)
    0.1
    """
    try:
        single = not isinstance(value, bool) and getattr(value, "shape", ()) == ()
        good = single and bool(low <= value < high) and math.isfinite(float(value))
    except (TypeError, ValueError, ArithmeticError):
        good = False
    if not good:
        wanted = f"a finite number from {low}" if high == math.inf else f"a number from {low} to below {high}"
        raise OptionError(f"{op}: {name}={value!r:.40}: wanted {wanted}")
    return float(value) if hasattr(value, "dtype") else value


def check_kind(op: str, name: str, value: Any, kind: type, hint: str) -> None:
    """CacheError unless a cache or state is of its own kind.

    >>> check_kind("relu", "cache", (1,), tuple, "")
    """
    if type(value) is not kind:
        raise CacheError(f"{op}: {name} is {type(value).__name__}, wanted {kind.__name__}: {hint}")


def check_is(op: str, name: str, value: Any, fits: bool, wanted: str, hint: str) -> None:
    """KindError unless a value fits what was wanted: a Layer, a function.

    >>> check_is("check_laws", "forward", len, callable(len), "a function", "that of a pair")
    """
    if not fits:
        raise KindError(f"{op}: {name} is a {type(value).__name__}, wanted {wanted}: give {hint}")


def choice(op: str, name: str, value: Any, choices: tuple[str, ...]) -> None:
    """OptionError unless a value is one of the choices.

    >>> choice("momentum", "dialect", "ema", ("pytorch", "ema"))
    """
    if not (isinstance(value, str) and value in choices):
        wanted = ", ".join(map(repr, choices[:-1]))
        raise OptionError(f"{op}: {name}={value!r:.40}: choose {wanted} or {choices[-1]!r}")


def schedule(op: str, name: str, value: Any) -> Callable[[Any], Any]:
    """A number from 0 or a function of the step, as a function of the step whose numbers are checked.

    >>> schedule("sgd", "learning_rate", 0.1)(5), schedule("sgd", "learning_rate", lambda step: 1 / step)(5)
    (0.1, 0.2)
    """
    if not callable(value):
        fixed = number(op, name, value, 0)
        return lambda step: fixed

    def at(step: Any) -> Any:
        out = value(step)
        return out if is_traced(out) else number(op, f"{name}({step})", out, 0)

    return at


def is_traced(value: Any) -> bool:
    """Whether a value is one number of an array library that is not known yet.

    >>> is_traced(0.1)
    False
    """
    if not hasattr(value, "dtype") or value.shape != ():
        return False
    try:
        float(value)
    except (TypeError, RuntimeError):
        return True
    return False
