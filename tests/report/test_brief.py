"""What a terminal shows first: a line for each check, and the one place to start."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import wcwidth
from hypothesis import given, settings

from grader.model import Cell, CheckResult, Crash, Outcome, Place, Report, Status
from grader.report.brief import shortened
from grader.report.text import render_text
from grader.shown.focus import Focus, focus, span
from grader.shown.records import ShownFinding
from grader.shown.view import shown
from poison import hostile, poisoned

GOLDEN = Path(__file__).parent / "golden"
ANSI = re.compile(r"\x1b\[\d+m")
Sample = Callable[[str], Report]


def brief(report: Report, *, width: int = 100, only: str = "", hints: int = 0) -> str:
    return render_text(report, color=False, width=width, only=only, hints=hints)


def test_each_sample_reads_as_agreed(name: str, sample: Sample) -> None:
    """The short text of each sample is the golden one (write anew with UPDATE_GOLDEN=1)."""
    text = brief(sample(name))
    golden = GOLDEN / f"{name}.brief.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_the_untouched_starter_fits_a_screen(sample: Sample) -> None:
    """Four bugs take 25 lines of 100 columns at the most."""
    lines = brief(sample("debug_loop")).splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 100


def test_each_check_has_one_line(sample: Sample) -> None:
    """Cut after a whole word where it is too long."""
    lines = brief(sample("debug_loop")).splitlines()
    assert [line[2:].split()[0] for line in lines if line[:1] in "✓✗–!" and line] == [
        "learning_rate", "zero_grad", "loss_call", "validation_mode", "learns",
    ]  # fmt: skip
    assert shortened("one two three", 9) == "one two …"
    assert shortened("unbreakable", 6) == "unbr …"
    assert shortened("short", 5) == "short"


def test_where_to_start_has_sentence_place_code_and_fix(sample: Sample) -> None:
    """The place as it was typed, with its column; three lines of code, the rate underlined."""
    text = render_text(sample("debug_loop"), color=False, width=100, path="../work/loop.py")
    assert (
        "Start here: the first update moved the weights 41 times as far as they are long, and the "
        "loss rose\n"
        "  from 2.31 to 1,874 in one step\n"
        "  --> ../work/loop.py:10:49\n"
        "10 | optimizer = torch.optim.SGD(model.parameters(), lr=100.0)\n"
        "   |                                                 ^^^^^^^^\n"
    ) in text
    assert "fix: lower the learning rate until the loss of the first steps falls\n" in text
    assert "Then: zero_grad (line 19), loss_call (line 17), validation_mode (line 27)\n" in text


def test_how_it_ran_is_told_only_where_it_is_unusual(sample: Sample) -> None:
    """Full isolation, limits that did not strike, seed and versions are for `--full`."""
    usual = brief(sample("debug_loop"))
    assert not re.search(r"^(Isolation|Limits|Run|Data)", usual, re.MULTILINE)
    unusual = brief(sample("timed_out"))
    assert "Isolation  partial" in unusual
    assert "Limits     2 min in all" in unusual


def _stopped(report: Report) -> Report:
    """A program that raised before anything could be judged, as checks tell it."""
    crash = Crash(
        type="ValueError",
        message="no such thing",
        frames=((Place("loop.py", 9), "x"),),
        span=(0, 9),
    )
    said = "no training step was seen. The program raised ValueError at loop.py:9."
    checks = tuple(
        replace(c, result=replace(c.result, message=said, findings=(), crash=crash))
        for c in report.verdict.checks
    )
    verdict = replace(report.verdict, checks=checks, findings=(), outcome=Outcome.CRASHED)
    run = replace(report.run, crash=crash, outcome=Outcome.CRASHED, notes=(), reason="")
    return replace(report, verdict=verdict, run=run)


def test_one_crash_is_told_once(sample: Sample) -> None:
    """Its follow-ups were not judged, which is said with the line, once; no text is repeated."""
    text = brief(_stopped(sample("debug_loop")))
    assert text.count("ValueError") == 1
    assert text.count("– ") == 5
    assert text.count("not judged: the program stopped at line 9") == 1
    assert "✗" not in text
    assert "the program stopped with an error; nothing could be judged" in text


def test_a_crash_underlines_what_raised(sample: Sample) -> None:
    """From the column to the column that Python tells."""
    report = sample("crashed")
    assert report.run.crash is not None
    crash = replace(report.run.crash, span=(25, 38))
    text = brief(replace(report, run=replace(report.run, crash=crash)))
    assert "  --> loop.py:25:26\n" in text
    assert f"   | {' ' * 25}{'^' * 13}\n" in text


def test_a_check_without_a_finding_gives_its_first_hint(sample: Sample) -> None:
    """Where nothing says what to do."""
    text = brief(sample("timed_out"))
    assert "hint 1: Print the loss of the first ten steps." in text
    assert "--hints 2" in text
    assert "hint 1" not in brief(sample("debug_loop"))
    assert "hint 2" in brief(sample("debug_loop"), hints=2)


def test_a_check_that_called_a_function_shows_where_it_begins(sample: Sample) -> None:
    """Numbers that differ stand at no line, but what gave them does."""
    text = brief(sample("component"))
    assert "Start here: " in text
    assert re.search(r"\n  --> \S+:\d+:\d+\n", text)


def test_one_check_alone_is_told_in_full(sample: Sample) -> None:
    """All its findings with their code, and nothing of the others."""
    text = brief(sample("debug_loop"), only="validation_mode")
    assert text.startswith("✗ validation_mode  0 of 2   on validation data")
    assert text.count("fix: ") == 2
    assert text.count("--> loop.py:27:") == 2
    assert "learning" not in text


def test_hidden_checks_are_no_place_to_start(sample: Sample) -> None:
    """Neither in the short text nor when they are asked for by name."""
    report = sample("hidden")
    assert "SECRET" not in brief(report)
    for check in report.verdict.checks:
        text = brief(report, only=check.rubric.id, hints=9)
        assert "SECRET" not in text
        assert "secret-" not in text


@pytest.mark.parametrize("width", [1, 40, 60, 100, 300])
def test_lines_fit_the_terminal(name: str, sample: Sample, width: int) -> None:
    """No line is wider than the terminal, down to 40 columns; colour changes no word."""
    for only in ("", *(check.rubric.id for check in sample(name).verdict.checks)):
        text = brief(sample(name), width=width, only=only, hints=9)
        for line in text.splitlines():
            assert len(line) <= min(max(width, 40), 120), line
    plain = render_text(sample(name), color=False, width=width)
    assert ANSI.sub("", render_text(sample(name), color=True, width=width)) == plain


@pytest.mark.parametrize("width", [40, 100])
def test_a_long_line_is_shown_around_its_span(sample: Sample, width: int) -> None:
    """The mark stays in view and below what it marks, in wide letters too."""
    report = sample("crashed")
    assert report.run.crash is not None
    for letter in ("x", "東"):
        line = f"{letter * 400}HERE{letter * 400}"
        crash = replace(report.run.crash, span=(400, 404), frames=((Place("loop.py", 1), line),))
        cells = (Cell(number=0, source=line),)
        bad = replace(
            report,
            submission=replace(report.submission, cells=cells),
            run=replace(report.run, crash=crash),
        )
        text = brief(bad, width=width)
        code, under = re.search(r"^1 \| (.*)\n  \| (.*)$", text, re.MULTILINE).groups()  # type: ignore[union-attr]
        assert max(map(wcwidth.wcswidth, text.splitlines())) <= width
        assert wcwidth.wcswidth(code.partition("HERE")[0]) == under.index("^")
        assert under.strip() == "^^^^"


@pytest.mark.parametrize(
    ("line", "rule", "marked"),
    [
        ("    loss.backward()  # lr=3", "any", "loss.backward()"),
        ("logits = model(images.flatten(1))", "any", "model(images.flatten(1))"),
        ("a, b = f(x=1), '#'", "any", "f(x=1), '#'"),
        ("x += y == z", "any", "x += y == z"),
        ("if a == b: pass", "any", "if a == b: pass"),
        ("total = 'a = b'", "any", "'a = b'"),
        ("opt = SGD(p, lr=100.0, momentum=0.9)", "learning-rate-too-high", "lr=100.0"),
        ("opt = SGD(p, 100.0)", "learning-rate-too-high", "SGD(p, 100.0)"),
        ("x = ", "any", "x ="),
        ("# only", "any", "# only"),
    ],
)
def test_the_part_of_a_line_that_is_meant(
    sample: Sample, line: str, rule: str, marked: str
) -> None:
    """The rate for a rule about it, else what is computed, without a comment."""
    finding = replace(sample("debug_loop").verdict.findings[0], rule=rule)
    found = span(Focus(finding=ShownFinding(number=1, finding=finding, source=line)))
    assert found is not None
    assert line[found[0] : found[1]] == marked


def test_nothing_to_start_with_where_all_passed_or_the_grader_failed(sample: Sample) -> None:
    """Nor where only a check failed that may not be explained."""
    assert focus(shown(sample("clean_pass"))) is None
    assert focus(shown(sample("grader_fault"))) is None
    report = sample("hidden")
    checks = tuple(c for c in report.verdict.checks if c.rubric.visibility != "public")
    assert focus(shown(replace(report, verdict=replace(report.verdict, checks=checks)))) is None


@settings(max_examples=40, deadline=None)
@given(bad=hostile)
def test_student_text_does_no_harm_to_a_terminal(sample: Sample, bad: str) -> None:
    """Whatever a student writes, a terminal gets printable characters and no forged line."""
    report = poisoned(sample("debug_loop"), bad)
    crash = replace(report.run.crash, span=(3, 900)) if report.run.crash else None
    report = replace(report, run=replace(report.run, crash=crash))
    for only in ("", "zero_grad"):
        text = brief(report, width=90, only=only)
        text.encode("utf-8")
        odd = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert odd <= {"\n", "\u200c", "\u200d"}
        assert not re.search(r"^✓ learns", text, re.MULTILINE)
        assert len(text) < 30_000


def test_a_flood_stays_short(sample: Sample) -> None:
    """Details of a thousand lines and a message of a million letters leave the screen readable."""
    report = sample("hidden")
    first, *rest = report.verdict.checks
    result = CheckResult(
        id=first.result.id,
        title="t",
        status=Status.FAILED,
        message="m" * 1_000_000,
        details=("d\n" * 1000,),
    )
    verdict = replace(report.verdict, checks=(replace(first, result=result), *rest))
    assert len(brief(replace(report, verdict=verdict)).splitlines()) < 40
