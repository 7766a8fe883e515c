"""First weights: a key and a shape give an array

The spread keeps signals alike in size from layer to layer. ``fan_in`` is how many inputs a weight's
output adds up (the first size of the shape), ``fan_out`` how many outputs its input feeds.
Errors of each: ShapeError for shapes other than (n, m) and (n,); OptionError for a key that is no int,
or a dtype that is not floating.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .errors import ShapeError
from .random import normal, uniform

if TYPE_CHECKING:
    from ._types import Array, DType, Key, Shape
    from .backends._protocol import Backend

__all__ = ["glorot_normal", "glorot_uniform", "he_normal", "he_uniform"]


def glorot_uniform(key: Key, shape: Shape, *, xp: Backend | str | None = None, dtype: DType = None) -> Array:
    """``uniform(-a, a)``, ``a = sqrt(6 / (fan_in + fan_out))``

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.

    >>> max(abs(w) for row in glorot_uniform(0, (3, 3)) for w in row) < 1.0
    True
    """
    bound = math.sqrt(6 / sum(_fans(shape)))
    return uniform(key, shape, low=-bound, high=bound, xp=xp, dtype=dtype)


def glorot_normal(key: Key, shape: Shape, *, xp: Backend | str | None = None, dtype: DType = None) -> Array:
    """``normal(0, std)``, ``std = sqrt(2 / (fan_in + fan_out))``

    Source: Glorot and Bengio, 2010.

    >>> len(glorot_normal(0, (5,)))
    5
    """
    return normal(key, shape, std=math.sqrt(2 / sum(_fans(shape))), xp=xp, dtype=dtype)


def he_uniform(key: Key, shape: Shape, *, xp: Backend | str | None = None, dtype: DType = None) -> Array:
    """``uniform(-a, a)``, ``a = sqrt(6 / fan_in)``

    Source: He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015.

    >>> max(abs(w) for row in he_uniform(0, (6, 2)) for w in row) < 1.0
    True
    """
    bound = math.sqrt(6 / _fans(shape)[0])
    return uniform(key, shape, low=-bound, high=bound, xp=xp, dtype=dtype)


def he_normal(key: Key, shape: Shape, *, xp: Backend | str | None = None, dtype: DType = None) -> Array:
    """``normal(0, std)``, ``std = sqrt(2 / fan_in)``

    Source: He, Zhang, Ren and Sun, 2015.

    >>> len(he_normal(0, (5, 2)))
    5
    """
    return normal(key, shape, std=math.sqrt(2 / _fans(shape)[0]), xp=xp, dtype=dtype)


def _fans(shape: Shape) -> tuple[int, int]:
    """fan_in and fan_out of weights (n, m), or of one neuron's (n,)."""
    sizes = [size for size in shape if hasattr(size, "__index__")] if hasattr(shape, "__len__") else []
    if len(sizes) not in (1, 2) or len(sizes) != len(shape) or min(sizes) < 1:
        raise ShapeError(f"an initializer was asked for shape {shape}: weights are (n, m) or (n,)")
    return sizes[0], sizes[1] if len(sizes) == 2 else 1
