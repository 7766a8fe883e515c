"""How a pair opens: the checks that stand before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._options import check_kind
from ..backends import open_arrays
from ..backends.extras import shape
from ..errors import ShapeError

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


class ActivationGrads(NamedTuple):
    x: Array


def open_backward(
    op: str, kind: type[Any], dout: Array, cache: Any, xp: Backend | str | None
) -> tuple[Backend, *tuple[Any, ...]]:
    """The backend, dout, and the fields of the cache, which must be one that ``op_forward`` made."""
    check_kind(f"{op}_backward", "cache", cache, kind, f"give the cache that {op}_forward returned")
    return open_arrays(f"{op}_backward", xp, ("dout", *cache._fields), (dout, *cache))


def open_elementwise(
    op: str, kind: type[Any], dout: Array, cache: Any, xp: Backend | str | None
) -> tuple[Backend, *tuple[Any, ...]]:
    """``open_backward`` where the output has the shape of the cache's first field."""
    opened = open_backward(op, kind, dout, cache, xp)
    check_dout(op, dout, shape(opened[2]))
    return opened


def check_dout(op: str, dout: Array, sizes: Shape) -> None:
    if shape(dout) != sizes:
        raise ShapeError(
            f"{op}_backward: dout {shape(dout)} and the output {sizes} differ: "
            "dout is the gradient of the output, so it has its shape"
        )


def check_classes(op: str, name: str, x: Array) -> None:
    if not shape(x) or shape(x)[-1] == 0:
        raise ShapeError(f"{op}: {name} {shape(x)} has no classes: {name} is (..., C) with C >= 1")
