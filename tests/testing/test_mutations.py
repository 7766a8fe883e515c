"""Every pair of OPS, spoilt in every way that a hand slips: each is caught, and the table says by which law

``python -m tests.testing.test_mutations`` prints it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache as once
from functools import wraps

import pytest

from purenn._numerical import numbers_of
from purenn.backends import convert, extras, lists
from purenn.testing import OPS, bits, check_laws
from purenn.trees import tree_map

LAWS = ["pure", "structure", "linear", "zero", "vjp", "batch"]


def times(factor):
    def spoil(op):
        def backward(dout, cache):
            grads = op.backward(dout, cache)
            return grads._replace(**{grads._fields[0]: lists.multiply(grads[0], factor)})

        return op.forward, backward

    return spoil


def transposed(op):
    def backward(dout, cache):
        grads = op.backward(dout, cache)

        def turn(dx):
            sizes = extras.shape(dx)
            return lists.matrix_transpose(dx) if len(sizes) > 1 and sizes[-1] == sizes[-2] else dx

        return type(grads)(*map(turn, grads))

    return op.forward, backward


def fields_swapped(op):
    def backward(dout, cache):
        grads = op.backward(dout, cache)
        return type(grads)(*reversed(grads))

    return op.forward, backward


def cache_of_another_call(op):
    held = []

    @wraps(op.forward)  # so that it names its arguments too
    def forward(*arguments):
        out, cache = op.forward(*arguments)
        held.append(cache)
        return out, held[-2] if len(held) > 1 else cache

    return forward, op.backward


def state_kept(op):
    held = {}

    @wraps(op.forward)
    def forward(*arguments):
        out, held["cache"] = op.forward(*arguments)
        return out, held["cache"]

    def backward(dout, cache):
        return op.backward(dout, held["cache"])

    return forward, backward


def gradients_added_up(op):
    held = {}

    def backward(dout, cache):
        grads = op.backward(dout, cache)
        if "sum" in held and fits(held["sum"], grads):
            grads = tree_map(lists.add, held["sum"], grads)
        held["sum"] = grads
        return grads

    return op.forward, backward


def fits(one, other):
    return [extras.shape(x) for x in one] == [extras.shape(x) for x in other]


def dout_ignored(op):
    def backward(dout, cache):
        return op.backward(lists.ones_like(dout), cache)

    return op.forward, backward


def dout_written(op):
    def backward(dout, cache):
        if isinstance(dout, list):
            row = dout
            while isinstance(row[0], list):
                row = row[0]
            row[0] = 0.0
        return op.backward(dout, cache)

    return op.forward, backward


def mask_dropped(op):
    """Every number of the cache that is 0 becomes 1: a mask, a gate, a target."""

    def backward(dout, cache):
        return op.backward(dout, tree_map(lambda x: lists.where(lists.equal(x, 0), 1, x), cache))

    return op.forward, backward


def argument_written(op):
    @wraps(op.forward)
    def forward(*arguments):
        returned = op.forward(*arguments)
        if isinstance(arguments[0], list):
            row = arguments[0]
            while isinstance(row[0], list):
                row = row[0]
            row[0] = row[0] + 0.125
        return returned

    return forward, op.backward


REMEMBER = (cache_of_another_call, state_kept, gradients_added_up)
MUTATIONS = {
    "sign flipped": times(-1),
    "factor 2": times(2),
    "off by a thousandth": times(1.001),
    "transposed where square": transposed,
    "fields swapped": fields_swapped,
    "cache of another call": cache_of_another_call,
    "state kept": state_kept,
    "gradients added up": gradients_added_up,
    "mask dropped": mask_dropped,
    "dout ignored": dout_ignored,
    "dout written": dout_written,
    "argument written": argument_written,
}


def copied(arguments):
    return tree_map(lambda leaf: lists.asarray(convert(leaf, "lists")), arguments)


def changes(op, mutation, arguments):
    """Whether a mutation changes outputs, gradients, or what was given; one with a memory in A, B, A."""

    def walk(forward, backward):
        given = copied(arguments)
        calls = (given, copied(smaller(op, arguments))) if mutation in REMEMBER else (given,)
        seen, kept = [], []
        for call in calls:
            out, cache = forward(*call)
            kept.append((lists.multiply(lists.ones_like(out), 0.75), cache))
            seen.append(bits(out))
        for dout, cache in (*kept, kept[0]):
            seen.append([(extras.shape(dx), numbers_of(dx)) for dx in backward(dout, cache)])
        return seen, bits(calls), [bits(dout) for dout, _ in kept]

    try:
        return walk(*mutation(op)) != walk(op.forward, op.backward)
    except (ValueError, TypeError, IndexError):
        return True


def slopes_at(op, arguments):
    """Whether any gradient there is not 0: hard_swish at -1.5 has the right gradient under any factor."""
    out, cache = op.forward(*copied(arguments))
    return any(numbers_of(tuple(op.backward(lists.ones_like(out), cache)))) or "dropout" in op.name


def smaller(op, arguments):
    """Other arguments that the pair takes: the first by -3/4, or 3/4 where that is refused."""
    for factor in (-0.75, 0.75):
        other = (lists.multiply(arguments[0], factor), *arguments[1:])
        try:
            op.forward(*other)
        except ValueError:
            continue
        return other
    raise AssertionError(f"{op.name} takes nothing else")


@once
def caught(op_index, name, everything=False):
    """The first law that each sample with a difference fails, "" where none does; () if nothing changes

    Of two samples, a vector and a matrix as a rule, or of all.
    """
    op, mutation = OPS[op_index], MUTATIONS[name]
    found = []
    for arguments in op.samples if everything else op.samples[2:4] or op.samples:
        if slopes_at(op, arguments) and changes(op, mutation, arguments):
            forward, backward = mutation(op)
            report = check_laws(forward, backward, *copied(arguments), laws=LAWS, batched=op.batched)
            found.append(report.failed[0].name if report.failed else "")
    return tuple(found)


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_that_changes_anything_is_caught(name):
    counts = Counter()
    for index, op in enumerate(OPS):
        laws = caught(index, name)
        assert "" not in laws, f"{op.name}, {name}: sample {laws.index('')} of those changed passes every law"
        counts.update(laws)
    assert sum(counts.values()) >= 5, counts


def test_most_pairs_have_a_difference_under_each_mutation_that_applies():
    for name in ("sign flipped", "factor 2", "off by a thousandth", "dout ignored", "argument written"):
        dead = [op.name for index, op in enumerate(OPS) if not caught(index, name)]
        assert set(dead) <= {"dropout all"}, name


def table():
    """Mutation, how many pairs and calls it changes, and by which laws they were caught."""
    for name in MUTATIONS:
        found = [caught(index, name, everything=True) for index in range(len(OPS))]
        laws = Counter(law for each in found for law in each)
        yield name, sum(map(bool, found)), sum(laws.values()), laws


if __name__ == "__main__":
    print(f"{'mutation':26}{'pairs':>6}{'calls':>7}  caught by")
    rows = list(table())
    for name, pairs, calls, laws in rows:
        said = ", ".join(f"{law or 'NOTHING'} {count}" for law, count in laws.most_common())
        print(f"{name:26}{pairs:6}{calls:7}  {said}")
    missed = sum(laws[""] for *_, laws in rows)
    print(f"{sum(row[1] for row in rows)} mutants, {sum(row[2] for row in rows)} calls, {missed} missed")
