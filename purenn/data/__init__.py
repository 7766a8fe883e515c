"""Data: sets inside the package, readers of files, and synthetic sets drawn by a key

All is read with the standard library alone. Credits of what is inside: ``DATA.md`` beside this.

>>> x, y = load_iris()
>>> len(x), x[0], y[0]
(150, [5.1, 3.5, 1.4, 0.2], 0)
"""

from .dataset import Dataset
from .idx import load_idx
from .synthetic import blobs, moons, spiral, xor
from .table import Table, load_csv, load_digits, load_iris

__all__ = ["Dataset", "Table", "load_csv", "load_digits", "load_idx", "load_iris"]
__all__ += ["blobs", "moons", "spiral", "xor"]
