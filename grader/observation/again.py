"""What today's rubric and today's rules make of kept results, without running anything.

A check's result names what it rests on (:class:`~grader.model.Basis`), so each can be judged by
itself: nothing that it rests on has changed, and it stands; a threshold that it was compared with
has, and the comparison is made again; something else has, and then the check, or the student's
program, has to be run again. That is said with its reason, never guessed.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader import comparison
from grader.model import (
    Basis,
    CheckResult,
    Compared,
    Exercise,
    Finding,
    Part,
    Rubric,
    Status,
)
from grader.observation import code
from grader.observation.record import Observation
from grader.observation.traces import TraceMalformed, advice, findings_of, of_rows, trace_of

WORST = (Status.ERROR, Status.FAILED, Status.SKIPPED, Status.PASSED)
NO_READER = "the recording is of a version whose rows this one can't read"


class NotKept(Exception):
    """What a result hangs on was not kept; the message says what, as the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Results under today's rubric. ``undecided``: the checks that need code to be run, and why."""

    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    metrics: Mapping[str, float]
    undecided: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Rules:
    """What the rules find today: all of it, by place, and those rules that find something else."""

    findings: tuple[Finding, ...]
    by_key: dict[object, Finding] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    unreadable: bool = False


def judged_again(observation: Observation, exercise: Exercise) -> Again:
    """A kept grading under the rubric of today."""
    return _Judging(observation, exercise).run()


class _Judging:
    def __init__(self, observation: Observation, exercise: Exercise) -> None:
        self._kept = observation
        self._lines = {line.id: line for line in exercise.rubric}
        self._stored = {result.id: result for result in observation.checks}
        self._code = code.of(exercise)
        self._kind = observation.run.data.get("mnist", "subset")
        self._rules = self._of_rules()
        self._metrics = dict(observation.metrics)
        self._undecided: dict[str, str] = {}
        self._done: dict[str, CheckResult] = {}

    def run(self) -> Again:
        graph = {name: line.needs for name, line in self._lines.items()}
        order = graphlib.TopologicalSorter(graph).static_order()
        for name in (name for name in order if name in self._lines):
            line, result = self._lines[name], self._stored.get(name)
            if result is None:
                self._take_missing(line)
            else:
                self._take(line, result)
        return Again(
            checks=tuple(self._done.values()),
            findings=self._rules.findings,
            metrics=self._metrics,
            undecided=self._undecided,
        )

    def _take(self, line: Rubric, stored: CheckResult) -> None:
        try:
            result = self._again(line, stored)
        except NotKept as reason:
            self._undecided[line.id] = str(reason)
            result = undecided(line, str(reason), stored.basis)
        self._done[line.id] = replace(result, title=line.title)

    def _take_missing(self, line: Rubric) -> None:
        """A check that has no result: the run ended before it, or it is a new one."""
        if line.id in self._kept.asked or (
            self._kept.public_only and line.visibility.value != "public"
        ):
            return
        reason = "it was not asked for when the submission was graded"
        self._undecided[line.id] = reason
        self._done[line.id] = undecided(line, reason)

    # --- one check ----------------------------------------------------------------------------

    def _again(self, line: Rubric, stored: CheckResult) -> CheckResult:
        if self._kept.code.checks.get(line.id) != self._code.checks.get(line.id):
            raise NotKept("its code has changed")
        missing = tuple(self._missing(line, stored.basis))
        if missing and missing == stored.basis.needs:
            return stored
        if missing:
            basis = replace(stored.basis, needs=missing)
            message = f"needs {', '.join(missing)}"
            return CheckResult(
                id=line.id, title=line.title, status=Status.SKIPPED, message=message, basis=basis
            )
        basis = stored.basis
        if basis.needs:
            raise NotKept(f"it was skipped for {', '.join(basis.needs)}, and would run today")
        self._require_same_rules(basis)
        for name, value in basis.settings.items():
            if line.settings.get(name) != value:
                raise NotKept(f"it uses its setting {name!r}, which has changed")
        return self._with_todays_words(self._compared_again(line, stored))

    def _missing(self, line: Rubric, basis: Basis) -> Iterator[str]:
        """The checks for whose sake it is skipped today.

        A need that was one then, and ended as it did then, did what it did: tests of a check run
        in the order of the file, and of one that comes later nothing is known.
        """
        for need in line.needs:
            if need in self._undecided:
                raise NotKept(f"it needs {need}, which can't be judged")
            today, then = self._done.get(need), self._stored.get(need)
            status = None if today is None else today.status
            same = need in basis.wanted and then is not None and then.status is status
            if need in basis.needs if same else status is not Status.PASSED:
                yield need

    def _require_same_rules(self, basis: Basis) -> None:
        if basis.rules and self._rules.unreadable:
            raise NotKept(NO_READER)
        changed = sorted(self._rules.changed.intersection(basis.rules))
        if changed:
            raise NotKept(f"it rests on {', '.join(changed)}, which finds something else today")

    def _compared_again(self, line: Rubric, stored: CheckResult) -> CheckResult:
        basis = stored.basis
        todays = [self._threshold(line, each) for each in basis.compared]
        if todays == [each.threshold for each in basis.compared]:
            return stored
        if _worst(basis.parts).status is not stored.status:
            raise NotKept("the grader had to settle it by the reference solution")
        parts = tuple(self._part_again(line, part) for part in basis.parts)
        worst = _worst(parts)
        return replace(
            stored,
            status=worst.status,
            message=worst.message,
            details=worst.details,
            findings=worst.findings,
            crash=worst.crash,
            basis=replace(basis, parts=parts),
        )

    def _threshold(self, line: Rubric, compared: Compared) -> float:
        try:
            return comparison.threshold_of(line.settings, compared.setting, self._kind)
        except (LookupError, TypeError):
            raise NotKept(f"its setting {compared.setting!r} is gone") from None

    def _part_again(self, line: Rubric, part: Part) -> Part:
        """One test of a check: its comparisons in their order, up to the first that fails."""
        made: list[Compared] = []
        for old in comparison.groups(part.compared):
            new = [comparison.with_threshold(each, self._threshold(line, each)) for each in old]
            made += new
            _require_known(old, new)
            for each in new:
                self._metrics.update(comparison.metrics(each))
            compared = (*made, *part.compared[len(made) :])
            if not any(map(comparison.holds, new)):
                message, details = comparison.failure(new[0])
                return Part(
                    status=Status.FAILED, message=message, passed=part.passed, details=details,
                    compared=compared,
                )  # fmt: skip
            if not any(map(comparison.holds, old)):
                return Part(
                    status=Status.PASSED, message=part.passed, passed=part.passed,
                    compared=compared,
                )  # fmt: skip
        return replace(part, compared=tuple(made))

    # --- rules --------------------------------------------------------------------------------

    def _of_rules(self) -> _Rules:
        """Today's findings: those that were kept, unless the rules have changed since."""
        kept = self._kept
        found = _Rules(findings=kept.findings)
        if kept.code.rules == self._code.rules:
            return found
        training, calls = kept.kept.training, kept.kept.calls
        advised = {_key(one) for call in calls for one in advice(call.findings)}
        told = tuple(one for one in kept.findings if _key(one) not in advised)
        try:
            if training is not None and not training.damage:
                before, told = told, findings_of(trace_of(training))
                _note(found, before, told)
            for call in calls:
                today = findings_of(of_rows(call.rows))
                _note(found, call.findings, today)
                told = (*told, *advice(today))
            found.findings = told
        except TraceMalformed:
            return _Rules(findings=kept.findings, unreadable=True)
        return found

    def _with_todays_words(self, result: CheckResult) -> CheckResult:
        known = self._rules.by_key
        findings = tuple(known.get(_key(each), each) for each in result.findings)
        return replace(result, findings=findings)


def undecided(line: Rubric, reason: str, basis: Basis | None = None) -> CheckResult:
    """The result of a check that can't be judged from what was kept."""
    return CheckResult(
        id=line.id,
        title=line.title,
        status=Status.ERROR,
        message=f"this check needs the student's code to be run again: {reason}",
        basis=replace(basis or Basis(), unkept=reason),
    )


def _require_known(old: Sequence[Compared], new: Sequence[Compared]) -> None:
    """Require that a fresh run would have come to these comparisons, and to nothing after them.

    Raises:
        NotKept: it is not known what it would have done.
    """
    changed = [now for was, now in zip(old, new, strict=True) if was.threshold != now.threshold]
    if not changed:
        return
    name = f"its setting {changed[0].setting!r}"
    if any(comparison.may_be_chance(each) and each.again is None for each in changed):
        raise NotKept(f"{name} is so near to what was measured that other seeds have to be tried")
    was, now = (any(map(comparison.holds, each)) for each in (old, new))
    other = list(map(comparison.value, new)) != list(map(comparison.value, old))
    if now and (other or not was) and not new[-1].settles_pass:
        raise NotKept(f"{name} is met today, and what the check looks at then was not run")
    if was and not now and not new[-1].settles_fail:
        raise NotKept(f"{name} is not met today, and another try might meet it")


def _worst(parts: Iterable[Part]) -> Part:
    return min(parts, key=lambda part: WORST.index(part.status))


def _note(found: _Rules, before: Iterable[Finding], today: Iterable[Finding]) -> None:
    """Note which rules find something else than before, and in which words they find the same."""
    old, new = ({_key(each): each for each in findings} for findings in (before, today))
    found.by_key.update(new)
    for key in old.keys() ^ new.keys():
        found.changed.add(str((old.get(key) or new[key]).rule))


def _key(finding: Finding) -> Any:
    return finding.rule, finding.place, finding.level
