"""Gradients against central differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays
from ..backends import agree_trees
from ..errors import KindError
from ..random import fold_in
from ._call import Call, Options, subject
from ._given import check_call
from ._report import Law, Report
from ._slopes import compare, count_of

if TYPE_CHECKING:
    from .._types import Key, Params


def check_gradients(
    pair: Any,
    /,
    *arguments: Any,
    key: Key = 0,
    params: Params | None = None,
) -> Report:
    """Compare the gradients of a pair or a layer with central differences, one row for each argument

    ``check_gradients(forward, backward, *arguments)`` or ``check_gradients(layer, x)``, the latter with
    the params of ``layer.init(key)`` or your own. ``key`` draws the dout. Exact in ``Fraction``s.
    Errors: KindError where neither is given; ArrayError, ShapeError, BackendError for arguments that are no
    arrays of one backend; OptionError for a key that is none; what forward raises.

    >>> from purenn import affine
    >>> from purenn.functional import multiply_backward, multiply_forward
    >>> print(check_gradients(multiply_forward, multiply_backward, [1.0, -2.0], 3.0))
    multiply_forward
    pass  x          2 numbers, apart by 2.4e-11 at most
    pass  y          1 number, apart by 2.5e-11 at most
    >>> check_gradients(affine(2, 3), [[1.0, 2.0]]).ok
    True
    """
    fold_in(key, 0)  # an error now, if the key is none
    if hasattr(pair, "init") and hasattr(pair, "backward") and len(arguments) == 1:
        check_arrays("check_gradients", {"x": arguments[0]})
        if params is None:
            params = pair.init(key, xp=agree_trees("check_gradients", {"x": arguments[0]}))
        forward, backward, given = pair.forward, pair.backward, (params, *arguments)
    elif callable(pair) and arguments and callable(arguments[0]) and params is None:
        forward, backward, given = pair, arguments[0], arguments[1:]
    else:
        raise KindError(
            "check_gradients: give a pair and its arguments, check_gradients(forward, backward, x, ...), "
            "or a layer and its input, check_gradients(layer, x)"
        )
    check_call("check_gradients", forward, given, key, Options())
    call = Call(forward, backward, given, key)
    rows = []
    for name, wrong, failure, worst, note in compare(call):
        count = count_of(call.argument(name))
        fine = f"{count} number{'s' * (count != 1)}, apart by {float(worst):.2g} at most"
        rows.append(Law(name, not wrong, wrong or "; ".join(filter(None, [fine, note])), failure))
    return Report(subject(call.forward), tuple(rows))
