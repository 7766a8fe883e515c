"""check_backend: right backends pass, and of a broken one the culprit is named in words to act on."""

from __future__ import annotations

import pytest

from purenn.backends import lists
from purenn.testing import OPS, check_backend, check_op

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
        if name in ("isdtype", "finfo"):
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
    ],
)  # fmt: skip
def test_a_broken_function_is_named_with_what_it_gave(name, function, said):
    failed = rows(check_backend(Broken(**{name: function}), ops=FEW[:1]))
    assert said in failed[name]
    assert next(iter(failed)) == name


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


def test_laws_can_be_picked():
    report = check_backend(lists, laws=["zero"], ops=FEW[:1])
    assert [law.name for law in report.laws if " " in law.name] == ["affine zero"]
