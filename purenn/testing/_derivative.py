"""structure, linear, zero, vjp and exact: backward is the derivative of forward, in form and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .._numerical import numbers_of
from ..backends import backend_of, convert, extras, lists
from ..errors import TreeError
from ..trees import tree_map, tree_paths
from ._call import Broken, Skipped, as_fractions
from ._slopes import compare, is_rational

if TYPE_CHECKING:
    from ._call import Call


def structure(call: Call) -> None:
    """A cache is a NamedTuple of arrays; a gradient has the shape, dtype and tree of what it is the gradient
    of.
    """
    if not hasattr(call.cache, "_fields"):
        raise Broken(f"the cache is a {type(call.cache).__name__}, not a NamedTuple")
    for path, leaf in tree_paths(call.cache):
        try:
            backend_of(leaf)
        except TypeError as error:
            raise Broken(f"cache{path} is no array: {error}") from None
    for name, grad in call.gradients(call.dout(0)).items():
        if name not in call.names:
            raise Broken(f"grads.{name} is named like no argument of forward: {call.names}")
        try:
            pairs = tree_map(lambda x, dx: [x, dx], call.argument(name), grad)
        except TreeError as error:
            raise Broken(f"grads.{name} and {name}: {error}") from None
        for path, (x, dx) in tree_paths(pairs):
            want, have = getattr(x, "dtype", None), getattr(dx, "dtype", None)
            if extras.shape(x) != extras.shape(dx):
                raise Broken(
                    f"grads.{name}{path} has shape {extras.shape(dx)}, {name}{path} {extras.shape(x)}"
                )
            if want != have and "float" in str(want):
                raise Broken(f"grads.{name}{path} has dtype {have}, {name}{path} {want}")


def linear(call: Call) -> None:
    """Backward is linear in dout."""
    one, two = call.dout(0), call.dout(1)
    both = tree_map(lambda x, y: call.backend.add(call.backend.multiply(x, 2), y), one, two)
    grads = [call.gradients(dout) for dout in (one, two, both)]
    parts = [numbers_of(tuple(each.values())) for each in grads]
    sizes = (abs(float(number)) for part in parts for number in part)
    scale = max(filter(math.isfinite, sizes), default=0.0)
    for index, (first, second, have) in enumerate(zip(*parts, strict=True)):
        want = 2 * first + second
        if call.differ(want, have, scale):
            raise Broken(
                f"gradient number {index} of 2 * dout1 + dout2 is {have!r}, wanted {want!r}",
                call.failure("gradients", index, have, want),
            )


def zero(call: Call) -> None:
    """dout of zeros gives gradients of zeros."""
    zeros = tree_map(lambda out: call.like(out, lists.multiply(convert(out, "lists"), 0)), call.out)
    for name, grad in call.gradients(zeros).items():
        for index, number in enumerate(numbers_of(grad)):
            if number != 0:
                raise Broken(
                    f"grads.{name} number {index} is {number!r} for dout of zeros",
                    call.failure(f"grads.{name}", index, number, 0.0),
                )


def vjp(call: Call) -> str:
    """Backward is the derivative of forward: equal to central differences, in ``Fraction``s exactly."""
    names, notes = [], []
    for compared in compare(call):
        if compared.wrong:
            raise Broken(compared.wrong, compared.failure)
        names.append(compared.name)
        notes += [compared.note] if compared.note else []
    return "; ".join([f"of {', '.join(names)}" + (", exactly" if call.exact else ""), *notes])


def exact(call: Call) -> str:
    """The same with the arguments as ``Fraction``s: not a digit may differ."""
    if call.exact:
        raise Skipped("the arguments are Fractions: vjp is exact already")
    fractional = call.again(*as_fractions(call.arguments), xp=None)
    if not is_rational(numbers_of(fractional.out)):
        raise Broken("forward does not keep Fractions: it is not rational, compare with high_precision")
    return vjp(fractional)
