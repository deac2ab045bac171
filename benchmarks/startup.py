"""How long `grade --help` takes, beside an interpreter that does nothing.

    python benchmarks/startup.py [RUNS]

The aim: under 0.3 s in the median, because the command never imports torch itself. Exits
with 1 when it is missed. The two commands take turns, so that both meet the same load.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

LIMIT_S = 0.3
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "grade --help": [sys.executable, "-m", "grader", "--help"],
}


def seconds(command: list[str]) -> float:
    """The wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    """Print medians and ranges; 1 if the aim is missed."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)  # the first run compiles and fills caches
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(
            f"{name:16} median {middle:.3f} s   {min(taken):.3f} to {max(taken):.3f} s, {runs} runs"
        )
    return int(statistics.median(times["grade --help"]) > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
