"""The bounds and spreads of PyTorch's initializers, as it hands them to its own draws."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import purenn as pn  # noqa: E402

SAME = {
    "glorot_uniform": torch.nn.init.xavier_uniform_,
    "glorot_normal": torch.nn.init.xavier_normal_,
    "he_uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "he_normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "lecun_uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="linear"),
    "lecun_normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="linear"),
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize(("n", "m"), [(3, 4), (784, 50), (50, 784), (1, 7)])
def test_the_bounds_are_torchs(name, n, m, monkeypatch):
    asked = []
    draw = "uniform" if "uniform" in name else "normal"
    monkeypatch.setattr(torch.Tensor, f"{draw}_", lambda w, *options, **_: asked.append(options) or w)
    SAME[name](torch.empty(m, n))  # PyTorch's weights are (outputs, inputs)
    ((first, second),) = asked
    unit = {"low": -1.0, "high": 1.0} if draw == "uniform" else {}
    drawn = getattr(pn.random, draw)(0, (n, m), xp="numpy", **unit)
    scale = (getattr(pn, name)(0, (n, m), xp="numpy") / drawn).mean()
    assert scale == pytest.approx(second, rel=1e-12)
    assert first == (-second if draw == "uniform" else 0)
