# %% [markdown]
# # 2. A layer and a batch
#
# 上一章只有一个神经元、一个样本；这一章是三个神经元组成的一层，一次处理三个样本。
# 输入、权重、偏置的梯度先用循环逐个累加，再写成矩阵乘法，你会看到转置从何而来，以及为什么要对整批样本求和。
# 最后走完整的一步：前向相同，出发的梯度不同，更新的结果就不同，所以要先问清楚：这是谁的梯度？
#
# You will learn
# - why `dx = dout @ w.T`, `dw = x.T @ dout`, and why `db` is a sum over the batch;
# - how shapes tell you which product is the right one;
# - what relu does to a gradient, also at exactly 0;
# - that a gradient is always the gradient *of something*, and how to find out of what.
#
# You need chapter 1. Run it: `python examples/02_a_layer_and_a_batch.py` (it takes a second).

# %%
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec

import purenn as pn
import purenn.functional as F
from purenn.backends.extras import shape
from purenn.testing import numerical_gradient
from purenn.trees import tree_map


def show(name, array):
    """Print an array with its shape, its numbers rounded to 10 digits."""
    rows = array if isinstance(array[0], list) else [array]
    print(f"{name} {shape(array)}")
    for row in rows:
        print("   " + "".join(f"{float(number):14.10g}" for number in row))


def exactly(kind, tree):
    """The numbers of a tree, as you read them, as Decimals or Fractions."""
    return tree_map(lambda a: [exactly(kind, n) for n in a] if isinstance(a, list) else kind(str(a)), tree)


# %% [markdown]
# ## The layer
#
# Each sample has four features. Each of the three neurons has four weights, one for each feature, and a
# bias. A layer keeps the weights as a table w of shape (inputs, outputs) = (4, 3): row j belongs to feature
# j, column k to neuron k. Then a whole batch of samples, one a row, goes through in one matrix product:
#
#     z = x @ w + b       (3, 4) @ (4, 3) + (3,) -> (3, 3)       z[n][k]: sample n, neuron k
#
# (A bias has one number for each neuron, shape (3,). A table of one row, (1, 3), is another way to write
# it.)

# %%
X = [[1.0, 2.0, 3.0, 2.5], [2.0, 5.0, -1.0, 2.0], [-1.5, 2.7, 3.3, -0.8]]
NEURONS = [[0.2, 0.8, -0.5, 1.0], [0.5, -0.91, 0.26, -0.5], [-0.26, -0.27, 0.17, 0.87]]
W = [list(column) for column in zip(*NEURONS, strict=True)]  # a neuron a column
B = [2.0, 3.0, 0.5]

z, affine_cache = F.affine_forward(X, W, B)
show("x", X)
show("w", W)
show("z", z)

# %% [markdown]
# ## The gradient of one sample's features
#
# Let 1 come back from each neuron: d = [1, 1, 1]. Feature 0 goes into *all three* neurons, with the weights
# 0.2, 0.5 and -0.26. If it moves a little, all three outputs move, and what comes back along three ways adds
# up:
#
#     dx[0] = w[0][0]*d[0] + w[0][1]*d[1] + w[0][2]*d[2] = 0.2 + 0.5 - 0.26 = 0.44
#
# A number that is used in several places gets the *sum* of what comes back from them. This one rule explains
# every sum in this chapter. Written for all features at once, row j of w times d is a product with w
# transposed:
#
#     dx = d @ w.T        (3,) @ (3, 4) -> (4,)

# %%
d = [1.0, 1.0, 1.0]
dx_by_hand = [W[j][0] * d[0] + W[j][1] * d[1] + W[j][2] * d[2] for j in range(4)]
_, one_sample = F.affine_forward(X[0], W, B)
dx_one = F.affine_backward(d, one_sample).x
show("\ndx of one sample", dx_one)

# %% [markdown]
# ## A batch
#
# Now three samples, and from the neurons come back ones for the first, twos for the second, threes for the
# third. The samples do not meet in the forward pass, so their dx do not meet either: row n of dx is row n of
# dout times w transposed, (3, 3) @ (3, 4) -> (3, 4).
#
# The weights are another matter. Weight w[j][k] was used once for each sample, there multiplied by feature j
# of that sample. So its gradient is a sum over the samples:
#
#     dw[j][k] = x[0][j]*dout[0][k] + x[1][j]*dout[1][k] + x[2][j]*dout[2][k]
#     dw[0][0] = 1*1 + 2*2 - 1.5*3 = 0.5
#
# That is column j of x with column k of dout: x transposed times dout. You need not remember it: dw must
# have the shape of w, and for N samples (4, N) @ (N, 3) is the product that has it. (Here N is 3 as well,
# and numbers that are equal by chance hide mistakes: to try out a formula, take sizes that all differ.)
#
#     dw = x.T @ dout     (4, N) @ (N, 3) -> (4, 3)
#
# The bias of neuron k was added once for each sample: db[k] is the sum of column k, 1 + 2 + 3 = 6.

# %%
dout = [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]
dw_by_hand = [
    [X[0][j] * dout[0][k] + X[1][j] * dout[1][k] + X[2][j] * dout[2][k] for k in range(3)] for j in range(4)
]
db_by_hand = [dout[0][k] + dout[1][k] + dout[2][k] for k in range(3)]

grads = F.affine_backward(dout, affine_cache)
show("\ndx", grads.x)
show("dw", grads.w)
show("db", grads.b)

# %% [markdown]
# So a batch is a stack of single samples: dx is the stack of their dx, dw and db are the sums of theirs.
# Nothing is divided by the number of samples here. If a loss is a *mean* over the batch, the division
# belongs to the backward of that loss, once, and not to each layer again.

# %%
singles = []
for n in range(3):
    _, cache_n = F.affine_forward(X[n], W, B)
    singles.append(F.affine_backward(dout[n], cache_n))
db_of_singles = [sum(single.b[k] for single in singles) for k in range(3)]

# %% [markdown]
# ## relu is a gate
#
# Where relu let a number through, its derivative is 1 and the gradient passes; where it did not, 0, and the
# gradient stops. So backward needs a yes or no for each number, and relu's own output has it: it is positive
# exactly where the input was.

# %%
z_ints = [[1, 2, -3, -4], [2, -7, -1, 3], [-1, 2, 5, -1]]
d_ints = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
_, relu_cache = F.relu_forward(z_ints)
gated = F.relu_backward(d_ints, relu_cache).x
show("\nz", z_ints)
show("dout", d_ints)
show("dout through relu", gated)

# %% [markdown]
# Three details that are often got wrong.
#
# - The gate is open where z > 0, and closed where z *equals* 0, everywhere in the program alike. A test for
#   z < 0 lets the gradient of an exact 0 pass: [5, 6, 0] below, instead of [0, 6, 0].
# - Gradients are not integers, even where the inputs are. A table made "like z" to hold them would
#   be one of ints if z is; on numpy, purenn makes floats of ints before it computes.
# - The gradient that came in belongs to the caller. relu_backward makes a new array, and leaves dout alone.

# %%
d_edge = [5.0, 6.0, 7.0]
_, edge_cache = F.relu_forward([0.0, 1.0, -1.0])
at_edge = F.relu_backward(d_edge, edge_cache).x
show("gradient at 0, 1, -1", at_edge)
if find_spec("numpy"):
    out_np, cache_np = F.relu_forward(pn.convert(z_ints, "numpy"))
    gated_np = F.relu_backward(pn.convert(d_ints, "numpy"), cache_np).x
    print(f"on numpy the ints become {gated_np.dtype}")
else:
    gated_np = None
    print("numpy is not installed: what it makes of ints is left out")

# %% [markdown]
# ## A whole step: the gradient of what?
#
# Forward, y = relu(x @ w + b). Backward from a gradient dy through relu's gate to dw and db. Then a step
# with learning rate 0.001. The only open question is where dy comes from, and there are two readings.
#
# **First**: dy is given, the ones, twos and threes of above. Then the step follows the gradient of the sum
# of dy * y, each output weighted by its dy.
#
# **Second**: dy is a copy of y itself. Then it is the gradient of L = 0.5 * (the sum of all y squared), for
# the derivative of 0.5 * y**2 is y. The step shrinks the outputs: the layer learns to be silent. This is the
# half squared error with targets of 0.
#
# Both are right, each as the gradient of its own function. To declare the first and compute the second is
# not.


# %%
def layer_step(x, params, gradient_of_y, learning_rate):
    """One step of gradient descent, and the gradients of w and b that it took."""
    w, b = params
    z, affine_cache = F.affine_forward(x, w, b)
    y, relu_cache = F.relu_forward(z)
    dz = F.relu_backward(gradient_of_y(y), relu_cache).x
    _, dw, db = F.affine_backward(dz, affine_cache)
    optimizer = pn.sgd(learning_rate)
    after, _ = optimizer.update((dw, db), optimizer.init(params), params)
    return after, (dw, db)


def half_squares_gradient(y):
    targets = pn.backend_of(y).zeros_like(y)
    _, cache = F.half_squared_error_forward(y, targets, reduction="sum")
    return F.half_squared_error_backward(1, cache).predictions


declared, declared_grads = layer_step(X, (W, B), lambda y: dout, 0.001)
squares, squares_grads = layer_step(X, (W, B), half_squares_gradient, 0.001)
show("\nw after a step with the given dy", declared[0])
show("b", declared[1])
show("w after a step on half the sum of squares", squares[0])
show("b", squares[1])

# %% [markdown]
# Central differences find the gradient of any function f by moving its numbers p one by one, up and down:
#
#     slope = (f(p + h) - f(p - h)) / (2 * h)
#
# They know nothing of the chain rule, so they can judge it. In Fractions nothing is rounded, and for sums
# and squares they are exact: gradients may be compared with `==`, and each is found to be that of its own
# function, and not of the other.


# %%
x_q, w_q, b_q, dout_q = exactly(Fraction, (X, W, B, dout))


def outputs(params):
    return F.relu_forward(F.affine_forward(x_q, *params)[0])[0]


def weighted_sum(params):
    weighted, _ = F.multiply_forward(dout_q, outputs(params))
    return sum(sum(row) for row in weighted)


def half_squares(params):
    return sum(y * y for row in outputs(params) for y in row) / 2


_, first = layer_step(x_q, (w_q, b_q), lambda y: dout_q, Fraction(1, 1000))
_, second = layer_step(x_q, (w_q, b_q), half_squares_gradient, Fraction(1, 1000))
of_weighted_sum = numerical_gradient(weighted_sum, (w_q, b_q))
of_half_squares = numerical_gradient(half_squares, (w_q, b_q))
print(f"\nfirst == central differences of the sum of dy * y: {first == of_weighted_sum}")
print(f"second == central differences of half the sum of squares: {second == of_half_squares}")
print(f"first == central differences of half the sum of squares: {first == of_half_squares}")

# %% [markdown]
# ## What this chapter claims
#
# Floats round: 0.2 + 0.5 - 0.26 gives 0.43999999999999995. In Decimals the same functions compute as you do
# on paper, so what was printed above can be compared with `==` too.

# %%
x_d, w_d, b_d, dout_d = exactly(Decimal, (X, W, B, dout))
exact = F.affine_backward(dout_d, F.affine_forward(x_d, w_d, b_d)[1])
assert exact.x == exactly(
    Decimal, [[0.44, -0.38, -0.07, 1.37], [0.88, -0.76, -0.14, 2.74], [1.32, -1.14, -0.21, 4.11]]
)
assert exact.w == exactly(Decimal, [[0.5] * 3, [20.1] * 3, [10.9] * 3, [4.1] * 3])
assert exact.b == exactly(Decimal, [6, 6, 6])
assert dx_by_hand == dx_one
assert (dw_by_hand, db_by_hand) == (grads.w, grads.b)
assert [single.x for single in singles] == grads.x
assert db_of_singles == grads.b

assert gated == [[1, 2, 0, 0], [5, 0, 0, 8], [0, 10, 11, 0]]
assert (at_edge, d_edge) == ([0.0, 6.0, 0.0], [5.0, 6.0, 7.0])
if gated_np is not None:
    assert gated_np.dtype == "float64"
    assert gated_np.tolist() == gated

rate = Decimal("0.001")
(w_1, b_1), _ = layer_step(x_d, (w_d, b_d), lambda y: dout_d, rate)
(w_2, b_2), _ = layer_step(x_d, (w_d, b_d), half_squares_gradient, rate)
WANTED_1 = [
    [0.1995, 0.5035, -0.2605],
    [0.7799, -0.9201, -0.2901],
    [-0.5109, 0.2471, 0.1591],
    [0.9959, -0.5001, 0.8659],
]
WANTED_2 = [
    [0.179515, 0.5003665, -0.262746],
    [0.742093, -0.9152577, -0.2758402],
    [-0.510153, 0.2529017, 0.1629592],
    [0.971328, -0.5021842, 0.8636583],
]
assert (w_1, b_1) == exactly(Decimal, (WANTED_1, [1.994, 2.996, 0.494]))
assert (w_2, b_2) == exactly(Decimal, (WANTED_2, [1.98489, 2.997739, 0.497389]))
assert first == of_weighted_sum != of_half_squares == second
print("\nEvery claim holds.")
