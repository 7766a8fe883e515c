"""What the pairs are called with: samples away from kinks, and calls that must be refused."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import ArrayError, LabelError, RangeError, ShapeError


class Bad(NamedTuple):
    """A call that must be refused: its arguments, the error, a pattern for its message, and its options."""

    arguments: tuple[Any, ...]
    error: type[Exception]
    match: str
    options: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it


A = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]  # (2, 3), no zeros
B = [[1.5, 0.5, -2.5], [0.125, -0.375, 1.0]]
CUBE = [[[0.3, -0.7], [1.1, 0.2]], [[-1.9, 0.6], [0.4, -0.1]], [[2.2, -2.4], [-0.8, 0.9]]]  # (3, 2, 2)
DEEP = [[[[0.3, -0.7]], [[1.1, 0.2]]]]  # (1, 2, 1, 2)
W = [[0.2, 0.5, -0.26, 1.0], [0.8, -0.91, -0.27, 0.4], [-0.5, 0.26, 0.17, -0.6]]  # (3, 4)

ONE: tuple[Any, ...] = ((0.7,), ([-1.5],), (A[0],), (A,), (CUBE,), (DEEP,), ([[-2.5], [4.0]],))
TWO: tuple[Any, ...] = tuple(
    (x, y) for x, y in [(0.7, 0.2), ([-1.5], [0.5]), (A[0], A[1]), (A, B), (CUBE, CUBE[1:] + CUBE[:1])]
)
SPREAD: tuple[Any, ...] = (
    (A, B[0]),
    (A, 0.5),
    (0.5, A),
    ([[0.5], [1.5]], A),
    (CUBE, [[0.5], [1.5]]),
    (CUBE[:1], DEEP),
)
NO_NUMBERS = (
    Bad(("a",), ArrayError, "x is 'a'"),
    Bad((None,), ArrayError, "x is None"),
    Bad(((1.0, 2.0),), ArrayError, "x is a tuple"),
)
LOGITS: tuple[Any, ...] = (
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
PROBABILITIES: tuple[Any, ...] = (
    (SHARES[0], 2),
    (SHARES, [0, 2]),
    (SHARES, SOFT),
    (SHARES[1], [0.1, 0.2, 0.7]),
    (SQUARES, [[0, 1], [1, 1], [0, 0]]),
    ([[0.5]], [0]),
)
YES_NO: tuple[Any, ...] = (
    (0.7, 0.2), ([0.25], [1]), (SHARES[0], [0, 1, 1]), (SHARES, SOFT), (SQUARES, SQUARES[::-1]),
    ([[0.5], [0.75]], [[0], [1]]),
)  # fmt: skip
SIGNS: tuple[Any, ...] = tuple(
    (x, y)
    for x, y in [
        (0.7, 1), ([-1.5], [-1]), (A[0], [1, -1, 1]), (A, [[1.0, 1.0, -1.0], [-1.0, 1.0, -1.0]]),
        (CUBE, [[[1, 1], [-1, 1]], [[-1, -1], [1, -1]], [[1, 1], [1, -1]]]), ([[0.5], [2.0]], [[-1], [1]]),
    ]
)  # fmt: skip
LOGS: tuple[Any, ...] = (  # logarithms of probabilities, and probabilities
    ([-0.5, -1.25, -2.0], SHARES[0]), ([[-0.5, -1.25, -2.0], [-0.75, -3.5, -0.25]], SOFT),
    ([-0.75, -3.5, -0.25], SHARES[1]), ([[[-0.3, -0.7], [-1.1, -0.2]]], SQUARES[:1]), ([[-1.5]], [[1.0]]),
    ([[[[-0.3, -0.7]], [[-1.1, -0.2]]]], [[SQUARES[0][:1], SQUARES[1][:1]]]),
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
NO_LOGS = (
    Bad(([-0.5, -1.25, -2.0], [0.5, 1.0, 2.0]), *NO_TARGET[1:3]),
    Bad(([-0.5, 1.25], [0.5, 0.5]), RangeError, "log_probabilities 1.25 in row 1.*log_softmax gives such"),
    *(bad._replace(arguments=([[-1.0] * 3] * 2, [-1.0] * 3)) for bad in NOT_ALIKE[:1]),
)
