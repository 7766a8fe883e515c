"""What every optimizer has in common, so that each is its formula alone

A *rule* is that formula for one leaf: ``rule(xp, p, g, *slots, t=, rate=, **options) -> (p, *slots)``. The
slots are what it remembers: fields of its state, trees like the params, which begin as zeros.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .._options import check_kind, number, schedule
from ..backends import agree, agree_trees, arrays, lists, open_arrays, ready, replayed
from ..backends.extras import constant, map_rows, shape
from ..errors import OptionError, PurennError, ShapeError, TreeError
from ..trees import tree_map, tree_paths, tree_rows, tree_unflatten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._types import Array, Params
    from ..backends._protocol import Backend

    Only: TypeAlias = Callable[[str, Array], bool] | None
    Rate: TypeAlias = float | Callable[[Any], Any]
    Row: TypeAlias = tuple[Array, ...]


class Optimizer(NamedTuple):
    """``init(params) -> state`` and ``update(grads, state, params) -> (params, state)``."""

    init: Callable[[Params], Any]
    update: Callable[[Params, Any, Params], tuple[Params, Any]]


def build(
    op: str,
    kind: type[Any],
    rule: Callable[..., Row],
    learning_rate: Rate,
    *,
    shares: dict[str, float] | None = None,
    sizes: dict[str, float] | None = None,
    products: dict[str, Callable[..., Any]] | None = None,
    only: Only = None,
) -> Optimizer:
    """The optimizer of a rule, with a state of its own kind: the step, the products, then the slots

    ``shares`` are options from 0 to below 1, ``sizes`` are those from 0. ``products`` are numbers in the
    state, 1 at first, that each step multiplies by a factor. ``only`` says which leaves keep their
    ``weight_decay``.
    """
    rate = schedule(op, "learning_rate", learning_rate)
    options = {name: number(op, name, value, 0, 1) for name, value in (shares or {}).items()}
    options |= {name: number(op, name, value, 0) for name, value in (sizes or {}).items()}
    factors = products or {}
    slots = [name for name in kind._fields[1:] if name not in factors]
    check_only(op, only)

    def init(params: Params) -> Any:
        xp, rows = open_rows(op, params=params)
        zeros = {name: tree_unflatten(params, [xp.zeros_like(p) for (p,) in rows]) for name in slots}
        return kind(step=0, **dict.fromkeys(factors, 1.0), **zeros)

    def update(grads: Params, state: Any, params: Params) -> tuple[Params, Any]:
        check_kind(op, "state", state, kind, "give a state of this optimizer's init")
        t = state.step + 1
        params, *rest = run(t, rate(state.step), params, grads, *state[1:])
        return params, kind(t, *rest)

    def compute(t: Any, rate: Any, params: Params, grads: Params, *remembered: Any) -> tuple[Any, ...]:
        so_far = dict(zip(factors, remembered, strict=False))
        memory = dict(zip(slots, remembered[len(factors) :], strict=True))
        xp, rows = open_rows(op, params=params, grads=grads, **memory)
        numbers = constants(xp, rows, rate=rate, **options, **so_far) | {"t": t}
        so_far = {name: numbers[name] * factor(**numbers) for name, factor in factors.items()}
        step = partial(rule, xp, **numbers | so_far)
        new = map_rows(step, rows, xp=xp) if only is None else pick(step, rows, params, xp)
        trees = [tree_unflatten(params, [row[place] for row in new]) for place in range(1 + len(slots))]
        return (trees[0], *so_far.values(), *trees[1:])

    def pick(step: Callable[..., Row], rows: list[Row], params: Params, xp: Backend) -> list[Row]:
        """The new rows, those that ``only`` does not pick without their weight decay."""
        chosen = list(choose(params, only))
        new: dict[int, Row] = {}
        for group, each in ((True, step), (False, partial(step, weight_decay=0))):
            places = [place for place, own in enumerate(chosen) if own is group]
            new.update(zip(places, map_rows(each, [rows[place] for place in places], xp=xp), strict=True))
        return [new[place] for place in range(len(rows))]

    run = replayed(compute, calls=picks(only))
    return Optimizer(init, update)


def open_rows(op: str, **trees: Params) -> tuple[Backend, list[Row]]:
    """The backend of all the trees and, leaf by leaf, their arrays; each tree must fit the first."""
    try:
        rows = tree_rows(*trees.values())
    except TreeError:
        raise _stray_branch(op, trees) from None
    leaves = list(chain.from_iterable(rows))
    here = ready(leaves)
    ask = shape if here is None else attrgetter("shape")
    for row in rows:
        if len(set(map(ask, row))) > 1:
            raise _misfit(op, trees)
    if here is not None:
        return here, rows
    try:
        xp = agree(op, dict(enumerate(leaves)), None)
        return xp, [open_arrays(op, xp, trees, row)[1:] for row in rows]
    except PurennError:  # once more, with the places of the leaves
        xp = agree_trees(op, trees)
        for (path, _), row in zip(tree_paths(next(iter(trees.values()))), rows, strict=True):
            arrays(op, xp, **{f"{name}{path}": leaf for name, leaf in zip(trees, row, strict=True)})
        raise  # pragma: no cover - one of the lines above has raised


def constants(xp: Backend, rows: list[Row], **numbers: Any) -> dict[str, Any]:
    """The numbers as the arrays are computed with: floats, but on lists any, and as they are while traced."""
    if xp is not lists:
        return {name: n if hasattr(n, "dtype") else float(n) for name, n in numbers.items()}
    like = next((row[0] for row in rows if lists.is_decimal(row[0])), 0)
    return {name: constant(n, like) for name, n in numbers.items()}


def check_only(op: str, only: Any) -> None:
    if only is not None and not callable(only):
        raise OptionError(
            f"{op}: only={only!r:.40}: wanted a function of a leaf's path and the leaf, such as is_weight"
        )


def picks(only: Only) -> tuple[Any, ...]:
    """The function that picks leaves, if there is one."""
    return () if only is None else (only,)


def choose(tree: Params, only: Only) -> Iterable[bool]:
    """Whether each leaf is one that ``only`` picks; None picks all."""
    if only is None:
        return repeat(True)
    return [bool(only(path, leaf)) for path, leaf in tree_paths(tree)]


def _stray_branch(op: str, trees: dict[str, Params]) -> TreeError:
    (first, own), *others = trees.items()
    for name, tree in others:
        try:
            tree_map(lambda *_: None, own, tree)
        except TreeError as error:
            return TreeError(f"{op}: {first} and {name}: {error}")
    raise AssertionError("all trees fit the first")  # pragma: no cover - asked only where one does not


def _misfit(op: str, trees: dict[str, Params]) -> ShapeError:
    (first, own), *others = trees.items()
    path, name, want, have = next(
        (path, name, *sizes)
        for name, tree in others
        for path, sizes in tree_paths(tree_map(lambda p, other: [shape(p), shape(other)], own, tree))
        if sizes[0] != sizes[1]
    )
    return ShapeError(
        f"{op}: {first}{path} {want} and its {name} {have} differ: "
        "gradients and state have the shapes of the params"
    )
