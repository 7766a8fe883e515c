"""The options that save an explanation's picture, the same for every command that has one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from purenn.errors import OptionError

if TYPE_CHECKING:
    import argparse
    from typing import Literal

    from purenn.explain import Explanation

ENDS = (".svg", ".dot", ".mmd", ".txt")


def picture_options(parser: argparse.ArgumentParser, usual: str) -> None:
    about = (
        "save the picture here: SVG; Graphviz, Mermaid or a table where the name ends in .dot, .mmd or .txt"
    )
    parser.add_argument("--svg", metavar="FILE", help=about)
    about = f"a gate of the picture: every product and every sum, or every op (default: {usual})"
    parser.add_argument("--level", choices=["scalar", "op"], help=about)


def judge_picture(options: argparse.Namespace) -> None:
    """Refuse, before any work, what cannot be saved."""
    if options.svg is None:
        if options.level is not None:
            raise OptionError(f"--level {options.level}: no picture is asked for: give --svg FILE too")
        return
    path = Path(options.svg)
    if path.suffix.lower() not in ENDS:
        raise OptionError(f"--svg {options.svg}: choose a name that ends in {', '.join(ENDS)}")
    if os.path.isdir(path):
        raise OptionError(f"--svg {options.svg}: this is a folder: give a file in it")
    if not os.path.isdir(path.parent):
        raise OptionError(
            f"--svg {options.svg}: there is no folder {path.parent}: give a file in one that exists"
        )


def save_picture(found: Explanation, options: argparse.Namespace, usual: Literal["scalar", "op"]) -> None:
    """Save the picture if it was asked for; before anything is printed, because it may be refused."""
    if options.svg is None:
        return
    from purenn.drawing import draw  # only who wants one waits for it

    level = options.level or usual
    try:
        picture = draw(found, level=level, digits=getattr(options, "digits", None))
    except OptionError:
        hint = "give --level op, or less to draw" if level == "scalar" else "give less to draw"
        raise OptionError(f"--level {level}: more gates or wires than can be read: {hint}") from None
    try:
        picture.save(options.svg)
    except OSError as error:
        raise OptionError(f"--svg {options.svg}: {error.strerror}: give a file that can be written") from None


def say_picture(options: argparse.Namespace) -> None:
    """Where it is, on stderr: stdout is for the explanation alone."""
    if options.svg is not None:
        sys.stdout.flush()
        print(f"the picture is in {options.svg}", file=sys.stderr)
