"""Which backends there are, by the names of the command line."""

from __future__ import annotations

from importlib import import_module, metadata
from typing import Any

import purenn as pn

NAMES = ("lists", "numpy", "array_api_strict", "jax", "torch")


def load(name: str) -> Any:
    """The backend of one of NAMES, or of ``module:name``, or of a module

    Errors: BackendError where it cannot be imported, or is no backend.
    """
    try:
        if name in ("lists", "numpy"):
            return pn.get_backend(name)
        if name == "jax":
            import_module("jax").config.update("jax_enable_x64", True)  # before its first array
            return import_module("jax.numpy")
        if name == "torch":
            backend: Any = import_module("array_api_compat.torch")
            pn.register_backend(import_module("torch").Tensor, backend, name="torch")
            return backend
        module, _, attribute = name.partition(":")
        found: Any = import_module(module)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        known = ", ".join(NAMES)
        raise pn.errors.BackendError(
            f"backend {name!r} cannot be imported: {error}: give module:name, or one of {known}"
        ) from None
    return pn.get_backend(found)


def load_all() -> tuple[dict[str, Any], list[str]]:
    """The backends that are installed, by name, and for each of the others why it is left out."""
    backends, missing = {}, []
    for name in NAMES:
        try:
            backends[name] = load(name)
        except pn.errors.BackendError as error:
            missing.append(f"left out: {error}".split(": give module")[0])
    return backends, missing


def version_of(name: str) -> str:
    """The version of the library behind a backend."""
    return "" if name == "lists" else metadata.version(name)
