"""Graphs explained: their wires have the names that the graph gives them."""

from __future__ import annotations

import purenn as pn
from purenn._numerical import numbers_of
from purenn.explain import explain

BILL = pn.graph(
    ("apple", "apples", "orange", "oranges", "tax"),
    {
        "apple_total": ("multiply", "apple", "apples"),
        "orange_total": ("multiply", "orange", "oranges"),
        "total": ("add", "apple_total", "orange_total"),
        "price": ("multiply", "total", "tax"),
    },
)
FRUIT = {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1}
SHARED = pn.graph(
    "x",
    {
        "once": ("encode", "x"),
        "bent": (pn.tanh, "once"),
        "twice": ("encode", "bent"),
        "sum": ("add", "twice", "x"),
        "out": ("matmul", "sum", "w"),
    },
    layers={"encode": pn.affine(2, 2)},
    params={"w": (pn.glorot_uniform, (2, 1))},
)


def test_explain_writes_out_the_bill_of_the_tutorial():
    found = explain(BILL, {}, FRUIT)
    assert found.output == "price"
    assert found.wires["price"].value == 715.0000000000001
    grads = {name: found.wires[name].grad for name in FRUIT}
    assert grads == {
        "apple": 2.2, "apples": 110.00000000000001, "orange": 3.3000000000000003, "oranges": 165.0,
        "tax": 650,
    }  # fmt: skip
    assert [step.name for step in found.steps] == [
        "apple_total multiply", "orange_total multiply", "total add", "price multiply",
    ]  # fmt: skip
    assert found.chain_rule["apple"] == "dL/dapple = dL/dprice * tax * apples = 1.0 * 1.1 * 2 = 2.2"


def test_explain_takes_the_inputs_as_a_tuple_too():
    named, placed = explain(BILL, {}, FRUIT), explain(BILL, {}, tuple(FRUIT.values()))
    assert placed.chain_rule == named.chain_rule
    assert placed.wires["tax"].path == "x[4]"


def test_explain_adds_where_weights_are_shared(pair_of):
    params = pair_of.tree(SHARED.init(key=0))
    x = pair_of.array([[1.0, -2.0]])
    found = explain(SHARED, params, x)
    out, cache = SHARED.forward(params, x)
    grads = SHARED.backward(pair_of.array([[1.0]]), cache)
    assert numbers_of(found.wires["out"].value) == numbers_of(out)
    by_path = {wire.path: wire.grad for wire in found.wires.values()}
    for path, grad in pn.trees.tree_paths(grads.params):
        assert numbers_of(by_path[f"params{path}"]) == numbers_of(grad)
    assert found.step("once").inputs["w"] == found.step("twice").inputs["w"] == "w1"
    assert found.step("out").inputs == {"x": "sum", "w": "w2"}
    assert found.step("sum").inputs == {"x": "twice", "y": "x"}
    assert [step.name for step, _ in found.readers("w1")] == ["once affine", "twice affine"]


def test_explain_follows_a_graph_in_a_chain_and_a_chain_in_a_graph():
    inner = pn.chain(pn.relu, pn.tanh)
    model = pn.chain(pn.scale(), pn.graph("x", {"a": (inner, "x"), "b": ("add", "a", "x")}), pn.identity)
    found = explain(model, model.init(key=0), [0.5, -1.0])
    assert [step.name for step in found.steps] == [
        "0 scale", "1.a.0 relu", "1.a.1 tanh", "1.b add", "2 identity",
    ]  # fmt: skip
    assert found.steps[3].inputs == {"x": "a", "y": "h1"}
    assert found.output == "y"


def test_explain_reads_several_inputs_from_a_branch():
    ends = pn.graph(("left", "right"), {"both": (pn.add, "left", "right"), "out": ("tanh", "both")})
    model = pn.chain(pn.branch(pn.relu, pn.identity), ends)
    found = explain(model, model.init(key=0), [0.5])
    assert found.step("both").inputs == {"x[0]": "h1", "x[1]": "h2"}
    assert found.step("both").formula == "out = x[0] + x[1] + ..."
    upstream = found.step("1.both").upstream
    assert found.step("both").downstream == {"x[0]": upstream, "x[1]": upstream}


def test_explain_gives_all_outputs_of_a_graph():
    two = pn.graph("x", {"a": ("relu", "x"), "b": ("tanh", "x")}, output=("a", "b"))
    found = explain(two, {}, [1.0, -1.0], dout=([1.0, 1.0], [2.0, 2.0]))
    assert (found.wires["a"].grad, found.wires["b"].grad) == ([1.0, 1.0], [2.0, 2.0])
    assert found.output == ("a", "b")


def test_explain_tells_a_loss_in_a_graph():
    model = pn.graph(
        ("x", "targets"), {"y": (pn.affine(1, 1), "x"), "loss": ("mean_squared_error", "y", "targets")}
    )
    found = explain(model, {"y": ([[2.0]], [1.0])}, {"x": [[3.0]], "targets": [[5.0]]})
    assert (found.wires["loss"].value, found.wires["targets"].grad) == (4.0, None)
    assert found.step("loss").local.keys() == {"predictions"}


def test_explain_hands_trees_from_node_to_node():
    model = pn.graph("x", {"two": (pn.branch(pn.relu, pn.tanh), "x"), "one": (pn.add, "two")})
    found = explain(model, model.init(key=0), [0.5])
    assert found.step("one").inputs == {"x[0]": "h1", "x[1]": "h2"}
    pair = pn.graph("x", {"one": (pn.add, "x")})
    assert explain(pair, pair.init(key=0), ([0.5], [1.0])).wires["one"].value == [1.5]


def test_explain_tells_the_loss_of_a_graph_with_a_node_of_that_name():
    model = pn.graph("x", {"loss": ("tanh", "x")})
    found = explain(model, {}, [0.5], [1.0], pn.mean_squared_error)
    assert [step.name for step in found.steps] == ["loss tanh", "the loss mean_squared_error"]


def test_explain_finds_gradients_by_name_whatever_the_order_of_a_dict():
    model = pn.graph(
        ("a", "b"), {"h": (pn.affine(2, 2), "a"), "s": ("add", "h", "b"), "o": (pn.affine(2, 1), "s")}
    )
    params, x = model.init(key=0), {"a": [[1.0, -2.0]], "b": [[0.5, 3.0]]}
    turned = {"o": params["o"], "h": params["h"]}, {"b": x["b"], "a": x["a"]}
    found = explain(model, *turned)
    grads = model.backward([[1.0]], model.forward(params, x)[1])
    by_path = {wire.path: wire for wire in found.wires.values()}
    for name in ("h", "o"):
        for field in ("w", "b"):
            wire = by_path[f"params[{name!r}].{field}"]
            assert wire.value == getattr(params[name], field)
            assert wire.grad == getattr(grads.params[name], field)
    assert [by_path[f"x[{name!r}]"].grad for name in "ab"] == [grads.x["a"], grads.x["b"]]
    assert str(found)
