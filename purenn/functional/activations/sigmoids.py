"""Sigmoids: the whole line bent between two limits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ...backends import arrays
from ...backends.extras import cast
from .._gate import ActivationGrads, open_elementwise

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class SigmoidCache(NamedTuple):
    out: Array
    complement: Array


class TanhCache(NamedTuple):
    x: Array


class SoftsignCache(NamedTuple):
    x: Array


class HardSigmoidCache(NamedTuple):
    x: Array


def logistic(x: Array, xp: Backend) -> tuple[Array, Array]:
    """``1 / (1 + exp(-x))`` and its complement ``1 / (1 + exp(x))``, each to its last digits in both tails

    With ``z = exp(-|x|)``, which never overflows, they are ``1 / (1 + z)`` and ``z / (1 + z)``, in the order
    that the sign of x says.
    """
    z = xp.exp(xp.negative(xp.abs(x)))
    near_1 = xp.divide(1, xp.add(z, 1))
    near_0 = xp.divide(z, xp.add(z, 1))
    positive = xp.greater_equal(x, 0)
    return xp.where(positive, near_1, near_0), xp.where(positive, near_0, near_1)


def hard_logistic(x: Array, xp: Backend) -> Array:
    """``min(max(x + 3, 0), 6) / 6``"""
    return xp.divide(xp.minimum(xp.maximum(xp.add(x, 3), 0), 6), 6)


def sigmoid_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SigmoidCache]:
    """``out = 1 / (1 + exp(-x))``

    >>> out, cache = sigmoid_forward([0.0, 1000.0, -1000.0])
    >>> out
    [0.5, 1.0, 0.0]
    """
    xp, x = arrays("sigmoid", xp, x=x)
    out, complement = logistic(x, xp)
    return out, SigmoidCache(out, complement)


def sigmoid_backward(dout: Array, cache: SigmoidCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * out * (1 - out)``

    >>> _, cache = sigmoid_forward([0.0])
    >>> sigmoid_backward([1.0], cache)
    ActivationGrads(x=[0.25])
    """
    xp, dout, out, complement = open_elementwise("sigmoid", SigmoidCache, dout, cache, xp)
    return ActivationGrads(cast(xp.multiply(dout, xp.multiply(out, complement)), out, xp=xp))


def tanh_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, TanhCache]:
    """``out = tanh(x)``

    >>> out, cache = tanh_forward([0.0, 1000.0])
    >>> out
    [0.0, 1.0]
    """
    xp, x = arrays("tanh", xp, x=x)
    return xp.tanh(x), TanhCache(x)


def tanh_backward(dout: Array, cache: TanhCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * (1 - tanh(x)**2)``

    With ``z = exp(-2 |x|)`` the bracket is ``4 z / (1 + z)**2``, which keeps its digits where tanh
    rounds to 1 and the bracket would be 0.

    >>> _, cache = tanh_forward([0.0])
    >>> tanh_backward([3.0], cache)
    ActivationGrads(x=[3.0])
    """
    xp, dout, x = open_elementwise("tanh", TanhCache, dout, cache, xp)
    z = xp.exp(xp.multiply(xp.abs(x), -2))
    ratio = xp.divide(z, xp.multiply(xp.add(z, 1), xp.add(z, 1)))
    return ActivationGrads(cast(xp.multiply(dout, xp.multiply(ratio, 4)), x, xp=xp))


def softsign_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SoftsignCache]:
    """``out = x / (1 + |x|)``, -1 and 1 at the infinities

    Source: Bergstra, Desjardins, Lamblin and Bengio, Quadratic polynomials learn better image features, 2009.

    >>> out, cache = softsign_forward([-1.0, 0.0, 3.0])
    >>> out
    [-0.5, 0.0, 0.75]
    """
    xp, x = arrays("softsign", xp, x=x)
    size = xp.abs(x)
    out = xp.divide(x, xp.add(size, 1))
    return xp.where(xp.equal(size, math.inf), xp.sign(x), out), SoftsignCache(x)


def softsign_backward(
    dout: Array, cache: SoftsignCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout / (1 + |x|)**2``

    >>> _, cache = softsign_forward([-1.0, 0.0, 3.0])
    >>> softsign_backward([1.0, 1.0, 1.0], cache)
    ActivationGrads(x=[0.25, 1.0, 0.0625])
    """
    xp, dout, x = open_elementwise("softsign", SoftsignCache, dout, cache, xp)
    root = xp.divide(1, xp.add(xp.abs(x), 1))
    return ActivationGrads(cast(xp.multiply(dout, xp.multiply(root, root)), x, xp=xp))


def hard_sigmoid_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, HardSigmoidCache]:
    """``out = min(max(x + 3, 0), 6) / 6``

    Source: Howard et al., Searching for MobileNetV3, 2019; PyTorch and JAX take the same line.

    >>> out, cache = hard_sigmoid_forward([-4.0, 0.0, 1.5, 4.0])
    >>> out
    [0.0, 0.5, 0.75, 1.0]
    """
    xp, x = arrays("hard_sigmoid", xp, x=x)
    return hard_logistic(x, xp), HardSigmoidCache(x)


def hard_sigmoid_backward(
    dout: Array, cache: HardSigmoidCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout / 6 where -3 < x < 3, else 0``

    >>> _, cache = hard_sigmoid_forward([-3.0, 0.0, 4.0])
    >>> hard_sigmoid_backward([6.0, 6.0, 6.0], cache)
    ActivationGrads(x=[0.0, 1.0, 0.0])
    """
    xp, dout, x = open_elementwise("hard_sigmoid", HardSigmoidCache, dout, cache, xp)
    outside = xp.greater_equal(xp.abs(x), 3)
    return ActivationGrads(cast(xp.where(outside, 0, xp.divide(dout, 6)), x, xp=xp))
