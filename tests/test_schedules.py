from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import purenn as pn
from purenn import schedules as s
from purenn.backends import lists

# a schedule, and its rates by the formula at chosen steps: before the end, right at it and past it
SCHEDULES = {
    "constant": (s.constant(0.1), {0: 0.1, 7: 0.1, 10**9: 0.1}),
    "step_decay": (s.step_decay(0.8, 0.1, 5), {0: 0.8, 4: 0.8, 5: 0.8 * 0.1, 9: 0.8 * 0.1, 10: 0.8 * 0.1**2}),
    "exponential_decay": (
        s.exponential_decay(0.8, 0.25, 4),
        {0: 0.8, 1: 0.8 * 0.25**0.25, 2: 0.4, 4: 0.2, 8: 0.05},
    ),
    "inverse_time_decay": (s.inverse_time_decay(0.6, 0.5, 2), {0: 0.6, 1: 0.48, 2: 0.4, 12: 0.15}),
    "linear": (s.linear(0.3, 0.1, 4), {0: 0.3, 1: 0.25, 2: 0.2, 3: 0.15, 4: 0.1, 5: 0.1, 10**9: 0.1}),
    "linear up": (s.linear(0, 0.7, 7), {0: 0.0, 1: 0.1, 7: 0.7, 8: 0.7}),
    "polynomial": (s.polynomial(0.9, 0.1, 4, 2), {0: 0.9, 1: 0.55, 2: 0.3, 3: 0.15, 4: 0.1, 5: 0.1}),
    "polynomial root": (s.polynomial(1, 0, 4, 0.5), {0: 1.0, 1: 0.75**0.5, 3: 0.5, 4: 0.0, 5: 0.0}),
    "cosine": (
        s.cosine(0.3, 6, final=0.1),
        {0: 0.3, 1: 0.2 + 0.1 * math.cos(math.pi / 6), 2: 0.25, 3: 0.2, 4: 0.15, 6: 0.1, 7: 0.1, 10**6: 0.1},
    ),
    "warmup": (s.warmup(0.4, 4), {0: 0.0, 1: 0.1, 3: 0.3, 4: 0.4, 5: 0.4, 10**6: 0.4}),
    "warmup of a schedule": (
        s.warmup(s.linear(0.5, 0.1, 4), 2, start=0.3),
        {0: 0.3, 1: 0.4, 2: 0.5, 3: 0.4, 6: 0.1, 9: 0.1},
    ),
    "piecewise": (s.piecewise([0.1, 0.5, 0.2], [2, 7]), {0: 0.1, 1: 0.1, 2: 0.5, 6: 0.5, 7: 0.2, 10**9: 0.2}),
    "one_cycle": (
        s.one_cycle(2, 11, warmup_share=5 / 11, initial_factor=0.25, final_factor=0.125),
        {0: 0.5, 2: 1.25, 4: 2.0, 7: 1.125, 10: 0.25, 11: 0.25, 10**6: 0.25},
    ),
}

every = pytest.mark.parametrize("name", SCHEDULES)


def test_every_schedule_is_in_the_table():
    assert {name.split()[0] for name in SCHEDULES} == set(s.__all__)


@every
def test_schedules_follow_their_formulas(name):
    schedule, rates = SCHEDULES[name]
    for step, rate in rates.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-14, abs=1e-16)
        assert type(schedule(step)) is float


@every
def test_schedules_give_an_array_for_an_array_of_steps(name, xp):
    schedule, rates = SCHEDULES[name]
    out = schedule(xp.array(list(rates)))
    assert list(map(float, lists.flat(pn.convert(out, "lists")))) == pytest.approx(
        list(rates.values()), rel=1e-14
    )
    table = schedule(xp.array([[0, 1], [2, 3]]))
    assert pn.convert(table, "lists") == [
        pytest.approx([schedule(0), schedule(1)]),
        pytest.approx([schedule(2), schedule(3)]),
    ]


@every
def test_schedules_take_numpys_step(name):
    numpy = pytest.importorskip("numpy")
    schedule, _ = SCHEDULES[name]
    for step in (0, 3, 8):
        assert float(schedule(numpy.int64(step))) == pytest.approx(schedule(step), rel=1e-15)


def test_both_ends_are_exact():
    for first, last in ((0.1, 0.3), (0.7, 0.1), (1e-3, 1e-17), (1 / 3, 0.0)):
        for make in (s.linear, s.polynomial, lambda a, b, n: s.cosine(a, n, b)):
            assert [make(first, last, 7)(step) for step in (0, 7, 8)] == [first, last, last]


@pytest.mark.parametrize("name", ["linear", "polynomial", "cosine", "one_cycle"])
def test_steps_before_zero_are_the_first(name):
    schedule, _ = SCHEDULES[name]
    assert schedule(-3) == schedule(0)


def test_polynomial_of_power_one_is_linear():
    for step in range(9):
        assert s.polynomial(0.3, 0.1, 7)(step) == pytest.approx(s.linear(0.3, 0.1, 7)(step), rel=1e-14)


def test_decay_by_a_growing_factor_ends_in_infinity():
    growing = s.exponential_decay(1, 10)
    assert growing(3) == 1000.0
    assert growing(400) == math.inf
    assert s.step_decay(1, 0.5, 1)(5000) == 0.0


def test_warmup_gives_the_schedule_steps_from_its_own_zero():
    seen = []

    def after(step):
        seen.append(step)
        return 0.5

    rates = [s.warmup(after, 2)(step) for step in range(5)]
    assert rates == [0.0, 0.25, 0.5, 0.5, 0.5]
    assert seen == [0, 0, 0, 1, 2]


def test_options_become_floats():
    for half in (Fraction(1, 2), Decimal("0.5")):
        assert s.linear(half, 0, 2)(1) == 0.25
        assert s.piecewise([half, 1], [1])(0) == 0.5


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: s.constant(-1), "constant: value=-1: wanted a finite number from 0"),
        (lambda: s.step_decay(None, 0.5, 10), "step_decay: initial=None"),
        (lambda: s.step_decay(1, -0.5, 10), "step_decay: factor=-0.5"),
        (lambda: s.step_decay(1, 0.5, 0), "step_decay: every=0: wanted a whole number from 1"),
        (lambda: s.step_decay(1, 0.5, 2.5), "step_decay: every=2.5"),
        (lambda: s.exponential_decay(1, math.inf), "exponential_decay: factor=inf"),
        (lambda: s.exponential_decay(1, 0.5, every=-1), "exponential_decay: every=-1"),
        (lambda: s.inverse_time_decay(1, "a"), "inverse_time_decay: rate='a'"),
        (lambda: s.inverse_time_decay(1, 1, 0), "inverse_time_decay: every=0"),
        (lambda: s.linear(math.nan, 0, 10), "linear: initial=nan"),
        (lambda: s.linear(1, -1, 10), "linear: final=-1"),
        (lambda: s.linear(1, 0, 0), "linear: steps=0"),
        (lambda: s.polynomial(1, 0, 10, power=0), "polynomial: power=0.*wanted one above 0"),
        (lambda: s.polynomial(1, 0, 10, power=-1), "polynomial: power=-1"),
        (lambda: s.cosine(True, 10), "cosine: initial=True"),
        (lambda: s.cosine(1, 10, final=-1), "cosine: final=-1"),
        (lambda: s.warmup(-0.1, 5), "warmup: schedule=-0.1"),
        (lambda: s.warmup("no", 5), "warmup: schedule='no'"),
        (lambda: s.warmup(0.1, 0), "warmup: steps=0"),
        (lambda: s.warmup(0.1, 5, start=-1), "warmup: start=-1"),
        (lambda: s.piecewise([1, 2], [1, 2]), r"piecewise: 2 values and boundaries=\[1, 2\]: wanted one"),
        (lambda: s.piecewise([1, 2, 3], [5, 5]), r"piecewise: 3 values and boundaries=\[5, 5\].*that rise"),
        (lambda: s.piecewise([1, -2], [5]), r"piecewise: values\[1\]=-2"),
        (lambda: s.piecewise([1, 2], [0]), r"piecewise: boundaries\[0\]=0"),
        (lambda: s.one_cycle(1, 3), "one_cycle: warmup_share=0.3 of steps=3: the peak would be before"),
        (lambda: s.one_cycle(1, 100, warmup_share=1.0), "one_cycle: warmup_share=1.0"),
        (lambda: s.one_cycle(-1, 100), "one_cycle: peak=-1"),
        (lambda: s.one_cycle(1, 100, final_factor=-1), "one_cycle: final_factor=-1"),
    ],
)  # fmt: skip
def test_bad_options_are_refused_when_the_schedule_is_made(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@every
def test_a_step_that_is_no_number_is_refused(name):
    with pytest.raises(TypeError, match=f"{name.split()[0]}: step is 'a'"):
        SCHEDULES[name][0]("a")
