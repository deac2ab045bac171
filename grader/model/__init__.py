"""The nouns of the grader: frozen records, each the input of the next stage.

Submission -> Run -> Trace and answers -> check results and findings -> Verdict -> Report.

Nothing here reads a file, starts a process or imports torch. The words that the public
result uses (outcomes, statuses, levels) are the enums of ``words``.
"""

from grader.model.exercises import Exercise, Feedback, LatePolicy, Limits, Rubric
from grader.model.findings import Basis, CheckResult, Compared, Crash, Evidence, Finding, Part
from grader.model.reports import Adjustment, LayerCurves, Report, ScoredCheck, Verdict
from grader.model.runs import CellOutput, ExecutedCell, Isolation, Output, Progress, Run
from grader.model.submissions import Cell, Handin, Place, Prose, Submission
from grader.model.words import (
    CellStatus,
    IsolationLevel,
    IsolationPolicy,
    Level,
    Outcome,
    Plain,
    Status,
    SubmissionKind,
    Visibility,
)

__all__ = [
    "Adjustment",
    "Basis",
    "Cell",
    "CellOutput",
    "CellStatus",
    "CheckResult",
    "Compared",
    "Crash",
    "Evidence",
    "ExecutedCell",
    "Exercise",
    "Feedback",
    "Finding",
    "Handin",
    "Isolation",
    "IsolationLevel",
    "IsolationPolicy",
    "LatePolicy",
    "LayerCurves",
    "Level",
    "Limits",
    "Outcome",
    "Output",
    "Part",
    "Place",
    "Plain",
    "Progress",
    "Prose",
    "Report",
    "Rubric",
    "Run",
    "ScoredCheck",
    "Status",
    "Submission",
    "SubmissionKind",
    "Verdict",
    "Visibility",
]
