"""Softmax and its logarithm, along the last axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...backends import arrays
from ...backends.extras import cast, log_shares
from .._gate import ActivationGrads, check_classes, open_elementwise

if TYPE_CHECKING:
    from ..._types import Array
    from ...backends._protocol import Backend


class SoftmaxCache(NamedTuple):
    out: Array


class LogSoftmaxCache(NamedTuple):
    probabilities: Array


def softmax_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, SoftmaxCache]:
    """``out = exp(x) / sum of exp(x)`` along the last axis

    The greatest x is subtracted first: that changes nothing but the overflow. Infinite x that are the
    greatest share equally, the limit of x that grow together.
    Shapes: x (..., C) -> out (..., C)

    >>> out, cache = softmax_forward([1000.0, 1000.0])
    >>> out
    [0.5, 0.5]
    """
    xp, x = arrays("softmax", xp, x=x)
    check_classes("softmax", "x", x)
    _, out = log_shares(x, xp=xp)
    return out, SoftmaxCache(out)


def softmax_backward(dout: Array, cache: SoftmaxCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = out * (dout - sum of dout * out)``, the sum along the last axis

    Shapes: dout (..., C) -> x (..., C)

    >>> _, cache = softmax_forward([0.0, 0.0])
    >>> softmax_backward([1.0, 0.0], cache)
    ActivationGrads(x=[0.25, -0.25])
    """
    xp, dout, out = open_elementwise("softmax", SoftmaxCache, dout, cache, xp)
    mean = xp.sum(xp.multiply(dout, out), axis=-1, keepdims=True)
    return ActivationGrads(cast(xp.multiply(out, xp.subtract(dout, mean)), out, xp=xp))


def log_softmax_forward(x: Array, *, xp: Backend | str | None = None) -> tuple[Array, LogSoftmaxCache]:
    """``out = x - log sum of exp(x)`` along the last axis

    Shapes: x (..., C) -> out (..., C)

    >>> out, cache = log_softmax_forward([1000.0, 1000.0])
    >>> out
    [-0.6931471805599453, -0.6931471805599453]
    """
    xp, x = arrays("log_softmax", xp, x=x)
    check_classes("log_softmax", "x", x)
    out, probabilities = log_shares(x, xp=xp)
    return out, LogSoftmaxCache(probabilities)


def log_softmax_backward(
    dout: Array, cache: LogSoftmaxCache, *, xp: Backend | str | None = None
) -> ActivationGrads:
    """``dx = dout - softmax(x) * sum of dout``, the sum along the last axis

    Shapes: dout (..., C) -> x (..., C)

    >>> _, cache = log_softmax_forward([0.0, 0.0])
    >>> log_softmax_backward([1.0, 0.0], cache)
    ActivationGrads(x=[0.5, -0.5])
    """
    xp, dout, probabilities = open_elementwise("log_softmax", LogSoftmaxCache, dout, cache, xp)
    total = xp.sum(dout, axis=-1, keepdims=True)
    dx = xp.subtract(dout, xp.multiply(probabilities, total))
    return ActivationGrads(cast(dx, probabilities, xp=xp))
