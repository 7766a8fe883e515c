"""numpy with functions of your own: a backend whose mistake is known."""

from __future__ import annotations

import numpy

import purenn as pn


class Backend:
    """numpy's functions, but those that are given, on arrays that say that they belong here."""

    def __init__(self, name, **functions):
        own, self.__name__ = self, name

        class Array(numpy.ndarray):
            def __array_namespace__(self, *, api_version=None):
                return own

        self.array = Array
        self.functions = {"is_float": lambda x: x.dtype.kind == "f", **functions}

    def __getattr__(self, name):
        function = self.functions.get(name) or getattr(pn.get_backend("numpy"), name)

        def call(*arguments, **options):
            out = function(*arguments, **options)
            array = isinstance(out, numpy.ndarray | numpy.generic)
            return numpy.asarray(out).view(self.array) if array else out

        return call


def up(ulps, where=...):
    """numpy's exp, so many units in the last place too large, at one index or everywhere."""

    def exp(x):
        out = numpy.exp(numpy.array(x))
        for _ in range(ulps):
            out[where] = numpy.nextafter(out, numpy.inf)[where]
        return out

    return exp


def from_right_to_left(x, *, axis=None, keepdims=False):
    """The sum in the other order."""
    x = numpy.array(x)
    for each in range(x.ndim) if axis is None else numpy.atleast_1d(axis):
        x = numpy.cumsum(numpy.flip(x, each), axis=each).take([-1], axis=each)
    return x if keepdims else x.squeeze(None if axis is None else axis)
