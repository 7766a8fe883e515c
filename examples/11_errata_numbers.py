# %% [markdown]
# # 11, continued. Errata: wrong steps, epochs and numbers
#
# 有些错误不在梯度里，只看一对函数的定律发现不了：优化器的偏差修正写错，
# 一轮训练漏掉样本，浮点数溢出或相消，参数根本没有更新。
# 这时要拿结果与已知的数对照：论文给出的轨迹、样本被访问的次数、数学库算出的函数值。
#
# You will learn which mistakes no gradient check can find, and how to find them: with a trajectory worked
# out by hand, a count, or a number at the edge of what floats can hold.
#
# Run it: `python examples/11_errata_numbers.py [--details]`

# %%
import argparse
import math
import sys
from collections import Counter

import purenn as pn
import purenn.functional as F
from purenn.testing import numerical_gradient

parser = argparse.ArgumentParser(description="Wrong steps, epochs and numbers, and what shows them.")
parser.add_argument("--details", action="store_true", help="print the wrong results, too")
options = parser.parse_args([] if "ipykernel" in sys.modules else None)
caught = Counter()

# %% [markdown]
# ## The check
#
# Each row has a wrong result and purenn's; of the two only ours may be the one that is known.


# %%
def rounded(tree):
    if isinstance(tree, (list, tuple)):
        return [rounded(part) for part in tree]
    return float(f"{tree:.9g}") if isinstance(tree, float) else tree


def near(one, other):
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(near, one, other))
    numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
    if numbers and math.isnan(other):
        return math.isnan(one)
    return math.isclose(one, other, rel_tol=1e-9) if numbers else one == other


def value(number, defect, by, wrong, right, want):
    assert near(right, want), f"{number}: {right} is not {want}"
    assert not near(wrong, want), f"{number}: {wrong} is right"
    caught[by] += 1
    text = str(rounded(right))
    print(f"{number:7} {defect:50} {by:10} {text if len(text) < 41 else text[:38] + '...'}")
    if options.details:
        print(f"{'':7} wrong: {rounded(wrong)!s:.100}")


def attempt(function, *arguments):
    """The result, or the name of the error."""
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__


print(f"{'':7} {'defect':50} {'caught by':10} right, by purenn")

# %% [markdown]
# ## Values at an edge
#
# At a kink, out of range, or where shapes do not meet, a central difference says nothing.

# %%
z, dout = [0.0, 1.0, -1.0], [5.0, 6.0, 7.0]
passed = [0.0 if v < 0 else d for v, d in zip(z, dout, strict=True)]
masked = F.relu_backward(dout, F.relu_forward(z)[1]).x
value("000.c", "relu lets the gradient pass at 0", "kink", passed, masked, [0.0, 6.0, 0.0])

last = F.affine_forward([1.0], [-1.5], 0.0)[0]
value("002.c", "a relu after the last layer of a regression", "range", max(0.0, last), last, -1.5)

column = [[1.0], [2.0]]
crossed = attempt(lambda: F.matmul_forward([[1.0]], column)[0])
product = F.matmul_forward(column, [[1.0]])[0]
value("002.d", "dw as dy @ a.T, where only a.T @ dy conforms", "shape", crossed, product, column)

x, dy, slope = [[1.0] * 10] * 3, [[1.0]] * 10, [[1.0] * 4] * 10  # x is transposed: 10 samples of 3 features
w_row = [[1.0] * 4]
left_to_right = attempt(
    lambda: F.multiply_forward(F.matmul_forward(F.matmul_forward(x, dy)[0], w_row)[0], slope)
)
bracketed = F.matmul_forward(x, F.multiply_forward(F.matmul_forward(dy, w_row)[0], slope)[0])[0]
value("003.b", "the gradient of w1 without its brackets", "shape", left_to_right, bracketed, [[10.0] * 4] * 3)

broken = attempt(compile, "function(kinds[index['kind'], z)", "snippet", "eval")
mended = type(compile("function(kinds[index['kind']], z)", "snippet", "eval")).__name__
value("003.c", "a snippet without one of its brackets", "compile", broken, mended, "code")


def plain_softmax(z):
    return [math.exp(v) / sum(map(math.exp, z)) for v in z]


def plain_sigmoid(z):
    return 1 / (1 + math.exp(-z))


softmax = F.softmax_forward([1000.0, 0.0])[0]
value(
    "003.o",
    "softmax without the largest taken off",
    "overflow",
    attempt(plain_softmax, [1000.0, 0.0]),
    softmax,
    [1.0, 0.0],
)
value(
    "003.o",
    "sigmoid by exp(-z) where z is -710",
    "overflow",
    attempt(plain_sigmoid, -710.0),
    F.sigmoid_forward(-710.0)[0],
    math.exp(-710),
)
nan = math.nan if math.nan > 0 else 0.0  # no comparison with NaN holds
value("003.p", "relu turns NaN into 0", "nan", nan, F.relu_forward(math.nan)[0], math.nan)
value(
    "003.q",
    "tanh z as 2 sigmoid(2z) - 1 cancels",
    "precision",
    2 * plain_sigmoid(2e-9) - 1,
    F.tanh_forward(1e-9)[0],
    math.tanh(1e-9),
)

no_bias = F.tanh_forward(F.matmul_forward([0.0, 0.0], [[0.3, 0.5], [0.2, -0.4]])[0])[0]
bias = F.affine_forward([0.0, 0.0], [[0.3, 0.5], [0.2, -0.4]], [1.0, 2.0])[0]
value("003.t", "a bias as one more neuron: at x = 0 it is 0", "range", no_bias, bias, [1.0, 2.0])

# %% [markdown]
# ## Epochs
#
# How many samples are seen how often: `[(1, 398)]` is 398 samples once each, an epoch.


# %%
def visits(batches, samples):
    seen = Counter(row for rows in batches for row in rows)
    return sorted(Counter(seen[row] for row in range(samples)).items())


rows = list(range(398))
order = pn.random.permutation(0, 398)
epoch = visits([part for part, _ in pn.batches(rows, rows, 64, key=0)], 398)
independent = [pn.random.permutation(key, 398)[:64] for key in range(398 // 64)]
replaced = [[int(398 * u) for u in pn.random.uniform(0, 398)]]
value(
    "003.g",
    "the features of one row, indexed by samples",
    "raises",
    attempt(lambda: [z[row] for row in order]),
    epoch,
    [(1, 398)],
)
value("003.h", "m // batch draws, each on its own", "count", visits(independent, 398), epoch, [(1, 398)])
value("004.d", "draws with replacement", "count", visits(replaced, 398), epoch, [(1, 398)])

x, targets = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
model, mse = pn.affine(1, 1), pn.mean_squared_error
start = model.init(0)
state = next(pn.train(model, mse, pn.sgd(0.1), x, targets, batch_size=3, epochs=1, key=0, params=start))
before, after = (mse.forward(model.forward(p, x)[0], targets)[0] for p in (start, state.params))
value("004.c", "the loss of a batch after it was learned", "order", after, state.loss, before)
per_epoch = 1437 / 100  # batches, as a float: step % per_epoch is 0 at the start and then hardly ever
floats = sum(step % per_epoch == 0 for step in range(150))
whole = sum(step % -(-1437 // 100) == 0 for step in range(150))
value("004.e", "a fraction of a batch: 10 epochs are reported", "count", floats, whole, 10)

# %% [markdown]
# ## Optimizers
#
# A trajectory: from 1, with the gradients 3, -0.1 and 0.5; the wanted ones follow from the papers.


# %%
def trajectory(optimizer):
    params, path = 1.0, []
    state = optimizer.init(params)
    for g in (3.0, -0.1, 0.5):
        params, state = optimizer.update(g, state, params)
        path.append(round(params, 12))
    return path


def path_of(step):
    """The same, of a function of the number of the step, the gradient, and a memory of two numbers."""
    params, path, memory = 1.0, [], [0.0, 0.0]
    for t, g in enumerate((3.0, -0.1, 0.5), start=1):
        params -= step(t, g, memory)
        path.append(round(params, 12))
    return path


def adam_step(t, g, memory, rate=0.001, shares=(0.9, 0.999), corrections=(0.9, 0.999)):
    memory[:] = [b * m + (1 - b) * x for b, m, x in zip(shares, memory, (g, g * g), strict=True)]
    m, v = (x / (1 - b**t) for x, b in zip(memory, corrections, strict=True))
    return rate * m / (math.sqrt(v) + 1e-8)


def restarting(t, g, memory):
    return adam_step(1, g, [0.0, 0.0])


def norm_adamax(t, g, memory):
    memory[:] = [0.9 * memory[0] + 0.1 * g, 0.999 * memory[1] + 0.001 * g * g]
    root = math.sqrt(max(abs(memory[1]), abs(g)))
    return 0.002 / (1 - 0.999**t) * memory[0] / (1 - 0.9**t) / root


def forgetful_adadelta(t, g, memory):
    memory[0] = 0.95 * memory[0] + 0.05 * g * g  # and that of the steps stays 0
    return math.sqrt(1e-6) / math.sqrt(memory[0] + 1e-6) * g


adam, adamax = [0.999000000003, 0.998355117252, 0.997758343749], [0.998, 0.997086806104, 0.996386759725]
adadelta, ema = [0.995527869014, 0.995744037492, 0.994664872741], [0.97, 0.944, 0.9156]
assert near(path_of(adam_step), adam)  # the step itself is right: the rows below spoil it
our_adam = trajectory(pn.adam())
first = 1.0 - pn.adam(0.05, 0.9, 0.99).update(3.0, pn.adam().init(1.0), 1.0)[0]
two_betas = adam_step(1, 3.0, [0.0, 0.0], 0.05, (0.99, 0.99), (0.9, 0.99))
averaging, adding = trajectory(pn.momentum(0.1, dialect="ema")), trajectory(pn.momentum(0.1))
value("003.i", "momentum of another dialect than was meant", "trajectory", adding, averaging, ema)
value(
    "003.k",
    "AdaDelta's squares of steps are not kept",
    "trajectory",
    path_of(forgetful_adadelta),
    trajectory(pn.adadelta()),
    adadelta,
)
value("003.m", "Adam restarts in every epoch (here: step)", "trajectory", path_of(restarting), our_adam, adam)
value(
    "003.m", "Adam decays by 0.99 and corrects by 0.9", "first step", two_betas, first, 0.05 / (1 + 1e-8 / 3)
)
value(
    "003.n",
    "AdaMax with norms, roots and two corrections",
    "trajectory",
    path_of(norm_adamax),
    trajectory(pn.adamax()),
    adamax,
)
second = adam_step(2, 3.0, [0.0, 0.0], 0.01)
right = 1.0 - pn.adam(0.01).update(3.0, pn.adam().init(1.0), 1.0)[0]
value(
    "cs231n",
    "Adam counts from 2: the first step is 0.0074",
    "first step",
    second,
    right,
    0.01 / (1 + 1e-8 / 3),
)

# %% [markdown]
# ## Updates that do not arrive, and differences of integers

# %%
layer = {"w": [1.0]}
params = {"w": layer["w"]}  # the same list, as long as it is written into
params["w"] = [w - 0.1 * 3.0 for w in params["w"]]  # and a new one from here on: the layer trains no more
new, _ = pn.sgd(0.1).update([3.0], pn.sgd(0.1).init([1.0]), [1.0])
value("004.a", "params[k] = params[k] - g reaches no layer", "value", layer["w"], new, [0.7])


def squares(x):
    return x[0] * x[0] + x[1] * x[1]


def moved(x, index, h):
    return [int(v + h) if i == index else v for i, v in enumerate(x)]  # an integer array cuts it off


x, h = [1, 2], 1e-4
cut = [(squares(moved(x, i, h)) - squares(moved(x, i, -h))) / (2 * h) for i in (0, 1)]
slopes = [round(slope, 6) for slope in numerical_gradient(squares, x)]
value("004.b", "differences of integers: [5000, 15000]", "value", cut, slopes, [2.0, 4.0])

drop = 0.2
kept = sum(bool(m) for m in F.dropout_forward([1.0] * 1000, drop=1 - drop, key=0)[1].mask)
ours = sum(bool(m) for m in F.dropout_forward([1.0] * 1000, drop=drop, key=0)[1].mask)
value("stax", "dropout's rate is the share kept", "count", round(kept, -2), round(ours, -2), 800)

print("\ncaught by", ", ".join(f"{name} {count}" for name, count in caught.most_common()))
assert sum(caught.values()) == 24
