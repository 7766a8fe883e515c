"""The laws of the design, for every pair on every backend."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import pytest

import purenn.functional as F
from purenn._numerical import numbers_of as flat
from purenn.backends import backend_of, convert
from purenn.testing import OPS, check_laws
from purenn.trees import tree_leaves, tree_map

from ..ops import BAD, ROWS

ON_ROWS = pytest.mark.parametrize("op", ROWS, ids=[op.name for op in ROWS])
STRICT = pytest.mark.parametrize("xp", ["lists", "read-only numpy", "array_api_strict"], indirect=True)
BATCHED = [op for op in ROWS if op.batched]
RATIONAL = [op for op in ROWS if op.rational]
OWN = ["pure", "structure", "linear", "zero", "vjp", "batch", "nan"]


def on_backend(xp, arguments, dtype=None):
    return tuple(xp.array(a, None if is_labels(a) else dtype) for a in arguments)


def is_labels(array):
    return all(type(number) is int for number in flat(array))


def ones(xp, out):
    return backend_of(out, xp=xp.backend).ones_like(out)


def test_ops_names_every_public_pair():
    public = {name.removesuffix("_forward") for name in F.__all__ if name.endswith("_forward")}
    assert public == {op.name.split()[0] for op in OPS}
    for name in public:
        assert f"{name}_backward" in F.__all__


def test_ops_has_five_samples_of_each_pair_and_a_bad_call():
    for name in {op.name.split()[0] for op in OPS}:
        rows = [op for op in OPS if op.name.split()[0] == name]
        assert max(len(op.samples) for op in rows) >= 5, name
        assert any(op.bad for op in rows), name
        assert all(op.samples for op in rows), name


def test_the_sources_are_those_of_the_docstrings():
    sources = {op.name: op.source for op in OPS}
    assert sources["relu"] == "school"
    assert sources["elu"].startswith("Clevert, Unterthiner and Hochreiter")
    assert sources["dropout a half"].startswith("Srivastava")


@STRICT
@ON_ROWS
def test_every_pair_obeys_the_laws(op, xp):
    for index, sample in enumerate(op.samples):
        arguments = on_backend(xp, sample)
        report = check_laws(op.forward, op.backward, *arguments, laws=OWN, batched=op.batched)
        assert report.ok, f"sample {index}: {report}"


@ON_ROWS
def test_every_pair_meets_its_kinks_between_the_slopes(op, pair_of):
    for arguments in op.kinks:
        report = check_laws(op.forward, op.backward, *on_backend(pair_of, arguments), laws=["vjp"])
        assert report.ok, report
        symmetric = "absolute" in op.name  # there the difference is the gradient, 0
        assert symmetric or "kink at" in report.laws[0].detail


@pytest.mark.parametrize("op", RATIONAL, ids=[op.name for op in RATIONAL])
def test_every_rational_pair_meets_its_kinks_exactly(op):
    for arguments in op.kinks:
        report = check_laws(op.forward, op.backward, *arguments, laws=["exact"])
        assert report.ok, report
        assert "absolute" in op.name or "exactly; kink at" in report.laws[0].detail


@ON_ROWS
def test_every_pair_takes_the_backend_by_force(op, xp):
    arguments = on_backend(xp, op.samples[0])
    out, cache = op.forward(*arguments, xp=xp.backend)
    again, _ = op.forward(*arguments)
    assert flat(out) == flat(again)
    dout = ones(xp, out)
    assert flat(op.backward(dout, cache, xp=xp.backend)) == flat(op.backward(dout, cache))


@ON_ROWS
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_pair_keeps_the_dtype(op, dtype, dtyped):
    for sample in op.samples:
        out, cache = op.forward(*on_backend(dtyped, sample, dtype))
        assert str(out.dtype).endswith(dtype)
        for grads in (
            op.backward(ones(dtyped, out), cache),
            op.backward(1.0, cache) if not out.shape else (),
        ):
            for leaf in tree_leaves((cache, grads)):
                assert str(leaf.dtype).endswith(dtype)


@pytest.mark.parametrize("dtyped", ["read-only numpy", "array_api_strict"], indirect=True)
@ON_ROWS
def test_float32_obeys_the_laws(op, dtyped):
    for index, sample in enumerate(op.samples):
        arguments = on_backend(dtyped, sample, "float32")
        report = check_laws(op.forward, op.backward, *arguments, laws=["structure", "linear", "vjp"])
        assert report.ok, f"sample {index}: {report}"


@pytest.mark.parametrize("op", RATIONAL, ids=[op.name for op in RATIONAL])
def test_rational_pairs_are_exact_in_fractions(op):
    for index, sample in enumerate(op.samples):
        arguments = tree_map(fractions, sample)
        report = check_laws(op.forward, op.backward, *arguments, laws=["pure", "linear", "zero", "vjp"])
        assert report.ok, f"sample {index}: {report}"
        assert ", exactly" in report.laws[-1].detail
        out, cache = op.forward(*arguments)
        assert all(isinstance(number, Fraction) for number in flat(out))
        assert all(
            isinstance(n, (Fraction, int)) for n in flat(op.backward(backend_of(out).ones_like(out), cache))
        )


def fractions(x):
    return list(map(fractions, x)) if isinstance(x, list) else Fraction(x)


@ON_ROWS
def test_backends_agree(op, xp):
    """Elementwise to 4 ulp; sums of k terms to 2k * 2**-53 of the sum of their magnitudes."""
    for sample in op.samples:
        out, cache = op.forward(*sample)
        dout = backend_of(out).ones_like(out)
        other_out, other_cache = op.forward(*on_backend(xp, sample))
        grads, other_grads = op.backward(dout, cache), op.backward(ones(xp, other_out), other_cache)
        terms = len(flat(sample))
        size = max(map(abs, flat(sample)))
        for a, b in zip(flat((out, grads)), flat((other_out, other_grads)), strict=True):
            assert abs(a - b) <= max(4 * math.ulp(a), 2 * terms * 2.0**-53 * size)


@pytest.mark.parametrize("op", BATCHED, ids=[op.name for op in BATCHED])
def test_a_batch_is_a_stack_of_singles(op, xp):
    """Of rows without the axis of the batch; the law of ``batch`` takes batches of one."""
    for first, *rest in op.samples:
        if not (isinstance(first, list) and isinstance(first[0], list)) or op.name == "flatten":
            continue
        shared = op.batched is not True  # weights belong to all rows; targets are one a row
        out, cache = op.forward(*on_backend(xp, (first, *rest)))
        grads = op.backward(ones(xp, out), cache)
        for row in range(len(first)):
            single = (first[row], *(rest if shared else [a[row] for a in rest]))
            one_out, one_cache = op.forward(*on_backend(xp, single))
            one_grads = op.backward(ones(xp, one_out), one_cache)
            for one, whole in ((one_out, out), (one_grads[0], grads[0])):
                assert flat(one) == pytest.approx(flat(convert(whole, "lists")[row]), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(("_", "op", "bad"), BAD, ids=[name for name, _, _ in BAD])
def test_bad_calls_are_refused_with_the_same_words(_, op, bad, xp):
    arguments = [xp.array(a) if isinstance(a, (list, int, float)) else a for a in bad.arguments]
    with pytest.raises(bad.error, match=bad.match) as caught:
        op.forward(*arguments)
    assert isinstance(caught.value, (ValueError, TypeError))
    assert str(caught.value).startswith(op.name.split()[0])


@ON_ROWS
def test_a_wrong_dout_or_cache_is_refused(op, xp):
    out, cache = op.forward(*on_backend(xp, op.samples[0]))
    wrong = xp.array([[[[[1.0]]]]])
    with pytest.raises(ValueError, match=r"_backward: dout \(1, 1, 1, 1, 1\) and the output .* differ"):
        op.backward(wrong, cache)
    with pytest.raises(
        TypeError, match=r"is tuple, wanted \w+Cache: give the cache that \w+_forward returned"
    ):
        op.backward(ones(xp, out), tuple(cache))
    other = F.tanh_forward(1.0)[1] if op.name != "tanh" else F.relu_forward(1.0)[1]
    with pytest.raises(TypeError, match=f"cache is {type(other).__name__}, wanted "):
        op.backward(ones(xp, out), other)


@ON_ROWS
def test_every_pair_takes_extreme_numbers_and_any_layout(op, pair_of):
    laws = ["layouts", *(["extreme"] if op.extreme else [])]
    for sample in op.samples:
        check_laws(op.forward, op.backward, *on_backend(pair_of, sample), laws=laws).assert_ok()


@pytest.mark.parametrize(
    ("forward", "shapes"),
    [
        (F.relu_forward, [(0, 3)]),
        (F.softmax_forward, [(0, 3)]),
        (F.add_forward, [(0, 3), (3,)]),
        (F.affine_forward, [(0, 3), (3, 2), (2,)]),
        (partial(F.mean_squared_error_forward, reduction="sum"), [(0, 3), (0, 3)]),
    ],
)
def test_empty_batches_on_numpy(forward, shapes):
    numpy = pytest.importorskip("numpy")
    backward = getattr(F, getattr(forward, "func", forward).__name__.replace("forward", "backward"))
    arguments = [numpy.zeros(shape) for shape in shapes]
    out, cache = forward(*arguments)
    for grad, argument in zip(backward(numpy.ones_like(out), cache), arguments, strict=False):
        assert grad.shape == argument.shape


def test_an_empty_list_is_an_empty_row():
    assert F.relu_forward([])[0] == []
    assert F.relu_forward([[], []])[0] == [[], []]


def test_sigmoid_and_tanh_keep_their_digits_in_both_tails(pair_of):
    for x in (40.0, -40.0, 700.0, -700.0):
        out, cache = F.sigmoid_forward(pair_of.array(x))
        slope = F.sigmoid_backward(1.0, cache).x
        assert float(slope) == pytest.approx(math.exp(-abs(x)), rel=1e-14)
        assert float(out) == (1.0 if x > 0 else pytest.approx(math.exp(x), rel=1e-14))
        _, cache = F.tanh_forward(pair_of.array(x / 2))
        assert float(F.tanh_backward(1.0, cache).x) == pytest.approx(4 * math.exp(-abs(x)), rel=1e-14)


def test_a_class_that_is_out_costs_nothing_unless_it_is_the_label(pair_of):
    logits = pair_of.array([[-math.inf, 0.0], [-math.inf, 1.0]])
    loss, cache = F.softmax_cross_entropy_forward(logits, pair_of.array([1, 1]))
    assert repr(float(loss)) == "0.0"
    assert flat(F.softmax_cross_entropy_backward(1.0, cache)) == [0.0] * 4
    loss, _ = F.softmax_cross_entropy_forward(logits, pair_of.array([0, 1]))
    assert float(loss) == math.inf


def test_targets_that_do_not_add_up_to_1_have_their_true_gradient(xp):
    targets = [[0.5, 0.25, 1.0], [2.0, 0.0, 0.5]]
    arguments = xp.tree(([[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]], targets))
    check_laws(F.softmax_cross_entropy_forward, F.softmax_cross_entropy_backward, *arguments).assert_ok()


@pytest.mark.parametrize("labels", [[[0], [1]], [[2], [0]]])
def test_one_column_of_labels_is_no_one_hot(labels, xp):
    with pytest.raises(ValueError, match="each row must be one 1 among zeros"):
        F.softmax_cross_entropy_forward(xp.array([[0.5], [0.25]]), xp.array(labels))
    with pytest.raises(ValueError, match="each row must be one 1 among zeros"):
        F.softmax_cross_entropy_forward(xp.array([0.5, 0.25, 0.5]), xp.array([0, 1, 1]))
    loss, _ = F.softmax_cross_entropy_forward(xp.array([[0.0, 0.0]]), xp.array([[1, 0]]))
    assert float(loss) == pytest.approx(math.log(2))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_labels_may_be_of_any_integer_dtype(dtype, dtyped):
    logits = dtyped.array([[0.0] * 300, [1.0] * 300])
    labels = dtyped.backend.asarray([3, 100], dtype=getattr(dtyped.backend, dtype, dtype))
    loss, _ = F.softmax_cross_entropy_forward(logits, labels)
    assert float(loss) == pytest.approx(math.log(300))


def test_integers_take_the_floating_dtype_of_the_others(dtyped):
    half = dtyped.array([0.5, 0.25, 1.0], "float32")
    whole = dtyped.array([1, 2, 3])
    for forward in (F.add_forward, F.multiply_forward, F.mean_squared_error_forward):
        for arguments in ((half, whole), (whole, half)):
            out, cache = forward(*arguments)
            assert {str(leaf.dtype).rpartition(".")[2] for leaf in tree_leaves((out, cache))} == {"float32"}
    out, _ = F.affine_forward(whole, half, 1)
    assert str(out.dtype).endswith("float32")


def test_the_mean_of_nothing_is_refused(pair_of):
    with pytest.raises(ValueError, match=r"losses \(0,\): no samples have no mean"):
        F.mean_squared_error_forward(pair_of.array([]), pair_of.array([]))
    with pytest.raises(ValueError, match=r"nested lists cannot hold an empty batch"):
        F.affine_forward([], [[1.0], [2.0]], [0.0])


def test_gradients_are_arrays_of_their_own():
    numpy = pytest.importorskip("numpy")
    x = numpy.ones((2, 3))
    dout = numpy.ones((2, 3))
    dx, dy = F.add_backward(dout, F.add_forward(x, x)[1])
    assert not any(numpy.shares_memory(a, b) for a, b in [(dx, dy), (dx, dout), (dy, dout)])
