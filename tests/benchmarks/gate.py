"""``python -m tests.benchmarks.gate``: 1 if a step takes too long beside its own products

A ratio to the bare products, measured in the same process, says much the same on any machine, but a busy
neighbour makes it worse: what is over its bound is measured again, up to ``RUNS`` times, and the best
counts. ``BOUNDS`` are what two shared cores of an AMD EPYC measured (2026-11-24; the tables of
``python -m tests.benchmarks`` tell the goals); beyond ``SLACK`` times them it is an error.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from .__main__ import environment, kernels_of, pin
from .measure import measure

if TYPE_CHECKING:
    from .measure import Candidate

SLACK = 1.25
RUNS, SECONDS = 3, 1.0
BOUNDS = {  # times the floor
    "784-256-128-10, sgd, batch 128": {"native": 1.35, "Haswell": 1.35},
    "784-256-128-10, sgd, batch 1024": {"native": 1.15, "Haswell": 1.15},
    "64-32-10 on lists, sgd, batch 32": {"native": 1.35},
}


def main(arguments: list[str]) -> int:
    """Measure in a process for each kernels, then judge."""
    if arguments:
        pin()
        own = {name: bounds[arguments[0]] for name, bounds in BOUNDS.items() if arguments[0] in bounds}
        print(json.dumps({name: best(steps(name), bound * SLACK) for name, bound in own.items()}))
        return 0
    missed = 0
    for kernels in kernels_of("mlp"):
        command = [sys.executable, "-m", "tests.benchmarks.gate", kernels]
        done = subprocess.run(
            command, env=environment(kernels), stdout=subprocess.PIPE, text=True, check=True
        )
        for name, ratio in json.loads(done.stdout.splitlines()[-1]).items():
            said, ok = judge(name, kernels, ratio)
            print(said, flush=True)
            missed += not ok
    return 1 if missed else 0


def judge(name: str, kernels: str, ratio: float) -> tuple[str, bool]:
    """A ratio in words, and whether it keeps within its bound."""
    bound = BOUNDS[name][kernels]
    ok = ratio <= bound * SLACK
    end = "" if ok else f": TOO SLOW, {ratio / bound - 1:.0%} over; up to {SLACK - 1:.0%} are borne"
    return f"{name} ({kernels}): {ratio:.2f} of the floor, wanted {bound:.2f}{end}", ok


def steps(name: str) -> tuple[Candidate, Candidate]:
    """purenn's step and the floor."""
    from . import mlp, networks, pure_python

    if "lists" in name:
        model = pure_python.digits_network()
        return pure_python.step_of(model, *pure_python.images(), xp="lists"), pure_python.products(
            32, 64, 32, 10
        )
    own: Any = networks.problem(mlp.SIZES, int(name.split()[-1]), "sgd")
    return networks.purenn(own), networks.floor(own)


def best(both: tuple[Candidate, Candidate], bound: float) -> float:
    """The least of the ratios of several runs, which end where one keeps within the bound."""
    least = math.inf
    for _ in range(RUNS):
        least = min(least, measure(both, over=["floor"], seconds=SECONDS)[0].ratios["floor"])
        if least <= bound:
            break
    return least


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
