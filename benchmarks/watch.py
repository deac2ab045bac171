"""How long ``grade watch`` takes from a save to the verdict on the screen.

    python benchmarks/watch.py [SAVES]

A component exercise is watched as the command does it, in this process, and its file is saved
again and again; the import of torch is timed beside it, in turns, for the machine may be busy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader import bank
from grader.commands.watch import Watcher
from grader.pipeline import Grader, Options

EXERCISE = "cross_entropy"


class Stop(Exception):  # a signal
    """Enough was measured."""


def main() -> None:
    """Prints the medians and their ratio."""
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    text = (ROOT / "reference" / EXERCISE / "solution.py").read_text(encoding="utf-8")
    taken: list[float] = []
    torch: list[float] = []
    saved = 0.0

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.py"
        path.write_text(text, encoding="utf-8")

        def save() -> None:
            nonlocal saved
            saved = time.perf_counter()
            path.write_text(f"{text}\n# {len(taken)}\n", encoding="utf-8")

        def put(_: str) -> None:
            if saved:
                taken.append(time.perf_counter() - saved)
            if len(taken) == saves:
                raise Stop
            if len(taken) % 5 == 0:
                begun = time.perf_counter()
                subprocess.run([sys.executable, "-c", "import torch"], check=True)
                torch.append(time.perf_counter() - begun)
            threading.Timer(0.2, save).start()

        watcher = Watcher(bank.load(EXERCISE), path, progress=False, put=put)
        try:
            with Grader(Options(progress=watcher.tell)) as grader:
                watcher.watch(grader)
        except Stop:
            pass
    save_to_verdict, imported = statistics.median(taken), statistics.median(torch)
    print(f"save to verdict  {save_to_verdict:.2f} s, median of {saves}")
    print(f"import torch     {imported:.2f} s, median of {len(torch)} in between")
    print(f"ratio            {save_to_verdict / imported:.2f}")


if __name__ == "__main__":
    main()
