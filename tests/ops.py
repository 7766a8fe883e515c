"""OPS: the one table of all pairs. What a law says of every pair, a test says for every row.

Samples are nested lists, away from kinks, of at least five shapes each; integer arrays are labels. Bad
calls are arguments, with the error that they must raise and a piece of its message.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import purenn.functional as F
from purenn.errors import ArrayError, LabelError, OptionError, RangeError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable


class Bad(NamedTuple):
    arguments: tuple[Any, ...]
    error: type[Exception]
    match: str


class Op(NamedTuple):
    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    samples: tuple[tuple[Any, ...], ...]
    bad: tuple[Bad, ...]
    rational: bool = False  # + - * / and comparisons alone: exact in Fractions
    batched: bool = True  # a batch is a stack of singles: rows of the first argument go their own ways


A = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]  # (2, 3), no zeros
B = [[1.5, 0.5, -2.5], [0.125, -0.375, 1.0]]
CUBE = [[[0.3, -0.7], [1.1, 0.2]], [[-1.9, 0.6], [0.4, -0.1]], [[2.2, -2.4], [-0.8, 0.9]]]  # (3, 2, 2)
DEEP = [[[[0.3, -0.7]], [[1.1, 0.2]]]]  # (1, 2, 1, 2)
W = [[0.2, 0.5, -0.26, 1.0], [0.8, -0.91, -0.27, 0.4], [-0.5, 0.26, 0.17, -0.6]]  # (3, 4)

ONE = ((0.7,), ([-1.5],), (A[0],), (A,), (CUBE,), (DEEP,), ([[-2.5], [4.0]],))
TWO = tuple(
    (x, y) for x, y in [(0.7, 0.2), ([-1.5], [0.5]), (A[0], A[1]), (A, B), (CUBE, CUBE[1:] + CUBE[:1])]
)
SPREAD = ((A, B[0]), (A, 0.5), (0.5, A), ([[0.5], [1.5]], A), (CUBE, [[0.5], [1.5]]), (CUBE[:1], DEEP))
NO_NUMBERS = (
    Bad(("a",), ArrayError, "x is 'a'"),
    Bad((None,), ArrayError, "x is None"),
    Bad(((1.0, 2.0),), ArrayError, "x is a tuple"),
)
LOGITS = (
    (A[0], 2),
    (A, [0, 2]),
    (A, [[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]]),
    (A[0], [0.1, 0.2, 0.7]),
    (CUBE, [[0, 1], [1, 1], [0, 0]]),
    ([[1.5]], [0]),
)
BAD_LOGITS = (
    Bad((A, [0, 3]), LabelError, r"label 3 in row 1 is no class.*0 to 2"),
    Bad((A, [-1, 0]), LabelError, "label -1 in row 0"),
    Bad((A, [0.0, 1.0]), LabelError, "must be ints"),
    Bad((A, [0, 1, 2]), ShapeError, r"logits \(2, 3\) and labels \(3,\) do not meet"),
    Bad((A, 1), ShapeError, r"labels \(\) do not meet"),
    Bad((1.0, 0), ShapeError, "has no classes"),
)


SOFT = [[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]]
SHARES = [[0.3, 0.2, 0.5], [0.1, 0.6, 0.3]]
SQUARES = [[[0.3, 0.7], [0.9, 0.1]], [[0.5, 0.5], [0.2, 0.8]], [[0.6, 0.4], [0.25, 0.75]]]  # (3, 2, 2)
LOGS = [[-1.5, -0.25, -3.0], [-0.75, -2.5, -1.25]]
SQUARE_LOGS = [[[-0.3, -1.7], [-2.1, -0.1]], [[-0.5, -0.9], [-1.2, -0.4]], [[-0.6, -2.4], [-0.25, -1.5]]]
PROBABILITIES = (
    (SHARES[0], 2),
    (SHARES, [0, 2]),
    (SHARES, SOFT),
    (SHARES[1], [0.1, 0.2, 0.7]),
    (SQUARES, [[0, 1], [1, 1], [0, 0]]),
    ([[0.5]], [0]),
)
YES_NO = (
    (0.7, 0.2), ([0.25], [1]), (SHARES[0], [0, 1, 1]), (SHARES, SOFT), (SQUARES, SQUARES[::-1]),
    ([[0.5], [0.75]], [[0], [1]]),
)  # fmt: skip
SIGNS = tuple(
    (x, y)
    for x, y in [
        (0.7, 1), ([-1.5], [-1]), (A[0], [1, -1, 1]), (A, [[1.0, 1.0, -1.0], [-1.0, 1.0, -1.0]]),
        (CUBE, [[[1, 1], [-1, 1]], [[-1, -1], [1, -1]], [[1, 1], [1, -1]]]), ([[0.5], [2.0]], [[-1], [1]]),
    ]
)  # fmt: skip
NOT_ALIKE = (
    Bad((A, A[0]), ShapeError, r"(\w+) \(2, 3\) and targets \(3,\) differ"),
    Bad((A[0], [0.0]), ShapeError, r"(\w+) \(3,\) and targets \(1,\) differ"),
    Bad((A, None), ArrayError, "targets is None"),
)
NO_PROBABILITY = Bad(
    (A, B), RangeError, r"probabilities -1.25 in row 0: wanted numbers from 0 to 1; for logits"
)
NO_TARGET = Bad((SHARES[0], [0.5, 1.0, 2.0]), RangeError, "targets 2.0 in row 2: wanted numbers from 0 to 1")


def pair(name: str, samples: Any, bad: Any, kind: str = "", **more: Any) -> Op:
    """A row for ``F.name_forward`` and ``F.name_backward``, its options those that no field of Op has."""
    options = {key: more.pop(key) for key in list(more) if key not in Op._fields}
    forward = getattr(F, f"{name}_forward")
    forward = partial(forward, **options) if options else forward
    return Op(f"{name} {kind}".strip(), forward, getattr(F, f"{name}_backward"), samples, bad, **more)


def loss(name: str, samples: Any, bad: Any, kind: str = "", **more: Any) -> list[Op]:
    """A row for each reduction, and one for what is none."""
    option = Bad(samples[0], OptionError, "reduction='max': choose 'mean', 'sum' or 'none'")
    rows = [
        pair(name, samples, bad, f"{kind} {how}".strip(), reduction=how, batched=how == "none", **more)
        for how in ("mean", "sum", "none")
    ]
    return [*rows, pair(name, (), (option,), f"{kind} max".strip(), reduction="max", **more)]


def option(name: str, match: str, error: type[Exception] = OptionError, **options: Any) -> Op:
    """A row for an option that is refused."""
    sample = next(op for op in ROWS if op.name.split()[0] == name).samples[0]
    return pair(name, (), (Bad(sample, error, match),), "refused", **options)


ROWS = [
    pair("add", TWO + SPREAD,
         (Bad((A, CUBE), ShapeError, r"x \(2, 3\) and y \(3, 2, 2\) do not broadcast: 3 meets 2"),
          Bad((A, None), ArrayError, "y is None")), rational=True, batched=False),
    pair("multiply", TWO + SPREAD,
         (Bad((A, [1.0, 2.0]), ShapeError, "do not broadcast: 3 meets 2"),
          Bad((A, "no"), ArrayError, "y is 'no'")), rational=True, batched=False),
    pair("affine",
         ((A[0], [-3.0, -1.0, 2.0], 1.0), (A, [-3.0, -1.0, 2.0], 1.0), (A[0], W, [2.0, 3.0, 0.5, -1.0]),
          (A, W, [2.0, 3.0, 0.5, -1.0]), (CUBE, [[0.5, -1.5, 1.0], [2.0, 0.25, 3.0]], [0.1, 0.2, 0.3]),
          (DEEP, [0.5, -1.5], 0.25)),
         (Bad((A, [[1.0]] * 5, [0.0]), ShapeError,
              r"affine: x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features, w takes 5"),
          Bad((A, W, [1.0]), ShapeError, r"b \(1,\) and w \(3, 4\) do not meet.*must be \(4,\)"),
          Bad((A, W, [[2.0, 3.0, 0.5, -1.0]]), ShapeError, r"b \(1, 4\) and w \(3, 4\)"),
          Bad((A, CUBE, 1.0), ShapeError, r"w is \(n, m\) for a layer or \(n,\) for one neuron"),
          Bad((1.0, W, 1.0), ShapeError, r"x is \(\.\.\., n\)")), rational=True),
    pair("matmul",
         ((A[0], [-3.0, -1.0, 2.0]), (A, [-3.0, -1.0, 2.0]), (A[0], W), (A, W),
          (CUBE, [[0.5, -1.5, 1.0], [2.0, 0.25, 3.0]]), (DEEP, [0.5, -1.5])),
         (Bad((A, [[1.0]] * 5), ShapeError, r"x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features"),
          Bad((A, CUBE), ShapeError, r"w is \(n, m\) for a layer or \(n,\) for one neuron"),
          Bad((1.0, W), ShapeError, r"x is \(\.\.\., n\)")), rational=True),
    pair("relu", ONE, NO_NUMBERS, rational=True),
    pair("leaky_relu", ONE, NO_NUMBERS),
    pair("leaky_relu", ONE[:3], (), "1/4", negative_slope=Fraction(1, 4), rational=True),
    pair("leaky_relu", ONE[:3], (), "0", negative_slope=0, rational=True),
    pair("elu", ONE, NO_NUMBERS),
    pair("elu", ONE[:3], (), "0.5", alpha=0.5),
    pair("selu", ONE, NO_NUMBERS),
    pair("gelu", ONE, NO_NUMBERS),
    pair("gelu", ONE, (), "tanh", approximate="tanh"),
    pair("silu", ONE, NO_NUMBERS),
    pair("mish", ONE, NO_NUMBERS),
    pair("softplus", ONE, NO_NUMBERS),
    pair("hard_swish", ONE, NO_NUMBERS, rational=True),
    pair("identity", ONE, NO_NUMBERS, rational=True),
    pair("sigmoid", ONE, NO_NUMBERS),
    pair("tanh", ONE, NO_NUMBERS),
    pair("softsign", ONE, NO_NUMBERS),
    pair("hard_sigmoid", ONE, NO_NUMBERS, rational=True),
    pair("softmax", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no classes"), *NO_NUMBERS)),
    pair("log_softmax", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no classes"), *NO_NUMBERS)),
    pair("dropout", ONE, NO_NUMBERS, rational=True, batched=False),
    pair("dropout", ONE, (), "a half", drop=Fraction(1, 2), key=3, rational=True, batched=False),
    pair("dropout", ONE[:3], (), "all", drop=1, key=3, rational=True, batched=False),
    pair("flatten", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no samples"), *NO_NUMBERS),
         rational=True, batched=False),
    *loss("mean_squared_error", TWO, NOT_ALIKE, rational=True),
    *loss("half_squared_error", TWO, NOT_ALIKE, rational=True),
    *loss("mean_absolute_error", TWO, NOT_ALIKE, rational=True),
    *loss("huber", TWO, NOT_ALIKE, delta=Fraction(2, 3), rational=True),
    pair("huber", TWO[:2], (), "1", rational=True, batched=False),
    *loss("binary_cross_entropy", YES_NO, (NO_PROBABILITY, NO_TARGET, *NOT_ALIKE)),
    *loss("binary_cross_entropy_with_logits",
          tuple((x, y) for (x, _), (_, y) in zip(TWO, YES_NO[:5], strict=True)),
          (NO_TARGET, *NOT_ALIKE)),
    *loss("hinge", SIGNS,
          (Bad((A[0], [1.0, 0.0, -1.0]), LabelError, "target 0.0 in row 1: targets are -1 and 1"),
           *NOT_ALIKE),
          rational=True),
    *loss("softmax_cross_entropy", LOGITS, BAD_LOGITS),
    *loss("softmax_cross_entropy", LOGITS[1:4], (), "smooth", label_smoothing=0.25,
          class_weights=[0.5, 2.0, 1.25]),
    *loss("cross_entropy", PROBABILITIES,
          (NO_PROBABILITY,
           *(bad._replace(arguments=(SHARES, bad.arguments[1])) for bad in BAD_LOGITS[:3]))),
    *loss("kl_divergence", tuple((x, y) for x, y in [
        (LOGS[0], SHARES[0]), (LOGS, SOFT), (LOGS[1], SHARES[1]), (SQUARE_LOGS, SQUARES),
        (SQUARE_LOGS[:1], SQUARES[:1]), ([[-0.5]], [[1.0]])]),
          (NO_TARGET._replace(arguments=(LOGS[0], [0.5, 1.0, 2.0])),
           Bad((A[0], SHARES[0]), RangeError, "log_probabilities 0.5 in row 0: wanted numbers to 0"),
           *NOT_ALIKE)),
]  # fmt: skip
REFUSED = [
    option("leaky_relu", "negative_slope=-1: wanted a finite number from 0", negative_slope=-1),
    option("elu", "alpha=nan", alpha=math.nan),
    option("gelu", "approximate='erf': choose 'none' or 'tanh'", approximate="erf"),
    option("dropout", "drop=1.5: wanted a number from 0 to 1", drop=1.5),
    option("dropout", "drop=-0.5", drop=-0.5),
    option("huber", "delta=0: wanted a number above 0", delta=0),
    option("huber", "delta=inf", delta=math.inf),
    option("softmax_cross_entropy", "label_smoothing=1: wanted a number from 0 to below 1",
           label_smoothing=1),
    option("softmax_cross_entropy", r"class_weights \(2,\) and logits \(3,\) do not meet", ShapeError,
           class_weights=[1.0, 2.0]),
    option("softmax_cross_entropy", "class_weights -1.0 in row 1: wanted numbers from 0", RangeError,
           class_weights=[1.0, -1.0, 1.0]),
    option("softmax_cross_entropy", "the class weights of these labels add up to 0",
           class_weights=[1.0, 1.0, 0.0]),
]  # fmt: skip
OPS = ROWS + REFUSED

SAMPLES = [(f"{op.name}-{index}", op, arguments) for op in OPS for index, arguments in enumerate(op.samples)]
BAD = [(f"{op.name}-{index}", op, bad) for op in OPS for index, bad in enumerate(op.bad)]
