"""What a row of the table of bad calls is, and how its call is made on a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from purenn.trees import is_branch, tree_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..conftest import On

A = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]  # (2, 3)
W = [[0.2, 0.5, -0.26, 1.0], [0.8, -0.91, -0.27, 0.4], [-0.5, 0.26, 0.17, -0.6]]  # (3, 4)
CUBE = [[[0.3, -0.7], [1.1, 0.2]], [[-1.9, 0.6], [0.4, -0.1]], [[2.2, -2.4], [-0.8, 0.9]]]  # (3, 2, 2)


class Row(NamedTuple):
    """A call of the public ``name`` that must raise ``error`` with a message that ``match`` finds

    Lists among the arguments become arrays of the backend, in tuples and dicts too.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    error: type[Exception]
    match: str
    options: dict[str, Any] = {}  # noqa: RUF012, never written to


class Raw(NamedTuple):
    """Lists that no backend could make an array of: they stay as they are."""

    value: Any


class Cached(NamedTuple):
    """The cache of a forward."""

    forward: Callable[..., Any]
    arguments: tuple[Any, ...]


class Xp(NamedTuple):
    """The backend itself."""


def on(value: Any, backend: On) -> Any:
    """A value of a row as it is on a backend."""
    if isinstance(value, Raw):
        return value.value
    if isinstance(value, Cached):
        return value.forward(*on(value.arguments, backend))[1]
    if isinstance(value, Xp):
        return backend.backend
    if isinstance(value, dict):
        return {key: on(each, backend) for key, each in value.items()}
    if isinstance(value, tuple):
        parts = [on(each, backend) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return backend.array(value) if isinstance(value, list) else value


def text(value: Any) -> Any:
    """A tree with each leaf as text, all its numbers in it, to see whether a call wrote to it."""
    return tree_map(lambda leaf: repr(leaf.tolist()) if hasattr(leaf, "tolist") else repr(leaf), value)


def made(
    name: str, call: Callable[..., Any], error: type[Exception], *cases: tuple[dict[str, Any], str]
) -> list[Row]:
    """Rows for options that are refused when something is made, before there is an array."""
    return [Row(name, call, (), error, match, options) for options, match in cases]


assert is_branch(Raw(1))  # so ``on`` asks for the markers first
