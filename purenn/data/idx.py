"""The IDX format, in which MNIST and its kin are published

Two zero bytes, a type code, the rank, each size in four bytes, then the numbers, all big-endian.
"""

from __future__ import annotations

import math
import sys
from os import fspath
from typing import IO, TYPE_CHECKING, Any

from ..backends import convert, get_backend, lists
from ..errors import FormatError
from .dataset import is_gzip, unpacked

if TYPE_CHECKING:
    from os import PathLike

    from .._types import Array, Shape
    from ..backends._protocol import Backend

__all__ = ["load_idx"]

# Codes as the format has them: the kind of number, in the letters of array and numpy, and its bytes.
KINDS = {0x08: ("B", 1), 0x09: ("b", 1), 0x0B: ("h", 2), 0x0C: ("i", 4), 0x0D: ("f", 4), 0x0E: ("d", 8)}
DEEPEST = 64  # axes that an array of numpy's can have
DEFLATE = 1032  # bytes that one byte of gzip unpacks to at most


def load_idx(path: str | PathLike[str], *, xp: Backend | str | None = None) -> Array:
    """The array in an IDX file, plain or gzip, such as MNIST's ``train-images-idx3-ubyte.gz``

    Nested lists of ints or floats, unless ``xp`` says otherwise; numpy gives an array of the file's own kind,
    such as uint8. Pixels are from 0 to 255: divide them, or see ``fit_min_max``.
    Source: Y. LeCun, C. Cortes and C. Burges, The MNIST database of handwritten digits, 1998.
    Errors: FormatError for a file that is no IDX file, or holds more or less than its header promises, which
    is compared before the numbers are read; OSError where the file cannot be opened.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels.idx")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     load_idx(path)
    [7, 2, 1]
    """
    backend: Any = get_backend(xp)
    name = fspath(path)
    with open(path, "rb") as file:
        packed, held = is_gzip(file), file.seek(0, 2)
        file.seek(max(held - 4, 0))
        trailer = int.from_bytes(file.read(4), "little")  # of gzip: how much it unpacks to, modulo 2**32
        file.seek(0)
        with unpacked("load_idx", name, file) as stream:
            kind, width, sizes = _header(name, stream)
            size = width * math.prod(sizes)
            promised = 4 + 4 * len(sizes) + size
            if packed and (promised % 2**32 != trailer or promised > DEFLATE * held):
                raise _differ(name, sizes, width, promised, f"the gzip file unpacks to {trailer}")
            if not packed and promised != held:
                raise _differ(name, sizes, width, promised, f"the file has {held}")
            body = stream.read(size + 1)
    if len(body) != size:
        more = "more" if len(body) > size else f"only {promised - size + len(body)}"
        raise _differ(name, sizes, width, promised, f"there are {more}")
    if backend is lists:
        return _nest(body, kind, sizes)
    numpy: Any = get_backend("numpy")
    return convert(numpy.from_bytes(body, kind, sizes), backend)


def _header(name: str, stream: IO[bytes]) -> tuple[str, int, Shape]:
    """The letter of the type, the bytes of a number, and the sizes."""
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\x00\x00":
        came = f"it starts with the bytes {start.hex(' ')}" if start else "it is empty"
        raise FormatError(
            f"load_idx: {name} is no IDX file: {came}, wanted 00 00, a type code and the rank: "
            "is it another file, or an archive that is still to unpack?"
        )
    code, rank = start[2:]
    if code not in KINDS:
        known = ", ".join(f"0x{known:02X}" for known in KINDS)
        raise FormatError(
            f"load_idx: {name}: type code 0x{code:02X} is none of {known}: the file is damaged or no IDX file"
        )
    if not 1 <= rank <= DEEPEST:
        raise FormatError(
            f"load_idx: {name}: rank {rank}, wanted 1 to {DEEPEST}: the file is damaged or no IDX file"
        )
    raw = stream.read(4 * rank)
    sizes = tuple(int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw), 4))
    if len(raw) < 4 * rank:
        raise FormatError(
            f"load_idx: {name} ends in its header: {len(raw)} bytes of sizes, wanted {4 * rank} for "
            f"rank {rank}: it is cut off, get it again"
        )
    if 0 in sizes:
        raise FormatError(
            f"load_idx: {name}: sizes {sizes} hold no number: wanted sizes from 1, get the file again"
        )
    return *KINDS[code], sizes


def _differ(name: str, sizes: Shape, width: int, promised: int, came: str) -> FormatError:
    return FormatError(
        f"load_idx: {name}: its header promises {promised} bytes, for sizes {sizes} of {width} bytes a "
        f"number, and {came}: it is cut off or damaged, get it again"
    )


def _nest(body: bytes, kind: str, sizes: Shape) -> Array:
    from array import array

    numbers = array(kind, body)
    if sys.byteorder == "little":
        numbers.byteswap()
    return memoryview(numbers).cast("B").cast(kind, sizes).tolist()  # type: ignore[call-overload]
