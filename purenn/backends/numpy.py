"""numpy under the standard names, and the one place for what makes it fast.

numpy's floating point warnings are off in here: ``inf`` and ``nan`` are values, as on every backend,
and a function that warns once, depending on a global setting, would not be pure.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..errors import ArrayError

TYPES = (numpy.ndarray, *numpy.sctypeDict.values())  # the types whose backend this is

abs = numpy.abs
all = numpy.all
arange = numpy.arange
argmax = numpy.argmax
argsort = numpy.argsort
concat = numpy.concat
equal = numpy.equal
expand_dims = numpy.expand_dims
finfo = numpy.finfo
floor = numpy.floor
greater = numpy.greater
greater_equal = numpy.greater_equal
less = numpy.less
logical_and = numpy.logical_and
logical_not = numpy.logical_not
matrix_transpose = numpy.matrix_transpose
max = numpy.max
negative = numpy.negative
ones_like = numpy.ones_like
reshape = numpy.reshape
shape = numpy.shape
sign = numpy.sign
take = numpy.take
tanh = numpy.tanh
where = numpy.where
zeros = numpy.zeros
zeros_like = numpy.zeros_like

_silent = numpy.errstate(all="ignore")

add = _silent(numpy.add)
asarray = _silent(numpy.asarray)
astype = _silent(numpy.astype)
cos = _silent(numpy.cos)
divide = _silent(numpy.divide)
exp = _silent(numpy.exp)
expm1 = _silent(numpy.expm1)
full_like = _silent(numpy.full_like)
log = _silent(numpy.log)
log1p = _silent(numpy.log1p)
matmul = _silent(numpy.matmul)
maximum = _silent(numpy.maximum)
minimum = _silent(numpy.minimum)
multiply = _silent(numpy.multiply)
sin = _silent(numpy.sin)
sqrt = _silent(numpy.sqrt)
subtract = _silent(numpy.subtract)
sum = _silent(numpy.sum)


def is_float(x: Any) -> bool:
    """Whether a plain array's dtype is floating; ArrayError if its numbers are not even real."""
    if type(x) is not numpy.ndarray and not isinstance(x, (numpy.generic, numpy.memmap)):
        raise ArrayError(f"is a {type(x).__name__}: give a plain numpy.ndarray")
    kind = x.dtype.kind
    if kind not in "fiub":
        raise ArrayError(f"has dtype {x.dtype}: give real numbers (for exact ones, nested lists)")
    return bool(kind == "f")


def is_integer(x: Any) -> bool:
    """Whether the dtype of an array is one of integers."""
    return x.dtype.kind in "iu"


def from_lists(x: Any) -> Any:
    """Nested lists as an array: ints and bools keep their kind, other numbers become float64."""
    out = numpy.asarray(x)
    return out.astype(numpy.float64) if out.dtype.kind == "O" else out


def from_bytes(body: bytes, kind: str, sizes: tuple[int, ...]) -> Any:
    """Big-endian numbers, of a kind that one letter names, as an array in the machine's own byte order."""
    found = numpy.frombuffer(body, numpy.dtype(kind).newbyteorder(">")).reshape(sizes)
    return found.astype(kind)  # a copy, which may be written to


def in_order(x: Any) -> Any:
    """A copy in the machine's own byte order, row by row, as other libraries take it."""
    return numpy.array(x, dtype=x.dtype.newbyteorder("="), order="C")


def from_foreign(x: Any) -> Any:
    """A copy of an array of another library that speaks DLPack."""
    return numpy.from_dlpack(x).copy()


def random_sample(seed: int, size: int) -> Any:
    """The first ``size`` numbers of the Mersenne Twister of a seed, each in [0, 1) with 53 bits."""
    words = numpy.array([seed & 0xFFFFFFFF, seed >> 32], dtype=numpy.uint32)
    return numpy.random.RandomState(words).random_sample(size)
