"""A network so small that calls, not products, take the time: 30-64-32-1, batch 64, Adam, float32."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from purenn import functional as F
from purenn.backends import quiet

from .measure import Candidate, rounds_of
from .mlp import TORCH, table
from .report import Goal, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """That network, then what a call costs beside its numbers."""
    wanted = [
        Goal("purenn", TORCH, 1 / 4),
        Goal("purenn", "scikit-learn", 1 / 4),
        Goal("purenn", "JAX jit", 1.0),
    ]
    if kernels == "native":
        wanted.append(Goal("purenn", "", 70e-6))
    yield table((30, 64, 32, 1), 64, "adam", kernels, seconds, wanted)
    yield gates(kernels, seconds)


def gates(kernels: str, seconds: float) -> Table:
    """What dispatch and checks take: a pair's forward within a step, less the same in numpy's bare calls."""
    x, w, b = np.ones((4, 3), np.float32), np.ones((3, 3), np.float32), np.ones(3, np.float32)
    steps = {
        "affine_forward": (lambda: F.affine_forward(x, w, b), lambda: np.add(np.dot(x, w), b)),
        "relu_forward": (lambda: F.relu_forward(x), lambda: np.maximum(x, 0)),
    }
    rows = []
    for name, (own, bare) in steps.items():
        with quiet():
            pair = [Candidate("own", own, None), Candidate("bare", bare, None)]
            rounds = rounds_of(pair, seconds=seconds / len(steps))
        rest = [mine - its for mine, its in zip(rounds["own"], rounds["bare"], strict=True)]
        rows.append(Row(name, median(rest)))
    goals = [Goal(row.name, "", 3e-6) for row in rows]
    return Table("dispatch and checks of one call, (4, 3)", kernels, rows, goals)
