"""batch, nan and extreme: what rows of a batch owe to each other, and to finite numbers of any size."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of
from ..backends import convert, extras, lists
from ..trees import tree_leaves, tree_map
from ._agreement import Bound
from ._call import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._call import Call

SIZES = (1e300, 1000.0, 1e-300, 0.0)


def batch(call: Call) -> str:
    """A batch is a stack of its rows: outputs and gradients are those of each row alone, and the gradients of
    what the rows share add up.
    """
    names, rows = _batched(call)
    dout = call.dout(0)
    whole = call.gradients(dout)
    bound = Bound(call, call.eps)
    sums: dict[str, list[Any]] = {}
    for row in range(rows):
        single = call.again(*_rows(call, names, [row]))
        dout_row = tree_map(lambda leaf, row=row: _take(call, leaf, [row]), dout)
        grads = single.gradients(dout_row)
        want: dict[str, Any] = {"out": tree_map(lambda leaf, row=row: _take(call, leaf, [row]), call.out)}
        for name in whole:
            if name in names:
                want[f"grads.{name}"] = _take(call, whole[name], [row])
            else:
                before = sums.get(name) or [0] * len(numbers_of(grads[name]))
                sums[name] = [a + b for a, b in zip(before, numbers_of(grads[name]), strict=True)]
        have = {"out": single.out} | {f"grads.{name}": grad for name, grad in grads.items()}
        bound.check(f"row {row} alone", want, have)
    summed = {name: lists.reshape(total, (len(total),)) for name, total in sums.items()}
    bound.check("sums over the rows", {name: whole[name] for name in sums}, summed)
    return f"{rows} rows of {', '.join(names)}" + (_empty(call, names) if call.backend is not lists else "")


def _empty(call: Call, names: list[str]) -> str:
    """A batch of no rows, where the pair takes one."""
    try:
        empty = call.again(*_rows(call, names, []))
    except ValueError:
        return ""
    for name, grad in empty.gradients(empty.out).items():
        for have, want in zip(tree_leaves(grad), tree_leaves(empty.argument(name)), strict=True):
            if extras.shape(have) != extras.shape(want):
                sizes = f"shape {extras.shape(have)}, wanted {extras.shape(want)}"
                raise Broken(f"of no rows: grads.{name} has {sizes}")
    return ", and none"


def nan(call: Call) -> str:
    """A NaN stays in its row, and is not lost in it."""
    names, rows = _batched(call)
    if call.exact or rows < 2:
        raise Skipped("Fractions hold no NaN" if call.exact else "one row has no other to keep a NaN from")
    first = call.arguments[0]
    sizes = extras.shape(first)
    numbers = numbers_of(first)
    poisoned = lists.reshape([type(numbers[0])("nan"), *numbers[1:]], sizes)
    with_nan = call.again(call.like(first, poisoned), *call.arguments[1:])
    dout = call.dout(0)
    clean, found = call.gradients(dout), with_nan.gradients(dout)
    head, *_ = (numbers_of(_take(call, leaf, [0])) for leaf in tree_leaves(with_nan.out))
    if not any(map(math.isnan, head)):
        raise Broken(f"the NaN is lost: row 0 of out is {head}")
    rest = list(range(1, rows))
    compared = {"out": (call.out, with_nan.out)}
    compared |= {f"grads.{name}": (clean[name], found[name]) for name in names if name in clean}
    for name, (want, have) in compared.items():
        before, after = (numbers_of(_take(call, part, rest)) for part in (want, have))
        for index, (a, b) in enumerate(zip(before, after, strict=True)):
            if repr(a) != repr(b):
                raise Broken(
                    f"a NaN in row 0 made number {index} of the other rows of {name} {b!r}, not {a!r}"
                )
    return ""


def extreme(call: Call) -> str:
    """Finite numbers up to 1e300 give no NaN, and on lists and numpy no warning."""
    if call.exact:
        raise Skipped("Fractions do not overflow")
    first = call.arguments[0]
    count = len(numbers_of(first))
    top = 1e300 if call.eps == 2.0**-52 else 1e30
    for size in (top, *SIZES[1:]):
        pattern = [(size, -size, 1.0, -size)[index % 4] for index in range(count)]
        kind = {type(number) for number in numbers_of(first)}
        values = lists.reshape(pattern, extras.shape(first))
        values = lists.astype(values, kind.pop()) if call.backend is lists and len(kind) == 1 else values
        with warnings.catch_warnings():
            own = call.backend is lists or isinstance(first, float) or hasattr(first, "setflags")
            warnings.simplefilter("error" if own else "ignore")
            at = call.again(call.like(first, values), *call.arguments[1:])
            grads = at.gradients(at.dout(0))
        for name, part in {"out": at.out, **{f"grads.{n}": g for n, g in grads.items()}}.items():
            for index, number in enumerate(numbers_of(part)):
                if math.isnan(number):
                    raise Broken(f"{name} number {index} is NaN for numbers of {size:g}")
    return ""


def _batched(call: Call) -> tuple[list[str], int]:
    """The arguments that have one row a sample, and how many rows there are."""
    asked = call.options.batched
    if not asked:
        raise Skipped("not said to be batched")
    names = call.names[: len(call.arguments)] if asked is True else list(_named(asked))
    sizes = extras.shape(call.arguments[0])
    shapes = [extras.shape(leaf) for leaf in tree_leaves(call.out)]
    if len(sizes) < 2 or any(not shape or shape[0] != sizes[0] for shape in shapes):
        raise Skipped(f"{call.names[0]} {sizes} is no batch of rows")
    return names, sizes[0]


def _named(names: Any) -> Iterable[str]:
    return [names] if isinstance(names, str) else names


def _rows(call: Call, names: list[str], rows: list[int]) -> tuple[Any, ...]:
    return tuple(
        tree_map(lambda leaf: _take(call, leaf, rows), argument) if name in names else argument
        for name, argument in zip(call.names, call.arguments, strict=False)
    )


def _take(call: Call, leaf: Any, rows: list[int]) -> Any:
    """Some rows of an array, of its own dtype."""
    if call.backend is lists:
        return [leaf[row] for row in rows]
    numbers = [convert(leaf, "lists")[row] for row in rows]
    taken = call.backend.asarray(numbers, dtype=leaf.dtype)
    return call.backend.reshape(taken, (len(rows), *extras.shape(leaf)[1:]))
