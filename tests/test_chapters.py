"""The chapters are notebooks in percent format: each cell stands alone, and each runs in a kernel."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHAPTERS = sorted((Path(__file__).parents[1] / "examples").glob("[0-9]*.py"))

every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])


def cells(path):
    """``(kind, text)`` of each cell; what stands before the first is a cell without a kind."""
    first, *rest = re.split(r"^# %%(.*)\n", path.read_text(), flags=re.MULTILINE)
    return [("", first), *zip((kind.strip() for kind in rest[::2]), rest[1::2], strict=True)]


@every_chapter
def test_a_chapter_begins_with_its_title(path):
    before, title, *rest = cells(path)
    assert before == ("", "")
    assert title[0] == "[markdown]"
    assert re.match(r"# # \d+(, continued)?\. \S", title[1])
    assert {kind for kind, _ in rest} == {"", "[markdown]"}


@every_chapter
def test_each_cell_stands_alone(path):
    for kind, text in cells(path)[1:]:
        assert text.strip(), "an empty cell"
        if kind == "[markdown]":
            assert all(line.startswith("#") for line in text.splitlines() if line), text
        else:
            assert ast.parse(text).body, "a cell of comments alone"


@every_chapter
def test_no_cell_asks_for_what_a_kernel_lacks(path):
    """A kernel has no file, its command line is not the reader's, and its ``__name__`` proves nothing."""
    tree = ast.parse(path.read_text())
    assert {"__file__", "__name__"}.isdisjoint(n.id for n in ast.walk(tree) if isinstance(n, ast.Name))
    lines = [line for line in path.read_text().splitlines() if "sys.argv" in line or "parse_args(" in line]
    assert all('parse_args([] if "ipykernel" in sys.modules else None)' in line for line in lines), lines


def script(*arguments, **environment):
    """The last chapter, as a reader runs it."""
    environment = {**os.environ, "PYTHONPATH": str(CHAPTERS[0].parents[1]), **environment}
    command = [sys.executable, str(CHAPTERS[-1]), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_chapter_14_runs_on_a_terminal_without_unicode():
    done = script(PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "? -3.0" in done.stdout
    assert done.stdout.endswith("\nEvery claim holds.\n")


def test_chapter_14_judges_its_folder_first(tmp_path):
    (tmp_path / "file").write_text("")
    done = script("--save", str(tmp_path / "file"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "file: File exists: give a folder, or the name of a new one\n" in done.stderr


@every_chapter
def test_a_chapter_runs_in_a_kernel(path, tmp_path):
    jupytext = pytest.importorskip("jupytext", exc_type=ImportError)
    nbclient = pytest.importorskip("nbclient", exc_type=ImportError)
    pytest.importorskip("ipykernel", exc_type=ImportError)
    notebook = jupytext.read(path)
    assert notebook.cells[0].cell_type == "markdown"
    assert len(notebook.cells) == len(cells(path)) - 1
    resources = {"metadata": {"path": str(tmp_path)}}  # away from the file
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    assert any(out.get("name") == "stdout" for out in outputs)
