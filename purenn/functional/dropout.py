"""Dropout: while a network trains, a random share of its numbers is left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from .._options import number
from ..backends import arrays
from ..backends.extras import cast, constant, shape, weigh
from ..errors import OptionError
from ..random import bernoulli
from ._gate import ActivationGrads, open_elementwise

if TYPE_CHECKING:
    from .._types import Array, Key
    from ..backends._protocol import Backend


class DropoutCache(NamedTuple):
    mask: Array


def dropout_forward(
    x: Array, *, drop: float = 0.5, key: Key | None = None, xp: Backend | str | None = None
) -> tuple[Array, DropoutCache]:
    """``out = x * mask``, the mask 0 with probability ``drop``, else ``1 / (1 - drop)``

    So the mean of out is x, and without a key, when a network predicts, the mask is 1 everywhere: no
    rescaling is due. The mask follows from the key and the shape of x, the same on every backend.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout, 2014, with the
    inverted scaling that is usual since.
    Errors: OptionError unless drop is from 0 to 1; with 1 all is dropped.

    >>> out, cache = dropout_forward([1.0, 2.0, 3.0, 4.0], drop=0.5, key=1)
    >>> cache.mask
    [0.0, 0.0, 2.0, 2.0]
    >>> out
    [0.0, 0.0, 6.0, 8.0]
    """
    share = drop_share("dropout", drop)
    xp, x = arrays("dropout", xp, x=x)
    ones = xp.ones_like(x)
    if key is None or share == 0:
        return x, DropoutCache(ones)
    if share == 1:
        mask = xp.zeros_like(x)
    else:
        dropped = bernoulli(key, float(share), shape(x), xp=xp)
        mask = xp.where(dropped, 0, xp.divide(ones, constant(1 - share, x)))
    return weigh(mask, x, xp=xp), DropoutCache(cast(mask, x, xp=xp))


def dropout_backward(dout: Array, cache: DropoutCache, *, xp: Backend | str | None = None) -> ActivationGrads:
    """``dx = dout * mask``

    >>> _, cache = dropout_forward([1.0, 2.0, 3.0, 4.0], drop=0.5, key=1)
    >>> dropout_backward([1.0, 1.0, 1.0, 1.0], cache)
    ActivationGrads(x=[0.0, 0.0, 2.0, 2.0])
    """
    xp, dout, mask = open_elementwise("dropout", DropoutCache, dout, cache, xp)
    return ActivationGrads(cast(weigh(mask, dout, xp=xp), mask, xp=xp))


def drop_share(op: str, drop: float) -> float:
    """The share to drop, or OptionError: from 0 to 1 with both ends."""
    try:
        share: float = number(op, "drop", drop, 0, math.nextafter(1, 2))
        return share
    except OptionError:
        raise OptionError(
            f"{op}: drop={drop!r:.40}: wanted a number from 0 to 1, the share dropped"
        ) from None
