"""Plots of trainings, on matplotlib's axes: each draws on ``ax``, or on new ones, and returns those."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays, numbers_of
from .._options import check_is, count
from .._table import canvas
from ..backends import backend_of, convert, extras
from ..errors import KindError, LabelError, OptionError, ShapeError
from ..explain import Explanation
from ..layers import Layer
from ..prediction import predict
from ..training import TrainState
from ..trees import tree_paths

if TYPE_CHECKING:
    from .._types import Array, Params

MARKERS = "osD^vP*X"  # a form for each class, beside its color
BINS = 41  # an odd number, so that 0 stands in the middle of one


def plot_history(history: Any, ax: Any = None) -> Any:
    """The loss of each step: of the TrainStates of ``train``, of plain numbers, or of several of them by name

    Errors: KindError for what is none of these; OptionError for a history without a step.

    >>> ax = plot_history({"adam": [2.3, 0.4], "sgd": [2.3, 1.1]})  # doctest: +SKIP
    """
    runs = history if isinstance(history, Mapping) else {"": history}
    curves = {name: _curve(name, run) for name, run in runs.items()}
    if not curves:
        raise OptionError("plot_history: no runs: give at least one, such as {'adam': losses}")
    ax = canvas(ax)
    styles = ("-", "--", "-.", ":")
    for index, (name, (steps, losses)) in enumerate(curves.items()):
        ax.plot(steps, losses, styles[index % len(styles)], label=name)
    ax.set_xlabel("step")
    ax.set_ylabel("loss")
    if "" not in curves:
        ax.legend()
    return ax


def _curve(name: str, run: Any) -> tuple[list[int], list[float]]:
    called = f"run {name!r}" if name else "history"
    hint = "those of train(...), a list of losses, or a dict of such"
    fits = isinstance(run, Iterable) and not isinstance(run, (str, Mapping, TrainState))
    check_is("plot_history", called, run, fits, "TrainStates or numbers", hint)
    steps, losses = [], []
    for number, each in enumerate(run, 1):
        step, loss = (each.step, each.loss) if isinstance(each, TrainState) else (number, each)
        try:
            losses.append(float(loss))
        except (TypeError, ValueError):
            came = type(each).__name__
            raise KindError(
                f"plot_history: {called} has a {came}, wanted a TrainState or a number: give {hint}"
            ) from None
        steps.append(step)
    if not steps:
        raise OptionError(f"plot_history: {called} has no step: give at least one loss")
    return steps, losses


def plot_decision_boundary(
    model: Layer, params: Params, x: Array, y: Array, ax: Any = None, *, resolution: int = 100
) -> Any:
    """The class that the model predicts at each place of the plane, and the samples with their own

    Shapes: x (N, 2), y (N,) or (N, 1), class numbers from 0
    ``resolution`` is the number of places along each side. A model with one output tells 0 from 1 (see
    ``predict``).
    Errors: KindError for what is no Layer; ShapeError, LabelError, OptionError; and the model's own.

    >>> from purenn import affine
    >>> x, y, params = [[0.0, 0.0], [1.0, 1.0]], [0, 1], ([[1.0], [1.0]], [-1.0])
    >>> ax = plot_decision_boundary(affine(2, 1), params, x, y)  # doctest: +SKIP
    """
    op = "plot_decision_boundary"
    check_is(op, "model", model, isinstance(model, Layer), "a Layer", "the model that made the params")
    side = count(op, "resolution", resolution)
    if side < 2:
        raise OptionError(f"{op}: resolution=1: wanted a whole number from 2")
    check_arrays(op, {"x": x, "y": y})
    sizes = extras.shape(x)
    if len(sizes) != 2 or sizes[1] != 2:
        raise ShapeError(f"{op}: x {sizes}: wanted (N, 2), so that samples are points; take two features")
    if extras.shape(y) not in ((sizes[0],), (sizes[0], 1)):
        raise ShapeError(
            f"{op}: x {sizes} and y {extras.shape(y)} do not meet: one row of each is one sample"
        )
    labels = [float(label) for label in numbers_of(y)]
    if not all(label >= 0 and label.is_integer() for label in labels):
        raise LabelError(f"{op}: y has a label that is no class: labels are whole numbers from 0")
    points = convert(x, "lists")
    xs, ys = (_spread([point[axis] for point in points], side) for axis in (0, 1))
    grid: Any = [[across, up] for up in ys for across in xs]
    xp: Any = backend_of(x)
    if hasattr(x, "dtype"):
        grid = xp.asarray(grid, dtype=x.dtype)
    flat = numbers_of(predict(model, params, grid))
    regions = [[each % 10 if each >= 0 else math.nan for each in flat[start : start + side]]
               for start in range(0, side * side, side)]  # fmt: skip
    classes = 1 + int(max(*flat, *labels))

    ax = canvas(ax)
    extent = (xs[0], xs[-1], ys[0], ys[-1])
    ax.imshow(
        regions, origin="lower", extent=extent, aspect="auto", interpolation="nearest", cmap="tab10",
        vmin=-0.5, vmax=9.5, alpha=0.3,
    )  # fmt: skip
    for number in range(classes):
        own = [point for point, label in zip(points, labels, strict=True) if label == number]
        across, up = ([point[axis] for point in own] for axis in (0, 1))
        ax.scatter(
            across, up, s=24, marker=MARKERS[number % len(MARKERS)], color=f"C{number}", edgecolor="black",
            linewidth=0.5, label=f"class {number}",
        )  # fmt: skip
    ax.legend()
    return ax


def _spread(values: list[float], many: int) -> list[float]:
    """Evenly spread places from a little below the values to a little above."""
    low, high = min(values), max(values)
    room = 0.1 * (high - low) or 1.0
    start, step = low - room, (high - low + 2 * room) / (many - 1)
    return [start + index * step for index in range(many)]


def plot_weights(w: Array, shape: tuple[int, int], ax: Any = None) -> Any:
    """The weights of each output as an image: blue below 0, red above, white at 0

    Shapes: w (n, m), shape (rows, columns) with rows * columns = n -> m images side by side
    Errors: ShapeError where they do not meet; ArrayError; KindError for a shape that is no two sizes.

    >>> ax = plot_weights([[1.0, -2.0], [0.5, 3.0]], (1, 2))  # two images of two pixels  # doctest: +SKIP
    """
    op = "plot_weights"
    pair: Any = shape
    fits = isinstance(pair, tuple) and len(pair) == 2
    check_is(op, "shape", pair, fits, "two sizes", "(rows, columns) of an image, such as (8, 8)")
    rows, columns = (count(op, name, size) for name, size in zip(("rows", "columns"), shape, strict=True))
    check_arrays(op, {"w": w})
    plain = convert(w, "lists")
    sizes = extras.shape(plain)
    if len(sizes) != 2 or sizes[0] != rows * columns:
        raise ShapeError(
            f"{op}: w {sizes} and images {(rows, columns)} do not meet: wanted ({rows * columns}, m), "
            "a row of w for each pixel"
        )
    across = math.ceil(math.sqrt(sizes[1]))
    down = -(-sizes[1] // across)
    mosaic = [[math.nan] * (across * (columns + 1) - 1) for _ in range(down * (rows + 1) - 1)]
    for pixel, row in enumerate(plain):
        for image, weight in enumerate(row):
            top, left = (image // across) * (rows + 1), (image % across) * (columns + 1)
            mosaic[top + pixel // columns][left + pixel % columns] = float(weight)
    limit = max(abs(float(weight)) for row in plain for weight in row) or 1.0

    ax = canvas(ax)
    image = ax.imshow(mosaic, cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.figure.colorbar(image, ax=ax)
    ax.set_axis_off()
    return ax


def plot_gradients(grads: Any, ax: Any = None) -> Any:
    """How the gradients of each array of params are spread: a histogram a row, all on one scale

    Of an explanation, those of its params; else of a tree of gradients.
    Errors: ArrayError for leaves that are no arrays; OptionError where there is no gradient.

    >>> ax = plot_gradients({"w": [[0.1, -0.3]], "b": [0.2]})  # doctest: +SKIP
    """
    if isinstance(grads, Explanation):
        wires = (wire for wire in grads.wires.values() if wire.path.startswith("params"))
        named = {wire.name: wire.grad for wire in wires if wire.grad is not None}
    else:
        named = {path: leaf for path, leaf in tree_paths(grads) if leaf is not None}
    if not named:
        raise OptionError("plot_gradients: there is no gradient: give those of params, at least one array")
    check_arrays("plot_gradients", {f"grads{path}": leaf for path, leaf in named.items()})
    rows = {name: [float(number) for number in numbers_of(leaf)] for name, leaf in named.items()}
    finite = [abs(number) for row in rows.values() for number in row if math.isfinite(number)]
    limit = max(finite, default=0.0) or 1.0
    edges = [limit * (2 * index / BINS - 1) for index in range(BINS + 1)]

    ax = canvas(ax)
    for index, row in enumerate(rows.values()):
        heights = [0] * BINS
        for number in row:
            if math.isfinite(number):
                heights[min(int((number / limit + 1) / 2 * BINS), BINS - 1)] += 1
        tallest = max(heights) or 1
        steps = [0.85 * each / tallest - index for each in heights]
        ax.stairs(steps, edges, baseline=-index, fill=True, alpha=0.6)
    ax.set_yticks([-index for index in range(len(rows))], labels=[name or "grads" for name in rows])
    ax.set_xlabel("gradient")
    return ax
