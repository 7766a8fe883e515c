"""Schedules: ``schedule(step) -> rate``, pure functions for an optimizer's ``learning_rate``

``step`` is the number of updates done before, 0 in the first. A number gives a number, an array of steps an
array. Options become floats; they are checked when the schedule is made. Past its end, and before 0, a
schedule that has an end stays where it is.
Errors of each: OptionError for an option that it cannot have.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from ._options import count, number
from .backends import arrays
from .errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._types import Array
    from .backends._protocol import Backend

    Schedule: TypeAlias = Callable[[Array], Array]

__all__ = [
    "constant",
    "cosine",
    "exponential_decay",
    "inverse_time_decay",
    "linear",
    "one_cycle",
    "piecewise",
    "polynomial",
    "step_decay",
    "warmup",
]


def constant(value: float) -> Schedule:
    """``value``, whatever the step

    >>> constant(0.1)([0, 5])
    [0.1, 0.1]
    """
    rate = _rate("constant", "value", value)

    def schedule(step: Array) -> Array:
        xp, step = arrays("constant", None, step=step)
        return _everywhere(rate, step, xp)

    return schedule


def step_decay(initial: float, factor: float, every: int) -> Schedule:
    """``initial * factor**floor(step / every)``

    >>> step_decay(1, 0.5, every=10)([0, 9, 10, 25])
    [1.0, 1.0, 0.5, 0.25]
    """
    first, ratio = _rate("step_decay", "initial", initial), _rate("step_decay", "factor", factor)
    size = count("step_decay", "every", every)

    def schedule(step: Array) -> Array:
        xp, step = arrays("step_decay", None, step=step)
        return xp.multiply(_power(ratio, xp.floor(xp.divide(step, size))), first)

    return schedule


def exponential_decay(initial: float, factor: float, every: int = 1) -> Schedule:
    """``initial * factor**(step / every)``

    >>> exponential_decay(1, 0.25, every=2)([0, 1, 2])
    [1.0, 0.5, 0.25]
    """
    op = "exponential_decay"
    first, ratio = _rate(op, "initial", initial), _rate(op, "factor", factor)
    size = count(op, "every", every)

    def schedule(step: Array) -> Array:
        xp, step = arrays(op, None, step=step)
        return xp.multiply(_power(ratio, xp.divide(step, size)), first)

    return schedule


def inverse_time_decay(initial: float, rate: float, every: int = 1) -> Schedule:
    """``initial / (1 + rate * step / every)``

    >>> inverse_time_decay(1, 0.5)([0, 2, 6])
    [1.0, 0.5, 0.25]
    """
    op = "inverse_time_decay"
    first, slope, size = _rate(op, "initial", initial), _rate(op, "rate", rate), count(op, "every", every)

    def schedule(step: Array) -> Array:
        xp, step = arrays(op, None, step=step)
        return xp.divide(first, xp.add(xp.multiply(xp.divide(step, size), slope), 1))

    return schedule


def linear(initial: float, final: float, steps: int) -> Schedule:
    """``initial * (1 - step / steps) + final * step / steps``, then ``final``

    >>> linear(1, 0, steps=4)([0, 1, 4, 9])
    [1.0, 0.75, 0.0, 0.0]
    """
    return _curve("linear", initial, final, steps, lambda xp, share: share)


def polynomial(initial: float, final: float, steps: int, power: float = 1) -> Schedule:
    """``final + (initial - final) * (1 - step / steps)**power``, then ``final``

    >>> polynomial(1, 0, steps=4, power=2)([0, 1, 2, 4, 9])
    [1.0, 0.5625, 0.25, 0.0, 0.0]
    """
    exponent = _rate("polynomial", "power", power)
    if not exponent:
        raise OptionError(f"polynomial: power={power!r}: wanted one above 0, for 0 never falls")

    def fallen(xp: Backend, share: Array) -> Array:
        return xp.subtract(1, _power(xp.subtract(1, share), exponent))

    return _curve("polynomial", initial, final, steps, fallen)


def cosine(initial: float, steps: int, final: float = 0) -> Schedule:
    """``final + (initial - final) * (1 + cos(pi * step / steps)) / 2``, then ``final``

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017.

    >>> cosine(1, steps=4)([0, 2, 4, 9])
    [1.0, 0.5, 0.0, 0.0]
    """
    return _curve("cosine", initial, final, steps, _half_wave)


def warmup(schedule: Schedule | float, steps: int, start: float = 0) -> Schedule:
    """From ``start`` in a line to the first rate of the schedule; from step ``steps`` on, the schedule

    The schedule's own steps count from the end of the warm-up. A number is a constant one.
    Source: Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017.

    >>> warmup(linear(1, 0, steps=10), steps=2)([0, 1, 2, 7, 12])
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    after = schedule if callable(schedule) else constant(_rate("warmup", "schedule", schedule))
    low, size = _rate("warmup", "start", start), count("warmup", "steps", steps)

    def rate(step: Array) -> Array:
        xp, step = arrays("warmup", None, step=step)
        return _between(low, after(xp.maximum(xp.subtract(step, size), 0)), _share(step, size, xp), xp)

    return rate


def piecewise(values: Sequence[float], boundaries: Sequence[int]) -> Schedule:
    """``values[0]`` before step ``boundaries[0]``, ``values[1]`` from there on, and so forth

    >>> piecewise([1, 0.5, 0.1], boundaries=[10, 20])([0, 9, 10, 20])
    [1.0, 1.0, 0.5, 0.1]
    """
    rates = [_rate("piecewise", f"values[{i}]", value) for i, value in enumerate(values)]
    starts = [count("piecewise", f"boundaries[{i}]", step) for i, step in enumerate(boundaries)]
    if len(rates) != len(starts) + 1 or any(left >= right for left, right in pairwise(starts)):
        raise OptionError(
            f"piecewise: {len(rates)} values and boundaries={starts}: wanted one value more than boundaries, "
            "and boundaries that rise"
        )

    def schedule(step: Array) -> Array:
        xp, step = arrays("piecewise", None, step=step)
        rate = _everywhere(rates[0], step, xp)
        for start, value in zip(starts, rates[1:], strict=True):
            rate = xp.where(xp.less(step, start), rate, value)
        return rate

    return schedule


def one_cycle(
    peak: float,
    steps: int,
    *,
    warmup_share: float = 0.3,
    initial_factor: float = 1 / 25,
    final_factor: float = 1 / (25 * 1e4),
) -> Schedule:
    """Half a cosine wave up, from ``initial_factor * peak`` to ``peak``, one down to ``final_factor * peak``

    The peak is at step ``warmup_share * steps - 1``, the end at ``steps - 1``, as in PyTorch.
    Source: Smith and Topin, Super-convergence, 2018.

    >>> [round(rate, 3) for rate in one_cycle(1, steps=10)([0, 1, 2, 5, 9, 20])]
    [0.04, 0.52, 1.0, 0.611, 0.0, 0.0]
    """
    top = _rate("one_cycle", "peak", peak)
    first = top * _rate("one_cycle", "initial_factor", initial_factor)
    last = top * _rate("one_cycle", "final_factor", final_factor)
    turn = (
        float(number("one_cycle", "warmup_share", warmup_share, 0, 1)) * count("one_cycle", "steps", steps)
        - 1
    )
    if turn <= 0:
        raise OptionError(
            f"one_cycle: warmup_share={warmup_share!r} of steps={steps}: the peak would be before step 1: "
            "give more of either"
        )

    def schedule(step: Array) -> Array:
        xp, step = arrays("one_cycle", None, step=step)
        up = _between(first, top, _half_wave(xp, _share(step, turn, xp)), xp)
        fallen = _share(xp.subtract(step, turn), steps - 1 - turn, xp)
        down = _between(top, last, _half_wave(xp, fallen), xp)
        return xp.where(xp.less(step, turn), up, down)

    return schedule


def _rate(op: str, name: str, value: Any) -> float:
    return float(number(op, name, value, 0))


def _everywhere(value: float, step: Array, xp: Backend) -> Array:
    return xp.add(xp.multiply(step, 0), value)


def _curve(
    op: str, initial: float, final: float, steps: int, way: Callable[[Backend, Array], Array]
) -> Schedule:
    """From one rate to another; ``way`` says which share of the way is done at a share of the steps."""
    first, last, size = _rate(op, "initial", initial), _rate(op, "final", final), count(op, "steps", steps)

    def schedule(step: Array) -> Array:
        xp, step = arrays(op, None, step=step)
        return _between(first, last, way(xp, _share(step, size, xp)), xp)

    return schedule


def _share(step: Array, steps: float, xp: Backend) -> Array:
    """How much of the steps is done, from 0.0 to 1.0."""
    return xp.minimum(xp.maximum(xp.divide(step, steps), 0), 1)


def _between(first: Array, last: Array, share: Array, xp: Backend) -> Array:
    """Exactly the first at share 0 and the last at share 1."""
    return xp.add(xp.multiply(xp.subtract(1, share), first), xp.multiply(share, last))


def _half_wave(xp: Backend, share: Array) -> Array:
    return xp.divide(xp.subtract(1, xp.cos(xp.multiply(share, math.pi))), 2)


def _power(base: Array, exponent: Array) -> Array:
    """``base ** exponent``, infinite past the largest float."""
    if isinstance(base, list):
        return [_power(number, exponent) for number in base]
    if isinstance(exponent, list):
        return [_power(base, number) for number in exponent]
    try:
        return base**exponent
    except OverflowError:
        return math.inf
