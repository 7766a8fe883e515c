"""The command line: which command, its options, and what a mistake or Ctrl-C ends with."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import PurennError
from . import bench, check, compare, digits, explain, info, neuron

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: dict[str, Any] = {
    "digits": digits,
    "neuron": neuron,
    "explain": explain,
    "compare": compare,
    "check": check,
    "bench": bench,
    "info": info,
}
WIDTH = 79  # of what is printed as it stands


class Formatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Descriptions as they stand, and the defaults that say something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        silent = action.default is None or action.default is False or action.default == []
        return action.help if silent else super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """One whose mistakes take one line, and for which -1e-3 is a number, no option."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=Formatter, **options)
        self._negative_number_matcher = re.compile(r"-(\.?\d|inf|nan)", re.IGNORECASE)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see {self.prog} --help\n")


class Out:
    """A stream that knows whether anything was written to it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.used = stream, False

    def write(self, text: str) -> int:
        self.used = True
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def run(arguments: Sequence[str] | None) -> int:
    """What ``main`` does, once it is loaded."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given[0] if given and given[0] in COMMANDS else ""
    parser = _parser(name)
    options = _options(parser, given[bool(name) :])
    out: Any = Out(sys.stdout)
    try:
        with redirect_stdout(out):
            code: int = COMMANDS[name or "digits"].run(options)
        sys.stdout.flush()
    except PurennError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        sys.stdout.flush()
        print("interrupted: above is what was reached" if out.used else "interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # pragma: no cover: whoever read the output has enough; tested in a process
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser(name: str) -> Parser:
    """The parser of a command; of the default one, and of what there is, where none is named."""
    command = COMMANDS[name or "digits"]
    about = "" if name else "\n".join(["commands:", *map(_about, COMMANDS)])
    parser = Parser(
        prog=" ".join(filter(None, ["python -m purenn", name])),
        description=textwrap.fill(" ".join(command.__doc__.split()), WIDTH),
        epilog=about,
    )
    if not name:
        words = "one of those below, digits by default; each has its own --help"
        parser.add_argument("command", nargs="?", help=words)
    command.options(parser)
    return parser


def _about(name: str) -> str:
    first = COMMANDS[name].__doc__.splitlines()[0]
    return textwrap.fill(first, WIDTH, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11)


def _options(parser: Parser, given: Sequence[str]) -> argparse.Namespace:
    options, unknown = parser.parse_known_args(given)
    command = getattr(options, "command", None) or "digits"
    if command in COMMANDS and command != "digits":
        parser.error(f"{command!r}: give the command first, its options after it")
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{_owners(unknown[0].partition('=')[0])}")
    if command not in COMMANDS:
        parser.error(f"{command!r} is no command: choose of {', '.join(COMMANDS)}")
    return options


def _owners(option: str) -> str:
    """Which commands have an option that this one has not."""
    names = [name for name in COMMANDS if option in re.findall(r"--[a-z-]+", _parser(name).format_usage())]
    return f": {option} is for {', '.join(names)}, given first" if names else ""
