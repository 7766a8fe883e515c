"""What a node of a graph may run: a layer, or a pair, which becomes one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from .. import functional as F
from ..errors import GraphError, KindError
from ._layer import Layer, Parts, layer
from ._wiring import quoted, suggestion
from .recording import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._types import Array

PAIRS = [name.removesuffix("_forward") for name in F.__all__ if name.endswith("_forward")]


def op_of(
    node: str, op: Any, reads: tuple[str, ...], named: Mapping[str, Layer[Any]]
) -> tuple[Layer[Any], bool]:
    """The layer of a node, and whether it is a pair.

    >>> own, is_pair = op_of("out", "multiply", ("price", "apples"), {})
    >>> own.forward((), (100, 2))[0], is_pair
    (200, True)
    """
    if isinstance(op, Layer):
        return op, False
    if isinstance(op, str):
        if op in named:
            return named[op], False
        if op not in PAIRS:
            wanted = f"a pair of purenn.functional or one of layers=, {suggestion(op, [*PAIRS, *named])}"
            raise GraphError(f"graph: node {node!r} has op {op!r}, wanted {wanted}")
        return _pair(node, op, getattr(F, f"{op}_forward"), getattr(F, f"{op}_backward"), reads), True
    fields = getattr(op, "_fields", ("forward", "backward"))  # a Loss is a pair, an Optimizer none
    if (
        isinstance(op, tuple)
        and fields == ("forward", "backward")
        and len(op) == 2
        and all(map(callable, op))
    ):
        return _pair(node, name_of(op[0]), *op, reads), True
    raise KindError(
        f"graph: node {node!r} has op {op!r:.40}, wanted the name of a pair or layer, a Layer, "
        "or a pair (forward, backward)"
    )


def _pair(
    node: str, name: str, forward: Callable[..., Any], backward: Callable[..., Any], reads: tuple[str, ...]
) -> Layer[Any]:
    """The layer of a pair without params, whose x is a tuple of its arguments where they are several."""
    arguments = _arguments(node, name, forward, reads)
    parts = Parts(name, (forward, backward))
    if len(arguments) == 1:
        return layer(forward, backward)._replace(parts=parts)

    @wraps(forward)
    def spread(x: tuple[Array, ...], **options: Any) -> Any:
        return forward(*x, **options)

    @wraps(backward)
    def gather(dout: Array, cache: Any, **options: Any) -> tuple[tuple[Array, ...]]:
        if options.get("need_x", True) is not True:  # of a pair, x is the first argument
            options["need_x"] = options["need_x"][0]
        grads = backward(dout, cache, **options)
        fields = getattr(grads, "_fields", ())
        if fields == arguments:
            return (tuple(grads),)
        if not fields or not set(fields) <= set(arguments):
            raise KindError(
                f"{name}: backward returned {type(grads).__name__}({', '.join(fields)}), wanted a NamedTuple "
                f"whose fields are named like the arguments {', '.join(arguments)}"
            )
        return (tuple(getattr(grads, argument, None) for argument in arguments),)

    return layer(spread, gather)._replace(parts=parts)


def _arguments(node: str, name: str, forward: Callable[..., Any], reads: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the arguments of a pair that the node gives, or GraphError."""
    from inspect import Parameter, signature  # who builds no graph does not wait for it

    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        found = signature(forward)
    except ValueError:  # of some functions that are written in C
        raise KindError(
            f"graph: node {node!r}: {name} does not say its arguments: wanted a plain function"
        ) from None
    own = [each for each in found.parameters.values() if each.kind in kinds]
    needed = [each.name for each in own if each.default is Parameter.empty]
    if not len(needed) <= len(reads) <= len(own):
        named = f"{len(needed)} arguments: {', '.join(each.name for each in own)}"
        wanted = named if own else f"those of {name}{found}"
        raise GraphError(f"graph: node {node!r} gives {name} {quoted(reads)}, wanted {wanted}")
    return tuple(each.name for each in own)[: len(reads)]
