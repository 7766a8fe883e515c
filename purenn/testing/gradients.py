"""Gradients against central differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..backends import backend_of
from ..trees import tree_leaves
from ._call import Call, subject
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
    Errors: TypeError where neither is given.

    >>> from purenn import affine
    >>> from purenn.functional import multiply_backward, multiply_forward
    >>> print(check_gradients(multiply_forward, multiply_backward, [1.0, -2.0], 3.0))
    multiply_forward
    pass  x          2 numbers, apart by 2.4e-11 at most
    pass  y          1 number, apart by 2.5e-11 at most
    >>> check_gradients(affine(2, 3), [[1.0, 2.0]]).ok
    True
    """
    if hasattr(pair, "init") and hasattr(pair, "backward") and len(arguments) == 1:
        if params is None:
            params = pair.init(key, xp=backend_of(*tree_leaves(arguments[0])))
        call = Call(pair.forward, pair.backward, (params, *arguments), key)
    elif callable(pair) and arguments and callable(arguments[0]) and params is None:
        call = Call(pair, arguments[0], arguments[1:], key)
    else:
        raise TypeError(
            "check_gradients: give a pair and its arguments, check_gradients(forward, backward, x, ...), "
            "or a layer and its input, check_gradients(layer, x)"
        )
    rows = []
    for name, wrong, failure, worst, note in compare(call):
        count = count_of(call.argument(name))
        fine = f"{count} number{'s' * (count != 1)}, apart by {float(worst):.2g} at most"
        rows.append(Law(name, not wrong, wrong or "; ".join(filter(None, [fine, note])), failure))
    return Report(subject(call.forward), tuple(rows))
