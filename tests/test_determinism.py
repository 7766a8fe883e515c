"""The same key gives the same bits: on every version of Python, in every thread, at any switch of threads."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256

import pytest

import purenn as pn
from purenn.backends import lists

MODEL = pn.chain(pn.affine(2, 8), pn.relu, pn.affine(8, 8), pn.softsign, pn.affine(8, 3))
OPTIMIZER = pn.transform_grads(pn.rmsprop(pn.schedules.linear(0.03, 0.001, 200)), pn.clip_by_global_norm(5.0))

# + - * / and square roots alone, which every machine rounds alike: no exp, log, tanh or pow (as in Adam) of
# its C library, and not Python's own sum, which changed in 3.12. So nothing can change this but a formula: of
# a layer, the loss, the optimizer or the random draws, or the order in which one adds up.
TRAINED = "daa08221b2fb5c9547047abf9a3fcfba3c145b3e4df1aa384f500f1fb29f565a"


def data():
    """Points between -1 and 1, each with a class, all from keys."""
    key, other = pn.random.split(5)
    x = pn.random.uniform(key, (50, 2), low=-1.0, high=1.0)
    noise = pn.random.normal(other, (50, 3), std=0.05)
    y = [[a + n, a * b + m, b * b + o] for (a, b), (n, m, o) in zip(x, noise, strict=True)]
    return x, y


def trained(x, y, key=7):
    *_, last = pn.train(MODEL, pn.huber, OPTIMIZER, x, y, batch_size=10, epochs=40, key=key)
    return last


def fingerprint(params):
    numbers = [number for leaf in pn.tree_leaves(pn.convert(params, "lists")) for number in lists.flat(leaf)]
    return sha256(" ".join(number.hex() for number in numbers).encode()).hexdigest()


def test_200_steps_give_the_same_bits_on_every_version_of_python():
    last = trained(*data())
    assert last.step == 200
    assert last.loss < 0.02  # it has learned: these are not the bits of a network that stands still
    assert fingerprint(last.params) == TRAINED


def small(pair_of, key):
    """A training with draws of every kind: initial weights, dropout masks, orders of samples."""
    model = pn.chain(pn.affine(2, 4), pn.tanh, pn.dropout(0.25), pn.affine(4, 3))
    x, y = pair_of.tree(data())
    return fingerprint(
        [*pn.train(model, pn.mean_squared_error, pn.adam(0.05), x, y, batch_size=25, epochs=3, key=key)][
            -1
        ].params
    )


@pytest.fixture
def impatient():
    """Python switches between threads after every microsecond instead of every five milliseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_16_threads_give_the_bits_of_one(pair_of, impatient):
    keys = [*range(8), *range(8)]  # each training runs twice at the same time
    alone = [small(pair_of, key) for key in keys[:8]]
    assert len(set(alone)) == 8
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(partial(small, pair_of), keys)) == alone * 2
