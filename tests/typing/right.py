"""What mypy and pyright must accept: modules are backends, and pairs fit together."""

import array_api_strict
import numpy

import purenn as pn
import purenn.functional as F
from purenn.backends import lists
from purenn.backends import numpy as fast
from purenn.backends._protocol import Backend

bare: Backend = numpy
ours: Backend = fast
nested: Backend = lists
strict: Backend = array_api_strict

x, w = numpy.array([1.0, -2.0, 3.0]), numpy.array([-3.0, -1.0, 2.0])
z, c1 = F.affine_forward(x, w, 1.0, xp=numpy)
y, c2 = F.relu_forward(z, xp="numpy")
grads: F.AffineGrads = F.affine_backward(F.relu_backward(1.0, c2).x, c1)

model: pn.Layer = pn.chain(pn.affine(3, 3), pn.relu, pn.chain(pn.affine(3, 1)))
params = model.init(0, xp=numpy)
found: pn.LossAndGrads = pn.loss_and_grads(model, pn.mean_squared_error)(params, x, numpy.ones(1))

nodes = {"h": ("encode", "x"), "out": ("add", "h", "b")}
graph: pn.Layer = pn.graph(
    "x", nodes, layers={"encode": pn.affine(3, 3)}, params={"b": (pn.initializers.zeros, (3,))}
)
