"""Activations. All but softmax work number by number; softmax works along the last axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..backends import arrays
from ..backends.extras import cast, shape
from ._gate import check_classes, check_dout, open_backward

if TYPE_CHECKING:
    from .._types import Array
    from ..backends._protocol import Backend


class ActivationGrads(NamedTuple):
    x: Array


class ReluCache(NamedTuple):
    out: Array


class SigmoidCache(NamedTuple):
    out: Array
    complement: Array


class TanhCache(NamedTuple):
    x: Array


class SoftmaxCache(NamedTuple):
    out: Array


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
    """``dx = dout where x > 0, else 0``; the derivative at 0 is 0

    >>> _, cache = relu_forward([-1.0, 0.0, 2.0])
    >>> relu_backward([5.0, 6.0, 7.0], cache)
    ActivationGrads(x=[0.0, 0.0, 7.0])
    """
    xp, dout, out = open_backward("relu", ReluCache, dout, cache, xp)
    check_dout("relu", dout, shape(out))
    return ActivationGrads(cast(xp.where(xp.greater(out, 0), dout, 0), out, xp=xp))


def sigmoid_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SigmoidCache]:
    """``out = 1 / (1 + exp(-x))``

    With ``z = exp(-|x|)``, which never overflows: ``1 / (1 + z)`` for x >= 0, else ``z / (1 + z)``.
    Each is the other's complement, so ``1 - out`` is known to its last digit in both tails.

    >>> out, cache = sigmoid_forward([0.0, 1000.0, -1000.0])
    >>> out
    [0.5, 1.0, 0.0]
    """
    xp, x = arrays("sigmoid", xp, x=x)
    z = xp.exp(xp.negative(xp.abs(x)))
    near_1 = xp.divide(1, xp.add(z, 1))
    near_0 = xp.divide(z, xp.add(z, 1))
    positive = xp.greater_equal(x, 0)
    out = xp.where(positive, near_1, near_0)
    return out, SigmoidCache(out, complement=xp.where(positive, near_0, near_1))


def sigmoid_backward(dout: Array, cache: SigmoidCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * out * (1 - out)``

    >>> _, cache = sigmoid_forward([0.0])
    >>> sigmoid_backward([1.0], cache)
    ActivationGrads(x=[0.25])
    """
    xp, dout, out, complement = open_backward("sigmoid", SigmoidCache, dout, cache, xp)
    check_dout("sigmoid", dout, shape(out))
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
    xp, dout, x = open_backward("tanh", TanhCache, dout, cache, xp)
    check_dout("tanh", dout, shape(x))
    z = xp.exp(xp.multiply(xp.abs(x), -2))
    ratio = xp.divide(z, xp.multiply(xp.add(z, 1), xp.add(z, 1)))
    return ActivationGrads(cast(xp.multiply(dout, xp.multiply(ratio, 4)), x, xp=xp))


def softmax_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SoftmaxCache]:
    """``out = exp(x) / sum of exp(x)`` along the last axis

    The greatest x is subtracted first: that changes nothing but the overflow.
    Shapes: x (..., C) -> out (..., C)

    >>> out, cache = softmax_forward([1000.0, 1000.0])
    >>> out
    [0.5, 0.5]
    """
    xp, x = arrays("softmax", xp, x=x)
    check_classes("softmax", "x", x)
    shares = xp.exp(xp.subtract(x, xp.max(x, axis=-1, keepdims=True)))
    out = xp.divide(shares, xp.sum(shares, axis=-1, keepdims=True))
    return out, SoftmaxCache(out)


def softmax_backward(dout: Array, cache: SoftmaxCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = out * (dout - sum of dout * out)``, the sum along the last axis

    Shapes: dout (..., C) -> x (..., C)

    >>> _, cache = softmax_forward([0.0, 0.0])
    >>> softmax_backward([1.0, 0.0], cache)
    ActivationGrads(x=[0.25, -0.25])
    """
    xp, dout, out = open_backward("softmax", SoftmaxCache, dout, cache, xp)
    check_dout("softmax", dout, shape(out))
    mean = xp.sum(xp.multiply(dout, out), axis=-1, keepdims=True)
    return ActivationGrads(cast(xp.multiply(out, xp.subtract(dout, mean)), out, xp=xp))
