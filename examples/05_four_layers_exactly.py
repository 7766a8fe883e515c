# %% [markdown]
# # 5. Four layers, exactly
#
# 用分数把一个 4-6-6-6-1 的网络算一遍：前向、误差、四层权重与偏置的八组梯度、输入的梯度，全程没有一次舍入。
# 分数里的中心差分也没有误差，所以 121 个参数的梯度可以逐个用等号来验证，而不是“差不多相等”。
# 途中还会看到死掉的 ReLU 单元、均方误差究竟该除以几，以及回归网络的输出为什么不接 ReLU。
#
# You will learn
# - how backpropagation runs through four layers, the same three lines for each;
# - what a unit that is off does to the gradients on both of its sides;
# - by how much to divide: a mean over *all* elements, once, in the loss;
# - that analytic and numerical gradients can be equal, not just close.
#
# You need chapters 2 and 4. Run it: `python examples/05_four_layers_exactly.py` (it takes a second).

# %%
from decimal import Decimal, localcontext
from fractions import Fraction

import purenn as pn
import purenn.functional as F
from purenn.backends.extras import shape
from purenn.layers import AffineParams
from purenn.testing import numerical_gradient

# %% [markdown]
# ## The network
#
# One sample of four features, three hidden layers of six units with relu, one output without. The numbers
# have three decimals; as fractions they are exact.

# %%
TEXT = {
    "x": "-1.086 .997 .283 -1.506",
    "w1": """-.339 -.047 .746 -.319 -.222 -.217   1.103 1.093 .502 .193 .369 .745
             -.468 .588 -.627 -.319 .454 -.714    -.070 -.431 -.128 -1.399 -.886 -.350""",
    "b1": "-.760 .174 -.655 -.175 .507 -.300",
    "w2": """.379 -.071 .001 .281 -.359 .116      -.329 -.705 -.160 .234 .138 -.005
             .977 .169 .400 .914 -.528 -.424      .712 -.326 .012 .437 .364 .716
             .611 .437 -.315 .325 .128 -.541      .579 .330 .019 -.095 -.489 .081""",
    "b2": ".205 .413 .114 -.560 -.136 .800",
    "w3": """.191 -.339 .474 -.448 -.867 .424     -.165 -.051 -.342 -.656 .512 -.281
             .678 .330 -.128 -.443 -.299 -.495    .852 .067 .470 -.517 .074 .481
             -.137 .421 -.443 -.557 .155 -.155    .262 -.807 .291 1.061 -.010 .014""",
    "b3": "-.827 -.113 -.225 .049 .305 .657",
    "w4": ".073 -.760 .174 -.655 -.175 .507",
    "b4": "-.270",
}


def network(kind):
    """x, the targets, and the params of the four layers, in numbers of a kind."""
    numbers = {name: [kind(text) for text in texts.split()] for name, texts in TEXT.items()}

    def table(name, columns):
        row = numbers[name]
        return [row[start : start + columns] for start in range(0, len(row), columns)]

    params = [AffineParams(table(f"w{n}", 1 if n == 4 else 6), numbers[f"b{n}"]) for n in (1, 2, 3, 4)]
    return table("x", 4), [[kind("-.579")]], params


def show(name, row):
    """Exact decimals: a fraction of such numbers has finitely many digits."""
    with localcontext(prec=60):
        digits = [f"{(Decimal(n.numerator) / n.denominator).normalize():f}" for n in row]
    print(f"{name:>4} = {'  '.join(digits)}")


x, targets, (p1, p2, p3, p4) = network(Fraction)

# %% [markdown]
# ## Forward
#
# Three times affine and relu, then affine, then the mean squared error:
#
#     (1, 4) @ (4, 6) -> (1, 6) @ (6, 6) -> (1, 6) @ (6, 6) -> (1, 6) @ (6, 1) -> (1, 1)

# %%
z1, affine1 = F.affine_forward(x, *p1)
a1, relu1 = F.relu_forward(z1)
z2, affine2 = F.affine_forward(a1, *p2)
a2, relu2 = F.relu_forward(z2)
z3, affine3 = F.affine_forward(a2, *p3)
a3, relu3 = F.relu_forward(z3)
y, affine4 = F.affine_forward(a3, *p4)
error, error_cache = F.mean_squared_error_forward(y, targets)
show("z1", z1[0])
show("y", y[0])
show("err", [error])
off = [[unit for unit in range(6) if a[0][unit] == 0] for a in (a1, a2, a3)]
print(f"units that are off, by layer: {off}")

# %% [markdown]
# ## Backward
#
# The error is the mean of (y - t)**2 over all elements of y, here one, so
#
#     dy = 2 * (y - t) / (number of elements) = 2 * (1.824... + 0.579) / 1 = 4.807711200610146
#
# Then each layer does the same three things, from the last to the first. The gradient of its output gives
# that of its weights, of its bias and of its input; the input's passes the gate of the relu before it:
#
#     dw = a.T @ dz        (6, 1) @ (1, 6) -> (6, 6)         a: what this layer was given
#     db = sum of dz over the samples
#     da = dz @ w.T        (1, 6) @ (6, 6) -> (1, 6)         then through relu: dz of the layer before
#
# F.affine_backward returns the three of them as x, w and b.

# %%
dy = F.mean_squared_error_backward(1, error_cache).predictions
g4 = F.affine_backward(dy, affine4)
g3 = F.affine_backward(F.relu_backward(g4.x, relu3).x, affine3)
g2 = F.affine_backward(F.relu_backward(g3.x, relu2).x, affine2)
g1 = F.affine_backward(F.relu_backward(g2.x, relu1).x, affine1)
print()
for n, g in zip((4, 3, 2, 1), (g4, g3, g2, g1), strict=True):
    show(f"db{n}", g.b)
show("dw4", [row[0] for row in g4.w])
show("dx", g1.x[0])

# %% [markdown]
# ## Units that are off
#
# Unit 2 of the first layer is off: z is negative, its output 0. Look at both sides of it. Its own weights
# and bias, column 2 of dw1 and of db1, have gradient 0, since the gate is shut. And the weights that carry
# its output on, row 2 of dw2, have gradient 0, since they were multiplied by 0. For this sample the unit is
# not there; in layer 3, three of six are not. Another sample may wake it. If none does, nothing moves its
# weights any more, and it is called dead.

# %%
column_2 = [row[2] for row in g1.w]
zeros = [sum(n == 0 for row in g.w for n in row) for g in (g1, g2, g3, g4)]
print(f"\ncolumn 2 of dw1: {[int(n) for n in column_2]}, row 2 of dw2: {[int(n) for n in g2.w[2]]}")
print(f"zeros in dw1 to dw4: {zeros}")

# %% [markdown]
# ## Equal, not just close
#
# Central differences move one parameter at a time by h, up and down. The error is a square of something that
# is linear in each single weight (while no gate flips), and for a parabola central differences have no
# error, with any h. Fractions have no rounding. So all 121 parameters and 4 inputs must agree with `==`. And
# they do.


# %%
def error_of(tree):
    inputs, params = tree
    for p in params[:-1]:
        inputs, _ = F.relu_forward(F.affine_forward(inputs, *p)[0])
    return F.mean_squared_error_forward(F.affine_forward(inputs, *params[-1])[0], targets)[0]


measured_x, measured = numerical_gradient(error_of, (x, (p1, p2, p3, p4)))
analytic = tuple((g.w, g.b) for g in (g1, g2, g3, g4))
count = sum(len(row) for g in (g1, g2, g3, g4) for row in [*g.w, g.b])
print(f"\nall {count} gradients equal their central differences: {measured == analytic}")

# %% [markdown]
# ## Divide by what?
#
# `mean` averages over the batch *and* over the outputs. With 3 samples of 2 outputs that is 6 numbers, so
#
#     dy = 2 * (y - t) / 6
#
# Who divides by the 3 samples alone gets a gradient twice too large (k times, with k outputs). And who
# divides anew in every layer, by the batch, mixes two conventions, and must not forget it once. Divide in
# the loss, and all the sums after it are plain sums.

# %%
six = [[Fraction(n) for n in row] for row in ([1, 2], [3, 5], [8, 13])]
nothing = [[Fraction(0)] * 2] * 3
_, six_cache = F.mean_squared_error_forward(six, nothing)
right = F.mean_squared_error_backward(1, six_cache).predictions
by_samples = [[2 * n / 3 for n in row] for row in six]
six_measured = numerical_gradient(lambda y: F.mean_squared_error_forward(y, nothing)[0], six)
print(f"\nmeasured: {' '.join(str(n) for row in six_measured for n in row)}")
print(f"divided by 6: {right == six_measured}; by 3, the ratio is {by_samples[0][0] / six_measured[0][0]}")

# %% [markdown]
# ## Why the output has no relu
#
# The target is -0.579. An output through relu is never negative, so it could not get there: the best it can
# do is 0. Worse, at 0 it gets stuck. Say the last bias were -3: the output is -0.905 without relu, and the
# gradient says "up, a little". With relu the output is 0, the error 0.335, and all gradients are 0.
#
# An output is shaped by what it must say: any number for a regression, so nothing at all.

# %%
low, _ = F.affine_forward(a3, p4.w, [Fraction(-3)])
low_dy = F.mean_squared_error_backward(1, F.mean_squared_error_forward(low, targets)[1]).predictions
cut, cut_cache = F.relu_forward(low)
cut_error, cut_error_cache = F.mean_squared_error_forward(cut, targets)
cut_dz = F.relu_backward(F.mean_squared_error_backward(1, cut_error_cache).predictions, cut_cache).x
print(f"\nwith b4 = -3: y = {float(low[0][0]):.3f}, gradient {float(low_dy[0][0]):.3f}; ", end="")
print(f"through relu: y = {cut[0][0]}, error {float(cut_error)}, gradient {cut_dz[0][0]}")

# %% [markdown]
# ## The same as a chain, in floats and in Decimals
#
# A chain does all this in two calls. In floats it agrees to the last digits. In Decimals, which carry 28
# digits by default, you can watch rounding at work some 12 digits further out.

# %%
model = pn.chain(
    pn.affine(4, 6), pn.relu, pn.affine(6, 6), pn.relu, pn.affine(6, 6), pn.relu, pn.affine(6, 1)
)
loss_and_grads = pn.loss_and_grads(model, pn.mean_squared_error)
runs = {}
print()
for kind in (float, Decimal, Fraction):
    kind_x, kind_targets, (q1, q2, q3, q4) = network(kind)
    runs[kind] = loss_and_grads((q1, (), q2, (), q3, (), q4), kind_x, kind_targets)
    print(f"{kind.__name__:8} err = {runs[kind].loss}")

exact_numbers = [n for g in (g1, g2, g3, g4) for row in [*g.w, g.b] for n in row]
furthest = {}
for kind in (float, Decimal):
    have = [n for g in runs[kind].grads if g for row in [*g.w, g.b] for n in row]
    furthest[kind] = max(abs(Fraction(h) - n) for h, n in zip(have, exact_numbers, strict=True))
    print(f"{kind.__name__:8} no gradient is further from the exact one than {float(furthest[kind]):.0e}")

# %% [markdown]
# ## What this chapter claims


# %%
def exactly(text):
    return [Fraction(number) for number in text.split()]


assert y == [exactly("1.824855600305073")]
assert [error] == exactly("5.778521747118062879010669535329")
assert z1[0] == exactly(".680821 2.130253 -.949335 2.380472 2.578783 1.003465")
assert off == [[2], [1, 2], [1, 3, 4]]

assert (g4.b, shape(g4.w)) == (exactly("4.807711200610146"), (6, 1))
assert g3.b == exactly(".350962917644540658 0 .836541748906165404 0 0 2.437509578709344022")
assert g2.b == exactly(
    "1.497058767624391532502 0 0 1.864637135178240855078 -.796483899182681667528 .369511067456494601268"
)
assert g1.b == exactly(
    "1.420149311546266163484816 -.16796957834120899723011 0 "
    "1.855402055617812032338206 1.2188545493620846715295 1.109067521776897214210148"
)
assert [row[0] for row in g4.w] == exactly(
    "8.355421370135560094653793364 0 11.91764266700763311698224027 0 0 14.571686684750229969934324158"
)
sums = [sum(n for row in g.w for n in row) for g in (g1, g2, g3, g4)]
assert sums == exactly(
    "-7.13138106426994862264431872 25.74865567267208950152548808 "
    "26.842835026096626962636236272 34.844750721893423181570357792"
)
assert g1.x[0] == exactly(
    "-1.576662664358198937430576284 3.016939170681225534973461336 "
    "-1.593783490748683663269738954 -4.090801802709217630827598704"
)
assert (zeros, column_2) == ([4, 16, 24, 3], [0, 0, 0, 0])
assert measured == analytic
assert (measured_x, count) == (g1.x, 121)
assert right == six_measured
assert by_samples == [[2 * n for n in row] for row in six_measured]
assert (low[0], low_dy[0]) == (exactly("-.905144399694927"), exactly("-.652288799389854"))
assert (cut, [cut_error], cut_dz) == ([[0]], exactly(".335241"), [[0]])
assert runs[Fraction].loss == error
assert furthest[float] < 1e-14
assert furthest[Decimal] < 1e-26
print("\nEvery claim holds.")
