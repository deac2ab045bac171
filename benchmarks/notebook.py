"""The seconds that a notebook's cells take here, and with nbclient and a stock kernel.

Ten light cells, as a lesson has them: imports, tensors, a rich value, two plots, one that fails,
three training steps. Here the time of a cell is the one that the report shows, in the student's
process behind the wall, after a first notebook has warmed the zygote; there it is the time that
nbclient waits for the cell, after the kernel has started. What comes before the first cell
(a fork and the wall here, a new kernel there) is told beside it. The two take turns, and the
fastest of the rounds counts: what else the machine does only adds.

Bound: 0.5 s a cell. Without nbclient and ipykernel, which the grader doesn't need, the
comparison is left out and said so.
Use: python benchmarks/notebook.py [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import nbformat

from grader import submission
from grader.model import (
    CellStatus,
    Exercise,
    Limits,
    Report,
    Rubric,
    SubmissionKind,
)
from grader.pipeline import Grader, Options

BOUND_S = 0.5
STEPS = """optimizer = torch.optim.Adam(model.parameters())
losses = []
for _ in range(3):
    optimizer.zero_grad()
    loss = model(x).square().mean()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())"""
CELLS = (
    "import torch, numpy as np, matplotlib.pyplot as plt\nfrom torch import nn\n%matplotlib inline",
    "torch.manual_seed(0)\nx = torch.randn(64, 784)\nx.shape",
    "model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))\nmodel",
    "for step in range(100):\n    print('step', step)",
    "plt.plot(np.linspace(0, 1, 50) ** 2)\nplt.show()",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))",
    STEPS,
    "plt.hist(x.flatten().numpy(), bins=30);",
    "undefined_name",
    "!ls\nlosses[-1] < losses[0]",
)
CHECKS = """
from grader.checks import check

@check("ran")
def test_ran(program):
    '''It ran.'''
"""


def exercise(folder: Path) -> Exercise:
    """An exercise that asks nothing but a run."""
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    return Exercise(
        id="bench", title="", version="1", lesson="", submit=SubmissionKind.NOTEBOOK, summary="",
        starter=folder / "starter.py", task=folder / "task.md", reference=folder, data=(),
        provides=(), limits=Limits(), rubric=(Rubric(id="ran", title="", points=1.0),),
    )  # fmt: skip


def write(path: Path, cells: tuple[str, ...]) -> Any:
    """A notebook file of these cells."""
    v4: Any = nbformat.v4
    book = v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells])
    path.write_text(nbformat.writes(book), encoding="utf-8")  # type: ignore[no-untyped-call]
    return book


def ours(grader: Grader, folder: Path, cells: tuple[str, ...]) -> tuple[list[float], Report]:
    """The seconds of each cell in one grading."""
    write(folder / "book.ipynb", cells)
    given = submission.read(folder / "book.ipynb", SubmissionKind.NOTEBOOK)
    report = grader.grade(exercise(folder), given)
    wrong = [cell.number for cell in report.run.cells if cell.status is not CellStatus.OK]
    assert wrong == [CELLS.index("undefined_name") + 1], report.run.reason
    return [cell.duration_s for cell in report.run.cells], report


def stock(folder: Path) -> tuple[list[float], float]:
    """The seconds of each cell under nbclient with ipykernel, and of starting the kernel."""
    from nbclient import NotebookClient  # noqa: PLC0415 - the comparison may be left out

    book = write(folder / "book.ipynb", CELLS)
    client = NotebookClient(book, allow_errors=True, timeout=120)
    started = time.monotonic()
    seconds = []
    with client.setup_kernel(stderr=subprocess.DEVNULL):
        begun = time.monotonic() - started
        for index, cell in enumerate(book.cells):
            before = time.monotonic()
            client.execute_cell(cell, index)
            seconds.append(time.monotonic() - before)
    return seconds, begun


def show(name: str, rounds: list[list[float]]) -> None:
    """One line: the fastest of each cell, and the largest of these."""
    cells = [min(times) for times in zip(*rounds, strict=True)]
    each = " ".join(f"{seconds:6.3f}" for seconds in cells)
    print(f"{name:28} {each}   sum {sum(cells):.2f} s, largest {max(cells):.3f} s")


def main() -> int:
    """Measure and print; 1 if a cell takes longer than its bound."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    here: list[list[float]] = []
    walls: list[float] = []
    there: list[list[float]] = []
    starts: list[float] = []
    with tempfile.TemporaryDirectory() as name, Grader(Options()) as grader:
        folder = Path(name)
        ours(grader, folder, CELLS)
        for _ in range(rounds):
            seconds, report = ours(grader, folder, CELLS)
            here.append(seconds)
            walls.append(report.run.wall_s)
            try:
                seconds, begun = stock(folder)
            except ImportError as error:
                print(f"nbclient with a stock kernel: left out ({error})")
                continue
            there.append(seconds)
            starts.append(begun)
    show("here, behind the wall", here)
    print(f"{'':28} the whole grading {min(walls):.2f} s")
    if there:
        show("nbclient, stock ipykernel", there)
        begun = min(starts)
        print(f"{'':28} and {begun:.2f} s to start the kernel")
    largest = max(min(times) for times in zip(*here, strict=True))
    print(f"bound: {BOUND_S} s a cell; {'kept' if largest <= BOUND_S else 'MISSED'}")
    return int(largest > BOUND_S)


if __name__ == "__main__":
    sys.exit(main())
