"""Smooth activations: x times a share of itself, the soft maximum of x and 0, and x itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ..._options import choice
from ...backends import arrays
from ...backends.extras import cast, constant, weigh
from ...backends.normal import normal
from .._gate import ActivationGrads, open_elementwise
from .sigmoids import hard_logistic, logistic

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class GeluCache(NamedTuple):
    slope: Array


class SiluCache(NamedTuple):
    x: Array


class MishCache(NamedTuple):
    x: Array


class SoftplusCache(NamedTuple):
    x: Array


class HardSwishCache(NamedTuple):
    x: Array


class IdentityCache(NamedTuple):
    x: Array


def gelu_forward(
    x: Array, *, approximate: str = "none", xp: Backend | str | None = None
) -> tuple[Array, GeluCache]:
    """``out = x * Phi(x)``, Phi the share of a standard normal below x

    With ``approximate="tanh"``: ``out = x * (1 + tanh(a)) / 2``, where
    ``a = sqrt(2 / pi) * (x + 0.044715 * x**3)``; far to the left that has fewer right digits, since what a
    is rounded by counts a times.
    The cache holds the derivative, which is made of the same parts.
    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
    Errors: OptionError unless approximate is "none" or "tanh".

    >>> out, cache = gelu_forward([-1.0, 0.0, 1.0])
    >>> out
    [-0.15865525393145705, 0.0, 0.8413447460685429]
    """
    choice("gelu", "approximate", approximate, ("none", "tanh"))
    xp, x = arrays("gelu", xp, x=x)
    if approximate == "tanh":
        share, steepness = _tanh_share(x, xp)
    else:
        bell, tail = normal(xp.abs(x), xp=xp)
        share = xp.where(xp.greater(x, 0), xp.subtract(1, tail), tail)
        steepness = xp.multiply(bell, constant(1 / math.sqrt(2 * math.pi), x))
    return weigh(share, x, xp=xp), GeluCache(xp.add(share, weigh(steepness, x, xp=xp)))


def gelu_backward(dout: Array, cache: GeluCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * (Phi(x) + x * exp(-x**2 / 2) / sqrt(2 pi))``, or the derivative of the tanh form

    >>> _, cache = gelu_forward([0.0, 100.0])
    >>> gelu_backward([1.0, 1.0], cache)
    ActivationGrads(x=[0.5, 1.0])
    """
    xp, dout, slope = open_elementwise("gelu", GeluCache, dout, cache, xp)
    return ActivationGrads(cast(xp.multiply(dout, slope), slope, xp=xp))


def _tanh_share(x: Array, xp: Backend) -> tuple[Array, Array]:
    """``(1 + tanh(a)) / 2``, which is ``sigmoid(2 a)``, and its derivative."""
    square = xp.multiply(x, x)
    cubic, root = constant(0.044715, x), constant(2 * math.sqrt(2 / math.pi), x)
    twice_a = xp.multiply(xp.add(x, xp.multiply(xp.multiply(square, x), cubic)), root)
    share, complement = logistic(twice_a, xp)
    inner = xp.multiply(xp.add(xp.multiply(xp.multiply(square, cubic), 3), 1), root)
    return share, weigh(xp.multiply(share, complement), inner, xp=xp)


def silu_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SiluCache]:
    """``out = x * sigmoid(x)``, also called swish

    Source: Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, 2017.

    >>> out, cache = silu_forward([-1000.0, 0.0, 1000.0])
    >>> out
    [0.0, 0.0, 1000.0]
    """
    xp, x = arrays("silu", xp, x=x)
    share, _ = logistic(x, xp)
    return weigh(share, x, xp=xp), SiluCache(x)


def silu_backward(dout: Array, cache: SiluCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * (s + x * s * (1 - s))``, s = sigmoid(x)

    >>> _, cache = silu_forward([0.0])
    >>> silu_backward([1.0], cache)
    ActivationGrads(x=[0.5])
    """
    xp, dout, x = open_elementwise("silu", SiluCache, dout, cache, xp)
    share, complement = logistic(x, xp)
    slope = xp.add(share, weigh(xp.multiply(share, complement), x, xp=xp))
    return ActivationGrads(cast(xp.multiply(dout, slope), x, xp=xp))


def mish_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, MishCache]:
    """``out = x * tanh(softplus(x))``

    Source: Misra, Mish: a self regularized non-monotonic activation function, 2020.

    >>> out, cache = mish_forward([0.0, 1000.0])
    >>> out
    [0.0, 1000.0]
    """
    xp, x = arrays("mish", xp, x=x)
    share, _ = _mish_share(x, xp)
    return weigh(share, x, xp=xp), MishCache(x)


def mish_backward(dout: Array, cache: MishCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * (t + x * (1 - t**2) * sigmoid(x))``, t = tanh(softplus(x))

    >>> _, cache = mish_forward([0.0])
    >>> mish_backward([1.0], cache)
    ActivationGrads(x=[0.6])
    """
    xp, dout, x = open_elementwise("mish", MishCache, dout, cache, xp)
    share, steepness = _mish_share(x, xp)
    slope = xp.add(share, weigh(steepness, x, xp=xp))
    return ActivationGrads(cast(xp.multiply(dout, slope), x, xp=xp))


def _mish_share(x: Array, xp: Backend) -> tuple[Array, Array]:
    """``t = tanh(log(1 + exp(x)))`` and its derivative, as fractions of ``z = exp(-|x|)``

    t is ``n / d``: for x >= 0 ``n = 1 + 2z`` and ``d = n + 2z**2``, below ``n = z**2 + 2z``, ``d = n + 2``.
    Its derivative is ``4 (1 + z) / d**2``, times z**2 for x >= 0 and z below.
    """
    z = xp.exp(xp.negative(xp.abs(x)))
    positive, square = xp.greater_equal(x, 0), xp.multiply(z, z)
    twice = xp.multiply(z, 2)
    top = xp.where(positive, xp.add(twice, 1), xp.add(square, twice))
    bottom = xp.add(top, xp.where(positive, xp.multiply(square, 2), 2))
    reach = xp.multiply(xp.where(positive, square, z), xp.multiply(xp.add(z, 1), 4))
    return xp.divide(top, bottom), xp.divide(reach, xp.multiply(bottom, bottom))


def softplus_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SoftplusCache]:
    """``out = log(1 + exp(x))``

    Computed as ``max(x, 0) + log1p(exp(-|x|))``, which neither overflows nor loses digits.
    Source: Dugas, Bengio, Belisle, Nadeau and Garcia, Incorporating second-order functional knowledge
    for better option pricing, 2001.

    >>> out, cache = softplus_forward([-1000.0, 0.0, 1000.0])
    >>> out
    [0.0, 0.6931471805599453, 1000.0]
    """
    xp, x = arrays("softplus", xp, x=x)
    near = xp.log1p(xp.exp(xp.negative(xp.abs(x))))
    return xp.add(xp.maximum(x, 0), near), SoftplusCache(x)


def softplus_backward(
    dout: Array, cache: SoftplusCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout * sigmoid(x)``

    >>> _, cache = softplus_forward([0.0])
    >>> softplus_backward([1.0], cache)
    ActivationGrads(x=[0.5])
    """
    xp, dout, x = open_elementwise("softplus", SoftplusCache, dout, cache, xp)
    return ActivationGrads(cast(xp.multiply(dout, logistic(x, xp)[0]), x, xp=xp))


def hard_swish_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, HardSwishCache]:
    """``out = x * min(max(x + 3, 0), 6) / 6``

    Source: Howard et al., Searching for MobileNetV3, 2019.

    >>> out, cache = hard_swish_forward([-4.0, 1.0, 4.0])
    >>> out
    [0.0, 0.6666666666666666, 4.0]
    """
    xp, x = arrays("hard_swish", xp, x=x)
    return weigh(hard_logistic(x, xp), x, xp=xp), HardSwishCache(x)


def hard_swish_backward(
    dout: Array, cache: HardSwishCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout * (2 x + 3) / 6 where -3 < x < 3``, 0 below and dout above

    >>> _, cache = hard_swish_forward([-3.0, 0.0, 3.0])
    >>> hard_swish_backward([6.0, 6.0, 6.0], cache)
    ActivationGrads(x=[0.0, 3.0, 6.0])
    """
    xp, dout, x = open_elementwise("hard_swish", HardSwishCache, dout, cache, xp)
    slope = xp.divide(xp.add(xp.multiply(x, 2), 3), 6)
    ends = xp.where(xp.greater(x, 0), dout, 0)
    outside = xp.greater_equal(xp.abs(x), 3)
    return ActivationGrads(cast(xp.where(outside, ends, xp.multiply(dout, slope)), x, xp=xp))


def identity_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, IdentityCache]:
    """``out = x``

    >>> out, cache = identity_forward([-1.0, 2.0])
    >>> out
    [-1.0, 2.0]
    """
    xp, x = arrays("identity", xp, x=x)
    return x, IdentityCache(x)


def identity_backward(
    dout: Array, cache: IdentityCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout``

    >>> _, cache = identity_forward([-1.0, 2.0])
    >>> identity_backward([3.0, 4.0], cache)
    ActivationGrads(x=[3.0, 4.0])
    """
    xp, dout, x = open_elementwise("identity", IdentityCache, dout, cache, xp)
    return ActivationGrads(cast(xp.multiply(dout, 1), x, xp=xp))  # an array of its own
