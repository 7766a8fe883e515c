"""Gradient transforms: pure functions ``transform(grads, params) -> grads``, for ``transform_grads``

``only(path, leaf)`` picks the leaves that a penalty is for, by their places as ``trees.tree_paths`` gives
them; ``only=is_weight`` leaves the biases out.
"""

from __future__ import annotations

import math
import re
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from .._options import number
from ..backends import replayed
from ..backends.extras import cast, shape
from ..errors import KindError
from ..trees import tree_unflatten
from ._build import Optimizer, check_only, choose, constants, open_rows, picks

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, Params
    from ..backends._protocol import Backend
    from ._build import Only, Row

    Transform: TypeAlias = Callable[[Params, Params], Params]

_BIAS = re.compile(r"(\.(b|bias|beta)\d*|\['(b|bias|beta)\d*'\])$")


def transform_grads(optimizer: Optimizer, *transforms: Transform) -> Optimizer:
    """The optimizer, given the gradients as the transforms leave them, first to last.

    Errors: KindError for what is no Optimizer and for a transform that is no function.

    >>> from purenn import sgd
    >>> optimizer = transform_grads(sgd(1), clip_by_value(2.0), l2(0.5))
    >>> optimizer.update([10.0], optimizer.init([4.0]), [4.0])[0]
    [0.0]
    """
    if not isinstance(optimizer, Optimizer):
        raise KindError(
            f"transform_grads: optimizer is a {type(optimizer).__name__}, wanted an Optimizer: "
            "give one such as sgd(0.1)"
        )
    for index, transform in enumerate(transforms):
        if not callable(transform):
            raise KindError(
                f"transform_grads: transform {index} is {transform!r:.40}, wanted a function (grads, params) "
                "-> grads, such as clip_by_value(1.0)"
            )

    def update(grads: Params, state: Any, params: Params) -> tuple[Params, Any]:
        for transform in transforms:
            grads = transform(grads, params)
        return optimizer.update(grads, state, params)

    return Optimizer(optimizer.init, update)


def clip_by_value(limit: float) -> Transform:
    """``g = min(max(g, -limit), limit)``; a NaN stays one

    Errors: OptionError unless limit is at least 0 and finite.

    >>> clip_by_value(1.0)([3.0, -0.5, -7.0], [0.0, 0.0, 0.0])
    [1.0, -0.5, -1.0]
    """
    limit = number("clip_by_value", "limit", limit, 0)

    def transform(grads: Params, params: Params) -> Params:
        xp, rows = open_rows("clip_by_value", grads=grads)
        n = constants(xp, rows, low=-limit, high=limit)
        return _like(grads, xp, rows, [xp.minimum(xp.maximum(g, n["low"]), n["high"]) for (g,) in rows])

    return replayed(transform)


def clip_by_global_norm(max_norm: float) -> Transform:
    """``g = g * max_norm / norm`` where ``norm``, the ``global_norm`` of all gradients, is larger

    Gradients of a smaller norm are left as they are. The largest gradient is divided out first, so even
    those near the largest float are scaled. With a NaN among them all become NaN.
    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, 2013.
    Errors: OptionError unless max_norm is at least 0 and finite.

    >>> clip_by_global_norm(1.0)(([3.0], [4.0]), ([0.0], [0.0]))
    ([0.6000000000000001], [0.8])
    """
    max_norm = number("clip_by_global_norm", "max_norm", max_norm, 0)

    def transform(grads: Params, params: Params) -> Params:
        xp, rows = open_rows("clip_by_global_norm", grads=grads)
        largest, root = _norm(xp, rows)
        limit = constants(xp, rows, limit=max_norm)["limit"]
        short = xp.greater_equal(xp.divide(limit, largest), root)
        scale = xp.divide(limit, xp.where(short, 1, root))
        scaled = [xp.where(short, g, xp.multiply(xp.divide(g, largest), scale)) for (g,) in rows]
        return _like(grads, xp, rows, scaled)

    return replayed(transform)


def global_norm(tree: Params) -> Array:
    """``sqrt(sum of all numbers squared)`` of a tree, without overflow on the way; of no numbers 0

    Errors: ArrayError, ShapeError, BackendError for leaves that are no arrays of real numbers of one backend.

    >>> global_norm({"w": [[3.0]], "b": [4.0]})
    5.0
    """
    xp, rows = open_rows("global_norm", tree=tree)
    return xp.multiply(*_norm(xp, rows))


def _norm(xp: Backend, rows: list[Row]) -> tuple[Array, Array]:
    """The norm as a product: the largest number, or 1 where that is 0 or not finite, and the rest."""
    full = [x for (x,) in rows if 0 not in shape(x)]
    if not full:
        return xp.asarray(1.0), xp.asarray(0.0)
    largest = reduce(xp.maximum, [xp.max(xp.abs(x), axis=None, keepdims=False) for x in full])
    usable = xp.logical_and(xp.greater(largest, 0), xp.less(largest, math.inf))
    largest = xp.where(usable, largest, 1)
    shares = [xp.divide(x, largest) for x in full]
    return largest, xp.sqrt(_total(xp, [xp.multiply(share, share) for share in shares]))


def l1(strength: float, only: Only = None) -> Transform:
    """``g = g + strength * sign(p)``: the gradient of ``l1_penalty``, 0 where p is

    Errors: OptionError unless strength is at least 0 and finite.

    >>> l1(0.5)([1.0, 1.0, 1.0], [4.0, 0.0, -4.0])
    [1.5, 1.0, 0.5]
    """
    return _penalized("l1", strength, only, lambda xp, p: xp.sign(p))


def l2(strength: float, only: Only = None) -> Transform:
    """``g = g + strength * p``: the gradient of ``l2_penalty``, and PyTorch's ``weight_decay``

    Errors: OptionError unless strength is at least 0 and finite.

    >>> l2(0.5, only=is_weight)({"w": [1.0], "b": [1.0]}, {"w": [4.0], "b": [4.0]})
    {'w': [3.0], 'b': [1.0]}
    """
    return _penalized("l2", strength, only, lambda xp, p: p)


def l1_penalty(params: Params, strength: float, only: Only = None) -> Array:
    """``strength * sum of abs(p)``, to add to a loss whose gradients ``l1`` changes

    >>> l1_penalty(([1.0, -2.0], [3.0]), 0.5)
    3.0
    """
    return _penalty("l1_penalty", params, strength, only, lambda xp, p: xp.abs(p))


def l2_penalty(params: Params, strength: float, only: Only = None) -> Array:
    """``strength / 2 * sum of p**2``, to add to a loss whose gradients ``l2`` changes

    >>> l2_penalty(([1.0, -2.0], [3.0]), 0.5)
    3.5
    """
    return _penalty("l2_penalty", params, strength, only, lambda xp, p: xp.divide(xp.multiply(p, p), 2))


def is_weight(path: str, leaf: Array) -> bool:
    """False for a bias: where the last step of the path is b, bias or beta, with or without digits.

    >>> is_weight("[0].w", [1.0]), is_weight("[0].b", [1.0]), is_weight("['bias1']", [1.0])
    (True, False, False)
    """
    return _BIAS.search(path) is None


def _penalized(op: str, strength: float, only: Only, slope: Callable[[Backend, Array], Array]) -> Transform:
    strength = number(op, "strength", strength, 0)
    check_only(op, only)

    def transform(grads: Params, params: Params) -> Params:
        xp, rows = open_rows(op, params=params, grads=grads)
        factor = constants(xp, rows, strength=strength)["strength"]
        out = [
            xp.add(g, xp.multiply(slope(xp, p), factor)) if chosen else g
            for (p, g), chosen in zip(rows, choose(params, only), strict=False)
        ]
        return _like(params, xp, [(g,) for _, g in rows], out)

    return replayed(transform, calls=picks(only))


def _penalty(
    op: str, params: Params, strength: float, only: Only, size: Callable[[Backend, Array], Array]
) -> Array:
    strength = number(op, "strength", strength, 0)
    check_only(op, only)
    xp, rows = open_rows(op, params=params)
    factor = constants(xp, rows, strength=strength)["strength"]
    chosen = [size(xp, p) for (p,), picked in zip(rows, choose(params, only), strict=False) if picked]
    return xp.multiply(_total(xp, chosen), factor) if chosen else xp.asarray(0.0)


def _total(xp: Backend, leaves: list[Array]) -> Array:
    return reduce(xp.add, [xp.sum(leaf) for leaf in leaves])


def _like(tree: Params, xp: Backend, rows: list[Row], leaves: list[Array]) -> Params:
    """The leaves in the tree that the rows were opened in, and in the dtypes of the gradients."""
    return tree_unflatten(tree, [cast(new, old[0], xp=xp) for new, old in zip(leaves, rows, strict=True)])
