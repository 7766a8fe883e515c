"""Every law on every pair on a backend, and the standard functions that all is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._options import check_is
from ..backends import backend_of, convert, extras, get_backend, lists
from ..errors import OptionError
from ..trees import tree_map
from ._call import Call, Options, as_fractions, run
from ._given import is_collection, picked
from ._report import Law, Report
from ._standard import check_standard
from .laws import LAWS
from .ops import OPS, Op

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..backends import Backend

EACH = ("pure", "structure", "linear", "zero", "vjp", "backends", "layouts", "batch", "nan", "extreme")
KNOWN = (*EACH, "exact")


def check_backend(
    xp: Backend | str, *, laws: Collection[str] | None = None, ops: Collection[Op] | None = None
) -> Report:
    """Check a backend: its own functions against the standard, and all laws on all pairs

    ``xp`` is a namespace, a module such as ``numpy``, or a name. The rows are those of the functions first:
    where one is wrong, the pairs that call it are wrong for that reason. A row of a pair is the first of its
    samples that broke the law; ``"exact"``, on lists, is for the pairs that are rational. A long report
    prints what failed, and counts the rest.
    Errors: OptionError and BackendError for what is no backend; OptionError for a law that there is not, and
    KindError for a row that is no Op.

    >>> from purenn.testing import OPS
    >>> report = check_backend("lists", ops=OPS[:1])
    >>> report.ok, report.laws[0].name, report.laws[-1].name
    (True, 'arrays', 'add exact')
    """
    backend: Any = get_backend(xp)
    chosen = KNOWN if laws is None else picked("check_backend", laws, KNOWN)
    table: Any = OPS if ops is None else ops
    fits = is_collection(table) and all(isinstance(op, Op) for op in table)
    check_is("check_backend", "ops", table, fits, "a collection of Ops", "rows of OPS, such as OPS[:2]")
    name = str(getattr(backend, "__name__", backend)).removeprefix("purenn.backends.")
    rows = [_recognised(backend)]
    if rows[0].passed:
        rows += [Law(each, not wrong, wrong) for each, wrong in check_standard(backend)]
        for op in table:
            rows += check_op(op, backend, laws=chosen).laws
    return Report(name, tuple(rows))


def check_op(op: Op, xp: Backend | str, *, laws: Collection[str] | None = None, dtype: Any = None) -> Report:
    """Check a row of OPS on a backend: each law on all samples, the first that breaks it reported

    ``dtype`` is that of the arrays, the backend's own by default; lists have none.
    Errors: those of ``check_backend``; OptionError for a dtype that is none.

    >>> print(check_op(OPS[2], "lists", laws=["zero", "exact"]))
    affine
    pass  affine zero
    pass  affine exact
    """
    check_is("check_op", "op", op, isinstance(op, Op), "an Op", "a row of OPS, such as OPS[0]")
    backend: Any = get_backend(xp)
    chosen = KNOWN if laws is None else picked("check_op", laws, KNOWN)
    _check_dtype(backend, dtype)
    calls: list[Call] = []
    options = Options(batched=op.batched, backends=("lists",) if backend is not lists else None)
    for sample in op.samples:
        try:
            calls.append(Call(op.forward, op.backward, arrays_of(sample, backend, dtype), 0, options))
        except Exception as error:
            broken = f"forward raised {type(error).__name__}: {error}"
            return Report(op.name, (Law(f"{op.name} runs", False, broken),))
    for_rows = {"extreme": op.extreme, "batch": op.batched, "nan": op.batched}
    own = [law for law in chosen if law in EACH and for_rows.get(law, True)]
    rows = [_first([run(law, LAWS[law], call) for call in calls], f"{op.name} {law}") for law in own]
    if op.rational and backend is lists and "exact" in chosen:
        exact = [call.again(*as_fractions(call.arguments), backends=None) for call in calls]
        held = [run("exact", LAWS[law], call) for call in exact for law in ("pure", "linear", "zero", "vjp")]
        rows.append(_first(held, f"{op.name} exact"))
    return Report(op.name, tuple(rows))


def arrays_of(arguments: tuple[Any, ...], xp: Backend | str, dtype: Any = None) -> tuple[Any, ...]:
    """Nested lists as arrays of a backend; integer ones, which are labels, keep their kind.

    >>> arrays_of(([0.5, 1.0], [0, 1]), "lists")
    ([0.5, 1.0], [0, 1])
    """
    backend: Any = get_backend(xp)
    if backend is lists:
        return arguments

    def made(leaf: Any) -> Any:
        whole = extras.is_integer(leaf, xp=lists)
        return backend.asarray(leaf, dtype=None if whole else dtype)

    out: tuple[Any, ...] = tree_map(made, arguments)
    return out


def _check_dtype(backend: Any, dtype: Any) -> None:
    """OptionError unless a backend makes floats of a dtype."""
    if dtype is None:
        return
    try:
        floats = backend is not lists and extras.is_float(backend.asarray(1.0, dtype=dtype), xp=backend)
    except (TypeError, ValueError, AttributeError):
        floats = False
    if not floats:
        raise OptionError(
            f"check_op: dtype={dtype!r:.40}: wanted a floating one of the backend's, such as its float32; on "
            "lists there are none"
        )


def _first(held: list[Law], name: str) -> Law:
    """Of the laws of all samples, the first that failed; or one that was checked; or why none was."""
    failed = [law for law in held if not law.passed]
    checked = [law for law in held if not law.skipped]
    if not failed and checked:
        return Law(name, True)
    return (failed or held)[0]._replace(name=name)


def _recognised(backend: Any) -> Law:
    """Whether an array of the backend leads back to it, and to lists."""
    try:
        made = backend.asarray([1.0, 2.0])
        home: Any = backend_of(made)
        back = convert(made, "lists")
    except Exception as error:
        return Law("arrays", False, f"to make an array and read it raised {type(error).__name__}: {error}")
    if home is not backend:
        detail = (
            f"backend_of(asarray([1.0, 2.0])) is {getattr(home, '__name__', home)!s:.60}: give the array's "
            f"__array_namespace__, or register_backend({type(made).__name__}, namespace)"
        )
        return Law("arrays", False, detail)
    if back != [1.0, 2.0]:
        return Law("arrays", False, f"convert(asarray([1.0, 2.0]), 'lists') gave {back!r:.60}")
    return Law("arrays", True)
