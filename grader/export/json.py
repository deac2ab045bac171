"""The public result, schema ``grade.result/1``, as strict JSON (``result.schema.json``).

Numbers that JSON doesn't have are the strings "nan", "inf" and "-inf"; text that UTF-8
can't hold is replaced. More keys may come with time; a changed meaning gets a new number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader import comparison
from grader.model import Compared, Crash, Finding, Handin, Plain, Report, Run, ScoredCheck
from grader.shown import words

SCHEMA_NAME = "grade.result/1"
SCHEMA_FILE = Path(__file__).with_name("result.schema.json")

_SIGNIFICANT = 7  # digits: what float32 can tell apart
_SECONDS = 3  # decimals


def render_json(report: Report, *, indent: int | None = 2) -> str:
    """The result as JSON text; ``indent=None`` puts it on one line."""
    result = to_result(report)
    text = json.dumps(result, ensure_ascii=indent is None, allow_nan=False, indent=indent)
    return text + "\n"


def to_result(report: Report) -> dict[str, Any]:
    """The result as plain values, ready for a strict JSON writer."""
    verdict, exercise, submission = report.verdict, report.exercise, report.submission
    index = {_key(finding): number for number, finding in enumerate(verdict.findings)}
    result = {
        "schema": SCHEMA_NAME,
        "tool": {"name": "grade", "version": report.tool_version},
        "exercise": {"id": exercise.id, "version": exercise.version, "title": exercise.title},
        "submission": {
            "name": submission.name,
            "sha256": submission.sha256,
            "kind": submission.kind.value,
            **handed_in(report.handin),
        },
        "outcome": verdict.outcome.value,
        "passed": verdict.passed,
        "score": None if verdict.score is None else _measured(verdict.score),
        "max_score": _measured(verdict.max_score),
        "checks": [_check(check, index) for check in verdict.checks],
        "findings": [_finding(finding) for finding in verdict.findings],
        "metrics": {name: _measured(value) for name, value in report.metrics.items()},
        "curves": _curves(report.curves),
        "reference_curves": _curves(report.reference_curves),
        **_adjustments(report),
        "run": _run(report.run),
        **_notebook(report.run),
        "output": {
            "stdout": report.run.output.stdout,
            "stderr": report.run.output.stderr,
            "truncated": report.run.output.truncated,
        },
    }
    return {name: strict(value) for name, value in result.items()}


def strict(value: Any) -> Plain:
    """A plain value as strict JSON and UTF-8 can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # exactly "nan", "inf" or "-inf"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(strict(str(name))): strict(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    plain: Plain = value
    return plain


def _check(check: ScoredCheck, index: Mapping[object, int]) -> dict[str, Any]:
    result = check.result
    return {
        "id": check.rubric.id,
        "title": check.rubric.title,
        "status": result.status.value,
        "score": _measured(check.score),
        "max_score": _measured(check.rubric.points),
        "visibility": check.rubric.visibility.value,
        "message": result.message,
        "details": list(result.details),
        "findings": sorted({index[_key(finding)] for finding in result.findings}),
        "crash": _crash(result.crash),
        "compared": [_compared(each) for each in result.basis.compared],
        "duration_s": _seconds(result.duration_s),
    }


def _compared(compared: Compared) -> dict[str, Any]:
    """A measured number and the rubric's, as they were held against each other."""
    return {
        "label": compared.label,
        "measured": _measured(comparison.value(compared)),
        "relation": compared.relation,
        "threshold": _measured(compared.threshold),
        "setting": compared.setting,
        "count": compared.count,
    }


def _key(finding: Finding) -> object:
    """What makes two findings one: the verdict lists each rule and place once."""
    return finding.rule, finding.place


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "cell": place.cell if place else None,
        "step": finding.step,
        "what": finding.what,
        "evidence": [
            {
                "label": fact.label,
                "expected": fact.expected,
                "actual": fact.actual,
                "sentence": words.told(fact),
            }
            for fact in finding.evidence
        ],
        "fix": finding.fix,
        "why": finding.why,
    }


def handed_in(handin: Handin) -> dict[str, Any]:
    """What the platform says of when and how often it was handed in; what it doesn't say is out."""
    facts = {
        "late": handin.late,
        "attempt": handin.attempt,
        "submitted": handin.submitted or None,
        "due": handin.due or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _crash(crash: Crash | None) -> dict[str, Any] | None:
    if crash is None:
        return None
    frames = [
        {"file": place.file, "line": place.line, "cell": place.cell, "source": source}
        for place, source in crash.frames
    ]
    return {
        "type": crash.type,
        "message": crash.message,
        "explanation": crash.explanation,
        "values": [{"name": name, "value": text} for name, text in crash.values],
        "frames": frames,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "device": run.device,
        "seed": run.seed,
        "started": run.started,
        "wall_s": _seconds(run.wall_s),
        "cpu_s": _seconds(run.cpu_s),
        "peak_rss_mb": round(run.peak_rss_mb, 1),
        "isolation": {
            "level": run.isolation.level.value,
            "layers": list(run.isolation.layers),
            "missing": list(run.isolation.missing),
        },
        "reason": run.reason,
        "crash": _crash(run.crash),
        "notes": list(run.notes),
        "data": dict(run.data),
        "versions": dict(run.versions),
    }


def _notebook(run: Run) -> dict[str, Any]:
    """What became of each cell; nothing where the submission is no notebook."""
    if not run.cells:
        return {}
    cells = [
        {
            "number": cell.number,
            "status": cell.status.value,
            "duration_s": _seconds(cell.duration_s),
            "after_failure": list(cell.after_failure),
        }
        for cell in run.cells
    ]
    return {"notebook": {"cells": cells}}


def _adjustments(report: Report) -> dict[str, Any]:
    """What no check decided; nothing where there is nothing. The score is what came out of it."""
    if not report.adjustments:
        return {}
    return {
        "adjustments": [
            {
                "kind": each.kind,
                "check": each.check or None,
                "before": None if each.before is None else _measured(each.before),
                "after": _measured(each.after),
                "text": each.text,
                "by": each.by,
                "at": each.at,
            }
            for each in report.adjustments
        ]
    }


def _curves(curves: Mapping[str, tuple[float, ...]]) -> dict[str, list[float]]:
    return {name: [_measured(value) for value in values] for name, values in curves.items()}


def _measured(value: float) -> float:
    """A number without the digits that only the conversion to decimal made."""
    if isinstance(value, int) or not math.isfinite(value):
        return value
    return float(f"{value:.{_SIGNIFICANT}g}")


def _seconds(value: float) -> float:
    return round(value, _SECONDS)
