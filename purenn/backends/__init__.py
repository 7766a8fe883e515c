"""Which backend is this array's?

A backend is a namespace of array API functions (see ``Backend``). Plain numbers belong to every
backend; when there is nothing else, to ``lists``.
"""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from numbers import Number
from typing import TYPE_CHECKING, Any

from ..errors import ArrayError, BackendError, OptionError, PurennError, ShapeError
from ..trees import tree_leaves, tree_paths, tree_unflatten
from . import _ieee, _nested, extras, lists
from ._protocol import Backend

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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

_NAMES: dict[str, Any] = {"lists": lists, "numpy": None}  # None: not imported yet
_HOMES: dict[type, Any] = {list: lists, float: None, int: None, bool: None}  # None: any backend


def backend_of(*values: Array, xp: Backend | str | None = None) -> Backend:
    """The backend that all the arrays share.

    ``xp`` forces one: a backend, a module such as ``numpy``, or a name (``"lists"``, ``"numpy"``). A backend
    that is forced takes plain numbers and nested lists for its own; arrays of yet another are refused.
    Errors: BackendError where arrays differ, and for arrays of a type that nobody registered.

    >>> backend_of([1.0, 2.0], 3.0).__name__
    'purenn.backends.lists'
    """
    return agree("backend_of", {f"argument {i}": v for i, v in enumerate(values, 1)}, xp)


def get_backend(xp: Backend | str | None) -> Backend:
    """The backend that an ``xp=`` names; ``None`` is ``lists``.

    Errors: OptionError for an unknown name; BackendError for what is no namespace, and for ``"numpy"``
    where it is not installed.

    >>> get_backend("lists") is get_backend(None)
    True
    """
    if xp is None:
        return lists
    if isinstance(xp, str):
        if xp not in _NAMES:
            raise OptionError(
                f"xp={xp!r} is no backend: known by name are {', '.join(_NAMES)}; "
                "of others give the namespace itself, or its name to register_backend"
            )
        if xp == "numpy" and _NAMES[xp] is None:
            _NAMES[xp] = _import_numpy()
        named: Backend = _NAMES[xp]
        return named
    if getattr(xp, "__name__", None) in ("numpy", "array_api_compat.numpy", "purenn.backends.numpy"):
        return get_backend("numpy")
    if not hasattr(xp, "matmul"):
        raise BackendError(f"xp={xp!r:.60} is no backend: give an array API namespace or a name")
    return xp


def register_backend(array_type: type, backend: Backend, *, name: str | None = None) -> None:
    """Say that arrays of a type belong to a backend, and give it a name for ``xp=`` if you like.

    Needed for types without ``__array_namespace__``, such as ``torch.Tensor`` with the backend
    ``array_api_compat.torch``.
    Errors: BackendError for what is no type or no namespace, OptionError for the names of purenn's own.

    >>> class Row(list):
    ...     pass
    >>> register_backend(Row, lists)
    """
    if not isinstance(array_type, type):
        raise BackendError(f"register_backend: {array_type!r:.60} is no type: give an array's type")
    if not hasattr(backend, "matmul"):
        raise BackendError(f"register_backend: {backend!r:.60} is no backend: give an array API namespace")
    if name in ("lists", "numpy"):
        raise OptionError(f"register_backend: name={name!r} is taken: choose another")
    if name is not None:
        _NAMES[name] = backend
    _HOMES[array_type] = backend


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
    return open_arrays(op, xp, named.keys(), tuple(named.values()), raw)


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
    home: Any = next((home for value in values if (home := _HOMES.get(type(value))) is not None), None)
    if hasattr(home, "ready") and (xp is None or get_backend(xp) is home):
        found = home.ready(values, len(values) - len(raw))
        if found is not None:
            return found[0], *found[1]
    return _convert_arrays(op, xp, dict(zip(names, values, strict=True)), raw)


def ready(xp: Any, *columns: Sequence[Array]) -> Backend | None:
    """The namespace for these, where ``arrays`` would hand them on as they are; None means: ask it.

    >>> ready(lists, [[1.0, 2.0]])
    """
    look = getattr(xp, "ready", None)
    found = look and [look(values, len(values)) for values in columns]
    if not found or any(each is None or each[1] is not own for each, own in zip(found, columns, strict=True)):
        return None
    here: Backend = found[0][0]
    return here


def _convert_arrays(
    op: str, xp: Backend | str | None, named: dict[str, Array], raw: tuple[str, ...]
) -> tuple[Backend, *tuple[Any, ...]]:
    backend: Any = agree(op, named, xp)
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
    numpy: Any = _NAMES["numpy"]
    return nullcontext() if numpy is None else numpy.quiet()


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
    if source is target or _home(leaf) is None:
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


def agree(op: str, named: dict[Any, Any], xp: Backend | str | None) -> Backend:
    """``backend_of``, with the names that an error should use.

    >>> agree("affine", {"x": [1.0], "b": 2.0}, None) is lists
    True
    """
    kinds = set(map(type, named.values()))
    common: Any = _HOMES.get(next(iter(kinds))) if len(kinds) == 1 else None
    if common is not None and (xp is None or xp is common):
        agreed: Backend = common
        return agreed
    forced = None if xp is None else get_backend(xp)
    name, homes = "", {}
    try:
        for name, value in named.items():
            home = _home(value)
            if home is not None:
                homes[name] = home
    except PurennError as error:
        raise type(error)(f"{op}: {name} {error}") from None
    backend: Backend = forced or next(iter(homes.values()), lists)
    for name, home in homes.items():
        if home is not backend and (forced is None or home is not lists):
            raise _mixed(op, homes, backend, odd=name, forced=forced is not None)
    return backend


def agree_trees(
    op: str, trees: dict[str, Params], xp: Backend | str | None = None, **named: Array
) -> Backend:
    """``agree`` for named arrays and for the leaves of trees, whose places are worked out for errors only.

    >>> agree_trees("chain", {"params": ([1.0], [2.0])}, x=[3.0]) is lists
    True
    """
    values = [*named.values(), *(leaf for tree in trees.values() for leaf in tree_leaves(tree))]
    try:
        return agree(op, dict(enumerate(values)), xp)
    except PurennError:
        placed = {f"{name}{path}": leaf for name, tree in trees.items() for path, leaf in tree_paths(tree)}
        return agree(op, named | placed, xp)


def _home(value: Any) -> Any:
    """The backend of one value; None for a plain number."""
    try:
        return _HOMES[type(value)]
    except KeyError:
        pass
    namespace = getattr(value, "__array_namespace__", None)
    if namespace is not None:
        return get_backend(namespace())
    for base in type(value).__mro__:
        if base in _HOMES:
            return _HOMES[base]
    if isinstance(value, Number) and not isinstance(value, complex):
        return None
    kind = type(value).__name__
    if isinstance(value, (range, memoryview)) or type(value).__module__ == "array":
        raise ArrayError(f"is a {kind}: an array is nested lists, write list(...) or .tolist()")
    if value is None or isinstance(value, (str, bytes, complex)):
        raise ArrayError(f"is {value!r:.40}: an array is made of real numbers")
    if isinstance(value, (tuple, dict, set)):
        raise ArrayError(f"is a {kind}, which is a tree of arrays: write an array as nested lists")
    raise BackendError(f"is a {kind}, which belongs to no known backend: register_backend({kind}, namespace)")


def _mixed(op: str, homes: dict[str, Any], target: Any, *, odd: str, forced: bool) -> BackendError:
    held = ", ".join(f"{name} on {_name(home)}" for name, home in homes.items())
    wanted = f", and xp={_name(target)}" if forced else ""
    place = repr(_name(target)) if _name(target) in _NAMES else _name(target)
    return BackendError(
        f"{op}: arrays of different backends: {held}{wanted}: "
        f"bring all to one, such as purenn.convert({odd}, {place})"
    )


def _name(backend: Any) -> str:
    for name, known in _NAMES.items():
        if known is backend:
            return name
    return str(getattr(backend, "__name__", backend))


def _import_numpy() -> Any:
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise BackendError("numpy is not installed: pip install numpy, or compute on lists (xp='lists')")
    backend = import_module(".numpy", __name__)
    _HOMES.update(dict.fromkeys(backend.TYPES, backend))
    return backend
