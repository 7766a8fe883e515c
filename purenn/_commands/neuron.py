"""Walk through one neuron, forward and backward: every product, every sum, every gradient.

The chain rule is written out for each input and weight, and one step of gradient descent is taken.
"""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

import purenn as pn
from purenn.errors import OptionError
from purenn.explain import explain

from ._picture import judge_picture, picture_options, save_picture, say_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from purenn.explain import Explanation


def options(parser: argparse.ArgumentParser) -> None:
    numbers: dict[str, Any] = {"type": finite, "nargs": "+", "metavar": "NUMBER"}
    parser.add_argument("--x", default=[1.0, -2.0, 3.0], help="its inputs", **numbers)
    parser.add_argument("--w", default=[-3.0, -1.0, 2.0], help="its weights, one for each input", **numbers)
    parser.add_argument("--b", type=finite, default=1.0, metavar="NUMBER", help="its bias")
    parser.add_argument(
        "--rate", type=rate, default=0.001, metavar="NUMBER", help="the learning rate of the step"
    )
    picture_options(parser, "scalar")


def run(options: argparse.Namespace) -> int:
    judge_picture(options)
    x, w, b = options.x, options.w, options.b
    if len(x) != len(w):
        raise OptionError(
            f"--x has {len(x)} numbers and --w has {len(w)}: wanted one weight for each input, such as "
            "--x 1 2 --w 3 4"
        )
    found = neuron(x, w, b)
    save_picture(found, options, "scalar")
    print(f"one neuron: y = relu(x @ w + b), x = {x}, w = {w}, b = {b}\n")
    print(found)
    dw = [found.wires[f"w{index}"].grad for index in range(len(w))]
    descent = pn.sgd(options.rate)
    (w, b), _ = descent.update((dw, found.wires["b"].grad), descent.init((w, b)), (w, b))
    print("\na step against the gradient\n")
    print(f"  w = w - {options.rate} * dL/dw = {w}")
    print(f"  b = b - {options.rate} * dL/db = {b}")
    print(f"  y was {found.wires['y'].value} and becomes {neuron(x, w, b).wires['y'].value}")
    say_picture(options)
    return 0


def neuron(x: Sequence[Any], w: Sequence[Any], b: Any) -> Explanation:
    """A neuron as a graph in which every product is a node."""
    pairs = [(f"x{index}", f"w{index}") for index in range(len(x))]
    products = {f"{one}{other}": ("multiply", one, other) for one, other in pairs}
    inputs = tuple(name for pair in pairs for name in pair)
    graph = pn.graph((*inputs, "b"), {**products, "z": (pn.add, *products, "b"), "y": ("relu", "z")})
    values = [number for pair in zip(x, w, strict=True) for number in pair]
    return explain(graph, graph.init(key=0), dict(zip((*inputs, "b"), (*values, b), strict=True)))


def finite(text: str) -> float:
    """A number of the command line."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return value


def rate(text: str) -> float:
    """A learning rate of the command line."""
    value = finite(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number from 0")
    return value
