"""``python -m purenn bench``: the form of what it prints, on a clock of its own."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

import purenn as pn
from purenn.__main__ import main
from purenn._commands import bench

ROW = r"(\S.*?) +(\d+\.\d{3}) +(\d+\.\d\d|-)  (\d\.\d+)"


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves: ``clock.now``."""
    own = SimpleNamespace(now=0.0)
    monkeypatch.setattr(bench, "time", SimpleNamespace(perf_counter=lambda: own.now))
    return own


def found(monkeypatch, *names, missing=()):
    """Those names as all that is installed."""
    backends = {name: pn.get_backend(name) for name in names}
    monkeypatch.setattr(bench, "load_all", lambda: (backends, list(missing)))
    monkeypatch.setattr(bench, "version_of", lambda name: "" if name == "lists" else "1.2")


def taking(clock, **seconds):
    """Contenders whose steps take so many seconds each."""

    def contender(name, took):
        def step():
            clock.now += took
            return 0.5

        return bench.Contender(name, step)

    return [contender(*each) for each in seconds.items()]


def test_bench_prints_a_row_for_each_backend(capsys, monkeypatch):
    pytest.importorskip("numpy")
    found(monkeypatch, "lists", "numpy", missing=["left out: backend 'torch'"])
    monkeypatch.setattr(bench, "TURN", 1e-4)
    assert main(["bench", "--seconds", "0.001"]) == 0
    head, about, empty, columns, *rows, medians, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"purenn \S+, Python \S+: a training step of 32 digits", head)
    assert about == "affine 64-32, relu, affine 32-10; adam; 64-bit floats"
    assert (empty, medians, last) == ("", "medians of 3 rounds", "left out: backend 'torch'")
    assert re.split("  +", columns) == ["backend", "ms a step", "of numpy's", "loss of step 5"]
    lists, numpy = (re.fullmatch(ROW, row).groups() for row in rows)
    assert (lists[0], numpy[0], numpy[2]) == ("lists", "numpy 1.2", "1.00")
    assert float(lists[3]) == pytest.approx(float(numpy[3]), rel=1e-14)
    assert float(lists[3]) < 2  # of 2.36 at first: it learns


def test_bench_without_numpy_has_no_ratio(capsys, monkeypatch):
    found(monkeypatch, "lists")
    monkeypatch.setattr(bench, "TURN", 1e-4)
    assert main(["bench", "--seconds", "0.001"]) == 0
    assert re.fullmatch(ROW, capsys.readouterr().out.splitlines()[-2])[3] == "-"


def test_bench_steps_jax_also_in_jit(capsys, monkeypatch):
    pytest.importorskip("array_api_strict")
    compiled = []
    jax = SimpleNamespace(jit=lambda function: compiled.append(function) or function)
    monkeypatch.setitem(sys.modules, "jax", jax)
    monkeypatch.setattr(bench, "version_of", lambda name: "1.2")
    monkeypatch.setattr(bench, "load_all", lambda: ({"jax": import_module("array_api_strict")}, []))
    monkeypatch.setattr(bench, "TURN", 1e-4)
    assert main(["bench", "--seconds", "0.001"]) == 0
    rows = capsys.readouterr().out.splitlines()[4:-1]
    assert [re.fullmatch(ROW, row)[1] for row in rows] == ["jax 1.2", "jax, a step in jit"]
    assert len(compiled) == 1


def test_rounds_go_on_until_the_seconds_are_over(clock):
    rounds = bench._rounds(taking(clock, quick=0.004, slow=0.02), seconds=1.0)
    assert rounds == [pytest.approx([0.004, 0.02])] * 32  # of 3 steps and of 1, 0.032 s


def test_rounds_are_three_at_least(clock):
    assert bench._rounds(taking(clock, slow=7.0), seconds=1.0) == [[7.0]] * 3


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "two"])
def test_bench_refuses_seconds_that_are_none(text, capsys):
    with pytest.raises(SystemExit) as left:
        main(["bench", f"--seconds={text}"])
    assert left.value.code == 2
    assert f"argument --seconds: '{text}' is not a number of seconds above 0" in capsys.readouterr().err


def test_bench_has_help(capsys):
    with pytest.raises(SystemExit) as left:
        main(["bench", "--help"])
    assert left.value.code == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "--seconds SECONDS how long to measure, all together (default: 5.0)" in out


def test_an_interrupt_ends_bench(capsys, monkeypatch):
    def interrupt(contenders, seconds):
        raise KeyboardInterrupt

    found(monkeypatch, "lists")
    monkeypatch.setattr(bench, "_rounds", interrupt)
    assert main(["bench"]) == 130
    out, err = capsys.readouterr()
    assert out.startswith("purenn ")
    assert err == "interrupted: above is what was reached\n"
