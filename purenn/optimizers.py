"""Optimizers: pure functions from gradients to new params

``update(grads, state, params) -> (params, state)``. The state counts its own steps, from 1, and never
restarts. Gradients have the tree of the params, so an optimizer is a ``tree_map``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ._options import number
from .backends import arrays
from .backends.extras import shape
from .errors import CacheError, ShapeError
from .trees import tree_map, tree_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._types import Array, Params

__all__ = ["AdamState", "Optimizer", "SGDState", "adam", "sgd"]


class Optimizer(NamedTuple):
    """``init(params) -> state`` and ``update(grads, state, params) -> (params, state)``."""

    init: Callable[[Params], Any]
    update: Callable[[Params, Any, Params], tuple[Params, Any]]


class SGDState(NamedTuple):
    step: int


class AdamState(NamedTuple):
    step: int
    m: Params
    v: Params


def sgd(learning_rate: float) -> Optimizer:
    """``p = p - learning_rate * g``

    Errors: OptionError for a learning rate that is negative or not finite; TreeError and ShapeError
    where gradients and params differ.

    >>> optimizer = sgd(learning_rate=0.001)
    >>> w, b = [-3.0, -1.0, 2.0], 1.0
    >>> params, state = optimizer.update(([1.0, -2.0, 3.0], 1.0), optimizer.init((w, b)), (w, b))
    >>> params
    ([-3.001, -0.998, 1.997], 0.999)
    """
    rate = number("sgd", "learning_rate", learning_rate, 0)

    def init(params: Params) -> SGDState:
        return SGDState(step=0)

    def update(grads: Params, state: SGDState, params: Params) -> tuple[Params, SGDState]:
        _check("sgd", SGDState, state, grads, params)

        def descend(p: Array, g: Array) -> Array:
            xp, p, g = arrays("sgd", None, params=p, grads=g)
            return xp.subtract(p, xp.multiply(g, rate))

        return tree_map(descend, params, grads), SGDState(state.step + 1)

    return Optimizer(init, update)


def adam(learning_rate: float = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """``p = p - learning_rate * m_hat / (sqrt(v_hat) + eps)``

    ``m = b1 * m + (1 - b1) * g``, ``v = b2 * v + (1 - b2) * g**2``, and in step t
    ``m_hat = m / (1 - b1**t)``, ``v_hat = v / (1 - b2**t)``.
    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
    Errors: OptionError for options out of range; TreeError and ShapeError where gradients and params
    differ.

    >>> optimizer = adam(learning_rate=0.001)
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 12), state.step
    (0.999000000003, 1)
    """
    rate = number("adam", "learning_rate", learning_rate, 0)
    b1, b2 = number("adam", "b1", b1, 0, 1), number("adam", "b2", b2, 0, 1)
    eps = number("adam", "eps", eps, 0)

    def init(params: Params) -> AdamState:
        def zero(p: Array) -> Array:
            xp, p = arrays("adam", None, params=p)
            return xp.multiply(p, 0)

        return AdamState(step=0, m=tree_map(zero, params), v=tree_map(zero, params))

    def update(grads: Params, state: AdamState, params: Params) -> tuple[Params, AdamState]:
        _check("adam", AdamState, state, grads, params)
        t = state.step + 1

        def first(m: Array, g: Array) -> Array:
            xp, m, g = arrays("adam", None, m=m, grads=g)
            return xp.add(xp.multiply(m, b1), xp.multiply(g, 1 - b1))

        def second(v: Array, g: Array) -> Array:
            xp, v, g = arrays("adam", None, v=v, grads=g)
            return xp.add(xp.multiply(v, b2), xp.multiply(xp.multiply(g, g), 1 - b2))

        def descend(p: Array, m: Array, v: Array) -> Array:
            xp, p, m, v = arrays("adam", None, params=p, m=m, v=v)
            m_hat = xp.divide(m, 1 - b1**t)
            v_hat = xp.divide(v, 1 - b2**t)
            step = xp.divide(m_hat, xp.add(xp.sqrt(v_hat), eps))
            return xp.subtract(p, xp.multiply(step, rate))

        m = tree_map(first, state.m, grads)
        v = tree_map(second, state.v, grads)
        return tree_map(descend, params, m, v), AdamState(t, m, v)

    return Optimizer(init, update)


def _check(op: str, kind: type, state: Any, grads: Params, params: Params) -> None:
    if type(state) is not kind:
        raise CacheError(
            f"{op}: state is {type(state).__name__}, wanted {kind.__name__}: "
            "call update(grads, state, params) with a state of this optimizer's init"
        )
    for path, (p, g) in tree_paths(tree_map(lambda p, g: [p, g], params, grads)):
        if shape(p) != shape(g):
            raise ShapeError(
                f"{op}: params{path} {shape(p)} and its gradient {shape(g)} differ: "
                "a gradient has the shape of its parameter"
            )
