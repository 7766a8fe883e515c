"""Trees, random draws, batches, optimizers, files and scalings, over whatever they may be given."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import purenn as pn
from purenn.backends import get_backend, lists
from purenn.trees import tree_leaves, tree_map, tree_paths, tree_unflatten

pytest.importorskip("hypothesis")
from hypothesis import given
from hypothesis import strategies as st

from ..optimizers.table import OPTIMIZERS
from .strategies import arrays, flat, fractions, full_shapes, keys, nested, shapes, tame

leaves = st.one_of(st.integers(), st.lists(st.integers(), max_size=3))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("wbx"), inner, max_size=3),
        st.tuples(inner, inner).map(lambda pair: pn.Scaling(*pair)),
    ),
    max_leaves=8,
)


# --- trees and draws ----------------------------------------------------------------------------


@given(trees)
def test_tree_map_keeps_the_tree_and_composes(tree):
    def wrap(leaf):
        return [leaf]

    def count(leaf):
        return len(str(leaf))

    assert tree_map(lambda leaf: leaf, tree) == tree
    assert tree_map(count, tree_map(wrap, tree)) == tree_map(lambda leaf: count(wrap(leaf)), tree)
    assert tree_unflatten(tree, tree_leaves(tree)) == tree
    assert [leaf for _, leaf in tree_paths(tree)] == tree_leaves(tree)
    assert len({path for path, _ in tree_paths(tree)}) == len(tree_leaves(tree))
    assert tree_map(lambda one, other: one is other, tree, tree) == tree_map(lambda leaf: True, tree)
    assert type(tree_map(count, tree)) is type(tree) or not isinstance(tree, (tuple, dict))


@given(keys, st.integers(2, 20))
def test_keys_split_into_others(key, n):
    made = {*pn.random.split(key, n), *(pn.random.fold_in(key, index) for index in range(n)), key}
    assert len(made) == 2 * n + 1
    assert pn.random.split(key, n) == pn.random.split(key, n)


@given(keys, st.integers(0, 50))
def test_permutations_are_permutations_and_the_same_everywhere(key, n):
    pytest.importorskip("numpy")
    order = pn.random.permutation(key, n)
    assert sorted(order) == list(range(n))
    assert pn.random.permutation(key, n, xp="numpy").tolist() == order


@given(keys, shapes)
def test_draws_have_the_same_bits_everywhere(key, sizes):
    pytest.importorskip("numpy")
    for draw in (pn.random.uniform, pn.random.normal):
        here = draw(key, sizes)
        assert lists.shape(here) == sizes
        assert draw(key, sizes, xp="numpy").tolist() == here
    assert all(0 <= u < 1 for u in flat(pn.random.uniform(key, sizes)))


# --- batches and steps --------------------------------------------------------------------------


@given(keys, st.integers(1, 20), st.integers(1, 25))
def test_batches_hold_every_sample_once(key, samples, size):
    y = list(range(samples))
    parts = list(pn.batches([[float(n)] for n in y], y, size, key))
    assert sorted(n for _, part in parts for n in part) == y
    assert all([[float(n)] for n in part] == x for x, part in parts)
    assert [len(part) for _, part in parts[:-1]] == [size] * (len(parts) - 1)
    assert 0 < len(parts[-1][1]) <= size


@given(keys, st.integers(2, 20), st.floats(0, 1, exclude_max=True))
def test_split_parts_samples_in_two(key, samples, share):
    y = list(range(samples))
    (x_train, train), (x_test, test) = pn.split([[float(n)] for n in y], y, share, key)
    assert sorted(train + test) == y
    assert [[float(n)] for n in train] == x_train
    assert [[float(n)] for n in test] == x_test
    assert len(test) == min(max(round(samples * share), 1), samples - 1)


@given(st.sampled_from([name for name in OPTIMIZERS if "clipped" not in name]), shapes, st.data())
def test_optimizers_take_the_same_steps_on_lists_and_numpy(name, sizes, data):
    pytest.importorskip("numpy")
    start = data.draw(nested(sizes, tame))
    grads = [data.draw(nested(sizes, tame)) for _ in range(3)]
    ends = []
    for xp in ("lists", "numpy"):
        optimizer, params = OPTIMIZERS[name](0.1), pn.convert({"w": start}, xp)
        state = optimizer.init(params)
        for each in grads:
            params, state = optimizer.update(pn.convert({"w": each}, xp), state, params)
        ends.append(flat(pn.convert((params, state[1:]), "lists")[0]["w"]))
    assert ends[0] == ends[1]


# --- files and scalings -------------------------------------------------------------------------

KINDS = {
    0x08: ("B", 0, 255),
    0x09: ("b", -128, 127),
    0x0B: ("h", -(2**15), 2**15 - 1),
    0x0C: ("i", -(2**31), 2**31 - 1),
}


@given(full_shapes, st.sampled_from([*KINDS, 0x0D, 0x0E]), st.booleans(), st.data())
def test_idx_files_are_read_as_they_were_written(sizes, code, packed, data):
    letter, low, high = KINDS.get(code, ("f" if code == 0x0D else "d", None, None))
    numbers = (
        st.floats(width=32 if letter == "f" else 64, allow_nan=False)
        if low is None
        else st.integers(low, high)
    )
    x = data.draw(nested(sizes, numbers))
    body = bytes([0, 0, code, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes)
    body += struct.pack(f">{len(flat(x))}{letter}", *flat(x))
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.idx")
        path.write_bytes(gzip.compress(body) if packed else body)
        assert pn.load_idx(path) == x


@given(st.integers(1, 3), st.integers(1, 5), st.sampled_from(",;\t"), st.booleans(), st.data())
def test_csv_files_are_read_as_they_were_written(features, samples, delimiter, header, data):
    x = data.draw(nested((samples, features), st.floats(allow_nan=False, allow_infinity=False)))
    y = data.draw(st.lists(st.sampled_from(["cat", "a dog", "ибис"]), min_size=samples, max_size=samples))
    names = [f"x{i}" for i in range(features)]
    lines = [[*names, "animal"]] * header + [[*map(repr, row), text] for row, text in zip(x, y, strict=True)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        path.write_text("".join(delimiter.join(line) + "\n" for line in lines), encoding="utf-8")
        table = pn.load_csv(path, delimiter=delimiter, header=header)
    assert table.x == x
    assert [table.classes[label] for label in table.y] == y
    assert table.columns == (tuple(names) if header else ())


@given(arrays(tame, full_shapes), st.sampled_from([pn.fit_standard, pn.fit_min_max]), st.booleans())
def test_scaling_is_undone(x, fit, on_numpy):
    if on_numpy:
        pytest.importorskip("numpy")
        x = get_backend("numpy").asarray(x)
    scaling = fit(x)
    scaled = pn.apply_scaling(scaling, x)
    size = max(map(abs, flat(x)), default=0)
    assert flat(pn.undo_scaling(scaling, scaled)) == pytest.approx(
        flat(x), rel=1e-12, abs=1e-12 * size + 1e-300
    )
    if fit is pn.fit_min_max:
        assert all(-1e-9 <= n <= 1 + 1e-9 for n in flat(scaled))


@given(arrays(fractions, full_shapes))
def test_scaling_of_fractions_is_undone_exactly(x):
    scaling = pn.fit_min_max(x)
    scaled = pn.apply_scaling(scaling, x)
    assert pn.undo_scaling(scaling, scaled) == x
    assert all(0 <= n <= 1 for n in flat(scaled))
