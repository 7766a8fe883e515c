"""``python -m purenn`` as a user sees it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from purenn.__main__ import main


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "purenn", *arguments], capture_output=True, text=True)


def test_the_whole_job_on_numpy_reaches_95_percent(capsys):
    pytest.importorskip("numpy")
    assert main(["--backend", "numpy"]) == 0
    out = capsys.readouterr().out
    epochs = re.findall(r"^ +(\d+)  (\d\.\d+) +(\d\.\d{4}) ", out, re.MULTILINE)
    assert [int(epoch) for epoch, _, _ in epochs] == list(range(1, 26))
    assert float(epochs[-1][2]) >= 0.95
    assert "gradient check on numpy: 2410 parameters" in out


def test_both_backends_in_step(capsys):
    pytest.importorskip("numpy")
    assert main(["--epochs", "2", "--batch-size", "256", "--key", "3"]) == 0
    out = capsys.readouterr().out
    header, *rows = re.findall(r"^(?:epoch|  +\d).*$", out, re.MULTILINE)
    assert re.sub(" {2,}", "|", header) == "epoch|loss on lists|loss on numpy|apart|test acc|lists|numpy"
    for row in rows:
        lists, numpy, ulp = re.match(r" +\d+ +([\d.]+) +([\d.]+) +(\d+) ulp", row).groups()
        assert float(lists) == pytest.approx(float(numpy), rel=1e-12)
        assert int(ulp) < 100
    assert len(rows) == 2
    difference = float(re.search(r"parameter trees: (\S+)", out)[1])
    assert difference < 1e-12
    for name in ("lists", "numpy"):
        worst = float(re.search(rf"gradient check on {name}: .* part by (\S+) at most", out)[1])
        assert worst < 1e-8
        assert f"one neuron on {name}" in out
    assert out.count("z = x @ w + b = 6.0, y = relu(z) = 6.0") == 2
    assert out.count("dx = [-3.0, -1.0, 2.0], dw = [1.0, -2.0, 3.0], db = 1.0") == 2
    assert out.count("= [-3.001, -0.998, 1.997], b = 0.999, and y becomes 5.985") == 2


def test_without_numpy_the_half_on_lists_runs(capsys, monkeypatch):
    from purenn import backends

    monkeypatch.setitem(backends._NAMES, "numpy", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "purenn.backends.numpy", raising=False)
    assert main(["--epochs", "1", "--batch-size", "512"]) == 0
    out = capsys.readouterr().out
    assert "Only the half on lists: numpy is not installed: pip install numpy" in out
    assert "gradient check on lists" in out
    assert "on numpy" not in out.replace("numpy is not", "")
    with pytest.raises(SystemExit, match="error: numpy is not installed"):
        main(["--backend", "numpy"])


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
        (["--key", "x"], "argument --key: invalid int value: 'x'"),
        (["--backend", "torch"], "argument --backend: invalid choice: 'torch'"),
        (["--speed"], "unrecognized arguments: --speed"),
    ],
)
def test_bad_values_are_refused(arguments, message):
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


def test_a_wrong_gradient_fails_the_run(capsys, monkeypatch):
    import purenn.__main__ as program

    monkeypatch.setattr(
        program, "numerical_gradient", lambda loss, params: program.pn.tree_map(lambda p: p, params)
    )
    assert main(["--epochs", "1", "--backend", "lists", "--batch-size", "512"]) == 1
    assert "FAILED, wanted less than 1e-8" in capsys.readouterr().out


def test_the_key_decides_everything(capsys, monkeypatch):
    import purenn.__main__ as program

    monkeypatch.setattr(program, "numerical_gradient", lambda loss, params: params)  # not what is asked here
    outs = []
    for key in ("1", "1", "2"):
        main(["--epochs", "1", "--backend", "lists", "--batch-size", "512", "--key", key])
        outs.append(re.search(r"^ +1  (\d\.\d+)", capsys.readouterr().out, re.MULTILINE)[1])
    assert outs[0] == outs[1] != outs[2]
