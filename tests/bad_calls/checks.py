"""Bad calls of the checks that users run on pairs, layers, losses, optimizers and backends of their own."""

from __future__ import annotations

from functools import partial
from typing import Any

import purenn as pn
import purenn.functional as F
from purenn import testing
from purenn.errors import ArrayError, BackendError, KindError, OptionError, ShapeError, TreeError

from .row import A, Raw, Row, W

KEY = "^key='a' is not an int: keys and counts are ints"
NAME = "xp='cuda' is no backend: known by name are lists, numpy"
RELU, SAME = (F.relu_forward, F.relu_backward), pn.identity
GRADIENT = testing.numerical_gradient
RAGGED = Raw([[1.0], [2.0, 3.0]])


def laws(error: type[Exception], match: str, *arguments: Any, **options: Any) -> Row:
    return Row("check_laws", testing.check_laws, arguments, error, f"^check_laws: {match}", options)


def of_laws(name: str, given: tuple[Any, ...]) -> list[Row]:
    """What each check of ``key`` and ``laws`` refuses."""
    call = getattr(testing, name)
    return [
        Row(name, call, given, OptionError, f"^{name}: there is no law 'vpj': choose from pure, structure",
            {"laws": ("vjp", "vpj")}),
        Row(name, call, given, OptionError, f"^{name}: there is no law 3: choose from pure, structure",
            {"laws": 3}),
        Row(name, call, given, OptionError, KEY, {"key": "a"}),
    ]  # fmt: skip


def kind(name: str, call: Any, given: tuple[Any, ...], match: str) -> Row:
    return Row(name, call, given, KindError, f"^{name}: {match}")


ROWS = [
    Row("bits", testing.bits, ({"w": (1.0, None)},), ArrayError,
        r"^bits: tree\['w'\]\[1\] is None: an array is made of real numbers"),
    Row("bits", testing.bits, (RAGGED,), ShapeError, r"^bits: tree is ragged: tree\[0\] has shape \(1,\)"),
    Row("bits", testing.bits, (object(),), BackendError, r"^bits: tree is a object, .*: register_backend\("),

    *of_laws("check_laws", (*RELU, A)),
    laws(KindError, "forward is a Layer, wanted a function: give the two of a pair; for layers and losses",
         pn.relu, A),
    laws(KindError, "backward is a (list|float), wanted a function: give the two", F.relu_forward, 1.0, A),
    laws(ArrayError, "x is None: an array is made of real numbers", *RELU, None),
    laws(ShapeError, r"x is ragged: x\[0\] has shape", *RELU, RAGGED),
    laws(ArrayError, r"y\['b'\] is 'a': an array is made of", F.add_forward, F.add_backward, A, {"b": "a"}),
    laws(OptionError, r"batched=\('y',\): wanted True, False, or names of arguments: x$", *RELU, A,
         batched=("y",)),
    laws(ShapeError, r"x \(0,\) has no numbers: give one sample at least", *RELU, []),
    laws(OptionError, "exact=1: wanted True or False", *RELU, A, exact=1),
    laws(OptionError, "batched=1: wanted True, False, or names of arguments: x$", *RELU, A, batched=1),
    laws(OptionError, r"backends='lists': wanted several, such as \('lists', 'numpy'\)", *RELU, A,
         backends="lists"),
    laws(OptionError, "backends=3: wanted several, such as", *RELU, A, backends=3),
    laws(OptionError, NAME, *RELU, A, backends=("cuda",))._replace(match=f"^{NAME}"),
    laws(OptionError, NAME, *RELU, A, xp="cuda")._replace(match=f"^{NAME}"),
    laws(KindError, r"reference is a function, wanted a pair of functions: give reference=",
         *RELU, A, reference=F.relu_forward),
    laws(OptionError, r"the law 'reference' needs reference=\(forward, backward\): give it", *RELU, A,
         laws="reference"),

    *of_laws("check_layer", (SAME, A)),
    kind("check_layer", testing.check_layer, (pn.affine, A), r"layer is a function, wanted a Layer: give one "
         r"such as affine\(2, 3\)"),
    Row("check_layer", testing.check_layer, (SAME, A), OptionError, KEY, {"training_key": "a"}),
    Row("check_layer", testing.check_layer, (SAME, (A, None)), ArrayError,
        r"^check_layer: x\[1\] is None: an array is made of real numbers"),
    Row("check_layer", testing.check_layer, (SAME, A), OptionError, f"^{NAME}", {"xp": "cuda"}),
    Row("check_layer", testing.check_layer, (SAME, A), ArrayError, r"^check_laws: params\[0\] is None: an",
        {"params": (None,)}),

    *of_laws("check_loss", (pn.huber, A, A)),
    kind("check_loss", testing.check_loss, (F.huber_forward, A, A),
         "loss is a function, wanted a Loss: give one such as mean_squared_error"),
    Row("check_loss", testing.check_loss, (pn.huber, A, None), ArrayError,
        "^check_loss: targets is None: an array is made of real numbers"),

    *(kind("check_gradients", testing.check_gradients, given, "give a pair and its arguments, check_")
      for given in ((3,), (F.relu_forward,), (pn.relu,), (pn.affine, A), (pn.huber, A, A))),
    Row("check_gradients", testing.check_gradients, (*RELU, A), KindError, "or a layer and its input, chec",
        {"params": ()}),
    Row("check_gradients", testing.check_gradients, (*RELU, None), ArrayError, "^check_gradients: x is None"),
    Row("check_gradients", testing.check_gradients, (SAME, "a"), ArrayError, "^check_gradients: x is 'a'"),
    Row("check_gradients", testing.check_gradients, (SAME, A), OptionError, KEY, {"key": "a"}),
    Row("check_gradients", testing.check_gradients, (SAME, A), ArrayError, r"params\[0\] is 'a': an array",
        {"params": ("a",)}),

    kind("check_optimizer", testing.check_optimizer, (pn.sgd, [1.0], [1.0]),
         r"optimizer is a function, wanted an Optimizer: give one such as sgd\(0.1\)"),
    Row("check_optimizer", testing.check_optimizer, (pn.sgd(0.1), [1.0]), OptionError,
        "^check_optimizer: no gradients: give a tree like the params for each step"),
    Row("check_optimizer", testing.check_optimizer, (pn.sgd(0.1), {"w": "a"}, {"w": [1.0]}), ArrayError,
        r"^check_optimizer: params\['w'\] is 'a': an array is made of"),
    Row("check_optimizer", testing.check_optimizer, (pn.sgd(0.1), ([1.0],), ([1.0],), [1.0]), TreeError,
        "^check_optimizer: params and grads 2: trees differ at the top: .* give trees with the same"),
    Row("check_optimizer", testing.check_optimizer, (pn.sgd(0.1), {"w": A}, {"w": W}), ShapeError,
        r"^check_optimizer: params\['w'\] \(2, 3\) and grads 1\['w'\] \(3, 4\) differ: gradients must have"),

    Row("check_backend", testing.check_backend, ("cuda",), OptionError, f"^{NAME}"),
    Row("check_backend", testing.check_backend, (3,), BackendError, "^xp=3 is no backend: give an array API"),
    Row("check_backend", testing.check_backend, ("lists",), OptionError,
        "^check_backend: there is no law 'all': choose from pure, .*, exact$", {"laws": "all"}),
    Row("check_backend", testing.check_backend, ("lists",), KindError,
        r"^check_backend: ops is a Op, wanted a collection of Ops: give rows of OPS, such as OPS\[:2\]",
        {"ops": testing.OPS[0]}),
    Row("check_backend", testing.check_backend, ("lists",), KindError, "ops is a int, wanted a coll",
        {"ops": 3}),

    kind("check_op", testing.check_op, ("relu", "lists"), r"op is a str, wanted an Op: give a row of OPS"),
    Row("check_op", testing.check_op, (testing.OPS[0], "cuda"), OptionError, f"^{NAME}"),
    Row("check_op", testing.check_op, (testing.OPS[0], "lists"), OptionError,
        "^check_op: there is no law 'zreo': choose from pure, .*, exact$", {"laws": ("zreo",)}),
    Row("check_op", testing.check_op, (testing.OPS[0], "lists"), OptionError,
        "^check_op: dtype='float32': wanted a floating one of the backend's, such as its float32; on lists",
        {"dtype": "float32"}),

    kind("high_precision", testing.high_precision, (pn.relu, 1.0),
         "function is a Layer, wanted a function: give one of arrays, then its arguments"),
    Row("high_precision", testing.high_precision, (F.add_forward, A, None), ArrayError,
        "^high_precision: argument 2 is None: an array is made of real numbers"),
    Row("high_precision", partial(testing.high_precision, F.relu_forward), (A,), OptionError,
        "^high_precision: digits=0: wanted a whole number from 1", {"digits": 0}),
    Row("high_precision", partial(testing.high_precision, F.relu_forward), (A,), OptionError,
        "^high_precision: digits=<class 'int'>: wanted a whole number from 1", {"digits": int}),

    kind("numerical_gradient", GRADIENT, (3, [1.0]),
         "function is a int, wanted a function: give one that makes one number of a tree, and then the tree"),
    Row("numerical_gradient", GRADIENT, (len, {"w": None}), ArrayError,
        r"^numerical_gradient: tree\['w'\] is None: an array is made of real numbers"),
    Row("numerical_gradient", GRADIENT, (len, ([1.0], [])), ShapeError,
        r"^numerical_gradient: tree\[1\] \(0,\) has no numbers: give one"),
    Row("numerical_gradient", GRADIENT, (lambda x: x, [1.0, 2.0]), ShapeError,
        r"^numerical_gradient: the result is \(2,\), wanted one number, such as a sum"),
    Row("numerical_gradient", GRADIENT, (lambda x: "much", [1.0]), ArrayError,
        "^numerical_gradient: the result is 'much', wanted one number, such as a sum"),
]  # fmt: skip
