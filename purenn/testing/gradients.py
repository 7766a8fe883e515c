"""Gradients against central differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._numerical import numbers_of, numerical_gradient
from ..backends import backend_of
from ..trees import tree_leaves, tree_map
from ._call import Call, Law, Report, subject

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    for name, detail, worst in differences(call):
        count = len(numbers_of(call.arguments[call.names.index(name)]))
        fine = f"{count} number{'s' * (count != 1)}, apart by {float(worst):.2g} at most"
        rows.append(Law(name, not detail, detail or fine))
    return Report(subject(call.forward), tuple(rows))


def differences(call: Call) -> Iterator[tuple[str, str, Any]]:
    """For each argument with a gradient: its name, what is wrong ("" if nothing), the largest difference."""
    dout = call.dout(0)
    weights = numbers_of(dout)
    for name, grad in call.gradients(dout).items():
        if name not in call.names:
            continue
        place = call.names.index(name)

        def project(argument: Any, place: int = place) -> Any:
            arguments = [*call.arguments[:place], argument, *call.arguments[place + 1 :]]
            out = numbers_of(call.forward(*arguments)[0])
            return sum(number * weight for number, weight in zip(out, weights, strict=True))

        argument = tree_map(call.array, call.arguments[place])
        numeric = numbers_of(numerical_gradient(project, argument))
        analytic = numbers_of(tree_map(lambda x, dx: dx, call.arguments[place], grad))
        # differences of a sum of this mass, over 1e-5, lose what is 1e-8 of a sixteenth of it
        mass = sum(abs(float(n) * float(w)) for n, w in zip(numbers_of(call.out), weights, strict=True))
        scale = max([0.0, *(abs(float(n)) for n in numeric)]) + mass / 16
        wrong, worst = "", 0.0
        for index, (want, have) in enumerate(zip(numeric, analytic, strict=True)):
            worst = max(worst, abs(float(want) - float(have)))
            if call.differ(want, have, scale) and not wrong:
                wrong = f"grads.{name} number {index} is {have!r}, central differences say {want!r}"
        yield name, wrong, worst
