"""Trainings on lists of plain numbers, run alike by CPython and by Pyodide; every number as its bits."""

from __future__ import annotations

from purenn import (
    adam,
    affine,
    chain,
    hinge,
    load_digits,
    load_iris,
    mean_squared_error,
    momentum,
    one_hot,
    relu,
    softmax_cross_entropy,
    tanh,
    train,
)
from purenn.trees import tree_leaves


def iris_by_squares():
    """Sums, products, quotients and roots alone."""
    x, labels = load_iris()
    model = chain(affine(4, 8), relu, affine(8, 3))
    return _bits(model, mean_squared_error, adam(0.01), x, one_hot(labels, 3), epochs=4)


def iris_by_hinge():
    x, labels = load_iris()
    signs = [[1.0 if label == 0 else -1.0] for label in labels]
    return _bits(affine(4, 1), hinge, momentum(0.05), x, signs, epochs=4)


def digits_by_softmax():
    """Also exponentials and logarithms, which every C library rounds in its own way."""
    x, labels = load_digits()
    images = [[pixel / 16 for pixel in image] for image in x[:256]]
    model = chain(affine(64, 16), tanh, affine(16, 10))
    return _bits(model, softmax_cross_entropy, adam(0.01), images, labels[:256], epochs=4)


def _bits(model, loss, optimizer, x, y, *, epochs):
    """The loss of each update, and in the end every parameter."""
    states = list(train(model, loss, optimizer, x, y, batch_size=32, epochs=epochs, key=7))
    numbers = [state.loss for state in states]
    pending = tree_leaves(states[-1].params)
    while pending:
        value = pending.pop()
        pending += value if isinstance(value, list) else []
        numbers += [] if isinstance(value, list) else [value]
    return [number.hex() for number in numbers]
