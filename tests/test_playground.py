"""The playground as a program, and its cells at other values of the sliders."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("marimo", exc_type=ImportError)

PATH = Path(__file__).parents[1] / "examples" / "playground.py"


@pytest.fixture(scope="module")
def playground():
    spec = importlib.util.spec_from_file_location("playground", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def at(**values):
    """Controls where they have been moved to."""
    return {name: SimpleNamespace(value=value) for name, value in values.items()}


def html(outputs, place):
    (found,) = [out.text for out in outputs if f'id="{place}"' in getattr(out, "text", "")]
    return found


def test_the_playground_runs_as_a_program():
    done = subprocess.run([sys.executable, str(PATH)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the neuron, its gradients and the spiral are as they should be\n"


def test_it_begins_with_the_seed(playground):
    outputs, values = playground.app.run()
    wires = values["found"].wires
    assert [wires[name].value for name in ("x0w0", "x1w1", "x2w2", "z", "y")] == [-3.0, 2.0, 6.0, 6.0, 6.0]
    assert [wires[name].grad for name in playground.SEED] == [-3.0, 1.0, -1.0, -2.0, 2.0, 3.0, 1.0]
    assert html(outputs, "neuron").count("<svg") == 1
    assert "step 0: loss" in html(outputs, "curve")


def test_a_slider_moves_the_numbers(playground):
    moved = playground.SEED | {"w0": -2.0, "b": -7.0}
    outputs, values = playground.app.run(defs=at(sliders=moved, gate="relu"))
    assert values["found"].wires["z"].value == -1.0
    assert {values["found"].wires[name].grad for name in moved} == {0.0}
    (rules,) = [out.text for out in outputs if "dL/dw0" in getattr(out, "text", "")]
    assert "dL/dw0 = dL/dy * 1(z &gt; 0) * x0 = 1.0 * 0 * 1.0 = 0.0" in rules
    for gate in ("sigmoid", "tanh"):
        _, values = playground.app.run(defs=at(sliders=moved, gate=gate))
        assert values["found"].wires["y"].value == playground.GATES[gate][0](-1.0)[0]


@pytest.mark.parametrize("backend", ["lists", "numpy"])
def test_the_network_learns_step_by_step(playground, backend):
    if backend == "numpy":
        pytest.importorskip("numpy")
    controls = at(backend=backend, key=3, step=100) | {"backends": ["lists"]}
    outputs, values = playground.app.run(defs=controls)
    assert len(values["params_of"]) == 101
    assert values["params"] == values["params_of"][-1]
    assert f"step 100: loss {values['losses'][100]:.4f}" in html(outputs, "curve")
    assert html(outputs, "map").count('r="4.5"') == 30  # an arm
    assert "softmax_cross_entropy" in html(outputs, "pass")
