"""The functions of the array API standard that purenn calls, on small arrays, beside those of lists

So that a wrong gradient on a backend is traced to the function that made it wrong.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of, working_eps
from ..backends import Backend, convert, extras, lists
from ..trees import tree_map
from ._call import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

A = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
B = [[1.5, 0.5, -2.5], [-0.75, -0.375, 1.0]]
P = [[0.5, 1.25, 2.0], [0.75, 3.5, 0.25]]  # above 0
CUBE = [[[0.25, -0.75], [1.5, 2.0]], [[-1.0, 0.5], [0.125, 3.0]]]
T, Q = [[True, False, True], [False, True, False]], [[True, True, False], [False, True, False]]
NAN, INF = math.nan, math.inf
ENDS = [0.0, -0.0, INF, -INF, NAN, 1e-30]

# name, positional arguments (arrays where they are lists), keyword arguments
CALLS: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = (
    ("asarray", (A,), {}), ("asarray", (1.5,), {}), ("arange", (4,), {}), ("zeros", ((2, 3),), {}),
    ("ones_like", (A,), {}), ("zeros_like", (A,), {}), ("full_like", (A, 2), {}),
    *((name, (A,), {}) for name in ("abs", "cos", "exp", "expm1", "floor")),
    *((name, (A,), {}) for name in ("negative", "sign", "sin", "tanh")),
    *((name, (P,), {}) for name in ("log", "log1p", "sqrt")),
    *((name, (A, B), {}) for name in ("add", "divide", "maximum", "minimum", "multiply", "subtract")),
    *((name, (A, B), {}) for name in ("equal", "greater", "greater_equal", "less")),
    *((name, (A, 2), {}) for name in ("add", "divide", "maximum", "minimum", "multiply", "subtract", "less")),
    ("divide", (1, P), {}), ("add", (A, B[0]), {}), ("multiply", (A, [[2.0], [3.0]]), {}),
    ("equal", (A, 0.5), {}), ("maximum", (ENDS, 0), {}), ("minimum", (ENDS, 0), {}), ("sign", (ENDS,), {}),
    ("exp", (ENDS,), {}), ("tanh", (ENDS,), {}), ("abs", (ENDS,), {}), ("add", (ENDS, -INF), {}),
    ("exp", ([1000.0, -1000.0],), {}), ("log", ([0.0, 1.0],), {}),
    ("divide", ([1.0, -1.0, 0.0], [0.0, 0.0, 0.0]), {}),
    ("logical_and", (T, Q), {}), ("where", (T, A, B), {}), ("where", (T, A, 0), {}),
    ("all", (T,), {}), ("all", ([[True]],), {}),
    ("argmax", (A,), {"axis": 1}), ("argmax", ([1.0, 3.0, 3.0],), {"axis": 0}),
    ("argsort", ([2.0, -1.0, 0.5],), {"stable": True}),
    ("argsort", ([1.0, 0.5, 1.0, 0.5],), {"stable": True}),
    ("max", (A,), {"axis": None, "keepdims": False}), ("max", (A,), {"axis": -1, "keepdims": True}),
    ("max", ([1.0, NAN],), {"axis": None, "keepdims": False}),
    ("sum", (A,), {}), ("sum", (A,), {"axis": 0}), ("sum", (A,), {"axis": -1, "keepdims": True}),
    ("sum", (CUBE,), {"axis": (0, 1)}), ("sum", (CUBE,), {"axis": (0,), "keepdims": True}),
    ("concat", ([A, B],), {}), ("expand_dims", (A,), {"axis": 0}), ("expand_dims", (A,), {"axis": -1}),
    ("matmul", (A, [[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]]), {}), ("matmul", (A, [1.0, -1.0, 2.0]), {}),
    ("matmul", (A[0], A[1]), {}), ("matmul", (CUBE, [[1.0, 2.0], [0.5, -1.0]]), {}),
    ("matrix_transpose", (A,), {}), ("matrix_transpose", (CUBE,), {}),
    ("reshape", (A, (3, 2)), {}), ("reshape", (A, (6,)), {}), ("reshape", (A, (-1, 3)), {}),
    ("reshape", ([[1.5]], ()), {}),
    ("take", (A, [1, 0, 1]), {"axis": 0}), ("take", (A, [2, 0]), {"axis": 1}),
)  # fmt: skip


def check_standard(backend: Any) -> Iterator[tuple[str, str]]:
    """For each function of the protocol: its name, and what is wrong with it ("" if nothing)."""
    names = [name for name, value in vars(Backend).items() if callable(value) and not name.startswith("_")]
    for name in names:
        try:
            if not callable(getattr(backend, name, None)):
                raise Broken(f"there is no {name}")
            if name == "astype":
                _astype(backend)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a library may warn of what it computes rightly
                for _, arguments, options in (call for call in CALLS if call[0] == name):
                    _same(backend, name, arguments, options)
        except Broken as broken:
            yield name, str(broken)
        else:
            yield name, ""


def _astype(backend: Any) -> None:
    whole = backend.arange(3)
    dtype = None if backend is lists else backend.asarray(1.0).dtype
    moved = backend.astype(whole, float if dtype is None else dtype)
    if numbers_of(moved) != [0.0, 1.0, 2.0] or getattr(moved, "dtype", None) != dtype:
        raise Broken(f"astype(arange(3), {dtype}) gave {moved!r:.60}")


def _same(backend: Any, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    want = getattr(lists, name)(*arguments, **options)
    shown = ", ".join([*(_shown(a) for a in arguments), *(f"{k}={v!r}" for k, v in options.items())])
    made = [
        [backend.asarray(part) for part in a]
        if name == "concat"
        else backend.asarray(a)
        if isinstance(a, list)
        else a
        for a in arguments
    ]
    try:
        out = getattr(backend, name)(*made, **options)
        have = tree_map(lambda leaf: convert(leaf, "lists"), out)
    except Exception as error:
        raise Broken(f"{name}({shown}) raised {type(error).__name__}: {error}") from error
    if extras.shape(out) != lists.shape(want):
        raise Broken(f"{name}({shown}) gave shape {extras.shape(out)}, wanted {lists.shape(want)}")
    eps = working_eps(backend)
    for index, (a, b) in enumerate(zip(numbers_of(want), numbers_of(have), strict=True)):
        if isinstance(a, bool) != isinstance(b, bool) and isinstance(a, bool):
            raise Broken(f"{name}({shown}) gave {b!r}, wanted a bool")
        if not _close(float(a), float(b), 0 if name in EXACT else 4, eps):
            raise Broken(f"{name}({shown}) gave {b!r} at number {index}, wanted {a!r}")


EXACT = frozenset(
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "maximum",
        "minimum",
        "abs",
        "negative",
        "sign",
        "floor",
        "sqrt",
        "where",
        "reshape",
        "take",
        "concat",
        "expand_dims",
        "matrix_transpose",
        "max",
        "argmax",
        "argsort",
    ]
)


def _close(want: float, have: float, ulps: int, eps: float) -> bool:
    if want == have or (math.isnan(want) and math.isnan(have)):
        return True
    if eps > 2.0**-52:  # floats of the tables are rounded on the way in
        ulps = max(ulps, 4)
    return math.isfinite(want) and abs(want - have) <= ulps * math.ulp(want) * eps / 2.0**-52


def _shown(argument: Any) -> str:
    """An argument as short as one can say it: small ones as they are, arrays by their shape."""
    text = repr(argument)
    return (
        text if len(text) <= 24 or not isinstance(argument, list) else f"x of shape {lists.shape(argument)}"
    )
