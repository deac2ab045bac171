"""The nouns of the grader: frozen records, each the input of the next stage.

Submission -> Run -> Trace and answers -> check results and findings -> Verdict -> Report.

Nothing here reads a file, starts a process or imports torch. The words that the public
result uses (outcomes, statuses, levels) are the enums of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"
"""What JSON can say: the only thing, beside raw tensor bytes, that crosses the wall."""


# --- words of the public result -------------------------------------------------------


class Outcome(StrEnum):
    """How the student's process ended as a whole; partial credit stands beside it."""

    OK = "ok"
    INVALID = "invalid"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader_fault"


class Status(StrEnum):
    """What became of one check. ``error``: the grader could not judge it."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Visibility(StrEnum):
    """Who sees a check's message: everyone, nobody but staff, or everyone after the due date."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    AFTER_DUE = "after_due"


class Level(StrEnum):
    """How sure a finding is that something is wrong. A ``note`` never lowers a mark."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class SubmissionKind(StrEnum):
    """How a submission is handed in, and so how it is run."""

    MODULE = "module"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


class IsolationLevel(StrEnum):
    """How much of the wall stands on this machine."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"

    def holds(self, demanded: IsolationLevel) -> bool:
        """Whether this level is at least the one demanded."""
        order = list(IsolationLevel)
        return order.index(self) <= order.index(demanded)


class IsolationPolicy(StrEnum):
    """What the person who runs the grader asks of the wall (``--isolation``)."""

    REQUIRE = "require"
    BEST = "best"
    NONE = "none"


# --- what is handed in ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell of a notebook: its number as the author counts code cells (1-based).

    ``count`` is its execution number as saved: in which order the author ran the cells last.
    """

    number: int
    source: str
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A markdown cell of a notebook; ``after`` is the number of the code cell before it, or 0."""

    after: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file of a student, decoded but neither parsed nor run: it is hostile text.

    A script or module has one cell, numbered 0; a notebook has its code cells in order.
    ``problem`` is a sentence when the file is a student's and yet can't be run at all (it is
    empty, or no text in its encoding): it is graded as invalid, and has no cells.
    """

    name: str
    sha256: str
    kind: SubmissionKind
    cells: tuple[Cell, ...]
    problem: str = ""
    prose: tuple[Prose, ...] = ()

    @property
    def source(self) -> str:
        """The whole text, cells joined by a newline."""
        return "\n".join(cell.source for cell in self.cells)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of the student's own text. ``cell`` counts code cells, None outside notebooks."""

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.file}, cell {self.cell}, line {self.line}"
        return f"{self.file}:{self.line}"


# --- what an exercise says ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a student's process may use. Each names itself in the outcome when it strikes.

    ``wall_s`` is the time in all, ``check_s`` that of one question of a check, ``cell_s`` that
    of one cell of a notebook, which never gets more than three quarters of ``wall_s``: what
    follows a cell that hangs is to run too.
    """

    wall_s: float = 120.0
    cell_s: float = 600.0
    check_s: float = 30.0
    memory_bytes: int = 4 << 30
    output_bytes: int = 8 << 20
    kept_output_bytes: int = 64 << 10
    disk_bytes: int = 512 << 20
    disk_files: int = 10_000
    answer_bytes: int = 64 << 20
    open_files: int = 1024
    threads: int = 256

    @property
    def one_cell_s(self) -> float:
        """The seconds that one cell of a notebook may run."""
        return min(self.cell_s, 0.75 * self.wall_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """One line of a rubric: what the course decides about one check.

    ``settings`` are the check's own numbers (thresholds, tolerances), handed to it by name.
    """

    id: str
    title: str
    points: float
    visibility: Visibility = Visibility.PUBLIC
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """How much is told of which attempt, where the platform tells the attempt.

    The first ``full_attempts`` are told everything that is public (None: every attempt is); what is
    public then becomes ``then``, hidden or after_due, in the later ones.
    """

    full_attempts: int | None = None
    then: Visibility = Visibility.HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What a course takes off for a late hand-in.

    ``share`` of the points earned, or ``points``, for each ``unit`` (seconds) begun after the due
    date, once the ``grace`` (seconds) is over; ``cap`` is the largest share of the points earned
    that is ever taken off.
    """

    share: float = 0.0
    points: float = 0.0
    unit: float = 86400.0
    grace: float = 0.0
    cap: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise as the bank reads it from the three places of its stem."""

    id: str
    title: str
    version: str
    lesson: str
    submit: SubmissionKind
    summary: str
    starter: Path
    task: Path
    reference: Path
    data: tuple[str, ...]
    provides: tuple[str, ...]
    limits: Limits
    rubric: tuple[Rubric, ...]
    isolation: IsolationLevel = IsolationLevel.NONE
    """The least isolation that the exercise may be graded with."""
    full_data: bool = False
    """Whether it is graded on the full data set where this machine has it."""
    answers: bool = False
    """Whether a table of answers (YAML) may be handed in."""
    due: str = ""
    """When it is due, ISO 8601 with an offset; empty where no check waits for it."""
    feedback: Feedback = field(default_factory=Feedback)
    leaderboard: tuple[str, ...] = ()
    """What a course compares its students by, in names of metrics and of what was counted."""
    late: LatePolicy | None = None
    """What a late hand-in costs; the course's decision, never a bank's."""
    extra: Path | None = None
    """A file of checks of the course's own, whose lines end the rubric; never a bank's."""

    @property
    def max_score(self) -> float:
        """The points that can be earned."""
        return sum(line.points for line in self.rubric)


# --- what was found -------------------------------------------------------------------


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


# --- how it ran -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """The wall as it stood: the layers in force, and those the machine did not give."""

    level: IsolationLevel
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the program printed: the capped tails of both streams."""

    stdout: str = ""
    stderr: str = ""
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a grading has come, for whoever waits.

    ``doing`` is what goes on, in a few words. Of a training also: the ``step`` that was made
    last, its ``loss`` (may be nan), and ``of`` how many steps, where that is known.
    """

    doing: str
    step: int | None = None
    loss: float | None = None
    of: int | None = None

    def __str__(self) -> str:
        said = self.doing
        if self.step is not None:
            said += f": step {self.step:,}" + (f" of {self.of:,}" if self.of else "")
        return said if self.loss is None else f"{said}, loss {self.loss:.4g}"


class CellStatus(StrEnum):
    """What became of one cell of a notebook."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutput:
    """One output of a cell, as a notebook keeps it.

    ``kind`` is the notebook format's: ``stream`` (``name`` says which), ``display_data``,
    ``execute_result`` or ``error``. ``data`` maps MIME types to text; images are base64.
    All of it is the student's: hostile until a renderer has made it harmless.
    """

    kind: str
    name: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedCell:
    """One code cell as it ran. ``after_failure`` numbers failed cells whose names it reads."""

    number: int
    status: CellStatus
    outputs: tuple[CellOutput, ...] = ()
    duration_s: float = 0.0
    after_failure: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One grading as the supervisor saw it. ``started`` is UTC, ISO 8601.

    ``data`` says which form of each data set was used: ``full`` or ``subset``; ``versions`` are
    those of Python and PyTorch.
    """

    device: str
    seed: int
    started: str
    wall_s: float
    cpu_s: float
    peak_rss_mb: float
    isolation: Isolation
    output: Output
    outcome: Outcome
    reason: str = ""
    crash: Crash | None = None
    notes: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[ExecutedCell, ...] = ()


# --- what comes out -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Handin:
    """What the platform says of a hand-in, and no file of a student: all of it may be unknown.

    ``submitted`` and ``due`` are ISO 8601 with an offset; ``attempt`` counts from 1; ``earlier``
    are the scores of earlier hand-ins. ``names`` is what else a platform's format asks back
    (Classroom 50's ``owner``, a tool consumer's user id), by the platform's own words.
    """

    student: str = ""
    attempt: int | None = None
    late: bool | None = None
    submitted: str = ""
    due: str = ""
    earlier: tuple[float, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCheck:
    """A check's result with the points that the rubric gives it."""

    result: CheckResult
    rubric: Rubric
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Check results under a rubric. ``score`` is None when the grader is at fault."""

    outcome: Outcome
    passed: bool
    score: float | None
    max_score: float
    checks: tuple[ScoredCheck, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A change of a mark that no check made: ``kind`` is ``override`` or ``late``.

    ``text`` says it in a sentence. ``check`` is the id of an overridden check, else empty; then
    ``before`` and ``after`` are its points, else those of the whole. ``at`` is UTC, ISO 8601.
    """

    kind: str
    text: str
    before: float | None
    after: float
    check: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that renderers and exporters may know. They read this and nothing else.

    ``curves`` and ``reference_curves`` are plotted over training steps unless the curve's
    name says otherwise; ``metrics`` are single numbers such as ``val_accuracy``; ``counted`` are
    the steps of the training and the parameters of its largest model, where one was recorded.
    """

    tool_version: str
    exercise: Exercise
    submission: Submission
    verdict: Verdict
    run: Run
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[float, ...]]
    reference_curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    handin: Handin = field(default_factory=Handin)
    adjustments: tuple[Adjustment, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
