"""What a set of data is, and how its file is opened."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ..errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._types import Array

__all__ = ["Dataset", "is_gzip", "unpacked"]


class Dataset(NamedTuple):
    """``x``, one row of features a sample, and ``y``, one label or target a sample."""

    x: Array
    y: Array


def is_gzip(file: IO[bytes]) -> bool:
    """Whether a file that is open at its start holds gzip: its first two bytes tell, not its name

    >>> from io import BytesIO
    >>> is_gzip(BytesIO(b"1,2,3"))
    False
    """
    start = file.read(2)
    file.seek(0)
    return start == b"\x1f\x8b"


@contextmanager
def unpacked(op: str, name: Any, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The bytes of an open file, unpacked where it is gzip; FormatError where that fails

    >>> from gzip import compress
    >>> from io import BytesIO
    >>> with unpacked("load_csv", "iris.csv.gz", BytesIO(compress(b"1,2,3"))) as file:
    ...     file.read()
    b'1,2,3'
    """
    if not is_gzip(file):
        yield file
        return
    from gzip import GzipFile  # read only when data is asked for
    from zlib import error as ZlibError

    try:
        with GzipFile(fileobj=file) as stream:
            yield stream  # type: ignore[misc]
    except (EOFError, OSError, ZlibError) as error:
        raise FormatError(f"{op}: {name}: the gzip file is damaged: {error}: get it again") from None
