"""Checks that run on any pair, layer, loss, optimizer or backend, a user's own included

>>> from purenn import affine
>>> check_layer(affine(2, 3), [[1.0, 2.0]]).assert_ok()
"""

from .._numerical import numerical_gradient
from ._call import bits
from ._report import Failure, Law, Report
from .backends import check_backend, check_op
from .gradients import check_gradients
from .laws import check_laws
from .layers import check_layer, check_loss
from .ops import OPS, Op
from .optimizers import check_optimizer
from .precision import high_precision

_bits = bits

__all__ = [
    "Failure",
    "OPS",
    "Law",
    "Op",
    "Report",
    "bits",
    "check_backend",
    "check_gradients",
    "check_laws",
    "check_layer",
    "check_loss",
    "check_op",
    "check_optimizer",
    "high_precision",
    "numerical_gradient",
]
