"""The records of what may be told: frozen, harmless, and all that a renderer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import (
    CellStatus,
    Exercise,
    Finding,
    Handin,
    LayerCurves,
    Outcome,
    Place,
    Run,
    Status,
    Submission,
    Visibility,
)
from grader.shown.cells import Reads
from grader.shown.defined import Definition
from grader.shown.measures import Share
from grader.shown.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding with its number in this report and the student's own line."""

    number: int
    finding: Finding
    source: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of a traceback; ``times`` is how often it stands there in a row."""

    place: Place
    source: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCrash:
    """An exception at the student's own line; ``callers`` run outermost first.

    ``omitted`` counts the lines between the outer and the inner ones that are left out. ``span``
    is from which column of ``source`` to which (from 0, the second outside), where it is known.
    """

    type: str
    message: str
    explanation: str
    values: tuple[tuple[str, str], ...]
    place: Place | None
    source: str
    callers: tuple[Call, ...]
    omitted: int
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """What became of one cell of a notebook; its outputs are another matter (``outputs``)."""

    number: int
    status: CellStatus
    duration_s: float
    crash: ShownCrash | None
    why: str
    reads: tuple[Reads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheck:
    """One check as a learner may see it. ``explained`` are findings that stand above.

    ``about``: where what it called is defined, if it failed and nothing else has a line.
    """

    id: str
    title: str
    status: Status
    score: float
    max_score: float
    visibility: Visibility
    message: str
    details: tuple[str, ...] = ()
    findings: tuple[ShownFinding, ...] = ()
    explained: tuple[ShownFinding, ...] = ()
    left_out: int = 0
    crash: ShownCrash | None = None
    hints: tuple[str, ...] = ()
    about: Definition | None = None

    @property
    def withheld(self) -> bool:
        """Whether everything but title, status and points is kept back."""
        return self.visibility is not Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What the staff may read of a check whose details a learner doesn't see.

    It goes where a platform keeps things for instructors, and nowhere else.
    """

    id: str
    title: str
    visibility: Visibility
    message: str
    details: tuple[str, ...]
    findings: tuple[str, ...]
    crash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A Report made harmless, with what must stay hidden taken out.

    ``for_staff`` holds what was taken out: no page or text of a learner's has any of it.
    """

    tool_version: str
    exercise: Exercise
    submission: Submission
    outcome: Outcome
    passed: bool
    score: float | None
    max_score: float
    reason: str
    crash: ShownCrash | None
    checks: tuple[ShownCheck, ...]
    noticed: tuple[ShownFinding, ...]
    noticed_left_out: int
    run: Run
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[float, ...]]
    reference_curves: Mapping[str, tuple[float, ...]]
    shares: tuple[Share, ...] = ()
    cells: tuple[ShownCell, ...] = ()
    handin: Handin = field(default_factory=Handin)
    standing: tuple[Standing, ...] = ()
    for_staff: tuple[Withheld, ...] = ()
    layers: tuple[LayerCurves, ...] = ()

    @property
    def findings(self) -> tuple[ShownFinding, ...]:
        """Every finding that is shown, in the order of its number."""
        below = [finding for check in self.checks for finding in check.findings]
        return tuple(sorted((*below, *self.noticed), key=lambda entry: entry.number))
