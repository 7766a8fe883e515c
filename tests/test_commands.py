"""The commands that show: neuron and explain."""

from __future__ import annotations

import re

import pytest

from purenn.__main__ import main


def lines(capsys, *arguments):
    assert main(list(arguments)) == 0
    return capsys.readouterr().out.splitlines()


def test_neuron_prints_every_number_of_the_first_tutorial(capsys):
    out = lines(capsys, "neuron")
    told = {tuple(line.split()) for line in out}
    forward = {("output", "x0w0"): "-3.0", ("output", "x1w1"): "2.0", ("output", "x2w2"): "6.0"}
    forward |= {("output", "z"): "6.0", ("output", "y"): "6.0"}
    sums = {("downstream", f"dL/d{name}"): "1.0" for name in ("z", "x0w0", "x1w1", "x2w2", "b")}
    ends = {"x0": "-3.0", "x1": "-1.0", "x2": "2.0", "w0": "1.0", "w1": "-2.0", "w2": "3.0"}
    backward = {("downstream", f"dL/d{name}"): grad for name, grad in ends.items()}
    for words, number in (forward | sums | backward).items():
        assert (*words, number) in told, words
    assert "  dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 1 * 1.0 = 1.0" in out
    assert "  dL/dx2 = dL/dy * 1(z > 0) * w2 = 1.0 * 1 * 2.0 = 2.0" in out
    assert out[-3:] == [
        "  w = w - 0.001 * dL/dw = [-3.001, -0.998, 1.997]",
        "  b = b - 0.001 * dL/db = 0.999",
        "  y was 6.0 and becomes 5.985",
    ]


def test_neuron_takes_numbers_of_yours(capsys):
    out = lines(capsys, "neuron", "--x", "2", "--w", "-3", "--b", "1", "--rate", "0.5")
    assert out[0] == "one neuron: y = relu(x @ w + b), x = [2.0], w = [-3.0], b = 1.0"
    assert "  dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 0 * 2.0 = 0.0" in out  # z is -5: the gate is closed
    assert out[-1] == "  y was 0.0 and becomes 0.0"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            ["--x", "1"],
            "error: --x has 1 numbers and --w has 3: wanted one weight for each input, such as",
        ),
        (["--x", "one"], "argument --x: 'one' is not a finite number"),
        (["--b", "inf"], "argument --b: 'inf' is not a finite number"),
        (["--rate"], "argument --rate: expected one argument"),
        (
            ["--svg", "no/such/folder/a.svg"],
            "error: --svg no/such/folder/a.svg: No such file or directory: give",
        ),
        (["--svg", "a.jpg"], "'a.jpg'"),
    ],
)
def test_neuron_refuses_mistakes_in_a_line(arguments, match, capsys):
    with pytest.raises(SystemExit) as left:
        main(["neuron", *arguments])
    assert left.value.code == 2
    error = capsys.readouterr().err
    assert match in error
    assert error.count("\n") == 1


def test_explain_tells_the_network_of_the_digits(capsys):
    out = "\n".join(lines(capsys, "explain", "--images", "2", "--show", "x[0, 2:5]", "--show", "b2[0]"))
    assert re.search(r"0 affine +\(2, 32\) +2080 +0\n1 relu +\(2, 32\) +0 +512", out)
    assert "loss softmax_cross_entropy    loss = mean of -sum of targets * log softmax(logits)" in out
    assert "x[0, 2:5] = [0.3125, 0.8125, 0.5625]" in out
    assert re.search(r"dL/db2\[0\] = -0\.\d+\n", out)
    assert re.search(r"norms of the gradients\n  dL/dw1  \d\.\d+\n", out)
    assert re.search(r"relus that no image opens: \d+; first NaN or inf: none$", out)


def test_explain_tells_of_a_network_that_has_trained(capsys):
    pytest.importorskip("numpy")

    def loss(*options):
        out = "\n".join(lines(capsys, "explain", "--backend", "numpy", *options))
        return float(re.search(r"output  L +(\d\.\d+)", out)[1])

    assert loss("--steps", "40") < 0.8 * loss()


def test_explain_prints_markdown(capsys):
    out = lines(capsys, "explain", "--images", "1", "--markdown")
    assert out[0] == "| layer | output | parameters | cache bytes |"
    assert "| op | formula | inputs | output | cache | upstream | local | downstream |" in out


def test_explain_refuses_a_slice_that_is_none(capsys):
    with pytest.raises(SystemExit) as left:
        main(["explain", "--show", "q[0]"])
    assert left.value.code == 2
    assert "'q[0]' is no slice of a wire" in capsys.readouterr().err


def test_explain_draws_its_ops(tmp_path, capsys):
    out = lines(capsys, "explain", "--images", "1", "--svg", str(tmp_path / "ops.mmd"))
    assert out[-1] == f"the picture is in {tmp_path / 'ops.mmd'}"
    assert "softmax_cross_entropy" in (tmp_path / "ops.mmd").read_text()
