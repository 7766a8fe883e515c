"""Pictures: what an explanation says, as gates and wires, and plots of trainings

Above each wire stands its value, below it the gradient that came back; a wire that forks shows below each of
its branches what came back there, and an output that is read too, what it was given. What would be wider than
a screen goes on in a row below, where a network can be divided. SVG, DOT, Mermaid and text are made here, of
nothing but strings; the plots draw on matplotlib's axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._options import check_is, choice, count
from ..explain import Explanation
from ._ops import scene_of_ops
from ._scalars import scene_of_scalars
from .picture import Picture
from .plots import plot_decision_boundary, plot_gradients, plot_history, plot_weights

if TYPE_CHECKING:
    from typing import Literal

__all__ = ["Picture", "draw", "plot_decision_boundary", "plot_gradients", "plot_history", "plot_weights"]


def draw(
    explanation: Explanation,
    *,
    level: Literal["op", "scalar"] = "op",
    theme: Literal["auto", "light", "dark"] = "auto",
    digits: int | None = None,
) -> Picture:
    """The picture of an explanation: gates, the value above each wire, and its gradient below

    With ``level="op"`` each op is a gate; of an array that is not small, its shape and norm are shown. With
    ``"scalar"`` every product and every sum is a gate, and so is an elementwise op for each number; other ops
    stay whole. ``theme="auto"`` is dark where the reader's screen is. ``digits`` says how many of a float are
    shown: by default all, or 4 where there are more than 16 wires, and the legend says so; 17 shows all.
    Errors: KindError for what is no explanation; OptionError, also for more gates than can be read.

    >>> from purenn import functional as F
    >>> from purenn.explain import explain
    >>> bill = explain((F.multiply_forward, F.multiply_backward), (2,), 100, dout=1.1)
    >>> print(draw(bill, level="scalar"))
    wire  is     value  gradient              goes to
    x     input  100    ∂ 2.2                 *
    y     param  2      ∂ 110.00000000000001  *
    out   x * y  200    ∂ 1.1
    <BLANKLINE>
    ∂: dL/d(wire), L = 1.1 * out
    """
    hint = "what purenn.explain.explain(model, params, x) returns"
    fits = isinstance(explanation, Explanation)
    check_is("draw", "explanation", explanation, fits, "an Explanation", hint)
    choice("draw", "level", level, ("op", "scalar"))
    choice("draw", "theme", theme, ("auto", "light", "dark"))
    shown = None if digits is None else count("draw", "digits", digits)
    scene = scene_of_scalars if level == "scalar" else scene_of_ops
    return Picture(scene(explanation, shown), theme)
