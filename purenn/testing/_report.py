"""What a check returns: laws, whether each held, and if not, where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .._types import Key

SHORT = 40  # laws; a longer report prints only those that did not hold


class Failure(NamedTuple):
    """The first number that breaks a law: where it stands, both values, how far apart, and the key

    ``argument`` names what it is of, a gradient or an output; ``number`` counts from 0, and -1 is a
    direction. ``ulps`` counts the steps between neighbouring numbers, of the dtype, from one value to the
    other; ``relative`` is their difference as a share of the one wanted. ``key=key`` repeats it.
    """

    argument: str
    number: int
    have: Any
    want: Any
    ulps: float
    relative: float
    key: Key

    def __str__(self) -> str:
        return f"{self.ulps:.2g} ulp, {self.relative:.2g} of it; key={self.key} repeats it"


class Law(NamedTuple):
    """One law: its name, whether it held, a note or what broke it, and the numbers that did

    A law that does not apply is ``skipped``, for the reason in ``detail``; it has not failed.
    """

    name: str
    passed: bool
    detail: str = ""
    failure: Failure | None = None
    skipped: bool = False

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        word = "skip" if self.skipped else "pass" if self.passed else "FAIL"
        lines = [f"{word}  {self.name:10} {self.detail}".rstrip()]
        if self.failure is not None:
            lines.append(f"{'':17}{self.failure}")
        return "\n".join(lines)


class Report(NamedTuple):
    """What a check found: ``ok``, ``assert_ok()``, ``failed``, ``skipped``, and a table when printed."""

    subject: str
    laws: tuple[Law, ...]

    def __bool__(self) -> bool:
        return self.ok

    @property
    def ok(self) -> bool:
        """Whether no law failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[Law, ...]:
        """The laws that did not hold."""
        return tuple(law for law in self.laws if not law.passed)

    @property
    def skipped(self) -> tuple[Law, ...]:
        """The laws that do not apply, each with the reason in its ``detail``."""
        return tuple(law for law in self.laws if law.skipped)

    def assert_ok(self) -> None:
        """Raise AssertionError with the report unless every law held."""
        if not self.ok:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        if len(self.laws) <= SHORT:
            return "\n".join([self.subject, *map(str, self.laws)])
        failed, skipped = len(self.failed), len(self.skipped)
        passed = len(self.laws) - failed - skipped
        reasons = Counter(law.detail for law in self.skipped)
        return "\n".join(
            [
                f"{self.subject}: {passed} passed, {failed} failed, {skipped} skipped",
                *map(str, self.failed),
                *(f"skip  {count:3} times   {reason}" for reason, count in reasons.items()),
            ]
        )
