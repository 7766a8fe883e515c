"""For every row of the table of pairs: the numbers of an explanation are the pair's own."""

from __future__ import annotations

import math

import pytest

from purenn._numerical import numbers_of
from purenn.backends import lists
from purenn.backends.extras import shape
from purenn.explain import explain
from purenn.testing.ops import OPS

ROWS = [(op, index) for op in OPS for index in range(len(op.samples))]


def product(upstream, local, sizes):
    """The upstream gradient times the local derivatives, summed over out."""
    count = math.prod(sizes)
    douts, rows = numbers_of(upstream), numbers_of(local)
    columns = (rows[index::count] for index in range(count))
    return [sum(dout * each for dout, each in zip(douts, column, strict=True)) for column in columns]


@pytest.mark.parametrize(("op", "index"), ROWS, ids=[f"{op.name} {index}" for op, index in ROWS])
def test_explain_tells_the_numbers_of_every_pair(op, index, pair_of):
    xp = pair_of
    arguments = tuple(
        xp.array(each, "int64" if xp.backend is not lists else None)
        if lists.is_integer(each)
        else xp.array(each)
        for each in op.samples[index]
    )
    x, *params = arguments
    found = explain((op.forward, op.backward), tuple(params), x, limit=400, xp=xp.backend)
    (step,) = found.steps
    out, cache = op.forward(*arguments)
    assert numbers_of(step.out) == numbers_of(out)
    assert step.cache._fields == cache._fields
    assert numbers_of(step.cache) == numbers_of(cache)
    assert list(step.arguments.values()) == list(arguments) if xp.backend is lists else True
    grads = op.backward(step.upstream, cache)
    assert step.downstream.keys() == set(grads._fields)
    assert step.local.keys() == set(grads._fields)
    for name, grad in grads._asdict().items():
        assert numbers_of(step.downstream[name]) == numbers_of(grad)
        assert numbers_of(found.wires[step.inputs[name]].grad) == numbers_of(grad)
        sizes = shape(step.arguments[name])
        assert shape(step.local[name]) == shape(out) + sizes
        scale = max(map(abs, map(float, numbers_of(grad))), default=0.0)
        close = 1e-12 * max(scale, 1.0)
        assert product(step.upstream, step.local[name], sizes) == pytest.approx(numbers_of(grad), abs=close)
    assert step.formula
    assert step.gradients.keys() == set(grads._fields)
