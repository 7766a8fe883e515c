"""The names that signatures use."""

from typing import Any, TypeAlias

Array: TypeAlias = Any
"""An array of any backend: a number or nested lists, an ``ndarray``, a JAX array, ..."""

Shape: TypeAlias = tuple[int, ...]

Key: TypeAlias = int
"""The seed of a random draw. Any int; see ``purenn.random``."""

Params: TypeAlias = Any
"""A tree of arrays: tuples, NamedTuples and dicts branch, everything else is a leaf."""

DType: TypeAlias = Any
"""A backend's own dtype, its name (``"float32"``), or on lists a number type (``Fraction``)."""
