"""The fixture ``xp``: every test that takes it runs on each backend."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest

from purenn.backends import get_backend, lists
from purenn.trees import tree_map


class On(NamedTuple):
    """A backend to test on, and how a tree of nested lists becomes arrays of it."""

    name: str
    backend: Any

    def array(self, numbers: Any, dtype: Any = None) -> Any:
        if self.name == "lists":
            return numbers if dtype is None else lists.astype(numbers, dtype)
        dtype = getattr(self.backend, dtype, dtype) if isinstance(dtype, str) else dtype
        out = self.backend.asarray(numbers, dtype=dtype)
        if self.name == "read-only numpy":
            out.flags.writeable = False
        return out

    def tree(self, tree: Any, dtype: Any = None) -> Any:
        return tree_map(lambda leaf: self.array(leaf, dtype), tree)


collect_ignore = ["typing/right.py", "typing/wrong.py"]  # run by test_typing.py

NAMES = ["lists", "numpy", "read-only numpy", "array_api_strict"]


def on(name: str) -> On:
    if name == "lists":
        return On(name, lists)
    pytest.importorskip("numpy")
    if name == "array_api_strict":
        return On(name, pytest.importorskip(name, exc_type=ImportError))
    return On(name, get_backend("numpy"))


@pytest.fixture(params=NAMES)
def xp(request: pytest.FixtureRequest) -> On:
    return on(request.param)


@pytest.fixture(params=NAMES[1:])
def dtyped(request: pytest.FixtureRequest) -> On:
    """The backends whose arrays have a dtype."""
    return on(request.param)


@pytest.fixture(params=["lists", "numpy"])
def pair_of(request: pytest.FixtureRequest) -> On:
    """The two backends that purenn brings."""
    return on(request.param)


def pytest_report_header() -> str:
    found = [name for name in ("numpy", "array_api_strict", "jax") if find_spec(name)]
    return f"backends: lists, {', '.join(found) or 'nothing else is installed'}"
