"""How long until the first line, a syntax error and the verdict on a component, cold.

    python benchmarks/first_contact.py [ROUNDS]

Each round times, one after the other, ``python -c "import torch"``, the whole command on a
component exercise, and the whole command on a file that doesn't parse. The grading itself (what
the same file takes in a warm process) is measured once and taken off the second. Medians of the
wall and of the CPU time, and the ratio to the import of torch of the same round: a busy machine
slows all of them alike.
"""

from __future__ import annotations

import os
import pty
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader import bank, submission
from grader.pipeline import Grader, Options

EXERCISE = "cross_entropy"
SOLUTION = ROOT / "reference" / EXERCISE / "solution.py"


def timed(*words: str) -> tuple[float, float]:
    """Seconds of a process from its start to its end, and those of the CPU in it and below it."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    before, begun = _cpu_s(), time.perf_counter()
    subprocess.run(words, capture_output=True, cwd=ROOT, env=env, check=False)
    return time.perf_counter() - begun, _cpu_s() - before


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def first_line(*words: str) -> float:
    """Seconds from the start of the command to its first letter on a terminal."""
    leader, follower = pty.openpty()
    env = os.environ | {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
    begun = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=follower, env=env) as process:
        os.read(leader, 1)
        seconds = time.perf_counter() - begun
        process.terminate()
    os.close(leader)
    os.close(follower)
    return seconds


def warm() -> float:
    """Seconds of the grading alone: the median of five in a process that has torch."""
    exercise = bank.load(EXERCISE)
    given = submission.read(SOLUTION, exercise.submit)
    with Grader(Options()) as grader:
        grader.grade(exercise, given)
        return statistics.median(grader.grade(exercise, given).run.wall_s for _ in range(5))


def main() -> None:
    """Prints the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    grade = (sys.executable, "-m", "grader")
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / f"{EXERCISE}.py"
        broken.write_text("for epoch in range(10)\n    pass\n")
        rows = [
            (
                timed(sys.executable, "-c", "import torch"),
                timed(*grade, str(SOLUTION), "--exercise", EXERCISE),
                timed(*grade, str(broken)),
                first_line(*grade, str(broken)),
            )
            for _ in range(rounds)
        ]
    grading = warm()
    torch, verdict, syntax = (
        tuple(statistics.median(part) for part in zip(*column, strict=True))
        for column in list(zip(*rows, strict=True))[:3]
    )
    ratio = statistics.median((each[1][0] - grading) / each[0][0] for each in rows)
    line = statistics.median(each[3] for each in rows)
    print(f"import torch        {torch[0]:6.2f} s wall  {torch[1]:6.2f} s CPU")
    print(f"first line          {line:6.2f} s wall")
    print(f"syntax error        {syntax[0]:6.2f} s wall  {syntax[1]:6.2f} s CPU")
    print(f"verdict, cold       {verdict[0]:6.2f} s wall  {verdict[1]:6.2f} s CPU")
    print(f"grading, warm       {grading:6.2f} s wall")
    print(f"(cold - warm) / import torch, paired: {ratio:.2f} ({rounds} rounds)")


if __name__ == "__main__":
    main()
