"""What a benchmark found: rows with ratios, the goals they were to reach, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PEERS = ("numpy", "torch", "jax", "scikit-learn", "autograd", "micrograd")


class Row(NamedTuple):
    """The median seconds of a step, and the medians of its ratios to others in the same round."""

    name: str
    seconds: float = 0.0
    ratios: Mapping[str, float] = MappingProxyType({})
    note: str = ""  # why there is no time
    more: Mapping[str, float] = MappingProxyType({})  # other figures, by what they are


class Goal(NamedTuple):
    """``name`` takes at most ``bound`` times what ``over`` takes; without ``over``, so many seconds."""

    name: str
    over: str
    bound: float


class Table(NamedTuple):
    work: str
    kernels: str
    rows: list[Row]
    goals: Sequence[Goal] = ()
    about: str = ""


class Verdict(NamedTuple):
    """A goal beside what was measured; ``value`` is None where one of the two is not there."""

    goal: Goal
    value: float | None

    @property
    def met(self) -> bool:
        return self.value is not None and self.value <= self.goal.bound


def verdicts(table: Table) -> list[Verdict]:
    """Each goal of a table with its value."""
    rows = {row.name: row for row in table.rows if not row.note}
    found = []
    for goal in table.goals:
        row = rows.get(goal.name)
        value = None if row is None else row.ratios.get(goal.over) if goal.over else row.seconds
        found.append(Verdict(goal, value))
    return found


def markdown(table: Table) -> str:
    """A table of its rows, and a line for each goal."""
    over = list(dict.fromkeys(name for row in table.rows for name in row.ratios))
    more = list(dict.fromkeys(name for row in table.rows for name in row.more))
    unit, scale = _unit(max((row.seconds for row in table.rows), default=0.0))
    lines = [f"**{table.work}**{f' ({table.kernels} kernels)' if table.kernels else ''}", ""]
    lines += [table.about, ""] if table.about else []
    lines += [_line("", unit, *(f"of {name}" for name in over), *more)]
    lines += ["|---|" + "---|" * (len(over) + len(more) + 1)]
    for row in table.rows:
        figures = [row.ratios.get(name) for name in over] + [row.more.get(name) for name in more]
        cells = ["" if row.note else number(figure) for figure in figures]
        lines.append(_line(row.name, row.note or number(row.seconds * scale), *cells))
    lines.append("")
    lines += [f"- {words(verdict)}" for verdict in verdicts(table)]
    return "\n".join(lines).rstrip() + "\n"


def summary(tables: list[Table]) -> str:
    """Every goal of all tables, one a row."""
    lines = [_line("work", "kernels", "measured", "wanted", ""), "|---|---|---|---|---|"]
    for table in tables:
        for verdict in verdicts(table):
            measured, _, wanted = words(verdict).partition("; wanted ")
            wanted, _, end = wanted.rpartition(": ")
            lines.append(_line(table.work, table.kernels, measured, wanted, end))
    return "\n".join(lines) + "\n"


def words(verdict: Verdict) -> str:
    """A verdict in words: what was measured, what was wanted, whether it was met."""
    goal, value = verdict
    end = "not measured" if value is None else "met" if verdict.met else "MISSED"
    if not goal.over:
        unit, scale = _unit(goal.bound)
        measured, bound = [number(part if part is None else part * scale) for part in (value, goal.bound)]
        return f"{goal.name}: {measured} {unit}; wanted at most {bound} {unit}: {end}"
    if goal.bound > 1:
        return f"{goal.name}: {number(value)} of {goal.over}; wanted at most {number(goal.bound)}: {end}"
    times = None if value is None else 1 / value
    return (
        f"{goal.name}: {number(times)} times as fast as {goal.over}; wanted {number(1 / goal.bound)}: {end}"
    )


def number(value: float | None) -> str:
    """Three digits: ``0.0123``, ``1.23``, ``12.3``, ``12300``."""
    if value is None:
        return "-"
    text = f"{value:.3g}"
    return f"{float(text):.0f}" if "e+" in text else text


def machine() -> dict[str, Any]:
    """What a time depends on."""
    versions = {}
    for name in PEERS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def to_json(tables: list[Table], *, date: str) -> str:
    """Everything, with the verdicts in words."""
    return json.dumps(
        {"date": date, "machine": machine(), "tables": [_plain(table) for table in tables]}, indent=1
    )


def line_of(table: Table) -> str:
    """A table as one line of JSON, for ``table_of``."""
    return json.dumps(_plain(table))


def table_of(line: str) -> Table:
    """The table that ``line_of`` wrote."""
    raw = json.loads(line)
    rows, goals = [Row(**row) for row in raw["rows"]], [Goal(**goal) for goal in raw["goals"]]
    return Table(raw["work"], raw["kernels"], rows, goals, raw["about"])


def _plain(table: Table) -> dict[str, Any]:
    return {
        **table._asdict(),
        "rows": [row._asdict() | {"ratios": dict(row.ratios), "more": dict(row.more)} for row in table.rows],
        "goals": [goal._asdict() for goal in table.goals],
        "verdicts": [words(verdict) for verdict in verdicts(table)],
    }


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _unit(seconds: float) -> tuple[str, float]:
    return ("us", 1e6) if seconds < 1e-3 else ("ms", 1e3) if seconds < 10 else ("s", 1.0)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
