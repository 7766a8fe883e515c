"""Values that are not known yet, arrays that cannot leave their library, and a numpy that is not there."""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

import purenn as pn
import purenn.functional as F
from purenn import backends
from purenn._options import is_traced, schedule
from purenn.backends import checks, extras, lists
from purenn.backends.checks import truth
from purenn.errors import ArrayError, BackendError


class Unknown:
    """One number of an array library that is traced: it has a dtype and no value."""

    dtype, shape = "float64", ()

    def __float__(self):
        raise TypeError("not known yet")

    def __bool__(self):
        raise TypeError("not known yet")


def test_a_traced_number_has_no_truth():
    assert is_traced(Unknown())
    assert truth(Unknown()) is None
    rate = Unknown()
    assert schedule("sgd", "learning_rate", lambda step: rate)(0) is rate  # nobody can check it now


def test_labels_that_are_traced_give_what_makes_others_nan():
    unsure = SimpleNamespace(**{name: getattr(lists, name) for name in dir(lists)})
    unsure.all = lambda x: Unknown()
    assert checks.check_labels("accuracy", [0, 3], 3, xp=unsure) == [True, False]
    assert checks.check_labels("accuracy", [0, 2], 3, xp=lists) is None


class Far:
    """An array that its library does not hand out, as one on another device."""

    dtype, shape, ndim = "float64", (2,), 1

    def __array_namespace__(self, api_version=None):
        return SimpleNamespace(matmul=None, __name__="far")

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, **options):
        raise BufferError("it is far away")


def test_an_array_that_cannot_leave_its_backend_is_named():
    pytest.importorskip("numpy")
    with pytest.raises(ArrayError, match=r"convert: leaf\[0\] cannot leave its backend: it is far away"):
        pn.convert((Far(),), "lists")


def test_complex_arrays_are_refused_on_every_backend():
    strict = pytest.importorskip("array_api_strict", exc_type=ImportError)
    with pytest.raises(ArrayError, match=r"relu: x has dtype .*complex128: an array is made of real numbers"):
        F.relu_forward(strict.asarray([1j]))


def test_without_numpy_lists_remain(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.setitem(backends._registry.NAMES, "numpy", None)
    with pytest.raises(BackendError, match="numpy is not installed: pip install numpy"):
        backends.get_backend("numpy")
    assert backends.get_backend("lists") is lists


def test_a_numpy_that_is_broken_says_so_itself(monkeypatch):
    pytest.importorskip("numpy")

    def broken(*_):
        raise ModuleNotFoundError("No module named 'numpy.core'", name="numpy.core")

    monkeypatch.setattr(backends._registry, "import_module", broken)
    monkeypatch.setitem(backends._registry.NAMES, "numpy", None)
    with pytest.raises(ModuleNotFoundError, match=r"numpy\.core"):
        backends.get_backend("numpy")


def test_constants_meet_numbers_of_their_kind():
    assert extras.constant(Fraction(1, 4), [Decimal(1)]) == Decimal("0.25")
    assert extras.constant(0.1, [Decimal(1)]) == Decimal("0.1")
    assert extras.constant(Fraction(1, 4), [1.0]) == Fraction(1, 4)
    assert type(extras.constant(2, [Decimal(1)])) is int


def test_bytes_are_in_the_order_of_every_machine(tmp_path, monkeypatch):
    path = tmp_path / "x.idx"
    path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 255]))
    assert pn.load_idx(path) == [7, 255]
    monkeypatch.setattr(sys, "byteorder", "big")
    assert pn.load_idx(path) == [7, 255]


def test_a_decorated_pair_keeps_its_options():
    from functools import wraps

    @wraps(F.elu_forward)
    def elu(*arguments, **options):
        return F.elu_forward(*arguments, **options)

    assert pn.layer(elu, F.elu_backward, alpha=2).forward((), [-1000.0, 1.0])[0] == [-2.0, 1.0]


def test_lists_are_made_in_a_shape_and_of_a_kind():
    assert lists.full((2, 3), 1.5) == [[1.5] * 3] * 2
    assert lists.zeros((2, 2, 1)) == [[[0.0], [0.0]], [[0.0], [0.0]]]
    assert lists.full(2, 1) == [1, 1]
    assert lists.full((2,), 0.25, dtype=Fraction) == [Fraction(1, 4)] * 2
    assert type(lists.zeros((), dtype=Fraction)) is type(lists.zeros((1,), dtype=Fraction)[0]) is Fraction
    assert type(lists.asarray([0.5], dtype=Fraction)[0]) is Fraction
    rows = lists.zeros((2, 2))
    rows[0][0] = 1.0
    assert rows == [[1.0, 0.0], [0.0, 0.0]]  # no row is another
    assert lists.take([[1, 2], [3, 4]], [1]) == [[3, 4]]
    kinds = [type(number) for number in lists.full_like([1.5, 2], 1)]
    assert kinds == [float, int]
    assert lists.sum([[], []], axis=0) == []
    assert lists.sum([[], []], axis=1) == [0.0, 0.0]
    assert lists.expand_dims([1, 2]) == [[1, 2]]
    assert lists.expand_dims([[1, 2, 3], [4, 5, 6]], axis=1) == [[[1, 2, 3]], [[4, 5, 6]]]
    assert lists.expand_dims([[1, 2, 3], [4, 5, 6]], axis=2) == [[[1], [2], [3]], [[4], [5], [6]]]


def test_functions_of_lists_have_the_names_of_those_of_numbers():
    assert lists.exp.__name__ == "exp"
    assert lists.normal_tail.__doc__.startswith("``Phi(-x)``")


@pytest.mark.parametrize(
    ("x", "integer", "floating", "decimal"),
    [
        ([1, 2], True, False, False),
        ([1.0, 2.0], False, True, False),
        ([1, 2.0], False, False, False),
        ([[Fraction(1)]], False, True, False),
        ([1.0, Fraction(1), Decimal(1)], False, True, False),
        ([Decimal(1)], False, True, True),
        ([True], False, False, False),
        ([], True, True, False),
    ],
)
def test_lists_know_their_numbers(x, integer, floating, decimal):
    assert (lists.is_integer(x), lists.is_floating(x), lists.is_decimal(x)) == (integer, floating, decimal)


def test_argmax_keeps_its_axis_where_asked():
    assert lists.argmax([[1.0, 3.0], [5.0, 2.0]], axis=1) == [1, 0]
    assert lists.argmax([[1.0, 3.0], [5.0, 2.0]], axis=1, keepdims=True) == [[1], [0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: lists.zeros((2, 0, 3)),
            "the array would have shape (2, 0, 3): nested lists cannot keep the sizes after a 0; "
            "use another backend for empty batches",
        ),
        (lambda: lists.reshape([1.0], (-1, 0)), "1 numbers do not fill shape (-1, 0)"),
        (lambda: lists.sum([1.0], axis=1), "axis 1 is out of range for an array of rank 1"),
        (lambda: lists.sum([1.0], axis=-2), "axis -2 is out of range for an array of rank 1"),
    ],
)
def test_shapes_and_axes_that_are_none_are_refused(call, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the whole message follows
        call()
    assert str(caught.value) == message
