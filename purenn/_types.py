"""The names that signatures use."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Cache = TypeVar("Cache", default=Any)
else:
    from typing import TypeVar

    Cache = TypeVar("Cache")
Cache_co = TypeVar("Cache_co", covariant=True)
Cache_contra = TypeVar("Cache_contra", contravariant=True)

Array: TypeAlias = Any
"""An array of any backend: a number or nested lists, an ``ndarray``, a JAX array, ..."""

Shape: TypeAlias = tuple[int, ...]

Key: TypeAlias = int
"""The seed of a random draw. Any int; see ``purenn.random``."""

Params: TypeAlias = Any
"""A tree of arrays: tuples, NamedTuples and dicts branch, everything else is a leaf."""

DType: TypeAlias = Any
"""A backend's own dtype, its name (``"float32"``), or on lists a number type (``Fraction``)."""
