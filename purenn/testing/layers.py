"""The laws for layers and losses, which are pairs with arguments of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays, numbers_of
from .._options import check_is
from ..backends import agree_trees, extras
from ..layers import Layer, chain, tanh
from ..losses import Loss
from ..random import fold_in
from ..trees import is_branch
from ._call import Broken, Call, Options, Skipped, bits, run
from ._given import picked
from .laws import LAWS, check_laws

if TYPE_CHECKING:
    from collections.abc import Collection

    from .._types import Array, Key, Params
    from ._report import Report


def check_layer(
    layer: Layer,
    x: Array,
    *,
    key: Key = 0,
    params: Params | None = None,
    training_key: Key | None = None,
    laws: Collection[str] | None = None,
    **options: Any,
) -> Report:
    """Check the laws for a layer, with the params of ``layer.init(key)`` or your own; and **composition**

    With a ``training_key``, which forward is given, as it trains; without one as it predicts. ``laws`` and
    the other options are those of ``check_laws``. The law of composition: ``chain(layer, other).backward``
    is the layer's after the other's, and nothing changes where nobody reads the gradient of x.
    Errors: KindError for what is no Layer; those of ``check_laws``.

    >>> from purenn import affine
    >>> check_layer(affine(2, 3), [[1.0, 2.0]]).ok
    True
    """
    check_is("check_layer", "layer", layer, isinstance(layer, Layer), "a Layer", "one such as affine(2, 3)")
    chosen = None if laws is None else picked("check_layer", laws, [*LAWS, "composition"])
    for each in (key, 0 if training_key is None else training_key):
        fold_in(each, 0)  # an error now, if it is no key
    check_arrays("check_layer", {"x": x})
    xp = options.get("xp")
    if params is None:
        params = layer.init(key, xp=agree_trees("check_layer", {"x": x}, xp))
    forward = partial(layer.forward, key=training_key)
    others = None if chosen is None else [law for law in chosen if law != "composition"]
    report = check_laws(forward, layer.backward, params, x, key=key, laws=others, **options)
    if (chosen is not None and "composition" not in chosen) or _no_run(report):
        return report
    call = Call(forward, layer.backward, (params, x), key, Options(xp=xp))
    row = run("composition", partial(_composition, layer, training_key), call)
    return report._replace(laws=(*report.laws, row))


def check_loss(
    loss: Loss,
    predictions: Array,
    targets: Array,
    *,
    key: Key = 0,
    laws: Collection[str] | None = None,
    **options: Any,
) -> Report:
    """Check the laws for a loss; and **training**: what ``loss_and_grads`` asks of it

    That is one number for a loss, or one a sample; ``backward(1, cache)`` with a plain 1; and the gradient of
    the predictions as the first field.
    Errors: KindError for what is no Loss; those of ``check_laws``.

    >>> from purenn import mean_squared_error
    >>> check_loss(mean_squared_error, [0.5, 1.0], [1.0, 0.0]).ok
    True
    """
    check_is("check_loss", "loss", loss, isinstance(loss, Loss), "a Loss", "one such as mean_squared_error")
    chosen = None if laws is None else picked("check_loss", laws, [*LAWS, "training"])
    check_arrays("check_loss", {"predictions": predictions, "targets": targets})
    others = None if chosen is None else [law for law in chosen if law != "training"]
    report = check_laws(loss.forward, loss.backward, predictions, targets, key=key, laws=others, **options)
    if (chosen is not None and "training" not in chosen) or _no_run(report):
        return report
    call = Call(loss.forward, loss.backward, (predictions, targets), key, Options(xp=options.get("xp")))
    return report._replace(laws=(*report.laws, run("training", _training, call)))


def _no_run(report: Report) -> bool:
    return any(law.name == "runs" for law in report.laws)


def _composition(layer: Layer, training_key: Key | None, call: Call) -> None:
    params, x = call.arguments
    if is_branch(call.out):
        raise Skipped("a tuple of outputs has no next layer here")
    out, second = tanh.forward((), call.out, xp=call.options.xp)
    dout = call.dout(0)
    want = layer.backward(tanh.backward(dout, second, xp=call.options.xp).x, call.cache, xp=call.options.xp)
    both = chain(layer, tanh)
    have_out, cache = both.forward((params, ()), x, key=training_key, xp=call.options.xp)
    if training_key is None and bits(have_out) != bits(out):
        raise Broken("chain(layer, tanh) gives another output than one after the other")
    have = both.backward(dout, cache, xp=call.options.xp)
    if training_key is None and bits((have.params[0], have.x)) != bits(tuple(want)):
        raise Broken("chain(layer, tanh) gives other gradients than one after the other")
    without = layer.backward(dout, call.cache, need_x=False, xp=call.options.xp)
    if bits(without.params) != bits(layer.backward(dout, call.cache, xp=call.options.xp).params):
        raise Broken("need_x=False changes the gradients of the params")


def _training(call: Call) -> None:
    sizes = extras.shape(call.out)
    if sizes and sizes[0] != (extras.shape(call.arguments[0]) or (1,))[0]:
        raise Broken(f"the loss has shape {sizes}: wanted one number, or one a sample")
    if sizes:
        raise Skipped("one loss a sample: training wants their mean or sum")
    grads = call.backward(1, call.cache)
    if extras.shape(grads[0]) != extras.shape(call.arguments[0]):
        raise Broken(
            f"the first gradient has shape {extras.shape(grads[0])}, the predictions "
            f"{extras.shape(call.arguments[0])}"
        )
    want = call.backward(call.like(call.out, 1.0), call.cache)
    if list(map(float, numbers_of(grads[0]))) != list(map(float, numbers_of(want[0]))):
        raise Broken("backward(1, cache) and backward(1.0, cache) differ")
