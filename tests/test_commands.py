"""The commands that show: neuron and explain."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import pytest

import purenn as pn
from purenn.__main__ import main
from purenn._commands import _job, _picture, explain, neuron
from purenn.drawing import draw
from purenn.errors import OptionError
from purenn.explain.explanation import NonFinite


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
            "error: --svg no/such/folder/a.svg: there is no folder no/such/folder: give a file",
        ),
        (["--svg", "a.jpg"], "--svg a.jpg: choose a name that ends in .svg, .dot, .mmd, .txt"),
        (["--svg", "a/"], "--svg a/: choose a name that ends in .svg, .dot, .mmd, .txt"),
        (["--svg", ""], "--svg : choose a name that ends in .svg, .dot, .mmd, .txt"),
        (["--svg", f"{'a' * 300}.svg"], ".svg: File name too long: give a file that can be written"),
        (["--level", "op"], "--level op: no picture is asked for: give --svg FILE too"),
        (["--rate", "-1"], "argument --rate: '-1' is not a finite number from 0"),
        (["--b", "-inf"], "argument --b: '-inf' is not a finite number"),
        (["--b", "-1x"], "argument --b: '-1x' is not a finite number"),
    ],
)
def test_neuron_refuses_mistakes_in_a_line(arguments, match, capsys):
    refused(capsys, match, "neuron", *arguments)


def refused(capsys, match, *arguments):
    """In one line, before anything is printed."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    out, error = capsys.readouterr()
    assert left.value.code == 2
    assert not out
    assert match in error
    assert error.count("\n") == 1


def test_neuron_takes_every_form_of_a_negative_number(capsys):
    out = lines(capsys, "neuron", "--x", "-1e-3", "-.5", "-2.", "--w", "-1E+3", "-1_0", "3", "--b", "-2e0")
    assert "x = [-0.001, -0.5, -2.0], w = [-1000.0, -10.0, 3.0], b = -2.0" in out[0]


def test_a_picture_is_judged_before_any_work(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(explain, "images", None)
    (tmp_path / "a.svg").mkdir()
    refused(capsys, "a.svg: this is a folder: give a file in it", "explain", "--svg", str(tmp_path / "a.svg"))
    refused(capsys, "--svg a.jpg: choose", "explain", "--svg", "a.jpg")


def test_a_picture_has_the_ends_that_can_be_saved(tmp_path):
    picture = draw(neuron.neuron([1.0], [2.0], 3.0))
    for end in _picture.ENDS:
        picture.save(tmp_path / f"a{end}")
    with pytest.raises(OptionError, match=", ".join(_picture.ENDS)):
        picture.save(tmp_path / "a.jpg")


def test_neuron_of_many_inputs_is_drawn_by_its_ops(tmp_path, capsys):
    many, file = list(map(str, range(60))), tmp_path / "many.svg"
    arguments = ["neuron", "--x", *many, "--w", *many, "--svg", str(file)]
    refused(capsys, "--level scalar: more gates or wires than can be read: give --level op", *arguments)
    assert not file.exists()
    assert main([*arguments, "--level", "op"]) == 0
    assert capsys.readouterr().err == f"the picture is in {file}\n"
    assert file.read_text().startswith("<svg")


def test_a_picture_of_too_many_ops_asks_for_less(tmp_path, capsys):
    many = list(map(str, range(150)))
    arguments = ["neuron", "--x", *many, "--w", *many, "--svg", str(tmp_path / "a.svg"), "--level", "op"]
    refused(capsys, "--level op: more gates or wires than can be read: give less to draw", *arguments)


def test_explain_of_scalars_points_to_ops(tmp_path, capsys):
    svg = ["--svg", str(tmp_path / "a.svg")]
    refused(capsys, "give --level op", "explain", "--images", "1", "--level", "scalar", *svg)


def test_explain_tells_the_network_of_the_digits(capsys):
    out = "\n".join(lines(capsys, "explain", "--images", "2", "--show", "x[0, 2:5]", "--show", "b2[0]"))
    assert re.search(r"0 affine +\(2, 32\) +2080 +0\n1 relu +\(2, 32\) +0 +512", out)
    assert "loss softmax_cross_entropy    loss = mean of -sum of targets * log softmax(logits)" in out
    assert "x[0, 2:5] = [0.3125, 0.8125, 0.5625]" in out
    assert re.search(r"dL/db2\[0\] = -0\.\d+\n", out)
    norms = out[out.index("gradient  its norm\n") :].partition("\n\n")[0].splitlines()
    assert re.fullmatch(r"dL/dw1 +\d\.\d+", norms[1])
    assert {len(line) for line in norms} == {len(norms[0])}  # aligned to the right
    assert out.endswith("first NaN or inf: none")


def test_explain_lists_the_relus_that_no_image_opens(capsys):
    """Against a forward pass of its own."""
    out = "\n".join(lines(capsys, "explain", "--images", "2"))
    params, (x, _) = _job.network().init(0), _job.images()
    hidden, _ = pn.chain(pn.affine(64, 32), pn.relu).forward(params[:2], x[:2])
    shut = [str(unit) for unit, column in enumerate(zip(*hidden, strict=True)) if not any(column)]
    assert len(shut) > 2
    assert f"\nrelus that no image opens: in 1 relu {', '.join(shut)}\n" in out


@pytest.mark.parametrize(
    ("dead", "first", "told"),
    [
        ({}, None, ["none", "none"]),
        (
            {"1 relu": (0, 2), "3 relu": (1,)},
            NonFinite("2 affine", "out", (0, 3), math.nan),
            ["in 1 relu 0, 2; in 3 relu 1", "nan in out[0, 3] of 2 affine"],
        ),
        ({}, NonFinite("", "x", (), math.inf), ["none", "inf in x"]),
    ],
)
def test_explain_tells_in_words_what_went_wrong(dead, first, told):
    found = SimpleNamespace(dead_relus=dead, first_nonfinite=first)
    relus, number = told
    wanted = [f"relus that no image opens: {relus}", f"first NaN or inf: {number}"]
    assert explain._diagnosis(found) == wanted


def test_explain_tells_of_a_network_that_has_trained(capsys):
    pytest.importorskip("numpy")

    def loss(*options):
        out = "\n".join(lines(capsys, "explain", "--backend", "numpy", *options))
        return float(re.search(r"output  L +(\d\.\d+)", out)[1])

    assert loss("--steps", "40") < 0.8 * loss()


def test_explain_prints_markdown(capsys):
    out = lines(capsys, "explain", "--images", "1", "--markdown", "--show", "x[0, 2:5]")
    assert out[0] == "| layer | output | parameters | cache bytes |"
    assert "| op | formula | inputs | output | cache | upstream | local | downstream |" in out
    assert "x[0, 2:5] = [0.3125, 0.8125, 0.5625]" in out
    assert out[out.index("| gradient | its norm |") + 2].startswith("| `dL/dw1` | ")
    assert re.match(r"relus that no image opens: in 1 relu \d+, ", out[-3])
    assert out[-1] == "first NaN or inf: none"


def test_explain_refuses_a_slice_that_is_none(capsys):
    for markdown in ([], ["--markdown"]):
        refused(
            capsys, "--show 'q[0]' is no wire and no slice of one", "explain", "--show", "q[0]", *markdown
        )


def test_explain_draws_its_ops(tmp_path, capsys):
    assert main(["explain", "--images", "1", "--svg", str(tmp_path / "ops.mmd")]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("first NaN or inf: none\n")
    assert err == f"the picture is in {tmp_path / 'ops.mmd'}\n"
    assert "softmax_cross_entropy" in (tmp_path / "ops.mmd").read_text()


def test_explain_draws_as_many_digits_as_it_prints(tmp_path, capsys):
    drawn = {}
    for digits in ("2", "9"):
        file = tmp_path / f"{digits}.mmd"
        assert main(["explain", "--images", "1", "--digits", digits, "--svg", str(file)]) == 0
        drawn[digits] = max(len(number) for number in re.findall(r"0\.0*([1-9]\d+)", file.read_text()))
    capsys.readouterr()
    assert drawn == {"2": 2, "9": 9}
