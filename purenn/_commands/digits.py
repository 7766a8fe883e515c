"""Train one network on handwritten digits, from one key, on lists and on numpy in step.

Print how far the backends part, check every gradient, and walk through a single neuron.
"""

from __future__ import annotations

import math
import platform
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import purenn as pn
import purenn.functional as F
from purenn._numerical import numbers_of
from purenn.testing import numerical_gradient

from ._job import OPTIMIZER, images, key_option, network, whole
from ._progress import Progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

IMAGES = 8  # that the gradient check looks at


class Run(NamedTuple):
    """One backend's part: its data, its training, and the gradient check of what it learned."""

    name: str
    train: tuple[Any, Any]
    test: tuple[Any, Any]
    steps: Iterator[pn.TrainState]


class Epoch(NamedTuple):
    state: pn.TrainState
    loss: float
    accuracy: float
    seconds: float


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--epochs", type=whole, default=25, help="passes over the images")
    key_option(parser)
    parser.add_argument("--backend", choices=["both", "lists", "numpy"], default="both", help="where to run")
    parser.add_argument("--batch-size", type=whole, default=32, help="images an update")


def run(options: argparse.Namespace) -> int:
    """Train, compare, check; 0 when every gradient was right."""
    names, missing = _backends(options.backend)
    model = network()
    runs = [_start(name, model, options) for name in names]
    n, n_test = len(runs[0].train[1]), len(runs[0].test[1])

    print(
        f"purenn {pn.__version__}, Python {platform.python_version()}: one network on {' and '.join(names)}"
    )
    print(f"affine 64-32, relu, affine 32-10; adam; key {options.key}, batches of {options.batch_size}")
    print(f"digits: {n} images to train on, {n_test} to test on", end="\n\n")
    if missing:
        print(missing, end="\n\n")

    print(_row("epoch", [f"loss on {name}" for name in names], "apart", "test acc", names))
    params: list[Any] = []
    updates = len(runs) * options.epochs * -(-n // options.batch_size)
    with Progress("training", updates, "updates") as progress:
        counted = [run._replace(steps=progress.over(run.steps)) for run in runs]
        ended = [_train(run, model, options.epochs) for run in counted]
        for number, epochs in enumerate(zip(*ended, strict=True), 1):
            params = [epoch.state.params for epoch in epochs]
            losses = [repr(epoch.loss) for epoch in epochs]
            accuracy = " ".join(dict.fromkeys(f"{epoch.accuracy:.4f}" for epoch in epochs))
            seconds = [f"{epoch.seconds:.2f} s" for epoch in epochs]
            progress.say(_row(str(number), losses, _apart(epochs), accuracy, seconds))

    print()
    if len(names) == 2:
        print(f"largest difference between the two parameter trees: {_difference(*params):.3g}")
    checks = [_check_gradients(run, model, own) for run, own in zip(runs, params, strict=True)]
    for name in names:
        _neuron(name)
    return 0 if all(checks) else 1


def _backends(wanted: str) -> tuple[list[str], str]:
    """The names of the backends to run on, and what is missing."""
    names = ["lists", "numpy"] if wanted == "both" else [wanted]
    if "numpy" in names:
        try:
            pn.get_backend("numpy")
        except pn.errors.BackendError as error:
            if wanted == "numpy":
                raise
            return ["lists"], f"Only the half on lists: {error}"
    return names, ""


def _start(name: str, model: pn.Layer, options: argparse.Namespace) -> Run:
    x, y = pn.convert(images(), name)
    train, test = pn.split(x, y, test_size=0.2, key=options.key)
    steps = pn.train(
        model,
        pn.softmax_cross_entropy,
        OPTIMIZER,
        *train,
        batch_size=options.batch_size,
        epochs=options.epochs,
        key=options.key,
    )
    return Run(name, train, test, steps)


def _train(run: Run, model: pn.Layer, epochs: int) -> Iterator[Epoch]:
    """One epoch at a time; only the updates are timed."""
    for epoch in range(1, epochs + 1):
        losses: list[float] = []
        start = time.perf_counter()
        state = next(run.steps)
        losses.append(float(state.loss))
        while state.epoch < epoch:
            state = next(run.steps)
            losses.append(float(state.loss))
        seconds = time.perf_counter() - start
        scores, _ = model.forward(state.params, run.test[0])
        accuracy = pn.accuracy(scores, run.test[1])
        yield Epoch(state, math.fsum(losses) / len(losses), accuracy, seconds)


def _apart(epochs: Sequence[Epoch]) -> str:
    """By how many units in the last place the losses differ."""
    low, high = min(e.loss for e in epochs), max(e.loss for e in epochs)
    return f"{(high - low) / math.ulp(high):.0f} ulp" if len(epochs) == 2 else ""


def _row(epoch: str, losses: Sequence[str], apart: str, accuracy: str, seconds: Sequence[str]) -> str:
    columns = [f"{epoch:>5}", *(f"{loss:<20}" for loss in losses), f"{apart:>8}" if len(losses) == 2 else ""]
    return "  ".join(filter(None, [*columns, f"{accuracy:>8}", *(f"{each:>7}" for each in seconds)]))


def _difference(params: Any, other: Any) -> float:
    pairs = zip(numbers_of(params), numbers_of(other), strict=True)
    return max(abs(float(a - b)) for a, b in pairs)


def _check_gradients(run: Run, model: pn.Layer, params: Any) -> bool:
    """Every parameter's gradient against central differences."""
    x, y = (part[:IMAGES] for part in run.test)

    def loss(own: Any) -> Any:
        progress.step()
        return F.softmax_cross_entropy_forward(model.forward(own, x)[0], y)[0]

    start = time.perf_counter()
    grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, x, y).grads
    count = len(numbers_of(params))
    with Progress(f"gradient check on {run.name}", 2 * count, "losses") as progress:
        worst = _difference(grads, numerical_gradient(loss, params))
    print(
        f"gradient check on {run.name}: {count} parameters, {IMAGES} images: backward and central "
        f"differences part by {worst:.2g} at most, in {time.perf_counter() - start:.2f} s"
        + ("" if worst < 1e-8 else ": FAILED, wanted less than 1e-8")
    )
    return worst < 1e-8


def _neuron(name: str) -> None:
    x, w = pn.convert(([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0]), name)
    b = 1.0
    z, affine_cache = F.affine_forward(x, w, b)
    y, relu_cache = F.relu_forward(z)
    dz = F.relu_backward(1.0, relu_cache).x
    dx, dw, db = F.affine_backward(dz, affine_cache)
    (w, b), _ = pn.sgd(learning_rate=0.001).update((dw, db), pn.sgd(0.001).init((w, b)), (w, b))
    again, _ = F.relu_forward(F.affine_forward(x, w, b)[0])
    show = [pn.convert(value, "lists") for value in (z, y, dz, dx, dw, db, w, b, again)]
    z, y, dz, dx, dw, db, w, b, again = show
    print(f"\none neuron on {name}: x = [1.0, -2.0, 3.0], w = [-3.0, -1.0, 2.0], b = 1.0")
    print(f"  forward    z = x @ w + b = {z}, y = relu(z) = {y}")
    print(f"  backward   dy = 1.0, dz = {dz}, dx = {dx}, dw = {dw}, db = {db}")
    print(f"  a step     w = w - 0.001 * dw = {w}, b = {b}, and y becomes {again}")
