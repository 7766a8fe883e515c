"""Bad calls of training, prediction, metrics and what is done to data."""

from __future__ import annotations

from functools import partial

import purenn as pn
from purenn.errors import ArrayError, CacheError, KindError, LabelError, OptionError, RangeError, ShapeError

from .row import A, Row, W

X, Y, CLASSES = [[1.0], [2.0], [3.0]], [0.5, 1.5, 2.5], [0, 1, 1]
ONE = pn.affine(1, 1)
PARTS = {"model": ONE, "loss": pn.huber, "optimizer": pn.sgd(0.1), "batch_size": 2, "epochs": 1, "key": 0}
TRAIN = partial(pn.train, **PARTS)
SAVED = pn.TrainState((), None, step=7, epoch=1, loss=0.0)
NO_MODEL = "model is a function, wanted a Layer: give"


def train(error, match, x=X, y=X, **options):
    return Row("train", partial(pn.train, **PARTS | options), (), error, match, {"x": x, "y": y})


def of_every_score(name: str) -> list[Row]:
    score = partial(getattr(pn, name), **({"classes": 2} if name == "confusion_matrix" else {}))
    other = f"^{name}, predictions: "
    return [
        Row(name, score, ([[0.1, 0.9]], [1]), ShapeError,
            rf"^{name}: predictions \(1, 2\) and labels \(1,\) differ: both are labels, such as"),
        Row(name, score, ([0.0, 1.0], [0, 1]), LabelError,
            other + r"labels \(2,\) hold float, must be ints: one from 0"),
        Row(name, score, ([0, 1], [0.0, 1.0]), LabelError,
            rf"^{name}: labels \(2,\) hold float, must be ints"),
        Row(name, score, ([0, 1], [0, -1]), LabelError,
            f"^{name}: label -1 in row 1 is no class: there are 2, so labels"),
        Row(name, score, ([0, -1], [0, 1]), LabelError,
            other + "label -1 in row 1 is no class: there are 2, so labels go"),
        Row(name, score, ([], []), ShapeError, rf"^{name}: labels \(0,\): no sample, so no share"),
        Row(name, score, (None, [0]), ArrayError,
            f"^{name}: predictions is None: an array is made of real numbers"),
    ]  # fmt: skip


def of_both_predictions(name: str) -> list[Row]:
    call, same = getattr(pn, name), pn.identity
    return [
        Row(name, call, (pn.affine, (), A), KindError, f"^{name}: {NO_MODEL} the model that made the params"),
        Row(name, call, (same, (), 1.0), ShapeError,
            rf"^{name}: the model's output \(\) has no classes: wanted \(..., C"),
        Row(name, call, (same, (), A), OptionError, f"^{name}: from_logits=1: wanted True or False",
            {"from_logits": 1}),
        Row(name, call, (same, (), [[0.5], [1.5]]), RangeError,
            f"^{name}: output 1.5 in row 1: wanted numbers from 0 to 1; are these logits",
            {"from_logits": False}),
        Row(name, call, (pn.affine(3, 1), pn.affine(3, 1).init(0), W), ShapeError,
            r"^affine: x \(3, 4\) and w \(3, 1\) do"),
    ]  # fmt: skip


ROWS = [
    train(KindError, f"^train: {NO_MODEL} one such as affine", model=pn.affine),
    train(KindError, "^train: loss is a list, wanted a Loss: give one such as mean_squared_error", loss=[]),
    train(KindError, r"^train: optimizer is a function, wanted a Optimizer: give one such as sgd",
        optimizer=pn.sgd),
    train(KindError, "^train: state is a tuple, wanted a TrainState that train gave", state=()),
    train(ShapeError, r"^train: x \(3, 1\) and y \(2,\) do not meet: one row of each is one sample", y=[1.0,
        2.0]),
    train(ShapeError, r"^train: x \(\) and y \(\) do not meet: one row of each is one sample", x=1.0, y=1.0),
    train(ShapeError, r"^train: x \(0,\) has no samples", x=[], y=[]),
    train(ArrayError, "^train: y is None: an array is made of real numbers", y=None),
    train(OptionError, "^train: batch_size=0: wanted a whole number from 1", batch_size=0),
    train(OptionError, "^train: epochs=1.5: wanted a whole number from 1", epochs=1.5),
    train(OptionError, "^key=None is not an int: keys and counts are ints", key=None),
    train(OptionError, "^train: params and state are both given: a state has its params", params=(),
        state=SAVED),
    train(OptionError,
        "^train: state has step 7 in epoch 1, which 3 samples in batches of 2 cannot give: go on with",
          state=SAVED),
    Row("batches", pn.batches, (X, Y, 0, 0), OptionError,
        "^batches: batch_size=0: wanted a whole number from 1"),
    Row("batches", pn.batches, (X, Y[:2], 2, 0), ShapeError,
        r"^batches: x \(3, 1\) and y \(2,\) do not meet: one row"),
    Row("batches", pn.batches, ([], [], 2, 0), ShapeError, r"^batches: x \(0,\) has no samples"),
    Row("batches", pn.batches, (X, Y, 2, 0.5), OptionError,
        "^key=0.5 is not an int: keys and counts are ints"),
    Row("split", pn.split, (X, Y, 1.0, 0), OptionError,
        "^split: test_size=1.0: wanted a number from 0 to below 1"),
    Row("split", pn.split, (X, Y[:2], 0.5, 0), ShapeError,
        r"^split: x \(3, 1\) and y \(2,\) do not meet: one row of"),
    Row("split", pn.split, (X[:1], Y[:1], 0.5, 0), ShapeError,
        r"^split: x \(1, 1\) has 1 sample: two parts need at leas"),
    *(row for name in ("predict", "predict_proba") for row in of_both_predictions(name)),
    *(row for name in ("confusion_matrix", "precision", "recall",
    "f1_score") for row in of_every_score(name)),
    Row("confusion_matrix", pn.confusion_matrix, ([0], [0], 0), OptionError,
        "^confusion_matrix: classes=0: wanted a wh"),
    Row("precision", pn.precision, ([0, 2], [0, 1]), LabelError,
        "^precision: average='binary' is of class 1 .* there are 3 classes: choose one of 'macro', 'micro'"),
    Row("recall", pn.recall, ([0, 1], [0, 1]), LabelError, "there are 3 classes: choose one of 'macro'",
        {"classes": 3}),
    Row("f1_score", pn.f1_score, ([0], [0]), OptionError, "average='all': choose 'binary', .* or 'none'",
        {"average": "all"}),
    Row("accuracy", pn.accuracy, (A, [0]), ShapeError,
        r"^accuracy: scores \(2, 3\) and labels \(1,\) do not meet: scor"),
    Row("accuracy", pn.accuracy, (A, [0, 3]), LabelError,
        "^accuracy: label 3 in row 1 is no class: there are 3, so lab"),
    Row("accuracy", pn.accuracy, (A, [0.0, 1.0]), LabelError,
        r"^accuracy: labels \(2,\) hold float, must be ints: one"),
    Row("accuracy", pn.accuracy, ([], 0), ShapeError, r"^accuracy: scores \(0,\): no sample, so no share"),
    Row("top_k_accuracy", pn.top_k_accuracy, (A, [0, 0], 0), OptionError,
        "^top_k_accuracy: k=0: wanted a whole number"),
    Row("top_k_accuracy", pn.top_k_accuracy, (A, [0, 0], 4), OptionError,
        "k=4: there are 3 classes, so k goes from 1 t"),
    Row("top_k_accuracy", pn.top_k_accuracy, (A, [0], 1), ShapeError,
        r"scores \(2, 3\) and labels \(1,\) do not meet"),
    Row("r2_score", pn.r2_score, ([[1.0], [2.0]], [1.0, 2.0]), ShapeError,
        r"^r2_score: predictions \(2, 1\) and targets \(2,\) differ: reshape one"),
    Row("r2_score", pn.r2_score, ([1.0], [1.0]), ShapeError,
        r"targets \(1,\) do not vary: wanted \(N, ...\) with N >= 2"),
    Row("perplexity", pn.perplexity, ([[0.0, 0.0]], [2]), LabelError,
        "label 2 in row 0 is no class: there are 2, so la"),
    Row("perplexity", pn.perplexity, ([[0.0, 0.0]], None), ArrayError,
        "^perplexity: labels is None: an array is made"),
    Row("one_hot", pn.one_hot, ([0, 3], 3), LabelError,
        "^one_hot: label 3 in row 1 is no class: there are 3, so labels"),
    Row("one_hot", pn.one_hot, ([0.5], 3), LabelError,
        r"^one_hot: labels \(1,\) hold float, must be ints: one from 0"),
    Row("one_hot", pn.one_hot, ([0], 0), OptionError, "^one_hot: classes=0: wanted a whole number from 1"),
    Row("one_hot", pn.one_hot, ([0], 2), OptionError,
        "^one_hot: dtype=<class 'int'>: wanted a floating one, such as",
        {"dtype": int}),
    Row("fit_min_max", pn.fit_min_max, (1.0,), ShapeError,
        r"^fit_min_max: x \(\) has no samples to fit: x is \(N, ...\)"),
    Row("fit_min_max", pn.fit_min_max, (A, 1, 1), OptionError,
        "^fit_min_max: low=1 and high=1: low must be below high"),
    Row("fit_min_max", pn.fit_min_max, (A, "0"), OptionError,
        "^fit_min_max: low='0': wanted a finite number from"),
    Row("fit_standard", pn.fit_standard, ([],), ShapeError,
        r"^fit_standard: x \(0,\) has no samples to fit: x is \(N,"),
    Row("fit_standard", pn.fit_standard, ("a",), ArrayError,
        "^fit_standard: x is 'a': an array is made of real numbers"),
    *(
        row
        for call in (pn.apply_scaling, pn.undo_scaling)
        for row in (
            Row(call.__name__, call, ((A[0], A[0]), A), CacheError,
                f"^{call.__name__}: scaling is tuple, wanted Scaling: take it from fit_min_max"),
            Row(call.__name__, call, (pn.Scaling(A[0], A[1]), W), ShapeError,
                r"x \(3, 4\) and a scaling of offset \(3,\) and scale \(3,\) do not meet: x ends in"),
            Row(call.__name__, call, (pn.Scaling(A[0], [1.0]), A), ShapeError,
                r"offset \(3,\) and scale \(1,\) do not"),
        )
    ),
]  # fmt: skip
