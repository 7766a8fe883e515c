"""Optimizers: pure functions from gradients to new params

``update(grads, state, params) -> (params, state)``. The state counts its own steps, from 1, and never
restarts. Gradients have the tree of the params, and so has all that a state remembers.
"""

from ._build import Optimizer
from .adam import (
    AdamaxState,
    AdamState,
    AMSGradState,
    NAdamState,
    adam,
    adamax,
    adamw,
    amsgrad,
    nadam,
)
from .adaptive import AdaDeltaState, AdaGradState, RMSpropState, adadelta, adagrad, rmsprop
from .gradient_descent import MomentumState, NesterovState, SGDState, momentum, nesterov, sgd
from .transforms import (
    clip_by_global_norm,
    clip_by_value,
    global_norm,
    is_weight,
    l1,
    l1_penalty,
    l2,
    l2_penalty,
    transform_grads,
)

__all__ = [
    "AMSGradState",
    "AdaDeltaState",
    "AdaGradState",
    "AdamState",
    "AdamaxState",
    "MomentumState",
    "NAdamState",
    "NesterovState",
    "Optimizer",
    "RMSpropState",
    "SGDState",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "clip_by_global_norm",
    "clip_by_value",
    "global_norm",
    "is_weight",
    "l1",
    "l1_penalty",
    "l2",
    "l2_penalty",
    "momentum",
    "nadam",
    "nesterov",
    "rmsprop",
    "sgd",
    "transform_grads",
]
