"""``python -m purenn`` as a user sees it."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import pytest

import purenn as pn
from purenn import backends
from purenn.__main__ import main
from purenn._commands import compare, digits


def test_the_whole_job_on_numpy_reaches_95_percent(capsys):
    pytest.importorskip("numpy")
    assert main(["--backend", "numpy"]) == 0
    out = capsys.readouterr().out
    epochs = re.findall(r"^ +(\d+)  (\d\.\d+) +(\d\.\d{4}) ", out, re.MULTILINE)
    assert [int(epoch) for epoch, _, _ in epochs] == list(range(1, 26))
    assert float(epochs[-1][2]) >= 0.95
    assert "gradient check on numpy: 2410 parameters" in out


def few_params(monkeypatch):
    """On lists the gradients of 2,410 params take their time to check, and eight images too."""
    monkeypatch.setattr(digits, "network", lambda: pn.chain(pn.affine(64, 4), pn.relu, pn.affine(4, 10)))
    monkeypatch.setattr(digits, "IMAGES", 1)


def test_both_backends_in_step(capsys, monkeypatch):
    pytest.importorskip("numpy")
    few_params(monkeypatch)
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
    few_params(monkeypatch)
    monkeypatch.setitem(backends._registry.NAMES, "numpy", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "purenn.backends.numpy", raising=False)
    assert main(["--epochs", "1", "--batch-size", "512"]) == 0
    out = capsys.readouterr().out
    assert "Only the half on lists: numpy is not installed: pip install numpy" in out
    assert "gradient check on lists" in out
    assert "on numpy" not in out.replace("numpy is not", "")
    with pytest.raises(SystemExit) as left:
        main(["--backend", "numpy"])
    assert left.value.code == 2
    assert "error: numpy is not installed" in capsys.readouterr().err


def test_digits_is_the_default(capsys, monkeypatch):
    monkeypatch.setattr(digits, "numerical_gradient", lambda loss, params: params)  # not what is asked here
    arguments = ["--epochs", "1", "--backend", "lists", "--batch-size", "512"]
    outs = []
    for command in ([], ["digits"]):
        assert main([*command, *arguments]) == 1
        outs.append(re.sub(r"\d+\.\d\d s", "", capsys.readouterr().out))
    assert outs[0] == outs[1]


def test_a_wrong_gradient_fails_the_run(capsys, monkeypatch):
    monkeypatch.setattr(digits, "numerical_gradient", lambda loss, params: params)
    assert main(["--epochs", "1", "--backend", "lists", "--batch-size", "512"]) == 1
    assert "FAILED, wanted less than 1e-8" in capsys.readouterr().out


def test_the_key_decides_everything(capsys, monkeypatch):
    monkeypatch.setattr(digits, "numerical_gradient", lambda loss, params: params)  # not what is asked here
    outs = []
    for key in ("1", "1", "2"):
        main(["--epochs", "1", "--backend", "lists", "--batch-size", "512", "--key", key])
        outs.append(re.search(r"^ +1  (\d\.\d+)", capsys.readouterr().out, re.MULTILINE)[1])
    assert outs[0] == outs[1] != outs[2]


SMALL = ["--images", "4", "--epochs", "1", "--batch-size", "512"]


def test_compare_prints_ops_and_training(capsys):
    pytest.importorskip("numpy")
    assert main(["compare", *SMALL]) == 0
    out = capsys.readouterr().out
    assert "affine 64-32, relu, affine 32-10 on 4 digits; key 0" in out
    for words in ("0 affine", "1 relu", "2 affine", "loss softmax_cross_entropy", "nearer: lists numpy"):
        assert words in out
    assert "trained in step: lists, numpy; 4 steps" in out
    assert not re.search(r"[^\n\x20-\x7e]", out)


def test_compare_without_numpy_says_what_it_leaves_out(capsys, monkeypatch):
    monkeypatch.setitem(backends._registry.NAMES, "numpy", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "purenn.backends.numpy", raising=False)
    assert main(["compare", *SMALL]) == 0
    out = capsys.readouterr().out
    assert "Ulps from the exact answer, at most" in out
    assert "Only the half on lists, and no training in step: " in out


def test_compare_on_one_backend_leaves_training_out(capsys):
    assert main(["compare", *SMALL, "--backends", "lists"]) == 0
    assert "To train in step needs two backends" in capsys.readouterr().out


def test_an_interrupt_leaves_what_was_reached(capsys, monkeypatch):
    pytest.importorskip("numpy")

    def in_step(runs):
        yield from ("after step 1", "after step 2")
        raise KeyboardInterrupt

    monkeypatch.setattr(compare, "in_step", in_step)
    assert main(["compare", *SMALL]) == 130
    out, err = capsys.readouterr()
    assert out.endswith("after step 2\n")
    assert err == "interrupted: above is what was reached\n"


def laws(monkeypatch, **passed):
    """check_backend with one law, which holds where it is told."""
    from purenn import testing

    def check_backend(xp, *, ops):
        name = xp.__name__.rpartition(".")[2]
        return testing.Report(name, (testing.Law("add pure", passed[name], "of x"),))

    monkeypatch.setattr(testing, "check_backend", check_backend)
    monkeypatch.setattr(testing, "OPS", ())


def test_check_tells_the_laws_and_the_exit_code(capsys, monkeypatch):
    laws(monkeypatch, lists=True)
    assert main(["check", "--backend", "lists"]) == 0
    out = capsys.readouterr().out
    assert "pass  add pure" in out
    assert "all 1 laws that apply hold on lists" in out


def test_check_finds_what_check_backend_finds(monkeypatch):
    from purenn import testing
    from purenn._commands import check

    ops = testing.OPS[:2]
    monkeypatch.setattr(testing, "OPS", ops)
    for backend in (pn.get_backend("lists"), SimpleNamespace(matmul=len, __name__="none")):
        assert check._checked("x", backend) == testing.check_backend(backend, ops=ops)


def test_check_takes_all_that_is_installed(capsys, monkeypatch):
    """jax and torch as modules of the right names; the others not there."""
    calls = []
    fake = SimpleNamespace(matmul=len, __name__="jax.numpy")
    jax = SimpleNamespace(config=SimpleNamespace(update=lambda *setting: calls.append(setting)), numpy=fake)
    torch = SimpleNamespace(matmul=len, __name__="array_api_compat.torch")
    monkeypatch.setattr(backends._registry, "NAMES", dict(backends._registry.NAMES))
    monkeypatch.setattr(backends._registry, "HOMES", dict(backends._registry.HOMES))
    for name, module in {
        "jax": jax,
        "jax.numpy": fake,
        "torch": SimpleNamespace(Tensor=type("Tensor", (), {})),
        "array_api_compat": SimpleNamespace(torch=torch),
        "array_api_compat.torch": torch,
        "array_api_strict": None,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    laws(monkeypatch, lists=True, numpy=True, torch=True)
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert "laws that apply hold on lists" in out
    assert out.rstrip().endswith("jax, torch")
    assert "left out: backend 'array_api_strict' cannot be imported" in out
    assert calls == [("jax_enable_x64", True)]
    assert pn.get_backend("torch") is torch


def test_check_fails_where_a_law_fails(capsys, monkeypatch):
    pytest.importorskip("numpy")
    laws(monkeypatch, lists=True, numpy=False)
    assert main(["check", "--backend", "lists", "--backend", "purenn.backends:numpy"]) == 1
    assert "FAILED on purenn.backends:numpy" in capsys.readouterr().out


def test_info_says_what_a_bug_report_needs(capsys):
    import platform

    import purenn

    assert main(["info"]) == 0
    out = capsys.readouterr().out
    for words in (purenn.__version__, platform.python_version(), platform.platform(), "backend    lists"):
        assert words in out
