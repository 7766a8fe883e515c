"""A network so small that calls, not products, take the time: 30-64-32-1, batch 64, Adam, float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mlp import TORCH, table
from .report import Goal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .report import Table


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """One."""
    wanted = [
        Goal("purenn", TORCH, 1 / 4),
        Goal("purenn", "scikit-learn", 1 / 4),
        Goal("purenn", "JAX jit", 1.0),
    ]
    if kernels == "native":
        wanted.append(Goal("purenn", "", 70e-6))
    yield table((30, 64, 32, 1), 64, "adam", kernels, seconds, wanted)
