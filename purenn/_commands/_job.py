"""The network that the commands train, what it learns, and what their options may be."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import purenn as pn

OPTIMIZER = pn.adam(learning_rate=0.01)
IMAGES = 1797  # that there are


def network() -> pn.Layer:
    return pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))


def images() -> tuple[Any, Any]:
    """The digits on lists, their pixels from 0 to 1, and their labels."""
    digits = pn.load_digits()
    return [[pixel / 16 for pixel in image] for image in digits.x], digits.y


def key_option(parser: argparse.ArgumentParser) -> None:
    any_int = partial(whole, low=None)
    parser.add_argument("--key", type=any_int, default=0, help="the int that all random draws come from")


def whole(text: str, low: int | None = 1, high: int | None = None) -> int:
    """A whole number of the command line."""
    try:
        value = int(text) if text.isascii() and text.removeprefix("-").isdigit() else None
    except ValueError:  # of thousands of digits
        value = None
    if value is None or (low is not None and value < low) or (high is not None and value > high):
        bounds = ("" if low is None else f" from {low}") + ("" if high is None else f" to {high}")
        raise argparse.ArgumentTypeError(f"{text!r:.40} is not a whole number{bounds}")
    return value
