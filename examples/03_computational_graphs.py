# %% [markdown]
# # 3. Computational graphs
#
# 再复杂的算式，也能拆成加、乘、指数、倒数这样的节点；每个节点只管自己的局部导数，反向传播就是沿箭头往回走。
# 本章从买苹果和橘子的账单算起，看清分叉处的梯度为什么要相加，再把 sigmoid 拆成四个节点，亲手推出 y(1-y)。
# 手算之后用 `pn.graph` 把同一张图写成一个值；最后自己写几个节点，并请 purenn 检查它们是否守规矩。
#
# You will learn
# - how a formula becomes a graph, and how gradients travel through it backwards;
# - why gradients add where a number is used twice, and how `pn.graph` does all of this for you;
# - how to write a pair of your own, and how to have it checked;
# - why sigmoid's derivative is y * (1 - y), and why sigmoid is better one node than four.
#
# You need chapter 1. Run it: `python examples/03_computational_graphs.py` (it takes a second).

# %%
import math
from fractions import Fraction
from typing import Any, NamedTuple

import purenn as pn
import purenn.functional as F
from purenn.explain import explain
from purenn.testing import check_laws, numerical_gradient

# %% [markdown]
# ## Two nodes
#
# In a graph each node is one small step, and the arrows carry numbers: results to the right, gradients to
# the left. A node gets a gradient from its right, say dout: how far the final result moves when this node's
# output moves. It multiplies dout with its local derivatives, and hands the products to its left.
#
# - **add**, out = x + y: both local derivatives are 1. It hands dout on to both sides as it is.
# - **multiply**, out = x * y: the local derivatives are y and x. It hands on dout * y and dout * x: the
#   inputs trade places.
#
# So multiply must remember its inputs; that is what its cache is for. (add keeps them for their shapes.)

# %%
product, cache = F.multiply_forward(3.0, 4.0)
print(f"3 * 4 = {product}, kept: {cache}, backward(1): {F.multiply_backward(1.0, cache)}")
total, cache = F.add_forward(3.0, 4.0)
print(f"3 + 4 = {total}, kept: {cache}, backward(1): {F.add_backward(1.0, cache)}")

# %% [markdown]
# ## A bill
#
# Two apples at 100, three oranges at 150, and a tax of 10 percent:
#
#     apple price  100 --(*)-- 200 --(+)-- 650 --(*)-- 715, the bill
#     apples         2 ---'           |           |
#     orange price 150 --(*)-- 450 ---'           |
#     oranges        3 ---'                       |
#     tax          1.1 ---------------------------'
#
# Forward is one node after the other. Backward is the same nodes in reverse order, each with its own cache.
# It begins with 1: the bill moves as far as the bill.

# %%
apple_total, apple_cache = F.multiply_forward(100, 2)
orange_total, orange_cache = F.multiply_forward(150, 3)
net, net_cache = F.add_forward(apple_total, orange_total)
bill, bill_cache = F.multiply_forward(net, 1.1)

dnet, dtax = F.multiply_backward(1, bill_cache)
dapple_total, dorange_total = F.add_backward(dnet, net_cache)
dapple_price, dapples = F.multiply_backward(dapple_total, apple_cache)
dorange_price, doranges = F.multiply_backward(dorange_total, orange_cache)
print(f"\nthe bill: {bill}")
print(f"apples: price {dapple_price}, number {dapples}; oranges: {dorange_price}, {doranges}; tax {dtax}")

# %% [markdown]
# Read it: if an apple costs 1 more, the bill grows by 2 apples * 1.1 = 2.2. A third apple costs 110. If the
# tax factor moved by 1, to 2.1, the bill would grow by all the goods, 650.
#
# The odd last digits are no mistake of the graph: 1.1 has no exact form in binary, and floats show it. In
# fractions the bill is 715.
#
# `pn.graph` is given the same nodes by name: what each does, and what it reads. It runs them forward, and
# backward in reverse order. Its cache holds theirs, and it gives a gradient to every input.

# %%
shop = pn.graph(
    ("apple", "apples", "orange", "oranges", "tax"),
    {
        "apple_total": ("multiply", "apple", "apples"),
        "orange_total": ("multiply", "orange", "oranges"),
        "net": ("add", "apple_total", "orange_total"),
        "bill": ("multiply", "net", "tax"),
    },
)
goods = {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1}
same_bill, shop_cache = shop.forward({}, goods)
dshop = shop.backward(1, shop_cache).x
print(f"as a graph: {same_bill}, {dshop}")
exact_bill, _ = shop.forward({}, goods | {"tax": Fraction(11, 10)})
print(f"in fractions: {exact_bill}")

# %% [markdown]
# ## The chain rule, and numbers used twice
#
# z = (x + y)**2 is two steps, t = x + y and z = t**2. Moving x moves t once as far, and moving t moves z 2t
# times as far: dz/dx = dz/dt * dt/dx = 2t * 1 = 2 (x + y).
#
# Say t**2 is t * t: a multiply node that gets the *same* number twice. It hands back a gradient for each of
# its inputs, dout * t and dout * t. Both belong to t, and they add up to 2t. Wherever the arrows fork on the
# way forward, the gradients meet on the way back, and add, as the effects of a number on two paths do.

# %%
t, t_cache = F.add_forward(2.0, 5.0)
z, z_cache = F.multiply_forward(t, t)
upper, lower = F.multiply_backward(1.0, z_cache)
dt = upper + lower
dz_dx, dz_dy = F.add_backward(dt, t_cache)
print(f"\n(2 + 5)**2 = {z}; to t come back {upper} and {lower}, in sum {dt}")
square_of_sum = pn.graph(("x", "y"), {"t": ("add", "x", "y"), "z": ("multiply", "t", "t")})
dsum = square_of_sum.backward(1.0, square_of_sum.forward({}, (2.0, 5.0))[1]).x
print(f"dz/dx = {dz_dx}, dz/dy = {dz_dy}; a graph adds by itself: {dsum}")

# %% [markdown]
# ## Pairs of your own
#
# For the next graphs we need nodes that purenn does not have: a square, a reciprocal, an exponential, a
# sine. A node is a pair of functions. The rule, always the same:
#
# - `forward(x)` returns `(out, cache)`; the cache is a NamedTuple with what backward needs.
# - `backward(dout, cache)` returns a NamedTuple of gradients, named like the arguments of forward.
# - Neither of them changes anything.
#
# `pn.backend_of(x)` is the namespace of functions for the arrays at hand, so the pair runs on lists and on
# numpy. What to keep: x for square and sine; out for exp and reciprocal, with derivatives out and -out**2.


# %%
class Kept(NamedTuple):
    value: Any


class Grads(NamedTuple):
    x: Any


def square_forward(x):
    return pn.backend_of(x).multiply(x, x), Kept(x)


def square_backward(dout, cache):
    xp = pn.backend_of(cache.value)
    return Grads(xp.multiply(dout, xp.multiply(cache.value, 2)))


def sine_forward(x):
    return pn.backend_of(x).sin(x), Kept(x)


def sine_backward(dout, cache):
    xp = pn.backend_of(cache.value)
    return Grads(xp.multiply(dout, xp.cos(cache.value)))


def exp_forward(x):
    out = pn.backend_of(x).exp(x)
    return out, Kept(out)


def exp_backward(dout, cache):
    return Grads(pn.backend_of(cache.value).multiply(dout, cache.value))


def reciprocal_forward(x):
    out = pn.backend_of(x).divide(1, x)
    return out, Kept(out)


def reciprocal_backward(dout, cache):
    xp = pn.backend_of(cache.value)
    return Grads(xp.multiply(dout, xp.negative(xp.multiply(cache.value, cache.value))))


square, sine = (square_forward, square_backward), (sine_forward, sine_backward)
exp, reciprocal = (exp_forward, exp_backward), (reciprocal_forward, reciprocal_backward)

# %% [markdown]
# `check_laws` runs a pair and looks: is it pure, do the gradients have the right structure, is backward
# linear in dout, is it zero for zeros, and is it the derivative of forward, by central differences? In
# fractions, where a square can be computed without rounding, the two must be exactly equal.
#
# Then a pair with a mistake: the 2 is forgotten. Four laws cannot tell; the last one can. (The dout is drawn
# at random, hence the odd numbers: look at their ratio.)

# %%
reports = [check_laws(*square, [Fraction(1, 3), Fraction(-2)])]
reports += [check_laws(*pair, [0.5, -2.0]) for pair in (sine, exp, reciprocal)]
for report in reports:
    print(f"{report.subject}: {'every law holds' if report.ok else report}")


def forgetful_backward(dout, cache):
    return Grads(pn.backend_of(cache.value).multiply(dout, cache.value))


forgetful = check_laws(square_forward, forgetful_backward, [3.0])
print(f"\nwith a forgetful backward: {forgetful}")

# %% [markdown]
# ## A function of a function
#
# f = sin(x**2 + 2) is three nodes: u = x**2, v = u + 2, f = sin(v). Multiply the local derivatives from the
# outside in:
#
#     df/dx = cos(v) * 1 * 2x = 2x * cos(x**2 + 2)
#
# What stands inside the cosine is v, the number that the sine was given: it is in the sine's cache.


# %%
sine_of_square = pn.graph(("x", "two"), {"u": (square, "x"), "v": ("add", "u", "two"), "f": (sine, "v")})
f, f_cache = sine_of_square.forward({}, (1.5, 2))
df_dx, _ = sine_of_square.backward(1.0, f_cache).x
formula = 2 * 1.5 * math.cos(1.5**2 + 2)
measured = numerical_gradient(lambda x: sine_of_square.forward({}, (x, 2))[0], 1.5)
print(f"\nsin(1.5**2 + 2) = {f}\nby the graph {df_dx}\nby formula   {formula}\nmeasured     {measured}")

# %% [markdown]
# ## Sigmoid, taken apart
#
# y = 1 / (1 + exp(-x)) is four nodes. At x = 0 every number is exact:
#
#     x = 0 --(* -1)-- 0 --(exp)-- 1 --(+ 1)-- 2 --(1 / )-- y = 0.5        forward
#       0.25 <------- -0.25 <--- -0.25 <---- -0.25 <-------- 1             backward
#
# From the right: the reciprocal multiplies by -y**2; the sum by 1; exp by its own output, exp(-x); the
# product by -1. Together y**2 * exp(-x). But y * exp(-x) is exp(-x) / (1 + exp(-x)), and that is what y
# lacks to 1:
#
#     dy/dx = y * (y * exp(-x)) = y * (1 - y)
#
# The derivative needs nothing but the output. Note which number stands in it: y, not x. At x = 2 the right
# slope is 0.105; x * (1 - x) would be -2.

# %%
sigmoid_graph = pn.graph(
    ("x", "minus_one", "one"),
    {
        "negated": ("multiply", "x", "minus_one"),
        "power": (exp, "negated"),
        "denominator": ("add", "power", "one"),
        "y": (reciprocal, "denominator"),
    },
)
y, _ = sigmoid_graph.forward({}, (0.0, -1, 1))
found = explain(sigmoid_graph, {}, (0.0, -1, 1))  # a value with all the numbers; print it
travel = tuple(step.downstream["x"] for step in reversed(found.steps))
print(f"\nsigmoid(0) = {y}, gradients from right to left: {travel}\n{found.chain_rule['x']}")


def four_nodes(x):
    y, cache = sigmoid_graph.forward({}, (x, -1, 1))
    return y, sigmoid_graph.backward(1.0, cache).x[0]


y_2, slope_2 = four_nodes(2.0)
one_node, one_cache = F.sigmoid_forward(2.0)
one_slope = F.sigmoid_backward(1.0, one_cache).x
print(f"sigmoid(2) = {y_2}, slope by four nodes {slope_2}, by one {one_slope}")

# %% [markdown]
# ## One node is better than four
#
# Far out on the left exp(-x) is too large for a float. Forward survives that: 1 / infinity is 0. But
# backward multiplies 0 by infinity, which is no number, and one such gradient spoils a whole network. In
# purenn sigmoid is one node: it takes the exponential of -|x|, which cannot overflow, and keeps y and 1 - y.

# %%
y_far, slope_far = four_nodes(-720.0)
one_far, one_far_cache = F.sigmoid_forward(-720.0)
one_slope_far = F.sigmoid_backward(1.0, one_far_cache).x
print(f"\nsigmoid(-720): four nodes {y_far}, slope {slope_far}; one node {one_far}, slope {one_slope_far}")

# %% [markdown]
# ## What this chapter claims

# %%
assert bill == 715.0000000000001
assert (dapple_price, dapples) == (2.2, 110.00000000000001)
assert (dorange_price, doranges, dtax) == (3.3000000000000003, 165.0, 650)
assert exact_bill == 715
assert (same_bill, tuple(dshop.values())) == (bill, (dapple_price, dapples, dorange_price, doranges, dtax))
assert (z, upper, lower, dt, dz_dx, dz_dy) == (49.0, 7.0, 7.0, 14.0, 14.0, 14.0)
assert dsum == (dz_dx, dz_dy)
assert all(report.ok for report in reports)
assert [law.name for law in forgetful.laws if not law.passed] == ["vjp"]
assert df_dx == formula
assert abs(measured - formula) < 1e-8
assert (y, travel) == (0.5, (-0.25, -0.25, -0.25, 0.25))
assert abs(slope_2 - one_slope) < 1e-16
assert round(one_slope, 5) == 0.10499
assert (y_far, math.isnan(slope_far)) == (0.0, True)
assert one_far == one_slope_far == math.exp(-720)
print("\nEvery claim holds.")
