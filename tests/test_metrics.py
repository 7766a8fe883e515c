from __future__ import annotations

import math
from fractions import Fraction

import pytest

import purenn as pn
from purenn.errors import LabelError, OptionError, ShapeError


def test_accuracy_is_the_share_of_hits(xp):
    scores = xp.array([[0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [0.2, 0.2, 0.1], [0.0, 0.0, 1.0]])
    for labels, share in [([1, 0, 0, 2], 1.0), ([1, 0, 1, 2], 0.75), ([0, 1, 2, 0], 0.0)]:
        found = pn.accuracy(scores, xp.array(labels))
        assert found == share
        assert type(found) is float
    assert pn.accuracy(xp.array([0.1, 0.9]), xp.array(1)) == 1.0
    assert pn.accuracy(xp.array([[[0.1, 0.9]], [[0.7, 0.3]]]), xp.array([[1], [1]])) == 0.5


@pytest.mark.parametrize(
    ("scores", "labels", "match"),
    [
        ([[0.1, 0.9]], [0, 1], r"accuracy: scores \(1, 2\) and labels \(2,\) do not meet"),
        ([[0.1, 0.9]], [[0.0, 1.0]], "do not meet"),
        ([[0.1, 0.9]], [1.0], "must be ints"),
        ([[0.1, 0.9]], [2], "accuracy: label 2 in row 0 is no class: there are 2"),
        ([[0.1, 0.9]], [-1], "label -1 in row 0"),
        (0.5, 1, "do not meet"),
        ([[]], [0], "no sample"),
    ],
)
def test_bad_calls_are_refused(scores, labels, match, xp):
    with pytest.raises(ValueError, match=match):
        pn.accuracy(xp.array(scores), xp.array(labels))


def test_a_diverged_model_hits_nothing(pair_of):
    nan = float("nan")
    assert pn.accuracy(pair_of.array([[nan, nan], [nan, 1.0], [1.0, 0.0]]), pair_of.array([0, 0, 0])) == 1 / 3


# --- top k --------------------------------------------------------------------------------------

SCORES = [[0.1, 0.6, 0.3], [0.5, 0.3, 0.2], [0.2, 0.2, 0.2], [-1.0, 7.0, 7.0]]


@pytest.mark.parametrize(
    ("labels", "k", "share"),
    [
        ([1, 0, 0, 1], 1, 1.0),
        ([2, 1, 1, 2], 1, 0.0),
        ([2, 1, 1, 2], 2, 1.0),
        ([0, 2, 2, 0], 2, 0.0),  # of equal scores the first counts
        ([0, 2, 2, 0], 3, 1.0),
        ([1, 1, 2, 0], 2, 0.5),
    ],
)
def test_top_k_accuracy_counts_the_k_highest(labels, k, share, xp):
    found = pn.top_k_accuracy(xp.array(SCORES), xp.array(labels), k)
    assert found == share
    assert type(found) is float
    if k == 1:
        assert found == pn.accuracy(xp.array(SCORES), xp.array(labels))


def test_top_k_accuracy_takes_no_nan_for_a_hit(xp):
    nan, inf = float("nan"), float("inf")
    scores = xp.array([[nan, 1.0, 0.0], [0.0, inf, -inf], [nan, nan, nan], [-inf, 0.0, -inf]])
    assert [pn.top_k_accuracy(scores, xp.array([1, 1, 0, 0]), k) for k in (1, 2, 3)] == [0.25, 0.5, 0.5]
    assert pn.top_k_accuracy(xp.array([0.1, 0.9, 0.5]), xp.array(2), 2) == 1.0


@pytest.mark.parametrize(
    ("k", "match"),
    [
        (0, "top_k_accuracy: k=0: wanted a whole number from 1"),
        (4, "top_k_accuracy: k=4: there are 3 classes, so k goes from 1 to 3"),
        (1.0, "top_k_accuracy: k=1.0"),
    ],
)
def test_top_k_accuracy_refuses_other_k(k, match, xp):
    with pytest.raises(OptionError, match=match):
        pn.top_k_accuracy(xp.array(SCORES), xp.array([0, 0, 0, 0]), k)
    with pytest.raises(ShapeError, match=r"top_k_accuracy: scores \(4, 3\) and labels \(1,\) do not meet"):
        pn.top_k_accuracy(xp.array(SCORES), xp.array([0]), 1)
    with pytest.raises(LabelError, match="top_k_accuracy: label 3 in row 0"):
        pn.top_k_accuracy(xp.array(SCORES), xp.array([3, 0, 0, 0]), 1)


# --- predictions and labels ---------------------------------------------------------------------

PREDICTED, TRUE = [0, 2, 1, 0, 4, 1], [0, 1, 1, 0, 0, 2]  # class 3 never, class 4 only predicted


def test_confusion_matrix_has_a_row_a_class_and_a_column_a_prediction(xp):
    found = pn.confusion_matrix(xp.array(PREDICTED), xp.array(TRUE), 5)
    assert found == [[2, 0, 0, 0, 1], [0, 1, 1, 0, 0], [0, 1, 0, 0, 0], [0] * 5, [0] * 5]
    assert {type(n) for row in found for n in row} == {int}
    assert pn.confusion_matrix(xp.array([[1, 0]]), xp.array([[0, 0]]), 2) == [[1, 1], [0, 0]]
    assert pn.confusion_matrix(xp.array(1), xp.array(0), 2) == [[0, 1], [0, 0]]


SCORED = [  # precision, recall and f1 of each class, worked out by hand
    [1.0, 0.5, 0.0, 0.0, 0.0],
    [2 / 3, 0.5, 0.0, 0.0, 0.0],
    [0.8, 0.5, 0.0, 0.0, 0.0],
]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["precision", "recall", "f1"])
def test_scores_are_averaged_as_asked(which, xp):
    score = [pn.precision, pn.recall, pn.f1_score][which]
    each = SCORED[which]

    def found(average, **options):
        return score(xp.array(PREDICTED), xp.array(TRUE), average=average, **options)

    assert found("none", classes=5) == pytest.approx(each)
    assert found("none") == pytest.approx(each[:3] + each[4:])  # the classes that there are
    assert found("macro", classes=5) == pytest.approx(sum(each) / 5)
    assert found("macro") == pytest.approx(sum(each) / 4)
    assert found("micro") == found("micro", classes=9) == 0.5
    assert found("weighted") == pytest.approx((3 * each[0] + 2 * each[1] + each[2]) / 6)
    assert {type(n) for n in [*found("none"), found("macro"), found("micro")]} == {float}
    assert score(xp.array([1, 1, 1, 0]), xp.array([1, 1, 0, 0])) == pytest.approx([2 / 3, 1.0, 0.8][which])
    assert score(xp.array([0, 0]), xp.array([0, 0])) == 0.0  # none of class 1 anywhere


@pytest.mark.parametrize("score", [pn.precision, pn.recall, pn.f1_score, pn.confusion_matrix])
@pytest.mark.parametrize(
    ("predictions", "labels", "match"),
    [
        (
            [[0.1, 0.9]],
            [1],
            r"predictions \(1, 2\) and labels \(1,\) differ: both are labels, such as .* not scores",
        ),
        ([0.0, 1.0], [0, 1], r", predictions: labels \(2,\) hold .*float.* must be ints"),
        ([0, 1], [0.0, 1.0], r": labels \(2,\) hold .*float.* must be ints"),
        ([0, 1], [0, -1], ": label -1 in row 1 is no class: there are 2"),
        ([0, -1], [0, 1], ", predictions: label -1 in row 1 is no class: there are 2"),
        ([0, 1], [0, 2], ": label 2 in row 1|there are 3 classes"),
        ([], [], r"labels \(0,\): no sample"),
    ],
)
def test_scores_refuse_bad_labels(score, predictions, labels, match, xp):
    if predictions == [] and xp.name != "lists":
        predictions, labels = xp.array([], "int64"), xp.array([], "int64")
    options = {"classes": 2} if score is pn.confusion_matrix else {}
    with pytest.raises(ValueError, match=f"{score.__name__}.*{match}"):
        score(xp.array(predictions), xp.array(labels), **options)


def test_scores_refuse_bad_options(xp):
    labels = xp.array([0, 2, 1])
    with pytest.raises(
        LabelError, match=r"recall: average='binary' is .* there are 3 classes: choose one of 'macro'"
    ):
        pn.recall(labels, labels)
    with pytest.raises(LabelError, match="there are 3 classes"):
        pn.recall(xp.array([0, 1]), xp.array([0, 1]), classes=3)
    with pytest.raises(OptionError, match=r"f1_score: average='samples': choose 'binary', .* or 'none'"):
        pn.f1_score(labels, labels, average="samples")
    with pytest.raises(OptionError, match="precision: classes=0"):
        pn.precision(labels, labels, classes=0, average="macro")
    with pytest.raises(LabelError, match="label 2 in row 1 is no class: there are 2"):
        pn.precision(labels, labels, classes=2, average="macro")


def test_labels_may_be_few_and_far():
    assert pn.recall([0, 10**12], [0, 10**12], average="none") == [1.0, 1.0]


# --- r2 and perplexity --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predictions", "targets", "score"),
    [
        ([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], 0.5),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], 0.0),
        ([3.0, 2.0, 1.0], [1.0, 2.0, 3.0], -3.0),
        ([[1.0, 5.0], [2.0, 1.0], [3.0, 3.0]], [[1.0, 4.0], [2.0, 2.0], [3.0, 0.0]], (1.0 - 0.375) / 2),
        ([0.1] * 10, [0.1] * 10, 1.0),  # whose sum is 0.9999999999999999
        ([0.1] * 9 + [0.2], [0.1] * 10, 0.0),
        ([1, 2, 4], [1, 2, 3], 0.5),
    ],
)
def test_r2_score_is_the_share_that_is_explained(predictions, targets, score, xp):
    found = pn.r2_score(xp.array(predictions), xp.array(targets))
    assert found == pytest.approx(score, abs=1e-15)
    assert type(found) is float


def test_r2_score_shows_what_diverged(xp):
    nan, inf = float("nan"), float("inf")
    assert math.isnan(pn.r2_score(xp.array([1.0, nan]), xp.array([1.0, 2.0])))
    assert math.isnan(pn.r2_score(xp.array([1.0, 2.0]), xp.array([1.0, nan])))
    assert pn.r2_score(xp.array([1.0, inf]), xp.array([1.0, 2.0])) == -inf
    assert pn.r2_score([Fraction(1), Fraction(2)], [Fraction(1), Fraction(3)]) == 0.5


@pytest.mark.parametrize(
    ("predictions", "targets", "match"),
    [
        ([[1.0], [2.0]], [1.0, 2.0], r"r2_score: predictions \(2, 1\) and targets \(2,\) differ"),
        ([1.0], [1.0], r"r2_score: targets \(1,\) do not vary: wanted \(N, ...\) with N >= 2"),
        (1.0, 1.0, r"targets \(\) do not vary"),
        ([[], []], [[], []], r"targets \(2, 0\) do not vary"),
    ],
)
def test_r2_score_refuses(predictions, targets, match, xp):
    with pytest.raises(ShapeError, match=match):
        pn.r2_score(xp.array(predictions), xp.array(targets))


def test_perplexity_is_the_number_of_classes_in_doubt(xp):
    found = pn.perplexity(xp.array([[0.0] * 8] * 3), xp.array([0, 3, 7]))
    assert found == pytest.approx(8.0)
    assert type(found) is float
    assert pn.perplexity(xp.array([[50.0, 0.0]]), xp.array([0])) == 1.0
    assert pn.perplexity(xp.array([[1e4, 0.0]]), xp.array([1])) == float("inf")
    assert pn.perplexity(xp.array([[0.0, 0.0]]), xp.array([[0.5, 0.5]])) == pytest.approx(2.0)
    with pytest.raises(LabelError, match="softmax_cross_entropy: label 2 in row 0"):
        pn.perplexity(xp.array([[0.0, 0.0]]), xp.array([2]))
