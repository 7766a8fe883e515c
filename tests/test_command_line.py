"""The command line: its help, its mistakes, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from purenn.__main__ import main
from purenn._commands import _job, info
from purenn._commands.line import COMMANDS


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "purenn", *arguments], capture_output=True, text=True)


def test_help_names_every_option():
    done = run("--help")
    assert done.returncode == 0
    for option in ("--epochs", "--key", "--backend {both,lists,numpy}", "--batch-size", "(default: 32)"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "argument --epochs: '0' is not a whole number from 1"),
        (["--epochs", "two"], "argument --epochs: 'two' is not a whole number from 1"),
        (["--batch-size", "-4"], "argument --batch-size: '-4' is not a whole number from 1"),
        (["--key", "x"], "argument --key: 'x' is not a whole number;"),
        (["--key", "1" * 5000], "argument --key: '1111"),
        (["--batch-size", "1.5"], "argument --batch-size: '1.5' is not a whole number from 1"),
        (["--backend", "torch"], "argument --backend: invalid choice: 'torch'"),
        (["--speed"], "unrecognized arguments: --speed;"),
        (["--svg", "x.svg"], "unrecognized arguments: --svg: --svg is for neuron, explain, given first"),
        (["--svg=x.svg"], "unrecognized arguments: --svg=x.svg: --svg is for neuron, explain, given first"),
        (["train"], "'train' is no command: choose of digits, neuron, explain, compare, check, bench, info"),
        (["digits", "train"], "unrecognized arguments: train;"),
        (["--key", "3", "compare", "--images", "4"], "'compare': give the command first"),
        (["--key", "3", "compare"], "'compare': give the command first, its options after it"),
        (["compare", "--digits", "20"], "argument --digits: '20' is not a whole number from 30"),
        (["compare", "--images", "1798"], "argument --images: '1798' is not a whole number from 1 to 1797"),
        (["compare", "--backends", "lists", "lists"], "--backends lists lists: one of them is there twice"),
        (
            ["compare", "--backends", "lists", "purenn.backends.lists"],
            "--backends lists purenn.backends.lists: one of them is there twice",
        ),
        (["explain", "--steps", "-1"], "argument --steps: '-1' is not a whole number from 0"),
        (["explain", "--images", "100000"], "'100000' is not a whole number from 1 to 1797"),
        (["explain", "--digits", "18"], "argument --digits: '18' is not a whole number from 1 to 17"),
        (
            ["compare", "--backends", "lists", "cupy"],
            "backend 'cupy' cannot be imported: No module",
        ),
        (["check", "--backend", "json:nothing"], "backend 'json:nothing' cannot be imported"),
        (["check", "--backend", "json:dumps"], "is no backend: give an array API namespace or a name"),
        (["info", "--key", "3"], "unrecognized arguments: --key 3"),
    ],
)
def test_bad_values_are_refused(arguments, message, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    assert left.value.code == 2
    assert message in err
    assert err.count("\n") == 1
    assert not out


def test_a_mistake_ends_the_process():
    done = run("compare", "--digits", "20")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["digits", "compare", "check", "info"]),
        (["digits"], ["--epochs", "--backend"]),
        (["compare"], ["--backends", "--images", "--digits", "--epochs", "--batch-size", "--key"]),
        (["check"], ["--backend NAME", "exit code is 1"]),
        (["info"], ["bug report"]),
        (
            ["neuron"],
            ["--svg FILE", ".dot, .mmd or .txt", "(default: scalar)", "(default: [1.0, -2.0, 3.0])"],
        ),
        (["explain"], ["--show SLICE", "(default: op)", "(default: 0)"]),
    ],
)
def test_every_command_has_help(command, words, capsys):
    with pytest.raises(SystemExit) as left:
        main([*command, "--help"])
    assert left.value.code == 0
    out = " ".join(capsys.readouterr().out.split())
    assert all(word in out for word in words)
    assert not re.search(r"None|False|\[\]", out)


def test_help_has_a_line_for_each_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out.partition("commands:\n")[2]
    assert re.findall(r"^  (\w+) +[A-Z]", listed, re.MULTILINE) == list(COMMANDS)
    assert max(map(len, listed.splitlines())) < 80


def test_help_is_for_one_command(capsys):
    with pytest.raises(SystemExit):
        main(["info", "--help"])
    assert "commands:" not in capsys.readouterr().out


def test_a_key_may_be_negative(capsys):
    assert main(["explain", "--images", "1", "--key", "-7"]) == 0
    assert "norm" in capsys.readouterr().out


def test_there_are_as_many_images_as_the_options_say():
    assert len(_job.images()[1]) == _job.IMAGES


def test_control_c_while_it_loads_ends_cleanly(capsys, monkeypatch):
    class Loading(ModuleType):
        def __getattr__(self, name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "purenn._commands.line", Loading("purenn._commands.line"))
    assert main(["info"]) == 130
    assert capsys.readouterr() == ("", "")


def test_nothing_slow_loads_before_control_c_is_heard():
    slow = {"argparse", "purenn._commands", "purenn.layers"}
    code = f"import sys, purenn.__main__; print({slow} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("printed", "said"), [("", "interrupted\n"), ("a\n", "interrupted: above is what was reached\n")]
)
def test_an_interrupt_tells_of_what_is_above_where_something_is(printed, said, capsys, monkeypatch):
    def interrupted(options):
        if printed:
            print(printed, end="")
        raise KeyboardInterrupt

    monkeypatch.setattr(info, "run", interrupted)
    assert main(["info"]) == 130
    assert capsys.readouterr() == (printed, said)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_control_c_ends_the_chapters_without_a_traceback(tmp_path):
    kept = Path(__file__).parents[1] / "examples" / "__main__.py"
    (tmp_path / "__main__.py").write_text(kept.read_text())
    interrupt = "import os, signal\nos.kill(os.getppid(), signal.SIGINT)\nprint('first', flush=True)\n"
    (tmp_path / "1.py").write_text(interrupt)
    (tmp_path / "2.py").write_text("print('second')\n")
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    done = subprocess.run([sys.executable, tmp_path], capture_output=True, text=True, preexec_fn=heard)
    assert done.returncode == 130
    assert done.stderr == "interrupted\n"
    assert "second" not in done.stdout


def test_chapters_that_fail_are_named(tmp_path):
    kept = Path(__file__).parents[1] / "examples" / "__main__.py"
    (tmp_path / "__main__.py").write_text(kept.read_text())
    (tmp_path / "1.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "2.py").write_text("print('second')\n")
    done = subprocess.run([sys.executable, tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "failed: 1.py\n")
    assert "second" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_control_c_ends_cleanly():
    command = [sys.executable, "-m", "purenn", "--backend", "lists", "--batch-size", "512"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background hears no Ctrl-C
    with subprocess.Popen(command, preexec_fn=heard, **options) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("    1  "):
                break
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err == "interrupted: above is what was reached\n"


def test_a_closed_pipe_is_no_error():
    command = [sys.executable, "-m", "purenn", "info"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background hears no Ctrl-C
    with subprocess.Popen(command, preexec_fn=heard, **options) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
    assert running.returncode == 0
