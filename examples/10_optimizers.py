# %% [markdown]
# # 10. A race of optimizers
#
# 本章让十一种优化器在同一条狭长的弯谷（Rosenbrock 函数）里赛跑，
# 再让它们用同一个小网络去分开螺旋数据。为求公平，每种都在同一组学习率中选最好的一个。
# 加上 `--save 文件名`，可把路径、损失曲线与学习率调度画成一张图。
#
# You will learn to write a function of your own as a pair, to prove its gradient before you follow it, what
# momentum and scaling of the steps do in a valley, and what schedules look like.
#
# Run it: `python examples/10_optimizers.py [--save race.png]`

# %%
import argparse
import math
import sys
from pathlib import Path
from typing import NamedTuple

import purenn as pn
from purenn import schedules
from purenn.testing import check_laws

parser = argparse.ArgumentParser(description="A race of optimizers, and a picture of it.")
parser.add_argument("--save", metavar="FILE", type=Path, help="draw the picture into a .png, .svg or .pdf")
options = parser.parse_args([] if "ipykernel" in sys.modules else None)
if options.save and (options.save.suffix not in (".png", ".svg", ".pdf") or not options.save.parent.is_dir()):
    parser.error(
        f"--save {options.save}: give a name that ends in .png, .svg or .pdf, in a folder that exists"
    )

# %% [markdown]
# ## A function as a pair
#
# Rosenbrock's function is a curved valley: easy to reach, hard to follow. Its least value, 0, is at (1, 1).
# There the curvature across the valley is 2,500 times that along it. Two plain numbers are arrays of any
# backend, so ordinary arithmetic will do.


# %%
class Point(NamedTuple):
    x: float
    y: float


def rosenbrock_forward(x, y):
    """``out = (1 - x)**2 + 100 * (y - x**2)**2``"""
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x), Point(x, y)


def rosenbrock_backward(dout, cache):
    """``dx = -2 * (1 - x) - 400 * x * (y - x**2)``, ``dy = 200 * (y - x**2)``, times dout"""
    x, y = cache
    return Point(dout * (-2 * (1 - x) - 400 * x * (y - x * x)), dout * 200 * (y - x * x))


print(report := check_laws(rosenbrock_forward, rosenbrock_backward, -1.2, 1.0))
assert report.ok

# %% [markdown]
# ## The race
#
# All start at (-1.2, 1). Each optimizer runs with each of these learning rates, and the run counts whose
# highest value in the last 50 steps is lowest: a comparison at one rate for all would be one of the units
# of their steps, and the last value alone may be luck.

# %%
START, STEPS = Point(-1.2, 1.0), 400
RATES = [10 ** (k / 2) for k in range(-7, 3)]  # 0.000316, 0.001, 0.00316, ..., 10
OPTIMIZERS = {
    "SGD": pn.sgd,
    "momentum": pn.momentum,
    "Nesterov": pn.nesterov,
    "AdaGrad": pn.adagrad,
    "AdaDelta": pn.adadelta,
    "RMSprop": pn.rmsprop,
    "Adam": pn.adam,
    "AdamW": pn.adamw,
    "AdaMax": pn.adamax,
    "NAdam": pn.nadam,
    "AMSGrad": pn.amsgrad,
}


def race(optimizer):
    """The points of a run, and the values there; it ends where a value is no finite number."""
    params, state, path, values = START, optimizer.init(START), [], []
    for _ in range(STEPS + 1):
        value, cache = rosenbrock_forward(*params)
        if not math.isfinite(value):
            return path, [*values, math.inf]
        path.append(params)
        values.append(value)
        params, state = optimizer.update(rosenbrock_backward(1.0, cache), state, params)
    return path, values


races, rates = {}, {}
print(f"\n{'':9} {'best rate':>10} {'value after 100':>16} {'after 400':>10}   end")
for name, kind in OPTIMIZERS.items():
    runs = {rate: race(kind(rate)) for rate in RATES}
    rates[name] = min(runs, key=lambda rate: max(runs[rate][1][-50:]))
    path, values = races[name] = runs[rates[name]]
    end = f"({path[-1].x:.3f}, {path[-1].y:.3f})"
    print(f"{name:9} {rates[name]:10.2g} {values[100]:16.2e} {values[-1]:10.2e}   {end}")

assert all(values[-1] < 4 for _, values in races.values())  # all got from 24.2 into the valley
assert races["Adam"][1][-1] < races["SGD"][1][-1]
assert max(races["Nesterov"][1][-1], races["momentum"][1][-1]) < races["SGD"][1][-1]

# %% [markdown]
# ## Dialects of momentum
#
# In the averaging form, `v = 0.9 * v + 0.1 * g`, v is a tenth of PyTorch's, so ten times the learning rate
# takes the same path. Sutskever's form is PyTorch's, as long as the rate does not change.

# %%
ends = [
    race(pn.momentum(rate, dialect=dialect))[0][-1]
    for dialect, rate in (("pytorch", 1e-3), ("ema", 1e-2), ("sutskever", 1e-3))
]
print("\nmomentum's dialects end at", *(f"({x:.6f}, {y:.6f})" for x, y in ends))
assert all(math.dist(ends[0], end) < 1e-9 for end in ends)

# %% [markdown]
# ## The spiral
#
# Three arms, wound around each other, and a net of 2-24-3. The rates are round ones at which each
# learns steadily; most would bear a higher one. Where numpy is missing, lists run 20 epochs instead of 100.

# %%
try:
    pn.get_backend("numpy")
    xp, epochs = "numpy", 100
except pn.errors.BackendError:
    xp, epochs = "lists", 20
x, y = pn.data.spiral(0, samples=60, xp=xp)  # 180 samples: 6 batches of 30
model = pn.chain(pn.affine(2, 24), pn.tanh, pn.affine(24, 3))
SPIRAL = {
    "SGD": pn.sgd(1.0),
    "momentum": pn.momentum(0.3),
    "Nesterov": pn.nesterov(0.3),
    "AdaGrad": pn.adagrad(0.3),
    "AdaDelta": pn.adadelta(10.0),
    "RMSprop": pn.rmsprop(0.03),
    "Adam": pn.adam(0.1),
    "AdamW": pn.adamw(0.1),
    "AdaMax": pn.adamax(0.1),
    "NAdam": pn.nadam(0.1),
    "AMSGrad": pn.amsgrad(0.1),
}


def learn(optimizer):
    """The loss of all samples after each epoch, and the accuracy in the end."""
    losses = []
    for s in pn.train(model, pn.softmax_cross_entropy, optimizer, x, y, batch_size=30, epochs=epochs, key=0):
        if s.step % 6 == 0:
            scores, _ = model.forward(s.params, x)
            losses.append(float(pn.softmax_cross_entropy.forward(scores, y)[0]))
    return losses, pn.accuracy(scores, y)


print(f"\nspiral, {epochs} epochs on {xp}:")
curves = {}
for name, optimizer in SPIRAL.items():
    curves[name], accuracy = learn(optimizer)
    print(f"{name:9} loss {curves[name][-1]:.4f}, accuracy {accuracy:.4f}")
    assert curves[name][-1] < curves[name][0] * (0.5 if xp == "numpy" else 1)

# %% [markdown]
# ## Schedules
#
# A learning rate may be a function of the number of updates done. Each of these is a pure function, of
# one step or of a list of them.

# %%
SCHEDULES = {
    "constant": schedules.constant(1),
    "step decay": schedules.step_decay(1, 0.5, every=25),
    "exponential": schedules.exponential_decay(1, 0.1, every=100),
    "inverse time": schedules.inverse_time_decay(1, 0.1),
    "cosine": schedules.cosine(1, steps=100),
    "warm-up, linear": schedules.warmup(schedules.linear(1, 0, steps=80), steps=20),
    "one cycle": schedules.one_cycle(1, steps=100),
}
print(f"\n{'rate at step':16}" + "".join(f"{step:7}" for step in range(0, 101, 20)))
for name, schedule in SCHEDULES.items():
    print(f"{name:16}" + "".join(f"{rate:7.3f}" for rate in schedule(list(range(0, 101, 20)))))
    assert all(0 <= rate <= 1 for rate in schedule(list(range(101))))

# %% [markdown]
# Why let the rate fall? Where gradients are noisy, a constant rate ends in a cloud around the minimum. Here
# 100 numbers descend p**2 / 2 along p + noise, from 1: at a constant rate r their mean square settles at
# r / (2 - r), a third for r = 0.5. Along a cosine the same first rate ends much nearer.


# %%
def mean_square(optimizer):
    params, state = [1.0] * 100, optimizer.init([1.0] * 100)
    for step in range(100):
        noise = pn.random.normal(pn.random.fold_in(0, step), 100)
        grads = [p + n for p, n in zip(params, noise, strict=True)]
        params, state = optimizer.update(grads, state, params)
    return sum(p * p for p in params) / 100


steady, falling = (mean_square(pn.sgd(rate)) for rate in (0.5, schedules.cosine(0.5, steps=100)))
print(f"\nmean square after 100 noisy steps: {steady:.3f} at a constant rate, {falling:.3f} along a cosine")
assert 0.2 < steady < 0.5
assert falling < steady / 3

# %% [markdown]
# ## The picture
#
# One panel a path, so that none hides another; curves differ in colour, line and marker at once.

# %%
COLOURS = ["#000000", "#E69F00", "#0072B2", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"]
LINES, MARKERS = ["-", "--", "-.", ":"], "osD^v<>PX*h"


def look(index):
    return {"color": COLOURS[index % 7], "linestyle": LINES[index % 4], "marker": MARKERS[index], "ms": 5}


def draw(plt, file):
    figure = plt.figure(figsize=(15, 15), layout="constrained")
    paths, below = figure.subfigures(2, 1, height_ratios=[2.2, 1])
    paths.suptitle(f"Rosenbrock's valley: {STEPS} steps from (-1.2, 1); the star is the minimum")
    panels = paths.subplots(3, 4, sharex=True, sharey=True).flat
    grid_x, grid_y = ([low + (high - low) * k / 120 for k in range(121)] for low, high in ((-2, 2), (-1, 3)))
    heights = [[rosenbrock_forward(a, b)[0] for a in grid_x] for b in grid_y]
    for index, (name, (path, values)) in enumerate(races.items()):
        panel = next(panels)
        panel.contour(
            grid_x, grid_y, heights, levels=[0.1, 1, 4, 16, 64, 256, 1024], colors="0.75", linewidths=0.8
        )
        panel.plot(*zip(*path, strict=True), **look(index) | {"ms": 4, "markevery": 20, "lw": 1.2})
        panel.plot(1, 1, marker="*", ms=14, mfc="white", mec="black", linestyle="none")
        panel.set(
            title=f"{name}, rate {rates[name]:.2g}: {values[-1]:.1e}",
            xlim=(-2, 2),
            ylim=(-1, 3),
            xticks=(-1, 0, 1),
            yticks=(0, 1, 2),
        )
    legend = next(panels)
    legend.axis("off")
    race_panel, spiral_panel, schedule_panel = below.subplots(1, 3)
    for index, name in enumerate(OPTIMIZERS):
        race_panel.semilogy(races[name][1], **look(index), markevery=(4 * index, 50), label=name)
        fives = [sum(curves[name][k : k + 5]) / 5 for k in range(0, epochs, 5)]
        spiral_panel.semilogy(range(5, epochs + 1, 5), fives, **look(index), markevery=(index % 4, 4))
    handles, labels = race_panel.get_legend_handles_labels()
    legend.legend(handles, labels, loc="center", handlelength=4, ncols=2, frameon=False)
    race_panel.set(title="Rosenbrock: value", xlabel="step")
    spiral_panel.set(title="spiral: loss, the mean of five epochs", xlabel="epoch")
    for index, (name, schedule) in enumerate(SCHEDULES.items()):
        rate = schedule(list(range(101)))
        schedule_panel.plot(rate, **look(index), markevery=(2 * index, 15), label=name)
    schedule_panel.set(title="schedules: learning rate", xlabel="step")
    schedule_panel.legend(handlelength=4, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    figure.savefig(file, dpi=90)


if options.save:
    try:
        import matplotlib as mpl

        mpl.use("Agg")
        from matplotlib import pyplot as plt
    except ModuleNotFoundError:
        print('\nThe picture needs matplotlib: pip install "purenn[examples]"')
    else:
        try:
            draw(plt, options.save)
        except OSError as error:
            parser.error(f"--save {options.save}: {error}")
        print(f"\nthe picture is in {options.save}")
