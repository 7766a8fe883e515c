"""The same source on PyTorch's tensors, through array_api_compat."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
compat = pytest.importorskip("array_api_compat.torch")

import purenn as pn  # noqa: E402
from purenn.testing import check_laws  # noqa: E402

from ..ops import SAMPLES  # noqa: E402


@pytest.fixture(autouse=True)
def doubles():
    pn.register_backend(torch.Tensor, compat, name="torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize(("_", "op", "arguments"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_every_pair_obeys_the_laws(_, op, arguments):
    check_laws(op.forward, op.backward, *map(compat.asarray, arguments)).assert_ok()


@pytest.mark.parametrize(("_", "op", "arguments"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_every_pair_obeys_the_laws_in_torchs_own_float32(_, op, arguments):
    torch.set_default_dtype(torch.float32)
    check_laws(op.forward, op.backward, *map(compat.asarray, arguments)).assert_ok()


@pytest.mark.parametrize(("_", "op", "arguments"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_every_pair_agrees_with_autograd(_, op, arguments):
    arguments = [compat.asarray(argument) for argument in arguments]
    out, cache = op.forward(*arguments)
    grads = op.backward(torch.ones_like(out), cache)
    traced = [a.clone().requires_grad_() if a.dtype.is_floating_point else a for a in arguments]
    op.forward(*traced)[0].sum().backward()
    for have, argument in zip(grads, traced, strict=False):
        torch.testing.assert_close(have, argument.grad, rtol=1e-12, atol=1e-14)


def test_training_takes_the_path_of_lists():
    model = pn.chain(pn.affine(4, 8), pn.relu, pn.affine(8, 3))
    runs = []
    for xp in ("lists", "torch"):
        x, y = pn.convert(tuple(pn.load_iris()), xp)
        options = {"batch_size": 16, "epochs": 5, "key": 0}
        path = pn.train(model, pn.softmax_cross_entropy, pn.adam(0.01), x, y, **options)
        runs.append([float(state.loss) for state in path])
    assert runs[0] == pytest.approx(runs[1], rel=1e-12)
