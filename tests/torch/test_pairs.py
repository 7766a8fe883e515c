"""Every pair, forward and backward, against PyTorch in float64; and where the two part on purpose."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")

import torch.nn.functional as T  # noqa: E402

import purenn as pn  # noqa: E402
import purenn.functional as F  # noqa: E402
from purenn._numerical import numbers_of as flat  # noqa: E402

from ..ops import ROWS  # noqa: E402


def rows(x):
    """(samples, C), as PyTorch's losses of classes take it, whatever the rank."""
    return x.reshape(-1, x.shape[-1])


def reduce(losses, reduction="mean", **_):
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}[reduction](losses)


def softmax_cross_entropy(logits, labels, *, reduction="mean", label_smoothing=0.0, class_weights=None):
    weight = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float64)
    soft = labels.shape == logits.shape
    targets = rows(labels) if soft else labels.reshape(-1)
    how = {"reduction": "none" if reduction == "none" else reduction, "label_smoothing": label_smoothing}
    if soft and weight is not None and reduction == "mean":  # the first of the departures below
        total = T.cross_entropy(rows(logits), targets, weight, **how | {"reduction": "sum"})
        return total / (targets * weight).sum()
    loss = T.cross_entropy(rows(logits), targets, weight, **how)
    return loss.reshape(logits.shape[:-1]) if reduction == "none" else loss


def cross_entropy(probabilities, labels, *, reduction="mean"):
    if labels.shape == probabilities.shape:
        losses = -torch.special.xlogy(labels, probabilities).sum(-1)
    else:
        losses = T.nll_loss(rows(probabilities).log(), labels.reshape(-1), reduction="none")
        losses = losses.reshape(probabilities.shape[:-1])
    return reduce(losses, reduction)


def kl_divergence(log_probabilities, targets, *, reduction="mean"):
    return reduce(T.kl_div(log_probabilities, targets, reduction="none").sum(-1), reduction)


def as_float(function):
    """With targets as floats, as PyTorch wants them."""
    return lambda x, targets, **options: function(x, targets.double(), **options)


TORCH = {
    "add": torch.add,
    "multiply": torch.mul,
    "affine": lambda x, w, b: T.linear(x, w.T, b) if w.ndim == 2 else x @ w + b,
    "matmul": torch.matmul,
    "flatten": lambda x: x.reshape(x.shape[0], -1),
    "relu": T.relu,
    "leaky_relu": T.leaky_relu,
    "elu": T.elu,
    "selu": T.selu,
    "gelu": T.gelu,
    "silu": T.silu,
    "mish": T.mish,
    "softplus": T.softplus,
    "hard_swish": T.hardswish,
    "identity": torch.nn.Identity(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softsign": T.softsign,
    "hard_sigmoid": lambda x: torch.clamp(x + 3, 0, 6) / 6,
    "softmax": lambda x: T.softmax(x, -1),
    "log_softmax": lambda x: T.log_softmax(x, -1),
    "mean_squared_error": T.mse_loss,
    "half_squared_error": lambda p, t, **how: T.mse_loss(p, t, **how) / 2,
    "mean_absolute_error": T.l1_loss,
    "huber": T.huber_loss,
    "binary_cross_entropy": as_float(T.binary_cross_entropy),
    "binary_cross_entropy_with_logits": as_float(T.binary_cross_entropy_with_logits),
    "hinge": lambda p, t, **how: reduce(torch.clamp(1 - t * p, min=0), **how),
    "softmax_cross_entropy": softmax_cross_entropy,
    "cross_entropy": cross_entropy,
    "kl_divergence": kl_divergence,
}
CASES = [(f"{op.name}-{i}", op, sample) for op in ROWS for i, sample in enumerate(op.samples)]


def options(op):
    held = getattr(op.forward, "keywords", {})
    return {name: value if isinstance(value, (str, list)) else float(value) for name, value in held.items()}


def tensor(array):
    array = numpy.asarray(array)
    return torch.tensor(array) if array.dtype == int else torch.tensor(array, requires_grad=True)


def test_every_pair_is_compared():
    compared = {op.name.split()[0] for op in ROWS}
    assert compared == {*TORCH, "dropout"}
    for name in compared:
        samples = [sample for op in ROWS if op.name.split()[0] == name for sample in op.samples]
        shapes = {str(list(map(numpy.shape, sample))) for sample in samples}
        assert len(shapes) >= 5, name


@pytest.mark.parametrize(("_", "op", "sample"), CASES, ids=[name for name, _, _ in CASES])
def test_every_pair_agrees_with_torch(_, op, sample):
    out, cache = op.forward(*map(numpy.asarray, sample))
    tensors = list(map(tensor, sample))
    name = op.name.split()[0]
    if name == "dropout":  # whose masks are drawn from other generators
        want = tensors[0] * torch.tensor(cache.mask)
    else:
        want = TORCH[name](*tensors, **options(op))
    dout = numpy.cos(numpy.arange(out.size, dtype=float)).reshape(out.shape)
    want.backward(torch.tensor(dout))
    assert out.shape == tuple(want.shape)
    assert flat(out) == pytest.approx(want.detach().reshape(-1).tolist(), rel=1e-10, abs=1e-300)
    for have, right in zip(op.backward(dout, cache), tensors, strict=False):
        largest = float(right.grad.abs().max())
        assert have.shape == tuple(right.grad.shape)
        assert flat(have) == pytest.approx(right.grad.reshape(-1).tolist(), rel=1e-10, abs=1e-13 * largest)


def there(function, xs):
    """What PyTorch gives, and its gradient."""
    x = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    out = function(x)
    out.sum().backward()
    return out.tolist(), x.grad.tolist()


def here(name, xs, **options):
    out, cache = getattr(F, f"{name}_forward")(xs, **options)
    return out, getattr(F, f"{name}_backward")([1.0] * len(xs), cache).x


# --- departures: each has its row in the README's table -----------------------------------------


@pytest.mark.parametrize("name", ["silu", "gelu", "mish", "hard_swish"])
def test_departure_limits_at_minus_infinity(name):
    theirs, _ = there(TORCH[name], [-math.inf])
    assert math.isnan(theirs[0])
    assert here(name, [-math.inf]) == ([0.0], [0.0])


def test_departure_exact_gelu_keeps_its_digits_in_the_left_tail():
    theirs, _ = there(T.gelu, [-9.0, -12.0])
    ours, _ = here("gelu", [-9.0, -12.0])
    want = [-9.0 * 1.1285884059538e-19, -12.0 * 1.77648211207768e-33]  # x * Phi(x), by mpmath
    assert ours == pytest.approx(want, rel=1e-13)
    assert any(abs(a - b) > 0.01 * abs(b) for a, b in zip(theirs, want, strict=True))


def test_departure_hard_sigmoid_has_a_float64_derivative():
    _, slope = there(T.hardsigmoid, [1.0])
    assert slope[0] == pytest.approx(1 / 6, rel=1e-7)
    assert slope[0] != pytest.approx(1 / 6, rel=1e-9)
    assert here("hard_sigmoid", [1.0])[1] == [1 / 6]


def test_departure_softmax_of_an_infinite_logit_is_its_limit():
    theirs, _ = there(TORCH["softmax"], [math.inf, 0.0])
    assert math.isnan(theirs[0])
    assert here("softmax", [math.inf, 0.0])[0] == [1.0, 0.0]


def test_departure_binary_cross_entropy_has_no_floor():
    theirs = T.binary_cross_entropy(torch.tensor([0.0]), torch.tensor([1.0]))
    assert float(theirs) == 100.0
    assert F.binary_cross_entropy_forward([0.0], [1.0])[0] == math.inf


def test_departure_kl_divergence_means_over_samples():
    log_p, targets = [[-0.5, -1.0], [-2.0, -0.25]], [[0.5, 0.5], [0.25, 0.75]]
    tensors = torch.tensor(log_p), torch.tensor(targets)
    ours, _ = F.kl_divergence_forward(log_p, targets)
    assert ours == pytest.approx(float(T.kl_div(*tensors, reduction="batchmean")), rel=1e-6)
    with pytest.warns(UserWarning, match="batchmean"):
        theirs = T.kl_div(*tensors)
    assert ours == pytest.approx(2 * float(theirs), rel=1e-6)


def test_departure_weighted_soft_targets_are_means_over_their_weights():
    logits, labels, one_hot, weights = (
        [[0.5, -1.0], [2.0, 0.25]],
        [0, 1],
        [[1.0, 0.0], [0.0, 1.0]],
        [1.0, 3.0],
    )
    soft, _ = F.softmax_cross_entropy_forward(logits, one_hot, class_weights=weights)
    hard, _ = F.softmax_cross_entropy_forward(logits, labels, class_weights=weights)
    assert soft == hard
    weight = torch.tensor(weights)
    theirs = [
        float(T.cross_entropy(torch.tensor(logits), torch.tensor(t), weight)) for t in (one_hot, labels)
    ]
    assert theirs[1] == pytest.approx(hard, rel=1e-6)
    assert theirs[0] == pytest.approx(2 * hard, rel=1e-6)  # PyTorch divides by the 2 samples, not by 1 + 3


def test_departure_adamax_has_no_epsilon():
    p = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    p.grad = torch.tensor([1e-9], dtype=torch.float64)
    torch.optim.Adamax([p], lr=0.5).step()
    assert p.item() == pytest.approx(1 - 0.5 / 11)
    optimizer = pn.adamax(0.5)
    assert optimizer.update([1e-9], optimizer.init([1.0]), [1.0])[0] == [0.5]
    same = pn.adamax(0.5, eps=1e-8)
    assert same.update([1e-9], same.init([1.0]), [1.0])[0] == pytest.approx([p.item()])
