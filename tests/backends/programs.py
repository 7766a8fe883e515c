"""Programs, networks for them, and what the same bits are."""

from __future__ import annotations

import pytest

import purenn as pn
from purenn.backends import get_backend, quiet
from purenn.trees import tree_leaves, tree_map

numpy = pytest.importorskip("numpy")

from purenn.backends._program import Programs  # noqa: E402 - where numpy is installed
from purenn.backends._tape import Unknown  # noqa: E402

__all__ = ["XP", "Programs", "Unknown", "array", "assert_same_bits", "network", "numpy", "program_of"]

XP = get_backend("numpy")


def array(numbers, dtype=None):
    out = numpy.asarray(numbers, dtype=dtype)
    out.flags.writeable = False
    return out


def program_of(function, *trees):
    """What runs by the program of such trees, or not at all."""
    programs = XP.programs(function)
    with quiet():
        programs.record(trees)
    (program,) = programs.programs

    def run(*trees):
        with quiet():
            return program(*trees)

    return run


def assert_same_bits(own, wanted):
    kinds = [type(leaf) for leaf in tree_leaves(own)]
    assert kinds == [type(leaf) for leaf in tree_leaves(wanted)]
    tree_map(assert_same_leaf, own, wanted)


def assert_same_leaf(own, wanted):
    """To the bit; but one NaN is as good as another, whose sign is the processor's affair."""
    if hasattr(own, "dtype"):
        assert (own.dtype, own.shape) == (wanted.dtype, wanted.shape)
        numbers = [numpy.where(numpy.isnan(each), 0, each) for each in (own, wanted)]
        assert numpy.array_equal(numpy.isnan(own), numpy.isnan(wanted))
        assert numbers[0].tobytes() == numbers[1].tobytes()
    else:
        assert own == wanted


def network(dtype="float32", sizes=(5, 4, 3), seed=0):
    model = pn.chain(pn.affine(*sizes[:2]), pn.relu, pn.affine(*sizes[1:]))
    params = model.init(seed, xp="numpy", dtype=dtype)
    rng = numpy.random.default_rng(seed)
    x, labels = rng.standard_normal((6, sizes[0])).astype(dtype), rng.integers(0, sizes[-1], 6)
    return model, params, x, labels
