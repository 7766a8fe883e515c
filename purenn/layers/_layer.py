"""What a layer is, and how any pair becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol

from .._options import check_kind
from .._types import Cache, Cache_co, Cache_contra
from ..errors import KindError, OptionError, TreeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, DType, Key, Params
    from ..backends._protocol import Backend

    Xp = Backend | str | None


class LayerGrads(NamedTuple):
    """The gradients of a layer's parameters and of its input (None where nobody needs it)."""

    params: Params
    x: Array


class LayerForward(Protocol[Cache_co]):
    def __call__(
        self, params: Params, x: Array, /, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, Cache_co]: ...


class LayerBackward(Protocol[Cache_contra]):
    def __call__(
        self, dout: Array, cache: Cache_contra, /, *, need_x: bool = True, xp: Xp = None
    ) -> LayerGrads: ...


class Parts(NamedTuple):
    """What a layer is made of, for those who look inside: the pair that it calls, or other layers

    ``build(*layers, *held)`` combines other layers, and what it holds of its own, in the same way;
    ``names`` are those of the layers, their indices by default; ``wiring`` says who reads what in a graph.
    """

    name: str
    pair: tuple[Callable[..., Any], Callable[..., Any]] | None = None
    layers: tuple[Layer[Any], ...] = ()
    build: Callable[..., Layer[Any]] | None = None
    held: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()
    wiring: Any = None


class Layer(NamedTuple, Generic[Cache]):
    """Four pure functions

    - ``init(key, *, xp=None, dtype=None) -> params``: on lists unless ``xp`` says otherwise.
    - ``forward(params, x, *, key=None, xp=None) -> (out, cache)``
    - ``backward(dout, cache, *, need_x=True, xp=None) -> LayerGrads(params, x)``
    - ``absorb(params, cache) -> params``: with what the layer learned in ``forward`` folded in;
      by default the same params, for layers that gather no statistics.

    A layer of your own takes the same keywords: ``key`` for what it draws, ``xp`` for the backend, and
    ``need_x=False`` for "nobody reads the gradient of x", for which None may stand. ``parts`` says what
    purenn's own layers are made of; one without is looked at as a whole.
    """

    init: Callable[..., Params]
    forward: LayerForward[Cache]
    backward: LayerBackward[Cache]
    absorb: Callable[[Params, Any], Params] = lambda params, cache: params
    parts: Parts | None = None


def layer(
    forward: Callable[..., tuple[Array, Cache]],
    backward: Callable[..., Any],
    *,
    init: Callable[..., tuple[Array, ...]] | None = None,
    cache_type: type[Cache] | None = None,
    **options: Any,
) -> Layer[Cache]:
    """The layer of a pair: the first argument of forward is x, the others are the params

    ``init(key, *, xp=None, dtype=None)`` makes them, a tuple in the order of forward's arguments; without
    it there are none. The options go to forward, and so do ``key`` and ``xp`` where it takes them.
    backward's first gradient is that of x; it is told ``need_x`` if it takes that.
    Errors: OptionError for an option that forward does not have; with ``cache_type``, CacheError for the
    cache of another layer.

    >>> from purenn import functional as F
    >>> leaky = layer(F.leaky_relu_forward, F.leaky_relu_backward, negative_slope=0.5)
    >>> leaky.forward((), [-2.0, 2.0])[0]
    [-1.0, 2.0]
    """
    for name, function in (("forward", forward), ("backward", backward)):
        if not callable(function):
            raise KindError(
                f"layer: {name} is a {type(function).__name__}, wanted a function: give the two of a pair"
            )
    name = name_of(forward)
    for option in options:
        if option not in _keywords(forward) - {"key", "xp"}:  # those are handed to the layer's forward
            had = ", ".join(sorted(_keywords(forward) - {"key", "xp"})) or "none"
            raise OptionError(f"layer: {name} has no option {option!r}: its options are {had}")
    sends_key, sends_xp = ("key" in _keywords(forward), "xp" in _keywords(forward))
    takes_xp, takes_need = ("xp" in _keywords(backward), "need_x" in _keywords(backward))

    def nothing(key: Key, *, xp: Xp = None, dtype: DType = None) -> tuple[Array, ...]:
        return ()

    def layer_forward(
        params: tuple[Array, ...], x: Array, *, key: Key | None = None, xp: Xp = None
    ) -> tuple[Array, Cache]:
        if init is None:
            fields(name, params, 0)
        sent = dict(options)
        if sends_key and key is not None:  # one that the function has by itself stays
            sent["key"] = key
        if sends_xp:
            sent["xp"] = xp
        return forward(x, *params, **sent)

    def layer_backward(dout: Array, cache: Cache, *, need_x: bool = True, xp: Xp = None) -> LayerGrads:
        if cache_type is not None:
            check_kind(name, "cache", cache, cache_type, f"give the cache that {name}'s forward returned")
        if init is None and not need_x:
            return LayerGrads((), None)
        sent: dict[str, Any] = {}
        if takes_need:
            sent["need_x"] = need_x
        if takes_xp:
            sent["xp"] = xp
        dx, *dparams = backward(dout, cache, **sent)
        return LayerGrads(tuple(dparams), dx if need_x else None)

    return Layer(init or nothing, layer_forward, layer_backward, parts=Parts(name, (forward, backward)))


def name_of(function: Any) -> str:
    """What a function, or that in a partial, is called.

    >>> from purenn.functional import relu_forward
    >>> name_of(relu_forward)
    'relu'
    """
    function = getattr(function, "func", function)
    name = getattr(function, "__qualname__", type(function).__name__).split(".<locals>")[0]
    return str(name).removesuffix("_forward").removesuffix(".forward").lstrip("_")


def _keywords(function: Any) -> set[str]:
    """The keyword-only arguments of a function, or of that in a partial or under a decorator."""
    while inner := getattr(function, "func", None) or getattr(function, "__wrapped__", None):
        function = inner
    return set(getattr(function, "__kwdefaults__", None) or ())


def fields(name: str, params: Params, count: int) -> tuple[Any, ...]:
    """The params, if they are a tuple of so many, or TreeError."""
    if not isinstance(params, tuple) or len(params) != count:
        got = f"a tuple of {len(params)}" if isinstance(params, tuple) else type(params).__name__
        raise TreeError(f"{name}: params are {got}, wanted a tuple of {count}: take them from init(key)")
    return params


def check_layer(name: str, index: int, layer: Any) -> None:
    if not isinstance(layer, Layer):
        called = getattr(layer, "__name__", "")
        raise KindError(
            f"{name}: layer {index} is a {type(layer).__name__} {called}".rstrip()
            + f", not a Layer: give layers one by one, such as {name}(affine(2, 3), relu)"
        )
