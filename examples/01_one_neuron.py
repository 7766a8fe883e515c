# %% [markdown]
# # 1. One neuron
#
# 本章只用一个神经元，把反向传播从头到尾算一遍：三个输入乘以三个权重，相加，加上偏置，再经过 ReLU。
# 每一步的局部导数都很简单，链式法则不过是把一路上的局部导数乘起来；逆着梯度走一小步，输出就从 6 降到 5.985。
# 然后用 purenn 的两个纯函数重做一遍，看清缓存里记了什么；再换成分数、换成 numpy，代码一行不改，结果分毫不差。
#
# You will learn
# - what a local derivative is, and how the chain rule multiplies them;
# - what a gradient promises, and how to put the promise to the test;
# - what a step of gradient descent does;
# - what `forward` keeps for `backward`, and that nothing else is kept anywhere.
#
# You need Python and the derivatives of a sum and of a product. numpy is used at the end, if you have it.
# Run it: `python examples/01_one_neuron.py` (it takes a second). `python -m purenn neuron` walks through the
# same neuron, number by number, and takes numbers of yours: `--x 1 2 --w 3 4 --b -1`.

# %%
from fractions import Fraction
from importlib.util import find_spec

import purenn as pn
import purenn.functional as F

# %% [markdown]
# ## Forward: from the inputs to the output
#
# A neuron weighs its inputs, adds them up, adds a bias, and cuts off what is negative:
#
#     products  x0w0 = x0 * w0,  x1w1 = x1 * w1,  x2w2 = x2 * w2
#     sum       z = x0w0 + x1w1 + x2w2 + b
#     relu      y = max(z, 0)
#
# Here it is in one picture. Read it from left to right now: above each wire stands its value. We come back to
# it later, from right to left: below each wire stands its gradient.
#
# ![A neuron as a graph: above each wire its value, below it the gradient that came back](pictures/neuron.svg)

# %%
x = [1.0, -2.0, 3.0]  # inputs
w = [-3.0, -1.0, 2.0]  # weights
b = 1.0  # bias

x0w0, x1w1, x2w2 = products = [xi * wi for xi, wi in zip(x, w, strict=True)]
z = x0w0 + x1w1 + x2w2 + b
y = max(z, 0.0)
print(f"x0w0 = {x0w0},  x1w1 = {x1w1},  x2w2 = {x2w2}")
print(f"z = x0w0 + x1w1 + x2w2 + b = {z},  y = max({z}, 0) = {y}")

# %% [markdown]
# ## Local derivatives
#
# A derivative answers one question: if I move this number a little, how many times as far does that one
# move? Each step above knows the answer for its own inputs and its own output, and need not know the rest:
#
#     relu      dy/dz = 1(z > 0)                         here z = 6, so 1
#     sum       dz/dx0w0 = 1                             and so for x1w1, x2w2, b
#     product   dx0w0/dx0 = w0, dx0w0/dw0 = x0           each factor has the *other* factor for its derivative
#
# `1(z > 0)` is a short way to write "1 where z > 0, and 0 elsewhere". It is relu's gate: open, it lets the
# gradient through as it came; shut, it lets nothing through.
#
# At z = 0 relu has a corner, and no derivative. By convention it is 0 there; purenn, PyTorch and JAX agree.

# %%
dy_dz = 1.0 if z > 0 else 0.0
dz_dproducts = [1.0, 1.0, 1.0]
dz_db = 1.0
dproducts_dx = w
dproducts_dw = x

# %% [markdown]
# ## The chain rule
#
# Now one question about the whole: if I move x0, how far does y move? Moving x0 by a little moves x0w0 by w0
# times as much, that moves z by 1 times as much, and that moves y by 1 times as much again. So
#
#     dy/dx0 = dy/dz * dz/dx0w0 * dx0w0/dx0 = 1 * 1 * -3 = -3
#
# In words: the derivative of the whole is the product of the derivatives along the way. *Back*propagation
# multiplies them starting from y, because the first factors are the same for everybody: dy/dz is worked out
# once, and used seven times. If y goes on into a larger network, the gradient that comes back from there is
# one more factor on the left. Here nothing follows, and it is 1.
#
# In the picture, go from y to the left: the gradient below the wire that leaves a gate, times the gate's
# local derivative, is the gradient below the wire that enters it. At the left ends stand the seven that we
# print here.

# %%
dy = 1.0
dz = dy * dy_dz
dproducts = [dz * local for local in dz_dproducts]
db = dz * dz_db
dx = [dxiwi * local for dxiwi, local in zip(dproducts, dproducts_dx, strict=True)]
dw = [dxiwi * local for dxiwi, local in zip(dproducts, dproducts_dw, strict=True)]
print("\n            from y    relu    sum    product")
for i in range(3):
    print(f"dy/dx{i}  =  {dy:4}  *  {dy_dz}  *  {dz_dproducts[i]}  *  {dproducts_dx[i]:4}  =  {dx[i]:4}")
for i in range(3):
    print(f"dy/dw{i}  =  {dy:4}  *  {dy_dz}  *  {dz_dproducts[i]}  *  {dproducts_dw[i]:4}  =  {dw[i]:4}")
print(f"dy/db   =  {dy:4}  *  {dy_dz}  *  {dz_db}            =  {db:4}")


# %% [markdown]
# ## Is it true?
#
# Put the promise to the test: move one number by h, run forward again, and see how far y went. For h we take
# 1/1024: powers of two are exact in binary, nothing is rounded, and the two agree to the last bit.


# %%
def neuron(x, w, b):
    return max(x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + b, 0.0)


h = 1 / 1024
measured_dw = [(neuron(x, [*w[:i], w[i] + h, *w[i + 1 :]], b) - y) / h for i in range(3)]
measured_db = (neuron(x, w, b + h) - y) / h
print(f"\nmeasured: dw = {measured_dw}, db = {measured_db}")

# %% [markdown]
# A test of the gradients is no test of the forward pass. Forget the bias, and z is 5 instead of 6; yet all
# seven gradients stay right, for relu only asks *whether* z is positive. Check outputs too.
#
# And where z is negative? Then relu passes nothing on: with b = -6, z = -1, y = 0, and every gradient is 0.
# Nothing that this neuron could change by a little would change its output.

# %%
z_without_bias = sum(products)
y_off = neuron(x, w, -6.0)
measured_off = (neuron(x, w, -6.0 + h) - y_off) / h
print(f"without its bias: z = {z_without_bias}; with b = -6: y = {y_off}, dy/db = {measured_off}")

# %% [markdown]
# ## A step of gradient descent
#
# The gradient says where y grows. To make y smaller, go the other way, by a small share of the gradient, the
# learning rate. Only w and b move: they are the neuron's own, x is given.
#
#     w = w - 0.001 * dw        b = b - 0.001 * db
#
# By how much should y fall? Each parameter moves by 0.001 times its gradient, and y follows by its gradient
# times that. In sum 0.001 * (1*1 + 2*2 + 3*3 + 1*1) = 0.015: from 6 to 5.985.

# %%
learning_rate = 0.001
w_after = [wi - learning_rate * dwi for wi, dwi in zip(w, dw, strict=True)]
b_after = b - learning_rate * db
y_after = neuron(x, w_after, b_after)
print(f"\nafter a step: w = {w_after}, b = {b_after}, y = {y_after}")

# %% [markdown]
# ## The same with purenn
#
# The products and their sum are one function, `affine` (x times w plus b); relu is another. Each forward
# returns two things: its output, and a *cache* of what its backward will need. Each backward takes the
# gradient of the output, usually called `dout`, and that cache. Compare the caches with the local
# derivatives above: affine keeps x and w, as each is the derivative with respect to the other; relu keeps
# its output, as that tells whether z was positive. There is nothing else, in no object and no global
# variable.

# %%
z_f, affine_cache = F.affine_forward(x, w, b)
y_f, relu_cache = F.relu_forward(z_f)
print(f"\nz = {z_f}, kept: {affine_cache}\ny = {y_f}, kept: {relu_cache}")

dz_f = F.relu_backward(1.0, relu_cache).x
grads = F.affine_backward(dz_f, affine_cache)
print(grads)

# %% [markdown]
# A step makes new parameters, and the old ones are still there. `optimizer.update` takes the gradients, a
# state (for this optimizer just the count of steps), and the parameters in any tuple you like.

# %%
optimizer = pn.sgd(learning_rate=0.001)
state = optimizer.init((w, b))
(w_f, b_f), state = optimizer.update((grads.w, grads.b), state, (w, b))
y_f_after, _ = F.relu_forward(F.affine_forward(x, w_f, b_f)[0])
print(f"w = {w_f}, b = {b_f}, y = {y_f_after}; {state}; the old w = {w}")

# %% [markdown]
# ## The same, exactly
#
# The functions compute with the numbers they are given. Give them fractions and nothing is ever rounded:
# 5.985 is 1197/200.

# %%
x_q, w_q, b_q = [[Fraction(n) for n in x], [Fraction(n) for n in w], Fraction(b)]
z_q, cache_q = F.affine_forward(x_q, w_q, b_q)
dz_q = F.relu_backward(1, F.relu_forward(z_q)[1]).x
grads_q = F.affine_backward(dz_q, cache_q)
exact = pn.sgd(learning_rate=Fraction(1, 1000))
(w_q, b_q), _ = exact.update((grads_q.w, grads_q.b), exact.init((w_q, b_q)), (w_q, b_q))
y_q, _ = F.relu_forward(F.affine_forward(x_q, w_q, b_q)[0])
print(f"\nin fractions: w = {', '.join(map(str, w_q))}; b = {b_q}; y = {y_q}")

# %% [markdown]
# ## The same on numpy
#
# Give them numpy arrays and they compute with numpy. Not a line changes: this function is the chapter in
# brief, and both times it is the same one.


# %%
def forward_backward_step(x, w, b):
    z, affine_cache = F.affine_forward(x, w, b)
    y, relu_cache = F.relu_forward(z)
    dx, dw, db = F.affine_backward(F.relu_backward(1.0, relu_cache).x, affine_cache)
    params, _ = optimizer.update((dw, db), optimizer.init((w, b)), (w, b))
    y_after, _ = F.relu_forward(F.affine_forward(x, *params)[0])
    return y, (dx, dw, db), params, y_after


on_lists = forward_backward_step(x, w, b)
if find_spec("numpy"):
    on_numpy = forward_backward_step(*pn.convert((x, w, b), "numpy"))
    print("\non numpy:", *on_numpy, sep="\n  ")
else:
    on_numpy = None
    print("\nnumpy is not installed: the same on its arrays is left out")

# %% [markdown]
# ## What this chapter claims

# %%
assert (products, z, y) == ([-3.0, 2.0, 6.0], 6.0, 6.0)
assert (dproducts, dx, dw, db) == ([1.0, 1.0, 1.0], [-3.0, -1.0, 2.0], [1.0, -2.0, 3.0], 1.0)
assert (measured_dw, measured_db) == (dw, db)
assert (z_without_bias, y_off, measured_off) == (5.0, 0.0, 0.0)
assert (w_after, b_after, y_after) == ([-3.001, -0.998, 1.997], 0.999, 5.985)

assert (z_f, y_f) == (z, y)
assert affine_cache == (x, w)
assert grads == (dx, dw, db)
assert (w_f, b_f, y_f_after) == (w_after, b_after, y_after)
assert (w, b) == ([-3.0, -1.0, 2.0], 1.0)

assert w_q == [Fraction(-3001, 1000), Fraction(-998, 1000), Fraction(1997, 1000)]
assert (b_q, y_q) == (Fraction(999, 1000), Fraction(5985, 1000))
if on_numpy:
    *same, y_np = pn.convert(on_numpy, "lists")
    assert tuple(same) == on_lists[:-1]
    assert abs(y_np - 5.985) < 1e-14  # numpy may add in another order
print("\nEvery claim holds.")
