"""The local derivatives that explain tells, against PyTorch's own Jacobians."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
compat = pytest.importorskip("array_api_compat.torch")

import purenn as pn  # noqa: E402
from purenn.explain import explain  # noqa: E402

from ..ops import SAMPLES  # noqa: E402


@pytest.fixture(autouse=True)
def doubles():
    pn.register_backend(torch.Tensor, compat, name="torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize(("_", "op", "arguments"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_local_derivatives_are_the_jacobians_of_autograd(_, op, arguments):
    given = tuple(compat.asarray(argument) for argument in arguments)
    (step,) = explain((op.forward, op.backward), given[1:], given[0], limit=400).steps
    floats = [index for index, argument in enumerate(given) if argument.is_floating_point()]

    def forward(*moving):
        every = list(given)
        for index, argument in zip(floats, moving, strict=True):
            every[index] = argument
        return op.forward(*every)[0]

    jacobians = torch.autograd.functional.jacobian(forward, tuple(given[index] for index in floats))
    names = list(step.arguments)
    for index, want in zip(floats, jacobians, strict=True):
        if names[index] in step.local:
            have = torch.tensor(step.local[names[index]], dtype=torch.float64)
            torch.testing.assert_close(have.reshape(want.shape), want, rtol=1e-12, atol=1e-12)
