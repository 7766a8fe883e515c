# %% [markdown]
# # 12. Sharing and skipping
#
# 网络不一定是一条直链：同一层可以用两次，信号可以绕过几层，也可以分成几路再汇合。
# 规律只有一条：一个数用在几处，它的梯度就是各处梯度之和。
# 本章先手工把共享权重的两份梯度相加，再用 `residual`、`branch`、`frozen` 等组合子搭出同样的结构，
# 并用定律逐一验证；最后用 `pn.graph` 按名字写出同一个网络。
#
# You will learn
# - why the gradients of a weight that is used twice add, and how to write such a layer;
# - residual connections, branches that are added, learned scales, layers without bias, frozen layers;
# - how any pair of functions becomes a layer;
# - how a graph of named nodes says all of it: who reads whom.
#
# You need chapters 4 and 6. Run it: `python examples/12_sharing_and_skipping.py`

# %%
from functools import partial
from importlib.util import find_spec
from typing import NamedTuple

import purenn as pn
import purenn.functional as F
from purenn.testing import check_layer

X = [[0.5, -1.25, 2.0], [-0.75, 3.5, 0.25]]


def plus(one, other):
    """The sum of two trees, leaf by leaf."""
    return pn.tree_map(lambda a, b: F.add_forward(a, b)[0], one, other)


# %% [markdown]
# ## One weight, used twice
#
# The smallest case: out = w * (w * x). Written as a chain of two products, the first has w for a factor and
# so has the second. Move w by a little, and both move: out moves by the sum of what each contributes.
#
#     h = w * x        dh/dw   = x
#     out = w * h      dout/dw = h + w * dh/dw = h + w * x
#
# Backward finds the two terms one after the other. Nothing adds them for us: we do.

# %%
w, x = 3.0, 2.0
h, first = F.multiply_forward(w, x)
out, second = F.multiply_forward(w, h)
dw_second, dh = F.multiply_backward(1.0, second)
dw_first, dx = F.multiply_backward(dh, first)
print(
    f"out = {out}; dw = {dw_second} from the second use + {dw_first} from the first = {dw_second + dw_first}"
)
assert dw_second + dw_first == 2 * w * x == 12.0

# %% [markdown]
# ## One layer, used twice
#
# A layer holds no numbers. To use it twice with the same weights is to hand the same params to forward
# twice; each use has a cache of its own, so nothing is mixed up. The gradients have the tree of the params,
# and add leaf by leaf.

# %%
layer = pn.chain(pn.affine(3, 3), pn.tanh)
params = layer.init(key=0)
inner, cache1 = layer.forward(params, X)
out, cache2 = layer.forward(params, inner)

after = layer.backward(X, cache2)  # X stands for whatever gradient comes back
before = layer.backward(after.x, cache1)
shared = plus(after.params, before.params)
print(f"\ndb of the second use {after.params[0].b}")
print(f"db of the first use  {before.params[0].b}")
print(f"db of both           {shared[0].b}")

# %% [markdown]
# The same as a layer of your own, which then goes into a chain like any other. Its cache is both caches.


# %%
class TwiceCache(NamedTuple):
    first: object
    second: object


def twice(layer):
    """``out = layer(layer(x))``, both times with the same params."""

    def forward(params, x, *, key=None, xp=None):
        inner, first = layer.forward(params, x, key=key, xp=xp)
        out, second = layer.forward(params, inner, key=key, xp=xp)
        return out, TwiceCache(first, second)

    def backward(dout, cache, *, need_x=True, xp=None):
        after = layer.backward(dout, cache.second, xp=xp)
        before = layer.backward(after.x, cache.first, need_x=need_x, xp=xp)
        return pn.LayerGrads(plus(after.params, before.params), before.x)

    return pn.Layer(layer.init, forward, backward)


report = check_layer(twice(layer), X)
print(f"\n{report}")
report.assert_ok()
assert twice(layer).backward(X, twice(layer).forward(params, X)[1]).params == shared

# %% [markdown]
# Forget one of the two uses, and the law says so. This is the mistake that a layer with its gradient in an
# attribute makes by itself: the second backward overwrites the first.


# %%
def forgetful_backward(dout, cache, *, need_x=True, xp=None):
    after = layer.backward(dout, cache.second, xp=xp)
    return pn.LayerGrads(after.params, layer.backward(after.x, cache.first, xp=xp).x)


forgetful = pn.Layer(layer.init, twice(layer).forward, forgetful_backward)
failed = [law.name for law in check_layer(forgetful, X).laws if not law]
print(f"with one use forgotten, these laws fail: {failed}")
assert failed == ["vjp"]

# %% [markdown]
# ## Around a layer
#
# `residual(layer)` is x + layer(x). The input is used twice, so its gradient is a sum as well: what comes
# straight back, and what comes through the layer. However small the second, the first arrives whole; that is
# why such networks can be deep. Here are thirty layers whose weights are small, with the way around and
# without, and the gradient that reaches the input.

# %%
small = pn.chain(pn.affine(3, 3, w_init=partial(pn.initializers.normal, std=0.1)), pn.tanh)
for name, deep in (("plain", pn.chain(*[small] * 30)), ("residual", pn.chain(*[pn.residual(small)] * 30))):
    out, cache = deep.forward(deep.init(key=1), X)
    size = pn.global_norm(deep.backward(X, cache).x)
    print(f"{name:9} the gradient that reaches x has norm {size:.1e}")
    if name == "plain":
        assert size < 1e-10
assert size > 1.0

# %% [markdown]
# ## Side by side
#
# `branch` gives the same x to several layers and returns a tuple of their outputs; `add` makes their sum.
# `parallel` gives each layer an input of its own. All of them are layers, so they nest.

# %%
fork = pn.chain(pn.branch(pn.affine(3, 2), pn.chain(pn.tanh, pn.affine(3, 2, bias=False))), pn.add)
out, cache = fork.forward(fork.init(key=2), X)
print(f"\nbranch and add: {out}")
check_layer(fork, X).assert_ok()

two = pn.parallel(pn.affine(3, 2), pn.relu)
out, cache = two.forward(two.init(key=3), (X, [-1.0, 1.0]))
print(f"parallel: {out[1]} is the second output")
check_layer(two, (X, [-1.0, 1.0])).assert_ok()
assert out[1] == [0.0, 1.0]

# %% [markdown]
# ## Scale, no bias, frozen
#
# `scale((3,))` multiplies each feature by a factor that is learned. `affine(..., bias=False)` is x @ w.
# `frozen(layer, params)` is the layer with these params for good: it has none to train, `()`, so neither an
# optimizer nor weight decay can touch them, and the gradient of its input is the true one.

# %%
scaled = pn.scale((3,))
out, cache = scaled.forward(([2.0, 1.0, 0.5],), X)
print(f"\nscaled: {out}, and what it learns from: {scaled.backward([[1.0] * 3] * 2, cache).params}")

base = pn.affine(3, 3)
kept = base.init(key=4)
model = pn.chain(pn.frozen(base, kept), pn.tanh, pn.affine(3, 1))
optimizer = pn.adamw(0.1, weight_decay=0.5)
own = model.init(key=5)
grads = pn.loss_and_grads(model, pn.mean_squared_error)(own, X, [[0.0], [1.0]]).grads
new, _ = optimizer.update(grads, optimizer.init(own), own)
print(f"params of a frozen layer: {own[0]}, after an update: {new[0]}")
assert new[0] == () != new[2]
assert new[2] != own[2]

# %% [markdown]
# ## Any pair is a layer
#
# `pn.layer(forward, backward)` takes a pair with its options, or one of your own.

# %%
leaky = pn.layer(F.leaky_relu_forward, F.leaky_relu_backward, negative_slope=0.25)
assert leaky.forward((), [-2.0, 2.0])[0] == [-0.5, 2.0]


class SquareCache(NamedTuple):
    x: object


class SquareGrads(NamedTuple):
    x: object


def square_forward(x):
    return F.multiply_forward(x, x)[0], SquareCache(x)


def square_backward(dout, cache):
    twice_x = F.multiply_forward(cache.x, 2.0)[0]
    return SquareGrads(F.multiply_forward(dout, twice_x)[0])


square = pn.layer(square_forward, square_backward)
check_layer(square, X).assert_ok()

# %% [markdown]
# ## All of it at once
#
# Three arms of a spiral, and a network with a way around, a shared layer and two branches. The same lines
# run on lists and on numpy, if it is there.

# %%
spiral = pn.data.spiral(0, samples=30, classes=3, noise=0.1)
block = pn.residual(twice(pn.chain(pn.affine(16, 16), pn.tanh)))
sides = pn.chain(pn.branch(pn.affine(2, 16), pn.chain(pn.affine(2, 16), pn.mish)), pn.add)
model = pn.chain(sides, block, pn.scale((16,)), pn.affine(16, 3))
check_layer(model, spiral.x[::30]).assert_ok()

print()
for backend in ["lists", "numpy"] if find_spec("numpy") else ["lists"]:
    x, y = pn.convert((spiral.x, spiral.y), backend)
    epochs = 60 if backend == "numpy" else 3
    options = {"batch_size": 30, "epochs": epochs, "key": 0}
    for state in pn.train(model, pn.softmax_cross_entropy, pn.adam(0.01), x, y, **options):
        if state.step == 9:
            early = float(state.loss)
    share = float(pn.accuracy(model.forward(state.params, x)[0], y))
    print(f"{backend}: loss {early:.6f} after 9 steps; {share:.0%} of the points after {state.step}")
    if backend == "lists":
        on_lists = early
    else:
        assert abs(early - on_lists) < 1e-12
        assert share >= 0.95

# %% [markdown]
# ## The same as a graph
#
# `pn.graph` names the nodes, and each says what it reads. A way around is a name that two nodes read, a
# shared layer one that two nodes run, and nobody adds gradients by hand. With the params of the network
# above it is that network, to the last bit.

# %%
graph = pn.graph(
    "x",
    {
        "left": (pn.affine(2, 16), "x"),
        "right": (pn.chain(pn.affine(2, 16), pn.mish), "x"),
        "sides": ("add", "left", "right"),
        "once": ("inner", "sides"),
        "again": ("inner", "once"),
        "around": ("add", "sides", "again"),
        "scaled": ("multiply", "around", "factor"),
        "scores": (pn.affine(16, 3), "scaled"),
    },
    layers={"inner": pn.chain(pn.affine(16, 16), pn.tanh)},
    params={"factor": (pn.initializers.ones, (16,))},
)
check_layer(graph, spiral.x[::30]).assert_ok()

params = model.init(key=0)
((left, right), _), inner, (factor,), scores = params
own = {"left": left, "right": right, "inner": inner, "factor": factor, "scores": scores}
run, run_graph = (pn.loss_and_grads(each, pn.softmax_cross_entropy) for each in (model, graph))
want, have = run(params, spiral.x, spiral.y), run_graph(own, spiral.x, spiral.y)
print(f"\nloss of the network {want.loss}, of the graph {have.loss}; its grads: {', '.join(have.grads)}")
assert have.loss == want.loss
assert have.grads["inner"] == want.grads[1]
assert have.grads["left"] == want.grads[0][0][0]
assert have.grads["factor"] == want.grads[2].factor
