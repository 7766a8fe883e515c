"""Rectifiers: the identity where x is positive, and something small where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..._options import number
from ...backends import arrays
from ...backends.extras import cast, constant, where_positive
from .._gate import ActivationGrads, open_elementwise

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


SELU_SCALE = 1.0507009873554805  # for x > 0
SELU_BELOW = 1.7580993408473768  # scale * alpha, rounded once


class ReluCache(NamedTuple):
    out: Array


class LeakyReluCache(NamedTuple):
    x: Array
    negative_slope: Array


class EluCache(NamedTuple):
    x: Array
    alpha: Array


class SeluCache(NamedTuple):
    x: Array


def relu_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, ReluCache]:
    """``out = max(x, 0)``; a NaN stays a NaN

    >>> out, cache = relu_forward([-1.0, 0.0, 2.0])
    >>> out
    [0.0, 0.0, 2.0]
    """
    xp, x = arrays("relu", xp, x=x)
    out = xp.maximum(x, 0)
    return out, ReluCache(out)


def relu_backward(dout: Array, cache: ReluCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout where x > 0, else 0``; the derivative at 0 is 0, and a NaN lets dout pass

    >>> _, cache = relu_forward([-1.0, 0.0, 2.0])
    >>> relu_backward([5.0, 6.0, 7.0], cache)
    ActivationGrads(x=[0.0, 0.0, 7.0])
    """
    xp, dout, out = open_elementwise("relu", ReluCache, dout, cache, xp)
    return ActivationGrads(cast(where_positive(out, dout, xp=xp), out, xp=xp))


def leaky_relu_forward(
    x: Array, *, negative_slope: float = 0.01, xp: Backend | str | None = None
) -> tuple[Array, LeakyReluCache]:
    """``out = x where x > 0, else negative_slope * x``

    Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013.
    Errors: OptionError unless negative_slope is finite and at least 0.

    >>> out, cache = leaky_relu_forward([-2.0, 0.0, 2.0], negative_slope=0.25)
    >>> out
    [-0.5, 0.0, 2.0]
    """
    slope = number("leaky_relu", "negative_slope", negative_slope, 0)
    xp, x, slope = arrays("leaky_relu", xp, x=x, negative_slope=constant(slope, x))
    below = xp.multiply(x, slope) if negative_slope else xp.minimum(xp.abs(x), 0)  # 0 * -inf is no number
    return xp.where(xp.greater(x, 0), x, below), LeakyReluCache(x, slope)


def leaky_relu_backward(
    dout: Array, cache: LeakyReluCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout where x > 0, else negative_slope * dout``; the derivative at 0 is that of the left

    >>> _, cache = leaky_relu_forward([-2.0, 0.0, 2.0], negative_slope=0.25)
    >>> leaky_relu_backward([1.0, 1.0, 1.0], cache)
    ActivationGrads(x=[0.25, 0.25, 1.0])
    """
    xp, dout, x, slope = open_elementwise("leaky_relu", LeakyReluCache, dout, cache, xp)
    below = xp.multiply(dout, slope)
    return ActivationGrads(cast(xp.where(xp.greater_equal(0, x), below, dout), x, xp=xp))


def elu_forward(x: Array, *, alpha: float = 1, xp: Backend | str | None = None) -> tuple[Array, EluCache]:
    """``out = x where x > 0, else alpha * (exp(x) - 1)``

    Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential
    linear units, 2016.
    Errors: OptionError unless alpha is finite and at least 0.

    >>> out, cache = elu_forward([-1000.0, 0.0, 2.0])
    >>> out
    [-1.0, 0.0, 2.0]
    """
    alpha = number("elu", "alpha", alpha, 0)
    xp, x, alpha = arrays("elu", xp, x=x, alpha=constant(alpha, x))
    below = xp.multiply(xp.expm1(xp.minimum(x, 0)), alpha)
    return xp.where(xp.greater(x, 0), x, below), EluCache(x, alpha)


def elu_backward(dout: Array, cache: EluCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout where x > 0, else dout * alpha * exp(x)``; the derivative at 0 is alpha

    >>> _, cache = elu_forward([0.0, 2.0], alpha=0.5)
    >>> elu_backward([1.0, 1.0], cache)
    ActivationGrads(x=[0.5, 1.0])
    """
    xp, dout, x, alpha = open_elementwise("elu", EluCache, dout, cache, xp)
    below = xp.multiply(dout, xp.multiply(xp.exp(xp.minimum(x, 0)), alpha))
    return ActivationGrads(cast(xp.where(xp.greater(x, 0), dout, below), x, xp=xp))


def selu_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SeluCache]:
    """``out = scale * x where x > 0, else scale * alpha * (exp(x) - 1)``

    alpha = 1.6732632423543772 and scale = 1.0507009873554805 keep mean 0 and variance 1 from layer to layer.
    Source: Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017.

    >>> out, cache = selu_forward([-1000.0, 0.0, 1.0])
    >>> out
    [-1.7580993408473768, 0.0, 1.0507009873554805]
    """
    xp, x = arrays("selu", xp, x=x)
    below = xp.multiply(xp.expm1(xp.minimum(x, 0)), constant(SELU_BELOW, x))
    return xp.where(xp.greater(x, 0), xp.multiply(x, constant(SELU_SCALE, x)), below), SeluCache(x)


def selu_backward(dout: Array, cache: SeluCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * scale where x > 0, else dout * scale * alpha * exp(x)``

    >>> _, cache = selu_forward([2.0])
    >>> selu_backward([1.0], cache)
    ActivationGrads(x=[1.0507009873554805])
    """
    xp, dout, x = open_elementwise("selu", SeluCache, dout, cache, xp)
    below = xp.multiply(xp.exp(xp.minimum(x, 0)), constant(SELU_BELOW, x))
    slope = xp.where(xp.greater(x, 0), constant(SELU_SCALE, x), below)
    return ActivationGrads(cast(xp.multiply(dout, slope), x, xp=xp))
