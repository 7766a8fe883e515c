# %% [markdown]
# # 13. A broken backend
#
# 后端就是一组函数。本章故意写坏其中一个：先把 maximum 换成会丢掉 NaN 的 fmax，
# 让 check_backend 用人话指出错在哪里、殃及哪些函数；再把 expm1 写成 exp(x) - 1，公式没错，
# 末尾的数字却丢了一半，这回由 compare 逐个运算对照五十位精度的答案，说出差在哪一步、差多少、谁更准。
#
# You will learn
# - what a backend is, and how little it takes to make one;
# - how `check_backend` says what is wrong with one, in words that you can act on;
# - how `compare` finds an op that is right on paper and wrong in its last digits.
#
# You need numpy: what is broken here is a copy of it.
# Run it: `python examples/13_a_broken_backend.py` (it takes ten seconds).
# The same check of a backend of yours, from a shell: `python -m purenn check --backend your_module:its_name`.

# %%
from importlib.util import find_spec

import purenn as pn
from purenn.compare import compare
from purenn.testing import check_backend

if not find_spec("numpy"):
    print("numpy is not installed: there is nothing to break, and this chapter is left out")
    raise SystemExit

import numpy

# %% [markdown]
# ## A backend is a namespace
#
# It has the functions of the array API standard under their names, and its arrays say that they belong to it.
# This one has all of numpy's functions, but those that we give it.


# %%
class Namespace:
    def __init__(self, name, **functions):
        namespace, self.__name__, self.functions = self, name, functions

        class Array(numpy.ndarray):
            def __array_namespace__(self, *, api_version=None):
                return namespace

        self.array = Array

    def __getattr__(self, name):
        function = self.functions.get(name) or getattr(numpy, name)
        if not callable(function) or isinstance(function, type):
            return function

        def call(*arguments, **options):
            with numpy.errstate(all="ignore"):
                out = function(*arguments, **options)
            ours = isinstance(out, numpy.ndarray | numpy.generic)
            return numpy.asarray(out).view(self.array) if ours else out

        return call


# %% [markdown]
# ## A maximum that forgets
#
# `numpy.fmax` is the maximum of two numbers too; only, where one of them is NaN, it returns the other. What
# harm can that do? The laws say: relu turns a NaN, which tells that something went wrong, into an innocent 0,
# and nobody will ever know. The first row of the report names the function, the others what it spoils.

# %%
forgetful = Namespace("forgetful", maximum=numpy.fmax)
report = check_backend(forgetful)
print(report)

# %% [markdown]
# Read it from the top: `maximum` itself is wrong, here is the number, what came and what was wanted. The
# pairs below it are wrong because they call it. Mend the first row, and check again.

# %%
mended = Namespace("mended", maximum=numpy.maximum)
after = check_backend(mended)
print(f"\nmended: {len(after.failed)} laws fail")

# %% [markdown]
# ## A formula that is right on paper
#
# `expm1(x)` is exp(x) - 1. Written like that it is right in mathematics, and for x = 1e-9 half of its digits
# are gone: exp(x) is rounded to 1.000000001, and what was rounded off is all that we wanted. No sign is
# wrong, no shape, no NaN is lost. So ask who is nearer to the truth: `compare` runs each op of a network on
# both backends, from the same numbers, and once more in 50 digits.

# %%
naive = Namespace("naive", expm1=lambda x: numpy.exp(x) - 1)
model = pn.chain(pn.scale(), pn.elu, pn.scale())
x = [[-1e-9, 2e-9, -3e-9], [0.5, -1e-3, -0.25]]
comparison = compare(model, x, backends=["numpy", naive])
print(comparison)

# %% [markdown]
# `elu` alone parts, by millions of units in the last place, at the first number, and numpy is nearer. The op
# before it agrees to the last bit, and so does the one after it when it is given the same numbers; only
# through the whole network the error reaches it.

# %%
row = comparison.row("elu")
apart = row.alone.between[0]
print(f"\nelu: {apart.ulp:.0f} ulp apart, first at {apart.first}; nearer to the truth: {row.alone.nearer}")

# %% [markdown]
# ## What this chapter claims

# %%
assert not report.ok
assert report.failed[0].name == "maximum"
assert "wanted nan" in report.failed[0].detail
assert any(law.name.startswith("relu nan") for law in report.failed)
assert after.ok

guilty = [(row.op, row.of) for row in comparison.rows if any(row.alone.between)]
assert guilty == [("1 elu", "out")]
assert apart.ulp > 1e6
assert apart.first.place == "[0][0]"
assert row.alone.nearer == "numpy"
assert row.alone.exact[0].ulp <= 1  # numpy's distance
assert comparison.row("2 scale").through.between[0]
print("\nEvery claim holds.")
