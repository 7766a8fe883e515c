# %% [markdown]
# # 14. See it
#
# 前向传播留下的每个值、反向传播传来的每个梯度，都可以看见。本章先把第一章的神经元画出来：
# 导线上方是数值，下方是梯度，并把链式法则连同数字逐项写开；再看一个稍大的网络：
# 每一层的形状、参数和缓存，第一个 NaN 出在哪一步，哪些 relu 已经“死”了；最后看它学会一条螺旋线。
#
# You will learn
# - how `explain` tells what every op got, gave, kept and sent back, and writes out the chain rule;
# - how a picture of it is made, of a neuron, of a bill, of a network;
# - how to find the first NaN, dead relus, and layers whose gradients vanish;
# - what a network that learns looks like.
#
# Run it: `python examples/14_see_it.py`; with `--save FOLDER` it leaves the pictures there, two of them
# drawn with matplotlib, the others with nothing at all.

# %%
import argparse
import math
import sys
from pathlib import Path
from typing import NamedTuple

import purenn as pn
from purenn.drawing import draw, plot_decision_boundary, plot_history
from purenn.explain import explain, summary

parser = argparse.ArgumentParser(description="Explanations and pictures.")
parser.add_argument("--save", metavar="FOLDER", help="leave the pictures there")
options = parser.parse_args([] if "ipykernel" in sys.modules else None)
pictures = {}
if options.save:
    try:
        Path(options.save).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--save {options.save}: {error.strerror}: give a folder, or the name of a new one")
if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="replace")  # a terminal without ∂ shows a question mark there

# %% [markdown]
# ## One neuron
#
# As a graph, in which each product is a node: `z = x0 w0 + x1 w1 + x2 w2 + b`, `y = relu(z)`. An
# explanation is a value: print it, store it, compare it, take a number out of it.

# %%
neuron = pn.graph(
    ("x0", "w0", "x1", "w1", "x2", "w2", "b"),
    {
        "x0w0": ("multiply", "x0", "w0"),
        "x1w1": ("multiply", "x1", "w1"),
        "x2w2": ("multiply", "x2", "w2"),
        "z": (pn.add, "x0w0", "x1w1", "x2w2", "b"),
        "y": ("relu", "z"),
    },
)
inputs = {"x0": 1.0, "w0": -3.0, "x1": -2.0, "w1": -1.0, "x2": 3.0, "w2": 2.0, "b": 1.0}
found = explain(neuron, neuron.init(key=0), inputs)
print(f"The relu of the neuron\n\n{found.step('relu')}")
print("\nThe chain rule, for each weight and the bias\n")
for name in ("w0", "w1", "w2", "b"):
    print(found.chain_rule[name])

assert found.chain_rule["w0"] == "dL/dw0 = dL/dy * 1(z > 0) * x0 = 1.0 * 1 * 1.0 = 1.0"
assert found.wires["z"].value == 6.0
assert [found.wires[f"x{i}"].grad for i in range(3)] == [-3.0, -1.0, 2.0]
assert [found.wires[f"w{i}"].grad for i in range(3)] == [1.0, -2.0, 3.0]

# %% [markdown]
# And its picture: the value above each wire, the gradient below it. In a notebook the last line of a cell
# shows it; elsewhere `draw(found, level="scalar").save("neuron.svg")` does. It also prints as a table.

# %%
pictures["neuron.svg"] = draw(found, level="scalar")
print(f"\nThe neuron, wire by wire\n\n{pictures['neuron.svg'].text}")
pictures["neuron.svg"]

# %% [markdown]
# ## A bill
#
# Two apples at 100 and three oranges at 150, and a tax of 10 %. What would one more apple cost?
# 110.00000000000001, says its gradient.

# %%
bill = pn.graph(
    ("apple", "apples", "orange", "oranges", "tax"),
    {
        "for_apples": ("multiply", "apple", "apples"),
        "for_oranges": ("multiply", "orange", "oranges"),
        "goods": ("add", "for_apples", "for_oranges"),
        "bill": ("multiply", "goods", "tax"),
    },
)
sold = explain(bill, {}, {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1})
print(f"\nWhat one more apple costs\n\n{sold.chain_rule['apples']}")
assert sold.wires["bill"].value == 715.0000000000001
assert [sold.wires[name].grad for name in ("apple", "apples")] == [2.2, 110.00000000000001]
assert [sold.wires[name].grad for name in ("orange", "oranges", "tax")] == [3.3000000000000003, 165.0, 650]
pictures["bill.svg"] = draw(sold, level="scalar")
pictures["bill.svg"]


# %% [markdown]
# ## A pair of yours
#
# `explain` knows no op by name. It reads formulas where a docstring has them, and asks backward itself for
# the local derivative: what comes back for a gradient of 1.


# %%
class SquareCache(NamedTuple):
    x: float


class SquareGrads(NamedTuple):
    x: float


def square_forward(x):
    """``out = x**2``"""
    return x * x, SquareCache(x)


def square_backward(dout, cache):
    """``dx = dout * 2 * x``"""
    return SquareGrads(dout * 2 * cache.x)


own = explain([(square_forward, square_backward)] * 2, ((), ()), 3.0)
print(f"\nA square of a square\n\n{own.chain_rule['x']}")
assert own.chain_rule["x"] == "dL/dx = dL/dy * (2 * h) * (2 * x) = 1.0 * 18.0 * 6.0 = 108.0"

# %% [markdown]
# ## A network
#
# What each layer gives, how many params it has, and what it keeps for backward: not the params, not what
# the layer before it keeps already.

# %%
spiral = pn.data.spiral(0, samples=60, classes=2, noise=0.1)
model = pn.chain(pn.affine(2, 16), pn.relu, pn.affine(16, 16), pn.relu, pn.affine(16, 2))
params = model.init(key=0)
print(f"\nThe layers of a network for the spiral\n\n{summary(model, params, spiral.x)}")
first = explain(model, params, spiral.x, spiral.y, pn.softmax_cross_entropy)
print("\nThe gradients of its weights, their norms, and a slice of the first weights\n")
for name in ("w1", "w2", "w3"):
    print(f"dL/d{name}  norm {first.gradient_norms[name]:.3f}")
print(first.to_text("w1[0, :3]", digits=3).splitlines()[-2])
pictures["network.svg"] = draw(first)
assert summary(model, params, spiral.x).parameters == 2 * 16 + 16 + 16 * 16 + 16 + 16 * 2 + 2

# %% [markdown]
# Three things that go wrong, and where. Weights that are too large: the first op whose output is not finite,
# here NaN, for its sum adds inf to -inf. A bias far below 0: relus that no sample opens, through which
# nothing comes back. Deep sigmoids: gradients that vanish on the way.


# %%
def times(factor, array):
    return [times(factor, each) if isinstance(each, list) else factor * each for each in array]


huge = pn.tree_map(lambda array: times(1e200, array), params)
bad = explain(model, huge, spiral.x).first_nonfinite
print("\nWhat went wrong, and where\n")
print(f"weights times 1e200: the first NaN or inf is {bad.value}, in {bad.of}{list(bad.at)} of {bad.step}")
assert (bad.step, bad.of, math.isfinite(bad.value)) == ("2 affine", "out", False)

(w, b), *rest = params
sunk = ((w, [-9.0 if unit < 4 else bias for unit, bias in enumerate(b)]), *rest)
dead = explain(model, sunk, spiral.x, spiral.y, pn.softmax_cross_entropy).dead_relus
for relu, units in dead.items():
    print(f"biases of -9: no sample opens units {', '.join(map(str, units))} of {relu}")
assert set(dead["1 relu"]) >= {0, 1, 2, 3}

deep = pn.chain(*[pn.affine(2, 2), pn.sigmoid] * 8)
norms = explain(deep, deep.init(key=0), spiral.x).gradient_norms
print(
    f"eight sigmoids: the gradient of the last weights is {norms['w8']:.2g}, of the first {norms['w1']:.2g}"
)
assert norms["w1"] < norms["w8"] / 1000
assert all(math.isfinite(norm) for norm in norms.values())

# %% [markdown]
# ## It learns
#
# A loop over states, nothing else; a state is a value, so we keep those that we want to look at.

# %%
optimizer = pn.adam(0.02)
training = pn.train(
    model, pn.softmax_cross_entropy, optimizer, spiral.x, spiral.y, batch_size=40, epochs=100, key=0
)
states = list(training)
before, after = ([state.loss for state in part] for part in (states[:10], states[-10:]))
share = pn.accuracy(model.forward(states[-1].params, spiral.x)[0], spiral.y)
print("\nIt learns the spiral\n")
print(f"loss {sum(before) / 10:.3f} at first, {sum(after) / 10:.3f} at last; accuracy {share:.3f}")
assert share > 0.95


def plot(plt):
    figure, (top, below) = plt.subplots(2, 3, figsize=(12, 7), layout="constrained")
    for ax, step in zip([*top, below[0], below[1]], (1, 10, 40, 80, len(states)), strict=True):
        plot_decision_boundary(model, states[step - 1].params, spiral.x, spiral.y, ax)
        ax.set_title(f"step {step}, loss {states[step - 1].loss:.3f}")
    plot_history(states, below[2])
    below[2].set_title("the loss of each step")
    return figure


# %% [markdown]
# ## The pictures

# %%
if options.save:
    folder = Path(options.save)
    for name, picture in pictures.items():
        picture.save(folder / name)
    try:
        import matplotlib as mpl

        mpl.use("Agg")
        mpl.rcParams["svg.hashsalt"] = "purenn"
        from matplotlib import pyplot as plt
    except ModuleNotFoundError:
        print('The picture of the training needs matplotlib: pip install "purenn[examples]"')
    else:
        plot(plt).savefig(folder / "training.png", dpi=80)
    print(f"\nthe pictures are in {folder}")
print("\nEvery claim holds.")
