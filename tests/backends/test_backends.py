"""Which backend an array belongs to, what is refused, and how arrays move."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
import purenn.functional as F
from purenn.backends import _protocol, lists


@pytest.fixture
def numpy():
    return pytest.importorskip("numpy")


def test_backend_of_nested_lists_and_plain_numbers_is_lists():
    for values in ([[1.0]], [2.0, 3], [Fraction(1, 2), Decimal(1), True], []):
        assert pn.backend_of(*values) is lists


def test_backend_of_arrays_is_their_own(xp):
    if xp.name == "lists":
        return
    x = xp.array([1.0])
    assert pn.backend_of(x) is xp.backend
    assert pn.backend_of(1.0, x, 2) is xp.backend
    assert pn.backend_of(xp.backend.sum(x)) is xp.backend


def test_the_backend_can_be_forced_by_module_or_name(numpy):
    from purenn.backends import numpy as ours

    for xp in ("numpy", numpy, ours):
        assert pn.backend_of(1.0, xp=xp) is ours
        assert pn.backend_of(numpy.ones(2), xp=xp) is ours
    assert pn.backend_of(1.0, xp="lists") is lists
    assert isinstance(F.multiply_forward(2, 3, xp="numpy")[0], numpy.floating)


def test_a_forced_backend_takes_nested_lists_for_its_own(dtyped):
    out, cache = F.affine_forward([1.0, -2.0, 3.0], [-3, -1, 2], 1, xp=dtyped.backend)
    assert type(out) is type(dtyped.backend.sum(dtyped.array([1.0])))
    assert float(out) == 6.0
    grads = F.affine_backward(1, cache, xp=dtyped.backend)
    assert pn.convert(tuple(grads), "lists") == ([-3.0, -1.0, 2.0], [1.0, -2.0, 3.0], 1.0)
    half, _ = F.multiply_forward(dtyped.array([1.0, 2.0], "float32"), [3, 4], xp=dtyped.backend)
    assert str(half.dtype).endswith("float32")
    loss, _ = F.softmax_cross_entropy_forward([[0.0, 0.0]], [1], xp=dtyped.backend)
    assert float(loss) == pytest.approx(math.log(2))
    assert pn.backend_of([1.0], xp=dtyped.backend) is dtyped.backend
    with pytest.raises(ValueError, match=r"relu: x is ragged"):
        F.relu_forward([[1.0], [2.0, 3.0]], xp=dtyped.backend)
    with pytest.raises(TypeError, match=r"relu: x\[0\] is None"):
        F.relu_forward([None], xp=dtyped.backend)


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match="xp='tensorflow' is no backend: known by name are lists, numpy"):
        pn.get_backend("tensorflow")
    with pytest.raises(TypeError, match="xp=3 is no backend"):
        pn.get_backend(3)

    class Tensor:
        pass

    with pytest.raises(TypeError, match=r"relu: x is a Tensor.*register_backend\(Tensor, namespace\)"):
        F.relu_forward(Tensor())


def test_mixed_backends_are_refused_by_name(numpy):
    with pytest.raises(TypeError, match=r"affine: .*x on numpy, w on lists: .*purenn\.convert\(w, 'numpy'\)"):
        F.affine_forward(numpy.ones(2), [1.0, 2.0], 0.0)
    with pytest.raises(TypeError, match=r"x on numpy, and xp=lists: .*convert\(x, 'lists'\)"):
        F.relu_forward(numpy.ones(1), xp="lists")
    with pytest.raises(TypeError, match="logits on numpy, labels on lists"):
        F.softmax_cross_entropy_forward(numpy.ones((2, 3)), [0, 1])
    with pytest.raises(TypeError, match="backend_of: arrays of different backends: argument 1 on lists"):
        pn.backend_of([1.0], numpy.ones(1))


@pytest.mark.parametrize(
    ("x", "match"),
    [
        (None, "relu: x is None"),
        ("text", "relu: x is 'text'"),
        (1j, "relu: x is 1j"),
        ((1.0,), "relu: x is a tuple, which is a tree of arrays"),
        ({"a": 1.0}, "relu: x is a dict"),
        ([None], r"relu: x\[0\] is None"),
        ([[1.0], ["2"]], r"relu: x\[1\]\[0\] is '2'"),
    ],
)
def test_what_is_no_array_is_refused_by_name_and_place(x, match):
    with pytest.raises(TypeError, match=match):
        F.relu_forward(x)


def test_ragged_rows_are_refused_by_name_and_place():
    with pytest.raises(ValueError, match=r"affine: w is ragged: w\[0\] has shape \(2,\) and w\[1\] \(1,\)"):
        F.affine_forward([1.0, 2.0], [[1.0, 2.0], [3.0]], [0.0, 0.0])


def test_arrays_of_no_real_numbers_are_refused(numpy):
    for bad, match in [
        (numpy.array([1j]), "relu: x has dtype complex128"),
        (numpy.array(["a"]), "relu: x has dtype <U1"),
        (numpy.array([Fraction(1)]), "has dtype object.*nested lists"),
        (numpy.ma.masked_array([1.0], [True]), "is a MaskedArray: give a plain"),
    ]:
        with pytest.raises(TypeError, match=match):
            F.relu_forward(bad)


def test_integers_become_float64_and_other_dtypes_stay(numpy):
    for dtype, want in [
        ("int8", "float64"),
        ("bool", "float64"),
        ("float32", "float32"),
        ("float16", "float16"),
    ]:
        assert F.relu_forward(numpy.ones(2, dtype))[0].dtype == want


def test_mixed_precision_is_numpys_and_gradients_keep_their_own(numpy):
    x, w, b = numpy.ones((2, 3), "float32"), numpy.ones((3, 4)), numpy.ones(4)
    out, cache = F.affine_forward(x, w, b)
    grads = F.affine_backward(numpy.ones((2, 4)), cache)
    assert (out.dtype, grads.x.dtype, grads.w.dtype) == ("float64", "float32", "float64")
    out, cache = F.multiply_forward(x, 2.0)
    assert out.dtype == "float32"
    assert F.multiply_backward(numpy.ones((2, 3)), cache).y.dtype == "float32"


def test_subclasses_follow_their_base(numpy, tmp_path):
    class Rows(list):
        pass

    assert F.relu_forward(Rows([-1.0, 2.0]))[0] == [0.0, 2.0]
    kept = numpy.memmap(tmp_path / "kept", dtype="float64", mode="w+", shape=(2,))
    assert F.relu_forward(kept)[0].tolist() == [0.0, 0.0]


def test_register_backend_gives_foreign_arrays_a_home():
    class Wrapped(float):
        """Registered by the test alone: a number that is an array of lists."""

    pn.register_backend(Wrapped, lists, name="wrapped")
    assert pn.backend_of(Wrapped(2.0)) is lists
    assert pn.get_backend("wrapped") is lists
    with pytest.raises(TypeError, match="is no backend: give an array API namespace"):
        pn.register_backend(Wrapped, math)
    with pytest.raises(ValueError, match="name='numpy' is taken"):
        pn.register_backend(Wrapped, lists, name="numpy")
    with pytest.raises(TypeError, match="is no type: give an array's type"):
        pn.register_backend(Wrapped(1.0), lists)


TREE = ({"w": [[1.5, -2.0], [0.1, math.inf]], "b": [1, 2]}, (), [True, False], 3.0)


def test_convert_carries_a_tree_there_and_back(xp):
    there = pn.convert(TREE, xp.backend)
    assert [type(leaf) for leaf in pn.tree_leaves(there)[:3]] == [type(xp.array([1.0]))] * 3
    assert pn.convert(there, "lists") == TREE
    assert pn.convert(there, xp.backend)[0]["w"] is there[0]["w"]


def test_convert_goes_between_foreign_backends(numpy):
    strict = pytest.importorskip("array_api_strict", exc_type=ImportError)
    x = numpy.ones((2, 3), dtype="float32")
    there = pn.convert(x, strict)
    assert there.dtype == strict.float32
    back = pn.convert(there, "numpy")
    assert (type(back), back.dtype, back.flags.writeable) == (numpy.ndarray, numpy.float32, True)


def test_convert_of_exact_numbers_gives_the_nearest_floats(numpy):
    out = pn.convert([Fraction(1, 3), Decimal("0.1")], "numpy")
    assert out.dtype == "float64"
    assert out.tolist() == [1 / 3, 0.1]
    with pytest.raises(ValueError, match=r"convert: leaf\['w'\] is ragged"):
        pn.convert({"w": [[1.0], [2.0, 3.0]]}, "numpy")
    with pytest.raises(TypeError, match=r"convert: leaf\[1\] is None"):
        pn.convert(([1.0], None), "numpy")
    for bad in (numpy.array(["a"]), numpy.array([1j]), numpy.ma.masked_array([1.0], [True])):
        with pytest.raises(TypeError, match="convert: leaf"):
            pn.convert(bad, "lists")
    with pytest.raises(ValueError, match=r"leaf has shape \(0, 3\): lists cannot keep"):
        pn.convert(numpy.ones((0, 3)), "lists")


def test_convert_never_shares_memory(numpy):
    strict = pytest.importorskip("array_api_strict", exc_type=ImportError)
    x = numpy.ones(2)
    there = pn.convert(x, strict)
    back = pn.convert(there, "numpy")
    x[0] = 5.0
    back[1] = 7.0
    assert pn.convert(there, "lists") == [1.0, 1.0]


def test_both_backends_have_every_function_of_the_protocol(xp):
    wanted = [name for name in vars(_protocol.Backend) if not name.startswith("_")]
    assert len(wanted) > 25
    assert [name for name in wanted if not callable(getattr(xp.backend, name, None))] == []


def test_numpy_warnings_are_off_and_the_users_settings_untouched(numpy):
    from purenn.backends import numpy as ours

    before = numpy.geterr()
    assert ours.exp(numpy.array([1000.0])) == math.inf
    assert ours.log(numpy.array([0.0])) == -math.inf
    assert ours.divide(numpy.array([1.0]), 0) == math.inf
    assert math.isnan(ours.matmul(numpy.array([math.inf]), numpy.array([0.0])))
    assert numpy.geterr() == before
    with numpy.errstate(all="raise"):
        assert ours.maximum(numpy.array([math.nan]), 0) != 0
        assert ours.sum(numpy.array([1e308, 1e308])) == math.inf
        assert F.multiply_forward(numpy.ones(1, "float32"), 1e300)[0] == math.inf
        assert (
            F.softmax_cross_entropy_forward(numpy.array([[1e300, -1e300]]), numpy.array([1]))[0] == 2e300 - 0
        )
