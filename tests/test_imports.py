"""The house: who may import whom, what an import may load, how long a file may be."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import purenn

ROOT = Path(purenn.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# What each may import. Arrows point down only, so there are no circles.
BASE = {"_types", "errors", "_options"}
BACKENDS = BASE | {"trees", "backends"}
MAY_IMPORT = {
    "_types": set(),
    "errors": set(),
    "trees": BASE | {"backends"},  # in ravel alone, when it is called
    "_options": {"errors"},
    "backends": BASE | {"trees"},
    "random": BACKENDS,
    "functional": BACKENDS | {"random"},
    "initializers": BACKENDS | {"random"},
    "metrics": BASE | {"backends", "functional"},
    "preprocessing": BACKENDS,
    "prediction": BACKENDS | {"functional", "layers"},
    "optimizers": BACKENDS,
    "schedules": BACKENDS,
    "_numerical": BACKENDS,
    "_table": BASE,
    "testing": BACKENDS | {"_numerical", "random", "functional", "layers", "losses", "optimizers"},
    "layers": BACKENDS | {"functional", "initializers", "random"},
    "losses": BACKENDS | {"functional"},
    "training": BACKENDS | {"random", "layers", "losses", "optimizers"},
    "data": BACKENDS | {"random"},
    "explain": BACKENDS | {"_numerical", "_table", "functional", "layers", "losses"},
    "compare": BACKENDS | {"_numerical", "_table", "random", "layers", "losses", "optimizers", "training"},
    "drawing": BACKENDS
    | {"_numerical", "_table", "explain", "functional", "layers", "optimizers", "prediction", "training"},
}
EVERYTHING = {"__init__", "__main__", "_commands"}
STANDARD = set(sys.stdlib_module_names)
NUMPYS = {ROOT / "backends" / name for name in ("numpy.py", "_faster.py", "_program.py", "_tape.py")}


def room(path):
    """The module or folder of the package that a file belongs to."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path):
    """``(package or None for another library, name)`` for each import that runs."""

    def walk(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if node.level:
                here = ["purenn", *path.relative_to(ROOT).parts[:-1]]
                module = here[: len(here) - node.level + 1] + module
            if len(module) == 1 and module[0] == "purenn":
                for name in node.names:
                    yield ["purenn", name.name]
            else:
                yield [*module, *(name.name for name in node.names)]
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    yield from walk(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_imports_point_down_only(path):
    name = room(path)
    for module in imports(path):
        if module[0] == "purenn" and name not in EVERYTHING:
            assert module[1] in MAY_IMPORT[name] | {name}, f"{name} imports {'.'.join(module)}"
        if module[0] != "purenn":
            at_home = path in NUMPYS and module[0] == "numpy"
            assert module[0] in STANDARD or at_home, f"{name} imports {module[0]}"


@pytest.mark.parametrize("name", ["lists", "_fused", "_nested", "_ieee", "_loops"])
def test_the_list_backend_imports_the_standard_library_alone(name):
    own = {f"purenn.backends.{part}" for part in ("_fused", "_ieee", "_loops", "_nested")}
    for module in imports(ROOT / "backends" / f"{name}.py"):
        assert (
            module[0] in STANDARD
            or any(".".join(module).startswith(part) for part in own)
            or (module == ["purenn", "backends", "_ieee", "_nested"])
        )


def test_tqdm_is_asked_for_in_one_function():
    asking = [
        (path.relative_to(ROOT).as_posix(), function.name)
        for path in FILES
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and "'tqdm'" in ast.unparse(function)
    ]
    assert asking == [("_commands/_progress.py", "_bar")]
    assert sum("tqdm" in path.read_text() for path in FILES) == 1


def test_every_room_is_in_the_table():
    assert {room(path) for path in FILES} == {*MAY_IMPORT, *EVERYTHING}


def test_modules_reach_for_public_names_only():
    """A name with an underscore stays in its own room."""
    for path in FILES:
        for module in imports(path):
            if module[0] == "purenn" and len(module) > 2 and module[1] != room(path):
                assert not any(part.startswith("_") for part in module[2:]), f"{path}: {module}"


def test_importing_purenn_loads_neither_numpy_nor_the_tests():
    code = "import sys, purenn; print(sorted({'numpy', 'purenn.testing', 'random'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_purenn_loads_what_is_used_alone():
    code = (
        "import sys, purenn; print(sum(name.startswith('purenn.') for name in sys.modules)); purenn.Backend; "
    )
    code += "print(*sorted(name for name in sys.modules if name in ('purenn.backends', 'purenn.functional')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0", "purenn.backends"]


def test_every_public_name_is_loaded_from_where_type_checkers_see_it():
    found = {}
    for node in ast.walk(ast.parse((ROOT / "__init__.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            found |= {name.name: node.module for name in node.names}
    assert {name for name, module in found.items() if module is None} == set(purenn.__all__) - set(
        purenn._HOMES
    )
    assert {name: module for name, module in found.items() if module} == purenn._HOMES
    assert sorted(found) == sorted(purenn.__all__)
    assert {"testing", "__main__"}.isdisjoint({*found, *purenn._ROOMS})
    assert set(purenn.__all__) <= set(dir(purenn))
    for name in purenn.__all__:
        home = importlib.import_module(f"purenn.{found[name] or name}")
        assert getattr(purenn, name) is (getattr(home, name) if found[name] else home)


def test_a_name_that_purenn_has_not_is_refused():
    with pytest.raises(AttributeError, match="module 'purenn' has no attribute 'perceptron'"):
        purenn.perceptron  # noqa: B018


def test_lists_train_with_numpy_out_of_reach():
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import purenn as pn\n"
        "x, y = pn.load_iris()\n"
        "*_, s = pn.train(pn.affine(4, 3), pn.softmax_cross_entropy, pn.adam(0.1), x, y,"
        " batch_size=50, epochs=20, key=0)\n"
        "print(pn.accuracy(pn.affine(4, 3).forward(s.params, x)[0], y) > 0.9)\n"
        "try: pn.convert([1.0], 'numpy')\n"
        "except TypeError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "True",
        "numpy is not installed: pip install numpy, or compute on lists (xp='lists')",
    ]


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_no_file_is_over_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


def test_every_public_function_says_what_it_does():
    for name in purenn.__all__:
        value = getattr(purenn, name)
        if callable(value):
            assert (value.__doc__ or "").strip(), name
            plain = not isinstance(value, (type, tuple))
            assert not plain or ">>>" in value.__doc__ or name == "register_backend", f"{name} has no doctest"
