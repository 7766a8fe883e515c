"""The loops of the list backend, written out: each is made once, as source, for the shapes that it meets

A nest of comprehensions with the formula inside, or a sum written out, is two to three times as fast as
a function called for every number, and computes the same, from left to right. Only ``_program`` makes code
as well.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rows = list[Any]

LETTERS = "xyzuvw"  # the arguments of an expression
LONGEST = 1000  # terms that one expression may have
MOST = 512  # products that one loop writes out: to make it takes 3 ms, and it gains 2 to 20 ns for each,
SELDOM = 16  # so it is made for those that have come as often as this
SHORT = 32  # numbers of a row that is written out: to make a longer loop takes what hundreds of calls gain


@lru_cache(maxsize=1024)
def elementwise(shapes: tuple[tuple[int, ...], ...], expression: str, built_in: bool) -> Callable[..., Any]:
    """A function of another, f, and of arrays x, y, z of these shapes: ``f(x, y, z)``, number by number

    Three more may be u, v and w. The expression is f written out; where f is built in, ``map`` is faster.
    Errors: ValueError for shapes that do not broadcast.

    >>> elementwise(((2, 2), ()), "x - y", True)(None, [[1, 2], [3, 4]], 1)
    [[0, 1], [2, 3]]
    """
    rank = max(map(len, shapes))
    sizes = [{own[level - rank] for own in shapes if level + len(own) >= rank} for level in range(rank)]
    if any(len(found - {1}) > 1 for found in sizes):
        raise ValueError(f"shapes {' and '.join(map(str, shapes))} do not broadcast")
    ways = tuple(tuple(map(_way, own, sizes[rank - len(own) :])) for own in shapes)
    size = max(sizes[-1]) if rank > 1 and 0 not in sizes[-1] else 0
    if 0 < size <= (SHORT if expression else 2):
        return _compiled(source(ways, expression, False, size))
    return _compiled(source(ways, expression, built_in or not expression))


def _way(size: int, sizes: set[int]) -> str:
    return "again" if size == 1 and sizes != {1} else "on"


def source(ways: tuple[tuple[str, ...], ...], expression: str, mapped: bool, size: int = 0) -> str:
    """The loop for arrays that go along each axis ``on``, or take their one number ``again``

    A name has a letter more than the array has axes: xxx is a matrix, xx a row, x a number. Given the size
    of a row, its numbers x0, x1 are written out, without a loop over them.

    >>> source((("on", "on"), ("on",)), "x + y", False)
    'lambda f, xxx, yy: [[x + y for x, y in zip(xx, yy)] for xx in xxx]'
    >>> source((("on", "on"), ("on",)), "x + y", True)
    'lambda f, xxx, yy: [list(map(f, xx, yy)) for xx in xxx]'
    >>> source((("on", "on"), ("on", "again")), "x + y", True)
    'lambda f, xxx, yyy: [[x + y for y in yy for x in xx] for xx, yy in zip(xxx, yyy)]'
    >>> source((("on", "on"), ("on",)), "x + y", False, 2)
    'lambda f, xxx, yy: [[x0 + y0, x1 + y1] for y0, y1, in [yy] for x0, x1, in xxx]'
    """
    names = [letter * (1 + len(own)) for letter, own in zip(LETTERS, ways, strict=False)]
    loop = expression or f"f({', '.join(LETTERS[: len(ways)])})"
    start = 3 if size else 1
    if size:
        loop = _rows(names, ways, loop, size)
    for level in range(start, max(map(len, ways)) + 1):
        own = [(name[0] * level, way) for name, way in zip(names, ways, strict=True) if len(way) >= level]
        here = {name: way[-level] for name, way in own}
        on = [name for name, way in here.items() if way == "on"]
        rows = [name + name[0] for name in on]
        if mapped and level == 1 and len(on) == len(ways):
            loop = f"list(map(f, {', '.join(rows)}))"
            continue
        once = "".join(f" for {name} in {name}{name[0]}" for name, way in here.items() if way == "again")
        lists = f"zip({', '.join(rows)})" if len(rows) > 1 else rows[0]
        loop = f"[{loop}{once} for {', '.join(on)} in {lists}]"
    return f"lambda f, {', '.join(names)}: {loop}"


def _rows(names: list[str], ways: tuple[tuple[str, ...], ...], expression: str, size: int) -> str:
    """The loop over rows that are written out; what is the same for all of them is taken apart before."""
    numbers: list[dict[int, str]] = [{} for _ in range(size)]
    once, on, lists = "", [], []
    for name, way in zip(names, ways, strict=True):
        letter = name[0]
        length = size if way and way[-1] == "on" else 1
        for place, own in enumerate(numbers):
            own[ord(letter)] = f"{letter}{place % length}"
        row = ", ".join(f"{letter}{place}" for place in range(length)) + "," * bool(way)
        if len(way) < 2:
            once += f" for {row} in [{name}]"
        elif way[-2] == "again":
            once += f" for {row} in {letter * 3}"
        else:
            on.append(row)
            lists.append(letter * 3)
    loop = f"{on[0]} in {lists[0]}" if len(on) == 1 else f"({'), ('.join(on)}) in zip({', '.join(lists)})"
    return f"[[{', '.join(map(expression.translate, numbers))}]{once} for {loop}]"


@lru_cache(maxsize=256)
def sums(size: int) -> Callable[[Rows], Rows]:
    """The sums of rows of one size, each from left to right: ``[a0+a1 for a0,a1, in rows]``

    >>> sums(2)([[1, 2], [3, 4]])
    [3, 7]
    """
    return _compiled(f"lambda rows: [{_terms('a{0}', size)} for {_names('a', size)} in rows]")


@lru_cache(maxsize=256)
def dots(size: int, biased: bool = False) -> Callable[[Rows, Rows], Rows]:
    """Rows times columns of one size, each product from left to right: ``a0*b0+a1*b1``

    Biased columns have one number more, which is added last.

    >>> dots(2)([[1, 2], [3, 4]], [(1, 0), (1, 1)])
    [[1, 3], [3, 7]]
    >>> dots(2, True)([[1, 2], [3, 4]], [(1, 0, 10), (1, 1, 20)])
    [[11, 23], [13, 27]]
    """
    return _compiled(f"""
def product(rows, columns):
    out = []
    for {_names("a", size)} in rows:
        products = []
        keep = products.append
        for {_names("b", size + biased)} in columns:
            keep({_products("b{0}", size, biased)})
        out.append(products)
    return out
""")  # in a comprehension the row's numbers would be slower to reach, before Python 3.12


@lru_cache(maxsize=256)
def dots_written_out(size: int, number: int, biased: bool = False) -> Callable[[Rows, Rows], Rows]:
    """As ``dots``, for so many columns, which are taken apart once and not for every row

    >>> dots_written_out(2, 2)([[1, 2], [3, 4]], [(1, 0), (1, 1)])
    [[1, 3], [3, 7]]
    """
    columns = range(number)
    return _compiled(f"""
def product(rows, columns):
    {"".join(f"({_names(f'b{column}_', size + biased)}), " for column in columns)} = columns
    out = []
    keep = out.append
    for {_names("a", size)} in rows:
        keep([{", ".join(_products(f"b{column}_{{0}}", size, biased) for column in columns)}])
    return out
""")


@lru_cache(maxsize=256)
def dots_together(size: int, biased: bool = False) -> Callable[[Rows, Rows], Rows]:
    """As ``dots``, for up to four rows at once: each column is taken apart once for all of them

    Python reaches the first 256 names of a function faster.

    >>> dots_together(2)([[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]], [(1, 0), (1, 1)])
    [[1, 3], [3, 7], [5, 11], [7, 15], [9, 19]]
    """
    together = min(4, 240 // size - 1)
    rest = dots(size, biased)
    if together < 2:
        return rest
    rows = range(together)
    several = _compiled(f"""
def product(rows, columns):
    out = []
    for {", ".join(f"({_names(f'a{row}_', size)})" for row in rows)} in zip(*[iter(rows)] * {together}):
        {"".join(f"products{row}, " for row in rows)} = {"[], " * together}
        {"".join(f"keep{row}, " for row in rows)} = {"".join(f"products{row}.append, " for row in rows)}
        for {_names("b", size + biased)} in columns:
            {"; ".join(f"keep{row}({_products('b{0}', size, biased, f'a{row}_{{0}}')})" for row in rows)}
        out += {"".join(f"products{row}, " for row in rows)}
    return out
""")

    def product(rows: Rows, columns: Rows) -> Rows:
        out, left = several(rows, columns), len(rows) % together
        return [*out, *rest(rows[-left:], columns)] if left else out

    return product


@lru_cache(maxsize=1024)
def calls(*shape: int) -> Iterator[int]:
    """How often this was asked for a shape: a loop that takes long to make is for those that come again

    >>> next(calls(3, 5, 7)), next(calls(3, 5, 7))
    (0, 1)
    """
    return count()


@lru_cache(maxsize=256)
def log_shares(size: int) -> Callable[[Any, Any, Rows], tuple[Rows, Rows]]:
    """Of rows of finite floats the logarithms of the shares, and the shares: ``extras.log_shares``

    >>> from math import exp, log1p
    >>> log_shares(2)(exp, log1p, [[1000.0, 1000.0]])
    ([[-0.6931471805599453, -0.6931471805599453]], [[0.5, 0.5]])
    """
    others = "+".join(f"(0.0 if x{i} == top else e{i})" for i in range(size))
    return _compiled(f"""
def product(exp, log1p, rows):
    logs, shares = [], []
    for row in rows:
        top = max(row)
        {_names("x", size)} = row
        {_names("d", size)} = {_listed("x{0} - top", size)}
        {_names("e", size)} = {_listed("exp(d{0})", size)}
        others = {others} + (row.count(top) - 1)
        log, total = log1p(others), others + 1
        logs.append([{_listed("d{0} - log", size)}])
        shares.append([{_listed("e{0} / total", size)}])
    return logs, shares
""")


def _names(letter: str, size: int) -> str:
    return "".join(f"{letter}{i}," for i in range(size))


def _listed(term: str, size: int) -> str:
    return "".join(f"{term.format(i)}, " for i in range(size))


def _products(factor: str, size: int, biased: bool, first: str = "a{0}") -> str:
    """The terms of a dot product, and the last number of a column that is biased."""
    return _terms(f"{first}*{factor}", size) + f"+{factor.format(size)}" * biased


def _terms(term: str, size: int) -> str:
    return "+".join(map(term.format, range(size)))


@lru_cache(maxsize=512)
def _compiled(code: str) -> Callable[..., Any]:
    """The function that the source is, or defines."""
    namespace: dict[str, Any] = {}
    exec(code if code.startswith("\n") else f"product = {code}", namespace)
    product: Callable[..., Any] = namespace["product"]
    return product
