from __future__ import annotations

import pytest

import purenn as pn


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
