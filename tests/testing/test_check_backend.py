"""check_backend: right backends pass, and of a broken one the culprit is named in words to act on."""

from __future__ import annotations

import pytest

from purenn.backends import Backend, lists
from purenn.testing import OPS, check_backend, check_op
from purenn.testing._standard import CALLS
from purenn.testing._standard import TRAPS as TRAPS_OF_ALL

numpy = pytest.importorskip("numpy")

FEW = [op for op in OPS if op.name in ("affine", "relu", "softmax", "softmax_cross_entropy mean")]


class Broken:
    """numpy under another name, but for some functions, on arrays that say that they are its own."""

    def __init__(self, **functions):
        self.functions = {"isdtype": numpy.isdtype, "finfo": numpy.finfo, **functions}
        home = self

        class Array(numpy.ndarray):
            def __array_namespace__(self, *, api_version=None):
                return home

        self.array = Array

    def __getattr__(self, name):
        function = self.functions.get(name) or getattr(numpy, name)
        if name in ("isdtype", "finfo") or isinstance(function, type):
            return function

        def call(*arguments, **options):
            with numpy.errstate(all="ignore"):
                out = function(*arguments, **options)
            return numpy.asarray(out).view(self.array)

        return call


def rows(report):
    return {law.name: law.detail for law in report.failed}


@pytest.mark.parametrize("name", ["lists", "numpy", "numpy by another name", "array_api_strict"])
def test_a_right_backend_passes(name):
    backend = {"numpy by another name": Broken()}.get(name, name)
    if name == "array_api_strict":
        backend = pytest.importorskip(name, exc_type=ImportError)
    report = check_backend(backend, ops=FEW)
    report.assert_ok()
    names = [law.name for law in report.laws]
    assert names[0] == "arrays"
    assert {"sum", "matmul", "affine vjp", "softmax batch", "relu extreme"} <= set(names)
    assert str(report).splitlines()[0].endswith(" passed, 0 failed, 0 skipped") or report.skipped


def test_lists_are_checked_in_fractions_too():
    report = check_op(FEW[0], "lists")
    assert report.laws[-1].name == "affine exact"
    assert report.ok


def sum_flat(x, axis=None, keepdims=False):
    return numpy.sum(x, axis=axis)


@pytest.mark.parametrize(
    ("name", "function", "said"),
    [
        ("sum", sum_flat, "keepdims=True) gave shape (2,), wanted (2, 1)"),
        ("maximum", lambda x, y: numpy.fmax(x, y), "gave 0.0 at number 4, wanted nan"),
        ("expm1", lambda x: numpy.exp(x) - 1.001, "expm1(x of shape (2, 3)) gave"),
        ("matmul", lambda x, y: numpy.dot(x, y) * 1.5, "matmul(x of shape (2, 3)"),
        ("where", lambda c, x, y: numpy.where(c, y, x), "where("),
        ("take", lambda x, i, axis: 1 / 0, "raised ZeroDivisionError: division by zero"),
        ("greater", lambda x, y: numpy.greater(x, y) * 1.0, "wanted a bool"),
        ("argmax", lambda x, axis: numpy.argmax(x[..., ::-1], axis=axis), "argmax("),
        ("zeros", lambda shape, dtype=None: numpy.zeros(shape),
         "zeros((2, 3)) of <class 'numpy.float32'> gave float64, wanted float32"),
        ("asarray", lambda x, dtype=None: numpy.asarray(x), "dtype=<class 'numpy.float32'>) gave float64"),
        ("asarray", lambda x: numpy.asarray(x), "asarray raised TypeError: "),
        ("astype", lambda x, dtype: numpy.asarray(x), "astype([0, 1, 2], float64) gave Array([0, 1, 2])"),
        ("astype", lambda x, dtype: 1 / 0, "astype raised ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_a_broken_function_is_named_with_what_it_gave(name, function, said):
    failed = rows(check_backend(Broken(**{name: function}), ops=FEW[:1]))
    assert said in failed[name]
    assert next(iter(failed)) == name


TRAPS = {  # a formula that is right at most numbers, and what is said of it
    "expm1": (lambda x: numpy.exp(x) - 1, "expm1(x of shape (2, 3)) of <class 'numpy.float32'> gave 0.284"),
    "expm1 near 0": (
        lambda x: numpy.where(abs(x) > 0.01, numpy.expm1(x), numpy.exp(x) - 1),
        "expm1([0.001, -0.001, 1e-05, 1e-08, -1e-10, 1e-12, 1e-30]) gave 0.00100",
    ),
    "log1p": (
        lambda x: numpy.where(abs(x) > 0.01, numpy.log1p(x), numpy.log(1 + x)),
        "log1p([0.001, -0.001, 1e-05, 1e-08, -1e-10, 1e-12, 1e-30]) gave 0.00099",
    ),
    "tanh near 0": (
        lambda x: numpy.where(abs(x) > 0.01, numpy.tanh(x), 1 - 2 / (numpy.exp(2 * x) + 1)),
        "tanh([0.001, -0.001, 1e-05, 1e-08, -1e-10, 1e-12, 1e-30]) gave 0.00099",
    ),
    "tanh far": (
        lambda x: numpy.where(abs(x) < 30, numpy.tanh(x), numpy.sinh(x) / numpy.cosh(x)),
        "tanh([20.0, -20.0, 710.0, 1000.0, -1000.0]) gave nan at number 3, wanted 1.0",
    ),
    "exp": (
        lambda x: numpy.exp(numpy.minimum(x, 709)),
        "exp([20.0, -20.0, 710.0, 1000.0, -1000.0]) gave 8.2184",
    ),
    "maximum of a NaN second": (
        lambda x, y: numpy.where(y > x, y, x),
        "maximum([0.5, nan, nan, -inf], [nan, 0.5, nan, inf]) gave 0.5 at number 0, wanted nan",
    ),
    "minimum of a NaN": (lambda x, y: numpy.fmin(x, y), "gave 0.0 at number 4, wanted nan"),
    "max of a NaN": (
        lambda x, *, axis, keepdims: numpy.nanmax(x, axis=axis, keepdims=keepdims),
        "max([1.0, nan], axis=None, keepdims=False) gave 1.0 at number 0, wanted nan",
    ),
    "sum of a NaN": (
        lambda x, *, axis=None, keepdims=False: numpy.nansum(x, axis=axis, keepdims=keepdims),
        "axis=-1) gave 1.0 at number 0, wanted nan",
    ),
    "where of both": (
        lambda c, x, y: numpy.where(c, x, y) + numpy.add(x, y) * 0,
        "where([True, False, True], [0.5, nan, inf], [nan, 1.5, 0.5]) gave nan at number 0, wanted 0.5",
    ),
    "greater_equal of a NaN": (
        lambda x, y: ~numpy.less(x, y),
        "([0.5, nan, nan, inf, -0.0], [nan, 0.5, nan, inf, 0.0]) gave True at number 0, wanted False",
    ),
    "divide by 0": (
        lambda x, y: numpy.clip(numpy.divide(x, y), -1e30, 1e30),
        "divide([1.0, -1.0, 0.0, 1.0, inf], [0.0, 0.0, 0.0, -0.0, inf]) gave 1e+30 at number 0, wanted inf",
    ),
    "divide by -0.0": (
        lambda x, y: numpy.divide(x, y + 0 if hasattr(y, "dtype") else y),
        "[0.0, 0.0, 0.0, -0.0, inf]) gave inf at number 3, wanted -inf",
    ),
    "log of 0": (
        lambda x: numpy.log(numpy.maximum(x, 1e-300)),
        "gave -690.7755278982137 at number 0, wanted -inf",
    ),
    "sqrt below 0": (lambda x: numpy.sqrt(abs(x)), "gave 0.7071067811865476 at number 3, wanted nan"),
    "floor": (numpy.trunc, "floor(x of shape (2, 3)) gave -1.0 at number 1, wanted -2.0"),
    "maximum of ints": (lambda x, y: numpy.maximum(x, numpy.float32(y)), "gave 3.0, wanted an int"),
    "add in float32": (
        lambda x, y: numpy.add(x, numpy.float64(y)),
        "add(x of shape (2, 3), x of shape (2, 3)) of <class 'numpy.float32'> gave float64, wanted float32",
    ),
    "sum in float32": (
        lambda x, *, axis=None, keepdims=False: (
            numpy.sum(x, axis=axis, keepdims=keepdims, dtype=numpy.float64)
            if x.dtype == "float32"
            else numpy.sum(x, axis=axis, keepdims=keepdims)
        ),
        "sum(x of shape (2, 3)) of <class 'numpy.float32'> gave float64, wanted float32",
    ),
    "argmax, the last of equal ones": (
        lambda x, *, axis: x.shape[axis] - 1 - numpy.argmax(numpy.flip(x, axis), axis=axis),
        "argmax([1.0, 3.0, 3.0], axis=0) gave 2 at number 0, wanted 1",
    ),
    "argsort, not stable": (
        lambda x, *, stable: x.size - 1 - numpy.argsort(x[::-1], kind="stable"),
        "argsort([1.0, 0.5, 1.0, 0.5], stable=True) gave 3 at number 0, wanted 1",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_formula_that_fails_at_some_numbers_alone_is_named(trap):
    function, said = TRAPS[trap]
    failed = rows(check_backend(Broken(**{trap.split()[0].strip(","): function}), ops=[]))
    assert set(failed) == {trap.split()[0].strip(",")}
    assert said in next(iter(failed.values()))


def test_floats_of_32_bits_by_default_are_measured_in_their_digits():
    def short(x, dtype=None):
        out = numpy.asarray(x)
        return out.astype(dtype or "float32") if out.dtype == "float64" else out

    def zeros(shape, *, dtype=None):
        return numpy.zeros(shape, dtype or "float32")

    check_backend(Broken(asarray=short, zeros=zeros), ops=[]).assert_ok()
    wrong = Broken(asarray=short, tanh=lambda x: numpy.tanh(x) * numpy.float32(1.00001))
    assert "tanh(x of shape (2, 3)) gave" in rows(check_backend(wrong, ops=[]))["tanh"]


def test_every_function_of_the_protocol_is_called():
    names = {name for name, value in vars(Backend).items() if callable(value) and not name.startswith("_")}
    assert names - {"astype"} == {call[0] for call in CALLS}
    assert {call[0] for call in TRAPS_OF_ALL} <= names


def test_a_missing_function_is_named():
    backend = Broken()
    backend.functions["tanh"] = None

    class Without(Broken):
        def __getattr__(self, name):
            if name == "tanh":
                raise AttributeError(name)
            return super().__getattr__(name)

    assert rows(check_backend(Without(), ops=[]))["tanh"] == "there is no tanh"


def test_pairs_of_a_broken_function_fail_by_law():
    wrong = Broken(matmul=lambda x, y: numpy.matmul(x, y) * 1.5)
    failed = rows(check_backend(wrong, ops=FEW))
    assert "affine backends" in failed
    assert not any(name.startswith("relu") for name in failed)
    text = str(check_backend(wrong, ops=FEW))
    assert text.splitlines()[1].startswith("FAIL  matmul     matmul(x of shape (2, 3), ")


def test_arrays_that_do_not_lead_back_are_named_and_nothing_else_is_run():
    class Lost(Broken):
        __name__ = "lost"

        def __getattr__(self, name):
            return getattr(numpy, name)

    report = check_backend(Lost())
    assert len(report.laws) == 1
    assert "register_backend(ndarray, namespace)" in report.laws[0].detail


def test_what_is_no_backend_is_refused():
    with pytest.raises(TypeError, match="is no backend"):
        check_backend(3)
    with pytest.raises(ValueError, match="xp='torhc' is no backend"):
        check_backend("torhc")


def test_arrays_that_cannot_be_made_or_read_are_told_first():
    def none(x, dtype=None):
        raise MemoryError("too much")

    report = check_backend(Broken(asarray=none))
    assert [law.detail for law in report.laws] == [
        "to make an array and read it raised MemoryError: too much"
    ]
    report = check_backend(Broken(asarray=lambda x, dtype=None: numpy.asarray(x) * 2))
    assert [law.detail for law in report.laws] == ["convert(asarray([1.0, 2.0]), 'lists') gave [2.0, 4.0]"]


def test_a_pair_that_does_not_run_on_a_backend_is_one_row():
    report = check_op(FEW[0], Broken(matmul=lambda x, y: 1 / 0))
    assert [(law.name, law.detail) for law in report.laws] == [
        ("affine runs", "forward raised ZeroDivisionError: division by zero")
    ]


def test_arrays_of_a_dtype_are_checked_in_its_digits():
    report = check_op(FEW[0], "numpy", dtype="float32", laws=["structure", "vjp"])
    assert [(law.name, law.passed) for law in report.laws] == [
        ("affine structure", True),
        ("affine vjp", True),
    ]
    for dtype in ("int32", "float31"):
        with pytest.raises(ValueError, match=f"check_op: dtype='{dtype}': wanted a floating one of the back"):
            check_op(FEW[0], "numpy", dtype=dtype)


def test_laws_can_be_picked():
    report = check_backend(lists, laws=["zero"], ops=FEW[:1])
    assert [law.name for law in report.laws if " " in law.name] == ["affine zero"]
