"""Run every chapter in order: python examples"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

argparse.ArgumentParser(prog="python examples", description="Run every chapter in order.").parse_args()

failed = []
for chapter in sorted(Path(__file__).parent.glob("[0-9]*.py")):
    print(f"=== {chapter.name}", flush=True)
    start = time.perf_counter()
    if subprocess.run([sys.executable, str(chapter)], check=False).returncode:
        failed.append(chapter.name)
    print(f"--- {time.perf_counter() - start:.1f} s\n", flush=True)
if failed:
    raise SystemExit(f"failed: {', '.join(failed)}")
