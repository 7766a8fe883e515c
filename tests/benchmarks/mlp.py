"""The main job on numpy: 784-256-128-10, relu, softmax cross-entropy, float32, one thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import networks, peers
from .measure import agree, gather, measure
from .report import Goal, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (784, 256, 128, 10)
TORCH = "PyTorch eager"


def tables(kernels: str, seconds: float) -> Iterator[Table]:
    """One for each batch size and optimizer."""
    for optimizer in ("sgd", "adam"):
        for batch in (1, 32, 128, 1024):
            yield table(SIZES, batch, optimizer, kernels, seconds, goals(batch, optimizer, kernels))


def table(
    sizes: tuple[int, ...], batch: int, optimizer: str, kernels: str, seconds: float, wanted: list[Goal]
) -> Table:
    """purenn, the floor, the textbook and the peers on one network."""
    own = networks.problem(sizes, batch, optimizer)
    ours = [
        networks.purenn(own),
        networks.floor(own),
        networks.textbook(own),
        networks.textbook(own, need_x=False),
    ]
    others = {
        TORCH: partial(peers.torch_eager, own),
        "PyTorch eager, fused": partial(peers.torch_eager, own, fused=True),
        "JAX jit": partial(peers.jax_jit, own),
        "scikit-learn": partial(peers.sklearn_partial_fit, own),
        "autograd": partial(peers.autograd_tape, own),
    }
    candidates, missing = gather(ours, others)
    agree(candidates)
    over = list(dict.fromkeys(["floor", TORCH, *(goal.over for goal in wanted if goal.over)]))
    rows = measure(candidates, over=over, seconds=seconds)
    work = f"{'-'.join(map(str, sizes))}, {optimizer}, batch {batch}, float32"
    return Table(work, kernels, rows + missing, wanted)


def goals(batch: int, optimizer: str, kernels: str) -> list[Goal]:
    """What is wanted of each; the kernels of an older processor leave less to win over PyTorch's own."""
    native = kernels == "native"
    if optimizer == "sgd":
        over_floor = {128: 1.30, 1024: 1.15}.get(batch)
        faster = {128: 1.8 if native else 1.15, 1024: 1.8 if native else 1.15}.get(batch)
    else:
        over_floor = {1024: 1.25}.get(batch)
        faster = {1: 1.0, 32: 1.0, 128: 1.6 if native else 1.1}.get(batch)
    wanted = [Goal("purenn", "floor", over_floor)] if over_floor else []
    wanted += [Goal("purenn", TORCH, 1 / faster)] if faster else []
    return wanted + ([Goal("purenn", "textbook", 1 / 1.5)] if batch == 128 and optimizer == "sgd" else [])
