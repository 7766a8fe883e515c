"""Every row has its test, on both backends, and every test its row."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .rows import ROWS

HERE = Path(__file__).parent
FIXTURES = {"xp", "pair_of"}  # each runs a test on lists and on numpy at least


def rows_in(seed):
    """``(row, the names of its arguments)`` for each test in the file of a tutorial."""
    for node in ast.parse((HERE / f"test_seed_{seed}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named, row, *what = node.name.removeprefix("test_").split("_")
            assert named == seed, f"{node.name} is in the file of {seed}"
            assert what, f"{node.name} does not say what it tests"
            yield row, {argument.arg for argument in node.args.args}


@pytest.mark.parametrize("seed", ROWS)
def test_every_row_has_a_test_on_both_backends(seed):
    assert set(ROWS[seed]) == {row for row, arguments in rows_in(seed) if arguments & FIXTURES}


@pytest.mark.parametrize("seed", ROWS)
def test_no_test_is_of_a_row_that_is_not_there(seed):
    assert {row for row, _ in rows_in(seed)} <= set(ROWS[seed])


def test_every_file_of_a_tutorial_is_in_the_table():
    assert {path.stem.removeprefix("test_seed_") for path in HERE.glob("test_seed_*.py")} == set(ROWS)
