"""How far long work is: a bar, or lines, and never a control character where a program reads."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from purenn._commands import _progress
from purenn._commands._progress import Progress

ARGUMENTS = ["digits", "--backend", "lists", "--batch-size", "64"]


@pytest.fixture
def clock(monkeypatch):
    own = SimpleNamespace(now=0.0)
    monkeypatch.setattr(_progress, "time", SimpleNamespace(monotonic=lambda: own.now))
    return own


@pytest.fixture
def terminal(monkeypatch):
    """A stderr that is a terminal, whose lines can be read."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(_progress, "sys", SimpleNamespace(stderr=stream))
    return stream


@pytest.fixture
def bar(monkeypatch):
    """What a tqdm is asked for, in order."""
    calls = []

    class tqdm:
        def __init__(self, **options):
            calls.append((options["desc"], options["total"], options["unit"], options["leave"]))

        def update(self, size):
            calls.append(size)

        def clear(self):
            calls.append("clear")

        def close(self):
            calls.append("close")

    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace(tqdm=tqdm))
    return calls


def test_a_terminal_has_a_bar(terminal, bar, capsys):
    with Progress("training", 3, "updates") as progress:
        progress.step()
        progress.say("epoch 1")
        progress.step(2)
    assert bar == [("training", 3, "updates", False), 1, "clear", 2, "close"]
    assert (capsys.readouterr().out, terminal.getvalue()) == ("epoch 1\n", "")


def test_a_bar_goes_when_work_is_interrupted(terminal, bar):
    with pytest.raises(KeyboardInterrupt), Progress("training", 3, "updates"):
        raise KeyboardInterrupt
    assert bar[-1] == "close"


@pytest.mark.parametrize("lacks", ["tqdm", "a terminal"])
def test_without_a_bar_lines_come_now_and_then(lacks, terminal, bar, clock, capsys, monkeypatch):
    if lacks == "tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
    else:
        monkeypatch.setattr(terminal, "isatty", lambda: False)
    with Progress("training", 40, "updates") as progress:
        for _ in range(40):
            clock.now += 0.625
            progress.step()
        progress.say("done")
    assert terminal.getvalue() == "training: 16 of 40 updates\ntraining: 32 of 40 updates\n"
    assert (capsys.readouterr().out, bar) == ("done\n", [])


def test_over_steps_through_what_it_is_given(terminal, bar):
    with Progress("training", 3, "updates") as progress:
        assert list(progress.over("abc")) == ["a", "b", "c"]
    assert bar[1:] == [1, 1, 1, "close"]


def test_what_is_quick_prints_nothing(capsys):
    with Progress("training", 2, "updates") as progress:
        progress.step(2)
    assert capsys.readouterr() == ("", "")


def in_terminal(*, until, stdout=None, without=()):
    """Exit code, screen and stdout of the command in a terminal, where Ctrl-C is typed at a pattern."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    own, other = pty.openpty()
    modes = termios.tcgetattr(other)
    modes[3] = modes[3] & ~termios.ECHO | termios.NOFLSH  # what is typed neither shows nor takes output away
    termios.tcsetattr(other, termios.TCSANOW, modes)
    fcntl.ioctl(own, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({without!r}))\n"
        f"from purenn.__main__ import main; sys.exit(main({ARGUMENTS!r}))"
    )
    command = [sys.executable, "-c", program]
    options = {"stdin": other, "stdout": stdout or other, "stderr": other, "text": True}

    def heard():  # Ctrl-C is for the process whose terminal it is
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    with subprocess.Popen(command, start_new_session=True, preexec_fn=heard, **options) as running:
        os.close(other)
        screen, typed = b"", False
        while True:
            try:
                part = os.read(own, 4096)
            except OSError:  # the other end is closed
                break
            screen += part
            if not part:
                break
            if not typed and re.search(until.encode(), screen):
                typed = os.write(own, b"\x03") == 1
        printed = running.stdout.read() if running.stdout else ""
        code = running.wait(30)
    os.close(own)
    return code, screen.decode().replace("\r\n", "\n"), printed


def test_control_c_takes_the_bar_away():
    pytest.importorskip("tqdm")
    code, screen, _ = in_terminal(until=r"\n[^\n]*    1  .*\n\rtraining:")
    assert code == 130
    assert re.search(r"\rtraining: +\d+%\|.*\| \d+ of 575 updates, \S+ left", screen)
    *_, last = screen.splitlines()
    assert last.rpartition("\r")[2] == "interrupted: above is what was reached"
    rows = [line.rpartition("\r")[2] for line in screen.split("\n")]
    assert any(re.fullmatch(r"    1  \d\.\d+ +\d\.\d{4} +\d+\.\d\d s", row) for row in rows)


def test_a_terminal_without_tqdm_has_lines_alone():
    code, screen, _ = in_terminal(until=r"    1  .*\n", without=["tqdm"])
    assert code == 130
    assert re.fullmatch(r"[\n -~]+", screen)


def test_a_file_has_no_control_characters_while_the_terminal_has_the_bar():
    pytest.importorskip("tqdm")
    code, screen, printed = in_terminal(until="updates,", stdout=subprocess.PIPE)
    assert code == 130
    assert "\rtraining:" in screen
    assert "epoch  loss on lists" in printed
    assert re.fullmatch(r"[\n -~]+", printed)


def test_two_pipes_have_no_control_characters():
    command = [sys.executable, "-m", "purenn", "bench", "--seconds", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"[\n -~]+", done.stdout)
    assert re.fullmatch(r"[\n -~]*", done.stderr)
