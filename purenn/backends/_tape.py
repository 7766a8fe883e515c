"""What a function of trees did with arrays and numbers when it was run once, call by call

The function may do what it likes with shapes and options; with arrays and numbers only what the namespace
that it is given and arithmetic do. What comes from elsewhere is Unknown.
"""

from __future__ import annotations

import math
import operator
import re
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy

from ..trees import tree_leaves

if TYPE_CHECKING:
    from collections.abc import Callable

_FIXED = ("__name__", "finfo", "is_float", "is_integer", "map_rows", "ready", "shape")  # take no numbers
_NAMES = re.compile(r"\b[tvn]\d\w*")  # of arguments, of what is made of them, and of numbers
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}


class Unknown(Exception):
    """The function did what cannot be repeated call by call."""


class Call(NamedTuple):
    """``out = function(*arguments, **options)``, by names; without ``out`` the result must be ``wanted``."""

    out: tuple[str, ...]
    function: str
    arguments: tuple[str, ...]
    options: dict[str, str]
    wanted: bool | None = None

    @property
    def reads(self) -> list[str]:
        """The names of arrays and numbers among the arguments and options."""
        return _NAMES.findall(" ".join((*self.arguments, *self.options.values())))

    def renamed(self, names: dict[str, str]) -> Call:
        """The same of others, where there is another name."""

        def new(written: str) -> str:
            return _NAMES.sub(lambda name: names.get(name[0], name[0]), written)

        options = {option: new(value) for option, value in self.options.items()}
        return self._replace(arguments=tuple(map(new, self.arguments)), options=options)


class Number:
    """A number that may be another in the next run: arithmetic is noted, all else is refused."""

    dtype = None  # to be taken as it is, like the numbers that JAX traces

    def __init__(self, value: Any, name: str, tape: Tape) -> None:
        self.value, self.name, self.tape = value, name, tape

    def _refuse(self, *_: Any) -> Any:
        raise Unknown("a decision by a number")

    __bool__ = __float__ = __int__ = __index__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = object.__hash__


def _arithmetic(name: str, *, reflected: bool) -> Callable[[Number, Any], Number]:
    def operate(self: Number, other: Any) -> Number:
        return self.tape.operate(name, *((other, self) if reflected else (self, other)))

    return operate


for _name in _SYMBOLS:
    setattr(Number, f"__{_name}__", _arithmetic(_name, reflected=False))
    setattr(Number, f"__r{_name}__", _arithmetic(_name, reflected=True))


class Tape:
    """The leaves of some trees, and what is made of them.

    ``opening`` are the lines that take such trees apart, and return None where they are others; ``calls`` is
    what the namespace of ``noting`` was asked for since.
    """

    def __init__(self, trees: dict[str, Any], holds: Any = ()) -> None:
        self.calls: list[Call] = []
        self.opening: list[str] = []
        self.leaves: list[Any] = []
        self.names: dict[int, str] = {}  # of arrays and constants, by identity
        self.arrays: dict[str, Any] = {}  # by name; kept, so that nothing else gets their identity
        self.constants: dict[str, Any] = {"inf": math.inf, "nan": math.nan}  # functions and types too
        self.numbers: dict[tuple[str, ...], Number] = {}
        self.fresh: set[str] = set()  # arrays whose memory is nobody else's
        self._places = count()
        for leaf in tree_leaves(holds):
            if isinstance(leaf, numpy.ndarray):
                self._constant(leaf)
        for name, tree in trees.items():
            self._open(tree, name)

    def noting(self, space: Any) -> Any:
        """A namespace that does what this one does, and notes it."""
        names = [name for name in vars(space) if callable(getattr(space, name)) and name[0] != "_"]
        own = {name: self._noted(name, getattr(space, name)) for name in names}
        own |= {name: getattr(space, name) for name in _FIXED}
        return SimpleNamespace(**own)

    def _noted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments, **options: self._note(name, function, arguments, options)

    def _know(self, value: Any, where: dict[str, Any], name: str) -> str:
        self.names[id(value)] = name
        where[name] = value
        return name

    def _constant(self, value: Any) -> str:
        return self.names.get(id(value)) or self._know(value, self.constants, f"c{next(self._places)}")

    def _written(self, value: Any) -> str:
        """The value, by its name or as it is written."""
        if isinstance(value, Number):
            return value.name
        if id(value) in self.names:
            return self.names[id(value)]
        if isinstance(value, (numpy.dtype, type)):
            return self._constant(value)
        if type(value) is list and all(id(each) in self.names for each in value):
            return f"[{', '.join(map(self._written, value))}]"
        whole = type(value) is tuple and all(type(each) is int for each in value)
        if whole or value is None or type(value) in (bool, int, float, str):
            return repr(value)
        raise Unknown(f"a {type(value).__name__} from elsewhere")

    def _note(self, name: str, function: Any, arguments: Any, options: Any) -> Any:
        """What the function gives, with a name from now on."""
        args = tuple(map(self._written, arguments))
        kept = {option: self._written(value) for option, value in options.items()}
        out = function(*map(_value, arguments), **options)
        self.constants[name] = function
        if out is None or name == "all":  # a decision
            wanted = out if out is None else bool(out)
            self.calls.append(Call((), name, args, kept, wanted))
            return wanted
        if type(out) is numpy.bool_:  # there are only two, each the result of many calls
            out, function = numpy.array(out), None  # and it is no array
        outs = out if type(out) is tuple else (out,)
        if not all(isinstance(each, (numpy.ndarray, numpy.generic)) for each in outs):
            raise Unknown(f"a {type(out).__name__} of {name}")
        names = tuple(
            self.names.get(id(x)) or self._know(x, self.arrays, f"v{next(self._places)}") for x in outs
        )
        seen = {other for other in args if any(_share(self.arrays.get(other), each) for each in outs)}
        self.fresh -= seen
        if not seen and (writes_over(function) or name in ("affine", "matmul")):
            self.fresh.update(names)
        self.calls.append(Call(names, name, args, kept))
        return out

    def operate(self, name: str, left: Any, right: Any) -> Number:
        """The result of arithmetic, which is done once."""
        sides = (self._written(left), self._written(right))
        if (name, *sides) not in self.numbers:
            value = getattr(operator, name)(_value(left), _value(right))
            out = self.numbers[name, *sides] = Number(value, f"n{next(self._places)}", self)
            self.calls.append(Call((out.name,), _SYMBOLS[name], sides, {}))
        return self.numbers[name, *sides]

    def _open(self, tree: Any, name: str) -> None:
        kind = type(tree)
        if kind is tuple or hasattr(kind, "_fields") or isinstance(tree, dict):  # as trees are built again
            keys = list(tree) if isinstance(tree, dict) else range(len(tree))
            parts = [f"{name}_{index}" for index in range(len(keys))]
            branches, values = f"len({name}) == {len(keys)}", name
            if isinstance(tree, dict):
                branches, values = f"list({name}) == {self._constant(keys)}", f"{name}.values()"
            self._only_if(branches, name, kind)
            self.opening += [f"{', '.join(parts)}, = {values}"] if parts else []
            for key, part in zip(keys, parts, strict=True):
                self._open(tree[key], part)
        elif kind is numpy.ndarray:
            same = f"{name}.dtype is {self._constant(tree.dtype)}"
            same += f" and {name}.shape == {tree.shape} and {name}.strides == {tree.strides}"
            self._only_if(same, name, kind)
            leaf = tree.view()  # which nobody else has: the function may hold this very array by itself
            self._know(leaf, self.arrays, name)
            self.leaves.append(leaf)
        elif kind in (int, float):
            self._only_if("True", name, kind)
            self.leaves.append(Number(tree, name, self))
        else:
            raise Unknown(f"a {kind.__name__}")

    def _only_if(self, condition: str, name: str, kind: type) -> None:
        self.opening.append(
            f"if type({name}) is not {self._constant(kind)} or not ({condition}): return None"
        )

    def forget(self) -> None:
        """Let all arrays go, now and not when circles of references are looked for."""
        self.arrays.clear()
        self.leaves.clear()

    def closed(self, tree: Any) -> str:
        """A result, by the names of its leaves."""
        if isinstance(tree, tuple):
            inside = "".join(f"{self.closed(child)}, " for child in tree)
            return f"{self._constant(type(tree))}({inside})" if hasattr(tree, "_fields") else f"({inside})"
        if type(tree) is dict:
            inside = "".join(f"{self._constant(key)}: {self.closed(child)}, " for key, child in tree.items())
            return f"{{{inside}}}"
        return self._written(tree)


def writes_over(function: Any) -> bool:
    """Whether a function can write its result into an array ``out``."""
    return isinstance(function, numpy.ufunc) or "out" in (getattr(function, "__kwdefaults__", None) or ())


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Number) else x


def _share(one: Any, other: Any) -> bool:
    arrays = isinstance(one, numpy.ndarray) and isinstance(other, numpy.ndarray)
    return arrays and bool(numpy.may_share_memory(one, other))
