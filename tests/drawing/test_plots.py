"""Plots, on axes that write down what is drawn on them."""

from __future__ import annotations

import math
import sys

import pytest

import purenn as pn
from purenn.drawing import plot_decision_boundary, plot_gradients, plot_history, plot_weights
from purenn.errors import KindError, LabelError, OptionError, ShapeError
from purenn.explain import explain

from .examples import digits

POINTS, LABELS = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 2]
CLASSES = pn.affine(2, 3)
PARAMS = pn.layers.AffineParams(w=[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], b=[0.5, 0.0, 0.0])


class Axes:
    """Notes every call."""

    def __init__(self):
        self.drawn = []
        self.figure = self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **options: self.drawn.append((name, arguments, options))

    def calls(self, name):
        return [(arguments, options) for called, arguments, options in self.drawn if called == name]


def test_history_draws_the_losses_of_a_training():
    x, y = [[0.0], [1.0]], [[1.0], [3.0]]
    run = pn.train(pn.affine(1, 1), pn.mean_squared_error, pn.sgd(0.1), x, y, batch_size=1, epochs=3, key=0)
    states = list(run)
    ax = Axes()
    assert plot_history(iter(states), ax=ax) is ax
    (((steps, losses, _), _),) = ax.calls("plot")
    assert steps == [1, 2, 3, 4, 5, 6]
    assert losses == [state.loss for state in states]
    assert not ax.calls("legend")
    resumed = Axes()
    plot_history(states[4:], ax=resumed)
    assert resumed.calls("plot")[0][0][0] == [5, 6]


def test_history_draws_named_curves_that_are_told_apart_without_color():
    ax = Axes()
    plot_history({"adam": [3.0, 1.0], "sgd": (loss for loss in [3.0, 2.0])}, ax=ax)
    first, second = ax.calls("plot")
    assert first == (([1, 2], [3.0, 1.0], "-"), {"label": "adam"})
    assert second == (([1, 2], [3.0, 2.0], "--"), {"label": "sgd"})
    assert len(ax.calls("legend")) == 1


def test_history_takes_losses_of_every_backend(xp):
    ax = Axes()
    plot_history([xp.array(0.5), xp.array(0.25)], ax=ax)
    assert ax.calls("plot")[0][0][1] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        (3, KindError, "plot_history: history is a int, wanted TrainStates or numbers: give those of train"),
        ("abc", KindError, "plot_history: history is a str"),
        ({"a": 3}, KindError, "plot_history: run 'a' is a int"),
        ([None], KindError, "plot_history: history has a NoneType, wanted a TrainState or a number"),
        ([], OptionError, "plot_history: history has no step: give at least one loss"),
        ({}, OptionError, "plot_history: no runs: give at least one"),
    ],
)
def test_history_refuses_what_is_none(history, error, message):
    with pytest.raises(error, match=message):
        plot_history(history, ax=Axes())


def test_decision_boundary_shows_each_class_where_it_is_predicted(xp):
    ax = Axes()
    x, y, params = xp.array(POINTS), xp.array(LABELS), xp.tree(PARAMS)
    assert plot_decision_boundary(CLASSES, params, x, y, ax=ax, resolution=13) is ax
    (((regions,), options),) = ax.calls("imshow")
    left, right, bottom, top = options["extent"]
    assert (left, right, bottom, top) == pytest.approx((-0.1, 1.1, -0.1, 1.1))
    assert (options["origin"], len(regions), len(regions[0])) == ("lower", 13, 13)
    assert [regions[1][1], regions[1][11], regions[11][1]] == [0, 1, 2]  # at the three points
    samples = ax.calls("scatter")
    assert [arguments for arguments, _ in samples] == [([0.0], [0.0]), ([1.0], [0.0]), ([0.0], [1.0])]
    assert len({options["marker"] for _, options in samples}) == 3


def test_decision_boundary_takes_one_output_for_two_classes():
    ax = Axes()
    params = pn.layers.AffineParams(w=[[1.0], [0.0]], b=[-0.5])
    plot_decision_boundary(pn.affine(2, 1), params, POINTS, [[0.0], [1.0], [0.0]], ax=ax, resolution=3)
    assert ax.calls("imshow")[0][0][0] == [[0, 0, 1]] * 3
    assert len(ax.calls("scatter")) == 2


def test_decision_boundary_leaves_out_where_there_is_no_class():
    ax = Axes()
    params = pn.layers.AffineParams(w=[[math.nan], [0.0]], b=[0.0])
    plot_decision_boundary(pn.affine(2, 1), params, [[1.0, 1.0]], [0], ax=ax, resolution=2)
    assert all(math.isnan(each) for row in ax.calls("imshow")[0][0][0] for each in row)


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        ([[1.0]], [0], ShapeError, r"x \(1, 1\): wanted \(N, 2\), so that samples are points"),
        (POINTS, [0, 1], ShapeError, r"x \(3, 2\) and y \(2,\) do not meet: one row of each is one sample"),
        (POINTS, [0.0, 0.5, 1.0], LabelError, "y has a label that is no class: labels are whole numbers"),
        (POINTS, [0, -1, 1], LabelError, "y has a label that is no class"),
        (POINTS, [0.0, math.nan, 1.0], LabelError, "y has a label that is no class"),
    ],
)
def test_decision_boundary_refuses_other_samples(x, y, error, message):
    with pytest.raises(error, match=f"plot_decision_boundary: {message}"):
        plot_decision_boundary(CLASSES, PARAMS, x, y, ax=Axes())


def test_weights_are_images_side_by_side(xp):
    ax = Axes()
    w = xp.array([[1.0, 5.0, -9.0], [2.0, 6.0, 10.0], [3.0, 7.0, 11.0], [4.0, 8.0, 12.0]])
    assert plot_weights(w, (2, 2), ax=ax) is ax
    (((mosaic,), options),) = ax.calls("imshow")
    assert (options["vmin"], options["vmax"]) == (-12.0, 12.0)
    assert mosaic[0][:2] + mosaic[0][3:] == [1.0, 2.0, 5.0, 6.0]
    assert mosaic[1][:2] + mosaic[1][3:] == [3.0, 4.0, 7.0, 8.0]
    assert [mosaic[3][:2], mosaic[4][:2]] == [[-9.0, 10.0], [11.0, 12.0]]
    rest = [mosaic[row][column] for row in range(5) for column in range(5) if row == 2 or column == 2]
    assert all(map(math.isnan, rest + mosaic[3][3:] + mosaic[4][3:]))


def test_weights_that_are_all_zero_have_a_scale():
    ax = Axes()
    plot_weights([[0.0], [0.0]], (1, 2), ax=ax)
    assert ax.calls("imshow")[0][1]["vmax"] == 1.0


@pytest.mark.parametrize(
    ("w", "shape", "error", "message"),
    [
        ([[1.0], [2.0]], (2, 2), ShapeError, r"w \(2, 1\) and images \(2, 2\) do not meet: wanted \(4, m\)"),
        ([1.0, 2.0], (1, 2), ShapeError, r"w \(2,\) and images \(1, 2\) do not meet"),
        ([[1.0]], 1, KindError, r"shape is a int, wanted two sizes: give \(rows, columns\)"),
        ([[1.0]], (1, 0), OptionError, "columns=0: wanted a whole number from 1"),
    ],
)
def test_weights_refuse_images_that_do_not_fit(w, shape, error, message):
    with pytest.raises(error, match=f"plot_weights: {message}"):
        plot_weights(w, shape, ax=Axes())


def counts(ax):
    """The bins of each row that are not empty, as shares of the tallest."""
    rows = []
    for (steps, edges), options in ax.calls("stairs"):
        shares = [(step - options["baseline"]) / 0.85 for step in steps]
        rows.append({round((edges[i] + edges[i + 1]) / 2, 2): round(s, 3) for i, s in enumerate(shares) if s})
    return rows


def test_gradients_are_counted_by_size(xp):
    ax = Axes()
    grads = {"w": xp.array([[-4.1, 4.1], [0.0, 0.0]]), "b": None, "c": xp.array([2.05])}
    assert plot_gradients((grads,), ax=ax) is ax
    assert counts(ax) == [{-4.0: 0.5, 0.0: 1.0, 4.0: 0.5}, {2.0: 1.0}]
    assert ax.calls("set_yticks") == [(([0, -1],), {"labels": ["[0]['w']", "[0]['c']"]})]


def test_gradients_of_an_explanation_are_those_of_its_params():
    ax = Axes()
    plot_gradients(digits(), ax=ax)
    assert ax.calls("set_yticks")[0][1] == {"labels": ["w1", "b1", "w2", "b2"]}


def test_gradients_that_are_not_finite_or_all_zero_are_drawn():
    ax = Axes()
    plot_gradients([math.inf, math.nan, 0.0], ax=ax)
    assert counts(ax) == [{0.0: 1.0}]
    assert ax.calls("set_yticks")[0][1] == {"labels": ["grads"]}
    plot_gradients([math.nan], ax=Axes())


@pytest.mark.parametrize("grads", [(), {"w": None}, explain(pn.relu, (), [1.0])])
def test_gradients_refuse_none_at_all(grads):
    with pytest.raises(OptionError, match="plot_gradients: there is no gradient: give those of params"):
        plot_gradients(grads, ax=Axes())


def test_plots_without_matplotlib_say_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    for plot in (
        lambda: plot_history([1.0]),
        lambda: plot_decision_boundary(CLASSES, PARAMS, POINTS, LABELS, resolution=2),
        lambda: plot_weights([[1.0]], (1, 1)),
        lambda: plot_gradients([1.0]),
    ):
        with pytest.raises(ModuleNotFoundError, match="plot: matplotlib is not installed: pip install"):
            plot()


def test_plots_draw_on_axes_of_matplotlib():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    for plot in (
        lambda: plot_history({"a": [1.0, 0.5], "b": [1.0, 0.7]}),
        lambda: plot_decision_boundary(CLASSES, PARAMS, POINTS, LABELS, resolution=5),
        lambda: plot_weights([[1.0, -2.0, 0.5], [0.0, 1.0, 1.0]], (1, 2)),
        lambda: plot_gradients(digits()),
    ):
        ax = plot()
        ax.figure.canvas.draw()
        assert isinstance(ax, matplotlib.axes.Axes)
        pyplot.close(ax.figure)


def test_decision_boundary_needs_two_places_a_side():
    with pytest.raises(
        OptionError, match="plot_decision_boundary: resolution=1: wanted a whole number from 2"
    ):
        plot_decision_boundary(CLASSES, PARAMS, POINTS, LABELS, ax=Axes(), resolution=1)
