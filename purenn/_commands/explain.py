"""Explain the digits network on a few images: its layers, every op forward and backward, its gradients.

Large arrays are summed up; --show prints a part of one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import purenn as pn
from purenn.explain import explain, summary

from .._table import markdown_table, table
from ._job import IMAGES, OPTIMIZER, images, key_option, network, whole
from ._picture import judge_picture, picture_options, save_picture, say_picture

if TYPE_CHECKING:
    import argparse

    from purenn.explain import Explanation


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--images", type=partial(whole, high=IMAGES), default=4, help="images that are explained"
    )
    key_option(parser)
    parser.add_argument(
        "--steps", type=partial(whole, low=0), default=0, help="updates of training before, of 32 images each"
    )
    parser.add_argument("--backend", choices=["lists", "numpy"], default="lists", help="where to run")
    parser.add_argument("--digits", type=partial(whole, high=17), default=4, help="digits of a number")
    parser.add_argument(
        "--show",
        action="append",
        default=[],
        metavar="SLICE",
        help="an array, or a part of one, such as w1[:2,0]; may be given more than once",
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    picture_options(parser, "op")


def run(options: argparse.Namespace) -> int:
    judge_picture(options)
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
    layers = summary(model, params, few)
    try:
        if options.markdown:
            parts = [layers.to_markdown(), found.to_markdown(*options.show, digits=options.digits)]
        else:
            parts = [str(layers), found.to_text(*options.show, digits=options.digits)]
    except pn.errors.OptionError as error:
        raise pn.errors.OptionError(f"--show {str(error).partition(': ')[2]}") from None
    norms = [[f"dL/d{name}", f"{norm:.{options.digits}g}"] for name, norm in found.gradient_norms.items()]
    in_rows = markdown_table if options.markdown else table
    save_picture(found, options, "op")
    print(*parts, in_rows([["gradient", "its norm"], *norms]), *_diagnosis(found), sep="\n\n")
    say_picture(options)
    return 0


def _diagnosis(found: Explanation) -> list[str]:
    """Which relus are shut, and the first number that is none, in words."""
    dead = [f"in {step} {', '.join(map(str, units))}" for step, units in found.dead_relus.items()]
    first = found.first_nonfinite
    where = "none"
    if first is not None:
        where = f"{first.value} in {first.of}{list(first.at) or ''}" + f" of {first.step}" * bool(first.step)
    return [f"relus that no image opens: {'; '.join(dead) or 'none'}", f"first NaN or inf: {where}"]
