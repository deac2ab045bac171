"""JUnit's XML, as Jenkins, GitLab and Artemis read it (the ``junit-10`` schema).

One test case a check. A failed check is a ``failure``, one that the grader could not judge an
``error``, a skipped one ``skipped``. XML 1.0 has no control characters: they were replaced by
visible signs before.

Source: the schema ``junit-10.xsd`` of Jenkins' xUnit plugin, by which pytest checks its own.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from grader.export.tell import Room, below, summary, tidy, within
from grader.model import Status
from grader.shown.records import Shown, ShownCheck

MEDIA_TYPE = "application/xml"
LIMIT = 4 << 20
# What XML 1.0 can't hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(shown: Shown) -> str:
    """The document: one suite."""
    return within(LIMIT, lambda room: _document(tidy(shown, room), room))


def _document(shown: Shown, room: Room) -> str:
    checks = shown.checks
    count = {status: sum(check.status is status for check in checks) for status in Status}
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name=_text(shown.exercise.id),
        tests=str(len(checks)),
        failures=str(count[Status.FAILED]),
        errors=str(count[Status.ERROR]),
        skipped=str(count[Status.SKIPPED]),
        time=f"{shown.run.wall_s:.3f}",
    )
    for check in checks:
        _case(suite, check, shown, room)
    ET.SubElement(suite, "system-out").text = _text(room.cut(summary(shown)))
    ET.indent(suites)
    body = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _case(suite: ET.Element, check: ShownCheck, shown: Shown, room: Room) -> None:
    case = ET.SubElement(
        suite, "testcase", name=_text(check.id), classname=_text(shown.exercise.id), time="0.000"
    )
    tag = {Status.FAILED: "failure", Status.ERROR: "error", Status.SKIPPED: "skipped"}
    if check.status in tag:
        message = check.title if check.withheld else check.message or check.title
        end = ET.SubElement(case, tag[check.status], message=_text(room.cut(message)))
        end.text = _text(room.cut(below(check)))


def _text(said: str) -> str:
    return _NO_XML.sub("\ufffd", said)
