"""Check every law of every pair on every backend that is installed, or on one of your own.

The exit code is 1 if a law fails.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from purenn import testing

from ._found import NAMES, load, load_all
from ._progress import Progress


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--backend",
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME",
        help=f"{', '.join(NAMES)} or module:name, where a module of yours holds a namespace; may be given "
        "more than once; without it, all that are installed",
    )


def run(options: argparse.Namespace) -> int:
    """0 if every law holds on every backend."""
    missing: list[str] = []
    if hasattr(options, "backend"):
        backends = {name: load(name) for name in options.backend}
    else:
        backends, missing = load_all()
    failed, rows = [], 0
    for name, backend in backends.items():
        start = time.perf_counter()
        report = _checked(name, backend)
        print(f"{report}\nit took {time.perf_counter() - start:.1f} s\n", flush=True)
        failed += [] if report.ok else [name]
        rows += len(report.laws) - len(report.skipped)
    for line in missing:
        print(line)
    names = ", ".join(backends)
    print(f"FAILED on {', '.join(failed)}" if failed else f"all {rows} laws that apply hold on {names}")
    return 1 if failed else 0


def _checked(name: str, backend: Any) -> testing.Report:
    """What ``check_backend`` finds, pair by pair."""
    report = testing.check_backend(backend, ops=())
    rows = list(report.laws)
    with Progress(f"checking {name}", len(testing.OPS), "pairs") as progress:
        for op in progress.over(testing.OPS if rows[0].passed else ()):
            rows += testing.check_op(op, backend).laws
    return report._replace(laws=tuple(rows))
