"""Cases: submissions that state the result they must get.

A case states it in the comment lines at its very top (in a notebook: of its first code cell)::

    # One sentence: what this style is, or what is wrong here.
    # failed: zero_grad learns?      exactly the checks that fail; `name?` may go either way
    # skipped: learning_rate         checks that find nothing to judge by
    # outcome: crashed               if it is not ok
    # finding: rule-name             a finding that points to no line
    # says: half of the mean         what the message of a failed check says; may stand twice

and marks each other finding on the line that it must point to: ``# finding: rule, other-rule``.
Where a kind expert would point, whatever the grader says, may stand ``# here`` (before a finding).
A case named ``ok_…`` passes every check without a finding, so it states nothing but its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import BankError
from grader.model import Outcome, Place, Submission

OK = "ok_"
BAD = "bad_"
SAYS = "says"
KEYS = ("failed", "skipped", "outcome", "finding", SAYS)

_KEY_LINE = re.compile(r"#\s*([a-z_]+):\s*(.*)")
_MARK = re.compile(r"#\s*finding:\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*$")
_HERE = re.compile(r"#\s*here\s*(?:#|$)")
_NEARLY_MARK = re.compile(r"#\s*findings?\b")
_CODING = "coding"  # an encoding's declaration has to stand in the first two lines


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A finding as a case states it: a rule, and a place unless it points to no line."""

    rule: str
    place: Place | None

    def __str__(self) -> str:
        return f"{self.rule} ({self.place})" if self.place else f"{self.rule} (no line)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The result that a case must get. The default is a solution: everything passes."""

    failed: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    outcome: Outcome = Outcome.OK
    findings: frozenset[Mark] = frozenset()
    says: tuple[str, ...] = ()
    here: frozenset[Place] = frozenset()

    @property
    def is_clean(self) -> bool:
        """Whether it states what a right solution gets."""
        return self == Stated()


def read_stated(path: Path, submission: Submission, checks: Collection[str]) -> Stated:
    """What a case file says that must become of it.

    Raises:
        BankError: the header breaks the rules above, or names a check that there isn't.
    """
    if submission.problem:
        raise BankError(submission.problem)
    header = _header(submission.cells[0].source)
    keys = _keys(header)
    failed, either = _names("failed", keys, checks)
    skipped, _ = _names("skipped", keys, checks)
    stated = Stated(
        failed=failed,
        either=either,
        skipped=skipped,
        outcome=_outcome(keys.get("outcome", Outcome.OK.value)),
        findings=frozenset(
            [*_placeless(keys.get("finding", "")), *_marks(submission, len(header))]
        ),
        here=frozenset(_here(submission, len(header))),
        says=tuple(filter(None, keys.get(SAYS, "").split("\n"))),
    )
    if stated.is_clean != path.name.startswith(OK):
        raise BankError(
            f"a file named {OK}… states nothing but its sentence, and one named {BAD}… states "
            "what fails or is found"
        )
    return stated


def _header(source: str) -> list[str]:
    """The comment lines at the very top, up to the first line that is none."""
    lines: list[str] = []
    for line in source.split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line)
    if not lines or _KEY_LINE.fullmatch(lines[0]) or not lines[0].strip("# "):
        raise BankError("the first line must be a comment with one sentence about the case")
    return lines


def _keys(header: list[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for line in header[1:]:
        found = _KEY_LINE.fullmatch(line)
        if not found or found[1] == _CODING:
            continue
        key, value = found[1], found[2].strip()
        if key not in KEYS:
            raise BankError(f"unknown key {key!r} in the header; expected {', '.join(KEYS)}")
        if (key in keys and key != SAYS) or not value:
            raise BankError(f"the key {key!r} must stand in the header once, with a value")
        keys[key] = f"{keys[key]}\n{value}" if key in keys else value
    return keys


def _names(
    key: str, keys: dict[str, str], checks: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The checks that a line of the header names, and those that it leaves open."""
    words = keys.get(key, "").split()
    names = [word.removesuffix("?") for word in words]
    for name in names:
        if name not in checks:
            raise BankError(f"{key}: no check is named {name!r}; expected {', '.join(checks)}")
        if names.count(name) > 1:
            raise BankError(f"{key}: {name!r} stands there twice")
    either = frozenset(word.removesuffix("?") for word in words if word.endswith("?"))
    return frozenset(names) - either, either


def _outcome(word: str) -> Outcome:
    if word not in list(Outcome) or word == Outcome.GRADER_FAULT:
        words = ", ".join(item for item in Outcome if item is not Outcome.GRADER_FAULT)
        raise BankError(f"outcome: expected one of {words}; found {word!r}")
    return Outcome(word)


def _placeless(text: str) -> Iterator[Mark]:
    if text:
        found = _MARK.fullmatch(f"# finding: {text}")
        if not found:
            raise BankError(f"finding: expected names of rules, with commas; found {text!r}")
        yield from (Mark(rule.strip(), None) for rule in found[1].split(","))


def _marks(submission: Submission, header: int) -> Iterator[Mark]:
    """The findings marked on lines."""
    for place, line in _lines(submission, header):
        if not _NEARLY_MARK.search(line):
            continue
        found = _MARK.search(line)
        if not found:
            raise BankError(f"line {place.line}: write `# finding: rule-name` at its end")
        yield from (Mark(rule.strip(), place) for rule in found[1].split(","))


def _here(submission: Submission, header: int) -> Iterator[Place]:
    """The lines that a kind expert would point to."""
    return (place for place, line in _lines(submission, header) if _HERE.search(line))


def _lines(submission: Submission, header: int) -> Iterator[tuple[Place, str]]:
    """Each line with its place; the header's own lines mark nothing."""
    for index, cell in enumerate(submission.cells):
        for number, line in enumerate(cell.source.split("\n"), 1):
            if index or number > header:
                yield Place(submission.name, number, cell.number or None), line
