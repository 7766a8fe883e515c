"""``python -m purenn``: train, walk through a neuron, explain, compare, check, time, say what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, ``digits`` by default; its exit code, 2 for a mistake in the call, 130 for Ctrl-C."""
    try:
        from ._commands.line import run  # here, because Ctrl-C may come while it loads

        return run(arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":  # pragma: no cover: tested in a process
    raise SystemExit(main())
