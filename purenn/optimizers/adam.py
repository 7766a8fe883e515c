"""Adam, and what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends.extras import descend, descend_by_root, running_mean
from ._build import Optimizer, build

if TYPE_CHECKING:
    from .._types import Array, Params
    from ..backends._protocol import Backend
    from ._build import Only, Rate


class AdamState(NamedTuple):
    step: int
    m: Params
    v: Params


class AdamaxState(NamedTuple):
    step: int
    m: Params
    u: Params


class NAdamState(NamedTuple):
    step: int
    mu_product: float
    m: Params
    v: Params


class AMSGradState(NamedTuple):
    step: int
    m: Params
    v: Params
    v_max: Params


def adam(learning_rate: Rate = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
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
    return build("adam", AdamState, _adam, learning_rate, shares={"b1": b1, "b2": b2}, sizes={"eps": eps})


def _adam(
    xp: Backend,
    p: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    rate: Any,
    b1: Any,
    b2: Any,
    eps: Any,
    **_: Any,
) -> tuple[Array, Array, Array]:
    m = running_mean(m, g, b1, xp=xp)
    v = running_mean(v, xp.multiply(g, g), b2, xp=xp)
    return descend_by_root(p, m, v, rate / (1 - b1**t), 1 - b2**t, eps, xp=xp), m, v


def adamw(
    learning_rate: Rate = 1e-3,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    only: Only = None,
) -> Optimizer:
    """``p = p * (1 - learning_rate * weight_decay)``, then the step of ``adam``

    The decay stands beside the gradient, which never sees it. ``only(path, leaf)`` picks the leaves that
    decay, by their places as ``trees.tree_paths`` gives them; ``only=is_weight`` leaves the biases out.
    Source: Loshchilov and Hutter, Decoupled weight decay regularization, 2019; as in PyTorch the decay is
    multiplied by the learning rate.
    Errors: those of ``adam``, and OptionError unless weight_decay is at least 0 and finite.

    >>> optimizer = adamw(0.1, weight_decay=0.5)
    >>> optimizer.update([0.0], optimizer.init([1.0]), [1.0])[0]
    [0.95]
    """
    shares, sizes = {"b1": b1, "b2": b2}, {"eps": eps, "weight_decay": weight_decay}
    return build("adamw", AdamState, _adamw, learning_rate, shares=shares, sizes=sizes, only=only)


def _adamw(
    xp: Backend, p: Array, g: Array, m: Array, v: Array, *, rate: Any, weight_decay: Any, **others: Any
) -> tuple[Array, Array, Array]:
    return _adam(xp, xp.multiply(p, 1 - rate * weight_decay), g, m, v, rate=rate, **others)


def adamax(learning_rate: Rate = 2e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 0) -> Optimizer:
    """``p = p - learning_rate * m_hat / u``, ``u = max(b2 * u, abs(g) + eps)``

    ``m = b1 * m + (1 - b1) * g`` and in step t ``m_hat = m / (1 - b1**t)``; where u is 0, as long as all
    gradients were, there is no step. PyTorch's eps is 1e-8, the paper's 0.
    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 2.
    Errors: OptionError unless learning_rate and eps are at least 0 and finite, b1 and b2 at least 0 and
    below 1; TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = adamax(0.25)
    >>> params, state = optimizer.update([3.0, 0.0], optimizer.init([1.0, 1.0]), [1.0, 1.0])
    >>> params, state.u
    ([0.75, 1.0], [3.0, 0.0])
    """
    return build(
        "adamax", AdamaxState, _adamax, learning_rate, shares={"b1": b1, "b2": b2}, sizes={"eps": eps}
    )


def _adamax(
    xp: Backend,
    p: Array,
    g: Array,
    m: Array,
    u: Array,
    *,
    t: int,
    rate: Any,
    b1: Any,
    b2: Any,
    eps: Any,
    **_: Any,
) -> tuple[Array, Array, Array]:
    m = running_mean(m, g, b1, xp=xp)
    u = xp.maximum(xp.multiply(u, b2), xp.add(xp.abs(g), eps))
    m_hat = xp.divide(m, 1 - b1**t)
    still = xp.equal(u, 0)
    step = xp.divide(xp.where(still, 0, m_hat), xp.where(still, 1, u))
    return descend(p, step, rate, xp=xp), m, u


def nadam(
    learning_rate: Rate = 2e-3,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    momentum_decay: float = 4e-3,
) -> Optimizer:
    """``p = p - learning_rate * (mu' * m / (1 - M * mu') + (1 - mu) * g / (1 - M)) / (sqrt(v_hat) + eps)``

    m, v and v_hat are those of ``adam``. In step t ``mu = b1 * (1 - 0.96**(t * momentum_decay) / 2)``, mu' is
    that of step t + 1, and M is the product of mu up to step t, ``mu_product`` in the state.
    Source: Dozat, Incorporating Nesterov momentum into Adam, 2016; defaults as in PyTorch.
    Errors: OptionError unless learning_rate, eps and momentum_decay are at least 0 and finite, b1 and b2 at
    least 0 and below 1; TreeError and ShapeError where gradients, state and params differ.

    >>> optimizer = nadam(0.002)
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 6), round(state.mu_product, 6)
    (0.997887, 0.450073)
    """
    shares = {"b1": b1, "b2": b2, "base": 0.96}
    sizes = {"eps": eps, "momentum_decay": momentum_decay}
    return build(
        "nadam", NAdamState, _nadam, learning_rate, shares=shares, sizes=sizes, products={"mu_product": _mu}
    )


def _mu(*, t: int, b1: Any, base: Any, momentum_decay: Any, **_: Any) -> Any:
    return b1 * (1 - base ** (t * momentum_decay) / 2)


def _nadam(
    xp: Backend, p: Array, g: Array, m: Array, v: Array, *, mu_product: Any, **numbers: Any
) -> tuple[Array, Array, Array]:
    t, rate, b1, b2, eps = (numbers[name] for name in ("t", "rate", "b1", "b2", "eps"))
    mu, mu_next = _mu(**numbers), _mu(**numbers | {"t": t + 1})
    m = running_mean(m, g, b1, xp=xp)
    v = running_mean(v, xp.multiply(g, g), b2, xp=xp)
    ahead = xp.multiply(m, mu_next / (1 - mu_product * mu_next))
    now = xp.multiply(g, (1 - mu) / (1 - mu_product))
    v_hat = xp.divide(v, 1 - b2**t)
    step = xp.divide(xp.add(ahead, now), xp.add(xp.sqrt(v_hat), eps))
    return descend(p, step, rate, xp=xp), m, v


def amsgrad(learning_rate: Rate = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """``p = p - learning_rate * m_hat / (sqrt(v_max / (1 - b2**t)) + eps)``, ``v_max = max(v_max, v)``

    m, m_hat and v are those of ``adam``. The steps of a leaf can so never grow because its large gradients
    are forgotten.
    Source: Reddi, Kale and Kumar, On the convergence of Adam and beyond, 2018; corrected for the early steps,
    as in PyTorch.
    Errors: those of ``adam``.

    >>> optimizer = amsgrad(0.001)
    >>> params, state = optimizer.update([3.0], optimizer.init([1.0]), [1.0])
    >>> round(params[0], 12), state.step
    (0.999000000003, 1)
    """
    shares, sizes = {"b1": b1, "b2": b2}, {"eps": eps}
    return build("amsgrad", AMSGradState, _amsgrad, learning_rate, shares=shares, sizes=sizes)


def _amsgrad(
    xp: Backend, p: Array, g: Array, m: Array, v: Array, v_max: Array, **numbers: Any
) -> tuple[Array, Array, Array, Array]:
    t, rate, b1, b2, eps = (numbers[name] for name in ("t", "rate", "b1", "b2", "eps"))
    m = running_mean(m, g, b1, xp=xp)
    v = running_mean(v, xp.multiply(g, g), b2, xp=xp)
    v_max = xp.maximum(v_max, v)
    m_hat = xp.divide(m, 1 - b1**t)
    v_hat = xp.divide(v_max, 1 - b2**t)
    step = xp.divide(m_hat, xp.add(xp.sqrt(v_hat), eps))
    return descend(p, step, rate, xp=xp), m, v, v_max
