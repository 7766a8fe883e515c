"""Tables of comma-separated text, and the two sets inside the package, which are such tables"""

from __future__ import annotations

import math
import operator
from itertools import chain, islice
from os import fspath
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ..errors import FormatError, LabelError, OptionError
from .dataset import Dataset, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    Row = tuple[int, list[str]]  # the number of its line in the file, and its cells

__all__ = ["Table", "load_csv", "load_digits", "load_iris"]

EXACT = 2**53  # below, every whole number is a float


class Table(NamedTuple):
    """``x``, one row of floats a sample, and ``y``, one int or float a sample

    ``columns`` are the names of the features, ``()`` without a header. Where y was text, ``classes`` are the
    texts, so that ``classes[y[0]]`` is that of the first sample; else ``()``.
    """

    x: list[list[float]]
    y: list[int] | list[float]
    columns: tuple[str, ...]
    classes: tuple[str, ...]


def load_csv(
    path: str | PathLike[str],
    *,
    target: int | str = -1,
    header: bool | None = None,
    delimiter: str = ",",
    classes: Sequence[str] | None = None,
) -> Table:
    """The features and the target in a file of comma-separated text in UTF-8, plain or gzip

    ``target`` is a column: its number from 0, from the end if negative, or its name. Its values become ints
    if all are whole numbers, floats if all are numbers, and otherwise the numbers of the classes: of all
    texts in alphabetical order, or as they stand in ``classes``, such as those of the table that a model was
    trained on. All other columns must hold finite numbers. ``header`` says whether the first line names the
    columns; None finds out: it does where it has text above every number of the second line. Empty lines are
    skipped.
    Errors: FormatError, with file, line, column and value; LabelError for text that ``classes`` lack;
    OptionError for options, also a target that is no column; OSError where the file cannot be opened.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "pets.csv")
    ...     _ = path.write_text("weight,height,pet\\n4.5,25,cat\\n30,60,dog\\n")
    ...     load_csv(path)
    Table(x=[[4.5, 25.0], [30.0, 60.0]], y=[0, 1], columns=('weight', 'height'), classes=('cat', 'dog'))
    """
    _check_options(target, header, delimiter, classes)
    with open(path, "rb") as file:
        return _read(fspath(path), file, target, header, delimiter, classes)


def load_digits() -> Dataset:
    """1,797 handwritten digits: x (1797, 64), pixels from 0.0 to 16.0 row by row; y from 0 to 9

    Source: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49, CC BY 4.0.

    >>> x, y = load_digits()
    >>> len(x), len(x[0]), y[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    return _inside("digits.csv.gz")


def load_iris() -> Dataset:
    """150 irises: x (150, 4), sepal length and width, petal length and width, in centimetres

    y is the species: 0 setosa, 1 versicolor, 2 virginica.
    Source: R. A. Fisher, UCI Machine Learning Repository, 1988, https://doi.org/10.24432/C56C76,
    CC BY 4.0.

    >>> x, y = load_iris()
    >>> len(x), x[0], y[0]
    (150, [5.1, 3.5, 1.4, 0.2], 0)
    """
    return _inside("iris.csv.gz")


def _check_options(target: Any, header: Any, delimiter: Any, classes: Any) -> None:
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise OptionError(f"load_csv: delimiter={delimiter!r:.40}: wanted one character, such as ',' or ';'")
    if header is not None and not isinstance(header, bool):
        raise OptionError(f"load_csv: header={header!r:.40}: wanted True, False, or None to find out")
    if isinstance(target, bool) or not (hasattr(target, "__index__") or isinstance(target, str)):
        raise OptionError(f"load_csv: target={target!r:.40}: wanted the number of a column, or its name")
    texts = isinstance(classes, (list, tuple)) and all(isinstance(text, str) for text in classes)
    if classes is not None and not (texts and 0 < len(set(classes)) == len(classes)):
        raise OptionError(f"load_csv: classes={classes!r:.40}: wanted texts that differ: ('cat', 'dog')")


def _inside(name: str) -> Dataset:
    from importlib.resources import files  # read only when data is asked for

    with files("purenn.data").joinpath(name).open("rb") as file:
        table = _read(name, file, -1, False, ",", None)
    return Dataset(table.x, table.y)


def _read(
    name: str,
    file: IO[bytes],
    target: int | str,
    header: bool | None,
    delimiter: str,
    classes: Sequence[str] | None,
) -> Table:
    with unpacked("load_csv", name, file) as stream:
        rows = _rows(name, stream, delimiter)
        start = list(islice(rows, 2))
        if not start:
            raise FormatError(f"load_csv: {name} is empty: wanted one line a sample")
        first, second = start[0][1], start[1][1] if len(start) > 1 else None
        width = len(first)
        if width < 2:
            raise FormatError(
                f"load_csv: {name} has 1 column, wanted at least 2, a feature and the target: "
                f"is the delimiter another than {delimiter!r}?"
            )
        if header is None:
            header = _is_header(name, first, second)
        names = [cell.strip() for cell in first] if header else []
        at = _column(name, target, width, names)
        x, texts = [], []
        for line, cells in chain(start[1:] if header else start, rows):
            if len(cells) != width:
                raise FormatError(
                    f"load_csv: {name}, line {line} has {len(cells)} columns and the first {width}: "
                    "is a value missing, or a delimiter not in quotes?"
                )
            try:
                x.append(_finite(cells[:at] + cells[at + 1 :]))
            except ValueError:
                bad = next(i for i, cell in enumerate(cells) if i != at and not _is_number(cell))
                raise _bad_cell(name, line, bad, width, names, cells[bad], "a finite number") from None
            texts.append((line, cells[at].strip()))
    if not x:
        raise FormatError(f"load_csv: {name} has a header and no rows: wanted one line a sample")
    y, found = _targets(name, texts, at, width, names, classes)
    return Table(x, y, tuple(names[:at] + names[at + 1 :]), found)


def _rows(name: str, stream: IO[bytes], delimiter: str) -> Iterator[Row]:
    import csv

    lines = (line.decode("utf-8-sig") for line in stream)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != " ", strict=True)
    try:
        yield from ((reader.line_num, cells) for cells in reader if cells)
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(
            f"load_csv: {name}, after line {reader.line_num}: {error}: wanted comma-separated text in UTF-8"
        ) from None


def _finite(cells: list[str]) -> list[float]:
    """The numbers in cells; ValueError where one has none, or nan, inf, or 1_000, which only Python reads."""
    numbers = list(map(float, cells))
    if "_" in "".join(cells) or not all(map(math.isfinite, numbers)):
        raise ValueError
    return numbers


def _is_number(cell: str) -> bool:
    try:
        return bool(_finite([cell]))
    except ValueError:
        return False


def _is_header(name: str, first: list[str], second: list[str] | None) -> bool:
    """Whether the first line has text above every number of the second."""
    if second is None:
        return not any(map(_is_number, first))
    above = [cell.strip() for cell, below in zip(first, second, strict=False) if _is_number(below)]
    texts = [cell for cell in above if not _is_number(cell)]
    if texts and (len(texts) < len(above) or not any(texts)):
        raise FormatError(
            f"load_csv: {name}: the first line has {texts[0]!r:.40} among numbers, so it may be a header or "
            "a sample with a value missing: say header=True or header=False"
        )
    return bool(texts)


def _column(name: str, target: int | str, width: int, names: list[str]) -> int:
    if not isinstance(target, str) and -width <= target < width:
        return operator.index(target) % width
    if isinstance(target, str) and names.count(target) == 1:
        return names.index(target)
    have = f"names {', '.join(names)}" if names else "no header"
    raise OptionError(
        f"load_csv: target={target!r:.40} is no one column of {name}, which has {width} columns, from 0 to "
        f"{width - 1}, and {have}"
    )


def _bad_cell(
    name: str, line: int, at: int, width: int, names: list[str], cell: str, wanted: str
) -> FormatError:
    column = f"column {at} ({names[at]})" if names else f"column {at} (of 0 to {width - 1})"
    came = f"holds {cell!r:.40}" if cell.strip() else "is empty"
    return FormatError(f"load_csv: {name}, line {line}, {column} {came}, wanted {wanted}")


def _targets(
    name: str,
    texts: list[tuple[int, str]],
    at: int,
    width: int,
    names: list[str],
    classes: Sequence[str] | None,
) -> tuple[list[int] | list[float], tuple[str, ...]]:
    """The numbers that stand for the target's texts, and the classes if they do not hold numbers."""
    numeric = [_is_number(text) for _, text in texts]
    for (line, text), is_number in zip(texts, numeric, strict=True):
        if not text or (classes is None and any(numeric) and not is_number):
            wanted = (
                "a class" if classes or not any(numeric) else "a number as in other lines (or give classes=)"
            )
            raise _bad_cell(name, line, at, width, names, text, wanted)
    if classes is None and all(numeric):
        numbers = [float(text) for _, text in texts]
        whole = all(number.is_integer() and abs(number) < EXACT for number in numbers)
        return (list(map(int, numbers)) if whole else numbers), ()
    known = tuple(sorted({text for _, text in texts}) if classes is None else classes)
    index = {text: number for number, text in enumerate(known)}
    for line, text in texts:
        if text not in index:
            raise LabelError(
                f"load_csv: {name}, line {line} is of class {text!r:.40}, wanted one of "
                f"classes={known!r:.60}: name all of them"
            )
    return [index[text] for _, text in texts], known
