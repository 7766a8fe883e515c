"""First weights: a key and a shape give an array

Each is a function ``(key, shape, *, xp=None, dtype=None)`` and gives the same bits on every backend.
Options beyond these are given beforehand, with ``functools.partial``:

>>> from functools import partial
>>> import purenn as pn
>>> layer = pn.affine(3, 2, w_init=partial(pn.initializers.normal, std=0.01))
>>> max(abs(w) for row in layer.init(key=0).w for w in row) < 0.1
True

``zeros``, ``ones``, ``constant``, ``uniform``, ``normal`` and ``truncated_normal`` make any shape that
``purenn.random`` does. The spread of the others keeps signals alike in size from layer to layer: they
make weights (n, m) and (n,). ``fan_in`` is how many inputs a weight's output adds up (the first size of
the shape), ``fan_out`` how many outputs its input feeds.
Errors of each: ShapeError for other shapes; OptionError for a key that is no int, a dtype that is not
floating, and options out of range.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from . import random
from ._options import number
from .errors import OptionError, ShapeError

if TYPE_CHECKING:
    from ._types import Array, DType, Key, Shape
    from .backends._protocol import Backend

    Xp = Backend | str | None

__all__ = ["constant", "normal", "ones", "truncated_normal", "uniform", "zeros"]
__all__ += ["glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform"]
__all__ += ["orthogonal"]

LEAST = 0.01  # of all normals that must lie in a truncated interval: below, drawing takes too long


def zeros(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``0``, whatever the key, which is there because every initializer has one

    >>> zeros(0, (2, 1))
    [[0.0], [0.0]]
    """
    return constant(key, shape, value=0.0, xp=xp, dtype=dtype)


def ones(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``1``, whatever the key, which is there because every initializer has one

    >>> ones(0, (2, 1))
    [[1.0], [1.0]]
    """
    return constant(key, shape, value=1.0, xp=xp, dtype=dtype)


def constant(key: Key, shape: Shape, *, value: float, xp: Xp = None, dtype: DType = None) -> Array:
    """``value``, whatever the key, which is there because every initializer has one

    >>> constant(0, (2, 1), value=0.5)
    [[0.5], [0.5]]
    """
    value = float(number("constant", "value", value, -sys.float_info.max))
    random.fold_in(key, 0)  # an error now, if the key is none
    row = random.drawing_backend(xp).zeros(math.prod(random.sizes_of(shape)))
    return random.deliver(random.drawing_backend(xp).add(row, value), shape, xp, dtype)


def uniform(key: Key, shape: Shape, *, bound: float = 0.05, xp: Xp = None, dtype: DType = None) -> Array:
    """``uniform(-bound, bound)``

    >>> max(abs(w) for w in uniform(0, (5,), bound=0.1)) <= 0.1
    True
    """
    bound = number("uniform", "bound", bound, 0)
    if bound == 0:
        raise OptionError(f"uniform: bound={bound}: wanted a number above 0; for zeros there is zeros")
    return random.uniform(key, shape, low=-bound, high=bound, xp=xp, dtype=dtype)


def normal(
    key: Key, shape: Shape, *, mean: float = 0.0, std: float = 0.01, xp: Xp = None, dtype: DType = None
) -> Array:
    """``normal(mean, std)``

    >>> max(abs(w) for w in normal(0, (5,))) < 0.1
    True
    """
    return random.normal(key, shape, mean=mean, std=std, xp=xp, dtype=dtype)


def truncated_normal(
    key: Key,
    shape: Shape,
    *,
    mean: float = 0.0,
    std: float = 0.01,
    low: float = -2.0,
    high: float = 2.0,
    xp: Xp = None,
    dtype: DType = None,
) -> Array:
    """``mean + std * z``, z normal(0, 1) and drawn again until it lies from ``low`` to ``high``

    Without its tails the spread is less than ``std``: with the default bounds, 0.88 of it.
    Errors: OptionError for an interval that is empty, or holds less than one normal of a hundred.

    >>> max(abs(w) for w in truncated_normal(0, (50,), std=0.1)) <= 0.2
    True
    """
    mean = float(number("truncated_normal", "mean", mean, -sys.float_info.max))
    std = float(number("truncated_normal", "std", std, 0))
    low = float(number("truncated_normal", "low", low, -sys.float_info.max))
    high = float(number("truncated_normal", "high", high, -sys.float_info.max))
    share = (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2))) / 2
    if share < LEAST:
        raise OptionError(
            f"truncated_normal: low={low} and high={high} hold {max(share, 0):.1g} of all normals, wanted "
            f"{LEAST} or more: they are in units of std, from the mean"
        )
    draw, size = random.drawing_backend(xp), math.prod(random.sizes_of(shape))
    z = random.normal(random.fold_in(key, 0), size, xp=draw)
    kept, again = _within(z, low, high, draw), 0
    while len(kept) < len(z):
        again += 1
        more = random.normal(random.fold_in(key, again), len(z) - len(kept), xp=draw)
        kept = draw.concat([kept, _within(more, low, high, draw)])
    return random.deliver(draw.add(draw.multiply(kept, std), mean), shape, xp, dtype)


def glorot_uniform(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``uniform(-a, a)``, ``a = sqrt(6 / (fan_in + fan_out))``

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.

    >>> max(abs(w) for row in glorot_uniform(0, (3, 3)) for w in row) < 1.0
    True
    """
    return uniform(key, shape, bound=math.sqrt(6 / sum(_fans(shape))), xp=xp, dtype=dtype)


def glorot_normal(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``normal(0, std)``, ``std = sqrt(2 / (fan_in + fan_out))``

    Source: Glorot and Bengio, 2010.

    >>> len(glorot_normal(0, (5,)))
    5
    """
    return normal(key, shape, std=math.sqrt(2 / sum(_fans(shape))), xp=xp, dtype=dtype)


def he_uniform(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``uniform(-a, a)``, ``a = sqrt(6 / fan_in)``

    Source: He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015.

    >>> max(abs(w) for row in he_uniform(0, (6, 2)) for w in row) < 1.0
    True
    """
    return uniform(key, shape, bound=math.sqrt(6 / _fans(shape)[0]), xp=xp, dtype=dtype)


def he_normal(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``normal(0, std)``, ``std = sqrt(2 / fan_in)``

    Source: He, Zhang, Ren and Sun, 2015.

    >>> len(he_normal(0, (5, 2)))
    5
    """
    return normal(key, shape, std=math.sqrt(2 / _fans(shape)[0]), xp=xp, dtype=dtype)


def lecun_uniform(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``uniform(-a, a)``, ``a = sqrt(3 / fan_in)``

    Source: LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998.

    >>> max(abs(w) for row in lecun_uniform(0, (3, 2)) for w in row) < 1.0
    True
    """
    return uniform(key, shape, bound=math.sqrt(3 / _fans(shape)[0]), xp=xp, dtype=dtype)


def lecun_normal(key: Key, shape: Shape, *, xp: Xp = None, dtype: DType = None) -> Array:
    """``normal(0, std)``, ``std = sqrt(1 / fan_in)``

    Source: LeCun, Bottou, Orr and Müller, 1998.

    >>> len(lecun_normal(0, (5, 2)))
    5
    """
    return normal(key, shape, std=math.sqrt(1 / _fans(shape)[0]), xp=xp, dtype=dtype)


def orthogonal(key: Key, shape: Shape, *, gain: float = 1.0, xp: Xp = None, dtype: DType = None) -> Array:
    """``w.T @ w = gain**2 * I``, or where n < m ``w @ w.T``: any such w is as likely as any other

    The columns, or rows, of a matrix of normals, made orthogonal one after the other. A square w with
    gain 1 changes no signal's length, nor a gradient's.
    Source: Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks, 2013.

    >>> w = orthogonal(0, (2, 2))
    >>> abs(w[0][0] * w[0][1] + w[1][0] * w[1][1]) < 1e-15
    True
    """
    gain = float(number("orthogonal", "gain", gain, 0))
    n, m = _fans(shape)
    draw = random.drawing_backend(xp)
    rows = _orthonormal(random.normal(key, (min(n, m), max(n, m)), xp=draw), draw)
    row = draw.reshape(draw.matrix_transpose(rows) if n > m else rows, (-1,))
    return random.deliver(draw.multiply(row, gain), shape, xp, dtype)


def _within(z: Array, low: float, high: float, xp: Any) -> Array:
    """Those of a row that lie from low to high, in order."""
    inside = xp.logical_and(xp.greater_equal(z, low), xp.greater_equal(high, z))
    outside = xp.where(inside, 0, 1)
    count = len(z) - int(xp.sum(outside))
    return xp.take(z, xp.argsort(outside, stable=True)[:count], axis=0)


def _orthonormal(rows: Array, xp: Any) -> Array:
    """Rows of length 1 at right angles, by modified Gram-Schmidt, twice

    The first k span what the first k given ones do, and point the same way: the Q of a QR decomposition
    with a positive diagonal. Once leaves an error that grows with the condition of the rows, twice leaves
    that of rounding.
    """
    for shortest in (0.0, 0.5):  # the second time, all are near length 1 before they are divided by it
        done: list[Array] = []
        for left in reversed(range(len(rows))):
            first, rows = rows[0], rows[1:]
            square = _total(xp.multiply(first, first), xp)
            if not square > shortest:
                raise OptionError("orthogonal: the normals of this key are linearly dependent: take another")
            q = xp.divide(first, xp.sqrt(square))
            done.append(q)
            if left:
                along = _total(xp.matrix_transpose(xp.multiply(rows, q)), xp)
                rows = xp.subtract(rows, xp.multiply(xp.expand_dims(along, axis=-1), q))
        rows = xp.asarray(done)
    return rows


def _total(terms: Array, xp: Any) -> Array:
    """The sum over the first axis, half to half: one order, and so the same bits, on every backend."""
    while len(terms) > 1:
        half = len(terms) // 2
        sums = xp.add(terms[:half], terms[half : 2 * half])
        terms = xp.concat([sums, terms[2 * half :]]) if len(terms) % 2 else sums
    return terms[0]


def _fans(shape: Shape) -> tuple[int, int]:
    """fan_in and fan_out of weights (n, m), or of one neuron's (n,)."""
    try:
        sizes = list(random.sizes_of(shape)) if hasattr(shape, "__len__") else []
    except OptionError:  # sizes that are no ints
        sizes = []
    if len(sizes) not in (1, 2) or min(sizes) < 1:
        raise ShapeError(f"an initializer was asked for shape {shape}: wanted (n, m), or (n,) for one neuron")
    return sizes[0], sizes[1] if len(sizes) == 2 else 1
