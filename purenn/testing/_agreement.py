"""backends, layouts and reference: the same arguments elsewhere, laid out otherwise, or to another pair."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of, working_eps
from ..backends import backend_of, convert, extras, get_backend, lists
from ..errors import BackendError
from ..trees import tree_leaves, tree_map, tree_unflatten
from ._call import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._call import Call


class Bound:
    """How far apart two ways to the same numbers may be

    4 ulp where each number is made alone; sums of k terms, ``2k * 2**-53`` of the size of the terms, which
    is taken from the largest argument and the largest number compared.
    """

    def __init__(self, call: Call, eps: float) -> None:
        arguments = [abs(float(n)) for n in numbers_of(call.arguments)]
        self.call, self.eps = call, eps
        self.largest = max(filter(math.isfinite, arguments), default=0.0)
        self.share = max(len(arguments), 2) * eps * max(1.0, self.largest)

    def check(self, what: str, names: dict[str, Any], have: dict[str, Any]) -> None:
        """Compare two dicts of arrays number by number."""
        for name, wanted in names.items():
            if name not in have:
                raise Broken(f"{what}: {name} is missing")
            want, found = numbers_of(wanted), numbers_of(have[name])
            if len(want) != len(found):
                raise Broken(f"{what}: {name} holds {len(found)} numbers, wanted {len(want)}")
            own = max(filter(math.isfinite, (abs(float(n)) for n in want)), default=0.0)
            slack = self.share * max(self.largest, own, 0.0 if name == "out" else 1.0)  # dout is up to 1
            for index, (a, b) in enumerate(zip(want, found, strict=True)):
                if not self.close(float(a), float(b), slack):
                    raise Broken(
                        f"{what}: {name} number {index} is {b!r}, wanted {a!r}",
                        self.call.failure(name, index, b, a),
                    )

    def close(self, want: float, have: float, slack: float) -> bool:
        if want == have or (math.isnan(want) and math.isnan(have)):
            return True
        ulps = 4 * math.ulp(want) * self.eps / 2.0**-52
        return abs(want - have) <= max(ulps, slack)


def results(call: Call, dout: Any) -> dict[str, Any]:
    """The output and the gradients, by name."""
    return {"out": call.out} | {f"grads.{name}": grad for name, grad in call.gradients(dout).items()}


def backends(call: Call) -> str:
    """The same arguments on every other backend give the same numbers."""
    if any(isinstance(n, Decimal) or (call.exact and not isinstance(n, int)) for n in numbers_of(call.out)):
        raise Skipped("only lists compute with Fractions and Decimals")
    asked = call.options.backends
    others, left = _other_backends(call), []
    if not others:
        raise Skipped("there is no other backend to compare with")
    dout = call.dout(0)
    want = results(call, dout)
    for name, other in others.items():
        try:
            elsewhere = call.again(*_moved(call.arguments, other), xp=None)
            have = results(elsewhere, _moved(dout, other))
        except Exception as error:
            if asked is not None:
                raise Broken(f"on {name}: {type(error).__name__}: {error}") from error
            left.append(f"{name}: {type(error).__name__}")
            continue
        shapes = [list(map(extras.shape, tree_leaves(part["out"]))) for part in (want, have)]
        if asked is None and shapes[0] != shapes[1]:  # [1] + [2] is an output too, of one written for arrays
            left.append(f"{name}: the output has another shape")
            continue
        eps = max(call.eps, elsewhere.eps, working_eps(other))
        Bound(call, eps).check(f"on {name}", want, have)
    same = [name for name in others if not any(reason.startswith(f"{name}:") for reason in left)]
    if not same:
        raise Skipped(f"does not run on {'; '.join(left)}")
    return "; ".join([f"as on {', '.join(same)}", *(f"does not run on {reason}" for reason in left)])


def _other_backends(call: Call) -> dict[str, Any]:
    """The backends to compare with, by name."""
    asked = call.options.backends
    found = {}
    for each in ("lists", "numpy") if asked is None else asked:
        try:
            backend: Any = get_backend(each)
        except BackendError:  # numpy is not installed
            continue
        if backend is not call.backend:
            found[each if isinstance(each, str) else str(getattr(each, "__name__", each))] = backend
    return {name.removeprefix("purenn.backends."): backend for name, backend in found.items()}


def _moved(tree: Any, backend: Any) -> Any:
    """A tree on another backend, plain floats too."""

    def move(leaf: Any) -> Any:
        moved = convert(leaf, "lists")
        if backend is lists or (isinstance(leaf, int) and not hasattr(leaf, "dtype")):
            return moved
        return backend.asarray(moved) if isinstance(moved, float) else convert(moved, backend)

    return tree_map(move, tree)


def layouts(call: Call) -> str:
    """Strided, reversed, Fortran-ordered and read-only arrays of numpy give what plain ones give."""
    try:
        numpy: Any = get_backend("numpy")
    except BackendError:
        raise Skipped("numpy is not installed") from None
    leaves = tree_leaves(call.arguments)
    if call.exact or any(isinstance(n, Decimal) for n in numbers_of(call.out)):
        raise Skipped("numpy holds no Fractions and Decimals")
    if call.backend not in (lists, numpy):
        raise Skipped("a matter of numpy's arrays")
    if not any(extras.shape(leaf) for leaf in leaves):
        raise Skipped("plain numbers have no layout")
    native = call.backend is numpy
    plain = call if native else None
    try:
        plain = plain or call.again(*_moved(call.arguments, numpy), xp=None)
        dout = plain.dout(0)
        want = results(plain, dout)
    except Exception as error:
        raise Skipped(f"does not run on numpy: {type(error).__name__}") from None
    bound = Bound(plain, plain.eps)
    for name, layout in LAYOUTS.items():
        other = plain.again(*tree_map(layout, plain.arguments))
        bound.check(f"{name} arrays", want, results(other, tree_map(layout, dout)))
    return ", ".join(LAYOUTS)


def _laid(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A layout of arrays with axes; all else stays."""
    return lambda x: function(x) if extras.shape(x) and hasattr(x, "strides") else x


def _read_only(x: Any) -> Any:
    x = x.copy()
    x.setflags(write=False)
    return x


LAYOUTS = {
    "strided": _laid(lambda x: x.repeat(2, axis=-1)[..., ::2]),
    "reversed": _laid(lambda x: x[..., ::-1].copy()[..., ::-1]),
    "Fortran": _laid(lambda x: x.copy(order="F")),
    "read-only": _laid(_read_only),
}


def reference(call: Call) -> str:
    """Another pair gives the same for the same arguments: what a convention fixes, such as a slope at a kink,
    and a function that is right about itself and yet not the one that was asked for.
    """
    forward, backward = call.options.reference
    out, cache = forward(*call.arguments)
    if [extras.shape(leaf) for leaf in tree_leaves(out)] != [
        extras.shape(leaf) for leaf in tree_leaves(call.out)
    ]:
        raise Broken(f"out has shape {extras.shape(call.out)}, the reference {extras.shape(out)}")
    dout = call.dout(0)
    grads = backward(tree_unflatten(out, tree_leaves(dout)), cache)._asdict()
    want = {"out": out} | {f"grads.{name}": grad for name, grad in grads.items()}
    eps = 0.0 if call.exact else max(call.eps, working_eps(backend_of(*tree_leaves(out))))
    Bound(call, eps).check("beside the reference", want, results(call, dout))
    return "as the reference"
