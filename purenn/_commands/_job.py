"""The network that the commands train, what it learns, and what their options may be."""

from __future__ import annotations

import argparse
from typing import Any

import purenn as pn

OPTIMIZER = pn.adam(learning_rate=0.01)


def network() -> pn.Layer:
    return pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))


def images() -> tuple[Any, Any]:
    """The digits on lists, their pixels from 0 to 1, and their labels."""
    digits = pn.load_digits()
    return [[pixel / 16 for pixel in image] for image in digits.x], digits.y


def whole(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return value
