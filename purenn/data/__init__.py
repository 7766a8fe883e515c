"""Real data inside the package, read with the standard library alone. Credits: ``DATA.md`` beside this."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Dataset", "load_digits", "load_iris"]


class Dataset(NamedTuple):
    """``x``, one row of features a sample, and ``y``, one label a sample, as nested lists."""

    x: list[list[float]]
    y: list[int]


def load_digits() -> Dataset:
    """1,797 handwritten digits: x (1797, 64), pixels from 0.0 to 16.0 row by row; y from 0 to 9

    Source: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49, CC BY 4.0.

    >>> x, y = load_digits()
    >>> len(x), len(x[0]), y[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    return _load("digits.csv.gz")


def load_iris() -> Dataset:
    """150 irises: x (150, 4), sepal length and width, petal length and width, in centimetres

    y is the species: 0 setosa, 1 versicolor, 2 virginica.
    Source: R. A. Fisher, UCI Machine Learning Repository, 1988, https://doi.org/10.24432/C56C76,
    CC BY 4.0.

    >>> x, y = load_iris()
    >>> len(x), x[0], y[0]
    (150, [5.1, 3.5, 1.4, 0.2], 0)
    """
    return _load("iris.csv.gz")


def _load(name: str) -> Dataset:
    from gzip import decompress  # read only when data is asked for
    from importlib.resources import files

    lines = decompress(files(__name__).joinpath(name).read_bytes()).decode().splitlines()
    rows = [line.split(",") for line in lines]
    return Dataset([list(map(float, row[:-1])) for row in rows], [int(row[-1]) for row in rows])
