"""Tables, numbers with few digits, and axes to draw on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows under a header, as wide as they need, columns of numbers to the right.

    >>> print(table([["op", "ulp"], ["affine", "1.5"], ["relu", "12"]]))
    op      ulp
    affine  1.5
    relu     12
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numeric = [all(map(_is_number, column[1:])) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """The same in Markdown, whatever the cells hold: as code, line by line.

    >>> print(markdown_table([["op", "out"], ["a|b", ""], ["x", "1\\n2"]]))
    | op | out |
    |---|---|
    | `a\\|b` |  |
    | `x` | `1`<br>`2` |
    """

    def code(cell: str) -> str:
        return "<br>".join(f"`{line}`" for line in cell.replace("|", "\\|").splitlines())

    head, *body = rows
    lines = ["| " + " | ".join(row) + " |" for row in (head, *(map(code, row) for row in body))]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """The same in HTML, for notebooks.

    >>> html_table([["op"], ["a<b"]])
    '<table><thead><tr><th>op</th></tr></thead><tbody><tr><td>a&lt;b</td></tr></tbody></table>'
    """

    def line(row: Sequence[str], tag: str) -> str:
        cells = (f"<{tag}>{escape(cell).replace(chr(10), '<br>')}</{tag}>" for cell in row)
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(line(row, "td") for row in rows[1:])
    return f"<table><thead>{line(rows[0], 'th')}</thead><tbody>{body}</tbody></table>"


def short(number: float, digits: int = 2) -> str:
    """A number with few digits.

    >>> short(0.0), short(3.0), short(0.4567), short(123456.0), short(2.22e-16)
    ('0', '3', '0.46', '123456', '2.2e-16')
    """
    whole = number == number and abs(number) < 1e6 and (number == int(number) or abs(number) >= 100)
    return f"{number:.0f}" if whole else f"{number:.{digits}g}"


def canvas(ax: Any) -> Any:
    """The axes to draw on: the caller's, or new ones of matplotlib's."""
    if ax is not None:
        return ax
    from importlib import import_module

    try:
        return import_module("matplotlib.pyplot").subplots(layout="constrained")[1]
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "plot: matplotlib is not installed: pip install matplotlib, or print the value",
            name="matplotlib",
        ) from None


def _is_number(cell: str) -> bool:
    try:
        return not cell or float(cell) >= 0
    except ValueError:
        return cell == "-"
