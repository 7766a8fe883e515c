"""Print what a bug report should say: versions, platform and the backends found."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

import purenn as pn

from ._found import load_all, version_of

if TYPE_CHECKING:
    import argparse


def options(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(options: argparse.Namespace) -> int:
    backends, missing = load_all()
    print(f"purenn     {pn.__version__}")
    print(f"Python     {platform.python_version()}, {platform.python_implementation()}")
    print(f"platform   {platform.platform()}, {platform.machine()}, floats {sys.float_info.mant_dig} bits")
    for name in backends:
        print(f"backend    {' '.join(filter(None, [name, version_of(name), _blas(name)]))}")
    for line in missing:
        print(line)
    return 0


def _blas(name: str) -> str:
    """Who multiplies numpy's matrices, which decides their last digits."""
    if name != "numpy":
        return ""
    from importlib import import_module

    config: Any = import_module("numpy").show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"with {blas.get('name', 'no BLAS')} {blas.get('version', '')}".strip()
