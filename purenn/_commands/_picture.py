"""The options that save an explanation's picture, the same for every command that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from purenn.errors import OptionError

if TYPE_CHECKING:
    import argparse

    from purenn.explain import Explanation


def picture_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--svg", metavar="FILE", help="save the picture here; .dot, .mmd and .txt too")


def picture(found: Explanation, options: argparse.Namespace, level: Any) -> None:
    """Save the picture if it was asked for."""
    if options.svg:
        from purenn.drawing import draw  # only who wants one waits for it

        try:
            draw(found, level=level).save(options.svg)
        except OSError as error:
            raise OptionError(
                f"--svg {options.svg}: {error.strerror}: give a file in a folder that exists"
            ) from None
        print(f"\nthe picture is in {options.svg}")
