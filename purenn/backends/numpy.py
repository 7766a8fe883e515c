"""numpy under the standard names, and the one place for what makes it fast

numpy's floating point warnings are off in here: ``inf`` and ``nan`` are values, as on every backend,
and a function that warns once, depending on a global setting, would not be pure. ``quiet`` turns them off
for a whole step, which is faster than to do so in each function.

Where numpy's own spelling is slow, ``_faster`` says the same in another way.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy

from ..errors import ArrayError
from . import _faster, extras
from ._faster import DOUBLE, SINGLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

TYPES = (numpy.ndarray, *numpy.sctypeDict.values())  # the types whose backend this is
_ARRAYS = (numpy.ndarray, numpy.float32, numpy.float64)  # those of no axes among them
_EXACT = 1 << 24  # whole numbers up to it are the same in each dtype
_FEW = 1 << 14  # numbers that are sooner copied than handed to calls of their own
_MANY = 1 << 22  # numbers, a few arrays of which no cache holds: they are cut into pieces of
_PIECE = 1 << 16

# glibc gives freed memory back to the system, which clears every page that it hands out again; it keeps
# more, for the next step, once it has seen one large array go.
numpy.empty((32 << 20) - 8192, numpy.uint8)

_space: ContextVar[Any] = ContextVar("_space", default=None)  # what stands for this module at present
_LOUD: dict[Callable[..., Any], Callable[..., Any]] = {}  # what each silent function calls


class quiet:
    """Within it numpy may not warn, and ``ready`` hands out functions that need not see to it one by one."""

    def __enter__(self) -> None:
        self._outer = _space.get()
        if self._outer is None:
            self._errors = numpy.errstate(all="ignore")
            self._errors.__enter__()
            _space.set(_fast)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._outer is None:
            _space.set(None)
            self._errors.__exit__(kind, error, trace)


def _silent(function: Callable[..., Any]) -> Callable[..., Any]:
    silent: Callable[..., Any] = numpy.errstate(all="ignore")(function)
    _LOUD[silent] = function
    return silent


abs = numpy.absolute
arange = numpy.arange
argmax = numpy.argmax
argsort = numpy.argsort
concat = numpy.concat
equal = numpy.equal
finfo = numpy.finfo
floor = numpy.floor
greater = numpy.greater
greater_equal = numpy.greater_equal
less = numpy.less
logical_and = numpy.logical_and
logical_not = numpy.logical_not
negative = numpy.negative
reshape = numpy.reshape
shape = numpy.shape
sign = numpy.sign
take = numpy.take
tanh = numpy.tanh
zeros = numpy.zeros
zeros_like = numpy.zeros_like

add = _silent(numpy.add)
asarray = _silent(numpy.asarray)
astype = _silent(numpy.astype)
cos = _silent(numpy.cos)
divide = _silent(numpy.divide)
exp = _silent(numpy.exp)
expm1 = _silent(numpy.expm1)
log = _silent(numpy.log)
log1p = _silent(numpy.log1p)
multiply = _silent(numpy.multiply)
sin = _silent(numpy.sin)
sqrt = _silent(numpy.sqrt)
subtract = _silent(numpy.subtract)

# --- faster than numpy's own, and formulas of extras ---------------------------------------------

all = _faster.all
expand_dims = _faster.expand_dims
matrix_transpose = _faster.matrix_transpose
max = _faster.max
ones_like = _faster.ones_like
one_hot_like = _faster.one_hot_like

affine = _silent(_faster.affine)
full_like = _silent(_faster.full_like)
log_shares = _silent(_faster.log_shares)
matmul = _silent(_faster.matmul)
maximum = _silent(_faster.maximum)
minimum = _silent(_faster.minimum)
sum = _silent(_faster.sum)
where = _silent(_faster.where)


def ready(values: Sequence[Any], count: int) -> tuple[Any, Sequence[Any]] | None:
    """The namespace to compute with, and the arrays: a fast answer for floats; None means: look closer

    Plain numbers take the dtype of the first; those after so many may be of any real dtype.
    """
    first, numbers = None, False
    dtype = getattr(values[0], "dtype", None) if values else None
    if dtype is SINGLE or dtype is DOUBLE:  # all alike: the most frequent first
        for value in values:
            if type(value) is not numpy.ndarray or value.dtype is not dtype:
                break
        else:
            return _space.get() or sys.modules[__name__], values
    for place, value in enumerate(values):
        kind = type(value)
        if kind in _ARRAYS:
            dtype = value.dtype
            if dtype is SINGLE or dtype is DOUBLE:
                first = dtype if first is None and place < count else first
            elif place < count or dtype.kind not in "fiub":
                return None
        elif place < count and kind in (int, float) and -_EXACT <= value <= _EXACT:
            numbers = True
        else:
            return None
    if numbers and first is None:
        return None
    xp = here()
    if not numbers:
        return xp, values
    return xp, [xp.asarray(value, dtype=first) if type(value) in (int, float) else value for value in values]


def here() -> Any:
    """This namespace, or what stands for it at present."""
    return _space.get() or sys.modules[__name__]


def programs(function: Callable[..., Any], holds: Any = ()) -> Callable[..., Any]:
    """The function of trees, for arrays of one form by a flat program of what it calls."""
    from ._program import Programs

    return Programs(function, holds, _fast, _within)


@contextmanager
def _within(space: Any) -> Iterator[None]:
    """Let ``ready`` hand out this namespace."""
    token = _space.set(space)
    try:
        yield
    finally:
        _space.reset(token)


def cut(vector: Any, sizes: Sequence[int]) -> Any:
    """Parts of these sizes, which are views."""
    return numpy.split(vector, numpy.cumsum(sizes)[:-1])


def part(vector: Any, start: int, sizes: tuple[int, ...]) -> Any:
    """A view of some of the numbers, as an array of these sizes."""
    return numpy.ndarray(sizes, vector.dtype, vector, start * vector.itemsize)


def map_rows(function: Callable[..., Sequence[Any]], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Small arrays are laid end to end, which saves calls; very large ones are cut into pieces, so that what
    a formula makes on its way stays in the processor's cache."""
    xp = here()
    if len({each.dtype for each in chain.from_iterable(rows)}) > 1:
        return extras.map_rows_apart(function, rows, xp=xp)
    small = [row for row in rows if row[0].size <= _FEW]
    joined = [xp.concat(list(column), axis=None) for column in zip(*small, strict=True)]
    wholes = extras.map_rows_apart(function, [joined], xp=xp)[0] if small else ()
    out: list[tuple[Any, ...]] = []
    start = 0
    for row in rows:
        first = row[0]
        if first.size > _MANY:
            flat = [each.reshape(-1) for each in row]
            out.append(tuple([each.reshape(first.shape) for each in _in_pieces(function, flat)]))
        elif first.size > _FEW:
            out += extras.map_rows_apart(function, [row], xp=xp)
        else:
            out.append(tuple([xp.part(whole, start, first.shape) for whole in wholes]))
            start += first.size
    return out


def _in_pieces(function: Callable[..., Sequence[Any]], flat: Sequence[Any]) -> Sequence[Any]:
    first, *others = flat
    out = [numpy.empty_like(each) for each in (first, *others[1:])]
    for start in range(0, first.size, _PIECE):
        piece = slice(start, start + _PIECE)
        for whole, new in zip(out, function(*(each[piece] for each in flat)), strict=True):
            numpy.copyto(whole[piece], new)
    return out


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


_fast = SimpleNamespace(**{name: _LOUD.get(x, x) if callable(x) else x for name, x in globals().items()})
