"""``python -m purenn``: train, walk through a neuron, explain, compare, check, time, say what there is."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from purenn.errors import PurennError

from ._commands import bench, check, compare, digits, explain, info, neuron

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


class Parser(argparse.ArgumentParser):
    """One whose mistakes take one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, ``digits`` by default; its exit code, 2 for a mistake in the call, 130 for Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    named = given[:1] if given and given[0] in COMMANDS else []
    command = COMMANDS[named[0] if named else "digits"]
    parser = _parser(command, named)
    options = parser.parse_args(given[len(named) :])
    if getattr(options, "command", "digits") != "digits":
        parser.error(f"{options.command!r}: give the command first, its options after it")
    try:
        code: int = command.run(options)
        sys.stdout.flush()
    except PurennError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        sys.stdout.flush()
        print("interrupted: above is what was reached", file=sys.stderr)
        return 130
    except BrokenPipeError:  # pragma: no cover: whoever read the output has enough; tested in a process
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser(command: Any, named: list[str]) -> Parser:
    parser = Parser(
        prog=" ".join(["python -m purenn", *named]),
        description=command.__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    if not named:
        about = "; ".join(f"{name}: {each.__doc__.splitlines()[0]}" for name, each in COMMANDS.items())
        parser.add_argument(
            "command",
            nargs="?",
            choices=COMMANDS,
            default="digits",
            help=f"{about} Each has its own --help",
        )
    command.options(parser)
    return parser


if __name__ == "__main__":  # pragma: no cover: tested in a process
    raise SystemExit(main())
