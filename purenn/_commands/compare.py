"""Compare backends on the digits network: op by op, then through a training in step.

The tables say where backends part, by how much, and who is nearer to the exact answer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import purenn as pn
from purenn.compare import compare, in_step, trainings

from ._found import NAMES, load
from ._job import IMAGES, OPTIMIZER, images, key_option, network, whole
from ._progress import Progress

if TYPE_CHECKING:
    import argparse

    from purenn.compare import TrainingComparison


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--backends",
        nargs="+",
        default=["lists", "numpy"],
        metavar="NAME",
        help=f"of {', '.join(NAMES)} or module:name; the first gives each op alone its input",
    )
    key_option(parser)
    parser.add_argument(
        "--images", type=partial(whole, high=IMAGES), default=32, help="images that the ops are compared on"
    )
    parser.add_argument(
        "--digits", type=partial(whole, low=30), default=50, help="digits of the exact answer, from 30"
    )
    parser.add_argument("--epochs", type=whole, default=5, help="passes over the images in training")
    parser.add_argument("--batch-size", type=whole, default=32, help="images an update")


def run(options: argparse.Namespace) -> int:
    """0, also where backends part: they all do, by rounding."""
    backends, missing = _backends(options.backends)
    model, (x, y) = network(), images()
    rows = options.images
    ops = compare(
        model,
        x[:rows],
        y[:rows],
        loss=pn.softmax_cross_entropy,
        key=options.key,
        backends=backends,
        digits=options.digits,
    )
    print(f"affine 64-32, relu, affine 32-10 on {len(y[:rows])} digits; key {options.key}\n")
    print(ops, end="\n\n", flush=True)
    if len(backends) < 2:
        print(missing or "To train in step needs two backends: that is left out.")
        return 0
    runs = trainings(
        model,
        pn.softmax_cross_entropy,
        OPTIMIZER,
        x,
        y,
        key=options.key,
        backends=backends,
        batch_size=options.batch_size,
        epochs=options.epochs,
    )
    updates = len(runs) * options.epochs * -(-len(y) // options.batch_size)
    reached: list[TrainingComparison] = []
    try:
        with Progress("training in step", updates, "updates") as progress:
            reached.extend(in_step({name: progress.over(run) for name, run in runs.items()}))
    finally:  # an interrupt too leaves what was reached
        print(*reached[-1:])
    return 0


def _backends(names: list[str]) -> tuple[dict[str, Any], str]:
    """The backends to compare; without numpy, unless it is asked for, the half on lists, and a word on it."""
    try:
        backends = {name: load(name) for name in names}
    except pn.errors.BackendError as error:
        if names != ["lists", "numpy"]:
            raise
        return {"lists": load("lists")}, f"Only the half on lists, and no training in step: {error}"
    if len({id(backend) for backend in backends.values()}) < len(names):
        raise pn.errors.OptionError(
            f"--backends {' '.join(names)}: one of them is there twice: give each once, such as lists numpy"
        )
    return backends, ""
