"""The functions of the array API standard that purenn calls, on small arrays, beside those of lists

So that a wrong gradient on a backend is traced to the function that made it wrong.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from .._numerical import eps_of, numbers_of
from ..backends import Backend, convert, extras, lists
from ..trees import tree_map
from ._call import Broken, bits

if TYPE_CHECKING:
    from collections.abc import Iterator

A = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
B = [[1.5, 0.5, -2.5], [-0.75, -0.375, 1.0]]
P = [[0.5, 1.25, 2.0], [0.75, 3.5, 0.25]]  # above 0
CUBE = [[[0.25, -0.75], [1.5, 2.0]], [[-1.0, 0.5], [0.125, 3.0]]]
SMALL = [1e-3, -1e-3, 1e-5, 1e-8, -1e-10, 1e-12, 1e-30]  # where exp(x) - 1, log(1 + x) lose digits
FAR = [20.0, -20.0, 710.0, 1000.0, -1000.0]  # where exp(x) overflows, or 1 is lost beside it
T, Q = [[True, False, True], [False, True, False]], [[True, True, False], [False, True, False]]
NAN, INF = math.nan, math.inf
ENDS = [0.0, -0.0, INF, -INF, NAN, 1e-30]

# name, positional arguments (arrays where they are lists), keyword arguments: every way to call a function
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
    ("equal", (A, 0.5), {}), ("logical_and", (T, Q), {}), ("logical_not", (T,), {}),
    ("where", (T, A, B), {}), ("where", (T, A, 0), {}), ("where", (T, 0, A), {}),
    ("all", (T,), {}), ("all", ([[True]],), {}), ("argmax", (A,), {"axis": 1}),
    ("argsort", ([2.0, -1.0, 0.5],), {"stable": True}),
    ("max", (A,), {"axis": None, "keepdims": False}), ("max", (A,), {"axis": -1, "keepdims": True}),
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
# Numbers at which formulas fail that are right elsewhere
TRAPS: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = (
    *((name, (SMALL,), {}) for name in ("exp", "expm1", "log1p", "sin", "tanh")),
    *((name, (FAR,), {}) for name in ("exp", "expm1", "tanh")),
    *((name, (ENDS,), {}) for name in ("abs", "exp", "expm1", "sign", "tanh")),
    *((name, ([0.0, 1.0, INF, -0.5, -1.0, -2.0, NAN],), {}) for name in ("log", "log1p", "sqrt")),
    *((name, (ENDS, 0), {}) for name in ("maximum", "minimum", "add")), ("floor", ([-0.5, 1e10, -3.0],), {}),
    ("divide", ([1.0, -1.0, 0.0, 1.0, INF], [0.0, 0.0, 0.0, -0.0, INF]), {}), ("divide", (1, [0.0, INF]), {}),
    *((name, ([0.5, NAN, NAN, -INF], [NAN, 0.5, NAN, INF]), {})
      for name in ("maximum", "minimum", "add", "subtract", "multiply")),
    *((name, ([0.5, NAN, NAN, INF, -0.0], [NAN, 0.5, NAN, INF, 0.0]), {})
      for name in ("equal", "greater", "greater_equal", "less")),
    ("where", ([True, False, True], [0.5, NAN, INF], [NAN, 1.5, 0.5]), {}),
    ("where", ([False, True], 0, [NAN, 1.5]), {}),
    ("max", ([1.0, NAN],), {"axis": None, "keepdims": False}),
    ("max", ([[NAN, 1.0], [-INF, -INF]],), {"axis": -1, "keepdims": False}),
    ("sum", ([[NAN, 1.0], [INF, -INF], [INF, 1.0]],), {"axis": -1}),
    ("argmax", ([1.0, 3.0, 3.0],), {"axis": 0}),  # the first of equal ones
    ("argsort", ([1.0, 0.5, 1.0, 0.5],), {"stable": True}),
    *((name, ([3, -1, 0], 0), {}) for name in ("maximum", "minimum", "greater", "equal")),  # ints stay ints
    ("where", ([True, False], [3, -1], 0), {}), ("asarray", ([3, -1],), {}), ("ones_like", ([3, -1],), {}),
    ("take", ([3, -1], [1, 0]), {"axis": 0}), ("sum", ([3, -1],), {}),
)  # fmt: skip


KINDS = {bool: "a bool", int: "an int", float: "a float"}


def check_standard(backend: Any) -> Iterator[tuple[str, str]]:
    """For each function of the protocol: its name, and what is wrong with it ("" if nothing).

    >>> [wrong for wrong in check_standard(lists) if wrong[1]]
    []
    """
    names = [name for name, value in vars(Backend).items() if callable(value) and not name.startswith("_")]
    for name in names:
        try:
            if not callable(getattr(backend, name, None)):
                raise Broken(f"there is no {name}")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a library may warn of what it computes rightly
                if name == "asarray":
                    _asarray(backend)
                if name == "astype":
                    _astype(backend)
                for dtype in _dtypes(backend):
                    for _, arguments, options in (call for call in CALLS if call[0] == name):
                        _same(backend, name, arguments, options, dtype)
                for _, arguments, options in (call for call in TRAPS if call[0] == name):
                    _same(backend, name, arguments, options)
        except Broken as broken:
            yield name, str(broken)
        except Exception as error:
            yield name, f"{name} raised {type(error).__name__}: {error}"
        else:
            yield name, ""


def _dtypes(backend: Any) -> list[Any]:
    """None for that of the backend's floats, and what else a float may have."""
    own = () if backend is lists else ("float32", "float64")
    named = [getattr(backend, name) for name in own if hasattr(backend, name)]
    return [None, *(dtype for dtype in named if _is_another(backend, dtype))]


def _is_another(backend: Any, dtype: Any) -> bool:
    try:
        return bool(backend.asarray(1.0, dtype=dtype).dtype != backend.asarray(1.0).dtype)
    except Exception:  # which the row of asarray tells
        return False


def _asarray(backend: Any) -> None:
    if hasattr(backend, "float32"):
        made = backend.asarray(1.5, dtype=backend.float32).dtype
        if made != backend.float32:
            raise Broken(f"asarray(1.5, dtype={backend.float32}) gave {made}")


def _astype(backend: Any) -> None:
    dtype = float if backend is lists else backend.asarray(1.0).dtype
    for whole, want in ((backend.arange(3), [0.0, 1.0, 2.0]), (backend.asarray([True, False]), [1.0, 0.0])):
        moved = backend.astype(whole, dtype)
        if getattr(moved, "dtype", dtype) != dtype or bits(moved) != bits(want):
            raise Broken(f"astype({convert(whole, 'lists')}, {dtype}) gave {moved!r:.60}")


def _same(
    backend: Any, name: str, arguments: tuple[Any, ...], options: dict[str, Any], dtype: Any = None
) -> None:
    """Broken unless a call gives what it gives on lists, floats of a dtype in that dtype."""
    want = getattr(lists, name)(*arguments, **options)
    shown = ", ".join([*(_shown(a) for a in arguments), *(f"{k}={v!r}" for k, v in options.items())])
    call = f"{name}({shown})" if dtype is None else f"{name}({shown}) of {dtype}"
    floats = isinstance(numbers_of(want)[0], float)
    asked = {} if dtype is None else {"dtype": dtype}
    try:
        one = backend.asarray(1.0, **asked)
        made = [
            [_array(backend, part, asked) for part in a] if name == "concat" else _array(backend, a, asked)
            for a in arguments
        ]
        sent = options | asked if name in ("asarray", "zeros") and floats else options
        out = getattr(backend, name)(*made, **sent)
        have = tree_map(lambda leaf: convert(leaf, "lists"), out)
    except Exception as error:
        raise Broken(f"{call} raised {type(error).__name__}: {error}") from error
    if extras.shape(out) != lists.shape(want):
        raise Broken(f"{call} gave shape {extras.shape(out)}, wanted {lists.shape(want)}")
    eps = eps_of(one, backend) or 2.0**-52
    for index, (a, b) in enumerate(zip(numbers_of(want), numbers_of(have), strict=True)):
        if type(a) is not type(b):
            raise Broken(f"{call} gave {b!r}, wanted {KINDS[type(a)]}")
        if not _close(float(a), float(b), 0 if name in EXACT else 4, eps):
            raise Broken(f"{call} gave {b!r} at number {index}, wanted {a!r}")
        if type(a) is float and getattr(out, "dtype", None) != getattr(one, "dtype", None):
            raise Broken(f"{call} gave {out.dtype}, wanted {one.dtype}")


def _array(backend: Any, argument: Any, asked: dict[str, Any]) -> Any:
    """An argument that is a list as an array, its floats of the dtype that was asked for."""
    if not isinstance(argument, list):
        return argument
    floats = isinstance(numbers_of(argument)[0], float)
    return backend.asarray(argument, **asked) if floats else backend.asarray(argument)


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
    """An argument as it is, but a long one of more than one axis by its shape."""
    text = repr(argument)
    flat = not isinstance(argument, list) or not isinstance(argument[0], list)
    return text if flat or len(text) <= 24 else f"x of shape {lists.shape(argument)}"
