"""What the tests of broken pairs share: a pair that is right, and the row of a law as it is told."""

from __future__ import annotations

from typing import NamedTuple

import purenn.functional as F
from purenn.testing import check_laws


class Cache(NamedTuple):
    x: object


class Grads(NamedTuple):
    x: object


def told(law, forward, backward, *arguments, **options):
    """The row of one law."""
    (row,) = check_laws(forward, backward, *arguments, laws=[law], **options).laws
    return row


def broken(*arguments, **options):
    row = told(*arguments, **options)
    assert not row.passed
    return row.detail


def skipped(*arguments, **options):
    row = told(*arguments, **options)
    assert row.skipped
    return row.detail


def forward_twice(x):
    return F.multiply_forward(x, 2)[0], Cache(x)


def twice(dout, cache):
    return Grads(F.multiply_forward(dout, 2)[0])
