# %% [markdown]
# # 7. A two-layer net that reads handwritten digits
#
# 本章用两层网络识别手写数字：仿射、ReLU、仿射，再接 softmax 与交叉熵。
# 先用数值微分逐个核对每个参数的梯度，看清它为何可靠，又为何太慢；
# 再用反向传播训练，自己写的循环与 `pn.train` 得到的结果逐位相同。
# 若手边有 MNIST 的四个文件，还可以重现那张 17 行的准确率表。
#
# You will learn how to check every gradient of a network without trusting its backward, what a training
# loop consists of, and that `pn.train` is that loop.
#
# Run it: `python examples/07_two_layer_net.py [lists | numpy] [--mnist FOLDER]`

# %%
import argparse
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

import purenn as pn
from purenn.testing import numerical_gradient

parser = argparse.ArgumentParser(description="A two-layer net on handwritten digits.")
parser.add_argument("backend", nargs="?", choices=["lists", "numpy"], default="lists")
parser.add_argument("--mnist", metavar="FOLDER", type=Path, help="train on MNIST's four IDX files, on numpy")
options = parser.parse_args([] if "ipykernel" in sys.modules else None)  # a notebook has no command line
xp = "numpy" if options.mnist else options.backend
try:
    pn.get_backend(xp)
except pn.errors.BackendError as error:
    parser.error(str(error))
if options.mnist and not options.mnist.is_dir():
    parser.error(f"--mnist {options.mnist} is no folder: give the one with MNIST's four files")

# %% [markdown]
# ## The net
#
# Weights are drawn small, with a standard deviation of 0.01, and biases start at 0. The net has no softmax
# of its own: the loss takes the scores as they are, so no probability can be rounded to 0 on the way to a
# logarithm.


# %%
def two_layer_net(inputs, hidden, outputs):
    small = partial(pn.initializers.normal, std=0.01)
    return pn.chain(
        pn.affine(inputs, hidden, w_init=small), pn.relu, pn.affine(hidden, outputs, w_init=small)
    )


# %% [markdown]
# ## The digits
#
# 1,797 images of 8 x 8 pixels, from 0 to 16, come with purenn. Lists take 1,000 of them and fewer
# hidden units, so that this chapter stays short.

# %%
samples, hidden = (1797, 50) if xp == "numpy" else (1000, 20)
digits = pn.load_digits()
images = [[pixel / 16 for pixel in image] for image in digits.x[:samples]]
x, y = pn.convert((images, digits.y[:samples]), xp)
(x, y), (x_test, y_test) = pn.split(x, y, test_size=0.2, key=0)
model = two_layer_net(64, hidden, 10)

# %% [markdown]
# ## Gradient check
#
# Central differences need two forwards for each parameter; backward needs one forward and one backward for
# all of them. So the first is for checking and the second for training. The function that is differentiated
# takes the params as its argument: nothing is changed in place, and nothing can be forgotten.

# %%
first = next(pn.batches(x, y, batch_size=3, key=1))
params = model.init(key=0, xp=xp)


def loss_of(params):
    scores, _ = model.forward(params, first[0])
    return pn.softmax_cross_entropy.forward(scores, first[1])[0]


start = perf_counter()
slow = numerical_gradient(loss_of, params)
middle = perf_counter()
_, fast, _ = pn.loss_and_grads(model, pn.softmax_cross_entropy)(params, *first)
end = perf_counter()


def numbers(array):
    array = pn.convert(array, "lists")
    return [number for row in array for number in row] if isinstance(array[0], list) else array


apart = []
print(f"{'':>8} {'count':>6} {'mean |gradient|':>16} {'furthest apart':>15}")
for name, one, other in zip(("w1", "b1", "w2", "b2"), *map(pn.tree_leaves, (slow, fast)), strict=True):
    pairs = list(zip(numbers(one), numbers(other), strict=True))
    apart.append(max(abs(a - b) for a, b in pairs))
    size = sum(abs(b) for _, b in pairs) / len(pairs)
    print(f"{name:>8} {len(pairs):6} {size:16.2e} {apart[-1]:15.1e}")
print(f"central differences took {(middle - start) / (end - middle):,.0f} times as long as backward\n")

assert max(apart) < 1e-9
assert middle - start > 10 * (end - middle)

# %% [markdown]
# ## Training, in a loop of your own
#
# An epoch is a permutation of all samples, cut into batches: each image is seen once. The loss is that of
# the batch before the update, so it is never flattered by having just learned this batch. The update
# returns new params; the old ones are still there.

# %%
optimizer = pn.sgd(learning_rate=0.1)
batch_size, epochs = (100, 60) if xp == "numpy" else (20, 20)
order_key, _ = pn.random.split(0)  # one key for the order, one for layers that draw: here none does
loss_and_grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)

state = optimizer.init(params)
for epoch in range(2):
    for batch, labels in pn.batches(x, y, batch_size, key=pn.random.fold_in(order_key, epoch)):
        loss, grads, _ = loss_and_grads(params, batch, labels)
        params, state = optimizer.update(grads, state, params)

# %% [markdown]
# ## The same loop, ready made
#
# `pn.train` yields a state after each update. After two epochs its params are those of the loop above, bit
# for bit.


# %%
def accuracy(params, x, y):
    scores, _ = model.forward(params, x)
    return pn.accuracy(scores, y)


per_epoch = -(-len(y) // batch_size)
for s in pn.train(
    model, pn.softmax_cross_entropy, optimizer, x, y, batch_size=batch_size, epochs=epochs, key=0
):
    if s.step == 2 * per_epoch:
        assert pn.convert(s.params, "lists") == pn.convert(params, "lists")
    if s.step % (10 * per_epoch) == 0:
        print(
            f"epoch {s.epoch:2}: loss {float(s.loss):.4f}, accuracy {accuracy(s.params, x, y):.4f} in "
            f"training, {accuracy(s.params, x_test, y_test):.4f} in the test"
        )

assert accuracy(s.params, x_test, y_test) >= 0.92

# %% [markdown]
# ## MNIST
#
# With `--mnist FOLDER`: 784-50-10, batches of 100, 10,000 steps, and the accuracies after update 1, 601,
# 1201, ... 600 updates are one epoch of 60,000 images. The table below is a run of the same net that was
# not seeded and drew each batch with replacement, which is no epoch: some images come twice, others never.
# Ours are permutations, and the key is 0. So the figures can agree within a band only: 0.01, twice that at
# update 601, where the accuracy still climbs fast, and anything from 0.02 to 0.35 at update 1, where
# the net guesses.

# %%
STEPS, EVERY = 10_000, 600
WANTED = [  # (training, test), after update 1, 601, 1201, ...
    (0.10378, 0.1098), (0.90325, 0.9064), (0.92378, 0.9245), (0.93418, 0.9360), (0.94270, 0.9410),
    (0.94990, 0.9463), (0.95572, 0.9510), (0.95983, 0.9553), (0.96290, 0.9581), (0.96613, 0.9609),
    (0.96838, 0.9616), (0.96863, 0.9623), (0.97130, 0.9647), (0.97413, 0.9675), (0.97500, 0.9675),
    (0.97597, 0.9666), (0.97543, 0.9660),
]  # fmt: skip


def outside_band(pairs):
    """A line for each accuracy that lies outside of the band around the table."""
    lines = []
    for index, (pair, wanted) in enumerate(zip(pairs, WANTED, strict=True)):
        for part, got, want in zip(("training", "test"), pair, wanted, strict=True):
            width = 0.02 if index == 1 else 0.01
            low, high = (0.02, 0.35) if index == 0 else (want - width, want + width)
            if not low <= got <= high:
                where = f"after update {index * EVERY + 1}, {part} accuracy"
                lines.append(f"{where} {got:.4f} is not from {low:.4f} to {high:.4f}")
    return lines


def load_mnist(folder, part):
    """Images (N, 784) from 0 to 1 in float32, which takes half the memory, and labels (N,)."""
    found = []
    for kind in ("images-idx3", "labels-idx1"):
        names = [f"{part}-{kind}-ubyte", f"{part}-{kind}-ubyte.gz", f"{part}-{kind.replace('-', '.')}-ubyte"]
        paths = [folder / name for name in names if (folder / name).is_file()]
        if not paths:
            raise FileNotFoundError(f"{folder} has no {names[0]}, plain or .gz: get MNIST's four files")
        found.append(pn.load_idx(paths[0], xp="numpy"))
    images, labels = found
    if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise ValueError(
            f"{folder}: {part} images {images.shape} and labels {labels.shape}: wanted (N, 28, 28) and (N,)"
        )
    return images.reshape(-1, 784).astype("float32") / 255, labels


def mnist_table(folder):
    """The (training, test) accuracies of our run."""
    x, y = load_mnist(folder, "train")
    x_test, y_test = load_mnist(folder, "t10k")
    print(f"\n{len(y)} images to train on, {len(y_test)} to test on\nupdate  training    test")
    net, pairs = two_layer_net(784, 50, 10), []
    epochs = -(-STEPS * 100 // len(y)) + 1
    for s in pn.train(net, pn.softmax_cross_entropy, pn.sgd(0.1), x, y, batch_size=100, epochs=epochs, key=0):
        if s.step % EVERY == 1:
            parts = ((x, y), (x_test, y_test))
            pairs.append(tuple(pn.accuracy(net.forward(s.params, data)[0], labels) for data, labels in parts))
            print(f"{s.step:6}  {pairs[-1][0]:8.4f}  {pairs[-1][1]:6.4f}")
        if s.step == STEPS:
            break
    return pairs


assert outside_band(WANTED) == []
assert len(outside_band([(0.5, 0.5)] * len(WANTED))) == 2 * len(WANTED)  # the check can fail

if options.mnist:
    try:
        table = mnist_table(options.mnist)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    misses = outside_band(table)
    assert not misses, "\n".join(["this is not the run in the table, or not MNIST:", *misses])
    print("every accuracy lies within the band")
