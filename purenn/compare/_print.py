"""A comparison in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._table import short, table

if TYPE_CHECKING:
    from .network import Apart, Comparison


def comparison_text(comparison: Comparison) -> str:
    """Three tables: where backends part, who is nearer to the exact answer, and how long it took."""
    names, digits = comparison.backends, comparison.digits
    parts = [f"compared: {', '.join(names)}"]
    if len(names) > 1:
        parts.append(_where_they_part(comparison))
    if any(row.alone.exact or row.through.exact for row in comparison.rows):
        parts.append(_who_is_nearer(comparison))
        parts[0] += f"; exact: {digits} digits"
    parts.append(_times(comparison))
    return "\n\n".join([*parts, *comparison.notes])


def _where_they_part(comparison: Comparison) -> str:
    rows = [["op", "of", "between", "ulp", "relative", "absolute", "numbers", "ulp through", "first"]]
    same = []
    for row in comparison.rows:
        if not any((*row.alone.between, *row.through.between)):
            same.append(f"{row.op} {row.of}")
        for alone, through in zip(row.alone.between, row.through.between, strict=True):
            if not (alone or through):
                continue
            sizes = [short(n) for n in (alone.ulp, alone.relative, alone.absolute, alone.numbers)]
            between = " ".join(alone.between)
            rows.append([row.op, row.of, between, *sizes, short(through.ulp), str(alone.first or "")])
    if len(rows) == 1:
        return "Where they part: nowhere, all is equal to the last bit."
    lines = ["Where they part, each op alone on the same input (ulp through: through the whole network)"]
    lines.append(table(rows))
    return "\n".join([*lines, *([f"equal to the last bit: {', '.join(same)}"] if same else [])])


def _who_is_nearer(comparison: Comparison) -> str:
    names = comparison.backends
    nearer = [f"nearer: {' '.join(names)}"] if len(names) > 1 else []
    rows = [["op", "of", *names, *nearer, "", *(f"{name} through" for name in names)]]
    for row in comparison.rows:
        wins = [" ".join(_wins(row.alone))] if nearer else []
        ulps = [_ulps(apart, len(names)) for apart in (row.alone, row.through)]
        rows.append([row.op, row.of, *ulps[0], *wins, row.alone.nearer, *ulps[1]])
    if len(names) > 1:
        title = "Who is nearer to the exact answer: ulps at most, and of how many numbers each is the nearest"
    else:
        title = "Ulps from the exact answer, at most"
    return f"{title}\n{table(rows)}"


def _ulps(apart: Apart, count: int) -> list[str]:
    return [short(each.ulp) for each in apart.exact] or ["-"] * count


def _wins(apart: Apart) -> list[str]:
    return [str(wins) for wins in apart.nearest.values()]


def _times(comparison: Comparison) -> str:
    ways = ("forward", "backward")
    rows = [["microseconds", *(f"{name} {way}" for name in comparison.backends for way in ways)]]
    for op, seconds in comparison.seconds.items():
        rows.append([op, *(f"{1e6 * each:.0f}" for took in seconds.values() for each in took)])
    return table(rows)
