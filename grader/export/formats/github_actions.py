"""Annotations for a workflow of GitHub Actions, and the summary of its job.

Each finding and crash is an annotation at its line. GitHub drops, without a word, what is
over ten errors, ten warnings and ten notices of one step, so no more are written, and the
summary says what was left out. ``summary`` is Markdown for ``$GITHUB_STEP_SUMMARY``.

Source: GitHub's documentation, "Workflow commands for GitHub Actions", and its limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.export.tell import Room, below, no_commands, tidy, within
from grader.export.tell import summary as in_short
from grader.model import Level, Place, Status
from grader.shown import words
from grader.shown.records import Shown, ShownCheck, ShownCrash

MEDIA_TYPE = "text/plain"
MOST = 10
"""Annotations of one kind that GitHub keeps of a step."""
SUMMARY_LIMIT = (1 << 20) - (64 << 10)
_LONGEST = 4_000
_KINDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_FENCE = re.compile(r"`{3,}")


@dataclass(frozen=True, slots=True)
class _Annotation:
    kind: str
    place: Place | None
    title: str
    said: str


def render(shown: Shown) -> str:
    """The workflow commands, one a line; the last line says how it went."""
    kept = [command(each) for each in _kept(list(_annotations(shown)))]
    plain = no_commands(" ".join(in_short(shown).split()))
    return "\n".join([*kept, plain]) + "\n"


def summary(shown: Shown) -> str:
    """The job's summary: a table of the checks, and what stands below each that failed."""
    return within(SUMMARY_LIMIT, lambda room: _summary(tidy(shown, room), room))


def _annotations(shown: Shown) -> Iterator[_Annotation]:
    if shown.crash:
        yield _crash(shown.crash)
    for check in shown.checks:
        if check.crash:
            yield _crash(check.crash)
        if check.status in {Status.FAILED, Status.ERROR} and not check.findings:
            said = check.title if check.withheld else check.message or check.title
            kind = "error" if check.status is Status.FAILED else "warning"
            yield _Annotation(kind, None, check.id, said)
    for entry in shown.findings:
        finding = entry.finding
        said = f"{finding.what}. {finding.fix}".strip(". ") + "."
        yield _Annotation(_KINDS[finding.level], finding.place, finding.rule, said)


def _crash(crash: ShownCrash) -> _Annotation:
    said = f"{crash.type}: {crash.message}".rstrip(": ")
    return _Annotation("error", crash.place, crash.type, f"{said}. {crash.explanation}".strip())


def _kept(all_of_them: list[_Annotation]) -> Iterator[_Annotation]:
    for kind in _KINDS.values():
        yield from [each for each in all_of_them if each.kind == kind][:MOST]


def command(each: _Annotation) -> str:
    """One workflow command, its properties and message escaped as GitHub asks."""
    place = each.place
    where = {"file": place.file, "line": str(place.line)} if place else {}
    properties = {**where, "title": each.title}
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{each.kind} {told}::{_escaped(each.said[:_LONGEST])}"


def _escaped(said: str) -> str:
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(said: str) -> str:
    return _escaped(said).replace(":", "%3A").replace(",", "%2C")


def _summary(shown: Shown, room: Room) -> str:
    score = words.score(shown.score, shown.max_score)
    annotations = list(_annotations(shown))
    left_out = len(annotations) - len(list(_kept(annotations)))
    parts = [f"## {_cell(shown.exercise.title)}: {score}", _plain(in_short(shown)), _table(shown)]
    parts += [_block(check, room) for check in shown.checks if check.status is not Status.PASSED]
    if left_out:
        noun = words.plural(left_out, "annotation")
        parts.append(f"{left_out} more {noun} did not fit beside the code.")
    return "\n\n".join(parts) + "\n"


def _table(shown: Shown) -> str:
    rows = ["| | check | points |", "| --- | --- | --- |"]
    for check in shown.checks:
        points = words.score(check.score, check.max_score)
        rows.append(f"| {words.SYMBOLS[check.status]} | {_cell(check.title)} | {points} |")
    return "\n".join(rows)


def _block(check: ShownCheck, room: Room) -> str:
    """What stands below a check, in a fence that nothing in it can close."""
    said = no_commands(room.cut(below(check)))
    longest = max((len(found) for found in _FENCE.findall(said)), default=2)
    fence = "`" * (longest + 1)
    return f"### {_cell(check.title)}\n\n{fence}text\n{said}\n{fence}"


def _plain(said: str) -> str:
    """Text in which no Markdown and no HTML is left."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", " ".join(said.split()))
    return no_commands(escaped.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b"))


def _cell(said: str) -> str:
    return _plain(said)[:_LONGEST]
