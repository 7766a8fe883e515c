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

TYPE_CHECKING = False  # to type checkers it is True, as that of typing is, which takes longer than all this
if TYPE_CHECKING:
    from . import (
        backends,
        compare,
        data,
        drawing,
        errors,
        explain,
        functional,
        initializers,
        random,
        schedules,
        trees,
    )
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
    from .layers import (
        Layer,
        LayerGrads,
        add,
        branch,
        chain,
        dropout,
        elu,
        flatten,
        frozen,
        gelu,
        hard_sigmoid,
        hard_swish,
        identity,
        layer,
        leaky_relu,
        log_softmax,
        mish,
        parallel,
        relu,
        residual,
        scale,
        selu,
        sigmoid,
        silu,
        softmax,
        softplus,
        softsign,
        tanh,
    )
    from .layers.affine import affine  # of .layers it would be a module to mypy
    from .layers.graph import graph
    from .losses import (
        Loss,
        LossAndGrads,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        cross_entropy,
        half_squared_error,
        hinge,
        huber,
        kl_divergence,
        loss_and_grads,
        mean_absolute_error,
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
    "add",
    "affine",
    "amsgrad",
    "apply_scaling",
    "backend_of",
    "backends",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "branch",
    "chain",
    "clip_by_global_norm",
    "clip_by_value",
    "compare",
    "confusion_matrix",
    "convert",
    "cross_entropy",
    "data",
    "drawing",
    "dropout",
    "elu",
    "errors",
    "explain",
    "f1_score",
    "fit_min_max",
    "fit_standard",
    "flatten",
    "frozen",
    "functional",
    "gelu",
    "get_backend",
    "global_norm",
    "glorot_normal",
    "glorot_uniform",
    "graph",
    "half_squared_error",
    "hard_sigmoid",
    "hard_swish",
    "he_normal",
    "he_uniform",
    "hinge",
    "huber",
    "identity",
    "initializers",
    "is_weight",
    "kl_divergence",
    "l1",
    "l1_penalty",
    "l2",
    "l2_penalty",
    "layer",
    "leaky_relu",
    "lecun_normal",
    "lecun_uniform",
    "load_csv",
    "load_digits",
    "load_idx",
    "load_iris",
    "log_softmax",
    "loss_and_grads",
    "mean_absolute_error",
    "mean_squared_error",
    "mish",
    "momentum",
    "nadam",
    "nesterov",
    "one_hot",
    "orthogonal",
    "parallel",
    "perplexity",
    "precision",
    "predict",
    "predict_proba",
    "r2_score",
    "random",
    "recall",
    "register_backend",
    "relu",
    "residual",
    "rmsprop",
    "scale",
    "schedules",
    "selu",
    "sgd",
    "sigmoid",
    "silu",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "softsign",
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

# Who imports purenn waits for what is used alone: a name's module is loaded when somebody asks for it.
_ROOMS = {
    "backends": "Backend backend_of convert get_backend register_backend",
    "data": "Dataset load_csv load_digits load_idx load_iris",
    "initializers": (
        "glorot_normal glorot_uniform he_normal he_uniform lecun_normal lecun_uniform orthogonal"
    ),
    "layers": (
        "Layer LayerGrads add branch chain dropout elu flatten frozen gelu hard_sigmoid "
        "hard_swish identity layer leaky_relu log_softmax mish parallel relu residual scale selu "
        "sigmoid silu softmax softplus softsign tanh"
    ),
    "layers.affine": "affine",
    "layers.graph": "graph",
    "losses": (
        "Loss LossAndGrads binary_cross_entropy binary_cross_entropy_with_logits cross_entropy "
        "half_squared_error hinge huber kl_divergence loss_and_grads mean_absolute_error "
        "mean_squared_error softmax_cross_entropy"
    ),
    "metrics": "accuracy confusion_matrix f1_score perplexity precision r2_score recall top_k_accuracy",
    "optimizers": (
        "Optimizer adadelta adagrad adam adamax adamw amsgrad clip_by_global_norm clip_by_value "
        "global_norm is_weight l1 l1_penalty l2 l2_penalty momentum nadam nesterov rmsprop sgd "
        "transform_grads"
    ),
    "prediction": "predict predict_proba",
    "preprocessing": "Scaling apply_scaling fit_min_max fit_standard one_hot undo_scaling",
    "training": "TrainState batches split train",
    "trees": "tree_leaves tree_map",
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names.split()}

if not TYPE_CHECKING:  # pragma: no branch - to a type checker a name that is missing stays one

    def __getattr__(name):
        from importlib import import_module

        if name not in __all__ and name not in _ROOMS:
            raise AttributeError(f"module 'purenn' has no attribute {name!r}")
        room = import_module(f".{_HOMES.get(name, name)}", __name__)
        found = getattr(room, name) if name in _HOMES else room
        globals()[name] = found
        return found

    def __dir__():
        return sorted({*globals(), *__all__})
