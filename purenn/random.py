"""Random draws as pure functions of a key, and a key is an int

The same key gives the same bits on every backend: they come from the Mersenne Twister, which Python
and numpy share, and normals are made of them with + - * / and sqrt alone, which every machine rounds
in the same way. No state is kept anywhere: to draw twice, make two keys.

>>> uniform(0, 2) == uniform(0, 2)
True
>>> first, second = split(0)
>>> uniform(first, 2) == uniform(second, 2)
False
"""

from __future__ import annotations

import math
import operator
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from ._options import number
from .backends import extras, get_backend, lists
from .errors import OptionError, ShapeError

if TYPE_CHECKING:
    from ._types import Array, DType, Key, Shape
    from .backends._protocol import Backend

BLOCK = 16384  # normals made at a time: few enough for all steps to stay in the processor's cache

__all__ = ["bernoulli", "fold_in", "normal", "permutation", "split", "uniform"]


def split(key: Key, n: int = 2) -> tuple[Key, ...]:
    """n new keys, independent of each other and of ``fold_in(key, ...)``

    Errors: OptionError for n below 1, and for a key that is no int.

    >>> [key.bit_length() for key in split(0, 3)]
    [64, 64, 64]
    """
    if _integer("n", n) < 1:
        raise OptionError(f"split: n={n} keys were asked for: at least 1 is needed")
    return tuple(_hash(b"split", key, index) for index in range(n))


def fold_in(key: Key, data: int) -> Key:
    """One new key, made from a key and a number such as the index of a layer or a step

    >>> fold_in(0, 1) != fold_in(0, 2) != fold_in(1, 2)
    True
    """
    return _hash(b"fold_in", key, _integer("data", data))


def uniform(
    key: Key,
    shape: Shape | int = (),
    *,
    low: float = 0.0,
    high: float = 1.0,
    xp: Backend | str | None = None,
    dtype: DType = None,
) -> Array:
    """``low + (high - low) * u``, each u in [0, 1) with 53 random bits

    Rounding, above all to a short dtype, can reach ``high`` itself.
    Errors: OptionError for low, high, dtype or a key that is no int; ShapeError.

    >>> 2.0 <= uniform(7, low=2.0, high=4.0) < 4.0
    True
    """
    low = float(number("uniform", "low", low, -sys.float_info.max))
    high = float(number("uniform", "high", high, low))
    if low == high or high - low == math.inf:
        raise OptionError(f"uniform: low={low} and high={high}: low must be below high, by a finite number")
    draw, u = _draw(key, shape, xp)
    if (low, high) != (0.0, 1.0):
        u = draw.add(draw.multiply(u, high - low), low)
    return deliver(u, shape, xp, dtype)


def normal(
    key: Key,
    shape: Shape | int = (),
    *,
    mean: float = 0.0,
    std: float = 1.0,
    xp: Backend | str | None = None,
    dtype: DType = None,
) -> Array:
    """``mean + std * sqrt(-2 log u) * cos(2 pi v)``, u and v uniform

    Source: Box and Muller, A note on the generation of random normal deviates, 1958.
    Errors: OptionError for mean, std, dtype or a key that is no int; ShapeError.

    >>> -9 < normal(7) < 9
    True
    """
    std = float(number("normal", "std", std, 0))
    mean = float(number("normal", "mean", mean, -sys.float_info.max))
    radius, angle = split(key)
    draw, u = _draw(radius, shape, xp)
    _, v = _draw(angle, shape, xp)
    blocks = [slice(start, start + BLOCK) for start in range(0, max(len(u), 1), BLOCK)]
    z = draw.concat([_box_muller(u[block], v[block], draw) for block in blocks])
    return deliver(draw.add(draw.multiply(z, std), mean), shape, xp, dtype)


def bernoulli(key: Key, p: float = 0.5, shape: Shape | int = (), *, xp: Backend | str | None = None) -> Array:
    """``u < p``: True with probability p

    Errors: OptionError unless p is from 0 to 1.

    >>> bernoulli(7, 1.0), bernoulli(7, 0.0)
    (True, False)
    """
    p = number("bernoulli", "p", p, 0, math.nextafter(1, 2))
    draw, u = _draw(key, shape, xp, b"bernoulli")
    return deliver(draw.less(u, p), shape, xp, None)


def permutation(key: Key, n: int, *, xp: Backend | str | None = None) -> Array:
    """The numbers from 0 to n - 1 in random order

    >>> sorted(permutation(7, 5))
    [0, 1, 2, 3, 4]
    """
    n = _integer("n", n)
    draw, u = _draw(key, n, xp, b"permutation")
    return deliver(draw.argsort(u, stable=True), n, xp, None)


def _draw(
    key: Key, shape: Shape | int, xp: Backend | str | None, purpose: bytes = b"uniform"
) -> tuple[Any, Array]:
    """Uniforms in a row, on the backend that draws

    The purpose is hashed with the key, so that one key shuffles and initializes without the shuffle
    being the order of the weights.
    """
    draw = drawing_backend(xp)
    return draw, draw.random_sample(_hash(purpose, key, 0), math.prod(sizes_of(shape)))


def drawing_backend(xp: Backend | str | None) -> Any:
    """Where numbers for a backend are made: ``lists`` itself, ``numpy`` for all others."""
    return lists if get_backend(xp) is lists else get_backend("numpy")


def deliver(row: Array, shape: Shape | int, xp: Backend | str | None, dtype: DType) -> Array:
    """A row of numbers from where they were made, in a shape and dtype of a backend."""
    backend: Any = get_backend(xp)
    sizes = sizes_of(shape)
    out = lists.reshape(row, sizes) if backend is lists else backend.asarray(row.reshape(sizes))
    if dtype is None:
        return out
    try:
        out = backend.astype(out, getattr(backend, dtype, dtype) if isinstance(dtype, str) else dtype)
        real = lists.is_floating(out) if backend is lists else extras.is_float(out, xp=backend)
    except (TypeError, AttributeError) as error:
        if backend is lists:
            raise OptionError(str(error)) from None
        real = False
    if not real:
        raise OptionError(f"dtype={dtype!r}: random numbers between integers need a real floating dtype")
    return out


def _box_muller(u: Array, v: Array, xp: Any) -> Array:
    radius = xp.sqrt(xp.multiply(_log(xp.subtract(1.0, u), xp), -2.0))
    return xp.multiply(radius, _cos_turn(v, xp))


def _log(x: Array, xp: Any) -> Array:
    """``log x`` for x in [2**-64, 1], within 1e-15: powers of two first, then ``2 atanh``."""
    halvings = xp.multiply(x, 0.0)
    for power in (32, 16, 8, 4, 2, 1):
        small = xp.less(x, 2.0**-power)
        halvings = xp.where(small, xp.add(halvings, float(power)), halvings)
        x = xp.where(small, xp.multiply(x, 2.0**power), x)
    s = xp.divide(xp.subtract(x, 1.0), xp.add(x, 1.0))
    series = extras.polynomial(xp.multiply(s, s), [2.0 / (2 * n + 1) for n in range(17)], xp=xp)
    return xp.subtract(xp.multiply(s, series), xp.multiply(halvings, 0.6931471805599453))


def _cos_turn(v: Array, xp: Any) -> Array:
    """``cos(2 pi v)`` for v in [0, 1], within 1e-15: ``2 sin(pi (v - 1/2))**2 - 1``."""
    t = xp.multiply(xp.subtract(v, 0.5), math.pi)
    series = [(-1.0) ** n / math.factorial(2 * n + 1) for n in range(12)]
    sin = xp.multiply(t, extras.polynomial(xp.multiply(t, t), series, xp=xp))
    return xp.subtract(xp.multiply(xp.multiply(sin, sin), 2.0), 1.0)


def _hash(purpose: bytes, key: Key, data: int) -> Key:
    """64 bits of a key and a number, the top one set, so that every backend seeds with two words."""
    text = f"{_integer('key', key):x} {data:x}".encode()
    return int.from_bytes(blake2b(text, digest_size=8, person=purpose).digest(), "big") | 1 << 63


def _integer(name: str, value: int) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise OptionError(f"{name}={value!r:.40} is not an int: keys and counts are ints") from None


def sizes_of(shape: Shape | int) -> Shape:
    """A shape as a tuple of ints, or ShapeError."""
    given: Any = shape
    single = hasattr(given, "__index__") or not hasattr(given, "__iter__")
    sizes = tuple(_integer("a size of the shape", size) for size in ((given,) if single else given))
    if any(size < 0 for size in sizes):
        raise ShapeError(f"shape {sizes}: no size can be negative")
    return sizes
