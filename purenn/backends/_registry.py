"""Which backend is registered for which type of array, and which do arrays share?"""

from __future__ import annotations

from importlib import import_module
from numbers import Number
from typing import TYPE_CHECKING, Any

from ..errors import ArrayError, BackendError, OptionError, PurennError
from ..trees import tree_leaves, tree_paths
from . import lists

if TYPE_CHECKING:
    from .._types import Array, Params
    from ._protocol import Backend

NAMES: dict[str, Any] = {"lists": lists, "numpy": None}  # None: not imported yet
HOMES: dict[type, Any] = {list: lists, float: None, int: None, bool: None}  # None: any backend


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
        if xp not in NAMES:
            raise OptionError(
                f"xp={xp!r} is no backend: known by name are {', '.join(NAMES)}; "
                "of others give the namespace itself, or its name to register_backend"
            )
        if xp == "numpy" and NAMES[xp] is None:
            NAMES[xp] = _import_numpy()
        named: Backend = NAMES[xp]
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
        NAMES[name] = backend
    HOMES[array_type] = backend


def agree(op: str, named: dict[Any, Any], xp: Backend | str | None) -> Backend:
    """``backend_of``, with the names that an error should use.

    >>> agree("affine", {"x": [1.0], "b": 2.0}, None) is lists
    True
    """
    kinds = set(map(type, named.values()))
    common: Any = HOMES.get(next(iter(kinds))) if len(kinds) == 1 else None
    if common is not None and (xp is None or xp is common):
        agreed: Backend = common
        return agreed
    forced = None if xp is None else get_backend(xp)
    name, homes = "", {}
    try:
        for name, value in named.items():
            home = home_of(value)
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


def home_of(value: Any) -> Any:
    """The backend of one value; None for a plain number."""
    try:
        return HOMES[type(value)]
    except KeyError:
        pass
    namespace = getattr(value, "__array_namespace__", None)
    if namespace is not None:
        return get_backend(namespace())
    for base in type(value).__mro__:
        if base in HOMES:
            return HOMES[base]
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
    place = repr(_name(target)) if _name(target) in NAMES else _name(target)
    return BackendError(
        f"{op}: arrays of different backends: {held}{wanted}: "
        f"bring all to one, such as purenn.convert({odd}, {place})"
    )


def _name(backend: Any) -> str:
    for name, known in NAMES.items():
        if known is backend:
            return name
    return str(getattr(backend, "__name__", backend))


def _import_numpy() -> Any:
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise BackendError("numpy is not installed: pip install numpy, or compute on lists (xp='lists')")
    backend = import_module(".numpy", __package__)
    HOMES.update(dict.fromkeys(backend.TYPES, backend))
    return backend
