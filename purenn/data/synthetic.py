"""Synthetic sets of two features and a few classes, drawn by a key

Each has ``samples`` samples a class, class after class (``purenn.batches`` shuffles). In the formulas i is
the number of a sample in its class, from 0, and n a standard normal of its own. All is drawn on lists and
then brought to ``xp``, so every backend gets the same numbers.
Errors of each: OptionError for sizes below 1, negative noise, a key that is no int, and for ``xp``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .._options import count, number
from ..backends import convert, get_backend
from ..random import fold_in, normal, split, uniform
from .dataset import Dataset

if TYPE_CHECKING:
    from .._types import Key
    from ..backends._protocol import Backend

    Xp = Backend | str | None

__all__ = ["blobs", "moons", "spiral", "xor"]


def spiral(key: Key, samples: int = 100, classes: int = 3, *, noise: float = 0.2, xp: Xp = None) -> Dataset:
    """``x = r * (cos t, sin t)``, ``r = (i + 1) / samples``, ``t = 2 pi class / classes + 4 r + noise * n``

    Arms that wind around each other, from the middle out to radius 1: no straight line parts them.
    Shapes: x (classes * samples, 2); y (classes * samples,) of ints

    >>> x, y = spiral(0, samples=1, classes=2, noise=0)
    >>> [[round(value, 3) for value in point] for point in x], y
    ([[-0.654, -0.757], [0.654, 0.757]], [0, 1])
    """
    samples, classes = count("spiral", "samples", samples), count("spiral", "classes", classes)
    noise = float(number("spiral", "noise", noise, 0))
    x = []
    for label in range(classes):
        for i, n in enumerate(normal(fold_in(key, label), samples)):
            radius = (i + 1) / samples
            angle = 2 * math.pi * label / classes + 4 * radius + noise * n
            x.append([radius * math.cos(angle), radius * math.sin(angle)])
    return _dataset(x, samples, classes, xp)


def moons(key: Key, samples: int = 100, *, noise: float = 0.1, xp: Xp = None) -> Dataset:
    """``(cos t, sin t)`` and ``(1 - cos t, 1/2 - sin t)``, ``t = pi i / (samples - 1)``, plus ``noise * n``

    Two half circles, each with one end in the other's hollow; every coordinate has a noise of its own.
    Shapes: x (2 * samples, 2); y (2 * samples,) of ints

    >>> x, y = moons(0, samples=2, noise=0)
    >>> [[round(value, 3) for value in point] for point in x], y
    ([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5], [2.0, 0.5]], [0, 0, 1, 1])
    """
    samples = count("moons", "samples", samples)
    noise = float(number("moons", "noise", noise, 0))
    angles = [math.pi * i / max(samples - 1, 1) for i in range(samples)]
    outer = [[math.cos(t), math.sin(t)] for t in angles]
    inner = [[1 - math.cos(t), 0.5 - math.sin(t)] for t in angles]
    return _dataset(_blurred(outer + inner, key, noise), samples, 2, xp)


def xor(key: Key, samples: int = 100, *, noise: float = 0.1, xp: Xp = None) -> Dataset:
    """Corners of the unit square plus ``noise * n``: class 0 at (0, 0), (1, 1), class 1 at (0, 1), (1, 0)

    A class takes its two corners in turn. Without noise, two samples a class are the truth table of XOR.
    Shapes: x (2 * samples, 2); y (2 * samples,) of ints

    >>> xor(0, samples=2, noise=0)
    Dataset(x=[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]], y=[0, 0, 1, 1])
    """
    samples = count("xor", "samples", samples)
    noise = float(number("xor", "noise", noise, 0))
    turns = [float(i % 2) for i in range(samples)]
    corners = [[turn, turn] for turn in turns] + [[turn, 1 - turn] for turn in turns]
    return _dataset(_blurred(corners, key, noise), samples, 2, xp)


def blobs(
    key: Key,
    samples: int = 100,
    classes: int = 3,
    *,
    features: int = 2,
    noise: float = 1.0,
    xp: Xp = None,
) -> Dataset:
    """``x = centre of the class + noise * n``, the coordinates of the centres uniform in [-10, 10)

    Centres are drawn, so with some keys two classes overlap.
    Shapes: x (classes * samples, features); y (classes * samples,) of ints

    >>> x, y = blobs(0, samples=2, classes=2, noise=0)
    >>> x[0] == x[1] != x[2] == x[3], y
    (True, [0, 0, 1, 1])
    """
    samples, classes = count("blobs", "samples", samples), count("blobs", "classes", classes)
    features = count("blobs", "features", features)
    noise = float(number("blobs", "noise", noise, 0))
    centre_key, noise_key = split(key)
    centres = uniform(centre_key, (classes, features), low=-10, high=10)
    points = [centre for centre in centres for _ in range(samples)]
    return _dataset(_blurred(points, noise_key, noise), samples, classes, xp)


def _blurred(points: list[list[float]], key: Key, noise: float) -> list[list[float]]:
    drawn = normal(key, (len(points), len(points[0])))
    pairs = zip(points, drawn, strict=True)
    return [[p + noise * n for p, n in zip(point, row, strict=True)] for point, row in pairs]


def _dataset(x: list[list[float]], samples: int, classes: int, xp: Xp) -> Dataset:
    y = [label for label in range(classes) for _ in range(samples)]
    dataset: Dataset = convert(Dataset(x, y), get_backend(xp))
    return dataset
