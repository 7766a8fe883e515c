"""Bad calls of layers and of losses as values."""

from __future__ import annotations

from functools import partial
from typing import Any

import purenn as pn
import purenn.functional as F
from purenn.errors import (
    ArrayError,
    BackendError,
    CacheError,
    GraphError,
    KindError,
    OptionError,
    ShapeError,
    TreeError,
)
from purenn.layers import AffineParams, Layer, ScaleParams
from purenn.losses import Loss

from .pairs import GOOD
from .row import A, Cached, Row, W, made

ACTIVATIONS = [name for name in pn.__all__ if isinstance(getattr(pn, name), Layer) and name != "add"]
LOSSES = [name for name in pn.__all__ if isinstance(getattr(pn, name), Loss)]
THREE_TWO = AffineParams([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.5, -0.5])
PRODUCT = pn.graph(("x", "y"), {"out": ("multiply", "x", "y")})
LOST = pn.graph(
    "x", {"y": ("multiply", "x", "w"), "out": ("huber", "x", "y")}, params={"w": (pn.he_normal, (3,))}
)
TWO_LAYERS = pn.chain(pn.relu, pn.affine(3, 2))


def of_every_layer(name: str, layer: Any) -> list[Row]:
    return [
        Row(name, layer.forward, ((1.0,), A), TreeError,
            f"^{name}: params are a tuple of 1, wanted a tuple of 0: take them from init"),
        Row(name, layer.backward, (A, ()), CacheError,
            rf"^{name}: cache is tuple, wanted \w+: give the cache that"),
    ]  # fmt: skip


def of_every_loss(name: str) -> list[Row]:
    value = getattr(pn, name)
    return [
        Row(name, value.forward, (GOOD[name][0], None), ArrayError,
            rf"^{name}: \w+ is None: an array is made of real"),
        Row(name, value.backward, (1, ()), CacheError,
            rf"^{name}_backward: cache is tuple, wanted \w+Cache: give the"),
    ]  # fmt: skip


def no_layer(name: str, combine: Any) -> Row:
    return Row(name, combine, (pn.affine,), KindError,
               rf"^{name}: layer 0 is a function affine, not a Layer: give layers one by one")  # fmt: skip


ROWS = [
    *(row for name in ACTIVATIONS for row in of_every_layer(name, getattr(pn, name))),
    *of_every_layer("dropout", pn.dropout()),
    *(row for name in LOSSES for row in of_every_loss(name)),
    *(no_layer(name, getattr(pn, name)) for name in ("chain", "parallel", "branch", "residual")),
    no_layer("frozen", partial(pn.frozen, params=())),
    *made("affine", pn.affine, OptionError,
          ({"inputs": 0, "outputs": 1}, "^affine: inputs=0: wanted a whole number from 1"),
          ({"inputs": 3, "outputs": 2.0}, "^affine: outputs=2.0: wanted a whole number from 1"),
          ({"inputs": True, "outputs": 2}, "^affine: inputs=True: wanted a whole number from 1"),
          ({"inputs": 3, "outputs": 2, "bias": 1}, "^affine: bias=1: wanted True or False"),
          ({"inputs": 3, "outputs": 2, "w_init": 0.1},
              "^affine: w_init=0.1: wanted an initializer, such as")),
    *made("dropout", pn.dropout, OptionError, ({"drop": 2},
        "^dropout: drop=2: wanted a number from 0 to 1, the share")),
    *made("scale", pn.scale, OptionError, ({"sizes": (2, -1)},
        "^scale: a size=-1: wanted a whole number from 1"),
          ({"sizes": 3}, r"^scale: sizes=3: wanted a tuple of sizes, such as \(3,\)")),
    *made("layer", partial(pn.layer, F.elu_forward, F.elu_backward), OptionError,
          ({"slope": 1}, "^layer: elu has no option 'slope': its options are alpha")),
    Row("layer", pn.layer, (F.relu_forward, pn.relu), KindError,
        "^layer: backward is a Layer, wanted a function: give the two of a pair"),
    *made("branch", pn.branch, KindError, ({}, "^branch: no layers: give at least one")),
    Row("affine", pn.affine(3, 2).forward, (THREE_TWO[:1], A), TreeError,
        r"^affine: params are a tuple of 1, wanted a tuple of 2: take them from init\(key\)"),
    Row("affine", pn.affine(3, 4).forward, (THREE_TWO, A), ShapeError, r"w \(3, 2\)"),
    Row("affine", pn.affine(3, 2).forward, (THREE_TWO, W), ShapeError,
        r"^affine: x \(3, 4\) and w \(3, 2\) do not meet"),
    Row("affine", pn.affine(3, 2).init, ("a",), OptionError,
        "^key='a' is not an int: keys and counts are ints"),
    Row("affine", pn.affine(3, 2).init, (0,), OptionError, "^xp='cuda' is no backend: known by name",
        {"xp": "cuda"}),
    Row("affine", pn.affine(2, 3, w_init=lambda *_, **__: [[1.0]]).init, (0,), ShapeError, r"\(1, 1\)"),
    Row("scale", pn.scale((3,)).forward, (ScaleParams([1.0, 2.0]), [[1.0, 2.0]]), ShapeError,
        r"^scale: x \(1, 2\) and factor \(2,\) do not meet: factor must be \(3,\)"),
    Row("chain", TWO_LAYERS.forward, ((), A), TreeError,
        "^chain: params are a tuple of 0, wanted a tuple of 2: take"),
    Row("chain", TWO_LAYERS.forward, (((), THREE_TWO), None), ArrayError,
        "^chain: x is None: an array is made of real"),
    Row("chain", TWO_LAYERS.forward, (((), THREE_TWO), {1.0}), ArrayError,
        "^chain: x is a set, .* write an array as"),
    Row("chain", TWO_LAYERS.backward, (A, ()), CacheError,
        "^chain: cache is tuple, wanted ChainCache of 2 layers: give"),
    Row("chain", TWO_LAYERS.absorb, ((), ()), CacheError,
        "^chain: cache is tuple, wanted ChainCache of 2 layers: give"),
    Row("chain", TWO_LAYERS.forward, (((), THREE_TWO), W), ShapeError,
        r"x \(3, 4\) and w \(3, 2\) do not meet"),
    Row("parallel", pn.parallel(pn.relu, pn.tanh).forward, (((), ()), A), TreeError,
        "^parallel: x is .*, wanted a tuple of 2: one input for each layer"),
    Row("parallel", pn.parallel(pn.relu).forward, ((), (A,)), TreeError,
        "^parallel: params are a tuple of 0, wanted"),
    Row("branch", pn.branch(pn.relu, pn.tanh).forward, (((),), A), TreeError,
        "^branch: params are a tuple of 1, wanted"),
    Row("branch", pn.branch(pn.relu).backward, ((A,), ()), CacheError,
        "^branch: cache is tuple, wanted BranchCache of 1"),
    Row("residual", pn.residual(pn.affine(3, 2)).forward, (THREE_TWO, A), ShapeError,
        r"^residual: x \(2, 3\) and the output of its layer \(2, 2\) differ: they are added"),
    Row("residual", pn.residual(pn.relu).backward, (A, ()), CacheError,
        "^residual: cache is tuple, wanted ResidualCache"),
    Row("frozen", pn.frozen(pn.relu, ()).forward, ((1.0,), A), TreeError,
        "^frozen: params are a tuple of 1, wanted a t"),
    Row("add", pn.add.forward, ((), A), KindError,
        "^add: x is a .*, wanted a tuple of arrays, such as a branch gives"),
    Row("add", pn.add.forward, ((), (A, W)), ShapeError,
        r"^add: x \(2, 3\) and \(3, 4\) differ: .*one shape"),
    Row("add", pn.add.backward, (A, ()), CacheError, "^add: cache is tuple, wanted SumCache: give the cache"),
    *made("graph", partial(pn.graph, "x"), GraphError,
          ({"nodes": {}}, "^graph: no nodes: give at least one, such as {'out':"),
          ({"nodes": {"y": ("rleu", "x")}}, "^graph: node 'y' has op 'rleu', wanted a pair of purenn"),
          ({"nodes": {"y": ("relu", "z"), "z": ("tanh", "y")}}, "^graph: a cycle: .*: each node must read"),
          ({"nodes": {"y": ("add", "x", "z")}}, "^graph: node 'y' reads 'z', wanted an input, a param or"),
          ({"nodes": {"y": ("add", "x")}}, "^graph: node 'y' gives add 'x', wanted 2 arguments: x, y"),
          ({"nodes": {"x": ("relu", "x")}}, "^graph: the name 'x' is given twice, .*: give each its own"),
          ({"nodes": {"a": ("relu", "x"), "b": ("relu", "x")}}, "^graph: nobody reads 'a', 'b': give"),
          ({"nodes": {"a": ("relu", "x")}, "output": "b"}, "^graph: output='b' names 'b', wanted a node"),
          ({"nodes": {"a": ("relu", "x")}, "layers": {"b": pn.relu}}, "^graph: 'b', a layer, is never used")),
    *made("graph", partial(pn.graph, "x"), KindError,
          ({"nodes": {"y": ("relu",)}}, "^graph: node 'y' is .*, wanted an op and the names that it reads"),
          ({"nodes": {"y": (F.relu_forward, "x")}}, "^graph: node 'y' has op .*, wanted the name of a")),
    Row("graph", PRODUCT.forward, ({}, A), TreeError, "^graph: x: a .*, wanted a dict of 'x', 'y': or a"),
    Row("graph", PRODUCT.forward, ({}, {"x": A}), TreeError, "^graph: x: a dict without 'y', wanted a"),
    Row("graph", PRODUCT.forward, ({}, (A, None)), ArrayError, r"^graph: x\[1\] is None: an array is"),
    Row("graph", PRODUCT.forward, ({}, (A, W)), ShapeError, r"^multiply: x \(2, 3\) and y \(3, 4\) do not"),
    Row("graph", PRODUCT.forward, ((), (A, A)), TreeError, "^graph: params: a tuple, wanted an empty dict"),
    Row("graph", PRODUCT.backward, (A, ()), CacheError, "^graph: cache is tuple, wanted GraphCache of the"),
    Row("graph", LOST.backward, (1.0, Cached(LOST.forward, ({"w": [1.0] * 3}, A))), GraphError,
        "^graph_backward: no gradient comes back to the params of 'w': .* must be frozen"),
    Row("layer", pn.layer(F.relu_forward, F.relu_backward).forward, ((1.0,), A), TreeError,
        "^relu: params are a tuple"),
    Row("layer", pn.layer(F.relu_forward, F.relu_backward).forward, ((), object()), BackendError,
        "^relu: x is a object"),
    Row("loss_and_grads", pn.loss_and_grads, (pn.affine, pn.huber), KindError,
        "^loss_and_grads: model is a function, wanted a Layer: give the model, then the loss"),
    Row("loss_and_grads", pn.loss_and_grads, (pn.relu, pn.relu), KindError,
        "^loss_and_grads: loss is a Layer, wanted a"),
    Row("loss_and_grads", pn.loss_and_grads(pn.relu, pn.huber), ((), A, W), ShapeError,
        r"^huber: predictions \(2, 3\) and targets \(3, 4\) differ: a loss never broadcasts"),
]  # fmt: skip
