"""The pure wheel in the browser's Python: lists train in Pyodide, without numpy and without network.

Once: ``npm ci --prefix tests/pyodide``; or ``tox -e pyodide``, which does it.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import neurons, trainings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "pyodide").is_dir(), reason="npm ci --prefix tests/pyodide"
    ),
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="pip install hatchling"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    assert built.name.endswith("-py3-none-any.whl")
    return built


@pytest.fixture
def in_pyodide(wheel, tmp_path):
    """Runs a program there; the value of its last line."""

    def run(program):
        path = tmp_path / "program.py"
        path.write_text(program)
        command = ["node", str(HERE / "run.mjs"), str(wheel), str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def trained(in_pyodide, name):
    """The same training here and there."""
    program = Path(trainings.__file__).read_text() + f"\nimport json\njson.dumps({name}())"
    return getattr(trainings, name)(), in_pyodide(program)


@pytest.mark.parametrize("name", ["iris_by_squares", "iris_by_hinge"])
def test_losses_and_params_are_the_same_to_the_bit(in_pyodide, name):
    here, there = trained(in_pyodide, name)
    assert there == here
    assert float.fromhex(here[19]) < float.fromhex(here[0])  # after 20 updates it has learned


def test_losses_and_params_are_near_where_libraries_round_exponentials(in_pyodide):
    here, there = ([float.fromhex(bits) for bits in run] for run in trained(in_pyodide, "digits_by_softmax"))
    assert there == pytest.approx(here, rel=1e-11, abs=1e-13)


def test_nothing_but_the_standard_library_is_there(in_pyodide):
    program = (
        "import importlib.util, json, sys, purenn as pn\n"
        "others = [name for name in ('numpy', 'typing_extensions') if importlib.util.find_spec(name)]\n"
        "json.dumps([sys.platform, pn.__file__, others])"
    )
    assert in_pyodide(program) == ["emscripten", "/purenn.whl/purenn/__init__.py", []]


def test_a_neuron_is_explained_and_drawn_alike(in_pyodide):
    program = Path(neurons.__file__).read_text() + "\nimport json\njson.dumps(told())"
    there = in_pyodide(program)
    assert there == neurons.told()
    assert "dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 1 * 1.0 = 1.0" in there["rules"]
    assert there["svg"].startswith("<svg ")


def test_every_law_holds_there(in_pyodide):
    program = (
        "import json\n"
        "from purenn.testing import check_backend\n"
        "report = check_backend('lists')\n"
        "json.dumps([report.ok, len(report.laws), len(report.failed)])"
    )
    ok, laws, failed = in_pyodide(program)
    assert (ok, failed) == (True, 0)
    assert laws > 100


def test_the_command_runs_there(in_pyodide):
    program = (
        "import contextlib, io, json\n"
        "from purenn.__main__ import main\n"
        "out = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n"
        "    code = main(['bench', '--seconds', '0.1'])\n"
        "json.dumps([code, out.getvalue()])"
    )
    code, out = in_pyodide(program)
    assert code == 0
    assert "left out: numpy is not installed" in out
