"""One neuron by hand, forward and backward, on lists and on numpy.

Run it: python examples/neuron.py
"""

import purenn as pn
import purenn.functional as F

BACKENDS = ["lists"]
try:
    pn.get_backend("numpy")
    BACKENDS.append("numpy")
except pn.errors.BackendError as error:
    print(f"on lists alone: {error}\n")

for xp in BACKENDS:
    # Three inputs, their weights, a bias: on lists they are what you see, on numpy arrays of the same.
    x, w, b = pn.convert(([1.0, -2.0, 3.0], [-3.0, -1.0, 2.0], 1.0), xp)

    # Forward: each function returns its output, and a cache of what its backward will need.
    z, affine_cache = F.affine_forward(x, w, b)
    y, relu_cache = F.relu_forward(z)
    print(f"{xp}: z = {float(z)}, y = {float(y)}")
    print(f"  kept for backward: {affine_cache}")

    # Backward: from the gradient of y, say 1, back to the gradients of x, w and b.
    dz = F.relu_backward(1.0, relu_cache).x
    dx, dw, db = F.affine_backward(dz, affine_cache)
    print(f"  dx = {dx}, dw = {dw}, db = {db}")

    # A step of gradient descent makes new params; the old ones are still there.
    optimizer = pn.sgd(learning_rate=0.001)
    (new_w, new_b), state = optimizer.update((dw, db), optimizer.init((w, b)), (w, b))
    new_y, _ = F.relu_forward(F.affine_forward(x, new_w, new_b)[0])
    print(f"  after a step: w = {new_w}, b = {new_b}, y = {float(new_y)}")

    assert (float(z), float(y)) == (6.0, 6.0)
    assert pn.convert((dx, dw, db), "lists") == ([-3.0, -1.0, 2.0], [1.0, -2.0, 3.0], 1.0)
    assert pn.convert((new_w, new_b), "lists") == ([-3.001, -0.998, 1.997], 0.999)
    assert float(new_y) == 5.985
    assert pn.convert(w, "lists") == [-3.0, -1.0, 2.0]
