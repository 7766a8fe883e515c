"""``compare`` on networks and backends whose differences are known beforehand."""

from __future__ import annotations

import sys
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn.compare import compare
from purenn.testing import high_precision

X = [[0.25, -0.5, 1.0], [0.75, 0.1, -0.3]]


class ExpCache(NamedTuple):
    out: Any


class ExpGrads(NamedTuple):
    x: Any


def exp_forward(x, *, xp=None):
    out = pn.backend_of(x, xp=xp).exp(x)
    return out, ExpCache(out)


def exp_backward(dout, cache, *, xp=None):
    return ExpGrads(pn.backend_of(dout, xp=xp).multiply(dout, cache.out))


exp = pn.layer(exp_forward, exp_backward)


@pytest.fixture
def broken():
    pytest.importorskip("numpy")
    from . import broken

    return broken


def names(comparison):
    return list(dict.fromkeys(row.op for row in comparison.rows))


def test_compare_names_the_op_that_is_off_and_who_is_right(broken):
    off = broken.Backend("off", exp=broken.up(3))
    model = pn.chain(pn.affine(3, 2), exp, pn.affine(2, 2))
    comparison = compare(model, X, backends=["numpy", off])
    guilty = [(row.op, row.of) for row in comparison.rows if any(row.alone.between)]
    assert guilty == [("1 exp", "out"), ("1 exp", "x")]
    row = comparison.row("exp")
    (apart,), (right, wrong) = row.alone.between, row.alone.exact
    assert (apart.between, apart.ulp, apart.numbers) == (("numpy", "off"), 3.0, 4)
    assert right.between == ("numpy", "exact")
    assert right.ulp < 1
    assert 2 < wrong.ulp < 4
    assert row.alone.nearer == "numpy"
    assert row.alone.nearest == {"numpy": 4, "off": 0}
    assert all(row.through.between[0] for row in comparison.rows if row.op == "2 affine" and row.of == "out")
    assert not comparison.equal


def test_compare_finds_the_first_index(broken):
    off = broken.Backend("off", exp=broken.up(1, where=(1, 2)))
    apart = compare(exp, X, backends=["numpy", off]).row("exp").alone.between[0]
    assert (apart.ulp, apart.numbers, apart.first.place) == (1.0, 1, "[1][2]")
    low, high = apart.first.values
    assert low < high


def test_sums_in_another_order_part_by_little(broken):
    other = broken.Backend("other", sum=broken.from_right_to_left)
    x = pn.random.normal(5, (4, 40))
    for apart in compare(pn.softmax, x, backends=["numpy", other]).row("softmax").alone.between:
        assert 0 < apart.ulp <= 8
        assert apart.relative < 1e-15


def test_compare_says_that_equals_are_equal(broken):
    same = broken.Backend("same")
    comparison = compare(pn.chain(pn.affine(3, 2), pn.gelu), X, backends=["numpy", same])
    assert comparison.equal
    assert not any(row.alone.nearer for row in comparison.rows)
    assert "Where they part: nowhere, all is equal to the last bit." in str(comparison)


def test_ops_alone_are_fed_with_the_same_numbers(broken):
    off = broken.Backend("off", exp=broken.up(3))
    row = compare(pn.chain(exp, pn.relu), X, backends=["numpy", off]).row("relu")
    assert not row.alone.between[0]
    assert row.through.between[0].ulp == 3


@pytest.mark.parametrize("backends", [["lists"], ["lists", "numpy"]])
def test_every_op_of_a_nested_network_is_found(backends):
    for name in backends:
        pytest.importorskip(name) if name != "lists" else None
    fixed = pn.frozen(pn.affine(3, 3), pn.affine(3, 3).init(1))
    block = pn.residual(pn.chain(pn.tanh, pn.dropout(0.5)))
    model = pn.chain(fixed, block, pn.branch(pn.relu, pn.identity), pn.parallel(pn.scale(), pn.tanh), pn.add)
    comparison = compare(model, X, training_key=3, backends=backends)
    assert [f"{row.op} {row.of}" for row in comparison.rows] == [
        *(f"0.0 affine {of}" for of in ("out", "params.w", "params.b", "x")),
        *("1.0.0 tanh out", "1.0.0 tanh x", "1.0.1 dropout out", "1.0.1 dropout x"),
        *("1 residual out", "1 residual x"),
        *("2.0 relu out", "2.0 relu x", "2.1 identity out", "2.1 identity x", "2 branch x"),
        *("3.0 scale out", "3.0 scale params.factor", "3.0 scale x", "3.1 tanh out", "3.1 tanh x"),
        *("4 add out", "4 add x[0]", "4 add x[1]"),
    ]
    assert not comparison.notes
    for row in comparison.rows:
        assert row.alone.exact[0].relative < 1e-15
        assert row.through.exact[0].relative < 1e-14


def test_the_loss_is_an_op():
    comparison = compare(
        pn.affine(3, 2), X, [0, 1], loss=pn.softmax_cross_entropy, params=([[0.5, 1.0]] * 3, [0.0, 0.0]),
        backends=["lists"],
    )  # fmt: skip
    assert names(comparison) == ["affine", "loss softmax_cross_entropy"]
    assert comparison.row("softmax_cross_entropy").through.exact[0].ulp < 2
    assert comparison.row("loss softmax_cross_entropy", "x").of == "x"


def test_a_pair_is_one_op_with_its_params():
    pair = (F.multiply_forward, F.multiply_backward)
    comparison = compare(pair, [3.0, 0.1], params=([0.5, 0.3],), backends=["lists"])
    assert [f"{row.op} {row.of}" for row in comparison.rows] == [
        "multiply out", "multiply params[0]", "multiply x"
    ]  # fmt: skip
    assert compare((F.tanh_forward, F.tanh_backward), X, backends=["lists"]).row("tanh")


def test_the_exact_answer_is_the_one_in_many_digits():
    exact = compare(pn.sigmoid, X, backends=["lists"], digits=60).row("sigmoid").alone.exact[0]
    want = high_precision(F.sigmoid_forward, X, digits=60)[0]
    index = [exact.first.place == f"[{i}][{j}]" for i in range(2) for j in range(3)].index(True)
    assert abs(exact.first.values[1] - want[index // 3][index % 3]) < Decimal("1e-55")


def test_a_rational_op_is_exact_where_nothing_is_rounded():
    for row in compare(pn.relu, X, backends=["lists"]).rows:
        assert not row.alone.exact[0]


def test_without_digits_nothing_exact_is_said():
    comparison = compare(pn.tanh, X, backends=["lists"], digits=None)
    assert comparison.row("tanh").alone.exact == ()
    assert comparison.row("tanh").alone.nearer == ""
    assert "exact" not in str(comparison)


def test_what_takes_no_decimals_is_noted():
    weights = [0.5, 2.0]
    loss = pn.Loss(
        partial(F.softmax_cross_entropy_forward, class_weights=weights), F.softmax_cross_entropy_backward
    )
    comparison = compare(pn.affine(3, 2), X, [0, 1], loss=loss, backends=["lists"])
    assert any("no exact answer for loss softmax_cross_entropy: " in note for note in comparison.notes)
    assert comparison.row("softmax_cross_entropy").alone.exact == ()
    assert comparison.row("affine").alone.exact
    assert "no exact answer" in str(comparison)


def test_floats_among_the_decimals_are_noted():
    def forward(x):
        return pn.backends.lists.astype(x, float), ExpCache(x)

    comparison = compare((forward, lambda dout, cache: ExpGrads(dout)), X, backends=["lists"])
    assert any("it makes floats of Decimals" in note for note in comparison.notes)
    assert comparison.rows[0].alone.exact == ()


def test_time_waits_for_arrays_that_are_still_computed(broken):
    waited = []
    late = broken.Backend("late")
    late.array.block_until_ready = lambda array: waited.append(array.shape)
    compare(pn.tanh, X, backends=[late], repeats=2)
    assert waited == [(2, 3)] * 4


def test_three_backends_are_compared_pair_by_pair(broken):
    off = broken.Backend("off", exp=broken.up(3))
    comparison = compare(exp, X, backends={"a": "numpy", "b": broken.Backend("same"), "c": off})
    between = comparison.row("exp").alone.between
    assert [(each.between, each.ulp) for each in between] == [
        (("a", "b"), 0.0), (("a", "c"), 3.0), (("b", "c"), 3.0)
    ]  # fmt: skip
    assert comparison.row("exp").alone.nearer == ""  # a and b are equally near


def test_nothing_that_is_given_changes():
    x, params = [[1, 2]], pn.affine(2, 2).init(0)
    before = repr((x, params))
    compare(pn.affine(2, 2), x, params=params, backends=["lists"])
    assert repr((x, params)) == before


def test_the_tables_are_of_fixed_width(broken):
    off = broken.Backend("off", exp=broken.up(3))
    text = str(compare(exp, X, backends=["numpy", off]))
    assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}
    rows = [line for line in text.splitlines() if line.startswith("exp  out")]
    assert len(rows) == 2
    assert rows[0].split()[:5] == ["exp", "out", "numpy", "off", "3"]
    assert "exp  x" in text
    assert "microseconds" in text


class Axes:
    def __init__(self):
        self.drawn = []

    def __getattr__(self, name):
        return lambda *arguments, **options: self.drawn.append((name, arguments, options))


def test_plot_draws_each_backend_alone_and_through():
    axes = Axes()
    assert compare(pn.tanh, X, backends=["lists"]).plot(axes) is axes
    labels = [options["label"] for name, _, options in axes.drawn if name == "plot"]
    assert labels == ["lists, alone", "lists, through"]
    assert len(next(arguments for name, arguments, _ in axes.drawn if name == "plot")[0]) == 2


def test_plot_without_matplotlib_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    with pytest.raises(ModuleNotFoundError, match="plot: matplotlib is not installed: pip install"):
        compare(pn.tanh, X, backends=["lists"]).plot()


def test_plot_draws_with_matplotlib():
    pytest.importorskip("matplotlib").use("Agg")
    ax = compare(pn.tanh, X, backends=["lists"]).plot()
    assert [line.get_label() for line in ax.get_lines()] == ["lists, alone", "lists, through"]


def test_a_backend_that_rounds_floats_is_refused(broken):
    import numpy

    coarse = broken.Backend("coarse", asarray=lambda x, dtype=None: numpy.asarray(x, dtype="float32"))
    with pytest.raises(pn.errors.BackendError, match="coarse does not keep Python's floats: let it compute"):
        compare(pn.tanh, [0.1], backends=["lists", coarse])


def test_a_backend_with_wrong_shapes_is_refused(broken):
    flat = broken.Backend("flat", exp=lambda x: x[0])
    with pytest.raises(pn.errors.ShapeError, match=r"has shape \(2, 3\) on numpy and \(3,\) on flat"):
        compare(exp, X, backends=["numpy", flat])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": F.relu_forward}, TypeError, "model is a function, wanted a Layer or a pair"),
        ({"targets": [1]}, pn.errors.OptionError, "loss and targets belong together"),
        ({"loss": pn.hinge}, pn.errors.OptionError, "loss and targets belong together"),
        ({"loss": len, "targets": [1]}, TypeError, "loss is a builtin_function_or_method, wanted a Loss"),
        ({"backends": "lists"}, pn.errors.OptionError, "backends='lists': wanted several"),
        ({"backends": []}, pn.errors.OptionError, r"backends have the names \[\]: wanted at least one"),
        ({"backends": ["lists", "lists"]}, pn.errors.OptionError, "no two alike"),
        ({"backends": {"exact": "lists"}}, pn.errors.OptionError, "none 'exact'; give a dict"),
        ({"backends": ["cupy"]}, pn.errors.OptionError, "xp='cupy' is no backend"),
        ({"digits": 20}, pn.errors.OptionError, "digits=20: wanted at least 30"),
        ({"digits": 2.5}, pn.errors.OptionError, "digits=2.5: wanted a whole number from 1"),
        ({"repeats": 0}, pn.errors.OptionError, "repeats=0: wanted a whole number from 1"),
    ],
)
def test_bad_calls_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        compare(**{"model": pn.relu, "x": X, "backends": ["lists"]} | options)


def test_an_unknown_row_is_refused():
    with pytest.raises(pn.errors.OptionError, match="no row 'relu' 'w': there are relu out, relu x"):
        compare(pn.relu, X, backends=["lists"]).row("relu", "w")
