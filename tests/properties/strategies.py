"""What the properties are tried on: shapes, nested lists of numbers, and numpy's ways to lay them out

Each property has 25 examples, always the same ones; 200 where CI is set, and as many as PURENN_EXAMPLES says.
"""

from __future__ import annotations

import math
import os
from fractions import Fraction

import pytest

pytest.importorskip("hypothesis")
from hypothesis import settings
from hypothesis import strategies as st

from purenn.backends import lists

EXAMPLES = int(os.environ.get("PURENN_EXAMPLES") or (200 if os.environ.get("CI") else 25))
settings.register_profile("purenn", max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
settings.load_profile("purenn")

EPS = 2.0**-53
shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)
full_shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
keys = st.integers(-(2**70), 2**70)
any_floats = st.floats()
tame = st.floats(-1e6, 1e6)
small = st.floats(-30, 30)
short = st.floats(-1e3, 1e3, width=32)
fractions = st.builds(Fraction, st.integers(-99, 99), st.integers(1, 12))
shares = st.floats(0, 1)


def nested(shape, numbers=tame):
    """Nested lists of a shape."""
    count = math.prod(shape)
    return st.lists(numbers, min_size=count, max_size=count).map(
        lambda flat: lists.reshape(flat, shape) if shape else flat[0]
    )


def arrays(numbers=tame, of=shapes):
    return of.flatmap(lambda shape: nested(shape, numbers))


def alike(numbers, count, of=shapes):
    """So many arrays of one shape."""
    return of.flatmap(lambda shape: st.tuples(*[nested(shape, numbers)] * count))


@st.composite
def that_broadcast(draw, count=2):
    """Shapes that broadcast: each a tail of one shape, with sizes of 1 in it."""
    whole = draw(shapes)
    out = []
    for _ in range(count):
        tail = whole[draw(st.integers(0, len(whole))) :]
        out.append(tuple(size if draw(st.booleans()) else 1 for size in tail))
    return tuple(out)


def broadcasting(numbers=tame):
    return that_broadcast().flatmap(lambda pair: st.tuples(*(nested(shape, numbers) for shape in pair)))


def laid_out(x, how):
    """A numpy array as another has it in memory: columns first, every second number, backwards, read-only."""
    import numpy

    x = numpy.asarray(x)
    if how == "columns":
        return numpy.array(x, order="F")
    if how == "strided":
        wide = numpy.zeros([2 * size for size in x.shape], x.dtype)
        wide[tuple(slice(None, None, 2) for _ in x.shape)] = x
        return wide[tuple(slice(None, None, 2) for _ in x.shape)]
    if how == "backwards":
        return numpy.flip(numpy.flip(x).copy())
    x = x.copy()
    x.flags.writeable = how != "read-only"
    return x


layouts = st.sampled_from(["rows", "columns", "strided", "backwards", "read-only"])


def flat(x):
    return list(lists.flat(x.tolist() if hasattr(x, "tolist") else x))


def ulps(a, b):
    """How many units in the last place two floats are apart; 0 for two NaNs or equals."""
    if a == b or (a != a and b != b):
        return 0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    return abs(Fraction(a) - Fraction(b)) / Fraction(math.ulp(max(abs(a), abs(b))))


def worst(a, b):
    """The largest distance between two arrays, in ulp."""
    pairs = list(zip(flat(a), flat(b), strict=True))
    return max((ulps(x, y) for x, y in pairs), default=0)
