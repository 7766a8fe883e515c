# %% [markdown]
# # 9. Three kinds of iris, and how to judge a classifier
#
# 本章用 softmax 区分三种鸢尾花：划分训练集与测试集，做标准化，再训练一个小网络。
# 评价分类器不能只看准确率：混淆矩阵、精确率、召回率与 F1 回答的是不同的问题。
# 同一段程序在列表与 numpy 上跑，结果只在最后几位小数上有差别。
#
# You will learn the whole way of a classifier, from a table of numbers to probabilities of classes, what
# precision and recall ask, and how to see that two backends agree.
#
# Run it: `python examples/09_iris.py`

# %%
import argparse
import math
import sys

import purenn as pn
import purenn.functional as F

parser = argparse.ArgumentParser(description="Classify irises with softmax, on lists and on numpy.")
parser.parse_args([] if "ipykernel" in sys.modules else None)

# %% [markdown]
# ## The data
#
# 150 flowers, 50 of each kind; the features are the length and width of sepals and petals in cm. The key
# shuffles them; 45 are kept for the test. The scaling (mean 0, standard deviation 1) is fitted on the
# training part, and then applied to both.

# %%
KINDS = ("setosa", "versicolor", "virginica")
iris = pn.load_iris()


def prepared(xp):
    (x, y), (x_test, y_test) = pn.split(*pn.convert((iris.x, iris.y), xp), test_size=0.3, key=2)
    scaling = pn.fit_standard(x)
    return (pn.apply_scaling(scaling, x), y), (pn.apply_scaling(scaling, x_test), y_test), scaling


# %% [markdown]
# ## Softmax
#
# The net gives three scores; softmax makes probabilities of them. A softmax without the largest score taken
# off first fails on large scores: exp(1000) is infinite, and infinity over infinity is no number. The net
# has no softmax of its own, because the loss takes the scores: `softmax_cross_entropy` needs no logarithm of
# a probability that was rounded to 0.

# %%
print("softmax of 1000 and 0:", F.softmax_forward([1000.0, 0.0])[0])
scores, label = [2.0, 1.0, -1.0], 1
loss, cache = F.softmax_cross_entropy_forward(scores, label)
gradient = F.softmax_cross_entropy_backward(1.0, cache).logits
probabilities, softmax_cache = F.softmax_forward(scores)
print(f"scores {scores}, label {label}: loss {loss:.4f} = -log {probabilities[label]:.4f}")
print(f"gradient {[round(g, 4) for g in gradient]}: the probabilities, less 1 at the label\n")

assert F.softmax_forward([1000.0, 0.0])[0] == [1.0, 0.0]
assert math.isclose(loss, -math.log(probabilities[label]))
want = [p - (index == label) for index, p in enumerate(probabilities)]
assert all(math.isclose(g, w, abs_tol=1e-15) for g, w in zip(gradient, want, strict=True))

# The long way round, through softmax and the cross-entropy of probabilities, gives the same gradient.
_, cache = F.cross_entropy_forward(probabilities, pn.one_hot([label], 3)[0])
long_way = F.softmax_backward(F.cross_entropy_backward(1.0, cache)[0], softmax_cache).x
assert all(math.isclose(g, w, abs_tol=1e-15) for g, w in zip(gradient, long_way, strict=True))

# %% [markdown]
# ## Training

# %%
model = pn.chain(pn.affine(4, 16), pn.tanh, pn.affine(16, 3))
backends = ["lists"]
try:
    pn.get_backend("numpy")
    backends.append("numpy")
except pn.errors.BackendError as error:
    print(f"on lists alone: {error}\n")

runs = {}
for xp in backends:
    (x, y), (x_test, y_test), scaling = prepared(xp)
    for s in pn.train(model, pn.softmax_cross_entropy, pn.adam(0.02), x, y, batch_size=16, epochs=40, key=2):
        if s.step % 70 == 0:
            share = pn.accuracy(model.forward(s.params, x_test)[0], y_test)
            print(f"{xp}: epoch {s.epoch:2}, loss {float(s.loss):.4f}, test accuracy {share:.4f}")
    runs[xp] = pn.convert((s.params, pn.predict_proba(model, s.params, x_test)), "lists")

if len(backends) == 2:
    apart = 0.0
    for one, other in zip(*(pn.tree_leaves(runs[xp]) for xp in backends), strict=True):
        difference = F.add_forward(one, F.multiply_forward(other, -1)[0])[0]
        apart = max([apart, *map(abs, F.flatten_forward([difference])[0][0])])
    print(f"after 280 updates, params and probabilities on lists and on numpy are at most {apart:.0e} apart")
    assert apart < 1e-9

# %% [markdown]
# ## The judgement
#
# A row of the confusion matrix is a true kind, a column a predicted one; what is off the diagonal is wrong.
# *Precision*: of those called virginica, how many are? *Recall*: of the virginicas, how many were called so?
# *F1* is their harmonic mean, low where either is.

# %%
params, probabilities = runs["lists"]
_, (x_test, y_test), scaling = prepared("lists")
predictions = pn.predict(model, params, x_test)
matrix = pn.confusion_matrix(predictions, y_test, classes=3)
scores = [
    score(predictions, y_test, classes=3, average="none") for score in (pn.precision, pn.recall, pn.f1_score)
]
print(f"\n{'':12} {'predicted':<32} precision  recall      F1")
print(f"{'':12} " + " ".join(f"{kind:>10}" for kind in KINDS))
for kind, row, *judged in zip(KINDS, matrix, *scores, strict=True):
    print(f"{kind:12} " + " ".join(f"{n:10}" for n in row) + "  " + "  ".join(f"{s:6.4f}" for s in judged))

accuracy = sum(matrix[k][k] for k in range(3)) / len(y_test)
print(f"accuracy {accuracy:.4f}, mean F1 {pn.f1_score(predictions, y_test, classes=3, average='macro'):.4f}")

assert accuracy == pn.accuracy(probabilities, y_test)
assert accuracy >= 0.93
for index in range(3):
    hits, called = matrix[index][index], sum(row[index] for row in matrix)
    assert math.isclose(scores[0][index], hits / called)
    assert math.isclose(scores[1][index], hits / sum(matrix[index]))
    assert math.isclose(scores[2][index], 2 * hits / (called + sum(matrix[index])))

# %% [markdown]
# ## How sure is it?
#
# The probabilities say more than the class. Sorted by the highest one, the doubtful flowers come first, and
# the mistakes should be among them. `undo_scaling` brings the measurements back to cm.

# %%
print("\nthe five most doubtful flowers of the test")
order = sorted(range(len(y_test)), key=lambda index: max(probabilities[index]))
measures = pn.undo_scaling(scaling, x_test)
for index in order[:5]:
    shares = ", ".join(f"{kind} {p:.2f}" for kind, p in zip(KINDS, probabilities[index], strict=True))
    cm = ", ".join(f"{m:.1f}" for m in measures[index])
    verdict = "right" if predictions[index] == y_test[index] else "WRONG"
    print(f"  {cm} cm: {shares}; it is {KINDS[y_test[index]]}: {verdict}")

wrong = [place for place, index in enumerate(order) if predictions[index] != y_test[index]]
assert all(place < 10 for place in wrong)
assert all(math.isclose(sum(row), 1) for row in probabilities)
