# %% [markdown]
# # 6. Any depth
#
# 先推导只有一个隐藏层的网络，每一步都写明矩阵的形状；再加一层，看公式多出哪三个因子；最后写成循环，多深都行。
# 两个容易写错的地方用数字说明：sigmoid 的导数是 act(1-act)，不是 out(1-out)；反向传播要用更新之前的权重。
# 最后用动量法训练一个小网络，画出它的学习曲线。
#
# You will learn
# - the derivation for one hidden layer, then two, with the shape of every factor;
# - which three factors each further layer adds, and so how to write the loop;
# - which weights belong in the formula: those of the forward pass, and no others;
# - how a small network learns with momentum.
#
# You need chapters 2 and 3. Run it: `python examples/06_any_depth.py` (it takes a second).

# %%
from functools import partial
from itertools import pairwise

import purenn as pn
import purenn.functional as F
from purenn.backends.extras import shape
from purenn.initializers import glorot_normal
from purenn.testing import numerical_gradient

xp = pn.get_backend("lists")  # its functions: matmul, multiply, ...

# %% [markdown]
# ## The task
#
# Ten samples of three features, drawn at random, but the same for everybody, since the key is fixed. The
# target is 1 where the first two features have the same sign, else 0.

# %%
data_key, weight_key, train_key = pn.random.split(0, 3)
A = pn.random.normal(data_key, (10, 3))
target = [[1.0 if row[0] * row[1] > 0 else 0.0] for row in A]
print(f"A {shape(A)}, target {shape(target)}, ones among them: {sum(row[0] for row in target):.0f}")

# %% [markdown]
# ## One hidden layer, forward
#
# Four units, one output, sigmoid after both. No bias yet, to keep the letters few. The loss is half the sum
# of the squared differences, so that its derivative is the plain difference.
#
#     out1 = A @ w1                  (10, 3) @ (3, 4) -> (10, 4)
#     act1 = sigmoid(out1)                               (10, 4)
#     out2 = act1 @ w2               (10, 4) @ (4, 1) -> (10, 1)
#     act2 = sigmoid(out2)                               (10, 1)
#     loss = 1/2 * sum of (act2 - target)**2

# %%
key1, key2 = pn.random.split(weight_key)
w1, w2 = glorot_normal(key1, (3, 4)), glorot_normal(key2, (4, 1))


def sigmoid(out):
    return F.sigmoid_forward(out)[0]


def loss_of(act):
    return F.half_squared_error_forward(act, target, reduction="sum")[0]


out1 = xp.matmul(A, w1)
act1 = sigmoid(out1)
out2 = xp.matmul(act1, w2)
act2 = sigmoid(out2)
print(f"out1 {shape(out1)}, act1 {shape(act1)}, out2 {shape(out2)}, act2 {shape(act2)}")
print(f"loss {loss_of(act2):.6f}")

# %% [markdown]
# ## Backward, to w2
#
# On the way from the loss to w2 lie three steps, so three factors:
#
#     dloss/dw2 = dloss/dact2 * dact2/dout2 * dout2/dw2
#
#     dloss/dact2 = act2 - target           (10, 1)
#     dact2/dout2 = act2 * (1 - act2)       (10, 1)    sigmoid's slope, chapter 3
#     dout2/dw2   = act1                    (10, 4)    what w2 was multiplied with
#
# The first two belong together number by number (a product of equal shapes). Call their product delta2: how
# the loss depends on out2. The third is a matrix product, as in chapter 2:
#
#     delta2 = (act2 - target) * act2 * (1 - act2)               (10, 1)
#     dw2    = act1.T @ delta2           (4, 10) @ (10, 1) -> (4, 1), the shape of w2


# %%
def slope(act):
    """Sigmoid's derivative, from its output: act * (1 - act)."""
    return xp.multiply(act, xp.subtract(1, act))


delta2 = xp.multiply(xp.subtract(act2, target), slope(act2))
dw2 = xp.matmul(xp.matrix_transpose(act1), delta2)
print(f"delta2 {shape(delta2)}, dw2 {shape(dw2)}")

# %% [markdown]
# ## Backward, to w1
#
# The way to w1 is longer by two steps. Its first two factors are the same, they are delta2; three are new:
#
#     dloss/dw1 = delta2 * dout2/dact1 * dact1/dout1 * dout1/dw1
#
#     dout2/dact1 = w2                      (4, 1)     what act1 was multiplied with
#     dact1/dout1 = act1 * (1 - act1)       (10, 4)    the slope of this layer's sigmoid
#     dout1/dw1   = A                       (10, 3)    this layer's input
#
# Mind the brackets and the kinds of product: w2 transposed by a matrix product, *then* the slope number by
# number, and the input transposed from the left, last.
#
#     delta1 = (delta2 @ w2.T) * act1 * (1 - act1)    (10, 1) @ (1, 4) -> (10, 4)
#     dw1    = A.T @ delta1                           (3, 10) @ (10, 4) -> (3, 4), the shape of w1

# %%
delta1 = xp.multiply(xp.matmul(delta2, xp.matrix_transpose(w2)), slope(act1))
dw1 = xp.matmul(xp.matrix_transpose(A), delta1)
print(f"delta1 {shape(delta1)}, dw1 {shape(dw1)}")


def loss_one_hidden(weights):
    return loss_of(sigmoid(xp.matmul(sigmoid(xp.matmul(A, weights[0])), weights[1])))


def furthest(have, want):
    """The largest distance between the numbers of two trees."""
    have, want = (
        [n for leaf in pn.tree_leaves(tree) for n in xp.reshape(leaf, (-1,))] for tree in (have, want)
    )
    return max(abs(h - w) for h, w in zip(have, want, strict=True))


measured_one = numerical_gradient(loss_one_hidden, (w1, w2))
away_one = furthest((dw1, dw2), measured_one)
print(f"furthest from central differences: {away_one:.0e}")

# %% [markdown]
# ## Two mistakes that still run
#
# **out * (1 - out).** The slope is made of sigmoid's output act, not of its input out. At out = 2 it is
# 0.105; 2 * (1 - 2) is -2: wrong in size and in sign. The shapes are the same, so only a check will tell.
#
# **The wrong w2.** delta1 needs w2 as it was in the forward pass, for that is what act1 was multiplied with.
# Who updates w2 first, and then computes delta1, mixes two networks; and who takes the w2 of the very start,
# in every step, does something else than gradient descent. "First all the gradients, then the update" avoids
# both. In purenn the cache holds the w of its forward pass, and an update makes new parameters.

# %%
at_two = sigmoid(2.0)
print(f"\nat out = 2: act * (1 - act) = {slope(at_two):.5f}, out * (1 - out) = {slope(2.0)}")

w2_updated = xp.subtract(w2, xp.multiply(dw2, 0.5))
delta1_late = xp.multiply(xp.matmul(delta2, xp.matrix_transpose(w2_updated)), slope(act1))
away_late = furthest(xp.matmul(xp.matrix_transpose(A), delta1_late), measured_one[0])
largest = max(abs(n) for row in dw1 for n in row)
print(f"dw1 with w2 after the update: off by {away_late:.3f}, where the largest number is {largest:.3f}")

# %% [markdown]
# ## Two hidden layers
#
# Put a layer of two units in front: (3, 2), (2, 4), (4, 1). From the back everything is as before, with
# numbers that are one higher, up to delta2. Then come the same three factors again, for the new layer: the
# next w, this layer's slope, this layer's input.
#
#     delta3 = (act3 - target) * act3 * (1 - act3)    (10, 1)
#     dw3    = act2.T @ delta3                        (4, 10) @ (10, 1) -> (4, 1)
#     delta2 = (delta3 @ w3.T) * act2 * (1 - act2)    (10, 1) @ (1, 4) -> (10, 4)
#     dw2    = act1.T @ delta2                        (2, 10) @ (10, 4) -> (2, 4)
#     delta1 = (delta2 @ w2.T) * act1 * (1 - act1)    (10, 4) @ (4, 2) -> (10, 2)
#     dw1    = A.T @ delta1                           (3, 10) @ (10, 2) -> (3, 2)
#
# A layer in the middle has the activation before it for its input; only the first has A. If we call A act0,
# even that is no exception, and the pattern is one line for any layer k:
#
#     delta[k] = (delta[k+1] @ w[k+1].T) * act[k] * (1 - act[k])
#     dw[k]    = act[k-1].T @ delta[k]
#
# ## Any depth
#
# So it is a loop. Forward, keep the caches; backward, the same in reverse. `affine_backward` is the two
# matrix products, and for the biases a sum; `sigmoid_backward` is the slope.


# %%
def forward(params, x):
    caches = []
    for w, b in params:
        out, affine_cache = F.affine_forward(x, w, b)
        x, sigmoid_cache = F.sigmoid_forward(out)
        caches.append((affine_cache, sigmoid_cache))
    return x, caches


def backward(dact, caches, say=lambda text: None):
    grads = []
    for number, (affine_cache, sigmoid_cache) in reversed(list(enumerate(caches, 1))):
        delta = F.sigmoid_backward(dact, sigmoid_cache).x
        dact, dw, db = F.affine_backward(delta, affine_cache)
        grads.append((dw, db))
        say(f"  layer {number}: delta {shape(delta)}, dw {shape(dw)}, db {shape(db)}, dx {shape(dact)}")
    return tuple(reversed(grads))


def gradients(params, say=lambda text: None):
    act, caches = forward(params, A)
    _, loss_cache = F.half_squared_error_forward(act, target, reduction="sum")
    return backward(F.half_squared_error_backward(1, loss_cache).predictions, caches, say)


half_squared_sum = pn.Loss(
    partial(F.half_squared_error_forward, reduction="sum"), F.half_squared_error_backward
)
away = {}
for sizes in ((3, 4, 1), (3, 2, 4, 1), (3, 5, 4, 3, 2, 1)):
    layers = [pn.affine(n, m, w_init=glorot_normal) for n, m in pairwise(sizes)]
    keys = pn.random.split(weight_key, len(layers))
    params = tuple(layer.init(key) for layer, key in zip(layers, keys, strict=True))
    print(f"\n{'-'.join(map(str, sizes))}, backward:")
    grads = gradients(params, say=print)

    # The same as a chain, whose params have an empty tuple for every sigmoid.
    model = pn.chain(*[part for layer in layers for part in (layer, pn.sigmoid)])
    chain_params = tuple(part for own in params for part in (own, ()))
    chained = pn.loss_and_grads(model, half_squared_sum)(chain_params, A, target).grads[::2]
    measured = numerical_gradient(lambda tree: loss_of(forward(tree, A)[0]), params)
    away[sizes] = (furthest(grads, chained), furthest(grads, measured))
    print(f"  furthest from the chain {away[sizes][0]}, from central differences {away[sizes][1]:.0e}")

(loop_dw1, _), (loop_dw2, _) = gradients(((w1, [0.0] * 4), (w2, [0.0])))  # as by hand: biases of 0

# %% [markdown]
# ## Learning
#
# A step is: gradients, then the update. Momentum keeps a velocity v for each parameter, which remembers 0.9
# of itself and adds the new gradient; the parameter moves along v. Where gradients agree from step to step,
# v grows to 10 times their size; where they change sign, they cancel.
#
#     v = 0.9 * v + g        p = p - learning_rate * v
#
# Below, the loss every 40 steps; each # is 0.02.

# %%
model = pn.chain(pn.affine(3, 4), pn.sigmoid, pn.affine(4, 1), pn.sigmoid)
optimizer = pn.momentum(learning_rate=0.2, momentum=0.9)
loss_and_grads = pn.loss_and_grads(model, half_squared_sum)
params = model.init(train_key)
state = optimizer.init(params)
losses = []
print()
for step in range(401):
    loss, grads, _ = loss_and_grads(params, A, target)
    losses.append(loss)
    if step % 40 == 0:
        print(f"step {step:3}  loss {loss:.4f}  {'#' * round(loss * 50)}")
    params, state = optimizer.update(grads, state, params)

answers, _ = model.forward(params, A)
right = sum(round(a) == t for (a,), (t,) in zip(answers, target, strict=True))
print(f"right answers: {right} of 10")

# %% [markdown]
# All ten right, but these are the ten that it learned from. How well does it do on others? That is another
# question, and the one that matters: with ten samples, not too well. The later chapters keep samples back.

# %%
new = pn.random.normal(pn.random.fold_in(data_key, 1), (1000, 3))
new_answers, _ = model.forward(params, new)
share = sum((a > 0.5) == (row[0] * row[1] > 0) for (a,), row in zip(new_answers, new, strict=True)) / 1000
print(f"of 1000 new samples: {share:.0%}")

# %% [markdown]
# ## What this chapter claims

# %%
assert [shape(a) for a in (out1, act1, out2, act2)] == [(10, 4), (10, 4), (10, 1), (10, 1)]
assert [shape(a) for a in (delta2, dw2, delta1, dw1)] == [(10, 1), (4, 1), (10, 4), (3, 4)]
assert away_one < 1e-8
assert (round(slope(at_two), 5), slope(2.0)) == (0.10499, -2.0)
assert (round(away_late, 3), round(largest, 3)) == (0.017, 0.018)
assert all(from_chain == 0 and from_measured < 1e-8 for from_chain, from_measured in away.values())
assert furthest((loop_dw1, loop_dw2), (dw1, dw2)) < 1e-15
assert [round(loss, 4) for loss in losses[::200]] == [1.1005, 0.0146, 0.0055]
assert right == 10
assert 0.5 < share < 1
print("\nEvery claim holds.")
