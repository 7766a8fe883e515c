# %% [markdown]
# # 11. Errata: wrong gradients, and the law that catches each
#
# 反向传播写错了，程序往往照样运行，损失照样下降，准确率也说得过去。
# 本章收集教程与知名项目里的真实错误，逐个重写成最小的程序，再用几条定律当场捉住它们，
# 并给出 purenn 的正确结果。结论很简单：梯度对不对，要问定律，不要问准确率。
#
# You will learn which kinds of mistake are made, and which check finds which kind. The wrong programs are
# written anew, as small as they go, and run on lists.
#
# Run it: `python examples/11_errata.py [--details]`; mistakes in epochs, optimizers and numbers are in
# `11_errata_numbers.py`.

# %%
import argparse
import math
import sys
from array import array
from collections import Counter
from functools import partial
from typing import Any, NamedTuple

import purenn as pn
import purenn.functional as F
from purenn.testing import check_laws

parser = argparse.ArgumentParser(description="Wrong programs, and what catches each.")
parser.add_argument("--details", action="store_true", help="print what each check said, too")
options = parser.parse_args([] if "ipykernel" in sys.modules else None)
xp = pn.get_backend("lists")
caught = Counter()

# %% [markdown]
# ## The check
#
# Each row has a wrong backward, or a wrong pair, and the law of `check_laws` that it must break: *pure*,
# *structure*, *linear* in dout, or *vjp*, to be the derivative of forward. purenn's own pair keeps every law
# for the same arguments; the last column is its gradient for a dout of ones. The numbers are those of
# the five tutorials that these chapters follow (000 to 004), and the letters their mistakes.


# %%
def rounded(tree):
    if isinstance(tree, (list, tuple)):
        return [rounded(part) for part in tree]
    return round(tree, 4) if isinstance(tree, float) else tree


def line(number, defect, by, right, detail):
    caught[by] += 1
    text = str(rounded(right))
    print(f"{number:7} {defect:48} {by:10} {text if len(text) < 43 else text[:40] + '...'}")
    if options.details:
        print(f"{'':7} {detail}")


def law(number, defect, name, wrong, right, *arguments):
    """A wrong pair, or a wrong backward to the right forward, and the law that it must break."""
    forward, backward = wrong if isinstance(wrong, tuple) else (right[0], wrong)
    broken = {
        one.name: one.detail for one in check_laws(forward, backward, *arguments).laws if not one.passed
    }
    assert name in broken, f"{number}: {name} did not catch it, but {broken}"
    check_laws(*right, *arguments).assert_ok()
    out, cache = right[0](*arguments)
    line(number, defect, name, right[1](xp.ones_like(out), cache), broken[name])


class Kept(NamedTuple):
    one: Any
    two: Any


def activation(slope):
    """A backward from a function of dout and the cache."""
    return lambda dout, cache: F.ActivationGrads(slope(dout, cache))


RELU = (F.relu_forward, F.relu_backward)
SIGMOID = (F.sigmoid_forward, F.sigmoid_backward)
AFFINE = (F.affine_forward, F.affine_backward)
MSE = (F.mean_squared_error_forward, F.mean_squared_error_backward)
MAE = (F.mean_absolute_error_forward, F.mean_absolute_error_backward)
CE = (F.softmax_cross_entropy_forward, F.softmax_cross_entropy_backward)
Z = [1.0, -2.0, 3.0]
print(f"{'':7} {'defect':48} {'caught by':10} right, by purenn")

# %% [markdown]
# ## 000: one neuron, then a layer


# %%
def typed(dout, cache):
    """The slope in integers, as zeros_like makes them of integers."""
    slope = array("q", (int(z > 0) for z in cache.out))
    for index, d in enumerate(dout):
        slope[index] *= d
    return list(slope)


no_b = (lambda x, w, b: (F.affine_forward(x, w, 0.0)[0], F.AffineCache(x, w)), F.affine_backward)
law("000.a", "forward forgets b", "vjp", no_b, AFFINE, Z, [-3.0, -1.0, 2.0], 1.0)
law("000.b", "dout is never used: the output goes back", "linear", activation(lambda d, c: c.out), RELU, Z)
law("000.d", "gradients are held in integers", "vjp", activation(typed), RELU, [1, -2, 3])

# %% [markdown]
# ## 001: layers with a memory, and an epsilon in a logarithm

# %%
held = {}


def writes(dout, cache):
    for index, z in enumerate(cache.out):
        dout[index] = 0.0 if z <= 0 else dout[index]
    return dout


def remembers(x):
    out, cache = F.sigmoid_forward(x)
    held["slope"] = xp.multiply(out, xp.subtract(1, out))
    return out, cache


def losing(loss, slope):
    """A softmax loss, from a loss of probabilities and a slope."""

    def forward(logits, labels):
        p = F.softmax_forward(logits)[0]
        return loss(p, labels), Kept(p, labels)

    return forward, lambda dout, c: F.SoftmaxCrossEntropyGrads(xp.multiply(slope(*c), dout))


def hard(p, t):
    return -math.log(p[t.index(max(t))])


def by_classes(p, t):
    return xp.divide(xp.subtract(p, t), len(t))


epsilon = losing(lambda p, t: -math.log(p[t] + 1e-7), lambda p, t: xp.subtract(p, pn.one_hot(t, 3)))
law("001.a", "relu writes into its caller's dout", "pure", activation(writes), RELU, Z)
law("001.b", "log(p + 1e-7): the loss ends at 16.1", "vjp", epsilon, CE, [100.0, 0.0, 0.0], 1)
law("001.c", "one sample is divided by its classes", "vjp", losing(hard, by_classes), CE, Z, [0.0, 1.0, 0.0])
law("001.d", "soft targets are made hard", "vjp", losing(hard, xp.subtract), CE, [0.4, 0.0], [0.5, 0.5])
law("001.e", "backward ignores dout", "linear", lambda dout, cache: CE[1](1.0, cache), CE, Z, 1)
newest = activation(lambda dout, cache: xp.multiply(dout, held["slope"]))
law("001.f", "kept in the object: the last call wins", "pure", (remembers, newest), SIGMOID, Z)

# %% [markdown]
# ## 002: means over some axes


# %%
def fit_forward(x, w, b, targets):
    out, first = F.affine_forward(x, w, b)
    loss, second = F.mean_squared_error_forward(out, targets)
    return loss, Kept(first, second)


def fit_backward(dout, cache):
    return F.affine_backward(F.mean_squared_error_backward(dout, cache.two).predictions, cache.one)


def by_rows(dout, cache):
    dx, dw, db = F.affine_backward(xp.multiply(cache.two.difference, 2 * dout), cache.one)
    return F.AffineGrads(dx, xp.divide(dw, len(dx)), xp.divide(db, len(dx)))


FIT = (fit_forward, fit_backward)
one_row = ([[1.0, 2.0]], [[1.0, 0.5], [-1.0, 2.0]], [0.0, 1.0], [[1.0, 1.0]])
two_rows = ([[1.0, 2.0], [3.0, -1.0]], [[1.0], [0.5]], [0.0], [[1.0], [2.0]])
law("002.a", "a mean of the rows, not of k outputs: times k", "vjp", by_rows, FIT, *one_row)
law("002.b", "the slope of x is no mean at all: times N", "vjp", by_rows, FIT, *two_rows)
# %% [markdown]
# ## 003: derivatives
#
# The first weights below stand for those that a hidden layer's backward went on using while the others
# were trained.

# %%
FIRST = [0.5, 0.5, 0.5]


def mean_of(slope):
    return lambda dout, c: F.RegressionGrads(xp.multiply(slope(c.difference), dout / len(c.difference)))


def not_divided(dout, c):
    return F.SoftmaxCrossEntropyGrads(xp.multiply(xp.subtract(c.probabilities, c.targets), dout))


def logit(out):
    return xp.log(xp.divide(out, xp.subtract(1, out)))


def of_z(dout, c):
    z = logit(c.out)
    return xp.multiply(dout, xp.multiply(z, xp.subtract(1, z)))


batch = ([[1.0, 2.0], [0.5, -1.0]], [[0.0, 1.0], [1.0, 0.0]])
shown, targets = [1.5, 1.0, 3.2], [1.0, 2.0, 3.0]
DROPOUT = (partial(F.dropout_forward, drop=0.5, key=1), F.dropout_backward)
law("003.a", "sigmoid' as z (1 - z) instead of y (1 - y)", "vjp", activation(of_z), SIGMOID, [2.0, -0.5])
law(
    "003.d",
    "hidden gradients through the first weights",
    "vjp",
    lambda dout, c: AFFINE[1](dout, c._replace(w=FIRST)),
    AFFINE,
    Z,
    [1.0, -1.0, 2.0],
    0.0,
)
law(
    "003.e",
    "mse: a mean of all, its slope a mean of rows",
    "vjp",
    mean_of(lambda d: xp.multiply(d, 2)),
    MSE,
    *batch,
)
law("003.f", "mae: |p - y| for its slope, without a sign", "vjp", mean_of(xp.abs), MAE, shown, targets)
law("003.r", "dropout: backward without the mask", "vjp", activation(lambda dout, _: dout), DROPOUT, Z)
law(
    "003.s",
    "cross-entropy: the slope is not a mean",
    "vjp",
    not_divided,
    CE,
    [[1.0, 2.0], [0.5, -1.0]],
    [0, 1],
)


# %% [markdown]
# ## 004: a single sample, and a layer that is used twice
#
# `x.T @ dout` is an outer product for a batch, and one number for a single sample. And the relu that writes
# into its dout (001.a) is the one of 004 too: where dout also goes another way, as in relu(x) + x,
# the other way gets its zeros.


# %%
def transposed(dout, c):
    dx, _, db = AFFINE[1](dout, c)
    return F.AffineGrads(dx, xp.sum(xp.multiply(c.x, dout)), db)


square = ([1.0, -2.0], [[0.5, 1.0], [2.0, -1.0]], [0.0, 0.0])
law("004.5", "one sample: x.T @ dout is one number", "structure", transposed, AFFINE, *square)
_, cache = F.relu_forward([-1.0])
dout = [1.0]
through_relu = writes(dout, cache)
print(f"{'004':7} the slope of relu(x) + x at -1 is then {through_relu[0] + dout[0]}, and should be 1.0")
assert through_relu[0] + dout[0] == 0.0
both = pn.chain(pn.branch(pn.relu, pn.identity), pn.add)
assert both.backward([1.0], both.forward(both.init(0), [-1.0])[1]).x == [1.0]

# %% [markdown]
# ## Peers
#
# Known programs have had mistakes of the same kinds: the book of nnfs, numpy-ml, thinc, and engines such as
# micrograd, whose second backward adds to the first.

# %%
SOFTMAX = (F.softmax_forward, F.softmax_backward)
total = [0.0, 0.0, 0.0]


def into_dout(dout, cache):
    for index, _ in enumerate(dout):
        dout[index] *= 2.0  # the rescaling, and no mask
    return dout


def adds_up(dout, cache):
    total[:] = [t + d * (out > 0) for t, d, out in zip(total, dout, cache.out, strict=True)]
    return list(total)


law("nnfs", "mae: sign(y - p) climbs", "vjp", mean_of(lambda d: xp.sign(xp.negative(d))), MAE, shown, targets)
law("np-ml", "dropout: backward writes into its dout", "pure", activation(into_dout), DROPOUT, Z)
law("np-ml", "dropout: backward never masks", "vjp", activation(lambda d, _: xp.multiply(d, 2)), DROPOUT, Z)
law("thinc", "softmax: backward is the identity", "vjp", activation(lambda d, _: d), SOFTMAX, Z)
law("micro", "each backward adds to the one before", "pure", activation(adds_up), RELU, Z)

# %% [markdown]
# ## What catches what

# %%
print("\ncaught by", ", ".join(f"{name} {count}" for name, count in caught.most_common()))
assert caught == {"vjp": 16, "pure": 4, "linear": 2, "structure": 1}
