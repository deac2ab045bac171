"""A whole training script on the full MNIST: graded, against run by hand, in one run.

    python benchmarks/pipeline.py [SCRIPT] [--exercise ID] [--epochs N] [--rounds N]

By default the reference solution of ``mnist_pipeline``, as a student's script. It runs with one
thread, in fresh processes, in turns:

    bare      the script by itself, with torchvision's own loading
    loaded    graded, with a transform that can't be served from memory: image by image
    served    graded as it is: batches made from memory

and the medians of ``loaded / bare`` and ``served / bare`` are printed, of wall seconds and of
seconds of processor time. The bounds are 1.15 and 0.6. ``--epochs`` sets a number that the
script assigns to a name like ``epochs``. The full MNIST must have been fetched.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from grader import bank, datasets
from grader.datasets.places import raw_files

BOUNDS = {"loaded": 1.15, "served": 0.6}

BARE = """
import sys, torchvision
torchvision.datasets.MNIST.raw_folder = property(lambda self: sys.argv[2])
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), {"__name__": "__main__"})
"""
"""Only the place of the files is changed: whatever root the script names, they are there."""

NOT_SERVED = """
from torchvision import transforms as _transforms
from torchvision.transforms import v2 as _v2
for _kind in (_transforms.ToTensor, _v2.ToImage):
    _kind.__call__ = lambda self, image, _call=_kind.__call__: _call(self, image)
"""
"""A replaced method, here one that changes nothing, may do anything: so it is not served."""


class Seconds(NamedTuple):
    """What a command took."""

    wall: float
    cpu: float


def timed(command: list[str], folder: str) -> Seconds:
    """Run a command in a folder, with one thread; exits if it failed: such a time means nothing."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return Seconds(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def with_epochs(source: str, epochs: int | None) -> str:
    """The script, training for another number of epochs."""
    if epochs is None:
        return source
    changed, count = re.subn(
        r"(?im)^(\s*\w*epochs\w*(?:\s*:\s*int)?\s*=\s*)\d+", rf"\g<1>{epochs}", source
    )
    if not count:
        sys.exit("--epochs: the script assigns no number to a name like epochs")
    return changed


def not_served(source: str) -> str:
    """The script with a transform that has to be applied image by image."""
    first = re.search(r"(?m)^(?:import|from)\s+(?!__future__)", source)
    place = first.start() if first else 0
    return f"{source[:place]}{NOT_SERVED.strip()}\n{source[place:]}"


def measure(sources: Mapping[str, str], exercise: str, raw: Path, rounds: int) -> None:
    """Run everything in turns and print the medians."""
    taken: dict[str, list[Seconds]] = {"bare": [], "loaded": [], "served": []}
    with tempfile.TemporaryDirectory() as folder:
        for name, source in sources.items():
            Path(folder, f"{name}.py").write_text(source, encoding="utf-8")
        commands = {
            name: [sys.executable, "-m", "grader", f"{name}.py", "--exercise", exercise]
            for name in sources
        }
        commands["bare"] = [sys.executable, "-c", BARE, "served.py", str(raw)]
        for _ in range(rounds):
            for name, times in taken.items():
                times.append(timed(commands[name], folder))
                print(f"{name:<8} {times[-1].wall:7.2f} s  cpu {times[-1].cpu:7.2f} s", flush=True)
    for name, bound in BOUNDS.items():
        pairs = list(zip(taken[name], taken["bare"], strict=True))
        wall = statistics.median(graded.wall / bare.wall for graded, bare in pairs)
        cpu = statistics.median(graded.cpu / bare.cpu for graded, bare in pairs)
        print(f"{name:<8} wall {wall:.2f}  cpu {cpu:.2f}  of the bare script (bound {bound})")


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("script", nargs="?", type=Path, help="default: the reference solution")
    parser.add_argument("--exercise", default="mnist_pipeline")
    parser.add_argument("--epochs", type=int, help="default: as the script has it")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    given = datasets.given("mnist", full=True)
    if given.form is not datasets.Form.FULL:
        sys.exit("The full MNIST is not here; get it with: grade data fetch mnist")
    script = options.script or bank.load(options.exercise).reference / "solution.py"
    source = with_epochs(script.read_text(encoding="utf-8"), options.epochs)
    sources = {"served": source, "loaded": not_served(source)}
    files = raw_files(datasets.folder("mnist"))
    assert files is not None, "given() has just found them"
    raw = next(iter(files.values())).parent
    measure(sources, options.exercise, raw, options.rounds)


if __name__ == "__main__":
    main()
