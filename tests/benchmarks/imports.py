"""How long ``import`` takes in a fresh process, compiled, beyond what Python itself takes to start

By the processor time of these processes, where the system tells it: a neighbour does not move that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from . import measure
from .report import Goal, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = ("purenn", "numpy", "micrograd.engine", "autograd.numpy", "jax", "sklearn.neural_network", "torch")
IN_USE = "import purenn; purenn.affine, purenn.loss_and_grads, purenn.adam"  # what is loaded when it is used


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """One; the compiled files are kept in a folder of their own, whatever the environment says."""
    with tempfile.TemporaryDirectory() as folder:
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        own |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": os.getcwd()}

        def start(code: str) -> int:
            command = [sys.executable, "-c", code]
            return subprocess.run(command, env=own, cwd=folder, stderr=subprocess.DEVNULL).returncode

        codes = {name: f"import {name}" for name in MODULES} | {"purenn, in use": IN_USE}
        missing = [name for name, code in codes.items() if start(code)]
        there = {"python": "pass"} | {name: code for name, code in codes.items() if name not in missing}
        starts = [measure.Candidate(name, partial(start, code), None) for name, code in there.items()]
        rounds = measure.rounds_of(starts, seconds=2 * seconds, clock=_clock)
    bare = rounds["python"]
    rows = [
        Row(name, median(mine - its for mine, its in zip(times, bare, strict=True)))
        for name, times in rounds.items()
        if name != "python"
    ]
    rows += [Row(name, note="not installed") for name in missing]
    about = f"Beyond Python's own start, which takes {median(bare) * 1e3:.1f} ms."
    yield Table("import, in a fresh process", "", rows, [Goal("purenn", "", 0.010)], about)


def _clock() -> float:
    if os.name == "nt":
        return time.perf_counter()
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
