"""Gradient descent, and its forms with momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._options import choice
from ..backends.extras import descend, running_mean
from ._build import Optimizer, build

if TYPE_CHECKING:
    from .._types import Array, Params
    from ..backends._protocol import Backend
    from ._build import Rate


class SGDState(NamedTuple):
    step: int


class MomentumState(NamedTuple):
    step: int
    v: Params


class NesterovState(NamedTuple):
    step: int
    v: Params


def sgd(learning_rate: Rate) -> Optimizer:
    """``p = p - learning_rate * g``

    The learning rate of each optimizer is a number, or a schedule: a function of the number of updates
    that came before this one, 0 in the first.
    Errors: OptionError for a learning rate that is negative or not finite; TreeError and ShapeError
    where gradients and params differ.

    >>> optimizer = sgd(learning_rate=0.001)
    >>> w, b = [-3.0, -1.0, 2.0], 1.0
    >>> params, state = optimizer.update(([1.0, -2.0, 3.0], 1.0), optimizer.init((w, b)), (w, b))
    >>> params
    ([-3.001, -0.998, 1.997], 0.999)
    """
    return build("sgd", SGDState, _sgd, learning_rate)


def _sgd(xp: Backend, p: Array, g: Array, *, rate: Any, **_: Any) -> tuple[Array]:
    return (descend(p, g, rate, xp=xp),)


def momentum(learning_rate: Rate, momentum: float = 0.9, *, dialect: str = "pytorch") -> Optimizer:
    """``v = momentum * v + g``, ``p = p - learning_rate * v``

    This is the dialect ``"pytorch"``. In ``"ema"`` v is a running mean, so the steps are ``1 - momentum``
    times as long: ``v = momentum * v + (1 - momentum) * g``. In ``"sutskever"`` v is the step itself, which
    parts from ``"pytorch"`` where the learning rate changes: ``v = momentum * v - learning_rate * g``,
    ``p = p + v``.
    Source: Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum in deep
    learning, 2013 (after Polyak, 1964).
    Errors: OptionError unless learning_rate is at least 0 and finite, momentum at least 0 and below 1, and
    the dialect one of the three; TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = momentum(0.5, momentum=0.5)
    >>> params, state = [1.0], optimizer.init([1.0])
    >>> for g in ([2.0], [1.0]):
    ...     params, state = optimizer.update(g, state, params)
    >>> params, state
    ([-1.0], MomentumState(step=2, v=[2.0]))
    """
    choice("momentum", "dialect", dialect, tuple(_DIALECTS))
    return build("momentum", MomentumState, _DIALECTS[dialect], learning_rate, shares={"momentum": momentum})


def _pytorch(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, momentum: Any, **_: Any
) -> tuple[Array, Array]:
    v = xp.add(xp.multiply(v, momentum), g)
    return descend(p, v, rate, xp=xp), v


def _ema(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, momentum: Any, **_: Any
) -> tuple[Array, Array]:
    v = running_mean(v, g, momentum, xp=xp)
    return descend(p, v, rate, xp=xp), v


def _sutskever(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, momentum: Any, **_: Any
) -> tuple[Array, Array]:
    v = xp.subtract(xp.multiply(v, momentum), xp.multiply(g, rate))
    return xp.add(p, v), v


_DIALECTS = {"pytorch": _pytorch, "ema": _ema, "sutskever": _sutskever}


def nesterov(learning_rate: Rate, momentum: float = 0.9) -> Optimizer:
    """``v = momentum * v + g``, ``p = p - learning_rate * (g + momentum * v)``

    Source: Nesterov, A method of solving a convex programming problem with convergence rate O(1/k**2), 1983;
    in PyTorch's form, where the params are those that the gradient is taken at.
    Errors: OptionError unless learning_rate is at least 0 and finite, momentum at least 0 and below 1;
    TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = nesterov(0.5, momentum=0.5)
    >>> params, state = optimizer.update([2.0], optimizer.init([1.0]), [1.0])
    >>> params, state
    ([-0.5], NesterovState(step=1, v=[2.0]))
    """
    return build("nesterov", NesterovState, _nesterov, learning_rate, shares={"momentum": momentum})


def _nesterov(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, momentum: Any, **_: Any
) -> tuple[Array, Array]:
    v = xp.add(xp.multiply(v, momentum), g)
    return xp.subtract(p, xp.multiply(xp.add(g, xp.multiply(v, momentum)), rate)), v
