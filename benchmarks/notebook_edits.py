"""Edits of the shipped notebooks that change no meaning: does any change the verdict?

nbgrader lost 15 of 300 notebooks of one assignment to what students and tools do to cells. Here
every shipped notebook is edited again and again (split, joined, copied, pasted, typed anew,
reordered, half run, saved by Colab, VS Code or JupyterLab, without ids or with some twice, in other
minor versions), and the program that would be graded is compared with the one that was. Of these,
RUN are graded in full, and outcome, status of each check and rules found are compared too.

Bound: 0 changed. The edits are those of tests/edits.py.
Use: python benchmarks/notebook_edits.py [EDITS [RUN]]      (default 10,000 and 20)
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import edits
from grader import bank, submission
from grader.model import CellStatus, Report, SubmissionKind
from grader.pipeline import Grader, Options


def main(count: int, run: int) -> int:
    """Edit and compare. Returns 1 where something changed."""
    changed = [*compare_programs(count), *compare_verdicts(run)]
    for line in changed:
        print(f"CHANGED {line}")
    return bool(changed)


def compare_programs(count: int) -> list[str]:
    """What was read of so many edited notebooks, beside what was read of the shipped ones."""
    started, done, lost = time.monotonic(), Counter[str](), []
    known = {path: _meaning(path.read_bytes()) for path in edits.SHIPPED}
    for seed, path in enumerate(islice(cycle(edits.SHIPPED), count)):
        raw, names = edits.edited(path.read_bytes(), random.Random(seed))
        done.update(names)
        if _meaning(raw) != known[path]:
            lost.append(f"{path.stem}, seed {seed}: {', '.join(names)}")
    print(f"{count:,} notebooks with {done.total():,} edits in {time.monotonic() - started:.0f} s")
    print("  " + ", ".join(f"{name} {times:,}" for name, times in done.most_common()))
    print(f"  another program than before: {len(lost)}")
    return lost


def _meaning(raw: bytes) -> list[str]:
    return edits.meaning(submission.parse(raw, "a.ipynb", SubmissionKind.NOTEBOOK))


def compare_verdicts(count: int) -> list[str]:
    """The verdicts of so many edited notebooks, beside those of the shipped ones."""
    started, lost = time.monotonic(), []
    known: dict[Path, tuple[Any, bool]] = {}
    with Grader(Options(subset=True)) as grader:
        for seed, path in enumerate(islice(cycle(edits.SHIPPED), count)):
            if path not in known:
                report = _graded(grader, path, path.read_bytes())
                failed = any(cell.status is CellStatus.FAILED for cell in report.run.cells)
                known[path] = _verdict(report), failed
            verdict, failed = known[path]
            raw, names = edits.edited(path.read_bytes(), random.Random(seed), cut=not failed)
            if _verdict(_graded(grader, path, raw)) != verdict:
                lost.append(f"{path.stem}, seed {seed}: {', '.join(names)} (verdict)")
    print(f"{count} graded in {time.monotonic() - started:.0f} s, {len(lost)} with another verdict")
    return lost


def _graded(grader: Grader, path: Path, raw: bytes) -> Report:
    exercise = bank.load(path.parts[-3])
    return grader.grade(exercise, submission.parse(raw, path.name, exercise.submit))


def _verdict(report: Report) -> Any:
    checks = [(check.rubric.id, check.result.status) for check in report.verdict.checks]
    return report.verdict.outcome, checks, {finding.rule for finding in report.verdict.findings}


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:3]]
    sys.exit(main(*words, *(10_000, 20)[len(words) :]))
