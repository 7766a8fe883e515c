"""Layers: a pair together with its parameters, and layers made of layers

``forward(params, x) -> (out, cache)`` and ``backward(dout, cache) -> LayerGrads(params, x)``. A layer
holds no numbers: its parameters come from ``init`` and are handed to ``forward``. With a key a layer
trains, without one it predicts.
"""

from ._layer import Layer, LayerBackward, LayerForward, LayerGrads, Parts, layer
from ._wiring import Wiring
from .affine import AffineParams, MatmulParams, ScaleParams, affine, scale
from .combinators import (
    BranchCache,
    ChainCache,
    ParallelCache,
    ResidualCache,
    SumCache,
    add,
    branch,
    chain,
    frozen,
    parallel,
    residual,
)
from .graph import GraphCache, graph
from .pairs import (
    dropout,
    elu,
    flatten,
    gelu,
    hard_sigmoid,
    hard_swish,
    identity,
    leaky_relu,
    log_softmax,
    mish,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)

__all__ = [
    "AffineParams",
    "BranchCache",
    "ChainCache",
    "GraphCache",
    "Layer",
    "LayerBackward",
    "LayerForward",
    "LayerGrads",
    "Parts",
    "MatmulParams",
    "ParallelCache",
    "ResidualCache",
    "ScaleParams",
    "SumCache",
    "Wiring",
    "add",
    "affine",
    "branch",
    "chain",
    "dropout",
    "elu",
    "flatten",
    "frozen",
    "gelu",
    "graph",
    "hard_sigmoid",
    "hard_swish",
    "identity",
    "layer",
    "leaky_relu",
    "log_softmax",
    "mish",
    "parallel",
    "relu",
    "residual",
    "scale",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]
