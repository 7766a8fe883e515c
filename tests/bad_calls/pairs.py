"""Bad calls of the pairs: three of each pair, and those of its own."""

from __future__ import annotations

import inspect
import math
from typing import Any

import purenn.functional as F
from purenn.errors import (
    ArrayError,
    BackendError,
    CacheError,
    LabelError,
    OptionError,
    RangeError,
    ShapeError,
)

from .row import CUBE, A, Cached, Raw, Row, W

SHARES, SOFT = [[0.3, 0.2, 0.5], [0.1, 0.6, 0.3]], [[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]]
LOGS = [[-1.0, -2.0, -0.5], [-0.75, -3.5, -0.25]]
BIAS = [2.0, 3.0, 0.5, -1.0]
GOOD: dict[str, tuple[Any, ...]] = {  # one good call of each pair
    "add": (A, A[0]), "multiply": (A, A[0]), "affine": (A, W, BIAS), "matmul": (A, W),
    **dict.fromkeys(("flatten", "dropout", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"), (A,
    )),
    **dict.fromkeys(("softplus", "hard_swish", "identity", "sigmoid", "tanh", "softsign", "hard_sigmoid"), (A,
    )),
    **dict.fromkeys(("softmax", "log_softmax"), (A,)),
    **dict.fromkeys(("mean_squared_error", "half_squared_error", "mean_absolute_error", "huber"), (A, SOFT)),
    "binary_cross_entropy": (SHARES, SOFT), "binary_cross_entropy_with_logits": (A, SOFT),
    "hinge": (A[0], [1, -1, 1]), "softmax_cross_entropy": (A, [0, 2]), "cross_entropy": (SHARES, [0, 2]),
    "kl_divergence": (LOGS, SOFT),
}  # fmt: skip
LOSSES = list(GOOD)[list(GOOD).index("mean_squared_error") :]


def forward(name: str, arguments: tuple[Any, ...], error: type[Exception], match: str, **options: Any) -> Row:
    match = match if match.startswith("^") else f"^{name}: .*{match}"
    return Row(f"{name}_forward", getattr(F, f"{name}_forward"), arguments, error, match, options)


def of_every_pair(name: str, good: tuple[Any, ...]) -> list[Row]:
    first, back = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    argument = next(iter(inspect.signature(first).parameters))
    return [
        forward(name, (None, *good[1:]), ArrayError, f"^{name}: {argument} is None: an array is made of"),
        Row(
            f"{name}_backward", back, ([[[[7.0]]]], Cached(first, good)), ShapeError,
            rf"^{name}_backward: dout \(1, 1, 1, 1\) and the output \(.*\) differ: dout is the gradient",
        ),
        Row(
            f"{name}_backward", back, (A, ()), CacheError,
            rf"^{name}_backward: cache is tuple, wanted \w+Cache: give the cache that {name}_forward",
        ),
    ]  # fmt: skip


def of_every_loss(name: str, good: tuple[Any, ...]) -> list[Row]:
    return [
        forward(name, good, OptionError, f"^{name}: reduction='max': choose 'mean', 'sum' or 'none'",
            reduction="max"),
        forward(name, (good[0], [[[1.0]]]), ShapeError,
            rf"^{name}: \w+ \(.*3,?\) and \w+ \(1, 1, 1\) (differ|do not meet)"),
    ]  # fmt: skip


SMOOTH = "softmax_cross_entropy"
NO_MATCH = "do not broadcast: 3 meets 2"
ROWS = [
    *(row for name, good in GOOD.items() for row in of_every_pair(name, good)),
    *(row for name in LOSSES for row in of_every_loss(name, GOOD[name])),
    forward("add", (A, CUBE), ShapeError, rf"^add: x \(2, 3\) and y \(3, 2, 2\) {NO_MATCH}"),
    forward("add", (A, {"x": A}), ArrayError,
        "^add: y is a dict, which is a tree of arrays: write an array as nested"),
    forward("multiply", (A, [1.0, 2.0]), ShapeError, rf"^multiply: x \(2, 3\) and y \(2,\) {NO_MATCH}"),
    forward("multiply", (A, "no"), ArrayError, "^multiply: y is 'no': an array is made of real numbers"),
    Row("add_backward", F.add_backward, (A, F.AddCache(A, [1.0, 2.0])), ShapeError,
        rf"^add: x \(2, 3\) and y \(2,\) {NO_MATCH}"),
    Row("multiply_backward", F.multiply_backward, (A, F.MultiplyCache(A, [1.0, 2.0])), ShapeError,
        rf"^multiply: x \(2, 3\) and y \(2,\) {NO_MATCH}"),
    forward("affine", (A, [[1.0]] * 5, [0.0]), ShapeError,
            r"^affine: x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features, w takes 5"),
    forward("affine", (A, W, [1.0]), ShapeError, r"b \(1,\) and w \(3, 4\) do not meet: .*must be \(4,\)"),
    forward("affine", (A, W, [BIAS]), ShapeError, r"b \(1, 4\) and w \(3, 4\) do not meet: .*must be \(4,\)"),
    forward("affine", (A, CUBE, 1.0), ShapeError,
        r"x \(2, 3\) and w \(3, 2, 2\) .*w is \(n, m\) for a layer or"),
    forward("affine", (1.0, W, 1.0), ShapeError, r"x \(\) and w \(3, 4\) do not meet: x is \(\.\.\., n\)"),
    forward("affine", (A, W, object()), BackendError,
        r"^affine: b is a object, .* register_backend\(object, namespace"),
    forward("matmul", (A, [[1.0]] * 5), ShapeError,
        r"^matmul: x \(2, 3\) and w \(5, 1\) .*: x has 3 features"),
    forward("matmul", (A, CUBE), ShapeError,
        r"w \(3, 2, 2\) .*w is \(n, m\) for a layer or \(n,\) for one neuron"),
    forward("matmul", (1.0, W), ShapeError, r"x \(\) and w \(3, 4\) do not meet: x is \(\.\.\., n\)"),
    forward("relu", ("a",), ArrayError, "^relu: x is 'a': an array is made of real numbers"),
    forward("relu", ((1.0, 2.0),), ArrayError,
        "^relu: x is a tuple, which is a tree of arrays: write an array as"),
    forward("relu", (range(3),), ArrayError,
        r"^relu: x is a range: an array is nested lists, write list\(...\)"),
    forward("relu", (1j,), ArrayError, "^relu: x is 1j: an array is made of real numbers"),
    forward("relu", (Raw([[1.0], [2.0, 3.0]]),), ShapeError,
        r"^relu: x is ragged: x\[0\] has shape \(1,\) and x\[1\] \(2,\)"),
    forward("relu", (Raw([1.0, None]),), ArrayError, r"^relu: x\[1\] is None: an array is made of numbers"),
    forward("relu", (A,), OptionError, "^xp='cuda' is no backend: known by name are lists, numpy", xp="cuda"),
    forward("relu", (A,), BackendError, "^xp=3 is no backend: give an array API namespace or a name", xp=3),
    forward("leaky_relu", (A,), OptionError, "^leaky_relu: negative_slope=-1: wanted a finite number from 0",
            negative_slope=-1),
    forward("elu", (A,), OptionError, "^elu: alpha=nan: wanted a finite number from 0", alpha=math.nan),
    forward("gelu", (A,), OptionError, "^gelu: approximate='erf': choose 'none' or 'tanh'",
        approximate="erf"),
    forward("softmax", (1.0,), ShapeError, r"^softmax: x \(\) has no classes: x is \(..., C\) with C >= 1"),
    forward("log_softmax", (1.0,), ShapeError,
        r"^log_softmax: x \(\) has no classes: x is \(..., C\) with C >= 1"),
    forward("flatten", (1.0,), ShapeError, r"^flatten: x \(\) has no samples: x is \(N, ...\)"),
    forward("dropout", (A,), OptionError,
        "^dropout: drop=1.5: wanted a number from 0 to 1, the share dropped", drop=1.5),
    forward("dropout", (A,), OptionError, "^dropout: drop=-0.5: wanted a number from 0 to 1", drop=-0.5),
    forward("dropout", (A,), OptionError, "^key='a' is not an int: keys and counts are ints", key="a"),
    forward("huber", (A, A), OptionError, "^huber: delta=0: wanted a number above 0, at which", delta=0),
    forward("huber", (A, A), OptionError, "^huber: delta=inf: wanted a finite number from 0", delta=math.inf),
    forward("mean_squared_error", ([], []), ShapeError,
        r"losses \(0,\): no samples have no mean, give at least one"),
    forward("binary_cross_entropy", (A, SOFT), RangeError,
            "probabilities -1.25 in row 0: wanted numbers from 0 to 1; for logits there is binary"),
    forward("binary_cross_entropy", (SHARES[0], [0.5, 1.0, 2.0]), RangeError,
        "targets 2.0 in row 2: wanted numbers"),
    forward("binary_cross_entropy_with_logits", (A[0], [0.5, 1.0, -2.0]), RangeError,
        "targets -2.0 in row 2: wanted"),
    forward("binary_cross_entropy_with_logits", (A[0], [0.5, 1.0, 1.5]), RangeError,
        "targets 1.5 in row 2: wanted"),
    forward("binary_cross_entropy", ([0.5, 1.5], [1, 0]), RangeError,
        "probabilities 1.5 in row 1: wanted numbers"),
    forward("hinge", (A[0], [1.0, 0.0, -1.0]), LabelError,
        "target 0.0 in row 1: targets are -1 and 1; of 0 and 1 make"),
    forward(SMOOTH, (A, [0, 3]), LabelError,
        "label 3 in row 1 is no class: there are 3, so labels go from 0 to 2"),
    forward(SMOOTH, (A, [-1, 0]), LabelError,
        "label -1 in row 0 is no class: there are 3, so labels go from 0 to 2"),
    forward(SMOOTH, (A, [0.0, 1.0]), LabelError,
        r"labels \(2,\) hold float, must be ints: one from 0 to 2 a sample"),
    forward(SMOOTH, (A, [[0, 2, 0], [1, 0, 0]]), LabelError,
        r"labels \(2, 3\) are ints .* one 1 among zeros: give"),
    forward(SMOOTH, (A, [0, 1, 2]), ShapeError,
        r"logits \(2, 3\) and labels \(3,\) do not meet: labels are \(2,\)"),
    forward(SMOOTH, (1.0, 0), ShapeError, r"logits \(\) has no classes: logits is \(..., C\) with C >= 1"),
    forward(SMOOTH, (A, [0, 2]), OptionError, "label_smoothing=1: wanted a number from 0 to below 1",
        label_smoothing=1),
    forward(SMOOTH, (A, [0, 2]), ShapeError, r"class_weights \(2,\) and logits \(2, 3\) .*must be \(3,\)",
            class_weights=[1.0, 2.0]),
    forward(SMOOTH, (A, [0, 2]), RangeError, "class_weights -1.0 in row 1: wanted numbers from 0",
            class_weights=[1.0, -1.0, 1.0]),
    forward(SMOOTH, (A, [2, 2]), OptionError, "the class weights of these labels add up to 0, so",
            class_weights=[1.0, 1.0, 0.0]),
    forward(SMOOTH, (A[0], 2), ShapeError, r"class_weights \(2,\) and logits \(3,\) .*must be \(3,\)",
            class_weights=[1.0, 2.0]),
    forward(SMOOTH, (CUBE, [[0, 1], [1, 1], [0, 0]]), ShapeError, r"class_weights \(3,\) .*must be \(2,\)",
            class_weights=[1.0, 2.0, 3.0]),
    forward(SMOOTH, (A, [0, 2]), ArrayError, "class_weights is 'a': an array is made of", class_weights="a"),
    forward("cross_entropy", (A, [0, 2]), RangeError,
        "probabilities -1.25 in row 0: .* for logits there is softmax_c"),
    forward("cross_entropy", (SHARES, [0, 3]), LabelError,
        "label 3 in row 1 is no class: there are 3, so labels go"),
    forward("kl_divergence", (A, SOFT), RangeError,
        "log_probabilities 0.5 in row 0: wanted numbers to 0; log_softmax gives"),
    forward("kl_divergence", (LOGS[0], [0.5, 1.0, 2.0]), RangeError,
        "targets 2.0 in row 2: wanted numbers from 0 to 1"),
    forward("cross_entropy", ([0.5, 1.5], 0), RangeError,
        "probabilities 1.5 in row 1: wanted numbers from 0 to 1"),
    forward("cross_entropy", (0.5, 0), ShapeError,
        r"probabilities \(\) has no classes: probabilities is \(..., C\)"),
    forward("cross_entropy", (SHARES, [0, 1, 2]), ShapeError,
        r"probabilities \(2, 3\) and labels \(3,\) do not meet"),
    forward("kl_divergence", (-1.0, 1.0), ShapeError,
        r"log_probabilities \(\) has no classes: log_probabilities is"),
]  # fmt: skip
