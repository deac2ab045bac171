"""Grading small exercises made on the spot, over one warm zygote for the whole test run."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import judging
from grader.export.json import to_result
from grader.model import (
    Cell,
    CheckResult,
    Exercise,
    Limits,
    Report,
    Rubric,
    Submission,
    SubmissionKind,
)
from grader.observation import file
from grader.pipeline import Grader


def submission(source: str, *, kind: SubmissionKind = SubmissionKind.MODULE) -> Submission:
    """A submission made of text; line 1 is the text's first line."""
    text = textwrap.dedent(source).lstrip("\n")
    return Submission(
        name="submission.py",
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        kind=kind,
        cells=(Cell(number=0, source=text),),
    )


def exercise(
    folder: Path, checks: str, lines: Sequence[Rubric | str], limits: Limits | None = None
) -> Exercise:
    """An exercise whose checks are text; each line is a rubric line or an id worth one point."""
    (folder / "checks.py").write_text(textwrap.dedent(checks), encoding="utf-8")
    return Exercise(
        id="toy",
        title="A toy",
        version="1",
        lesson="",
        submit=SubmissionKind.MODULE,
        summary="",
        starter=folder / "starter.py",
        task=folder / "task.md",
        reference=folder,
        data=(),
        provides=(),
        limits=limits or Limits(check_s=5.0, wall_s=30.0),
        rubric=tuple(
            Rubric(id=line, title=line, points=1.0) if isinstance(line, str) else line
            for line in lines
        ),
    )


@dataclass(frozen=True)
class Graded:
    """A report, with its checks by id."""

    report: Report

    def __getitem__(self, check_id: str) -> CheckResult:
        return next(c.result for c in self.report.verdict.checks if c.result.id == check_id)


@dataclass(frozen=True)
class Bench:
    """Grades text against text."""

    grader: Grader
    folder: Path

    def __call__(
        self,
        checks: str,
        source: str,
        *lines: Rubric | str,
        limits: Limits | None = None,
    ) -> Graded:
        """Grade ``source`` by ``checks``; ``lines`` are the rubric."""
        made = exercise(self.folder, checks, lines, limits)
        return Graded(self.grader.grade(made, submission(source)))


@dataclass(frozen=True)
class Rejudging:
    """A grader that keeps what it saw, reads it back, and judges it again: it must be the same."""

    grader: Grader

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """The report of the fresh run."""
        seen = self.grader.observe(exercise, submission)
        report = judging.report_of(seen, exercise)
        kept = file.decode(file.encode(seen), submission.name)
        again = judging.judged_again(kept, exercise)
        assert not again.undecided, again.undecided
        assert to_result(judging.again_report(kept, exercise, again)) == to_result(report)
        return report

    def with_seed(self, seed: int) -> Rejudging:
        """The same under another seed."""
        return Rejudging(self.grader.with_seed(seed))

    def proving(self) -> Rejudging:
        """The same for a reference solution."""
        return Rejudging(self.grader.proving())
