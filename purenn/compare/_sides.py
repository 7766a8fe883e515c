"""The sides of a comparison: a backend each, and lists of Decimals for the exact answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from .._options import count
from ..backends import convert, get_backend, lists
from ..errors import BackendError, OptionError
from ..trees import tree_leaves, tree_map
from ._difference import EXACT

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..backends._protocol import Backend

    Backends = Iterable[Backend | str] | Mapping[str, Backend | str]


class Side(NamedTuple):
    """Where to compute: ``load`` brings a tree of plain lists there, without changing a number."""

    name: str
    xp: Backend
    digits: int | None = None

    def load(self, tree: Any) -> Any:
        if self.digits is not None:
            return tree_map(_decimals, tree)
        loaded = convert(tree, self.xp)
        if convert(loaded, "lists") != tree and not _has_nan(tree):
            raise BackendError(
                f"compare: {self.name} does not keep Python's floats: let it compute in float64, "
                "such as jax.config.update('jax_enable_x64', True)"
            )
        return loaded

    def context(self) -> AbstractContextManager[Any]:
        return nullcontext() if self.digits is None else localcontext(prec=self.digits)


def sides_of(op: str, backends: Backends) -> list[Side]:
    """The backends by their names, which must differ."""
    if isinstance(backends, str) or not isinstance(backends, Iterable):
        raise OptionError(f"{op}: backends={backends!r:.40}: wanted several, such as ('lists', 'numpy')")
    given: Any = backends
    named = given.items() if isinstance(given, Mapping) else [(_name(each), each) for each in given]
    sides = [Side(name, get_backend(xp)) for name, xp in named]
    names = [side.name for side in sides]
    if not names or len(set(names)) < len(names) or EXACT in names:
        raise OptionError(
            f"{op}: backends have the names {names}: wanted at least one and no two alike, none {EXACT!r}; "
            "give a dict to name them yourself"
        )
    return sides


def exact_side(op: str, digits: int) -> Side:
    """Lists of Decimals, with digits to spare."""
    if count(op, "digits", digits) < 30:
        raise OptionError(f"{op}: digits={digits}: wanted at least 30, that rounding them does not show")
    return Side(EXACT, lists, digits)


def plain(tree: Any) -> Any:
    """The tree on lists, its numbers floats, but arrays of ints as they are."""
    return tree_map(_floats, convert(tree, "lists"))


def _floats(leaf: Any) -> Any:
    leaf = float(leaf) if hasattr(leaf, "dtype") else leaf  # a numpy number, which is one of any backend
    return leaf if lists.is_integer(leaf) else lists.astype(leaf, float)


def _decimals(leaf: Any) -> Any:
    return leaf if lists.is_integer(leaf) else lists.astype(leaf, Decimal)


def _has_nan(tree: Any) -> bool:
    return any(number != number for leaf in tree_leaves(tree) for number in lists.flat(leaf))


def _name(xp: Any) -> str:
    if isinstance(xp, str):
        return xp
    backend = get_backend(xp)
    name = str(getattr(backend, "__name__", type(backend).__name__))
    return name.removeprefix("purenn.backends.")
