"""How each platform reads the file that it is given: its rules, written anew from its source.

A function takes the document's text and returns what the platform made of it, or raises
:class:`Refused` where the platform would. What it returns is what a person there would see.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from xml.etree import ElementTree as ET


class Refused(Exception):
    """The platform doesn't take the document."""


@dataclass
class Read:
    """What the platform took: the score, the most there is, and each part's points by name."""

    score: float | None
    most: float | None = None
    parts: dict[str, float] = field(default_factory=dict)
    seen: str = ""
    """All the text that a student is shown."""


def strict_json(text: str) -> Any:
    """JSON as the standard has it; NaN and Infinity are none."""

    def refuse(word: str) -> NoReturn:
        raise Refused(f"{word} is no JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
        text.encode()
    except ValueError as problem:
        raise Refused(str(problem)) from None
    return value


def number(value: Any, what: str) -> float:
    """A finite number, and no bool."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused(f"{what} is no finite number: {value!r}")
    return float(value)


def gradescope(text: str) -> Read:
    """Scores from the top or the tests; a hidden test takes the total from the student."""
    results = strict_json(text)
    tests = results.get("tests", [])
    if "score" not in results and not (tests and all("score" in test for test in tests)):
        raise Refused("neither a score nor one on each test")
    for each in (results, *tests):
        _gradescope_words(each)
    parts = {test["tags"][0]: number(test["score"], "score") for test in tests if "score" in test}
    seen = [results["output"], *(t["name"] + t["output"] for t in tests if _now(t))]
    most = sum(number(test["max_score"], "max_score") for test in tests if "max_score" in test)
    return Read(
        score=number(results.get("score", sum(parts.values())), "score"),
        most=most,
        parts=parts,
        seen="\n".join(seen),
    )


def _gradescope_words(each: Mapping[str, Any]) -> None:
    for key in ("output_format", "test_output_format", "test_name_format", "name_format"):
        if each.get(key, "text") not in {"text", "html", "simple_format", "md", "ansi"}:
            raise Refused(f"{key} is {each[key]!r}")
    if each.get("visibility", "visible") == "hidden":
        raise Refused("students would not see their total")
    if each.get("visibility", "visible") not in {"visible", "after_due_date", "after_published"}:
        raise Refused("no such visibility")
    if each.get("status", "passed") not in {"passed", "failed"}:
        raise Refused("no such status")
    if not isinstance(each.get("number", ""), str) or not isinstance(each["output"], str):
        raise Refused("number and output are strings")


def _now(test: Mapping[str, Any]) -> bool:
    return bool(test.get("visibility", "visible") == "visible")


def prairielearn(text: str) -> Read:
    """Over 1 MiB, or no number for a score, and the job has failed; no score counts as none."""
    if len(text.encode()) > 1 << 20:
        raise Refused("over 1 MiB")
    results = strict_json(text)
    if "\0" in text or "\\u0000" in text:
        raise Refused("NUL is replaced, so what is shown is not what was written")
    errors = results.get("format_errors", [])
    if not isinstance(errors, str | list):
        raise Refused("format_errors is neither text nor a list")
    seen = "\n".join(
        [results.get("message", ""), results.get("output", "")]
        + [each["name"] + each.get("output", "") for each in results["tests"]]
        + list(errors)
    )
    if not results.get("gradable", True):
        return Read(score=None, seen=seen)
    score = number(results.get("score", 0), "score")
    if not 0 <= score <= 1:
        raise Refused("score outside 0 to 1: not gradable")
    tests = results.get("tests", [])
    complete = all("points" in test and "max_points" in test for test in tests)
    if not complete:
        raise Refused("points of all tests vanish with a warning")
    parts = {f"{n}": number(test["points"], "points") for n, test in enumerate(tests)}
    return Read(score=score, most=1.0, parts=parts, seen=seen)


def autolab(text: str) -> Read:
    """The last line that isn't blank, each word before a colon put into quotes, as JSON."""
    lines = [line for line in text.rstrip().split("\n") if line.strip()]
    if not lines:
        raise Refused("no output")
    last = re.sub(r"([a-zA-Z0-9]+):", r'"\1":', lines[-1])
    results = strict_json(last)
    scores = results.get("scores")
    if not isinstance(scores, dict):
        raise Refused("no scores")
    if not scores:
        return Read(score=None, seen=text)
    parts = {name: number(score, name) for name, score in scores.items()}
    return Read(score=sum(parts.values()), parts=parts, seen=text)


def coursera(text: str) -> Read:
    """``fractionalScore`` from 0 to 1 and ``feedback`` are required."""
    results = strict_json(text)
    if not isinstance(results.get("feedback"), str):
        raise Refused("feedback is required")
    if "fractionalScore" not in results:
        raise Refused("fractionalScore or isCorrect is required")
    score = number(results["fractionalScore"], "fractionalScore")
    if not 0 <= score <= 1:
        raise Refused("fractionalScore must be from 0 to 1")
    return Read(score=score, most=1.0, seen=results["feedback"])


CLASSROOM50 = {
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
    "release", "review", "datetime", "score", "max-score", "tests",
}  # fmt: skip


def classroom50(text: str) -> Read:
    """All fields and no other; points are whole numbers; the time has no fraction."""
    results = strict_json(text)
    if set(results) != CLASSROOM50:
        raise Refused(f"fields: {set(results) ^ CLASSROOM50}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", results["datetime"]):
        raise Refused("datetime")
    if not results["submission"].startswith("submit/"):
        raise Refused("submission")
    for each in (results, *results["tests"]):
        for key in ("score", "max-score"):
            if type(each[key]) is not int or each[key] < 0:
                raise Refused(f"{key} is no whole number from 0 on")
    for test in results["tests"]:
        if type(test["passed"]) is not bool or type(test["test-name"]) is not str:
            raise Refused("a test")
    no_commands("\n".join(test["message"] for test in results["tests"]))
    parts = {test["id"]: test["score"] / test["scale"] for test in results["tests"]}
    seen = "\n".join(test["test-name"] + test["message"] for test in results["tests"])
    return Read(results["score"], results["max-score"], parts, seen)


def github(text: str) -> Read:
    """The reporter sums numbers (a text would be joined on), and prints what it is given."""
    if len(text.encode()) > 96 << 10:
        raise Refused("its base64 is longer than a line may be")
    results = strict_json(text)
    if results["version"] != 1 or results["status"] not in {"pass", "fail", "error"}:
        raise Refused("version or status")
    if not isinstance(results.get("max_score"), int | float):
        raise Refused("without max_score there is no report")
    parts = {test["test_code"]: number(test["score"], "score") for test in results["tests"]}
    for test in results["tests"]:
        no_commands(f"{test['name']}\n{test['message']}\n{test['test_code']}\n{test['filename']}")
        if test["status"] == "pass" and test["score"] != test["max_score"]:
            raise Refused("the table and the total would differ")
    seen = "\n".join(test["name"] + test["message"] for test in results["tests"])
    return Read(sum(parts.values()), results["max_score"], parts, seen)


def no_commands(text: str) -> None:
    """GitHub's runner takes ``::name`` at a line's start, and ``##[name]`` anywhere."""
    for line in re.split(r"\r\n|\r|\n", text):
        if line.lstrip().startswith("::") or "##[" in line:
            raise Refused(f"a command: {line[:80]!r}")


def github_actions(text: str) -> Read:
    """Commands are a kind, properties and a message; ten of each kind are kept."""
    kinds = {"error": 0, "warning": 0, "notice": 0}
    for line in text.rstrip("\n").split("\n"):
        if "##[" in line:
            raise Refused("a command of the old form")
        if not line.startswith("::"):
            continue
        found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line, re.DOTALL)
        if found is None or found[1] not in kinds:
            raise Refused(f"no annotation: {line[:80]!r}")
        for pair in found[2].split(","):
            key, equals, _ = pair.partition("=")
            if key not in {"file", "line", "title"} or not equals:
                raise Refused(f"property {pair!r}")
        kinds[found[1]] += 1
    if any(count > 10 for count in kinds.values()):  # GitHub's own
        raise Refused("GitHub drops what is over ten")
    return Read(None, seen=text)


JUNIT = {
    "testsuites": set[str](),
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set[str](),
}


def junit(text: str) -> Read:
    """Elements and attributes of ``junit-10``; counts that hold; times of three decimals."""
    try:
        root = ET.fromstring(text.encode())  # our own document
    except ET.ParseError as problem:
        raise Refused(str(problem)) from None
    for element in root.iter():
        if element.tag not in JUNIT or not set(element.attrib) <= JUNIT[element.tag]:
            raise Refused(f"{element.tag} {set(element.attrib)}")
        if not re.fullmatch(r"\d+\.\d{1,3}", element.get("time", "0.0")):
            raise Refused("a time has three decimals")
    suite = root[0]
    cases = suite.findall("testcase")
    bad = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    told = {key: int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
    if (len(cases), *bad.values()) != tuple(told.values()):
        raise Refused("the counts don't hold")
    parts = {case.attrib["name"]: float(len(case) == 0) for case in cases}
    seen = "".join(root.itertext()) + "".join(e.get("message", "") for e in root.iter())
    return Read(None, parts=parts, seen=seen)


def lti_ags(text: str) -> Read:
    """A score counts when it is ``FullyGraded``; its maximum is above 0."""
    payload = strict_json(text)
    if payload["activityProgress"] not in {
        "Initialized", "Started", "InProgress", "Submitted", "Completed",
    }:  # fmt: skip
        raise Refused("activityProgress")
    moment = datetime.fromisoformat(payload["timestamp"])
    if moment.tzinfo is None or not isinstance(payload["userId"], str):
        raise Refused("timestamp or userId")
    if payload["gradingProgress"] in {"NotReady", "Failed", "Pending"}:
        return Read(None, seen=payload["comment"])
    if payload["gradingProgress"] not in {"FullyGraded", "PendingManual"}:
        raise Refused("gradingProgress")
    score, most = (number(payload[key], key) for key in ("scoreGiven", "scoreMaximum"))
    if score < 0 or most <= 0:
        raise Refused("scoreGiven from 0 on, scoreMaximum above 0")
    return Read(score, most, seen=payload["comment"])


def sarif(text: str) -> Read:
    """What viewers of SARIF 2.1.0 ask for."""
    log = strict_json(text)
    (run,) = log["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        if result["ruleId"] not in known or result["level"] not in {"error", "warning", "note"}:
            raise Refused("a result of no rule or level")
        for location in result.get("locations", []):
            place = location["physicalLocation"]
            if place["region"]["startLine"] < 1 or not place["artifactLocation"]["uri"].isascii():
                raise Refused("a place that is none")
    return Read(None, seen=text)


READERS: dict[str, Callable[[str], Read]] = {
    "autolab": autolab,
    "classroom50": classroom50,
    "coursera": coursera,
    "github": github,
    "github-actions": github_actions,
    "gradescope": gradescope,
    "junit": junit,
    "lti-ags": lti_ags,
    "prairielearn": prairielearn,
    "sarif": sarif,
}
