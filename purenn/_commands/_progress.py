"""How far long work has come: on a terminal a bar, where tqdm is installed; or else a line now and then."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVERY = 10.0  # seconds from a line to the next
BAR = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f} of {total:.0f} {unit}, {remaining} left"

T = TypeVar("T")


class Progress:
    """Counts steps on stderr, while ``say`` prints results on stdout, above the bar

    The bar goes when the work ends, however it does. No line is printed of work that is quick, and none has a
    control character.
    """

    def __init__(self, what: str, total: float, unit: str) -> None:
        self._what, self._total, self._unit = what, total, unit
        self._done, self._said = 0.0, time.monotonic()
        self._bar = _bar(what, total, unit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, size: float = 1) -> None:
        self._done += size
        if self._bar is not None:
            self._bar.update(size)
        elif time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            print(
                f"{self._what}: {self._done:.0f} of {self._total:.0f} {self._unit}",
                file=sys.stderr,
                flush=True,
            )

    def over(self, work: Iterable[T]) -> Iterator[T]:
        """The same things, a step each."""
        for each in work:
            self.step()
            yield each

    def say(self, text: object) -> None:
        if self._bar is not None:
            self._bar.clear()
        print(text, flush=True)


def _bar(what: str, total: float, unit: str) -> Any:
    """A bar that stays away from what ends at once; None where there can be none."""
    if not sys.stderr.isatty():
        return None
    try:
        tqdm: Any = import_module("tqdm").tqdm
    except ImportError:
        return None
    options = {"desc": what, "total": total, "unit": unit, "bar_format": BAR, "delay": 0.2}
    return tqdm(**options, file=sys.stderr, leave=False, dynamic_ncols=True)
