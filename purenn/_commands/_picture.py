"""The options that save an explanation's picture, the same for every command that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from purenn.explain import Explanation


def picture_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--svg", metavar="FILE", help="save the picture here; .dot, .mmd and .txt too")


def picture(found: Explanation, options: argparse.Namespace, level: Any) -> None:
    """Save the picture if it was asked for."""
    if options.svg:
        from purenn.drawing import draw  # only who wants one waits for it

        draw(found, level=level).save(options.svg)
        print(f"\nthe picture is in {options.svg}")
