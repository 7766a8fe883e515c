"""How a pair opens: the checks that stand before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._options import check_kind
from ..backends import arrays
from ..backends.extras import shape
from ..errors import OptionError, ShapeError

if TYPE_CHECKING:
    from .._types import Array, Shape
    from ..backends._protocol import Backend


def open_backward(
    op: str, kind: type[Any], dout: Array, cache: Any, xp: Backend | str | None
) -> tuple[Backend, *tuple[Any, ...]]:
    """The backend, dout, and the fields of the cache, which must be one that ``op_forward`` made."""
    check_kind(f"{op}_backward", "cache", cache, kind, f"give the cache that {op}_forward returned")
    return arrays(f"{op}_backward", xp, dout=dout, **cache._asdict())


def check_dout(op: str, dout: Array, sizes: Shape) -> None:
    if shape(dout) != sizes:
        raise ShapeError(
            f"{op}_backward: dout {shape(dout)} and the output {sizes} differ: "
            "dout is the gradient of the output, so it has its shape"
        )


def check_same(op: str, first: str, x: Array, second: str, y: Array) -> None:
    """Losses never broadcast."""
    if shape(x) != shape(y):
        raise ShapeError(
            f"{op}: {first} {shape(x)} and {second} {shape(y)} differ: "
            "a loss never broadcasts, reshape one to the shape of the other"
        )


def check_reduction(op: str, reduction: Any) -> None:
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise OptionError(f"{op}: reduction={reduction!r}: choose 'mean', 'sum' or 'none'")
