"""OPS: the one table of all pairs. What a law says of every pair, a check says for every row.

>>> {op.name: op.source for op in OPS if op.name in ("relu", "elu")}["relu"]
'school'
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import functional as F
from ..errors import ArrayError, LabelError, OptionError, RangeError, ShapeError
from ._samples import (
    BAD_LOGITS,
    CUBE,
    DEEP,
    LOGITS,
    LOGS,
    NO_LOGS,
    NO_NUMBERS,
    NO_PROBABILITY,
    NO_TARGET,
    NOT_ALIKE,
    ONE,
    PROBABILITIES,
    SHARES,
    SIGNS,
    SPREAD,
    TWO,
    YES_NO,
    A,
    Bad,
    W,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    Arguments = tuple[Any, ...]


class Op(NamedTuple):
    """A pair, with options or without, and what is known of it

    Samples are arguments as nested lists, away from kinks; integer arrays are labels. ``kinks`` are arguments
    with numbers at which a derivative does not exist, ``bad`` calls that must be refused.
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    samples: tuple[Arguments, ...]
    bad: tuple[Bad, ...]
    kinks: tuple[Arguments, ...] = ()
    rational: bool = False  # + - * / and comparisons alone: exact in Fractions
    batched: bool | tuple[str, ...] = True  # rows go their own ways: those of all arguments, or of these
    extreme: bool = True  # finite numbers of any size in the first argument give no NaN

    @property
    def source(self) -> str:
        """The paper that the formula is from, or ``"school"``."""
        doc = getattr(self.forward, "func", self.forward).__doc__ or ""
        found = re.search(r"Source: (.*?)(?=\n\s*\n|\n\s*Errors:|\Z)", doc, re.DOTALL)
        return " ".join(found[1].split()).rstrip(".") if found else "school"


def _pair(name: str, samples: Any, bad: Any, kind: str = "", **more: Any) -> Op:
    """A row for ``F.name_forward`` and ``F.name_backward``, its options those that no field of Op has."""
    options = {key: more.pop(key) for key in list(more) if key not in Op._fields}
    forward = getattr(F, f"{name}_forward")
    forward = partial(forward, **options) if options else forward
    return Op(f"{name} {kind}".strip(), forward, getattr(F, f"{name}_backward"), samples, bad, **more)


def _loss(name: str, samples: Any, bad: Any, kind: str = "", **more: Any) -> list[Op]:
    """A row for each reduction; what is none is refused."""
    option = _refused(samples[0], "reduction='max': choose 'mean', 'sum' or 'none'", reduction="max")
    more["bad"] = (*bad, option)
    return [
        _pair(name, samples, kind=f"{kind} {how}".strip(), reduction=how, batched=how == "none", **more)
        for how in ("mean", "sum", "none")
    ]


def _refused(arguments: Any, match: str, error: type[Exception] = OptionError, **options: Any) -> Bad:
    """A call with an option that is refused."""
    return Bad(arguments, error, match, options)


AT_0, AT_3 = (([0.0, 1.0],),), (([-3.0, 1.0, 3.0],),)
WHERE_EQUAL = (([1.0, 0.5], [1.0, 2.0]),)
BAD_WEIGHTS = (
    _refused(LOGITS[0], "label_smoothing=1: wanted a number from 0 to below 1", label_smoothing=1),
    _refused(LOGITS[0], r"class_weights \(2,\) and logits \(3,\) do not meet", ShapeError,
             class_weights=[1.0, 2.0]),
    _refused(LOGITS[0], "class_weights -1.0 in row 1: wanted numbers from 0", RangeError,
             class_weights=[1.0, -1.0, 1.0]),
)  # fmt: skip

OPS: tuple[Op, ...] = (
    _pair("add", TWO + SPREAD,
         (Bad((A, CUBE), ShapeError, r"x \(2, 3\) and y \(3, 2, 2\) do not broadcast: 3 meets 2"),
          Bad((A, None), ArrayError, "y is None")), rational=True, batched=False),
    _pair("multiply", TWO + SPREAD,
         (Bad((A, [1.0, 2.0]), ShapeError, "do not broadcast: 3 meets 2"),
          Bad((A, "no"), ArrayError, "y is 'no'")), rational=True, batched=False),
    _pair("affine",
         ((A[0], [-3.0, -1.0, 2.0], 1.0), (A, [-3.0, -1.0, 2.0], 1.0), (A[0], W, [2.0, 3.0, 0.5, -1.0]),
          (A, W, [2.0, 3.0, 0.5, -1.0]), (CUBE, [[0.5, -1.5, 1.0], [2.0, 0.25, 3.0]], [0.1, 0.2, 0.3]),
          (DEEP, [0.5, -1.5], 0.25)),
         (Bad((A, [[1.0]] * 5, [0.0]), ShapeError,
              r"affine: x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features, w takes 5"),
          Bad((A, W, [1.0]), ShapeError, r"b \(1,\) and w \(3, 4\) do not meet.*must be \(4,\)"),
          Bad((A, W, [[2.0, 3.0, 0.5, -1.0]]), ShapeError, r"b \(1, 4\) and w \(3, 4\)"),
          Bad((A, CUBE, 1.0), ShapeError, r"w is \(n, m\) for a layer or \(n,\) for one neuron"),
          Bad((1.0, W, 1.0), ShapeError, r"x is \(\.\.\., n\)")), rational=True, batched=("x",)),
    _pair("matmul",
         ((A[0], [-3.0, -1.0, 2.0]), (A, [-3.0, -1.0, 2.0]), (A[0], W), (A, W),
          (CUBE, [[0.5, -1.5, 1.0], [2.0, 0.25, 3.0]]), (DEEP, [0.5, -1.5])),
         (Bad((A, [[1.0]] * 5), ShapeError, r"x \(2, 3\) and w \(5, 1\) do not meet: x has 3 features"),
          Bad((A, CUBE), ShapeError, r"w is \(n, m\) for a layer or \(n,\) for one neuron"),
          Bad((1.0, W), ShapeError, r"x is \(\.\.\., n\)")), rational=True, batched=("x",)),
    _pair("relu", ONE, NO_NUMBERS, rational=True, kinks=AT_0),
    _pair("leaky_relu", ONE,
         (*NO_NUMBERS, _refused((0.7,), "negative_slope=-1: wanted a finite number", negative_slope=-1)),
         kinks=AT_0),
    _pair("leaky_relu", ONE[:4], (), "1/4", negative_slope=Fraction(1, 4), rational=True, kinks=AT_0),
    _pair("leaky_relu", ONE[:4], (), "0", negative_slope=0, rational=True, kinks=AT_0),
    _pair("elu", ONE, (*NO_NUMBERS, _refused((0.7,), "alpha=nan", alpha=math.nan))),
    _pair("elu", ONE[:4], (), "0.5", alpha=0.5, kinks=AT_0),
    _pair("selu", ONE, NO_NUMBERS, kinks=AT_0),
    _pair("gelu", ONE,
         (*NO_NUMBERS, _refused((0.7,), "approximate='erf': choose 'none' or 'tanh'", approximate="erf"))),
    _pair("gelu", ONE, (), "tanh", approximate="tanh"),
    _pair("silu", ONE, NO_NUMBERS),
    _pair("mish", ONE, NO_NUMBERS),
    _pair("softplus", ONE, NO_NUMBERS),
    _pair("hard_swish", ONE, NO_NUMBERS, rational=True, kinks=AT_3),
    _pair("identity", ONE, NO_NUMBERS, rational=True),
    _pair("sigmoid", ONE, NO_NUMBERS),
    _pair("tanh", ONE, NO_NUMBERS),
    _pair("softsign", ONE, NO_NUMBERS),
    _pair("hard_sigmoid", ONE, NO_NUMBERS, rational=True, kinks=AT_3),
    _pair("softmax", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no classes"), *NO_NUMBERS)),
    _pair("log_softmax", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no classes"), *NO_NUMBERS)),
    _pair("dropout", ONE,
         (*NO_NUMBERS, _refused((0.7,), "drop=1.5: wanted a number from 0 to 1", drop=1.5),
          _refused((0.7,), "drop=-0.5", drop=-0.5)),
         rational=True, batched=False),
    _pair("dropout", ONE, (), "a half", drop=Fraction(1, 2), key=3, rational=True, batched=False),
    _pair("dropout", ONE[:4], (), "all", drop=1, key=3, rational=True, batched=False),
    _pair("flatten", ONE[1:], (Bad((1.0,), ShapeError, r"x \(\) has no samples"), *NO_NUMBERS),
         rational=True),
    *_loss("mean_squared_error", TWO, NOT_ALIKE, rational=True),
    *_loss("half_squared_error", TWO, NOT_ALIKE, rational=True),
    *_loss("mean_absolute_error", TWO, NOT_ALIKE, rational=True, kinks=WHERE_EQUAL),
    *_loss("huber", TWO, NOT_ALIKE, delta=Fraction(2, 3), rational=True),
    _pair("huber", TWO[:2],
         (_refused(TWO[0], "delta=0: wanted a number above 0", delta=0),
          _refused(TWO[0], "delta=inf", delta=math.inf)), "1", rational=True, batched=False),
    *_loss("binary_cross_entropy", YES_NO, (NO_PROBABILITY, NO_TARGET, *NOT_ALIKE), extreme=False),
    *_loss("binary_cross_entropy_with_logits",
          tuple((x, y) for (x, _), (_, y) in zip(TWO, YES_NO[:5], strict=True)),
          (NO_TARGET, *NOT_ALIKE)),
    *_loss("hinge", SIGNS,
          (Bad((A[0], [1.0, 0.0, -1.0]), LabelError, "target 0.0 in row 1: targets are -1 and 1"),
           *NOT_ALIKE),
          rational=True, kinks=(([0.5, 1.0], [1, 1]),)),
    *_loss("softmax_cross_entropy", LOGITS, (*BAD_LOGITS, *BAD_WEIGHTS)),
    _pair("softmax_cross_entropy", LOGITS[:2],
          (_refused(LOGITS[0], "the class weights of these labels add up to 0",
                    class_weights=[1.0, 1.0, 0.0]),), "weighted", class_weights=[1.0, 0.5, 2.0],
          batched=False),
    *_loss("softmax_cross_entropy", LOGITS[1:4], (), "smooth", label_smoothing=0.25,
          class_weights=[0.5, 2.0, 1.25]),
    *_loss("cross_entropy", PROBABILITIES,
          (NO_PROBABILITY,
           *(bad._replace(arguments=(SHARES, bad.arguments[1])) for bad in BAD_LOGITS[:3])), extreme=False),
    *_loss("kl_divergence", LOGS, NO_LOGS, extreme=False),
)  # fmt: skip
