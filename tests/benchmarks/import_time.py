"""What `import ipytalk` costs over `import anywidget`, each in fresh interpreters, taken in turns.

uv run python tests/benchmarks/import_time.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys

ROUNDS = 15
CLOCK = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(module: str) -> float:
    code = CLOCK.format(module)
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    names = ("anywidget", "ipytalk")
    times = {name: [seconds(name) for _ in range(2)] and [] for name in names}  # the first fill the disk's cache
    for _ in range(ROUNDS):
        for name in names:
            times[name].append(seconds(name))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"import {name:10} median {median * 1000:6.0f} ms, best {min(times[name]) * 1000:6.0f} ms")
    ours, theirs = medians["ipytalk"], medians["anywidget"]
    print(f"ipytalk over anywidget: {(ours - theirs) * 1000:.0f} ms (limit 150), ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
