"""Optimizers: pure functions from gradients to new params

``update(grads, state, params) -> (params, state)``. The state counts its own steps, from 1, and never
restarts. Gradients have the tree of the params, so an optimizer is a ``tree_map``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ._options import check_kind, number
from .backends import agree_trees, arrays, lists
from .backends.extras import cast, shape
from .errors import ShapeError, TreeError
from .trees import tree_leaves, tree_map, tree_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._types import Array, Params
    from .backends._protocol import Backend

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
        check_kind("sgd", "state", state, SGDState, "give a state of this optimizer's init")
        xp = _open("sgd", params, grads=grads)
        (alpha,) = _constants(xp, params, rate)

        def descend(p: Array, g: Array) -> Array:
            _, p, g = arrays("sgd", xp, params=p, grads=g)
            return cast(xp.subtract(p, xp.multiply(g, alpha)), p, xp=xp)

        return tree_map(descend, params, grads), SGDState(state.step + 1)

    return Optimizer(init, update)


def adam(learning_rate: float = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """``p = p - learning_rate * m_hat / (sqrt(v_hat) + eps)``

    ``m = b1 * m + (1 - b1) * g``, ``v = b2 * v + (1 - b2) * g**2``, and in step t
    ``m_hat = m / (1 - b1**t)``, ``v_hat = v / (1 - b2**t)``.
    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
    Errors: OptionError unless learning_rate and eps are at least 0 and finite, b1 and b2 at least 0 and
    below 1; TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = adam(learning_rate=0.001)
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 12), state.step
    (0.999000000003, 1)
    """
    rate = number("adam", "learning_rate", learning_rate, 0)
    b1, b2 = number("adam", "b1", b1, 0, 1), number("adam", "b2", b2, 0, 1)
    eps = number("adam", "eps", eps, 0)

    def init(params: Params) -> AdamState:
        xp = _open("adam", params)

        def zero(p: Array) -> Array:
            return xp.zeros_like(arrays("adam", xp, params=p)[1])

        return AdamState(step=0, m=tree_map(zero, params), v=tree_map(zero, params))

    def update(grads: Params, state: AdamState, params: Params) -> tuple[Params, AdamState]:
        check_kind("adam", "state", state, AdamState, "give a state of this optimizer's init")
        xp = _open("adam", params, grads=grads, m=state.m, v=state.v)
        alpha, beta1, beta2, epsilon = _constants(xp, params, rate, b1, b2, eps)
        t = state.step + 1

        def first(m: Array, g: Array) -> Array:
            _, m, g = arrays("adam", xp, m=m, grads=g)
            return cast(xp.add(xp.multiply(m, beta1), xp.multiply(g, 1 - beta1)), m, xp=xp)

        def second(v: Array, g: Array) -> Array:
            _, v, g = arrays("adam", xp, v=v, grads=g)
            return cast(xp.add(xp.multiply(v, beta2), xp.multiply(xp.multiply(g, g), 1 - beta2)), v, xp=xp)

        def descend(p: Array, m: Array, v: Array) -> Array:
            _, p, m, v = arrays("adam", xp, params=p, m=m, v=v)
            m_hat = xp.divide(m, 1 - beta1**t)
            v_hat = xp.divide(v, 1 - beta2**t)
            step = xp.divide(m_hat, xp.add(xp.sqrt(v_hat), epsilon))
            return cast(xp.subtract(p, xp.multiply(step, alpha)), p, xp=xp)

        m = tree_map(first, state.m, grads)
        v = tree_map(second, state.v, grads)
        return tree_map(descend, params, m, v), AdamState(t, m, v)

    return Optimizer(init, update)


def _open(op: str, params: Params, **others: Params) -> Backend:
    """The backend of all the trees, after a look whether the others fit the params."""
    for name, tree in others.items():
        try:
            fits = tree_map(lambda p, other: shape(p) == shape(other), params, tree)
        except TreeError as error:
            raise TreeError(f"{op}: params and {name}: {error}") from None
        if not all(tree_leaves(fits)):
            raise _misfit(op, params, name, tree)
    return agree_trees(op, {"params": params} | others)


def _misfit(op: str, params: Params, name: str, tree: Params) -> ShapeError:
    pairs = tree_paths(tree_map(lambda p, other: [shape(p), shape(other)], params, tree))
    path, (own, other) = next((path, pair) for path, pair in pairs if pair[0] != pair[1])
    return ShapeError(
        f"{op}: params{path} {own} and its {name} {other} differ: "
        "gradients and state have the shapes of the params"
    )


def _constants(xp: Backend, params: Params, *numbers: Any) -> tuple[Any, ...]:
    """The options as the params are computed with: floats, but on lists any numbers.

    A Decimal does not multiply a float, so beside Decimals floats become what they print as.
    """
    if xp is not lists:
        return tuple(map(float, numbers))
    kinds = {type(number) for leaf in tree_leaves(params) for number in lists.flat(leaf)}
    decimal = next((kind for kind in kinds if kind.__name__ == "Decimal"), None)
    if decimal is None:
        return numbers
    return tuple(decimal(str(number)) if isinstance(number, float) else number for number in numbers)
