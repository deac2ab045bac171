"""What was found: findings, crashes, and what a check says and rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.model.submissions import Place
from grader.model.words import Level, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One measured fact behind a finding, written for a reader: label, expected, actual.

    ``sentence`` says the same as a beginner reads it once, with its numbers and a full stop;
    where a rule gives none, renderers make one of the three parts.
    """

    label: str
    expected: str
    actual: str
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of a run: one cause, one place, with its evidence.

    ``what`` is one true sentence with numbers; ``fix`` an instruction that doesn't hand
    over the line; ``why`` the reason behind both, which renderers fold away.
    """

    rule: str
    level: Level
    place: Place | None
    step: int | None
    what: str
    evidence: tuple[Evidence, ...]
    fix: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """An exception of the student's code, with the student's own frames only.

    ``frames`` run from the outermost call to the line that raised, each with its text.
    ``values`` are names of that line with what they held, in a few words; ``explanation`` is
    one sentence for a known error; ``span`` is where in the last line it happened, from column
    to column (counted from 0, the second one outside). None of them makes two crashes different.
    """

    type: str
    message: str
    frames: tuple[tuple[Place, str], ...] = ()
    values: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    explanation: str = field(default="", compare=False)
    span: tuple[int, int] | None = field(default=None, compare=False)

    @property
    def place(self) -> Place | None:
        """Where it was raised, if any frame is the student's own."""
        return self.frames[-1][0] if self.frames else None

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"{self.type}: {self.message}{where}" if self.message else f"{self.type}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A measured number and the rubric's number that it was held against.

    ``setting`` names the rubric line's setting that the threshold came from. ``said`` and
    ``details`` are what a reader is told where the comparison fails, with ``{measured:.1%}`` and
    ``{threshold:g}`` where the numbers go. ``settles_pass``: nothing that follows in the check
    could fail it, so that it passes where a lower threshold lets this comparison hold;
    ``settles_fail``: the check fails where this comparison does. Of a share of ``count`` samples
    ``again`` are the shares of other seeds, None where it was far enough from the threshold.
    ``tried`` are the numbers of tries that were made in this order until one met the threshold,
    which then counts, else the best. ``or_next``: it is enough if the next comparison holds.
    """

    label: str
    measured: float
    relation: str
    threshold: float
    setting: str
    said: str
    details: tuple[str, ...] = ()
    settles_pass: bool = False
    settles_fail: bool = True
    count: int = 0
    again: tuple[float, ...] | None = None
    metric: str = ""
    tried: tuple[float, ...] = ()
    or_next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How one test of a check ended, beside what it compared; ``passed`` is what it says then."""

    status: Status
    message: str
    passed: str
    details: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    crash: Crash | None = None
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a check's result rests on, so that it can be judged again without the student's code.

    ``settings`` are those of the rubric line that the check read by itself, with their values at
    that time; one that it neither read nor compared can't have changed the result. ``rules`` are
    those whose findings it asked for, ``wanted`` the checks that it needed and ``needs`` those for
    whose sake it was skipped. ``parts`` are its tests, where one of them compared something.
    ``unkept`` says why the check could not be run again from what was kept.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    unkept: str = ""

    @property
    def compared(self) -> tuple[Compared, ...]:
        """All that was compared, in order."""
        return tuple(each for part in self.parts for each in part.compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found; points come later, from the rubric.

    ``details`` are the lines below the message (worst element, expected, got, allowed).
    ``findings`` explain a failure; each is in the report's list too. ``basis`` makes no
    difference between two results.
    """

    id: str
    title: str
    status: Status
    message: str
    details: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    crash: Crash | None = None
    duration_s: float = 0.0
    basis: Basis = field(default=Basis(), compare=False)
