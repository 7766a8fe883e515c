"""``python -m tests.benchmarks``: purenn beside its peers and the floor, as tables of ratios

Each subject runs in a process of its own, on one core and one thread; those whose products count run with the
BLAS kernels that numpy picks and with Haswell's. The allocator keeps what is freed, for all candidates
alike (``MALLOC_*``): else a step may fetch the same pages again and again, and which step does is chance.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from .report import line_of, markdown, summary, table_of, to_json

if TYPE_CHECKING:
    from .report import Table

BOTH = ("mlp", "small")  # subjects that both kernels are measured with
SUBJECTS = (*BOTH, "optimizers", "pure_python", "imports", "scale")
ALONE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}


def main() -> int:
    """1 if a subject broke; a goal that is missed is only told."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="may be given more than once")
    parser.add_argument("--quick", action="store_true", help="less time a table, and figures less sure")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="where to keep them")
    parser.add_argument("--inside", nargs=2, metavar=("KERNELS", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    seconds = 0.5 if options.quick else 4.0
    if options.inside:
        inside(options.only[0], *options.inside, seconds)
        return 0
    tables: list[Table] = []
    broken = []
    for subject in options.only or SUBJECTS:
        for kernels in kernels_of(subject):
            found, code = outside(subject, kernels, ["--quick"] if options.quick else [])
            tables += found
            broken += [f"{subject} ({kernels}) ended with {code}"] if code else []
    print(summary(tables))
    print(*broken, sep="\n", end="\n" if broken else "")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(to_json(tables, date=f"{datetime.now(UTC):%Y-%m-%d}"), encoding="utf-8")
    return 1 if broken else 0


def kernels_of(subject: str) -> list[str]:
    """The kernels that a subject is measured with."""
    intel = platform.machine() in ("x86_64", "AMD64")
    return ["native", "Haswell"] if subject in BOTH and intel else ["native"]


def environment(kernels: str) -> dict[str, str]:
    """Of a process that runs alone, with these kernels."""
    variables = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    return variables | ALONE | ({} if kernels == "native" else {"OPENBLAS_CORETYPE": kernels})


def outside(subject: str, kernels: str, options: list[str]) -> tuple[list[Table], int]:
    """The tables of a subject from a process of its own, and its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "tables")
        file.touch()
        inside = ["--only", subject, "--inside", kernels, str(file), *options]
        done = subprocess.run([sys.executable, "-m", "tests.benchmarks", *inside], env=environment(kernels))
        return [table_of(line) for line in file.read_text(encoding="utf-8").splitlines()], done.returncode


def inside(subject: str, kernels: str, file: str, seconds: float) -> None:
    """In that process: measure, print, and leave the tables in the file."""
    pin()
    for table in import_module(f"tests.benchmarks.{subject}").tables(kernels, seconds):
        print(markdown(table), flush=True)
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(line_of(table) + "\n")


def pin() -> None:
    """Keep to one core, where the system lets."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    raise SystemExit(main())
