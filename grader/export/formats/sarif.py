"""The findings in SARIF 2.1.0, which editors and code scanners show at their lines.

Crashes are results too, of the rule ``crash``. What a hidden check found is left out.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from grader.export.tell import Room, as_json, tidy, within
from grader.model import Level, Place
from grader.shown.records import Shown, ShownCrash, ShownFinding

MEDIA_TYPE = "application/sarif+json"
LIMIT = 4 << 20
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}


def render(shown: Shown) -> str:
    """The log: one run."""
    return within(LIMIT, lambda room: as_json(_log(tidy(shown, room), room)))


def _log(shown: Shown, room: Room) -> dict[str, Any]:
    crashes = [shown.crash, *(check.crash for check in shown.checks)]
    results = [_finding(entry, room) for entry in shown.findings]
    results += [_crash(crash, room) for crash in crashes if crash is not None]
    rules = sorted({result["ruleId"] for result in results})
    driver = {
        "name": "grade",
        "version": shown.tool_version,
        "rules": [{"id": rule, "name": rule} for rule in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _finding(entry: ShownFinding, room: Room) -> dict[str, Any]:
    finding = entry.finding
    facts = [f"{f.label}: expected {f.expected}, found {f.actual}." for f in finding.evidence]
    said = "\n".join(filter(None, [finding.what, *facts, finding.fix]))
    result = _result(finding.rule, _LEVELS[finding.level], room.cut(said), finding.place)
    cause = f"{finding.rule}\0{entry.source.strip()}"
    prints = {"cause/v1": hashlib.sha256(cause.encode("utf-8", "replace")).hexdigest()}
    return {**result, "partialFingerprints": prints}


def _crash(crash: ShownCrash, room: Room) -> dict[str, Any]:
    said = f"{crash.type}: {crash.message}\n{crash.explanation}".strip()
    return _result("crash", "error", room.cut(said), crash.place)


def _result(rule: str, level: str, said: str, place: Place | None) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": rule, "level": level, "message": {"text": said}}
    if place is None:
        return result
    root = "file://" if place.file.startswith("/") else ""
    physical = {
        "artifactLocation": {"uri": root + quote(place.file.encode("utf-8", "replace"))},
        "region": {"startLine": max(place.line, 1)},
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.cell is not None:  # the line counts from the top of the cell
        location["logicalLocations"] = [{"name": f"cell {place.cell}", "kind": "member"}]
    return {**result, "locations": [location]}
