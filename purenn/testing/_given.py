"""What a check is given, looked at before it runs: a bad call is no law that fails."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays
from .._options import check_is
from ..backends import agree_trees, get_backend
from ..errors import OptionError
from ..random import fold_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import TypeIs

    from .._types import Key
    from ._call import Options


def picked(op: str, laws: Any, known: Iterable[str]) -> list[str]:
    """The laws of these names, or of this one, in the order in which they are known.

    >>> picked("check_laws", ["zero", "pure"], ["pure", "linear", "zero"])
    ['pure', 'zero']
    """
    order = list(known)
    names = list(laws) if is_collection(laws) else [laws]
    for name in names:
        if name not in order:
            raise OptionError(f"{op}: there is no law {name!r:.40}: choose from {', '.join(order)}")
    return [name for name in order if name in names]


def is_collection(value: Any) -> TypeIs[Collection[Any]]:
    """Whether a value holds several others: a text does not, nor an array of no axes.

    >>> is_collection(["zero"]), is_collection("zero")
    (True, False)
    """
    single = isinstance(value, str) or getattr(value, "shape", None) == ()
    return isinstance(value, Collection) and not single


def check_pair(op: str, forward: Any, backward: Any) -> None:
    """KindError unless these are functions."""
    hint = "the two of a pair; for layers and losses there are check_layer and check_loss"
    check_is(op, "forward", forward, callable(forward), "a function", hint)
    check_is(op, "backward", backward, callable(backward), "a function", hint)


def check_call(
    op: str, forward: Callable[..., Any], arguments: tuple[Any, ...], key: Key, options: Options
) -> None:
    """The errors of arguments that are no arrays of one backend, and of options that cannot be.

    >>> from ._call import Options
    >>> check_call("check_laws", lambda x: x, ([1.0, 2.0],), 0, Options(batched=["x"]))
    """
    fold_in(key, 0)  # an error now, if the key is none
    names = names_of(forward, len(arguments))
    trees = dict(zip(names, arguments, strict=True))
    check_arrays(op, trees)
    agree_trees(op, trees, options.xp)
    asked = options.batched
    asked = [asked] if isinstance(asked, str) else asked
    named = is_collection(asked) and all(name in names for name in asked)
    if not isinstance(asked, bool) and not named:
        wanted = f"True, False, or names of arguments: {', '.join(names)}"
        raise OptionError(f"{op}: batched={asked!r:.40}: wanted {wanted}")
    others = () if options.backends is None else options.backends
    if not is_collection(others):
        raise OptionError(f"{op}: backends={others!r:.40}: wanted several, such as ('lists', 'numpy')")
    for each in others:
        get_backend(each)
    if options.reference is not None:
        pair = options.reference
        fits = isinstance(pair, tuple) and len(pair) == 2 and all(map(callable, pair))
        check_is(op, "reference", pair, fits, "a pair of functions", "reference=(forward, backward)")


def names_of(forward: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's first arguments, or numbers for those that it does not name.

    >>> names_of(lambda x, w: x, 2), names_of(lambda *arguments: 0, 2)
    (['x', 'w'], ['argument 1', 'argument 2'])
    """
    try:
        names = list(inspect.signature(forward).parameters)
    except ValueError:  # of a builtin
        names = []
    return names[:count] if len(names) >= count else [f"argument {i}" for i in range(1, count + 1)]
