"""What takes several functions of the array API, in one pass over lists: the same numbers, bit for bit

Each is the namesake in ``extras``, and answers None where it has no faster way: for other shapes or numbers,
or where arithmetic raises. Then ``extras`` takes the functions of the standard one after the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from . import _loops, _nested
from ._nested import shape

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS = (ArithmeticError, TypeError, ValueError)


def affine(x: Any, w: Any, b: Any) -> Any:
    """``x @ w + b``: each bias is the last number of its column."""
    samples, weights, biases = shape(x), shape(w), shape(b)
    if (len(samples), len(weights)) != (2, 2) or biases != weights[1:] or samples[1:] != weights[:1]:
        return None
    return _tried(lambda: _nested.products(x, list(zip(*w, b, strict=True)), biased=True))


def affine_grads(dout: Any, x: Any, w: Any, need_x: bool) -> Any:
    """``dout @ w.T``, ``x.T @ dout`` and the sums of dout, whose columns are taken once for both."""
    outs, samples, weights = shape(dout), shape(x), shape(w)
    if not len(outs) == len(samples) == len(weights) == 2 or outs[1] == 0:
        return None

    def work() -> Any:
        columns = list(zip(*dout, strict=True))
        dx = _nested.products(dout, w) if need_x else None
        return dx, _nested.products(list(zip(*x, strict=True)), columns), _nested.totals(columns)

    return _tried(work)


def where_positive(x: Any, y: Any) -> Any:
    if not type(_nested.first(x)) is type(_nested.first(y)) is float:
        return None
    return _tried(lambda: _nested.apply(None, x, y, written="0.0 if 0.0 >= x else y"))


def weigh(weight: Any, x: Any) -> Any:
    if type(_nested.first(weight)) is not float or _nested.sum_of_floats(x) is None:
        return None
    return _tried(lambda: _nested.apply(None, weight, x, written="0.0 if x == 0.0 else x * y"))


def descend(p: Any, x: Any, rate: Any) -> Any:
    return _tried(lambda: _nested.apply(None, p, x, rate, written="x - y * z"))


def running_mean(mean: Any, x: Any, share: Any) -> Any:
    return _tried(lambda: _nested.apply(None, mean, x, share, 1 - share, written="x * z + y * u"))


def descend_by_root(p: Any, m: Any, v: Any, rate: Any, scale: Any, eps: Any) -> Any:
    if _nested.sum_of_floats(v) is None:  # math has the root of no other number
        return None
    written = "x - y * u / (f(z / v) + w)"
    return _tried(lambda: _nested.apply(math.sqrt, p, m, v, rate, scale, eps, written=written))


def one_hot_like(labels: Any, scores: Any) -> Any:
    sizes = shape(scores)
    if len(sizes) != 2 or len(shape(labels)) != 1 or not _nested.are(float, scores):
        return None
    if not _nested.are(int, labels) or not 0 <= min(labels) <= max(labels) < sizes[1]:
        return None
    rows = [[0.0] * place + [1.0] + [0.0] * (sizes[1] - 1 - place) for place in range(sizes[1])]
    return [rows[label][:] for label in labels]


def log_shares(x: Any) -> Any:
    sizes, total = shape(x), _nested.sum_of_floats(x)
    if len(sizes) != 2 or not 0 < sizes[1] <= _loops.SHORT or total is None or not math.isfinite(total):
        return None
    return _tried(lambda: _loops.log_shares(sizes[1])(math.exp, math.log1p, x))


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except ERRORS:
        return None
