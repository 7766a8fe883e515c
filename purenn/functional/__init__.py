"""The mathematics: pairs of pure functions, each written once for all backends

``f_forward(*arguments) -> (out, cache)`` and ``f_backward(dout, cache) -> grads``, where the fields of
grads are named like the arguments that have a gradient. No function writes to its arguments, keeps
anything, or draws a number that it was not given. Every one takes ``xp=``, to force a backend.

>>> z, cache = multiply_forward(3.0, 4.0)
>>> z, multiply_backward(1.0, cache)
(12.0, MultiplyGrads(x=4.0, y=3.0))
"""

from .activations import (
    ActivationGrads,
    ReluCache,
    SigmoidCache,
    SoftmaxCache,
    TanhCache,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    softmax_backward,
    softmax_forward,
    tanh_backward,
    tanh_forward,
)
from .affine import AffineCache, AffineGrads, affine_backward, affine_forward
from .arithmetic import (
    AddCache,
    AddGrads,
    MultiplyCache,
    MultiplyGrads,
    add_backward,
    add_forward,
    multiply_backward,
    multiply_forward,
)
from .losses import (
    HalfSquaredErrorCache,
    MeanSquaredErrorCache,
    RegressionGrads,
    SoftmaxCrossEntropyCache,
    SoftmaxCrossEntropyGrads,
    half_squared_error_backward,
    half_squared_error_forward,
    mean_squared_error_backward,
    mean_squared_error_forward,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)

__all__ = [
    "ActivationGrads",
    "AddCache",
    "AddGrads",
    "AffineCache",
    "AffineGrads",
    "HalfSquaredErrorCache",
    "MeanSquaredErrorCache",
    "MultiplyCache",
    "MultiplyGrads",
    "RegressionGrads",
    "ReluCache",
    "SigmoidCache",
    "SoftmaxCache",
    "SoftmaxCrossEntropyCache",
    "SoftmaxCrossEntropyGrads",
    "TanhCache",
    "add_backward",
    "add_forward",
    "affine_backward",
    "affine_forward",
    "half_squared_error_backward",
    "half_squared_error_forward",
    "mean_squared_error_backward",
    "mean_squared_error_forward",
    "multiply_backward",
    "multiply_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_backward",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "softmax_forward",
    "tanh_backward",
    "tanh_forward",
]
