"""What the tables of growth are computed with."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("numpy")

from . import scale
from .report import markdown


@pytest.mark.parametrize("power", [0, 1, 2, 0.5])
def test_exponent_is_the_power_of_what_grows_like_one(power):
    sizes = [1, 4, 16, 256]
    assert scale.exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)


def test_doublings_end_with_the_last():
    assert scale.doublings(16, 128) == [16, 32, 64, 128]
    assert scale.doublings(1, 64, by=4) == [1, 4, 16, 64]


def test_peak_counts_what_a_step_holds_for_a_while():
    def step():
        for size in (1_000_000, 3_000_000):
            bytearray(size)

    assert 3_000_000 <= scale.peak(step) < 3_100_000


def test_peak_does_not_count_what_was_there():
    held = [bytearray(1_000_000)]

    def step():
        held[0] = bytearray(1_000_000)  # for a while there are two

    assert 1_000_000 <= scale.peak(step) < 1_100_000


@pytest.mark.parametrize("backend", ["lists", "numpy"])
def test_training_has_the_size_it_is_told(backend):
    assert float(scale.training(backend, scale.Size(batch=3, width=4, depth=2))()) > 0


def test_growth_has_a_row_for_each_size():
    axis = scale.AXES["lists"][1]._replace(sizes=[1, 2, 4])
    table = scale.growth("lists", axis, seconds=0.0)
    assert [row.name for row in table.rows] == ["width 1", "width 2", "width 4"]
    assert table.about.startswith("Fixed: batch 4, depth 2. From width 1 on, time grows like width to the ")
    assert "| MB more at the peak | exponent from the row before |" in markdown(table)


@pytest.mark.parametrize("backend", ["lists", "numpy"])
def test_a_long_run_holds_no_more_in_the_end(backend, monkeypatch):
    monkeypatch.setattr(scale, "FIRST", 4)
    table = scale.long_run(backend, 40)
    assert [row.name for row in table.rows] == ["4 steps", "40 steps"]
    assert table.rows[-1].ratios[scale.START] == pytest.approx(1, abs=0.01)
    assert abs(table.rows[-1].more["blocks more"]) < 200
    assert not math.isnan(table.rows[-1].seconds)
