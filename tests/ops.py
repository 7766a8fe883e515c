"""OPS: the one table of all pairs. What a law says of every pair, a test says for every row.

Samples are nested lists, away from kinks, of at least five shapes each; integer arrays are labels. Bad
calls are arguments, with the error that they must raise and a piece of its message.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import purenn.functional as F
from purenn.errors import ArrayError, LabelError, OptionError, ShapeError

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

ONE = ((0.7,), ([-1.5],), (A[0],), (A,), (CUBE,), (DEEP,), ([[-3.0], [4.0]],))
TWO = tuple((x, y) for x, y in [(0.7, 0.2), ([-1.5], [0.5]), (A[0], A[1]), (A, B), (CUBE, CUBE[::-1])])
SPREAD = ((A, B[0]), (A, 0.5), (0.5, A), ([[0.5], [1.5]], A), (CUBE, [[0.5], [1.5]]), (CUBE[:1], DEEP))
NO_NUMBERS = (
    Bad(("a",), ArrayError, "x is 'a'"),
    Bad((None,), ArrayError, "x is None"),
    Bad(((1.0, 2.0),), ArrayError, "x is a tuple"),
)
LOSS_SHAPES = (
    Bad((A, A[0]), ShapeError, r"predictions \(2, 3\) and targets \(3,\) differ"),
    Bad((A[0], [0.0]), ShapeError, r"predictions \(3,\) and targets \(1,\) differ"),
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


def _regression(name: str) -> list[Op]:
    forward, backward = getattr(F, f"{name}_forward"), getattr(F, f"{name}_backward")
    option = Bad((), OptionError, "reduction='max': choose 'mean', 'sum' or 'none'")
    bad_option = Op(
        f"{name} max", partial(forward, reduction="max"), backward, (), (option._replace(arguments=(A, A)),)
    )
    return [
        Op(
            f"{name} {kind}",
            partial(forward, reduction=kind),
            backward,
            TWO,
            LOSS_SHAPES,
            True,
            kind == "none",
        )
        for kind in ("mean", "sum", "none")
    ] + [bad_option]


OPS = [
    Op(
        "add", F.add_forward, F.add_backward, TWO + SPREAD,
        (Bad((A, CUBE), ShapeError, r"x \(2, 3\) and y \(3, 2, 2\) do not broadcast: 3 meets 2"),
         Bad((A, None), ArrayError, "y is None")),
        rational=True, batched=False,
    ),
    Op(
        "multiply", F.multiply_forward, F.multiply_backward, TWO + SPREAD,
        (Bad((A, [1.0, 2.0]), ShapeError, "do not broadcast: 3 meets 2"),
         Bad((A, "no"), ArrayError, "y is 'no'")),
        rational=True, batched=False,
    ),
    Op(
        "affine", F.affine_forward, F.affine_backward,
        ((A[0], [-3.0, -1.0, 2.0], 1.0), (A, [-3.0, -1.0, 2.0], 1.0), (A[0], W, [2.0, 3.0, 0.5, -1.0]),
         (A, W, [2.0, 3.0, 0.5, -1.0]), (CUBE, [[0.5, -1.5, 1.0], [2.0, 0.25, 3.0]], [0.1, 0.2, 0.3]),
         (DEEP, [0.5, -1.5], 0.25)),
        (Bad((A, [[1.0]] * 5, [0.0]), ShapeError,
             r"affine: x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features, w takes 5"),
         Bad((A, W, [1.0]), ShapeError, r"b \(1,\) and w \(3, 4\) do not meet.*must be \(4,\)"),
         Bad((A, W, [[2.0, 3.0, 0.5, -1.0]]), ShapeError, r"b \(1, 4\) and w \(3, 4\)"),
         Bad((A, CUBE, 1.0), ShapeError, r"w is \(n, m\) for a layer or \(n,\) for one neuron"),
         Bad((1.0, W, 1.0), ShapeError, r"x is \(\.\.\., n\)")),
        rational=True,
    ),
    Op("relu", F.relu_forward, F.relu_backward, ONE, NO_NUMBERS, rational=True),
    Op("sigmoid", F.sigmoid_forward, F.sigmoid_backward, ONE, NO_NUMBERS),
    Op("tanh", F.tanh_forward, F.tanh_backward, ONE, NO_NUMBERS),
    Op("softmax", F.softmax_forward, F.softmax_backward, ONE[1:],
       (Bad((1.0,), ShapeError, r"x \(\) has no classes"), *NO_NUMBERS)),
    *_regression("mean_squared_error"),
    *_regression("half_squared_error"),
    *(
        Op(f"softmax_cross_entropy {kind}", partial(F.softmax_cross_entropy_forward, reduction=kind),
           F.softmax_cross_entropy_backward, LOGITS, BAD_LOGITS, batched=kind == "none")
        for kind in ("mean", "sum", "none")
    ),
]  # fmt: skip

SAMPLES = [(f"{op.name}-{index}", op, arguments) for op in OPS for index, arguments in enumerate(op.samples)]
BAD = [(f"{op.name}-{index}", op, bad) for op in OPS for index, bad in enumerate(op.bad)]
