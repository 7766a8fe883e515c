"""Which backend is this array's?

A backend is a namespace of array API functions (see ``Backend``). Plain numbers belong to every
backend; when there is nothing else, to ``lists``.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..errors import ArrayError, ShapeError
from ..trees import tree_leaves, tree_paths, tree_unflatten
from . import _ieee, _nested, _registry, extras, lists
from ._protocol import Backend
from ._registry import agree, agree_trees, backend_of, get_backend, home_of, register_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager

    from .._types import Array, Params

__all__ = [
    "Backend",
    "agree",
    "agree_trees",
    "arrays",
    "backend_of",
    "convert",
    "get_backend",
    "register_backend",
]


def arrays(
    op: str, xp: Backend | str | None, /, *, raw: tuple[str, ...] = (), **named: Array
) -> tuple[Backend, *tuple[Any, ...]]:
    """The backend of the named arguments, then each of them as an array of real numbers

    The gate that every public function opens with. Floating dtypes are kept; ints, bools, plain numbers and,
    where another backend is forced, nested lists take the dtype of the first that is floating, or float64
    (on lists they stay), but not those that ``raw`` names, which come last.
    Errors: BackendError, ArrayError, ShapeError, with the name of the argument.

    >>> arrays("affine", None, x=[1, 2], b=0.5)[1:]
    ([1, 2], 0.5)
    """
    return open_arrays(op, xp, named, tuple(named.values()), raw)


def open_arrays(
    op: str,
    xp: Backend | str | None,
    names: Collection[str],
    values: tuple[Array, ...],
    raw: tuple[str, ...] = (),
) -> tuple[Backend, *tuple[Any, ...]]:
    """``arrays`` for names that are at hand as they are.

    >>> open_arrays("affine", None, ("x", "b"), ([1, 2], 0.5))[1:]
    ([1, 2], 0.5)
    """
    home: Any = None
    for value in values:
        home = _registry.HOMES.get(type(value))
        if home is not None:
            break
    look = getattr(home, "ready", None)
    if look is not None and (xp is None or xp is home or get_backend(xp) is home):
        found = look(values, len(values) - len(raw))
        if found is not None:
            return found[0], *found[1]
    return _convert_arrays(op, xp, dict(zip(names, values, strict=True)), raw)


def ready(values: Sequence[Array]) -> Backend | None:
    """The namespace for these, where ``arrays`` would hand them on as they are; None, as on lists: ask it.

    >>> ready([[1.0, 2.0]])
    """
    home: Any = _registry.HOMES.get(type(values[0])) if values else None
    look = None if home is lists else getattr(home, "ready", None)
    found = look and look(values, len(values))
    return found[0] if found and found[1] is values else None


def _convert_arrays(
    op: str, xp: Backend | str | None, named: dict[str, Array], raw: tuple[str, ...]
) -> tuple[Backend, *tuple[Any, ...]]:
    backend: Any = agree(op, named, xp)
    backend = backend.here() if backend is _registry.NAMES["numpy"] else backend
    for name, value in named.items():
        if backend is lists or isinstance(value, list):
            _check(op, name, value)
    if backend is lists:
        return backend, *named.values()
    out, name = {}, ""
    try:
        for name, value in named.items():
            if hasattr(value, "dtype") and (extras.is_float(value, xp=backend) or name in raw):
                out[name] = value
    except ArrayError as error:
        raise ArrayError(f"{op}: {name} {error}") from None
    if len(out) == len(named):
        return backend, *out.values()
    dtypes = [value.dtype for name, value in out.items() if name not in raw]
    dtype = dtypes[0] if dtypes else backend.asarray(1.0).dtype
    for name in named.keys() - out.keys():
        value = named[name]
        if name in raw:
            out[name] = backend.asarray(value)
        elif hasattr(value, "dtype"):
            out[name] = backend.astype(value, dtype)
        else:
            out[name] = backend.asarray(_nested.apply(_ieee.nearest_float, value), dtype=dtype)
    return backend, *(out[name] for name in named)


def quiet() -> AbstractContextManager[None]:
    """Within it numpy's functions need not ask each time whether they may warn, which they never do.

    >>> with quiet():
    ...     backend_of([1.0]).__name__
    'purenn.backends.lists'
    """
    numpy: Any = _registry.NAMES["numpy"]
    return nullcontext() if numpy is None else numpy.quiet()


def replayed(
    function: Callable[..., Any], *, calls: Sequence[Callable[..., Any] | None] = (), holds: Params = ()
) -> Callable[..., Any]:
    """The function of trees, which numpy may run by a flat program of the calls that it made before

    The results are the same to the bit, where it does with arrays and numbers only what the namespace of
    ``arrays`` and arithmetic do. If one of those that it ``calls`` is not purenn's (None: nobody knows it),
    it stays as it is. ``holds`` are arrays that it has beside its arguments. Lists are looked at
    before, and no more on the way.

    >>> replayed(lambda x: x)([1.0])
    [1.0]
    """
    if not all(map(_is_own, calls)):
        return function
    programs: list[Callable[..., Any]] = []  # one, once numpy is there

    def call(*trees: Any) -> Any:
        if list in map(type, trees):
            return lists.knowing(function, tree_leaves((trees, holds)), *trees)
        numpy: Any = _registry.NAMES["numpy"]
        if numpy is None:
            return function(*trees)
        if not programs:
            programs.append(numpy.programs(function, holds))
        with numpy.quiet():
            return programs[0](*trees)

    return call


def _is_own(function: Any) -> bool:
    """Whether a function, or that in a partial, is written in this package; other objects may do anything."""
    plain = function.func if type(function) is partial else function
    home = str(plain.__globals__.get("__name__")) if type(plain) is FunctionType else ""
    return home.split(".")[0] == __name__.split(".")[0]


def _check(op: str, name: str, value: Any) -> None:
    try:
        lists.check(value, name)
    except TypeError as error:
        raise ArrayError(f"{op}: {error}") from None
    except ValueError as error:
        raise ShapeError(f"{op}: {error}") from None


def convert(tree: Params, xp: Backend | str) -> Params:
    """The same tree of arrays on another backend.

    Plain numbers stay as they are: they belong to every backend. Values are kept exactly where the
    other backend can hold them; ``Fraction`` and ``Decimal`` become the nearest floats.
    Errors: ArrayError and ShapeError for leaves that are no arrays of real numbers, or have sizes after a
    0 that lists cannot keep; BackendError, OptionError for ``xp``.

    >>> convert(([1.0, 2.0], 3.0), "lists")
    ([1.0, 2.0], 3.0)
    """
    target = get_backend(xp)
    return tree_unflatten(tree, [_convert(f"leaf{path}", leaf, target) for path, leaf in tree_paths(tree)])


def _convert(name: str, leaf: Any, target: Any) -> Any:
    source = agree("convert", {name: leaf}, None)
    if source is lists:
        _check("convert", name, leaf)
    if source is target or home_of(leaf) is None:
        return leaf
    numpy: Any = get_backend("numpy")  # every other backend reads its arrays, and it reads theirs
    if source is lists:
        leaf = numpy.from_lists(leaf)
    elif source is not numpy:
        try:
            leaf = numpy.from_foreign(leaf)
        except (TypeError, ValueError, RuntimeError, BufferError) as error:
            raise ArrayError(f"convert: {name} cannot leave its backend: {error}") from None
    arrays("convert", numpy, raw=(), **{name: leaf[:0] if leaf.ndim else leaf})  # real numbers, or an error
    if target is not lists:
        return leaf if target is numpy else target.asarray(numpy.in_order(leaf))
    if 0 in leaf.shape[:-1]:
        raise ShapeError(f"convert: {name} has shape {leaf.shape}: lists cannot keep the sizes after a 0")
    return leaf.tolist()
