"""The formats of platforms: what each platform makes of them, whatever a report holds."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UnknownName
from grader.export import formats
from grader.export.formats import github_actions
from grader.export.tell import no_commands, whole_number_scale
from grader.model import Handin, Outcome, Report, Rubric, Status, Visibility
from grader.shown.view import shown
from platforms import READERS, Read, Refused
from platforms import no_commands as refuse_commands
from poison import hostile, poisoned
from sample_code import STALE
from sample_parts import exercise, run, scored, submission
from sample_parts import report as made
from samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
NAMES = formats.names()
SCHEMAS = {
    place.name.partition(".")[0].replace("_", "-"): place
    for place in Path(formats.__path__[0]).glob("*.schema.json")
}
SCORELESS = {"github-actions", "junit", "sarif"}
"""Formats that tell what was found, and no score."""
NO_ZERO = {"coursera", "classroom50", "gradescope"}
"""Platforms that take no file without a score: a fault of the grader is refused there."""

ODD = int(os.environ.get("GRADE_ODD_REPORTS", "25"))
"""How many odd reports each format is tried with; ``make formats-test`` tries 10,000."""

statuses = st.sampled_from(Status)
points = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0, 10.0]), st.floats(0.0, 1e6))


@st.composite
def odd_reports(draw: st.DrawFn) -> Report:
    """Any outcome, checks of any kind and points, hostile text in every place."""
    text = draw(hostile)
    lines = [
        Rubric(id=f"check_{number}", title=text or "t", points=draw(points), visibility=who)
        for number, who in enumerate(draw(st.lists(st.sampled_from(Visibility), max_size=5)))
    ]
    checks = tuple(scored(line, draw(statuses), text) for line in lines)
    base = made(
        checks,
        handed_in=submission("x = 1"),
        ran=run(outcome=draw(st.sampled_from(Outcome))),
        of=exercise(rubric=tuple(lines)),
        findings=(STALE,) * draw(st.integers(1, 3)),
        metrics={"accuracy": draw(st.floats())},
        handin=Handin(student=text, names={"OWNER": text, "CLASSROOM": text}),
    )
    return poisoned(base, text)


def read(name: str, report: Report) -> Read:
    """What the platform makes of a report."""
    return READERS[name](formats.find(name).render(shown(report)))


# --- found, not registered ------------------------------------------------------------


def test_every_format_has_a_platform_that_reads_it() -> None:
    """A file in the folder is a format, and each is held to its platform's rules here."""
    assert set(NAMES) == set(READERS)


def test_an_unknown_format_is_told_with_the_nearest() -> None:
    """As everywhere in the command."""
    with pytest.raises(UnknownName, match="gradescope"):
        formats.find("gradscope")


@pytest.mark.parametrize("format_name", NAMES)
def test_a_format_names_its_media_type(format_name: str) -> None:
    """Type and subtype."""
    assert formats.find(format_name).MEDIA_TYPE.count("/") == 1


# --- what is written ------------------------------------------------------------------


@pytest.mark.parametrize("format_name", NAMES)
@pytest.mark.parametrize("sample_name", ["debug_loop", "hidden", "grader_fault"])
def test_a_document_is_as_it_was_agreed(format_name: str, sample_name: str) -> None:
    """The golden files; write anew with UPDATE_GOLDEN=1."""
    said = formats.find(format_name).render(shown(SAMPLES[sample_name]()))
    place = GOLDEN / f"{sample_name}.{format_name}"
    if os.environ.get("UPDATE_GOLDEN"):
        place.write_text(said, encoding="utf-8")
    assert said == place.read_text(encoding="utf-8")


@pytest.mark.parametrize("format_name", NAMES)
@pytest.mark.parametrize("sample_name", sorted(SAMPLES))
def test_a_sample_is_taken(format_name: str, sample_name: str) -> None:
    """The platform reads the score that the report has, and each check's points."""
    report = SAMPLES[sample_name]()
    if report.verdict.score is None and format_name in NO_ZERO:
        with pytest.raises(Refused):
            read(format_name, report)
        return
    took = read(format_name, report)
    if format_name in SCORELESS:
        return
    if report.verdict.score is None:
        assert not took.score
    elif took.most and report.verdict.max_score:
        assert took.score is not None
        earned = report.verdict.score / report.verdict.max_score
        assert took.score / took.most == pytest.approx(earned)


@pytest.mark.parametrize("format_name", sorted(SCHEMAS))
@pytest.mark.parametrize("sample_name", sorted(SAMPLES))
def test_a_document_follows_its_schema(format_name: str, sample_name: str) -> None:
    """The schema that ships beside the format."""
    report = SAMPLES[sample_name]()
    schema = json.loads(SCHEMAS[format_name].read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(formats.find(format_name).render(shown(report)))
    jsonschema.Draft202012Validator(schema).validate(document)


# --- whatever a report holds ----------------------------------------------------------


@pytest.mark.parametrize("format_name", NAMES)
@settings(max_examples=ODD)
@given(report=odd_reports())
def test_an_odd_report_is_taken(format_name: str, report: Report) -> None:
    """Hostile text, odd points, any outcome: the platform's rules refuse none of them."""
    if report.verdict.score is None and format_name in NO_ZERO:
        return
    took = read(format_name, report)
    assert took.score is None or took.score >= 0


@pytest.mark.parametrize("format_name", NAMES)
def test_ten_thousand_findings_fit(format_name: str) -> None:
    """Within the platform's size, and what was left out is counted aloud."""
    line = Rubric(id="sound", title="The loop is sound", points=5)
    noisy = tuple(
        replace(STALE, step=step, what=f"step {step} {'x' * 500}") for step in range(10_000)
    )
    report = made(
        (scored(line, Status.FAILED, "much was found " * 10_000, findings=noisy),),
        handed_in=submission("x = 1"),
        ran=run(),
        of=exercise(rubric=(line,)),
        findings=noisy,
    )
    took = read(format_name, report)
    assert len(took.seen) < 1 << 20


# --- what must stay hidden ------------------------------------------------------------


@pytest.mark.parametrize("format_name", NAMES)
def test_nothing_of_a_hidden_check_is_seen_by_a_student(format_name: str) -> None:
    """Its message, details, crash and findings, and nothing that waits for the due date."""
    report = SAMPLES["hidden"]()
    assert "SECRET" not in read(format_name, report).seen


@pytest.mark.parametrize("format_name", ["gradescope", "prairielearn"])
def test_staff_read_what_a_hidden_check_said(format_name: str) -> None:
    """Where the platform keeps text for instructors."""
    document = formats.find(format_name).render(shown(SAMPLES["hidden"]()))
    assert "SECRET-MESSAGE" in document


@pytest.mark.parametrize("format_name", sorted(set(NAMES) - {"gradescope", "prairielearn"}))
def test_no_other_format_holds_it_at_all(format_name: str) -> None:
    """Whoever gets those files may be a student."""
    document = formats.find(format_name).render(shown(SAMPLES["hidden"]()))
    assert "SECRET" not in document


def test_after_the_due_date_what_waited_for_it_is_told() -> None:
    """The due date is the platform's or else the rubric's; before it nothing is told."""
    report = SAMPLES["hidden"]()
    own = replace(report, exercise=replace(report.exercise, due="2026-03-01T00:00:00+00:00"))
    assert "SECRET-PASS" in read("coursera", own).seen
    assert "SECRET-PASS" not in read("coursera", report).seen
    late = replace(report, handin=Handin(due="2026-03-01T00:00:00+00:00"))
    early = replace(report, handin=Handin(due="2026-03-05T00:00:00+00:00"))
    assert "SECRET-PASS" in read("coursera", late).seen
    assert "SECRET-PASS" not in read("coursera", early).seen
    assert "SECRET-MESSAGE" not in read("coursera", late).seen


# --- lines that are commands ----------------------------------------------------------


@given(text=hostile.map(lambda text: f"::notice::{text}\n  ::error::x\n##[group]{text}"))
def test_no_text_of_a_student_is_a_command(text: str) -> None:
    """Of GitHub's runner, in its new form or its old."""
    refuse_commands(no_commands(text))


def test_a_summary_can_not_be_broken_out_of() -> None:
    """Fences, tables, HTML and mentions of a student's text are text."""
    bad = "```\n# 10 of 10\n| a | b |\n<script>x</script> @everyone\n::notice::x"
    said = github_actions.summary(shown(poisoned(SAMPLES["debug_loop"](), bad)))
    refuse_commands(said)
    outside = "".join(part for part in said.split("````")[::2])
    assert "<script" not in outside
    assert "\n# 10" not in outside


@pytest.mark.parametrize(
    ("given_points", "scale"),
    [([1, 2], 1), ([0.5, 2], 2), ([0.3, 0.2], 10), ([1 / 3, 1], 3), ([], 1)],
)
def test_points_become_whole_numbers(given_points: list[float], scale: int) -> None:
    """By the least factor that does it."""
    assert whole_number_scale(given_points) == scale
