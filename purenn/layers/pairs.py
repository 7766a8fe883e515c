"""The layers that are pairs and hold no parameters

An activation is a layer as it stands; with options of yours, make the layer of its pair:
``layer(F.leaky_relu_forward, F.leaky_relu_backward, negative_slope=0.2)``.
"""

from __future__ import annotations

from .. import functional as F
from ..functional.dropout import drop_share
from ._layer import Layer, layer

elu = layer(F.elu_forward, F.elu_backward, cache_type=F.EluCache)
gelu = layer(F.gelu_forward, F.gelu_backward, cache_type=F.GeluCache)
hard_sigmoid = layer(F.hard_sigmoid_forward, F.hard_sigmoid_backward, cache_type=F.HardSigmoidCache)
hard_swish = layer(F.hard_swish_forward, F.hard_swish_backward, cache_type=F.HardSwishCache)
identity = layer(F.identity_forward, F.identity_backward, cache_type=F.IdentityCache)
leaky_relu = layer(F.leaky_relu_forward, F.leaky_relu_backward, cache_type=F.LeakyReluCache)
log_softmax = layer(F.log_softmax_forward, F.log_softmax_backward, cache_type=F.LogSoftmaxCache)
mish = layer(F.mish_forward, F.mish_backward, cache_type=F.MishCache)
relu = layer(F.relu_forward, F.relu_backward, cache_type=F.ReluCache)
selu = layer(F.selu_forward, F.selu_backward, cache_type=F.SeluCache)
sigmoid = layer(F.sigmoid_forward, F.sigmoid_backward, cache_type=F.SigmoidCache)
silu = layer(F.silu_forward, F.silu_backward, cache_type=F.SiluCache)
softmax = layer(F.softmax_forward, F.softmax_backward, cache_type=F.SoftmaxCache)
softplus = layer(F.softplus_forward, F.softplus_backward, cache_type=F.SoftplusCache)
softsign = layer(F.softsign_forward, F.softsign_backward, cache_type=F.SoftsignCache)
tanh = layer(F.tanh_forward, F.tanh_backward, cache_type=F.TanhCache)
flatten = layer(F.flatten_forward, F.flatten_backward, cache_type=F.FlattenCache)


def dropout(drop: float = 0.5) -> Layer[F.DropoutCache]:
    """``out = x * mask``, the mask 0 with probability ``drop``, else ``1 / (1 - drop)``; x without a key

    Errors: OptionError unless drop is from 0 to 1.

    >>> layer = dropout(drop=0.5)
    >>> layer.forward((), [1.0, 2.0, 3.0])[0]          # without a key it predicts
    [1.0, 2.0, 3.0]
    >>> layer.forward((), [1.0, 2.0, 3.0], key=1)[0]   # with one it trains
    [0.0, 0.0, 6.0]
    """
    share = drop_share("dropout", drop)
    return layer(F.dropout_forward, F.dropout_backward, cache_type=F.DropoutCache, drop=share)
