"""The same networks in other libraries, as each is meant to be used; a missing one raises ImportError."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from .measure import Candidate
from .networks import B1, B2, EPS, textbook_update

if TYPE_CHECKING:
    from .networks import Problem


def torch_eager(own: Problem, **options: Any) -> Candidate:
    """A module and an optimizer, both as they come; ``options`` go to the optimizer."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    modules: list[nn.Module] = []
    for w, b in own.affines:
        linear = nn.Linear(*w.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w.T.copy()))
            linear.bias.copy_(torch.from_numpy(b))
        modules += [linear, nn.ReLU()]
    network = nn.Sequential(*modules[:-1])
    criterion = nn.BCEWithLogitsLoss() if own.binary else nn.CrossEntropyLoss()
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[own.optimizer]
    optimizer = kind(network.parameters(), lr=own.rate, **options)
    batches = cycle([(torch.from_numpy(x), torch.from_numpy(labels)) for x, labels in own.batches])

    def step() -> Any:
        x, labels = next(batches)
        optimizer.zero_grad()
        loss = criterion(network(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    return Candidate("PyTorch eager", step, lambda loss: loss.item())


def jax_jit(own: Problem) -> Candidate:
    """The whole step compiled; pure, so it donates nothing."""
    import jax
    import jax.numpy as jnp

    rate = own.rate

    def loss_of(affines: Any, x: Any, labels: Any) -> Any:
        for w, b in affines[:-1]:
            x = jax.nn.relu(x @ w + b)
        z = x @ affines[-1][0] + affines[-1][1]
        if own.binary:
            return jnp.mean(jax.nn.softplus(z) - labels * z)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), labels[:, None], axis=1))

    @jax.jit
    def run(affines: Any, state: Any, x: Any, labels: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(affines, x, labels)
        if own.optimizer == "sgd":
            return loss, jax.tree.map(lambda p, g: p - rate * g, affines, grads), state
        t, m, v = state
        t = t + 1
        m = jax.tree.map(lambda m, g: B1 * m + (1 - B1) * g, m, grads)
        v = jax.tree.map(lambda v, g: B2 * v + (1 - B2) * g * g, v, grads)

        def new(p: Any, m: Any, v: Any) -> Any:
            return p - rate * (m / (1 - B1**t)) / (jnp.sqrt(v / (1 - B2**t)) + EPS)

        return loss, jax.tree.map(new, affines, m, v), (t, m, v)

    affines = jax.tree.map(jnp.asarray, own.affines)
    zeros = jax.tree.map(jnp.zeros_like, affines)
    state = (jnp.zeros((), jnp.float32), zeros, zeros)
    batches = cycle([(jnp.asarray(x), jnp.asarray(labels)) for x, labels in own.batches])

    def step() -> Any:
        nonlocal affines, state
        loss, affines, state = run(affines, state, *next(batches))
        return loss

    return Candidate("JAX jit", step)


def sklearn_partial_fit(own: Problem) -> Candidate:
    """``MLPClassifier.partial_fit``, a batch a call."""
    from sklearn.neural_network import MLPClassifier

    classes = np.arange(max(own.sizes[-1], 2))
    batches = [(x, labels[:, 0].astype(int) if own.binary else labels) for x, labels in own.batches]
    model = MLPClassifier(
        own.sizes[1:-1],
        solver=own.optimizer,
        alpha=0.0,
        batch_size=len(batches[0][0]),
        learning_rate_init=own.rate,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
    )
    model.partial_fit(*batches[0], classes=classes)  # makes its arrays, which are then given our numbers
    for index, (w, b) in enumerate(own.affines):
        model.coefs_[index][...] = w
        model.intercepts_[index][...] = b
    optimizer = model._optimizer
    optimizer.t = 0
    for slots in ("ms", "vs", "velocities"):
        for slot in getattr(optimizer, slots, []):
            slot[...] = 0
    turn = cycle(batches)

    def step() -> Any:
        return model.partial_fit(*next(turn)).loss_

    return Candidate("scikit-learn", step)


def autograd_tape(own: Problem) -> Candidate:
    """The gradients by autograd, the update in numpy's plain spelling."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss_of(affines: Any, x: Any, labels: Any) -> Any:
        for w, b in affines[:-1]:
            x = anp.maximum(anp.dot(x, w) + b, 0)
        z = anp.dot(x, affines[-1][0]) + affines[-1][1]
        if own.binary:
            return anp.mean(anp.logaddexp(0, z) - labels * z)
        z = z - anp.max(z, axis=1, keepdims=True)
        picked = z[anp.arange(len(labels)), labels]
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - picked)

    affines, batches = own.affines, cycle(own.batches)
    update, both = textbook_update(own), value_and_grad(loss_of)

    def step() -> Any:
        nonlocal affines
        loss, grads = both(affines, *next(batches))
        affines = update(grads, affines)
        return loss

    return Candidate("autograd", step)
