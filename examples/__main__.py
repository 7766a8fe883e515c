"""Run every chapter in order: python examples"""

import argparse
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path


def run():
    """Every chapter in a process of its own; 1 where one fails."""
    failed = []
    chapters = sorted(Path(__file__).parent.glob("[0-9]*.py"))
    if find_spec("marimo"):
        chapters.append(Path(__file__).with_name("playground.py"))
    else:
        print('left out: playground.py: marimo is not installed: pip install "purenn[playground]"\n')
    for chapter in chapters:
        print(f"=== {chapter.name}", flush=True)
        start = time.perf_counter()
        if subprocess.run([sys.executable, str(chapter)], check=False).returncode:
            failed.append(chapter.name)
        print(f"--- {time.perf_counter() - start:.1f} s\n", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


argparse.ArgumentParser(prog="python examples", description="Run every chapter in order.").parse_args()
try:
    raise SystemExit(run())
except KeyboardInterrupt:  # the chapter has heard it too
    print("interrupted", file=sys.stderr)
    raise SystemExit(130) from None
