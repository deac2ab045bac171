"""A class judged again from what was stored: the rubric of today, and no line of a student's code.

Theory of operation. Each result is made again from its observation. Where nothing that it rests on
asks for more, it takes the old one's place in one transaction with all others, under the key that a
fresh grading would have: the next `grade bulk` has nothing to do for it. Where a check has to be
run, it is run over what was kept, in a judge's process; where that asks for the submission itself,
the old result stays, and the student is named. The marks are there first, the pages follow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from grader.bulk import fingerprint, marks
from grader.bulk.graded import Graded, excerpts_of
from grader.bulk.journal import Journal
from grader.bulk.marks import Change
from grader.bulk.reports import Adjuster, adjust_all, draw_pages
from grader.errors import GraderFault
from grader.export.json import to_result
from grader.judging import Again, again_report, judged_again
from grader.model import Exercise
from grader.observation import code, file
from grader.observation.record import Observation
from grader.pipeline import Grader, Options

_STORED = """
    SELECT o.key, o.name, o.content, o.notes, o.data, r.result, r.page, h.student_name
    FROM observation o JOIN result r USING (key)
         JOIN (SELECT key, min(student_name) AS student_name FROM hand_in GROUP BY key) h
              USING (key)
    ORDER BY o.rowid"""
_UNKEPT = """
    SELECT DISTINCT h.student_name FROM hand_in h JOIN result r USING (key)
    WHERE h.counts AND key NOT IN (SELECT key FROM observation)"""


@dataclass(slots=True, kw_only=True)
class Regraded:
    """What became of a class. ``undecided`` are students, checks and reasons."""

    judged: int = 0
    changes: list[Change] = field(default_factory=list)
    undecided: list[tuple[str, str, str]] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether every result is now one of today's rubric."""
        return not self.undecided and not self.unkept


@dataclass(frozen=True, slots=True)
class _New:
    key: str
    new_key: str
    graded: Graded
    again: bytes


@dataclass(frozen=True, slots=True)
class _Stored:
    data: bytes
    name: str

    def read(self, *, with_rows: bool = True) -> Observation:
        try:
            return file.decode(self.data, self.name, with_rows=with_rows)
        except file.BadObservation as problem:
            raise GraderFault(str(problem)) from None


def regrade(journal: Journal, exercise: Exercise, look: Callable[[str], object]) -> Regraded:
    """Judge every stored result again; ``look`` is told whose checks are run over what was kept.

    Raises:
        GraderFault: the journal can't be read or written.
    """
    with ExitStack() as stack:
        return _Regrading(journal, exercise, look, stack).run()


def finish(journal: Journal, exercise: Exercise) -> Iterator[str]:
    """What takes longer than the marks: each changed student's own result, and the pages.

    Names each student whose page was drawn.
    """
    adjuster = Adjuster.of(journal, exercise)
    adjust_all(journal, adjuster)
    yield from draw_pages(journal, adjuster)


class _Regrading:
    def __init__(
        self,
        journal: Journal,
        exercise: Exercise,
        look: Callable[[str], object],
        stack: ExitStack,
    ) -> None:
        self._journal = journal
        self._exercise = exercise
        self._look = look
        self._stack = stack
        self._graders: dict[int, Grader] = {}
        self._done = Regraded()
        asked = json.loads(journal.about("asked") or "{}")
        self._circumstances = fingerprint.of_circumstances(
            exercise, fingerprint.with_rubric(exercise, asked)
        )

    def run(self) -> Regraded:
        journal, done = self._journal, self._done
        before = marks.marks(journal)
        made = list(self._made())
        done.unkept = [str(row[0]) for row in journal.db.execute(_UNKEPT)]
        with journal.transaction():
            for new in made:
                journal.judge_again(new.key, new.new_key, new.graded)
                if new.again:
                    values = (new.again, new.new_key)
                    journal.db.execute("UPDATE observation SET again=? WHERE key=?", values)
        self._adjust(before)
        return done

    def _adjust(self, before: dict[str, marks.Mark]) -> None:
        journal, exercise = self._journal, self._exercise
        rubric = marks.rubric_text(exercise.rubric)
        said = marks.difference(journal.about("rubric"), rubric) or "other rules or checks"
        adjust_all(journal, Adjuster(exercise, marks.overrides(journal)))
        self._done.changes = marks.note_changes(
            journal, before, marks.marks(journal), f"judged again: {said}"
        )
        journal.set_about("rubric", rubric)

    # --- one result ---------------------------------------------------------------------------

    def _made(self) -> Iterator[_New]:
        rules = code.of_rules()
        for key, name, content, notes, data, old, page, who in self._journal.db.execute(_STORED):
            stored = _Stored(bytes(data), f"the observation of {who}")
            seen = stored.read(with_rows=False)
            if seen.code.rules != rules:
                seen = stored.read()
            again = judged_again(seen, self._exercise)
            ran = b""
            if again.undecided and (seen := stored.read()).kept.training is not None:
                self._look(who)
                again = self._grader(seen.run.seed).judge_again(self._exercise, seen, again)
                ran = b"" if again.undecided else _with(seen, again, self._exercise)
            self._done.judged += 1
            if again.undecided:
                self._done.undecided += [(who, *each) for each in again.undecided.items()]
                continue
            graded = self._graded(seen, again, json.loads(old), page)
            new_key = fingerprint.of_result(
                self._circumstances, name, content, tuple(json.loads(notes))
            )
            yield _New(key, new_key, graded, ran)

    def _graded(self, seen: Observation, again: Again, old: dict[str, Any], page: bytes) -> Graded:
        """The result of today; its curves are what they were, and long."""
        report = again_report(replace(seen, curves={}), self._exercise, again)
        result = to_result(report)
        result.update({name: old[name] for name in ("curves", "reference_curves") if name in old})
        same = result == old
        return Graded(result=result, page=page if same else b"", excerpts=excerpts_of(report))

    def _grader(self, seed: int) -> Grader:
        """A warm grader, started when it is first needed."""
        if seed not in self._graders:
            grader = self._stack.enter_context(Grader(Options(seed=seed, keep=True)))
            self._graders[seed] = grader
        return self._graders[seed]


def _with(seen: Observation, again: Again, exercise: Exercise) -> bytes:
    """The observation with results that took a run of the checks, and with their code's digests."""
    return file.encode(
        replace(
            seen,
            checks=again.checks,
            findings=again.findings,
            metrics=again.metrics,
            asked=tuple(line.id for line in exercise.rubric),
            code=code.of(exercise),
        )
    )
