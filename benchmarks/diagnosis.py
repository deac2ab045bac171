"""Diagnosis measured on composed programs: how many faults are found, and who is accused falsely.

    python benchmarks/diagnosis.py --correct 3000 --faulty 1500 [--held-out] [--from SEED]
                                   [--jobs N] [--keep DIR]

Each program is composed from its seed, run in a fork of one warm process under the recorder,
with every replay that it asks for, and judged by all rules. ``--keep`` writes each program that
came out wrong, and the results so far: a run with the same folder goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from composing.compose import correct
from composing.judging import judged


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--correct", type=int, default=0)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    for seed in range(arguments.first, arguments.first + arguments.correct):
        one = correct(seed)
        started = time.monotonic()
        result = judged(one.source)
        took = time.monotonic() - started
        if result.problem or result.found:
            print(
                seed,
                one.family,
                result.problem,
                result.found,
                one.choices,
                f"{took:.1f}s",
                flush=True,
            )
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                (arguments.keep / f"{seed:04}.py").write_text(one.source)
        elif took > 5:
            print(seed, one.family, f"slow {took:.1f}s", one.choices, flush=True)


if __name__ == "__main__":
    main()
