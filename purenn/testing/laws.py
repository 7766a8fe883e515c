"""The laws of purenn, as functions that run on any pair, layer or loss, a user's own included

- **pure**: no argument is written to; the same call gives the same bits; a cache may be used twice, and
  while another call's cache is alive; what was returned keeps its bits; read-only arrays will do.
- **structure**: a cache is a NamedTuple of arrays; each gradient has the shape, dtype and tree of what
  it is the gradient of.
- **linear**: backward is linear in dout. **zero**: dout of zeros gives gradients of zeros.
- **vjp**: backward is the derivative of forward: equal to central differences, and in ``Fraction``s
  exactly; at a kink, between the slopes on its two sides. **exact**: the same, the arguments made Fractions.
- **backends**: the same numbers on lists and on numpy. **layouts**: strided, reversed, Fortran-ordered and
  read-only arrays of numpy give what plain ones give.
- **batch**: a batch is a stack of its rows. **nan**: a NaN stays in its row. **extreme**: finite numbers up
  to 1e300 give no NaN and no warning.
- **reference**: the same numbers as another pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from ._agreement import backends as _backends
from ._agreement import layouts as _layouts
from ._agreement import reference as _reference
from ._batches import batch, extreme, nan
from ._call import Call, Options, run, subject
from ._derivative import exact as _exact
from ._derivative import linear, structure, vjp, zero
from ._given import check_call, check_pair, picked
from ._purity import pure
from ._report import Law, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .._types import Key, Params
    from ..backends import Backend

LAWS: dict[str, Callable[[Call], str | None]] = {
    "pure": pure,
    "structure": structure,
    "linear": linear,
    "zero": zero,
    "vjp": vjp,
    "exact": _exact,
    "backends": _backends,
    "layouts": _layouts,
    "batch": batch,
    "nan": nan,
    "extreme": extreme,
    "reference": _reference,
}
ALWAYS = ("pure", "structure", "linear", "zero", "vjp", "backends", "layouts")


def check_laws(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *arguments: Params,
    key: Key = 0,
    laws: Collection[str] | None = None,
    exact: bool = False,
    batched: bool | Collection[str] = False,
    backends: Collection[Backend | str] | None = None,
    reference: tuple[Callable[..., Any], Callable[..., Any]] | None = None,
    xp: Backend | str | None = None,
) -> Report:
    """Check the laws of this module for ``forward(*arguments)``

    Without ``laws``, which picks some by name, those that every pair owes are checked, and what the other
    options ask for: ``exact=True`` that the gradients are right to the last digit in ``Fraction``s;
    ``batched=True`` that rows go their own ways, those of all arguments or of the ones that it names;
    ``backends`` that the pair runs on these (without it, where it runs on lists and numpy, it must give the
    same there); ``reference=(forward, backward)`` that another pair gives the same. ``xp`` is sent on.

    Gradients are compared for the arguments that backward names: floats to 1e-8 of the largest, and what
    rounding leaves of the differences; more than 200 numbers along random directions; at a kink it is enough
    to lie between the slopes on either side. ``key`` draws the dout and the directions. Whatever the pair
    raises while a law runs makes that law fail.
    Errors: KindError for what is no function; ArrayError, ShapeError and BackendError for arguments that are
    no arrays of one backend; OptionError for a law that there is not, and other options that cannot be.

    >>> from purenn.functional import relu_backward, relu_forward
    >>> print(check_laws(relu_forward, relu_backward, [1.0, 0.0], laws=["pure", "zero", "vjp", "exact"]))
    relu_forward
    pass  pure
    pass  zero
    pass  vjp        of x; kink at x number 1
    pass  exact      of x, exactly; kink at x number 1
    """
    check_pair("check_laws", forward, backward)
    asked = {"exact": exact, "batch": batched, "nan": batched, "reference": reference}
    own = {*ALWAYS, *(name for name, value in asked.items() if value)}
    chosen = picked("check_laws", own if laws is None else laws, LAWS)
    if "reference" in chosen and reference is None:
        raise OptionError("check_laws: the law 'reference' needs reference=(forward, backward): give it")
    if not isinstance(exact, bool):
        raise OptionError(f"check_laws: exact={exact!r:.40}: wanted True or False")
    options = Options(batched, backends, reference, xp)
    check_call("check_laws", forward, arguments, key, options)
    try:
        call = Call(forward, backward, arguments, key, options)
    except Exception as error:
        row = Law("runs", False, f"forward raised {type(error).__name__}: {error}")
        return Report(subject(forward), (row,))
    return Report(subject(forward), tuple(run(name, LAWS[name], call) for name in chosen))
