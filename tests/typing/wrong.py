"""What mypy and pyright must refuse: each line is an error, or the checker complains of the ignore."""

import purenn as pn
import purenn.functional as F

_, relu_cache = F.relu_forward([1.0])
_, affine_cache = F.affine_forward([1.0], [2.0], 3.0)
_, sigmoid_cache = F.sigmoid_forward([1.0])

F.affine_backward(1.0, relu_cache)  # type: ignore[arg-type]
F.relu_backward(1.0, affine_cache)  # type: ignore[arg-type]
F.tanh_backward(1.0, sigmoid_cache)  # type: ignore[arg-type]
F.add_backward(1.0, F.multiply_forward(1.0, 2.0)[1])  # type: ignore[arg-type]
print(F.affine_backward(1.0, affine_cache).bias)  # type: ignore[attr-defined]
F.relu_forward([1.0], xp=3)  # type: ignore[arg-type]
pn.chain(pn.affine)  # type: ignore[arg-type]
pn.affine("64", 32)  # type: ignore[arg-type]
pn.relu.backward([1.0], pn.tanh.forward((), [1.0])[1])  # type: ignore[arg-type]
pn.chain(pn.relu).backward([1.0], relu_cache)  # type: ignore[arg-type]
pn.mean_squared_error.backward(1.0, relu_cache)  # type: ignore[arg-type]
