"""The laws of optimizers: pure functions from gradients to new params, with a state that counts its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._numerical import check_arrays, eps_of, numbers_of, working_eps
from .._options import check_is
from ..backends import agree_trees, convert, extras, get_backend, lists
from ..errors import BackendError, OptionError, ShapeError, TreeError
from ..trees import tree_leaves, tree_map, tree_paths
from ._call import Broken, Skipped, bits
from ._report import Failure, Law, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._types import Params
    from ..optimizers import Optimizer

STEPS = 3  # with the one tree of gradients that was given, and its negative, and it again


def check_optimizer(optimizer: Optimizer, params: Params, *grads: Params) -> Report:
    """Check what every optimizer owes, over one step for each tree of gradients (three steps for one tree)

    - **pure**: nothing that it was given or has given is written to; a step repeated, or taken after steps of
      another run, has the same bits; so a run can be resumed from any state.
    - **structure**: new params have the tree, shapes and dtypes of the old, and the state those of its last.
    - **steps**: where the state has a ``step``, it is 0 at first and counts each update by 1.
    - **backends**: lists and numpy take the same steps.

    Errors: KindError for what has no init and update; OptionError without gradients; TreeError and ShapeError
    for gradients that are not like the params; ArrayError and BackendError for what are no arrays of one
    backend.

    >>> from purenn import adam
    >>> report = check_optimizer(adam(0.1), {"w": [1.0, -2.0]}, {"w": [0.5, 3.0]})
    >>> report.ok, [law.name for law in report.laws]
    (True, ['pure', 'structure', 'steps', 'backends'])
    """
    fits = callable(getattr(optimizer, "init", None)) and callable(getattr(optimizer, "update", None))
    check_is("check_optimizer", "optimizer", optimizer, fits, "an Optimizer", "one such as sgd(0.1)")
    _check_trees(params, grads)
    given = grads if len(grads) > 1 else (*grads, *(tree_map(_negative, g) for g in grads), *grads)
    run = _Run(optimizer, params, given)
    rows = []
    for name, law in LAWS.items():
        try:
            rows.append(Law(name, True, law(run) or ""))
        except Skipped as reason:
            rows.append(Law(name, True, str(reason), skipped=True))
        except Broken as broken:
            rows.append(Law(name, False, str(broken), broken.failure))
        except Exception as error:
            rows.append(Law(name, False, f"{type(error).__name__}: {error}"))
    return Report(type(optimizer).__name__, tuple(rows))


def _check_trees(params: Params, grads: tuple[Params, ...]) -> None:
    if not grads:
        raise OptionError("check_optimizer: no gradients: give a tree like the params for each step")
    named = {"params": params} | {f"grads {step}": each for step, each in enumerate(grads, 1)}
    check_arrays("check_optimizer", named)
    agree_trees("check_optimizer", named)
    for name, each in named.items():
        try:
            pairs = tree_map(lambda p, g: [extras.shape(p), extras.shape(g)], params, each)
        except TreeError as error:
            raise TreeError(f"check_optimizer: params and {name}: {error}") from None
        for path, (want, have) in tree_paths(pairs):
            if want != have:
                raise ShapeError(
                    f"check_optimizer: params{path} {want} and {name}{path} {have} differ: gradients must "
                    "have the shapes of the params"
                )


class _Run:
    """An optimizer, the params that it starts from, and the gradients of each step."""

    def __init__(self, optimizer: Optimizer, params: Params, grads: tuple[Params, ...]) -> None:
        self.optimizer, self.params, self.grads = optimizer, params, grads
        self.backend: Any = agree_trees("check_optimizer", {"params": params})

    def path(self) -> list[tuple[Params, Any]]:
        """Params and state before the first step and after each."""
        path = [(self.params, self.optimizer.init(self.params))]
        for grads in self.grads:
            params, state = path[-1]
            path.append(self.optimizer.update(grads, state, params))
        return path


def _negative(leaf: Any) -> Any:
    backend: Any = agree_trees("check_optimizer", {"grads": leaf})
    return backend.multiply(leaf, -1)


def _pure(run: _Run) -> None:
    given = bits((run.params, run.grads))
    path = run.path()
    held = list(map(bits, path))
    if bits((run.params, run.grads)) != given:
        raise Broken("params or gradients that were given have changed")
    if list(map(bits, run.path())) != held:
        raise Broken("the same steps once more have other bits")
    for step, grads in reversed(list(enumerate(run.grads))):
        params, state = path[step]
        if bits(run.optimizer.update(grads, state, params)) != held[step + 1]:
            raise Broken(f"step {step + 1} taken again, after later ones, has other bits")
    if list(map(bits, path)) != held:
        raise Broken("params or a state that an earlier step returned have changed")


def _structure(run: _Run) -> None:
    (_, first), *_ = path = run.path()
    if not hasattr(first, "_fields"):
        raise Broken(f"the state is a {type(first).__name__}, not a NamedTuple")
    for step, (params, state) in enumerate(path):
        for what, old, new in (("params", run.params, params), ("state", first, state)):
            try:
                pairs = tree_map(lambda a, b: [a, b], old, new)
            except TreeError as error:
                raise Broken(f"{what} after step {step}: {error}") from None
            for path_of, (a, b) in tree_paths(pairs):
                dtypes = getattr(a, "dtype", None), getattr(b, "dtype", None)
                if extras.shape(a) != extras.shape(b):
                    raise Broken(
                        f"{what}{path_of} after step {step} has shape {extras.shape(b)}, "
                        f"wanted {extras.shape(a)}"
                    )
                if dtypes[0] != dtypes[1] and "float" in str(dtypes[0]):
                    raise Broken(
                        f"{what}{path_of} after step {step} has dtype {dtypes[1]}, wanted {dtypes[0]}"
                    )


def _steps(run: _Run) -> str:
    counts: list[Any] = [getattr(state, "step", None) for _, state in run.path()]
    if any(count is None for count in counts):
        raise Skipped("its state has no step")
    if [int(count) for count in counts] != list(range(len(counts))):
        raise Broken(f"the state counts {counts}, wanted {list(range(len(counts)))}")
    return ", ".join(str(int(count)) for count in counts[1:])


def _backends(run: _Run) -> str:
    name = "numpy" if run.backend is lists else "lists"
    try:
        other: Any = get_backend(name)
    except BackendError:
        raise Skipped("numpy is not installed") from None
    want = run.path()
    if not all(isinstance(number, (float, int)) for number in numbers_of(run.params)):
        raise Skipped("only lists compute with Fractions and Decimals")
    moved = _Run(run.optimizer, convert(run.params, other), tuple(convert(g, other) for g in run.grads))
    leaves = tree_leaves(run.params)
    eps = max([working_eps(run.backend), *(eps_of(leaf, run.backend) for leaf in leaves)])
    largest = max([1.0, *(abs(float(n)) for n in numbers_of((run.params, run.grads)))])
    for step, ((a, _), (b, _)) in enumerate(zip(want, moved.path(), strict=True)):
        for index, (x, y) in enumerate(zip(numbers_of(a), numbers_of(b), strict=True)):
            apart = abs(x - y)
            if not apart <= 16 * (step + 1) * eps * largest:
                relative = apart / abs(x) if x else float("inf")
                failure = Failure("params", index, y, x, relative / eps, relative, 0)
                raise Broken(
                    f"params number {index} after step {step} is {y!r} on {name}, not {x!r}", failure
                )
    return f"as on {name}"


LAWS: dict[str, Callable[[_Run], str | None]] = {
    "pure": _pure,
    "structure": _structure,
    "steps": _steps,
    "backends": _backends,
}
