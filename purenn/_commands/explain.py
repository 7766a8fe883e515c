"""Explain the digits network on a few images: its layers, every op forward and backward, its gradients.

Large arrays are summed up; --show prints a part of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import purenn as pn
from purenn.explain import explain, summary

from ._job import OPTIMIZER, images, network, whole
from ._picture import picture, picture_options

if TYPE_CHECKING:
    import argparse


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=whole, default=4, help="images that are explained")
    parser.add_argument("--key", type=int, default=0, help="the int that all random draws come from")
    parser.add_argument("--steps", type=int, default=0, help="updates of training before, of 32 images each")
    parser.add_argument("--backend", choices=["lists", "numpy"], default="lists", help="where to run")
    parser.add_argument("--digits", type=whole, default=4, help="digits of a number")
    parser.add_argument(
        "--show",
        action="append",
        default=[],
        metavar="SLICE",
        help="a part of an array, such as w1[:2,0]; may be given more than once",
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    picture_options(parser)


def run(options: argparse.Namespace) -> int:
    model = network()
    x, y = pn.convert(images(), options.backend)
    params = model.init(options.key, xp=options.backend)
    if options.steps > 0:
        training = pn.train(
            model, pn.softmax_cross_entropy, OPTIMIZER, x, y,
            batch_size=32, epochs=options.steps, key=options.key, params=params,
        )  # fmt: skip
        params = next(state.params for state in training if state.step == options.steps)
    few, labels = x[: options.images], y[: options.images]
    found = explain(model, params, few, labels, pn.softmax_cross_entropy)
    table = summary(model, params, few)
    if options.markdown:
        print(table.to_markdown(), found.to_markdown(digits=options.digits), sep="\n\n")
    else:
        print(table, found.to_text(*options.show, digits=options.digits), sep="\n\n")
        print("\nnorms of the gradients")
        for name, norm in found.gradient_norms.items():
            print(f"  dL/d{name}  {norm:.{options.digits}g}")
        dead = sum(map(len, found.dead_relus.values()))
        print(f"\nrelus that no image opens: {dead}; first NaN or inf: {found.first_nonfinite or 'none'}")
    picture(found, options, "op")
    return 0
