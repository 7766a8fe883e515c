"""What the array API standard lacks, written over it. A backend may offer its own under the same name."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ..errors import ArrayError
from . import lists

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._types import Array, Shape
    from ._protocol import Backend


def shape(x: Array) -> Shape:
    """The sizes of an array of any backend.

    >>> shape([[1.0, 2.0, 3.0]]), shape(1.0)
    ((1, 3), ())
    """
    if type(x) is list:
        return lists.shape(x)
    try:
        sizes: Shape = x.shape
    except AttributeError:
        return lists.shape(x)
    return sizes if type(sizes) is tuple else tuple(sizes)


def _offered(xp: Any, name: str, *arguments: Any) -> Any:
    """What the backend's own function of this name gives; None where it has none, or no answer."""
    own = getattr(xp, name, None)
    return own and own(*arguments)


def is_float(x: Array, *, xp: Any) -> bool:
    """Whether an array's dtype is floating; ArrayError if its numbers are not even real."""
    found: bool | None = _offered(xp, "is_float", x)
    if found is not None:
        return found
    if not xp.isdtype(x.dtype, ("real floating", "integral", "bool")):
        raise ArrayError(f"has dtype {x.dtype}: an array is made of real numbers")
    return bool(xp.isdtype(x.dtype, "real floating"))


def is_integer(x: Array, *, xp: Any) -> bool:
    """Whether an array holds integers.

    >>> is_integer([1, 2], xp=lists), is_integer([1.0, 2.0], xp=lists)
    (True, False)
    """
    found: bool | None = _offered(xp, "is_integer", x)
    return found if found is not None else bool(xp.isdtype(x.dtype, "integral"))


def is_whole(x: Array, *, xp: Any) -> bool:
    """Whether an array holds integers or bools.

    >>> is_whole([True, False], xp=lists), is_whole([1.0], xp=lists)
    (True, False)
    """
    if xp is lists:
        return all(isinstance(number, int) for number in lists.flat(x))
    return is_integer(x, xp=xp) or "bool" in str(x.dtype)


def cast(dx: Array, x: Array, *, xp: Backend) -> Array:
    """The gradient dx in the dtype of x; on lists there are no dtypes, and dx is as it came.

    >>> cast([1.0, 2.0], [3, 4], xp=lists)
    [1.0, 2.0]
    """
    dtype = getattr(x, "dtype", None)
    return dx if dtype is None or dx.dtype == dtype else xp.astype(dx, dtype)


def unbroadcast(dx: Array, x: Array, *, xp: Backend) -> Array:
    """The gradient dx summed over the axes that x was broadcast along, in the dtype of x.

    >>> unbroadcast([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]], xp=lists)
    [[4.0, 6.0]]
    """
    have, want = shape(dx), shape(x)
    if have != want:
        extra = len(have) - len(want)
        if extra:
            dx = xp.sum(dx, axis=tuple(range(extra)))
        stretched = tuple(i for i, size in enumerate(want) if size != have[i + extra])
        if stretched:
            dx = xp.sum(dx, axis=stretched, keepdims=True)
    return cast(dx, x, xp=xp)


def map_rows(
    function: Callable[..., Sequence[Array]], rows: Sequence[Sequence[Array]], *, xp: Any
) -> list[tuple[Array, ...]]:
    """``function(*row)`` of every row, in the dtypes of the row without its second array, the gradients

    The function works number by number, so a backend may lay the rows end to end, or cut them in pieces.

    >>> map_rows(lambda p, g: (lists.subtract(p, g),), [([1.0, 2.0], [0.5, 0.5]), (3.0, 1.0)], xp=lists)
    [([0.5, 1.5],), (2.0,)]
    """
    found: list[tuple[Array, ...]] | None = _offered(xp, "map_rows", function, rows)
    return found if found is not None else map_rows_apart(function, rows, xp=xp)


def map_rows_apart(
    function: Callable[..., Sequence[Array]], rows: Sequence[Sequence[Array]], *, xp: Any
) -> list[tuple[Array, ...]]:
    """``map_rows``, one row after the other.

    >>> map_rows_apart(lambda p, g: (lists.subtract(p, g),), [([1.0, 2.0], [0.5, 0.5])], xp=lists)
    [([0.5, 1.5],)]
    """
    return [
        tuple(cast(now, old, xp=xp) for now, old in zip(function(*row), (row[0], *row[2:]), strict=True))
        for row in rows
    ]


def one_hot_like(labels: Array, scores: Array, *, xp: Any) -> Array:
    """A row for each label, like the scores: 1 at the label, 0 elsewhere.

    >>> one_hot_like([2, 0], [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]], xp=lists)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    found = _offered(xp, "one_hot_like", labels, scores)
    if found is not None:
        return found
    numbers = xp.arange(shape(scores)[-1])
    here = xp.equal(xp.expand_dims(cast(labels, numbers, xp=xp), axis=-1), numbers)
    return xp.where(here, xp.ones_like(scores), 0)


def log_shares(x: Array, *, xp: Any) -> tuple[Array, Array]:
    """``log softmax(x) = x - max - log sum exp(x - max)`` along the last axis, and softmax(x) itself

    The greatest x adds 1 to the sum, so the others go into log1p: near 0 the logarithm keeps its digits.

    >>> log_shares([1000.0, 1000.0], xp=lists)
    ([-0.6931471805599453, -0.6931471805599453], [0.5, 0.5])
    """
    found: tuple[Array, Array] | None = _offered(xp, "log_shares", x)
    if found is not None:
        return found
    greatest = xp.max(x, axis=-1, keepdims=True)
    top = xp.equal(x, greatest)
    shifted = xp.where(top, 0, xp.subtract(x, greatest))  # inf - inf is no number
    shares = xp.exp(shifted)
    equals = xp.sum(xp.where(top, shares, 0), axis=-1, keepdims=True)
    others = xp.add(xp.sum(xp.where(top, 0, shares), axis=-1, keepdims=True), xp.subtract(equals, 1))
    return xp.subtract(shifted, xp.log1p(others)), xp.divide(shares, xp.add(others, 1))


def running_mean(mean: Array, x: Array, share: Any, *, xp: Any) -> Array:
    """``share * mean + (1 - share) * x``

    >>> running_mean([1.0], [3.0], 0.5, xp=lists)
    [2.0]
    """
    found = _offered(xp, "running_mean", mean, x, share)
    return found if found is not None else xp.add(xp.multiply(mean, share), xp.multiply(x, 1 - share))


def descend(p: Array, x: Array, rate: Any, *, xp: Any) -> Array:
    """``p - rate * x``

    >>> descend([1.0], [2.0], 0.25, xp=lists)
    [0.5]
    """
    found = _offered(xp, "descend", p, x, rate)
    return found if found is not None else xp.subtract(p, xp.multiply(x, rate))


def descend_by_root(p: Array, m: Array, v: Array, rate: Any, scale: Any, eps: Any, *, xp: Any) -> Array:
    """``p - rate * m / (sqrt(v / scale) + eps)``

    >>> descend_by_root([1.0], [2.0], [4.0], 0.5, 1, 0, xp=lists)
    [0.5]
    """
    found = _offered(xp, "descend_by_root", p, m, v, rate, scale, eps)
    if found is not None:
        return found
    root = xp.add(xp.sqrt(xp.divide(v, scale)), eps)
    return xp.subtract(p, xp.divide(xp.multiply(m, rate), root))


def affine_grads(dout: Array, x: Array, w: Array, need_x: bool, *, xp: Any) -> tuple[Array, Array, Array]:
    """``dout @ w.T``, or None where nobody needs it, ``x.T @ dout`` and the sum of dout over the batch

    >>> affine_grads([[1.0]], [[1.0, 2.0]], [[3.0], [4.0]], True, xp=lists)
    ([[3.0, 4.0]], [[1.0], [2.0]], [1.0])
    """
    found: tuple[Array, Array, Array] | None = _offered(xp, "affine_grads", dout, x, w, need_x)
    if found is not None:
        return found
    dx = xp.matmul(dout, xp.matrix_transpose(w)) if need_x else None
    return dx, xp.matmul(xp.matrix_transpose(x), dout), xp.sum(dout, axis=0)


def cut(vector: Array, sizes: Sequence[int], *, xp: Any) -> list[Array]:
    """The vector in parts of these sizes.

    >>> cut([1.0, 2.0, 3.0], [1, 2], xp=lists)
    [[1.0], [2.0, 3.0]]
    """
    found: list[Array] | None = _offered(xp, "cut", vector, sizes)
    if found is not None:
        return found
    starts = accumulate(sizes, initial=0)
    return [
        xp.take(vector, xp.add(xp.arange(size), start), axis=0)
        for size, start in zip(sizes, starts, strict=False)
    ]


def constant(number: Any, x: Array) -> Any:
    """A number of a formula as it meets x: a float for arrays with a dtype; on lists any number, but beside
    Decimals, which multiply no other kind, a Decimal: of a float what it prints as.

    >>> constant(0.5, [1.0])
    0.5
    """
    if hasattr(x, "dtype"):
        return float(number)
    beside, own = lists.is_decimal(x), lists.is_decimal(number)
    if isinstance(number, int) or beside == own:
        return number
    if own:
        return float(number)
    from decimal import Decimal

    if isinstance(number, float):
        return Decimal(str(number))
    return Decimal(number.numerator) / number.denominator


def weigh(weight: Array, x: Array, *, xp: Any) -> Array:
    """``weight * x``, and 0 where the weight is 0, of an infinite x too

    >>> weigh([0.0, 0.5], [float("inf"), 3.0], xp=lists)
    [0.0, 1.5]
    """
    found = _offered(xp, "weigh", weight, x)
    return found if found is not None else xp.where(xp.equal(weight, 0), 0, xp.multiply(weight, x))


def where_positive(x: Array, y: Array, *, xp: Any) -> Array:
    """``y where x > 0, else 0``; where x is a NaN, y too

    >>> where_positive([-1.0, 0.0, 2.0], [5.0, 6.0, 7.0], xp=lists)
    [0.0, 0.0, 7.0]
    """
    found = _offered(xp, "where_positive", x, y)
    return found if found is not None else xp.where(xp.greater_equal(0, x), 0, y)


def affine(x: Array, w: Array, b: Array, *, xp: Any) -> Array:
    """``x @ w + b``

    >>> affine([[1.0, 2.0]], [[3.0], [4.0]], [0.5], xp=lists)
    [[11.5]]
    """
    found = _offered(xp, "affine", x, w, b)
    return found if found is not None else xp.add(xp.matmul(x, w), b)


def polynomial(x: Array, coefficients: Sequence[float], *, xp: Backend) -> Array:
    """``c0 + x * (c1 + x * (c2 + ...))``

    >>> polynomial([2.0], [1.0, 0.0, 3.0], xp=lists)
    [13.0]
    """
    out = xp.multiply(x, 0)
    for coefficient in reversed(coefficients):
        out = xp.add(xp.multiply(out, x), coefficient)
    return out
