"""purenn.testing's table of pairs, as the tests take it: a row for each sample, and one for each bad call."""

from __future__ import annotations

from functools import partial

from purenn.testing import OPS

ROWS = list(OPS)
SAMPLES = [(f"{op.name}-{index}", op, arguments) for op in OPS for index, arguments in enumerate(op.samples)]
BAD = [
    (
        f"{op.name}-{index}",
        op._replace(forward=partial(op.forward, **bad.options)) if bad.options else op,
        bad,
    )
    for op in OPS
    for index, bad in enumerate(op.bad)
]
