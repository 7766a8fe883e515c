"""A function of trees of arrays as the flat list of numpy's calls that it makes

Training calls one function on the same shapes thousands of times, and each time pairs look what their arrays
are, a chain hands on its layers, trees are taken apart and built again. A *program* is what remains without
all that: the calls of one run, in their order, written out as one function, so the numbers are the same to
the bit. No call is made twice, and one may write its result over an array that the program itself has made
and nobody reads again. What the run decided by numbers (are all labels classes?) is asked again; where the
answer is another, or trees are, the program gives up, and the function runs as it is written.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy

from ..trees import tree_unflatten
from ._tape import Call, Tape, writes_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

_MOST = 8  # programs of one function, for as many forms of its trees


class Programs:
    """The function, from its second call on by programs, where there can be one

    ``space`` is the namespace that it computes with, and ``within(other)`` makes that another.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        holds: Any,
        space: Any,
        within: Callable[[Any], AbstractContextManager[None]],
    ) -> None:
        self.function, self.holds, self.space, self.within = function, holds, space, within
        self.programs: list[Callable[..., Any]] = []
        self.calls = self.runs = 0

    def __call__(self, *trees: Any) -> Any:
        for program in self.programs:
            result = program(*trees)
            if result is not None:
                return result
        self.calls += 1
        if self.calls > 1 and self.runs < _MOST:
            with suppress(Exception):  # Unknown, or a mistake, of which the function itself tells
                self.record(trees)
        return self.function(*trees)

    def record(self, trees: tuple[Any, ...]) -> None:
        """Add the program for such trees; Unknown where there is none."""
        named = {f"t{index}": tree for index, tree in enumerate(trees)}
        tape = Tape(named, self.holds)
        self.runs += 1
        try:
            with self.within(tape.noting(self.space)):
                closing = tape.closed(self.function(*tree_unflatten(trees, tape.leaves)))
            lines = [*tape.opening, *_body(tape, closing), f"return {closing}"]
        finally:
            tape.forget()
        exec(f"def program({', '.join(named)}):\n    " + "\n    ".join(lines), tape.constants)
        self.programs.append(tape.constants["program"])


def _body(tape: Tape, closing: str) -> list[str]:
    """The calls, line by line; what nobody reads again is written over, or let go."""
    results = set(re.findall(r"\w+", closing))
    calls = _needed(_each_once(tape, results), results)
    last: dict[str, int] = {}
    for index, call in enumerate(calls):
        last.update(dict.fromkeys((*call.out, *call.reads), index))
    lines = []
    for index, call in enumerate(calls):
        made = [name for name in dict.fromkeys((*call.reads, *call.out)) if name[0] == "v"]
        done = [name for name in made if last[name] == index and name not in results]
        lines += _lines(tape, call, done)
        lines += [f"del {', '.join(done)}"] if done else []
    return lines


def _each_once(tape: Tape, results: set[str]) -> list[Call]:
    """The calls without those that were made before, but each result in memory of its own."""
    calls: list[Call] = []
    made: dict[Any, tuple[str, ...]] = {}
    again: dict[str, str] = {}
    for call in tape.calls:
        now = call.renamed(again)
        before = made.setdefault((now.function, now.arguments, *now.options.items()), now.out)
        if before is now.out or results & {*before, *now.out}:
            calls.append(now)
        else:
            again |= dict(zip(now.out, before, strict=True))
            if not tape.fresh >= set(call.out):
                tape.fresh -= set(before)
    return calls


def _needed(calls: list[Call], results: set[str]) -> list[Call]:
    """The calls whose results are read, and those that decide."""
    read, kept = set(results), []
    for call in reversed(calls):
        if not call.out or read & set(call.out):
            read.update(call.reads)
            kept.append(call)
    return kept[::-1]


def _lines(tape: Tape, call: Call, done: list[str]) -> list[str]:
    if not call.function.isidentifier():
        return [f"{call.out[0]} = ({call.arguments[0]}) {call.function} ({call.arguments[1]})"]
    arguments = [*call.arguments, *(f"{option}={value}" for option, value in call.options.items())]
    if len(call.out) == 1:
        arguments = _cheaper(tape, call, arguments, done)
    called = f"{call.function}({', '.join(arguments)})"
    if not call.out:
        other = f"{called} is not None" if call.wanted is None else f"{'not ' * call.wanted}{called}"
        return [f"if {other}: return None"]
    if len(call.out) == 1:
        return [f"{call.out[0]} = {called}"]
    return [f"several = {called}", "if several is None: return None", f"{', '.join(call.out)} = several"]


def _cheaper(tape: Tape, call: Call, arguments: list[str], done: list[str]) -> list[str]:
    """The arguments, numbers as arrays where numpy would make them such, and what may be written over."""
    function, out = tape.constants[call.function], tape.arrays[call.out[0]]
    dtypes = {tape.arrays[name].dtype for name in call.arguments if name in tape.arrays}
    if isinstance(function, numpy.ufunc) and len(dtypes) == 1:
        arguments = [_as_array(tape, argument, *dtypes) for argument in arguments]
    free = [name for name in call.arguments if name in done and name in tape.fresh]
    over = [name for name in free if _is_like(tape.arrays[name], out)]
    return [*arguments, f"out={over[0]}"] if over and writes_over(function) else arguments


def _as_array(tape: Tape, argument: str, dtype: Any) -> str:
    if argument[0] not in "-0123456789" or dtype.kind != "f":
        return argument
    name = re.sub(r"\W", "_", f"{dtype}_{argument}".replace("-", "minus"))
    tape.constants[name] = numpy.array(float(argument), dtype)
    return name


def _is_like(one: Any, other: Any) -> bool:
    """Whether the memory of one could have held the other."""
    arrays = isinstance(one, numpy.ndarray) and isinstance(other, numpy.ndarray)
    return arrays and one.dtype == other.dtype and one.shape == other.shape and one.strides == other.strides
