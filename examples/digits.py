"""Handwritten digits in a loop of your own: the same lines on lists and on numpy.

Run it: python examples/digits.py [lists | numpy]
"""

import argparse

import purenn as pn

parser = argparse.ArgumentParser(description="Train on handwritten digits with a loop of your own.")
parser.add_argument("backend", nargs="?", choices=["lists", "numpy"], default="lists")
xp = parser.parse_args().backend

digits = pn.load_digits()
images = [[pixel / 16 for pixel in image] for image in digits.x]
x, y = pn.convert((images, digits.y), xp)
(x, y), (x_test, y_test) = pn.split(x, y, test_size=0.2, key=0)

model = pn.chain(pn.affine(64, 32), pn.relu, pn.affine(32, 10))
optimizer = pn.adam(learning_rate=0.01)
loss_and_grads = pn.loss_and_grads(model, pn.softmax_cross_entropy)

init_key, order_key = pn.random.split(0)  # one key for everything, and one of it for each draw
params = model.init(init_key, xp=xp)
state = optimizer.init(params)
for epoch in range(10):
    for batch, labels in pn.batches(x, y, batch_size=32, key=pn.random.fold_in(order_key, epoch)):
        loss, grads, _ = loss_and_grads(params, batch, labels)
        params, state = optimizer.update(grads, state, params)
    scores, _ = model.forward(params, x_test)
    share = pn.accuracy(scores, y_test)
    print(f"epoch {epoch + 1}: last loss {float(loss):.4f}, test accuracy {share:.4f}")

assert share >= 0.95
