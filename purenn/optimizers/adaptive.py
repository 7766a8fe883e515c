"""Optimizers that divide each gradient by the size of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends.extras import descend, running_mean
from ..errors import OptionError
from ._build import Optimizer, build

if TYPE_CHECKING:
    from .._types import Array, Params
    from ..backends._protocol import Backend
    from ._build import Rate


class AdaGradState(NamedTuple):
    step: int
    h: Params


class AdaDeltaState(NamedTuple):
    step: int
    g2: Params
    dx2: Params


class RMSpropState(NamedTuple):
    step: int
    v: Params


def adagrad(learning_rate: Rate = 1e-2, eps: float = 1e-10) -> Optimizer:
    """``h = h + g**2``, ``p = p - learning_rate * g / (sqrt(h) + eps)``

    Source: Duchi, Hazan and Singer, Adaptive subgradient methods, 2011; h is the diagonal of the paper's G.
    Errors: OptionError unless learning_rate and eps are at least 0 and finite; TreeError and ShapeError
    where gradients, state and params differ.

    >>> optimizer = adagrad(0.5, eps=0)
    >>> params, state = [1.0], optimizer.init([1.0])
    >>> for g in ([3.0], [4.0]):
    ...     params, state = optimizer.update(g, state, params)
    >>> params, state
    ([0.09999999999999998], AdaGradState(step=2, h=[25.0]))
    """
    return build("adagrad", AdaGradState, _adagrad, learning_rate, sizes={"eps": eps})


def _adagrad(
    xp: Backend, p: Array, g: Array, h: Array, *, rate: Any, eps: Any, **_: Any
) -> tuple[Array, Array]:
    h = xp.add(h, xp.multiply(g, g))
    step = xp.divide(g, xp.add(xp.sqrt(h), eps))
    return descend(p, step, rate, xp=xp), h


def adadelta(learning_rate: Rate = 1.0, rho: float = 0.95, eps: float = 1e-6) -> Optimizer:
    """``p = p - learning_rate * dx``, ``dx = sqrt(dx2 + eps) / sqrt(g2 + eps) * g``

    g2 and dx2 are the running means of the squares, ``g2 = rho * g2 + (1 - rho) * g**2`` of this step and
    ``dx2 = rho * dx2 + (1 - rho) * dx**2`` of the steps before.
    Source: Zeiler, ADADELTA: an adaptive learning rate method, 2012, equations 8 to 10, where the learning
    rate is 1.
    Errors: OptionError unless learning_rate and eps are at least 0 and finite, rho at least 0 and below 1;
    TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = adadelta()
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 12), state.step
    (0.995527869014, 1)
    """
    return build("adadelta", AdaDeltaState, _adadelta, learning_rate, shares={"rho": rho}, sizes={"eps": eps})


def _adadelta(
    xp: Backend, p: Array, g: Array, g2: Array, dx2: Array, *, rate: Any, rho: Any, eps: Any, **_: Any
) -> tuple[Array, Array, Array]:
    g2 = running_mean(g2, xp.multiply(g, g), rho, xp=xp)
    ratio = xp.divide(xp.sqrt(xp.add(dx2, eps)), xp.sqrt(xp.add(g2, eps)))
    dx = xp.multiply(ratio, g)
    dx2 = running_mean(dx2, xp.multiply(dx, dx), rho, xp=xp)
    return descend(p, dx, rate, xp=xp), g2, dx2


def rmsprop(
    learning_rate: Rate = 1e-2, decay: float = 0.99, eps: float = 1e-8, *, eps_in_sqrt: bool = False
) -> Optimizer:
    """``v = decay * v + (1 - decay) * g**2``, ``p = p - learning_rate * g / (sqrt(v) + eps)``

    With ``eps_in_sqrt``, as in TensorFlow, the divisor is ``sqrt(v + eps)``.
    Source: Tieleman and Hinton, Lecture 6.5 of Neural networks for machine learning, 2012.
    Errors: OptionError unless learning_rate and eps are at least 0 and finite, decay at least 0 and below 1;
    TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = rmsprop(0.01)
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 12), state.step
    (0.900000003333, 1)
    """
    if not isinstance(eps_in_sqrt, bool):
        raise OptionError(f"rmsprop: eps_in_sqrt={eps_in_sqrt!r:.40}: wanted True or False")
    rule = _rmsprop_inside if eps_in_sqrt else _rmsprop
    return build("rmsprop", RMSpropState, rule, learning_rate, shares={"decay": decay}, sizes={"eps": eps})


def _rmsprop(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, decay: Any, eps: Any, **_: Any
) -> tuple[Array, Array]:
    v = running_mean(v, xp.multiply(g, g), decay, xp=xp)
    step = xp.divide(g, xp.add(xp.sqrt(v), eps))
    return descend(p, step, rate, xp=xp), v


def _rmsprop_inside(
    xp: Backend, p: Array, g: Array, v: Array, *, rate: Any, decay: Any, eps: Any, **_: Any
) -> tuple[Array, Array]:
    v = running_mean(v, xp.multiply(g, g), decay, xp=xp)
    step = xp.divide(g, xp.sqrt(xp.add(v, eps)))
    return descend(p, step, rate, xp=xp), v
