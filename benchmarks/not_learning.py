"""What grading a training that doesn't learn costs beside one that does.

    python benchmarks/not_learning.py [--rounds 3]

Each fault is put into the repaired example of ``debug_loop``, alone, and graded in turns with it.
What costs more are the questions that a failure raises: is it the rate, was there a better one
(a replay), would it have learned in the end. The bound: 1.5 times the repaired one's CPU seconds,
those of all its processes together, the import of torch taken off.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "debug_loop_repaired.py"
BOUND = 1.5
FAULTS = {
    "rate 100": ("lr=1e-3", "lr=100.0"),
    "rate 1": ("lr=1e-3", "lr=1.0"),
    "rate 1e-9": ("lr=1e-3", "lr=1e-9"),
    "no step": ("        optimizer.step()\n", ""),
    "no backward": ("        loss.backward()\n", ""),
    "sign": ("loss.backward()", "(-loss).backward()"),
    "cleared late": (
        "        optimizer.zero_grad()\n        loss.backward()\n",
        "        loss.backward()\n        optimizer.zero_grad()\n",
    ),
    "never cleared": ("        optimizer.zero_grad()\n", ""),
    "cut": (
        "F.cross_entropy(net(images), labels)",
        "F.cross_entropy(net(images).detach().requires_grad_(), labels)",
    ),
    "other labels": (
        "net(images), labels)",
        "net(images), labels[torch.randperm(len(labels))])",
    ),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    text = EXAMPLE.read_text(encoding="utf-8")
    took: dict[str, list[float]] = {name: [] for name in ("repaired", *FAULTS)}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            base = cpu_of(sys.executable, "-c", "import torch, torchvision")
            for name, times in took.items():
                old, new = FAULTS.get(name, ("", ""))
                assert old in text, name
                path = Path(folder, "submission.py")
                path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
                command = (sys.executable, "-m", "grader", str(path), "--exercise", "debug_loop")
                times.append(cpu_of(*command) - base)
    whole = statistics.median(took["repaired"])
    for name, seconds in took.items():
        ratio = statistics.median(seconds) / whole
        print(f"{name:14} {statistics.median(seconds):6.2f} s  {ratio:5.2f}")
    print(f"the bound is {BOUND}")


def cpu_of(*command: str) -> float:
    """CPU seconds of a command and all that it started, in this environment, with one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


if __name__ == "__main__":
    main()
