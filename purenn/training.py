"""Training as a fold: a generator of immutable states

Everything in a state follows from the arguments and the key, so a saved state resumes bit for bit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ._options import count, number
from .backends import arrays, extras
from .backends.extras import shape
from .errors import KindError, OptionError, ShapeError
from .layers import Layer
from .losses import Loss, loss_and_grads
from .optimizers import Optimizer
from .random import fold_in, permutation
from .random import split as split_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._types import Array, Key, Params

__all__ = ["TrainState", "batches", "split", "train"]


class TrainState(NamedTuple):
    """What training has reached: ``step`` updates and ``epoch`` full passes are done.

    ``loss`` is that of the last batch, before its update.
    """

    params: Params
    optimizer_state: Any
    step: int
    epoch: int
    loss: Array


def batches(x: Array, y: Array, batch_size: int, key: Key) -> Iterator[tuple[Array, Array]]:
    """One epoch: all samples in the random order of the key, ``batch_size`` at a time

    The last batch is what remains; a batch size above the number of samples gives one batch.
    Errors: ShapeError where x and y differ in samples or have none; OptionError.

    >>> [y for _, y in batches([[1.0], [2.0], [3.0]], [1, 2, 3], 2, key=0)]
    [[3, 2], [1]]
    """
    xp, x, y = _samples("batches", x, y)
    size = count("batches", "batch_size", batch_size)
    n = shape(x)[0]
    order = permutation(key, n, xp=xp)
    parts = (order[start : min(start + size, n)] for start in range(0, n, size))
    return ((xp.take(x, rows, axis=0), xp.take(y, rows, axis=0)) for rows in parts)


def split(x: Array, y: Array, test_size: float, key: Key) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """``(x, y)`` to train on and ``(x, y)`` to test on, shuffled by the key

    ``test_size`` is the share of samples to test on, rounded, and at least one remains on each side.
    Errors: ShapeError where x and y differ in samples or have fewer than 2; OptionError.

    >>> (x, y), (x_test, y_test) = split([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4], 0.25, key=0)
    >>> len(y), len(y_test)
    (3, 1)
    """
    xp, x, y = _samples("split", x, y)
    n = shape(x)[0]
    if n < 2:
        raise ShapeError(f"split: x {shape(x)} has {n} sample: two parts need at least 2")
    share = number("split", "test_size", test_size, 0, 1)
    order = permutation(key, n, xp=xp)
    start = n - min(max(round(n * share), 1), n - 1)
    parts = (order[:start], order[start:])
    train_part, test_part = ((xp.take(x, p, axis=0), xp.take(y, p, axis=0)) for p in parts)
    return train_part, test_part


def train(
    model: Layer,
    loss: Loss,
    optimizer: Optimizer,
    x: Array,
    y: Array,
    *,
    batch_size: int,
    epochs: int,
    key: Key,
    params: Params | None = None,
    state: TrainState | None = None,
) -> Iterator[TrainState]:
    """The state after each update, until ``epochs`` passes over x and y are done

    Starts from ``params``, by default ``model.init(key)`` on the backend of x and in its dtype; or goes
    on from a ``state`` that an earlier call with the same arguments gave. With ``order_key, layer_key =
    split(key)``, epoch e (from 0) takes ``batches(x, y, batch_size, fold_in(order_key, e))``, and in the
    update after step t the model has the key ``fold_in(layer_key, t)``.
    Errors: ShapeError where x and y differ in samples or have none; OptionError; KindError for what is no
    Layer, Loss or Optimizer.

    >>> from purenn import affine, mean_squared_error, sgd
    >>> x, y = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
    >>> for s in train(affine(1, 1), mean_squared_error, sgd(0.1), x, y,
    ...                batch_size=2, epochs=100, key=0):
    ...     pass
    >>> s.step, s.epoch, round(s.params.w[0][0], 3), round(s.params.b[0], 3)
    (200, 100, 2.0, 1.0)
    """
    for name, kind, value, hint in (
        ("model", Layer, model, "one such as affine(4, 3)"),
        ("loss", Loss, loss, "one such as mean_squared_error"),
        ("optimizer", Optimizer, optimizer, "one such as sgd(0.1)"),
    ):
        if not isinstance(value, kind):
            came, wanted = type(value).__name__, kind.__name__
            raise KindError(f"train: {name} is a {came}, wanted a {wanted}: give {hint}")
    xp, x, y = _samples("train", x, y)
    fold_in(key, 0)  # an error now, if the key is none
    size = count("train", "batch_size", batch_size)
    epochs = count("train", "epochs", epochs)
    if params is not None and state is not None:
        raise OptionError("train: params and state are both given: a state has its params")
    if state is None:
        if params is None:
            floating = hasattr(x, "dtype") and extras.is_float(x, xp=xp)
            params = model.init(key, xp=xp, dtype=x.dtype if floating else None)
        state = TrainState(params, optimizer.init(params), step=0, epoch=0, loss=math.nan)
    elif not isinstance(state, TrainState):
        raise KindError(f"train: state is a {type(state).__name__}, wanted a TrainState that train gave")
    elif state.epoch != state.step // _per_epoch(x, size):
        raise OptionError(
            f"train: state has step {state.step} in epoch {state.epoch}, which {shape(x)[0]} samples in "
            f"batches of {size} cannot give: go on with the data and batch size of the state"
        )
    return _steps(model, loss, optimizer, x, y, size, epochs, key, state)


def _steps(
    model: Layer,
    loss: Loss,
    optimizer: Optimizer,
    x: Array,
    y: Array,
    size: int,
    epochs: int,
    key: Key,
    state: TrainState,
) -> Iterator[TrainState]:
    run = loss_and_grads(model, loss)
    per_epoch = _per_epoch(x, size)
    order_key, layer_key = split_key(key)
    params, optimizer_state, step, _, _ = state
    for epoch in range(step // per_epoch, epochs):
        done = step - epoch * per_epoch  # more than 0 where a state resumes inside an epoch
        for index, batch in enumerate(batches(x, y, size, fold_in(order_key, epoch))):
            if index < done:
                continue
            value, grads, cache = run(params, *batch, key=fold_in(layer_key, step))
            params, optimizer_state = optimizer.update(grads, optimizer_state, params)
            params = model.absorb(params, cache)
            step += 1
            yield TrainState(params, optimizer_state, step, step // per_epoch, value)


def _per_epoch(x: Array, size: int) -> int:
    """How many batches an epoch has, the remainder one of them."""
    return -(-shape(x)[0] // size)


def _samples(op: str, x: Array, y: Array) -> tuple[Any, Array, Array]:
    xp, x, y = arrays(op, None, raw=("x", "y"), x=x, y=y)
    if not shape(x) or not shape(y) or shape(x)[0] != shape(y)[0]:
        raise ShapeError(f"{op}: x {shape(x)} and y {shape(y)} do not meet: one row of each is one sample")
    if shape(x)[0] == 0:
        raise ShapeError(f"{op}: x {shape(x)} has no samples")
    return xp, x, y
