"""Checks that run on any pair or layer, a user's own included: the laws, and gradients alone."""

from .._numerical import numerical_gradient
from ._call import Law, Report
from ._call import bits as _bits  # noqa: F401
from .gradients import check_gradients
from .laws import check_laws, check_layer

__all__ = ["Law", "Report", "check_gradients", "check_laws", "check_layer", "numerical_gradient"]
