"""What grading costs beside what it can't avoid: importing torch, and the training itself.

Runs, one after the other and several times over, in fresh processes:

    import   python -c "import torch, torchvision"
    bare     the repaired example under the same loaders, without grader, recorder or wall
    grade    grade examples/debug_loop_repaired.py --exercise debug_loop --report …

and prints the medians and ``grade - (import + bare)``. The bound that this project holds
itself to is 1.0 s. Use: python benchmarks/grading.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "debug_loop_repaired.py"
BOUND_S = 1.0

BARE = """
import os, sys, time
import torch, torchvision
from grader import datasets
from grader.runner.inside.served import Mnist
given = datasets.given("mnist", full=False, few=True)
names = Mnist.read([os.open(file, os.O_RDONLY) for file in given.files], "subset").loaders()
code = compile(open(sys.argv[1]).read(), sys.argv[1], "exec")
torch.manual_seed(0)
started = time.perf_counter()
exec(code, {"__name__": "__main__", **names})
print(time.perf_counter() - started, file=sys.stderr)
"""


def timed(*command: str) -> tuple[float, str]:
    """Wall seconds of a command in this environment, with one thread; and its standard error."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return time.perf_counter() - started, done.stderr


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    imports, bare, grade = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        report = str(Path(folder) / "report.html")
        for _ in range(rounds):
            imports.append(timed(sys.executable, "-c", "import torch, torchvision")[0])
            bare.append(float(timed(sys.executable, "-c", BARE, str(EXAMPLE))[1].split()[-1]))
            arguments = [str(EXAMPLE), "--exercise", "debug_loop", "--report", report]
            grade.append(timed(sys.executable, "-m", "grader", *arguments)[0])
    medians = [statistics.median(times) for times in (imports, bare, grade)]
    over = [g - i - b for i, b, g in zip(imports, bare, grade, strict=True)]
    for name, seconds in zip(("import", "bare", "grade"), medians, strict=True):
        print(f"{name:<8} {seconds:6.2f} s")
    print(f"over     {statistics.median(over):6.2f} s   (bound {BOUND_S:.1f} s)")


if __name__ == "__main__":
    main()
