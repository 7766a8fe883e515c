"""Wrong codes that tutorials teach, written again as pairs; ``test_errata`` says what is wrong with each."""

from __future__ import annotations

from typing import NamedTuple

import numpy

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]
T = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
LOGITS = X


class Cache(NamedTuple):
    x: object
    y: object = 0.0


class X_(NamedTuple):
    x: object


class P_(NamedTuple):
    predictions: object


class L_(NamedTuple):
    logits: object


class XWB(NamedTuple):
    x: object
    w: object
    b: object


def array(x):
    return numpy.array(x, dtype=float)


def neuron_without_bias(x, w, b):
    return numpy.sum(x * w), Cache(x, w)


def neuron_backward(dout, cache):
    return XWB(dout * cache.y, dout * cache.x, dout * 1.0)


def own_output_for_dout(dout, cache):
    """drelu = relu_outputs.copy(): what goes back is the layer's own output."""
    return X_(numpy.where(cache.out > 0, cache.out, 0.0))


def passes_at_zero(dout, cache):
    """drelu[z < 0] = 0"""
    return X_(numpy.where(cache.x < 0, 0.0, dout))


def relu_keeps_x(x):
    return numpy.maximum(x, 0), Cache(x)


def writes_dout(dout, cache):
    dout[cache.x <= 0] = 0
    return X_(dout)


def whole_number_gradient(dout, cache):
    mask = numpy.zeros_like(cache.x, dtype=int)
    mask[cache.x > 0] = 1
    return X_(mask)


class Stateful:
    def forward(self, x):
        self.mask = x <= 0
        return numpy.where(self.mask, 0.0, x), Cache(x)

    def backward(self, dout, cache):
        return X_(numpy.where(self.mask, 0.0, dout))


def relu_hides_nan(x):
    return numpy.where(x > 0, x, 0.0), Cache(x)


def relu_backward(dout, cache):
    return X_(numpy.where(cache.x > 0, dout, 0.0))


def relu_by_product(x):
    with numpy.errstate(invalid="ignore"):
        return x * (x > 0), Cache(x)


def product_backward(dout, cache):
    return X_(dout * (cache.x > 0))


def overflowing_sigmoid(x):
    out = 1 / (1 + numpy.exp(-x))
    return out, Cache(out)


def sigmoid_backward(dout, cache):
    return X_(dout * cache.x * (1 - cache.x))


def out_times_1_minus_out(dout, cache):
    """d act / d out = out * (1 - out), of the input instead of the activation."""
    return X_(dout * cache.x * (1 - cache.x))


def sigmoid_keeps_x(x):
    return 1 / (1 + numpy.exp(-x)), Cache(x)


def clipped_sigmoid(x):
    out = 1 / (1 + numpy.exp(-numpy.clip(x, -20, 20)))
    return out, Cache(out)


def tanh_by_sigmoid(x):
    out = 2 / (1 + numpy.exp(-2 * x)) - 1
    return out, Cache(out)


def tanh_backward(dout, cache):
    return X_(dout * (1 - cache.x**2))


def softmax_unshifted(x):
    e = numpy.exp(x)
    out = e / e.sum(axis=-1, keepdims=True)
    return out, Cache(out)


def softmax_backward(dout, cache):
    return X_(cache.x * (dout - (dout * cache.x).sum(axis=-1, keepdims=True)))


def softmax_is_the_identity_backward(dout, cache):
    return X_(dout * 1.0)


def mse(predictions, targets):
    return numpy.mean((predictions - targets) ** 2), Cache(predictions, targets)


def mse_over_the_batch_alone(dout, cache):
    return P_(dout * 2 * (cache.x - cache.y) / len(cache.x))


def half_for_whole(dout, cache):
    """The derivative of 1/2 sum, beside the mean."""
    return P_(dout * (cache.x - cache.y))


def mae(predictions, targets):
    return numpy.mean(abs(predictions - targets)), Cache(predictions, targets)


def mae_without_sign(dout, cache):
    return P_(dout * abs(cache.x - cache.y) / len(cache.x))


def mae_inverted(dout, cache):
    return P_(dout * numpy.sign(cache.y - cache.x) / cache.x.size)


def mae_as_difference(dout, cache):
    return P_(dout * (cache.x - cache.y) / len(cache.x))


def shares(x):
    e = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def entropy_with_epsilon(logits, targets):
    y = shares(logits)
    return -numpy.sum(targets * numpy.log(y + 1e-7)) / len(logits), Cache(y, targets)


def entropy(logits, targets):
    y = shares(logits)
    return -numpy.sum(targets * numpy.log(y)) / len(logits), Cache(y, targets)


def entropy_backward(dout, cache):
    return L_(dout * (cache.x - cache.y) / len(cache.x))


def entropy_ignores_dout(dout, cache):
    return L_((cache.x - cache.y) / len(cache.x))


def entropy_forgets_the_batch(dout, cache):
    return L_(dout * (cache.x - cache.y))


def entropy_of_one(logits, targets):
    """For a vector the loss is one of a batch of 1, and backward divides by its length."""
    y = shares(logits)
    return -numpy.sum(targets * numpy.log(y)), Cache(y, targets)


def hardens_labels(logits, targets):
    y = shares(logits)
    hard = numpy.eye(y.shape[-1])[targets.argmax(axis=-1)]
    return -numpy.sum(hard * numpy.log(y)) / len(logits), Cache(y, hard)


def loss_is_its_gradient_squared(logits, targets):
    y = shares(logits)
    return numpy.sum((y - targets) ** 2), Cache(y, targets)


MASK = array([[0.0, 2.0, 2.0], [2.0, 0.0, 0.0]])


def dropout(x):
    return x * MASK, Cache(MASK)


def dropout_without_mask(dout, cache):
    return X_(dout * 1.0)


def dropout_draws(x):
    mask = (draws.random(x.shape) > 0.5) * 2.0
    return x * mask, Cache(mask)


draws = numpy.random.default_rng(0)


def masked(dout, cache):
    return X_(dout * cache.x)


def in_place(dout, cache):
    dout *= cache.x
    return X_(dout)


def affine(x, w, b):
    return x @ w + b, Cache(x, w)


def initial_weights(dout, cache):
    """Feedback alignment: the gradient of x goes through weights that were never updated."""
    return XWB(dout @ array(FIRST).T, cache.x.T @ dout, dout.sum(axis=0))


def bias_is_2d(dout, cache):
    return XWB(dout @ cache.y.T, cache.x.T @ dout, dout.sum(axis=0, keepdims=True))


def bias_mean(dout, cache):
    return XWB(dout @ cache.y.T, cache.x.T @ dout, dout.mean(axis=0))


def no_sum_for_a_vector(dout, cache):
    return XWB(numpy.dot(dout, cache.y.T), cache.x.T.dot(dout), dout)


def four_layers(x, w, b):
    return numpy.maximum(x @ W1 + b, 0), Cache(x, w)  # noqa: F821 - as the question has it


class KeepsItsState:
    """A micrograd: what backward adds, it adds again."""

    def __init__(self):
        self.grad = 0.0

    def backward(self, dout, cache):
        self.grad = self.grad + dout * (cache.x > 0)
        return X_(self.grad)


def doubled_by_aliases(x):
    cache = Cache(BUFFER)
    numpy.copyto(BUFFER, numpy.maximum(x, 0))
    return BUFFER, cache


BUFFER = numpy.zeros((2, 3))
FIRST = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
LAYER = (X, [[0.2, 0.5], [0.8, -0.91], [-0.5, 0.26]], [2.0, 3.0])
KINK = [[0.0, 1.0, -1.0], [2.0, 0.0, 3.0]]
SOFT = [[0.25, 0.5, 0.25], [0.6, 0.3, 0.1]]
stateful = Stateful()
FAR = [[0.0, 100.0, 0.0], [0.5, 0.25, 0.0]]
KEEPER = KeepsItsState()
