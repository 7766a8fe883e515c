"""What happened in a network: every value and every gradient, op by op, and the chain rule in numbers

>>> import purenn as pn
>>> from purenn import functional as F
>>> neuron = [(F.affine_forward, F.affine_backward), (F.relu_forward, F.relu_backward)]
>>> found = explain(neuron, (([-3.0, -1.0, 2.0], 1.0), ()), [1.0, -2.0, 3.0])
>>> found.chain_rule["w0"]
'dL/dw0 = dL/dy * 1(h > 0) * x0 = 1.0 * 1 * 1.0 = 1.0'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays
from .._options import check_is, count
from ..backends import agree_trees
from ..errors import OptionError
from ..layers.recording import loss_layer, recorded
from ..losses import Loss
from ..trees import tree_map
from ._local import ones_like
from ._model import model_of
from ._trace import Trace
from .explanation import Explanation, NonFinite, Step, Wire
from .summary import Summary, SummaryRow, summary

if TYPE_CHECKING:
    from .._types import Array, Key, Params
    from ..backends import Backend
    from ..layers.recording import Note

__all__ = ["Explanation", "NonFinite", "Step", "Summary", "SummaryRow", "Wire", "explain", "summary"]


def explain(
    model: Any,
    params: Params,
    x: Array,
    targets: Array | None = None,
    loss: Loss | None = None,
    *,
    dout: Array | None = None,
    key: Key | None = None,
    xp: Backend | str | None = None,
    limit: int = 64,
) -> Explanation:
    """Run a network forward and backward, and say what happened in each op

    The model is a Layer, a pair ``(forward, backward)`` whose other arguments are the params, or a
    composition by hand: a list of pairs and Layers, one after the other, whose params are a tuple.
    Without a loss the gradient of the output is ``dout``, ones by default. With a key the network trains.
    Local derivatives are computed between arrays of at most ``limit`` numbers.
    Errors: KindError for what is no model or Loss; OptionError; ArrayError, ShapeError for arrays that are
    none or do not fit.

    >>> from purenn import functional as F
    >>> step = explain((F.multiply_forward, F.multiply_backward), (2,), 100, dout=1.1).steps[0]
    >>> step.formula, step.out, step.local, step.downstream
    ('out = x * y', 200, {'x': 2, 'y': 100}, {'x': 2.2, 'y': 110.00000000000001})
    """
    own = model_of("explain", model, params)
    fits = loss is None or isinstance(loss, Loss)
    check_is("explain", "loss", loss, fits, "a Loss", "one such as mean_squared_error")
    if (loss is None) != (targets is None):
        raise OptionError("explain: loss and targets belong together: give both or neither")
    if loss is not None and dout is not None:
        raise OptionError("explain: dout and loss both say the gradient of the output: give one of them")
    limit = count("explain", "limit", limit)
    given = {"params": params, "x": x} | ({} if targets is None else {"targets": targets})
    check_arrays("explain", given)
    agree_trees("explain", given, xp)

    notes: dict[str, Note] = {}
    run = recorded(own, notes)
    out, cache = run.forward(params, x, key=key, xp=xp)
    place = "the loss" if "loss" in notes else "loss"  # a node of a graph may be called so
    one: Any = None
    if loss is None:
        sent = tree_map(ones_like, out) if dout is None else dout
    else:
        judge = recorded(loss_layer(loss), notes, place=place)
        judged, loss_cache = judge.forward((targets,), out, xp=xp)
        one = ones_like(judged)
        sent = judge.backward(one, loss_cache, xp=xp).x
    grads = run.backward(sent, cache, xp=xp)

    trace = Trace(notes, limit)
    params_wires = trace.given("params", params, grads.params)
    last = trace.walk("", trace.given("x", x, grads.x), params_wires)
    trace.name_last(last, "y", "out")
    if loss is not None:
        last = trace.walk(place, last, (trace.given("targets", targets, None),))
        trace.name_last(last, "L", "loss")
    return trace.explanation(last, sent if loss is None else one)
