"""purenn: neural networks as pure functions, on plain lists and on numpy

Every forward returns ``(out, cache)``, every backward returns gradients, nothing is hidden, nothing
is mutated. ``purenn.functional`` holds the mathematics; the names below build networks from it.

>>> import purenn as pn
>>> model = pn.chain(pn.affine(2, 3), pn.tanh, pn.affine(3, 1))
>>> params = model.init(key=0)
>>> out, cache = model.forward(params, [[1.0, 2.0]])
>>> model.backward([[1.0]], cache).params[2].b
[1.0]
"""

from . import backends, data, errors, functional, initializers, random, schedules, trees
from .backends import Backend, backend_of, convert, get_backend, register_backend
from .data import Dataset, load_csv, load_digits, load_idx, load_iris
from .initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    orthogonal,
)
from .layers import Layer, LayerGrads, affine, chain, relu, sigmoid, softmax, tanh
from .losses import (
    Loss,
    LossAndGrads,
    half_squared_error,
    loss_and_grads,
    mean_squared_error,
    softmax_cross_entropy,
)
from .metrics import (
    accuracy,
    confusion_matrix,
    f1_score,
    perplexity,
    precision,
    r2_score,
    recall,
    top_k_accuracy,
)
from .optimizers import (
    Optimizer,
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    clip_by_global_norm,
    clip_by_value,
    global_norm,
    is_weight,
    l1,
    l1_penalty,
    l2,
    l2_penalty,
    momentum,
    nadam,
    nesterov,
    rmsprop,
    sgd,
    transform_grads,
)
from .prediction import predict, predict_proba
from .preprocessing import Scaling, apply_scaling, fit_min_max, fit_standard, one_hot, undo_scaling
from .training import TrainState, batches, split, train
from .trees import tree_leaves, tree_map

__version__ = "0.1.0"

__all__ = [
    "Backend",
    "Dataset",
    "Layer",
    "LayerGrads",
    "Loss",
    "LossAndGrads",
    "Optimizer",
    "Scaling",
    "TrainState",
    "accuracy",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "affine",
    "amsgrad",
    "apply_scaling",
    "backend_of",
    "backends",
    "batches",
    "chain",
    "clip_by_global_norm",
    "clip_by_value",
    "confusion_matrix",
    "convert",
    "data",
    "errors",
    "f1_score",
    "fit_min_max",
    "fit_standard",
    "functional",
    "get_backend",
    "global_norm",
    "glorot_normal",
    "glorot_uniform",
    "half_squared_error",
    "he_normal",
    "he_uniform",
    "initializers",
    "is_weight",
    "l1",
    "l1_penalty",
    "l2",
    "l2_penalty",
    "lecun_normal",
    "lecun_uniform",
    "load_csv",
    "load_digits",
    "load_idx",
    "load_iris",
    "loss_and_grads",
    "mean_squared_error",
    "momentum",
    "nadam",
    "nesterov",
    "one_hot",
    "orthogonal",
    "perplexity",
    "precision",
    "predict",
    "predict_proba",
    "r2_score",
    "random",
    "recall",
    "register_backend",
    "relu",
    "rmsprop",
    "schedules",
    "sgd",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "split",
    "tanh",
    "top_k_accuracy",
    "train",
    "transform_grads",
    "tree_leaves",
    "tree_map",
    "trees",
    "undo_scaling",
]
