"""The metrics and the scaling are those of scikit-learn."""

from __future__ import annotations

import math

import pytest

sklearn = pytest.importorskip("sklearn")
numpy = pytest.importorskip("numpy")

from sklearn import metrics, preprocessing  # noqa: E402

import purenn as pn  # noqa: E402

TINY = 1e-12


def close(found, wanted):
    assert numpy.asarray(found) == pytest.approx(numpy.asarray(wanted), rel=TINY, abs=TINY)


def labels_of(seed, classes, samples=200):
    """Labels, and predictions of which about half are right; some classes are rare, the last one absent."""
    draw = numpy.random.default_rng(seed)
    labels = numpy.minimum(draw.integers(0, classes, samples), draw.integers(0, classes, samples))
    labels = numpy.minimum(labels, max(classes - 2, 1))
    return numpy.where(
        draw.random(samples) < 0.5, labels, draw.integers(0, max(classes - 1, 2), samples)
    ), labels


@pytest.fixture(params=["lists", "numpy"])
def on(request):
    return lambda *trees: pn.convert(trees, request.param)


@pytest.mark.parametrize("classes", [2, 3, 5, 12])
@pytest.mark.parametrize("seed", range(3))
def test_confusion_matrix(classes, seed, on):
    predictions, labels = labels_of(seed, classes)
    wanted = metrics.confusion_matrix(labels, predictions, labels=range(classes))
    assert pn.confusion_matrix(*on(predictions, labels), classes) == wanted.tolist()


@pytest.mark.parametrize("average", ["macro", "micro", "weighted", "none"])
@pytest.mark.parametrize("classes", [2, 3, 5, 12])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (pn.precision, metrics.precision_score),
        (pn.recall, metrics.recall_score),
        (pn.f1_score, metrics.f1_score),
    ],
    ids=["precision", "recall", "f1"],
)
def test_averaged_scores(ours, theirs, classes, average, on):
    for seed in range(3):
        predictions, labels = labels_of(seed, classes)
        options = {"average": None if average == "none" else average, "zero_division": 0}
        pair = on(predictions, labels)
        close(ours(*pair, average=average), theirs(labels, predictions, **options))
        wanted = theirs(labels, predictions, labels=range(classes), **options)
        close(ours(*pair, average=average, classes=classes), wanted)


@pytest.mark.parametrize(
    ("predictions", "labels"),
    [
        labels_of(0, 2),
        labels_of(1, 2),
        (numpy.zeros(4, int), numpy.asarray([0, 1, 1, 0])),
        (numpy.asarray([0, 1, 1, 0]), numpy.zeros(4, int)),
        (numpy.ones(4, int), numpy.ones(4, int)),
    ],
)
def test_binary_scores(predictions, labels, on):
    pair = on(predictions, labels)
    close(pn.precision(*pair), metrics.precision_score(labels, predictions, zero_division=0))
    close(pn.recall(*pair), metrics.recall_score(labels, predictions, zero_division=0))
    close(pn.f1_score(*pair), metrics.f1_score(labels, predictions, zero_division=0))


@pytest.mark.parametrize("classes", [3, 5, 12])
@pytest.mark.parametrize("seed", range(3))
def test_accuracies_and_perplexity(classes, seed, on):
    scores = numpy.random.default_rng(seed).normal(size=(200, classes))
    labels = labels_of(seed, classes)[1]
    pair = on(scores, labels)
    close(pn.accuracy(*pair), metrics.accuracy_score(labels, scores.argmax(axis=1)))
    for k in range(1, classes):
        close(
            pn.top_k_accuracy(*pair, k),
            metrics.top_k_accuracy_score(labels, scores, k=k, labels=range(classes)),
        )
    shares = numpy.exp(scores) / numpy.exp(scores).sum(axis=1, keepdims=True)
    close(pn.perplexity(*pair), math.exp(metrics.log_loss(labels, shares, labels=range(classes))))


@pytest.mark.parametrize("features", [None, 1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_r2_score(features, seed, on):
    draw = numpy.random.default_rng(seed)
    shape = (50,) if features is None else (50, features)
    targets = draw.normal(3, 2, size=shape)
    predictions = targets + draw.normal(size=shape)
    close(pn.r2_score(*on(predictions, targets)), metrics.r2_score(targets, predictions))
    if features == 4:
        targets[:, 1:3] = 5.0  # two that are constant, one of them predicted exactly
        predictions[:, 1] = 5.0
        close(pn.r2_score(*on(predictions, targets)), metrics.r2_score(targets, predictions))


@pytest.mark.parametrize("seed", range(3))
def test_scaling(seed, on):
    draw = numpy.random.default_rng(seed)
    x = draw.normal([5, 5, 5e-3, 5], [1, 1e3, 1e-3, 2], size=(60, 4))
    x[:, 3] = 0.1 * (seed + 1)
    new = draw.normal([5, 5, 5e-3, 5], [1, 1e3, 1e-3, 2], size=(7, 4))
    own, own_new = on(x, new)
    for scaler, scaling in (
        (preprocessing.MinMaxScaler(), pn.fit_min_max(own)),
        (preprocessing.MinMaxScaler((-1, 2)), pn.fit_min_max(own, -1, 2)),
        (preprocessing.StandardScaler(), pn.fit_standard(own)),
    ):
        scaler.fit(x)
        for array, mine in ((x, own), (new, own_new)):
            wanted = scaler.transform(array)
            found = pn.apply_scaling(scaling, mine)
            close(found, wanted)
            close(pn.undo_scaling(scaling, found), scaler.inverse_transform(wanted))
    assert numpy.asarray(scaling.offset) == pytest.approx(scaler.mean_, rel=TINY)
    assert numpy.asarray(scaling.scale) == pytest.approx(scaler.scale_, rel=TINY)


def test_one_hot():
    labels = [2, 0, 1, 2]
    wanted = preprocessing.OneHotEncoder(sparse_output=False).fit_transform([[label] for label in labels])
    assert pn.one_hot(labels, 3) == wanted.tolist()


def test_moons_without_noise():
    from sklearn.datasets import make_moons

    x, y = make_moons(40, shuffle=False)
    ours = pn.data.moons(0, 20, noise=0)
    close(ours.x, x)
    assert ours.y == y.tolist()


def test_the_data_that_the_package_brings():
    from sklearn.datasets import load_digits, load_iris

    for ours, theirs in ((pn.load_digits(), load_digits()), (pn.load_iris(), load_iris())):
        assert ours.x == theirs.data.tolist()
        assert ours.y == theirs.target.tolist()
