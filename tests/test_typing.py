"""What the type checkers accept runs; what they refuse raises. (The checkers: ``tox -e types``.)"""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typing"


def test_what_is_accepted_runs():
    pytest.importorskip("array_api_strict", exc_type=ImportError)
    assert runpy.run_path(str(HERE / "right.py"))["found"].loss > 0


def statements():
    lines = (HERE / "wrong.py").read_text()
    tree = ast.parse(lines)
    return [
        (ast.unparse(node), "# type: ignore[" in lines.splitlines()[node.lineno - 1]) for node in tree.body
    ]


def test_what_is_refused_raises():
    names: dict[str, object] = {}
    wrong = 0
    for text, refused in statements():
        if not refused:
            exec(text, names)
            continue
        wrong += 1
        with pytest.raises((TypeError, ValueError, AttributeError)):
            exec(text, names)
    assert wrong == 11
