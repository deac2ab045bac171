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
from grader.rules import all_rules
from grader.shown.records import Shown, ShownCrash, ShownFinding

MEDIA_TYPE = "application/sarif+json"
LIMIT = 4 << 20
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
CRASH, CRASHED = "crash", "The program ended by an exception."
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}


def render(shown: Shown) -> str:
    """The log: one run."""
    return within(LIMIT, lambda room: as_json(_log(tidy(shown, room), room)))


def _log(shown: Shown, room: Room) -> dict[str, Any]:
    crashes = [shown.crash, *(check.crash for check in shown.checks)]
    results = [_finding(entry, room) for entry in shown.findings]
    results += [_crash(crash, room) for crash in crashes if crash is not None]
    rules = sorted({result["ruleId"] for result in results})
    pages = {CRASH: CRASHED, **{rule.name: rule.page for rule in all_rules()}} if rules else {}
    driver = {
        "name": "grade",
        "version": shown.tool_version,
        "rules": [_rule(rule, pages.get(rule, rule)) for rule in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, page: str) -> dict[str, Any]:
    """What viewers show as a rule's title, and as its page."""
    title = page.partition("\n")[0]
    return {"id": name, "shortDescription": {"text": title}, "help": {"text": page}}


def _finding(entry: ShownFinding, room: Room) -> dict[str, Any]:
    finding = entry.finding
    facts = [f"{f.label}: expected {f.expected}, found {f.actual}." for f in finding.evidence]
    said = "\n".join(filter(None, [finding.what, *facts, finding.fix]))
    result = _result(
        finding.rule, _LEVELS[finding.level], room.cut(said), finding.place, entry.span
    )
    cause = f"{finding.rule}\0{entry.source.strip()}"
    prints = {"cause/v1": hashlib.sha256(cause.encode("utf-8", "replace")).hexdigest()}
    return {**result, "partialFingerprints": prints}


def _crash(crash: ShownCrash, room: Room) -> dict[str, Any]:
    said = f"{crash.type}: {crash.message}\n{crash.explanation}".strip()
    return _result(CRASH, "error", room.cut(said), crash.place, crash.span)


def _result(
    rule: str, level: str, said: str, place: Place | None, span: tuple[int, int] | None
) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": rule, "level": level, "message": {"text": said}}
    if place is None:
        return result
    root = "file://" if place.file.startswith("/") else ""
    physical = {
        "artifactLocation": {"uri": root + quote(place.file.encode("utf-8", "replace"))},
        "region": _region(place.line, span),
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.cell is not None:  # the line counts from the top of the cell
        location["logicalLocations"] = [{"name": f"cell {place.cell}", "kind": "member"}]
    return {**result, "locations": [location]}


def _region(line: int, span: tuple[int, int] | None) -> dict[str, int]:
    """A line, or a part of it; SARIF's columns count from 1, and the end stands outside."""
    if span is None or line < 1:
        return {"startLine": max(line, 1)}
    start, end = span
    return {"startLine": line, "startColumn": start + 1, "endColumn": max(end, start) + 1}
