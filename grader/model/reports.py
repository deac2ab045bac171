"""What comes out: a verdict, and the report that renderers and exporters read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.exercises import Exercise, Rubric
from grader.model.findings import CheckResult, Finding
from grader.model.runs import Run
from grader.model.submissions import Handin, Submission
from grader.model.words import Outcome


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
class LayerCurves:
    """How one layer did in some of the updates: those of ``steps``, one number of each.

    ``name`` is its weight's. ``gradient``: the norm of its gradient; ``ratio``: the size of the
    step against the weight's; ``share`` of what the activation behind it gave was 0 (``how`` is
    ``zeros``) or where the function is flat (``flat``). What wasn't measured is nan; ``share`` is
    empty where ``how`` is. Of ``of`` layers it is number ``layer``, from 0 on.
    """

    name: str
    layer: int
    of: int
    steps: tuple[int, ...]
    gradient: tuple[float, ...]
    ratio: tuple[float, ...]
    how: str = ""
    share: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that renderers and exporters may know. They read this and nothing else.

    ``curves`` and ``reference_curves`` are plotted over training steps unless the curve's
    name says otherwise; ``metrics`` are single numbers such as ``val_accuracy``; ``counted`` are
    the steps of the training and the parameters of its largest model, where one was recorded.
    ``layers`` are those of that model, of a diagnosis.
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
    layers: tuple[LayerCurves, ...] = ()
