"""OPTIMIZERS: the one table of all optimizers, from a learning rate. A test fails when one is missing."""

from __future__ import annotations

from functools import partial

import purenn as pn

OPTIMIZERS = {
    "sgd": pn.sgd,
    "momentum": pn.momentum,
    "momentum ema": partial(pn.momentum, dialect="ema"),
    "momentum sutskever": partial(pn.momentum, dialect="sutskever"),
    "nesterov": pn.nesterov,
    "adagrad": pn.adagrad,
    "adadelta": pn.adadelta,
    "rmsprop": pn.rmsprop,
    "rmsprop eps_in_sqrt": partial(pn.rmsprop, eps_in_sqrt=True),
    "adam": pn.adam,
    "adamw": pn.adamw,
    "adamw only weights": partial(pn.adamw, only=pn.is_weight),
    "adamax": pn.adamax,
    "nadam": pn.nadam,
    "amsgrad": pn.amsgrad,
    "sgd clipped": lambda rate: pn.transform_grads(pn.sgd(rate), pn.clip_by_value(0.2), pn.l2(0.1)),
    "adam clipped": lambda rate: pn.transform_grads(pn.adam(rate), pn.l1(0.1), pn.clip_by_global_norm(0.5)),
}

RATIONAL = ["sgd", "momentum", "momentum ema", "momentum sutskever", "nesterov"]  # + - * alone: exact
