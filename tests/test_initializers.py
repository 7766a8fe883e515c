from __future__ import annotations

import math

import pytest

import purenn as pn
from purenn._numerical import numbers_of
from purenn.testing import _bits

SPREADS = {
    "glorot_uniform": math.sqrt(2 / (200 + 100)),
    "glorot_normal": math.sqrt(2 / (200 + 100)),
    "he_uniform": math.sqrt(2 / 200),
    "he_normal": math.sqrt(2 / 200),
}


@pytest.mark.parametrize("name", SPREADS)
def test_the_spread_is_the_papers_and_the_bits_are_equal(name, xp):
    initializer = getattr(pn, name)
    if xp.name == "lists":
        numbers = numbers_of(initializer(1, (200, 100)))
        spread = math.sqrt(sum(n * n for n in numbers) / len(numbers))
        assert spread == pytest.approx(SPREADS[name], rel=0.02)
        assert abs(sum(numbers) / len(numbers)) < 0.02 * SPREADS[name]
        if "uniform" in name:
            assert max(map(abs, numbers)) <= SPREADS[name] * math.sqrt(3)
    assert _bits(initializer(2, (3, 4), xp=xp.backend)) == _bits(initializer(2, (3, 4)))
    assert _bits(initializer(2, (5,), xp=xp.backend)) == _bits(initializer(2, (5,)))


@pytest.mark.parametrize("shape", [(), (1, 2, 3), (0, 3), (3, 0), 3, "ab", (None, 1)])
def test_shapes_without_fans_are_refused(shape):
    for name in SPREADS:
        with pytest.raises(ValueError, match="an initializer was asked for shape"):
            getattr(pn, name)(0, shape)
