"""The harness on crafted work, by a clock that only this work moves."""

from __future__ import annotations

import gc
import json

import pytest

from . import gate
from .measure import CHUNK, ROUNDS, Candidate, agree, gather, measure
from .report import Goal, Row, Table, line_of, markdown, summary, table_of, to_json, verdicts


class Time:
    """A clock, and steps that take their time by it."""

    def __init__(self):
        self.now = 0.0
        self.calls = []

    def __call__(self):
        return self.now

    def step(self, name, seconds, collects=False):
        takes = iter(seconds) if isinstance(seconds, list) else None

        def run():
            self.calls.append(name)
            assert gc.isenabled() == collects
            self.now += next(takes) if takes else seconds
            return 1.0

        return Candidate(name, run, None, collects)


def untimed_first(seconds):
    return [each for timed in seconds for each in (1.0, timed)]


def test_measure_takes_medians_of_ratios_within_a_round():
    time = Time()
    ours = time.step("ours", untimed_first([0.01, 0.01, 0.01, 0.02, 0.09, 0.03, 0.04]))  # one to count
    theirs = time.step("theirs", untimed_first([0.01, 0.02, 0.01, 0.03, 0.01, 0.02, 0.02]))
    rows = measure([ours, theirs], over=["theirs"], seconds=0.0, clock=time)
    assert [row.name for row in rows] == ["ours", "theirs"]
    assert rows[0].seconds == pytest.approx(0.02)
    assert rows[1].ratios == {"theirs": 1.0}


def test_measure_runs_many_short_steps_in_a_chunk_and_one_long_one():
    time = Time()
    rows = measure(
        [time.step("short", CHUNK / 8), time.step("long", 1.0)], over=["short"], seconds=0, clock=time
    )
    assert rows[0].seconds == pytest.approx(CHUNK / 8)
    assert rows[1].ratios["short"] == pytest.approx(8 / CHUNK)
    assert time.calls.count("long") == 2 * (ROUNDS + 1)
    assert time.calls.count("short") == (1 + 8) * ROUNDS + 1 + 1 + 1 + 2 + 1 + 4 + 1 + 8


def test_measure_begins_each_round_with_another():
    time = Time()
    measure([time.step(name, 1.0) for name in "abc"], seconds=0, clock=time)
    rounds = "abc" + "bca" + "cab" + "abc" + "bca"
    assert "".join(time.calls[6:]) == "".join(2 * name for name in rounds)  # the first of each is not timed


def test_measure_goes_on_until_the_seconds_are_over():
    time = Time()
    measure([time.step("a", 1.0)], seconds=100, clock=time)
    assert time.calls.count("a") == 2 + 2 * 50  # as the clock goes on in those that are not timed


def test_measure_collects_garbage_only_where_it_is_asked_to():
    time = Time()
    measure([time.step("off", 1.0), time.step("on", 1.0, collects=True)], seconds=0, clock=time)
    assert gc.isenabled()  # and what was on or off in a step, it asserts itself
    assert time.calls.count("on") == time.calls.count("off") == 2 + 2 * ROUNDS


def test_measure_leaves_the_collector_on_after_an_error():
    with pytest.raises(ZeroDivisionError):
        measure([Candidate("broken", lambda: 1 / 0)], seconds=0)
    assert gc.isenabled()


def counting(name, by):
    values = iter(range(0, 100 * by, by))
    return Candidate(name, lambda: next(values))


def test_agree_takes_the_same_numbers_and_floors():
    agree([counting("a", 1), counting("b", 1), Candidate("floor", lambda: None, None)])


def test_agree_refuses_other_numbers():
    with pytest.raises(AssertionError, match=r"b computes 2\.0 in step 2, wanted 1\.0"):
        agree([counting("a", 1), counting("b", 2)])


def test_gather_has_a_row_for_what_is_not_installed():
    def absent():
        import no_such_peer  # noqa: F401

    found, missing = gather([counting("ours", 1)], {"there": lambda: counting("x", 1), "absent": absent})
    assert [one.name for one in found] == ["ours", "there"]
    assert missing == [Row("absent", note="no_such_peer is not installed")]


TABLE = Table(
    "work",
    "native",
    [
        Row("purenn", 0.00012345, {"floor": 1.234, "peer": 0.4}),
        Row("floor", 0.0001, {"floor": 1.0, "peer": 0.324}),
        Row("absent", note="not installed"),
    ],
    [
        Goal("purenn", "floor", 1.2),
        Goal("purenn", "peer", 0.5),
        Goal("purenn", "absent", 0.5),
        Goal("purenn", "", 2e-4),
    ],
    "About it.",
)


def test_markdown_has_a_row_for_each_and_the_goals_in_words():
    assert markdown(TABLE) == (
        "**work** (native kernels)\n\nAbout it.\n\n"
        "|  | us | of floor | of peer |\n|---|---|---|---|\n"
        "| purenn | 123 | 1.23 | 0.4 |\n| floor | 100 | 1 | 0.324 |\n| absent | not installed |  |  |\n\n"
        "- purenn: 1.23 of floor; wanted at most 1.2: MISSED\n"
        "- purenn: 2.5 times as fast as peer; wanted 2: met\n"
        "- purenn: - times as fast as absent; wanted 2: not measured\n"
        "- purenn: 123 us; wanted at most 200 us: met\n"
    )


def test_summary_has_a_row_for_each_goal():
    lines = summary([TABLE]).splitlines()
    assert lines[2] == "| work | native | purenn: 1.23 of floor | at most 1.2 | MISSED |"
    assert len(lines) == 2 + 4


def test_a_table_comes_back_from_its_line():
    assert table_of(line_of(TABLE)) == TABLE
    assert [verdict.met for verdict in verdicts(TABLE)] == [False, True, False, True]


def test_json_holds_the_machine_and_the_verdicts():
    raw = json.loads(to_json([TABLE], date="2026-01-01"))
    assert raw["machine"]["python"]
    assert raw["tables"][0]["rows"][0]["ratios"]["floor"] == 1.234
    assert raw["tables"][0]["verdicts"][1] == "purenn: 2.5 times as fast as peer; wanted 2: met"


def test_the_gate_bears_a_quarter_and_no_more():
    name = next(iter(gate.BOUNDS))
    bound = gate.BOUNDS[name]["native"]
    said, ok = gate.judge(name, "native", bound * 1.24)
    assert ok
    assert "TOO SLOW" not in said
    said, ok = gate.judge(name, "native", bound * 1.26)
    assert not ok
    assert said.endswith(f"wanted {bound:.2f}: TOO SLOW, 26% over; up to 25% are borne")
