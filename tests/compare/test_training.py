"""Trainings in step, and how differences grow, on crafted runs."""

from __future__ import annotations

import math
import sys

import pytest

import purenn as pn
from purenn.compare import compare_runs, compare_training, in_step
from purenn.training import TrainState

EPS = 2.0**-52


def states(*params, losses=None):
    """The states of a training that reached these params."""
    for step, number in enumerate(params, 1):
        loss = 0.5 if losses is None else losses[step - 1]
        yield TrainState({"w": [[1.0, number]]}, None, step, 0, loss)


def regression(**options):
    x, y = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
    model = pn.chain(pn.affine(1, 3), pn.tanh, pn.affine(3, 1))
    return compare_training(
        model, pn.mean_squared_error, pn.adam(0.1), x, y, batch_size=2, epochs=4, key=1, **options
    )


def test_equal_runs_are_said_to_be_equal():
    comparison = regression(backends={"one": "lists", "two": "lists"})
    assert comparison.equal
    assert [point.step for point in comparison.points] == [1, 2, 4, 8]
    assert "equal to the last bit, every loss and every param of every step" in str(comparison)


def test_the_first_step_and_place_of_a_difference_are_found():
    one, other = [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0 + 3 * EPS, 1.0 + EPS]
    losses = [0.5, 0.5, 0.5, 0.75]
    comparison = compare_runs({"one": states(*one), "other": states(*other, losses=losses)})
    params, loss = comparison.parted
    assert (params.of, params.step, params.difference.ulp) == ("params", 3, 3.0)
    assert params.difference.first == ("['w'][0][1]", (1.0, 1.0 + 3 * EPS))
    assert (loss.of, loss.step, loss.difference.absolute) == ("losses", 4, 0.25)
    assert [(p.step, p.params[0].ulp, p.loss[0].absolute) for p in comparison.points] == [
        (1, 0.0, 0.0), (2, 0.0, 0.0), (4, 1.0, 0.25)
    ]  # fmt: skip
    text = str(comparison)
    assert "params part first at step 3, by 3 ulp; ['w'][0][1]: 1.0 1.0000000000000007" in text
    assert "losses part first at step 4" in text
    assert "no simple law" in text


def test_of_three_runs_the_equal_ones_are_named():
    comparison = compare_runs({"a": states(1.0), "b": states(1.0), "c": states(2.0)})
    assert "a and b: equal to the last bit" in str(comparison)
    assert [each.difference.between for each in comparison.parted] == [("a", "c"), ("b", "c")]


def test_a_difference_that_goes_again_is_not_forgotten():
    comparison = compare_runs({"one": states(1.0, 1.0), "other": states(2.0, 1.0)})
    assert not comparison.equal
    assert not comparison.points[-1].params[0]


@pytest.mark.parametrize("steps", [3, 4, 5])
def test_the_last_step_is_always_a_point(steps):
    comparison = compare_runs({"a": states(*[1.0] * steps), "b": states(*[1.0] * steps)})
    assert comparison.points[-1].step == comparison.steps == steps
    assert len({point.step for point in comparison.points}) == len(comparison.points)


@pytest.mark.parametrize(
    ("law", "rate", "size"),
    [("power", 2.0, lambda step: 1e-15 * step**2), ("exponential", 1.25, lambda step: 1e-15 * 1.25**step)],
)
def test_growth_names_the_law(law, rate, size):
    zeros = [0.0] * 32
    others = [size(step) for step in range(1, 33)]
    comparison = compare_runs({"one": states(*zeros), "other": states(*others)})
    growth = comparison.growth["one", "other"]
    assert (growth.law, growth.points) == (law, 6)
    assert growth.rate == pytest.approx(rate)
    assert growth.spread == pytest.approx(1.0)
    assert "in these steps the difference of params grew about as" in str(comparison)


def test_growth_is_silent_where_no_law_holds():
    others = [10.0 ** (-15 if step in (1, 4, 16) else -5) for step in range(1, 33)]
    assert compare_runs({"a": states(*[0.0] * 32), "b": states(*others)}).growth["a", "b"] is None
    assert compare_runs({"a": states(*[0.0] * 8), "b": states(*others[:8])}).growth["a", "b"] is None


def test_lists_and_numpy_train_alike():
    pytest.importorskip("numpy")
    comparison = regression()
    assert comparison.runs == ("lists", "numpy")
    assert comparison.points[-1].params[0].absolute < 1e-13
    assert set(comparison.seconds) == {"lists", "numpy"}


def test_the_exact_run_is_near():
    comparison = regression(backends=["lists"], digits=40)
    assert comparison.runs == ("lists", "exact")
    assert 0 < comparison.points[-1].params[0].absolute < 1e-13


def test_infinite_and_missing_numbers_part():
    comparison = compare_runs({"a": states(math.inf, math.nan), "b": states(math.inf, math.nan)})
    assert comparison.equal
    comparison = compare_runs({"a": states(math.inf), "b": states(1.0)})
    assert comparison.points[0].params[0].ulp == math.inf


def test_in_step_gives_what_is_reached():
    def endless():
        step = 0
        while True:
            step += 1
            yield TrainState([1.0], None, step, 0, 0.5)

    seen = in_step({"a": endless(), "b": endless()})
    assert [next(seen).steps for _ in range(4)] == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ({"a": (1.0,)}, "1 runs: to compare needs at least two"),
        ({"a": (), "b": ()}, "no run has a step"),
        ({"a": (1.0, 2.0), "b": (1.0,)}, "b ended after 1 steps and a did not: give runs of the same length"),
    ],
)
def test_bad_runs_are_refused(runs, message):
    with pytest.raises(pn.errors.OptionError, match=message):
        compare_runs({name: states(*params) for name, params in runs.items()})


def test_plot_draws_a_line_for_each_two_runs():
    drawn = []

    class Axes:
        def __getattr__(self, name):
            return lambda *arguments, **options: drawn.append((name, arguments, options))

    comparison = compare_runs({"one": states(1.0, 1.0), "other": states(1.0, 2.0)})
    comparison.plot(Axes())
    _, (steps, sizes, _), options = drawn[0]
    assert steps == [1, 2]
    assert math.isnan(sizes[0])  # zero has no logarithm
    assert sizes[1] == 1.0
    assert options["label"] == "one - other"


def test_plot_without_matplotlib_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    with pytest.raises(ModuleNotFoundError, match="plot: matplotlib is not installed: pip install"):
        compare_runs({"a": states(1.0), "b": states(2.0)}).plot()
