"""The README is executed: its Python here, its two commands by ``.ci/run`` in fresh clones."""

from __future__ import annotations

import doctest
import re
from importlib.util import find_spec
from pathlib import Path

import purenn as pn
import purenn.functional as F
from purenn import compare, drawing, explain, random, testing
from purenn.__main__ import main

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_every_block_is_of_a_kind_that_is_executed():
    kinds = [kind for kind, _ in BLOCKS]
    assert kinds.count("sh") == 2
    assert kinds.count("text") == 2  # the output of compare, and the file tree, both checked below
    assert set(kinds) == {"sh", "text", "python"}
    assert README.count("```") == 2 * len(BLOCKS)


def test_python_blocks_run_and_print_what_they_say(capsys):
    names: dict[str, object] = {}
    for kind, text in BLOCKS:
        if kind != "python" or (
            any(word in text for word in ("numpy", "pn.train")) and not find_spec("numpy")
        ):
            continue
        if "array_api_strict" in text and not (find_spec("array_api_strict") and find_spec("numpy")):
            continue
        if ">>>" not in text:
            exec(text, names)
            continue
        example = doctest.DocTestParser().get_doctest(text, names, "README.md", "README.md", 0)
        failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, clear_globs=False)
        names.update(example.globs)
        assert failed.failed == 0, capsys.readouterr().out


def test_the_commands_are_two_and_each_makes_its_environment():
    commands = [text.strip() for kind, text in BLOCKS if kind == "sh"]
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)
    assert commands[0].endswith("python -m purenn")
    assert commands[1].endswith("tox -e py")


def test_the_ten_lines_are_ten():
    lines = BLOCKS[2][1].splitlines()
    assert len([line for line in lines if line.strip()]) == 10


def row(name):
    line = re.search(rf"^\| {re.escape(name)}[^|]*\|(.*)$", README, re.MULTILINE)
    return re.findall(r"`(\w+)`", line[1])


def shown(value):
    return callable(value) or isinstance(value, tuple)


def functions(module):
    return {name for name in module.__all__ if name.islower() and shown(getattr(module, name))}


MODULES = {
    "learning rates, in `purenn.schedules`": pn.schedules,
    "random draws": random,
    "checks, in `purenn.testing`": testing,
    "where backends part, in `purenn.compare`": compare,
    "what happens in a network, in `purenn.explain`": explain,
    "pictures, in `purenn.drawing`": drawing,
}
KINDS = (
    "layers", "losses", "optimizers", "gradient transforms", "initializers", "training",
    "prediction and metrics", "preprocessing", "trees and backends", "data",
)  # fmt: skip


def test_the_table_names_what_there_is():
    pairs = {name.removesuffix("_forward") for name in F.__all__ if name.endswith("_forward")}
    assert set(row("pairs, in `purenn.functional`")) == pairs
    for kind, module in MODULES.items():
        assert set(row(kind)) == functions(module)
    listed = [name for kind in KINDS for name in row(kind)]
    assert sorted(listed) == sorted(functions(pn) | {"flatten", "dropout"} & set(listed))
    assert set(row("and in `purenn.initializers`")) == functions(pn.initializers) - set(row("initializers"))
    assert set(row("drawn by a key, in `purenn.data`")) == functions(pn.data) - set(row("data"))


def test_every_departure_from_pytorch_has_its_row():
    source = (Path(__file__).parent / "torch" / "test_pairs.py").read_text()
    table = README.split("### Where purenn and PyTorch part on purpose")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`|exact `.*?`)", table, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^def test_departure_", source, re.MULTILINE))


def test_every_chapter_has_its_row():
    chapters = {path.name for path in (Path(__file__).parents[1] / "examples").glob("[0-9]*.py")}
    assert set(re.findall(r"^\| \[(\d\d_\w+\.py)\]\(examples/\1\)", README, re.MULTILINE)) == chapters


def test_the_file_tree_is_the_real_one():
    tree = next(text for kind, text in BLOCKS if kind == "text" and text.startswith("purenn/"))
    root = Path(pn.__file__).parent
    named = re.findall(r"(?<![\w.])(\w+\.py|\w+/)(?=\s)", tree)
    assert len(named) >= 20
    for name in named:
        assert name == "purenn/" or list(root.rglob(name.rstrip("/"))), name


def test_the_picture_of_the_neuron_is_what_its_command_makes(tmp_path, capsys):
    assert main(["neuron", "--svg", str(tmp_path / "neuron.svg")]) == 0
    capsys.readouterr()
    kept = Path(__file__).parents[1] / "examples" / "pictures" / "neuron.svg"
    assert (tmp_path / "neuron.svg").read_bytes() == kept.read_bytes()


def test_every_picture_is_there_and_told_in_words():
    shown = re.findall(r"!\[(.*?)\]\((.*?)\)", README)
    assert {Path(file).name for _, file in shown} == {"neuron.svg", "training.png"}
    for words, file in shown:
        assert len(words) > 80
        assert (Path(__file__).parents[1] / file).stat().st_size > 1000
