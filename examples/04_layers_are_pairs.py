# %% [markdown]
# # 4. Layers are pairs
#
# 许多教程把一层写成对象：前向时悄悄把中间结果存进 self，反向时再取出来；前向一旦多跑一次，旧的记忆就没了。
# 本章把同样的层写成一对纯函数：前向返回输出和缓存，反向只看缓存，于是两次计算可以并存，互不干扰。
# 随后是 softmax 与交叉熵：梯度为什么正好是“概率减标签”，标签有哪三种写法，取对数时为什么不该加一个极小的数。
#
# You will learn
# - what an object with a memory gets wrong, and what a cache makes visible;
# - multiply, add, relu, sigmoid and softmax as pairs, and the law they all obey;
# - why the gradient of softmax with cross-entropy is p - t, and how the loss stays right far out;
# - how pairs become layers, and layers a chain.
#
# You need chapter 3. Run it: `python examples/04_layers_are_pairs.py` (it takes a second).

# %%
import math

import purenn as pn
import purenn.functional as F
from purenn.layers import AffineParams
from purenn.testing import check_laws, numerical_gradient

# %% [markdown]
# ## A layer with a memory
#
# Here is a layer as an object. It works, as long as every forward is followed by its own backward. Call
# forward twice, because two inputs share the layer, or because you looked at a test sample in between, and
# the memory of the first call is gone. Nothing complains: the gradient is just wrong.


# %%
class RememberingMultiply:
    def forward(self, x, y):
        self.inputs = (x, y)
        return x * y

    def backward(self, dout):
        x, y = self.inputs
        return dout * y, dout * x


node = RememberingMultiply()
node.forward(3.0, 4.0)
node.forward(5.0, 6.0)
forgotten = node.backward(1.0)  # meant for the first call
print(f"the object, asked about 3 * 4: {forgotten}")

# %% [markdown]
# A pair returns its memory. Whoever calls keeps it, can print it, and hands it back when the time has come.
# Two caches may be alive at once, and one may be used twice.

# %%
_, cache_a = F.multiply_forward(3.0, 4.0)
_, cache_b = F.multiply_forward(5.0, 6.0)
grads_a = F.multiply_backward(1.0, cache_a)
grads_b = F.multiply_backward(1.0, cache_b)
print(f"{cache_a} gives {grads_a}\n{cache_b} gives {grads_b}")

# %% [markdown]
# ## Five pairs and one law
#
# > `f_forward(*arguments)` returns `(out, cache)`; `f_backward(dout, cache)` returns gradients, whose fields
# > are named like the arguments.
#
# Look at what each of them keeps, and why that is enough:
#
#     multiply  dx = dout * y, dy = dout * x           the inputs
#     add       dx = dy = dout                         the inputs, for their shapes
#     relu      dx = dout where the output is > 0      the output
#     sigmoid   dx = dout * y * (1 - y)                y, and 1 - y
#     softmax   dx = p * (dout - sum of dout * p)      the output p

# %%
x = [-1.0, 0.5, 2.0]
y = [3.0, 4.0, 5.0]
pairs = [
    (F.multiply_forward, F.multiply_backward, (x, y)),
    (F.add_forward, F.add_backward, (x, y)),
    (F.relu_forward, F.relu_backward, (x,)),
    (F.sigmoid_forward, F.sigmoid_backward, (x,)),
    (F.softmax_forward, F.softmax_backward, (x,)),
]
dout = [0.0, 0.0, 1.0]  # how does the last output depend on everything?
reports = []
for forward, backward, arguments in pairs:
    out, cache = forward(*arguments)
    reports.append(check_laws(forward, backward, *arguments))
    print(f"\n{forward.__name__}{arguments}\n  out   {out}\n  cache {cache}\n  grads {backward(dout, cache)}")
    print(f"  laws  {', '.join(law.name for law in reports[-1].laws if law.passed)}")

# %% [markdown]
# In softmax alone every output depends on every input, through the sum that they share; so one dout moves
# all three. The other pairs here work on each number for itself. relu is a row of switches: where the input
# is positive the switch is on, and lets numbers through both ways, outputs forward and gradients back.

# %%
_, switch_cache = F.relu_forward([[1.0, -0.5], [-2.0, 3.0]])
switches = F.relu_backward([[1.0, 1.0], [1.0, 1.0]], switch_cache).x
print(f"\nswitches of relu at [[1, -0.5], [-2, 3]]: {switches}")

# %% [markdown]
# ## Nobody writes into what is not theirs
#
# In relu(x) + x the same dout goes to relu and to the plain x. If relu's backward zeroed its dout in place,
# the other branch would lose its gradient too: at x = -1 the sum would be 0 instead of 1.

# %%
corner = [-1.0, 2.0]
_, relu_cache = F.relu_forward(corner)
shared = [1.0, 1.0]
through_relu = F.relu_backward(shared, relu_cache).x
slope, _ = F.add_forward(through_relu, shared)
print(f"\nrelu(x) + x at {corner}: slope {slope}; dout is still {shared}")

# %% [markdown]
# ## Softmax with cross-entropy
#
# softmax makes probabilities of any numbers, called logits, and cross-entropy measures how they miss the
# truth t:
#
#     p[i] = exp(logit[i]) / (sum of all exp(logit))        loss = -(sum of t[i] * log p[i])
#
# If one class is right, the loss is -log of its probability: 0 if that is certain, large if it is thought
# unlikely. Take the logits log 0.3, log 0.2 and log 0.5, whose softmax is (0.3, 0.2, 0.5), and let class 1
# be right, t = (0, 1, 0). Backward, node by node:
#
#     cross-entropy   dp = -t / p = (0, -1/0.2, 0) = (0, -5, 0)
#     softmax         sum of dp * p = -5 * 0.2 = -1
#                     dlogits = p * (dp + 1) = (0.3 * 1, 0.2 * -4, 0.5 * 1) = (0.3, -0.8, 0.5)
#
# And that is p - t, whatever the numbers: t / p meets the p of softmax, and cancels. The gradient is what
# was said minus what is true. Taken as one node, the pair never divides by p.

# %%
logits = [math.log(0.3), math.log(0.2), math.log(0.5)]
p, softmax_cache = F.softmax_forward(logits)
loss_of_two, ce_cache = F.cross_entropy_forward(p, 1)
dp = F.cross_entropy_backward(1.0, ce_cache).probabilities
by_two_nodes = F.softmax_backward(dp, softmax_cache).x

loss, cache = F.softmax_cross_entropy_forward(logits, 1)
by_one_node = F.softmax_cross_entropy_backward(1.0, cache).logits
print(f"\nloss {loss} = -log 0.2\ncache {cache}\nby two nodes {by_two_nodes}\nby one node  {by_one_node}")

# %% [markdown]
# A network that is nearly right is hardly corrected: where p is (0.01, 0.99, 0), the difference is (0.01,
# -0.01, 0). And a loss takes a dout like any node: in a larger graph that is not 1, and the gradient grows
# with it.

# %%
nearly = [math.log(0.01), math.log(0.99), -math.inf]
_, nearly_cache = F.softmax_cross_entropy_forward(nearly, 1)
small = F.softmax_cross_entropy_backward(1.0, nearly_cache).logits
five_times = F.softmax_cross_entropy_backward(5.0, cache).logits
print(f"nearly right: {small}\nwith dout = 5: {five_times}")

# %% [markdown]
# ## Three kinds of labels
#
# - an int, the number of the right class;
# - one-hot, a table of zeros with a 1 for the right class, floats in the shape of the logits;
# - soft, probabilities in the shape of the logits: half cat, half dog.
#
# The first two say the same. A soft label must stay soft: to take the class of its largest number would turn
# half and half into "certainly the first", another loss. purenn tells labels apart by their kind and rank,
# and does not guess from how many numbers there are.

# %%
by_int, _ = F.softmax_cross_entropy_forward(logits, 1)
by_one_hot, one_hot_cache = F.softmax_cross_entropy_forward(logits, [0.0, 1.0, 0.0])
soft, _ = F.softmax_cross_entropy_forward([0.2, -0.3], [0.5, 0.5])
hardened, _ = F.softmax_cross_entropy_forward([0.2, -0.3], 0)
print(f"\nint {by_int}, one-hot {by_one_hot}; soft {soft:.7f}, if it were hardened {hardened:.7f}")

# %% [markdown]
# The loss of a batch is the mean over its samples, so each sample's gradient is divided by their number: by
# 2 in a batch of two, by 1 for a single row. The number of classes has no part in it.

# %%
batch_loss, batch_cache = F.softmax_cross_entropy_forward([logits, logits], [1, 1])
in_batch = F.softmax_cross_entropy_backward(1.0, batch_cache).logits
print(f"twice in a batch: loss {batch_loss}, gradients {in_batch}")

# %% [markdown]
# ## Far out
#
# At logits (100, 0, 0) with class 1 right, p1 is e**-100, and the loss is 100. A program that adds 1e-7
# inside the log, to keep away from log 0, never reports more than -log 1e-7 = 16.1: beyond that its loss is
# flat, its true gradient 0, while its backward still says (1, -1, 0). Loss and gradient are no longer of the
# same function. And a perfect answer gets a loss below 0.
#
# The logarithm of softmax needs no such thing: log p = logit - max - log(sum of exp(logit - max)).

# %%
far = [100.0, 0.0, 0.0]
far_loss, far_cache = F.softmax_cross_entropy_forward(far, 1)
far_grad = F.softmax_cross_entropy_backward(1.0, far_cache).logits
far_measured = numerical_gradient(lambda n: F.softmax_cross_entropy_forward(n, 1)[0], far)
perfect, _ = F.softmax_cross_entropy_forward(far, 0)
print(f"\nloss {far_loss}, gradient {far_grad}, measured {[round(n, 6) for n in far_measured]}")
print(f"and if class 0 is right: {perfect}")

# %% [markdown]
# ## Layers and chains
#
# A network needs parameters. In purenn a *layer* is a pair whose forward takes them first, as in
# `forward(params, x)`, and whose backward returns the gradients of both. It holds no numbers: `affine(2, 3)`
# is a plan, `init` makes its parameters, and they are yours. A layer without any has the empty tuple for
# parameters.
#
# A `chain` of layers is a layer: its params are a tuple of theirs, its cache the tuple of theirs, its
# backward is that of the last layer, then of the one before, to the first. That is all it is, as the lines
# below do by hand.

# %%
first = AffineParams(w=[[1.0, -1.0, 0.5], [0.5, 2.0, -1.0]], b=[0.0, 1.0, -0.5])
last = AffineParams(w=[[1.0], [-0.5], [2.0]], b=[0.25])
model = pn.chain(pn.affine(2, 3), pn.relu, pn.affine(3, 1))
params = (first, (), last)

out, model_cache = model.forward(params, [[1.0, 2.0]])
chained = model.backward([[1.0]], model_cache)
print(f"\nout {out}")
for name, part in zip(("affine", "relu", "affine"), model_cache.layers, strict=True):
    print(f"  {name:6} kept {part}")

z1, c1 = F.affine_forward([[1.0, 2.0]], *first)
a1, c2 = F.relu_forward(z1)
z2, c3 = F.affine_forward(a1, *last)
d3 = F.affine_backward([[1.0]], c3)
d2 = F.relu_backward(d3.x, c2)
d1 = F.affine_backward(d2.x, c1)
print(f"by hand {(d1.w, d1.b)}, {(d3.w, d3.b)}\nchained {chained.params[0]}, {chained.params[2]}")

# %% [markdown]
# Any pair becomes a layer with `pn.layer`, your own of chapter 3 as well; its options go along.

# %%
leaky = pn.layer(F.leaky_relu_forward, F.leaky_relu_backward, negative_slope=0.25)
leaked, leaky_cache = leaky.forward((), [-4.0, 4.0])
leaky_grads = leaky.backward([1.0, 1.0], leaky_cache)
print(f"\nleaky relu: {leaked}, {leaky_grads}")

# %% [markdown]
# ## What this chapter claims


# %%
def near(have, want):
    return all(abs(h - w) < 1e-15 for h, w in zip(have, want, strict=True))


assert forgotten == (6.0, 5.0) != grads_a
assert (grads_a, grads_b) == ((4.0, 3.0), (6.0, 5.0))
assert all(report.ok for report in reports)
assert switches == [[1.0, 0.0], [0.0, 1.0]]
assert (slope, shared) == ([1.0, 2.0], [1.0, 1.0])

assert near(p, [0.3, 0.2, 0.5])
assert near([loss, loss_of_two], [-math.log(0.2)] * 2)
assert near(dp, [0.0, -5.0, 0.0])
assert near(by_two_nodes, [0.3, -0.8, 0.5])
assert near(by_one_node, [0.3, -0.8, 0.5])
assert near(small, [0.01, -0.01, 0.0])
assert near(five_times, [1.5, -4.0, 2.5])
assert by_int == by_one_hot == loss
assert (round(soft, 7), round(hardened, 7)) == (0.724077, 0.474077)
assert near(in_batch[0], [0.15, -0.4, 0.25])
assert far_loss == 100.0
assert near(far_grad, [1.0, -1.0, 0.0])
assert all(abs(m - g) < 1e-7 for m, g in zip(far_measured, far_grad, strict=True))
assert 0.0 <= perfect < 1e-40

assert out == z2
assert chained == (((d1.w, d1.b), (), (d3.w, d3.b)), d1.x)
assert (leaked, leaky_grads) == ([-1.0, 4.0], ((), [0.25, 1.0]))
print("\nEvery claim holds.")
