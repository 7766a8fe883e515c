"""One network on several backends, op by op: where they part, and who is nearer to the exact answer."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from .._numerical import check_arrays
from .._options import check_is, count
from .._table import canvas
from ..backends import lists
from ..backends.extras import shape
from ..errors import OptionError
from ..layers import Layer, layer
from ..layers.recording import Note, loss_layer, recorded
from ..losses import Loss
from ..random import fold_in, uniform
from ..trees import tree_leaves, tree_unflatten
from ._alone import Probe, Seconds, answers, probes, run
from ._difference import EXACT, Difference, difference, nearest
from ._sides import Side, exact_side, plain, sides_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Array, Key, Params
    from ._sides import Backends


class Apart(NamedTuple):
    """How far the answers for one array are apart

    - ``between``: the differences of each two backends; ``exact``: those of each from the exact answer.
    - ``nearest``: for each backend, of how many numbers its own is nearest to the exact one; numbers to
      which all are equally near do not count.
    """

    between: tuple[Difference, ...]
    exact: tuple[Difference, ...]
    nearest: dict[str, int]

    @property
    def nearer(self) -> str:
        """The backend that is the nearest most often; "" for a tie, or where nothing exact is known."""
        best = max(self.nearest.values(), default=0)
        names = [name for name, wins in self.nearest.items() if wins == best]
        return names[0] if len(names) == 1 and best else ""


class Row(NamedTuple):
    """One array that an op computes: ``of`` is ``out``, ``x`` (its gradient) or ``params.w``

    - ``alone``: every backend is given the very numbers that the first one had there.
    - ``through``: each goes through the whole network by itself, and errors add up.
    """

    op: str
    of: str
    alone: Apart
    through: Apart


class Comparison(NamedTuple):
    """What ``compare`` found: tables when printed, a picture by ``plot()``."""

    backends: tuple[str, ...]
    digits: int | None
    rows: tuple[Row, ...]
    seconds: dict[str, dict[str, Seconds]]
    notes: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether the backends agree to the last bit, everywhere."""
        return not any(any((*row.alone.between, *row.through.between)) for row in self.rows)

    def row(self, op: str, of: str = "out") -> Row:
        """The row of an op, by its name as printed or the last word of it, the first if there are several."""
        for row in self.rows:
            if op in (row.op, row.op.split()[-1]) and of == row.of:
                return row
        have = ", ".join(f"{row.op} {row.of}" for row in self.rows)
        raise OptionError(f"compare: no row {op!r} {of!r}: there are {have}")

    def __str__(self) -> str:
        from ._print import comparison_text

        return comparison_text(self)

    def plot(self, ax: Any = None) -> Any:
        """Draw the ulps of each row on matplotlib's axes, new ones by default, and return those

        From the exact answer where there is one, otherwise between the backends; dots for ops alone,
        crosses for those through the network.
        """
        ax = canvas(ax)
        labels = [f"{row.op} {row.of}" for row in self.rows]
        places = list(range(len(labels)))
        for style, way in (("o", "alone"), ("x", "through")):
            columns: dict[str, list[float]] = {}
            for row in self.rows:
                apart = getattr(row, way)
                for each in apart.exact or apart.between:
                    name = each.between[0] if apart.exact else " - ".join(each.between)
                    columns.setdefault(name, []).append(each.ulp)
            for index, (name, ulps) in enumerate(columns.items()):
                ax.plot(ulps, places, style, color=f"C{index}", label=f"{name}, {way}")
        ax.set_yticks(places, labels)
        ax.invert_yaxis()
        ax.set_xscale("symlog", linthresh=1)
        ax.set_xlabel("units in the last place, at most")
        ax.legend()
        return ax


def compare(
    model: Layer | tuple[Any, Any],
    x: Array,
    targets: Array | None = None,
    *,
    loss: Loss | None = None,
    key: Key = 0,
    params: Params | None = None,
    training_key: Key | None = None,
    backends: Backends = ("lists", "numpy"),
    digits: int | None = 50,
    repeats: int = 3,
) -> Comparison:
    """Run a network forward and backward on several backends, and compare op by op

    Ops are the layers that are not made of layers, the sums in ``residual`` and ``branch``, and the loss;
    a pair ``(forward, backward)`` is one op. Params come from ``model.init(key)`` unless you give them; so
    does, without a loss, a dout from -1 to 1. With a ``training_key`` the network trains. ``backends`` are
    names or namespaces, or a dict of them by names of yours; the first gives the numbers that each op
    alone is fed with. The exact answer is computed on Decimals of so many ``digits``, in which a float
    option counts as what it prints as; with None there is none. Times are the shortest of ``repeats``.
    Errors: KindError for what is no Layer or Loss; ArrayError and ShapeError for what are no arrays;
    OptionError; BackendError for a backend that cannot hold float64.

    >>> from purenn import affine, chain, tanh
    >>> comparison = compare(chain(affine(2, 3), tanh), [[1.0, 2.0]], backends=["lists"])
    >>> [f"{row.op} {row.of}" for row in comparison.rows]
    ['0 affine out', '0 affine params.w', '0 affine params.b', '0 affine x', '1 tanh out', '1 tanh x']
    >>> comparison.row("tanh").alone.exact[0].ulp < 1
    True
    """
    own = _model(model, params)
    fits = loss is None or isinstance(loss, Loss)
    check_is("compare", "loss", loss, fits, "a Loss", "one such as mean_squared_error")
    if (loss is None) != (targets is None):
        raise OptionError("compare: loss and targets belong together: give both or neither")
    repeats = count("compare", "repeats", repeats)
    sides = sides_of("compare", backends)
    exact = None if digits is None else exact_side("compare", digits)
    for each in (key, 0 if training_key is None else training_key):
        fold_in(each, 0)  # an error now, if it is no key
    given = {"targets": targets, "params": params}
    check_arrays("compare", {"x": x} | {name: tree for name, tree in given.items() if tree is not None})
    x, params = plain(x), plain(own.init(key) if params is None else params)
    task = _Task(own, loss, params, x, None if targets is None else plain(targets), key, training_key)
    notes: list[str] = []

    runs = {side.name: task.run(side) for side in sides}
    through = {name: _answers(noted) for name, noted in runs.items()}
    truth = exact and _attempt(partial(_whole, task, exact), "the network", notes)
    rows: list[Row] = []
    seconds: dict[str, dict[str, Seconds]] = {}
    for probe in probes(runs[sides[0].name]):
        done = {side.name: run(probe, side, repeats) for side in sides}
        right = exact and _attempt(partial(_alone, probe, exact), probe.op, notes)
        for name, (_, took) in done.items():
            before = seconds.setdefault(probe.op, {}).get(name, Seconds(0.0, 0.0))
            seconds[probe.op][name] = Seconds(before.forward + took.forward, before.backward + took.backward)
        for of in done[sides[0].name][0]:
            alone = _apart({name: found[of] for name, (found, _) in done.items()}, (right or {}).get(of))
            whole = {name: found[probe.op, of] for name, found in through.items()}
            rows.append(Row(probe.op, of, alone, _apart(whole, (truth or {}).get((probe.op, of)))))
    return Comparison(tuple(runs), digits, tuple(rows), seconds, tuple(notes))


class _Task(NamedTuple):
    model: Layer
    loss: Loss | None
    params: Any
    x: Any
    targets: Any
    key: Key
    training_key: Key | None

    def run(self, side: Side) -> dict[str, Note]:
        """The notes of the whole network on one side."""
        notes: dict[str, Note] = {}
        with side.context():
            params, x = side.load((self.params, self.x))
            model = recorded(self.model, notes, lambda tree: side.load(plain(tree)))
            out, cache = model.forward(params, x, key=self.training_key, xp=side.xp)
            if self.loss is None:
                dout = side.load(self._dout(out))
            else:
                place = "the loss" if "loss" in notes else "loss"  # a node of a graph may be called so
                judge = recorded(loss_layer(self.loss), notes, side.load, place)
                _, judged = judge.forward((side.load(self.targets),), out, xp=side.xp)
                dout = judge.backward(1, judged, xp=side.xp).x
            model.backward(dout, cache, xp=side.xp)
        return notes

    def _dout(self, out: Any) -> Any:
        leaves = tree_leaves(out)
        draws = (uniform(fold_in(self.key, i), shape(leaf), low=-1.0) for i, leaf in enumerate(leaves))
        return tree_unflatten(out, draws)


def _whole(task: _Task, exact: Side) -> dict[tuple[str, str], Any]:
    return _answers(task.run(exact))


def _alone(probe: Probe, exact: Side) -> dict[str, Any]:
    return run(probe, exact, 1)[0]


def _model(model: Any, params: Any) -> Layer:
    if isinstance(model, Layer):
        return model
    pair = isinstance(model, tuple) and len(model) == 2 and not isinstance(model, Loss)
    fits = pair and all(map(callable, model))
    wanted = "a Layer or a pair (forward, backward)"
    check_is("compare", "model", model, fits, wanted, "one such as affine(2, 3)")
    init = None if params is None else lambda key, *, xp=None, dtype=None: params
    return layer(*model, init=init)


def _answers(notes: dict[str, Note]) -> dict[tuple[str, str], Any]:
    """What a run has computed, by op and array."""
    return {
        (f"{place} {note.name}".strip(), of): answer
        for place, note in notes.items()
        for of, answer in answers(note.out, note.grads).items()
    }


def _attempt(compute: Callable[[], Any], what: str, notes: list[str]) -> Any:
    """What compute returns on the exact side, or None and a note why not."""
    try:
        found = compute()
        if any(isinstance(number, float) for leaf in found.values() for number in lists.flat(leaf)):
            raise TypeError("it makes floats of Decimals")
        return found
    except (TypeError, ValueError, ArithmeticError) as error:
        notes.append(f"no exact answer for {what}: {type(error).__name__}: {error}")
        return None


def _apart(found: dict[str, Any], exact: Any) -> Apart:
    between = tuple(
        difference((one, other), found[one], found[other]) for one, other in combinations(found, 2)
    )
    if exact is None:
        return Apart(between, (), {})
    distances = tuple(difference((name, EXACT), have, exact) for name, have in found.items())
    return Apart(between, distances, nearest(found, exact))
