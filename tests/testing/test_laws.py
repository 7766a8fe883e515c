"""The laws catch what they are for: each wrong pair below fails the law that is named beside it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import pytest

import purenn as pn
import purenn.functional as F
from purenn._numerical import numbers_of
from purenn.functional import AffineGrads, MultiplyGrads
from purenn.testing import Report, check_gradients, check_laws, check_layer, numerical_gradient

LAWS = ["pure", "structure", "linear", "zero", "vjp"]
X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


class Cache(NamedTuple):
    x: object


class Grads(NamedTuple):
    x: object


class Misnamed(NamedTuple):
    y: object


def square(x):
    return F.multiply_forward(x, x)[0], Cache(x)


def square_backward(dout, cache):
    return Grads(F.multiply_forward(dout, F.multiply_forward(cache.x, 2)[0])[0])


def test_a_right_pair_of_a_user_passes(xp):
    report = check_laws(square, square_backward, xp.array(X))
    assert report.ok
    report.assert_ok()
    assert str(report).splitlines()[0] == "square"
    assert [law.name for law in report.laws] == [*LAWS, "backends", "layouts"]


class Stateful:
    """The hidden state of a layer class: the last forward wins."""

    def forward(self, x):
        self.x = x
        return square(x)

    def backward(self, dout, cache):
        return square_backward(dout, Cache(self.x))


def writes_dout(dout, cache):
    dout[0][0] = 0.0
    return square_backward(dout, cache)


def writes_argument(x):
    x[0][0] = x[0][0] + 1.0
    return square(x)


def writes_cache(dout, cache):
    out = square_backward(dout, cache)
    cache.x[0][0] = 0.0
    return out


calls = iter(range(1000))
stateful = Stateful()

WRONG = {
    "state kept": (stateful.forward, stateful.backward, "pure"),
    "dout written": (square, writes_dout, "pure"),
    "argument written": (writes_argument, square_backward, "pure"),
    "cache written": (square, writes_cache, "pure"),
    "draws of its own": (square, lambda d, c: Grads(F.multiply_forward(d, float(next(calls)))[0]), "pure"),
    "forward draws": (lambda x: (F.add_forward(x, float(next(calls)))[0], Cache(x)), square_backward, "pure"),
    "plain cache": (lambda x: (square(x)[0], [x]), lambda d, c: square_backward(d, Cache(c[0])), "structure"),
    "closure": (lambda x: (square(x)[0], Cache(len)), lambda d, c: Grads(d), "structure"),
    "misnamed": (square, lambda d, c: Misnamed(d), "structure"),
    "summed": (square, lambda d, c: Grads([1.0]), "structure"),
    "tree": (square, lambda d, c: Grads((d,)), "structure"),
    "ignores dout": (square, lambda d, c: square_backward([[1.0] * 3] * 2, c), "zero"),
    "clips dout": (square, lambda d, c: square_backward(F.relu_forward(d)[0], c), "linear"),
    "sign": (square, lambda d, c: Grads(F.multiply_forward(square_backward(d, c).x, -1)[0]), "vjp"),
    "missing factor": (square, lambda d, c: Grads(F.multiply_forward(d, c.x)[0]), "vjp"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_pair_is_caught_by_its_law(name):
    forward, backward, law = WRONG[name]
    report = check_laws(forward, backward, [list(row) for row in X])
    failed = {each.name: each.detail for each in report.laws if not each.passed}
    assert law in failed
    assert failed[law]
    assert f"FAIL  {law}" in str(report)
    with pytest.raises(AssertionError, match=law):
        report.assert_ok()


def test_an_argument_overwritten_on_the_first_call_is_caught():
    numpy = pytest.importorskip("numpy")

    def in_place(x):
        numpy.maximum(x, 0, out=x)
        return x, F.ReluCache(x)

    report = check_laws(in_place, F.relu_backward, numpy.array([1.0, -2.0]))
    assert "FAIL  pure       forward changed an argument" in str(report)


def test_a_report_is_as_true_as_it_is_ok():
    good = check_laws(square, square_backward, X)
    bad = check_laws(square, lambda d, c: Grads(d), X)
    assert good
    assert not bad
    assert [bool(law) for law in bad.laws] == [law.passed for law in bad.laws]


def test_what_was_compared_is_said_and_nothing_is_no_pass():
    class Nothing(NamedTuple):
        pass

    assert "vjp        of x, w, b\n" in str(
        check_laws(F.affine_forward, F.affine_backward, [1.0], [2.0], 3.0)
    )
    for returned in (Nothing(), 1.0, {"x": 1.0}):
        report = check_laws(square, lambda d, c, r=returned: r, X)
        assert not any(law for law in report.laws if not law.skipped)
        assert "wanted a NamedTuple of gradients" in str(report)


def test_tiny_gradients_are_compared_in_their_own_scale():
    def tiny(x):
        return F.multiply_forward(square(x)[0], 1e-9)[0], Cache(x)

    def tiny_backward(dout, cache):
        return Grads(F.multiply_forward(square_backward(dout, cache).x, 1e-9)[0])

    def wrong(dout, cache):
        return Grads(F.multiply_forward(tiny_backward(dout, cache).x, 1.00001)[0])

    def clipped(dout, cache):
        return tiny_backward(F.relu_forward(dout)[0], cache)

    assert check_laws(tiny, tiny_backward, X)
    assert "FAIL  linear" in str(check_laws(tiny, clipped, X))
    assert not check_laws(tiny, wrong, X)


def test_decimals_are_checked_as_floats_are():
    x = [[Decimal("0.5"), Decimal("-1.25")]]
    assert check_laws(square, square_backward, x)
    assert not check_laws(square, lambda d, c: Grads(d), x)
    assert check_laws(F.sigmoid_forward, F.sigmoid_backward, x)


def test_the_laws_know_the_digits_of_a_dtype():
    numpy = pytest.importorskip("numpy")
    for dtype, slightly in (("float16", 1.2), ("float32", 1.001), ("float64", 1.000001)):
        x = numpy.asarray(X, dtype=dtype)
        assert check_laws(F.tanh_forward, F.tanh_backward, x)

        def wrong(dout, cache, factor=slightly):
            return Grads(F.multiply_forward(F.tanh_backward(dout, cache).x, factor)[0])

        assert not check_laws(F.tanh_forward, wrong, x)


def test_a_plain_number_beside_float32_is_checked_in_its_own_digits():
    numpy = pytest.importorskip("numpy")
    assert check_laws(F.add_forward, F.add_backward, numpy.ones(2, "float32"), 1.0)
    assert check_laws(F.multiply_forward, F.multiply_backward, 0.5, numpy.ones(2, "float32"))


def test_dict_params_may_come_back_in_another_order():
    def forward(params):
        return F.multiply_forward(params["a"], params["b"])

    def backward(dout, cache):
        da, db = F.multiply_backward(dout, cache)
        return Params({"b": db, "a": da})

    class Params(NamedTuple):
        params: object

    assert check_laws(forward, backward, {"a": [2.0], "b": [3.0]})


def test_numerical_gradient_wants_one_number():
    with pytest.raises(ValueError, match=r"the result is \(2,\), wanted one number"):
        numerical_gradient(lambda x: x, [1.0, 2.0])


def test_arguments_swapped_or_transposed_are_caught():
    w, b = [[0.2, 0.5, -0.26], [0.8, -0.91, -0.27], [-0.5, 0.26, 0.17]], [2.0, 3.0, 0.5]

    def transposed(dout, cache):
        x, dw, db = F.affine_backward(dout, cache)
        return AffineGrads(x, [list(row) for row in zip(*dw, strict=True)], db)

    def swapped(dout, cache):
        return MultiplyGrads(*reversed(F.multiply_backward(dout, cache)))

    for forward, backward, arguments in [
        (F.affine_forward, transposed, (X, w, b)),
        (F.multiply_forward, swapped, (X, X[::-1])),
    ]:
        report = check_laws(forward, backward, *arguments, laws=LAWS)
        assert [law.name for law in report.failed] == ["vjp"]


def test_a_tiny_error_is_caught_exactly_in_fractions():
    def nearly(dout, cache):
        return Grads(F.multiply_forward(square_backward(dout, cache).x, 1 + Fraction(1, 10**30))[0])

    exact = [[Fraction(1, 3), Fraction(-2, 7)]]
    assert check_laws(square, square_backward, exact).ok
    assert not check_laws(square, nearly, exact).ok
    assert check_laws(square, nearly, [[0.5, 0.25]]).ok


def test_numerical_gradient_of_a_tree(xp):
    def function(tree):
        out, _ = F.affine_forward(tree["x"], *tree["params"])
        return F.mean_squared_error_forward(out, xp.array([1.0, 2.0]))[0]

    tree = xp.tree({"x": X, "params": ([0.5, -0.25, 1.0], 0.75)})
    numeric = numerical_gradient(function, tree)
    out, cache = F.affine_forward(tree["x"], *tree["params"])
    _, loss_cache = F.mean_squared_error_forward(out, xp.array([1.0, 2.0]))
    grads = F.affine_backward(F.mean_squared_error_backward(1.0, loss_cache).predictions, cache)
    want = numbers_of({"x": grads.x, "params": (grads.w, grads.b)})
    assert numbers_of(numeric) == pytest.approx(want, abs=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_numerical_gradient_is_right_for_short_and_whole_dtypes(dtype):
    numpy = pytest.importorskip("numpy")
    x = numpy.array([1000, 2], dtype=dtype)
    have = numerical_gradient(lambda x: (x * x).sum(), x)
    assert have.dtype == "float64"
    assert have.tolist() == pytest.approx([2000.0, 4.0], rel=1e-5)  # 1e6 + 4 has 10 digits after the point


def test_partial_forwards_are_named_in_the_report():
    forward = partial(F.half_squared_error_forward, reduction="sum")
    report = check_laws(forward, F.half_squared_error_backward, X, X[::-1])
    assert isinstance(report, Report)
    assert str(report).startswith("half_squared_error_forward\n")


def test_check_gradients_has_a_row_for_each_argument(xp):
    arguments = xp.tree(([[1.0, -2.0]], [[0.5], [3.0]], [1.0]))
    report = check_gradients(F.affine_forward, F.affine_backward, *arguments)
    assert [law.name for law in report.laws] == ["x", "w", "b"]
    assert report.ok
    report = check_gradients(pn.affine(2, 3), xp.array([[1.0, -2.0]]), key=4)
    assert [law.name for law in report.laws] == ["params", "x"]
    assert report.laws[0].detail.startswith("9 numbers, apart by ")


def test_check_gradients_names_the_wrong_one():
    def backward(dout, cache):
        dx, dw, db = F.affine_backward(dout, cache)
        return F.AffineGrads(dx, pn.tree_map(lambda w: [[2 * n for n in row] for row in w], dw), db)

    report = check_gradients(F.affine_forward, backward, [[1.0, -2.0]], [[0.5], [3.0]], [1.0])
    assert [bool(law) for law in report.laws] == [True, False, True]
    assert "grads.w number 0 is" in report.laws[1].detail
    with pytest.raises(AssertionError, match=r"FAIL  w +grads\.w number 0"):
        report.assert_ok()


def test_check_gradients_says_what_to_give():
    for arguments in ((3,), (F.relu_forward,), (pn.relu,), (F.relu_forward, [1.0])):
        with pytest.raises(TypeError, match="give a pair and its arguments"):
            check_gradients(*arguments)


def test_check_layer_can_check_a_layer_as_it_trains(pair_of):
    x = pair_of.array([[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]])
    check_layer(pn.dropout(0.5), x, training_key=3).assert_ok()
    maskless = pn.Layer(pn.identity.init, pn.dropout(0.5).forward, unmasked)
    assert check_layer(maskless, x).ok  # without a key nothing is dropped
    assert [law.name for law in check_layer(maskless, x, training_key=3).laws if not law] == ["vjp"]


def unmasked(dout, cache, *, need_x=True, xp=None):
    return pn.LayerGrads((), dout)
