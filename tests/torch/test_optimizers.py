"""Every optimizer, transform and schedule against PyTorch's, in float64."""

from __future__ import annotations

from functools import cache, partial

import pytest

torch = pytest.importorskip("torch")
compat = pytest.importorskip("array_api_compat.torch")

from torch import optim  # noqa: E402
from torch.nn import utils  # noqa: E402
from torch.optim import lr_scheduler  # noqa: E402

import purenn as pn  # noqa: E402
from purenn import schedules  # noqa: E402

from ..optimizers.table import OPTIMIZERS  # noqa: E402

STEPS = 300
close = partial(torch.testing.assert_close, rtol=1e-12, atol=1e-14)


@pytest.fixture(autouse=True)
def doubles():
    pn.register_backend(torch.Tensor, compat, name="torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def after(transform, optimizer):
    return lambda rate: pn.transform_grads(optimizer(rate), transform)


def fourfold(rate):
    return (lambda step: 4 * rate(step)) if callable(rate) else 4 * rate


# ours and PyTorch's, both from a learning rate
PAIRS = {
    "sgd": (pn.sgd, optim.SGD),
    "sgd of l2": (after(pn.l2(0.03), pn.sgd), partial(optim.SGD, weight_decay=0.03)),
    "momentum": (partial(pn.momentum, momentum=0.8), partial(optim.SGD, momentum=0.8)),
    "momentum ema": (
        lambda rate: pn.momentum(fourfold(rate), 0.75, dialect="ema"),  # its steps are a fourth as long
        partial(optim.SGD, momentum=0.75),
    ),
    "momentum sutskever": (partial(pn.momentum, dialect="sutskever"), partial(optim.SGD, momentum=0.9)),
    "nesterov": (pn.nesterov, partial(optim.SGD, momentum=0.9, nesterov=True)),
    "nesterov of l2": (
        after(pn.l2(0.1), pn.nesterov),
        partial(optim.SGD, momentum=0.9, nesterov=True, weight_decay=0.1),
    ),
    "adagrad": (pn.adagrad, optim.Adagrad),
    "adadelta": (pn.adadelta, partial(optim.Adadelta, rho=0.95)),
    "rmsprop": (pn.rmsprop, optim.RMSprop),
    "adam": (pn.adam, optim.Adam),
    "adam of l2": (after(pn.l2(0.1), pn.adam), partial(optim.Adam, weight_decay=0.1)),
    "adam, other options": (
        partial(pn.adam, b1=0.8, b2=0.95, eps=1e-3),
        partial(optim.Adam, betas=(0.8, 0.95), eps=1e-3),
    ),
    "adamw": (pn.adamw, optim.AdamW),
    "adamw, other options": (partial(pn.adamw, weight_decay=0.5), partial(optim.AdamW, weight_decay=0.5)),
    "adamax": (partial(pn.adamax, eps=1e-8), optim.Adamax),
    "nadam": (pn.nadam, optim.NAdam),
    "nadam, other options": (
        partial(pn.nadam, b1=0.8, b2=0.99, eps=1e-3, momentum_decay=0.1),
        partial(optim.NAdam, betas=(0.8, 0.99), eps=1e-3, momentum_decay=0.1),
    ),
    "amsgrad": (partial(pn.amsgrad, b2=0.9), partial(optim.Adam, betas=(0.9, 0.9), amsgrad=True)),
}
OURS_ALONE = {"rmsprop eps_in_sqrt", "adamw only weights", "sgd clipped", "adam clipped"}

each = pytest.mark.parametrize("name", PAIRS)


def draws(seed, *shapes):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(shape, generator=generator) for shape in shapes)


def race(ours, theirs, gradients, *, before_step=lambda twins: None, schedule=None, steps=STEPS):
    """Steps from one start, of both; ``gradients(params, step)`` are those of a tuple of params."""
    params = draws(0, (3, 2), ())
    twins = [leaf.clone().requires_grad_() for leaf in params]
    optimizer = theirs(twins)
    scheduler = schedule and schedule(optimizer)
    state = ours.init(params)
    for step in range(steps):
        params, state = ours.update(gradients(params, step), state, params)
        for twin, gradient in zip(twins, gradients([t.detach() for t in twins], step), strict=True):
            twin.grad = gradient.clone()
        before_step(twins)
        optimizer.step()
        if scheduler:
            scheduler.step()
        if step % 20 == 0 or step == steps - 1:
            for have, want in zip(params, twins, strict=True):
                close(have, want.detach())
    assert state.step == steps


@cache
def random_gradients_of(step):
    return draws(step + 1, (3, 2), ())


def random_gradients(params, step):
    return random_gradients_of(step)


def slopes_of_a_bowl(params, step):
    """``sum of c / 2 * (p - 1)**2``, where c differs from number to number."""
    return tuple(torch.linspace(0.5, 2, leaf.numel()).reshape(leaf.shape) * (leaf - 1) for leaf in params)


def test_every_optimizer_is_compared():
    assert set(OPTIMIZERS) - OURS_ALONE == {name for name in PAIRS if " of " not in name and "," not in name}


@each
@pytest.mark.parametrize("gradients", [random_gradients, slopes_of_a_bowl])
def test_optimizers_take_pytorchs_steps(name, gradients):
    ours, theirs = PAIRS[name]
    rate = 1.0 if name == "adadelta" else 0.02
    race(ours(rate), partial(theirs, lr=rate), gradients)


# Sutskever's v holds the rates of the steps before, PyTorch's does not
@pytest.mark.parametrize("name", sorted(PAIRS.keys() - {"momentum sutskever"}))
def test_optimizers_take_pytorchs_steps_at_a_changing_rate(name):
    ours, theirs = PAIRS[name]
    race(
        ours(schedules.cosine(0.05, 60)),
        partial(theirs, lr=0.05),
        random_gradients,
        schedule=partial(lr_scheduler.CosineAnnealingLR, T_max=60),
        steps=60,
    )


def test_only_weights_decay_as_in_parameter_groups():
    def groups(twins):
        chosen = [{"params": twins[:1], "weight_decay": 0.5}, {"params": twins[1:], "weight_decay": 0.0}]
        return optim.AdamW(chosen, lr=0.02)

    race(pn.adamw(0.02, weight_decay=0.5, only=lambda path, leaf: path == "[0]"), groups, random_gradients)


DEFAULTS = [
    (pn.adam(), optim.Adam),
    (pn.adamw(), optim.AdamW),
    (pn.nadam(), optim.NAdam),
    (pn.adagrad(), optim.Adagrad),
    (pn.rmsprop(), optim.RMSprop),
    (pn.adamax(eps=1e-8), optim.Adamax),
    (pn.amsgrad(), partial(optim.Adam, amsgrad=True)),
]


@pytest.mark.parametrize(("ours", "theirs"), DEFAULTS)
def test_defaults_are_pytorchs(ours, theirs):
    race(ours, theirs, random_gradients, steps=10)


def test_clip_by_value_clips_as_pytorch():
    race(
        pn.transform_grads(pn.momentum(0.1), pn.clip_by_value(0.5)),
        partial(optim.SGD, lr=0.1, momentum=0.9),
        random_gradients,
        before_step=lambda twins: utils.clip_grad_value_(twins, 0.5),
    )


@pytest.mark.parametrize("limit", [0.5, 3.0, 100.0])
def test_clip_by_global_norm_clips_as_pytorch(limit):
    """But for the 1e-6 that PyTorch adds to the norm it divides by."""

    def clip(twins):
        norm = utils.clip_grad_norm_(twins, limit)
        if norm + 1e-6 > limit:
            for twin in twins:
                twin.grad *= (norm + 1e-6) / norm

    race(
        pn.transform_grads(pn.momentum(0.1), pn.clip_by_global_norm(limit)),
        partial(optim.SGD, lr=0.1, momentum=0.9),
        random_gradients,
        before_step=clip,
    )


def test_global_norm_is_pytorchs():
    tree = draws(5, (3, 2), (2,), ())
    close(pn.global_norm(tree), utils.get_total_norm(tree))


def rates(scheduler, steps):
    """The rates of an optimizer that starts at 0.1, under one of PyTorch's schedulers."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    current, seen = scheduler(optimizer), []
    for _ in range(steps):
        seen.append(current.get_last_lr()[0])
        optimizer.step()
        current.step()
    return seen


def warm_cosine(optimizer):
    rise = lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=5)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[5])


@pytest.mark.parametrize(
    ("schedule", "scheduler", "steps"),
    [
        (schedules.constant(0.1), partial(lr_scheduler.ConstantLR, factor=1.0), 9),
        (schedules.step_decay(0.1, 0.3, 7), partial(lr_scheduler.StepLR, step_size=7, gamma=0.3), 60),
        (schedules.exponential_decay(0.1, 0.9), partial(lr_scheduler.ExponentialLR, gamma=0.9), 60),
        (
            schedules.inverse_time_decay(0.1, 0.5, 3),
            partial(lr_scheduler.LambdaLR, lr_lambda=lambda step: 1 / (1 + 0.5 * step / 3)),
            60,
        ),
        (
            schedules.linear(0.05, 0.02, 30),
            partial(lr_scheduler.LinearLR, start_factor=0.5, end_factor=0.2, total_iters=30),
            60,
        ),
        (
            schedules.polynomial(0.1, 0.0, 30, 2.5),
            partial(lr_scheduler.PolynomialLR, total_iters=30, power=2.5),
            60,
        ),
        (
            schedules.cosine(0.1, 30, final=0.01),
            partial(lr_scheduler.CosineAnnealingLR, T_max=30, eta_min=0.01),
            31,  # PyTorch's rises again
        ),
        (
            schedules.piecewise([0.1, 0.05, 0.025], [5, 30]),
            partial(lr_scheduler.MultiStepLR, milestones=[5, 30], gamma=0.5),
            60,
        ),
        (schedules.warmup(schedules.cosine(0.1, 20), 5, start=0.025), warm_cosine, 26),
        (schedules.one_cycle(0.7, 50), partial(lr_scheduler.OneCycleLR, max_lr=0.7, total_steps=50), 50),
        (
            schedules.one_cycle(0.7, 37, warmup_share=0.45, initial_factor=0.125, final_factor=0.125 / 16),
            partial(
                lr_scheduler.OneCycleLR,
                max_lr=0.7,
                total_steps=37,
                pct_start=0.45,
                div_factor=8,
                final_div_factor=16,
            ),
            37,
        ),
    ],
)
def test_schedules_give_pytorchs_rates(schedule, scheduler, steps):
    want = rates(scheduler, steps)
    assert [schedule(step) for step in range(steps)] == pytest.approx(want, rel=1e-12, abs=1e-16)
    close(schedule(torch.arange(steps)), torch.tensor(want))
