"""Bad calls of random draws, initializers, backends, trees and files."""

from __future__ import annotations

import math
from functools import partial

import purenn as pn
from purenn import random
from purenn.backends import lists
from purenn.errors import ArrayError, BackendError, FormatError, OptionError, ShapeError, TreeError

from .row import A, Raw, Row, Xp, made

init = pn.initializers
KEY = "^key='a' is not an int: keys and counts are ints"
FANS = (
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "orthogonal",
)
INITIALIZERS = {name: getattr(init, name) for name in init.__all__} | {
    "constant": partial(init.constant, value=1)
}


def of_every_initializer(name, call):
    at = {"xp": Xp()}
    return [
        Row(name, call, ("a", (2, 2)), OptionError, KEY, at),
        Row(name, call, (0, (2, 2)), OptionError,
            "^dtype=.*: random numbers between integers need a real floating dtype",
            at | {"dtype": int}),
        Row(name, call, (0, (2, 2)), OptionError, "^xp='cuda' is no backend: known by name", {"xp": "cuda"}),
        Row(name, call, (0, (-1, 2)), ShapeError, r"^shape \(-1, 2\): no size can be negative", at),
        Row(name, call, (0, (2, int)), ShapeError if name in FANS else OptionError,
            "^an initializer was asked for shape" if name in FANS
            else "^a size of the shape=<class 'int'> is not an int", at),
    ]  # fmt: skip


def load(name, error, match, **options):
    """A file that is none, read from the source of this table."""
    return Row(name, getattr(pn, name), (__file__,), error, match, options)


ROWS = [
    *(row for name, call in INITIALIZERS.items() for row in of_every_initializer(name, call)),
    *(Row(name, INITIALIZERS[name], (0, 3), ShapeError,
    "^an initializer was asked for shape 3: wanted \\(n, m\\), or") for name in FANS),
    *made("constant", partial(init.constant, 0, ()), OptionError,
          ({"value": math.inf}, "^constant: value=inf: wanted a finite number")),
    *made("uniform", partial(init.uniform, 0, ()), OptionError,
          ({"bound": 0}, "^uniform: bound=0: wanted a number above 0; for zeros there is zeros"),
          ({"bound": -1}, "^uniform: bound=-1: wanted a finite number from 0")),
    *made("normal", partial(init.normal, 0, ()), OptionError,
          ({"std": -1}, "^normal: std=-1: wanted a finite number from 0")),
    *made("truncated_normal", partial(init.truncated_normal, 0, ()), OptionError,
          ({"low": 3.0},
              "^truncated_normal: low=3.0 and high=2.0 hold 0 of all normals, wanted 0.01 or more"),
          ({"high": math.inf}, "^truncated_normal: high=inf: wanted a finite number"),
          ({"mean": None}, "^truncated_normal: mean=None: wanted a finite number")),
    *made("orthogonal", partial(init.orthogonal, 0, (2, 2)), OptionError,
          ({"gain": -1.0}, "^orthogonal: gain=-1.0: wanted a finite number from 0")),
    Row("split", random.split, ("a",), OptionError, KEY),
    Row("split", random.split, (0, 0), OptionError, "^split: n=0 keys were asked for: at least 1 is needed"),
    Row("fold_in", random.fold_in, (0, 0.5), OptionError,
        "^data=0.5 is not an int: keys and counts are ints"),
    Row("uniform", random.uniform, (0, 2), OptionError,
        r"^uniform: low=1.0 and high=1.0: low must be below high",
        {"low": 1.0, "xp": Xp()}),
    Row("uniform", random.uniform, (0, 2), OptionError, "^uniform: high='1': wanted a finite number from",
        {"high": "1"}),
    Row("uniform", random.uniform, (0, (2, -1)), ShapeError, r"^shape \(2, -1\): no size can be negative",
        {"xp": Xp()}),
    Row("uniform", random.uniform, (0, (0.5,)), OptionError,
        "^a size of the shape=0.5 is not an int: keys and counts"),
    Row("uniform", random.uniform, (0, 2), OptionError, "^dtype=", {"dtype": "float31", "xp": "numpy"})
    ._replace(options={"dtype": 3}, match="^dtype=3: on lists a dtype is a type of numbers: float, int"),
    Row("normal", random.normal, (0, 2), OptionError, "^normal: std=-1.0: wanted a finite number from 0",
        {"std": -1.0, "xp": Xp()}),
    Row("normal", random.normal, (True,), OptionError, "^key=True is not an int: keys and counts are ints",
        {"xp": Xp()}),
    Row("bernoulli", random.bernoulli, (0, 1.5), OptionError, r"^bernoulli: p=1.5: wanted a number from 0",
        {"xp": Xp()}),
    Row("permutation", random.permutation, (0, (3, 2)), OptionError,
        r"^n=\(3, 2\) is not an int: keys and counts are"),
    Row("permutation", random.permutation, (0, -1), ShapeError, r"^shape \(-1,\): no size can be negative",
        {"xp": Xp()}),
    Row("spiral", pn.data.spiral, (0, 0), OptionError, "^spiral: samples=0: wanted a whole number from 1",
        {"xp": Xp()}),
    Row("moons", pn.data.moons, (0,), OptionError, "^moons: noise=-1: wanted a finite number from 0",
        {"noise": -1}),
    Row("xor", pn.data.xor, ("a",), OptionError, KEY, {"xp": Xp()}),
    Row("blobs", pn.data.blobs, (0,), OptionError, "^blobs: features=0: wanted a whole number from 1",
        {"features": 0}),
    load("load_idx", FormatError,
        r"draws.py is no IDX file: it starts with the bytes 22 22 22 42, wanted 00 00, a type"),
    load("load_idx", OptionError, "^xp='cuda' is no backend: known by name are lists, numpy", xp="cuda"),
    load("load_csv", FormatError,
        "draws.py has 1 column, wanted at least 2, a feature and the target: is the", delimiter="~"),
    load("load_csv", OptionError, "^load_csv: delimiter=', ': wanted one character, such as ','",
        delimiter=", "),
    load("load_csv", OptionError, "^load_csv: header=1: wanted True, False, or None to find out", header=1),
    load("load_csv", OptionError, "^load_csv: target=1.5: wanted the number of a column, or its name",
        target=1.5),
    load("load_csv", OptionError, r"^load_csv: classes=\('a', 'a'\): wanted texts that differ: \('cat'",
        classes=("a", "a")),
    Row("backend_of", pn.backend_of, (A, "a"), ArrayError,
        "^backend_of: argument 2 is 'a': an array is made of real"),
    Row("backend_of", pn.backend_of, (object(),), BackendError,
        "^backend_of: argument 1 is a object, which belongs to no"),
    Row("get_backend", pn.get_backend, ("cuda",), OptionError,
        "^xp='cuda' is no backend: known by name are lists, numpy"),
    Row("get_backend", pn.get_backend, (3,), BackendError,
        "^xp=3 is no backend: give an array API namespace or a name"),
    Row("convert", pn.convert, ((A, None), "lists"), ArrayError,
        r"^convert: leaf\[1\] is None: an array is made of real"),
    Row("convert", pn.convert, (Raw([[1.0], 2.0]), "lists"), ShapeError,
        r"^convert: leaf is ragged: leaf\[0\] has shape"),
    Row("convert", pn.convert, (A, "cuda"), OptionError,
        "^xp='cuda' is no backend: known by name are lists, numpy"),
    Row("register_backend", pn.register_backend, ("list", lists), BackendError,
        "^register_backend: 'list' is no type: give"),
    Row("register_backend", pn.register_backend, (set, 3), BackendError,
        "^register_backend: 3 is no backend: give an arr"),
    Row("register_backend", pn.register_backend, (set, lists), OptionError,
        "^register_backend: name='numpy' is taken: choose another", {"name": "numpy"}),
    Row("tree_map", pn.tree_map, (lambda *_: None, {"w": (A, A)}, {"w": (A,)}), TreeError,
        r"^trees differ at \['w'\]: a tuple of 2 and a tuple of 1: give trees with the same branches"),
    Row("tree_map", pn.tree_map, (lambda *_: None, {"w": (A, A), "b": A}, {"w": (A, A), "b": (A,)}),
        TreeError,
        r"^trees differ at \['b'\]: a leaf \(\w+\) and a tuple of 1: give trees with the same branches"),
    Row("tree_map", pn.tree_map, (lambda *_: None, {"w": A}, {"b": A}), TreeError,
        r"^trees differ at the top: a dict with keys \['w'\] and a dict with keys \['b'\]: give trees with"),
]  # fmt: skip
