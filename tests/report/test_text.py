"""The whole report as text: its shape, what it hides, and that a terminal survives it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import wcwidth
from hypothesis import given, settings

from grader.model import Isolation, IsolationLevel, Output, Report
from grader.report import text as report_text
from poison import hostile, poisoned

GOLDEN = Path(__file__).parent / "golden"
ANSI = re.compile(r"\x1b\[\d+m")
Sample = Callable[[str], Report]


def render_text(report: Report, *, color: bool, width: int, hints: int = 0) -> str:
    """Everything, as `--full` tells it and platforms get it."""
    return report_text.render_text(report, color=color, width=width, hints=hints, full=True)


def test_each_sample_reads_as_agreed(name: str, sample: Sample) -> None:
    """The text of each sample is the golden one (write anew with UPDATE_GOLDEN=1)."""
    text = render_text(sample(name), color=False, width=100)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_colour_changes_no_word(name: str, sample: Sample) -> None:
    """Without its ANSI codes the coloured text is the plain one, and plain text has no code."""
    plain = render_text(sample(name), color=False, width=100)
    coloured = render_text(sample(name), color=True, width=100)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert ANSI.sub("", coloured) == plain


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_lines_fit_the_terminal(name: str, sample: Sample, width: int) -> None:
    """No line is wider than the terminal, down to 40 columns."""
    for line in render_text(sample(name), color=False, width=width).splitlines():
        assert len(line) <= width, line


@pytest.mark.parametrize("width", [60, 100])
def test_wide_letters_fit_the_terminal(sample: Sample, width: int) -> None:
    """Lines are measured in columns: names, reasons, code and output in wide letters fit too."""
    wide = "東京都庁舎 " * 60
    report = sample("crashed")
    run = replace(report.run, reason=wide, notes=(wide,), output=Output(stdout=wide, stderr=wide))
    report = replace(report, run=run, submission=replace(report.submission, name=f"{wide}.py"))
    text = render_text(report, color=False, width=width)
    assert text.count("東京") > 100
    assert max(map(wcwidth.wcswidth, text.splitlines())) <= width


def test_a_failed_check_has_the_agreed_shape(sample: Sample) -> None:
    """Message, rule, place with the student's line, evidence, fix and page, in this order."""
    text = render_text(sample("debug_loop"), color=False, width=120)
    assert (
        "  error gradients-not-cleared: step 2 adds its gradients to those of step 1\n"
        "    loop.py:19   loss.backward()\n"
        "    Before this backward pass: those of step 1 (expected: no gradients).\n"
        "    fix: clear the gradients once per step, before this line\n"
        "    more: grade explain gradients-not-cleared\n"
    ) in text


def test_a_cause_is_explained_once(sample: Sample) -> None:
    """A finding that explains a second failed check is named there, not told again."""
    text = render_text(sample("debug_loop"), color=False, width=100)
    assert text.count("fix: lower the learning rate") == 1
    assert "error learning-rate-too-high at loop.py:10 (explained above)" in text


def test_what_is_left_out_is_counted_aloud(sample: Sample) -> None:
    """Below a check stand three findings at most, and the number of the others."""
    text = render_text(sample("very_long"), color=False, width=100)
    assert text.count("more: grade explain") == 3
    assert "and 2 more findings are not shown" in text


def test_hidden_checks_give_nothing_away(sample: Sample) -> None:
    """A hidden check and one before its due date show title and points, and nothing else."""
    text = render_text(sample("hidden"), color=False, width=100)
    assert "SECRET" not in text
    assert "secret-" not in text
    assert "Works for unusual shapes (hidden check" in text
    assert "Survives extreme inputs (details are shown after the due date)" in text


def test_a_known_error_is_explained_below_its_line(sample: Sample) -> None:
    """The student's line, the sentence, the values of the line; the error's own text last."""
    text = render_text(sample("crashed"), color=False, width=100)
    assert (
        "  loop.py:25   loss = criterion(model(images), labels)\n"
        "  The layer takes inputs with 784 numbers in the last dimension and got 28: each of the "
        "64 samples\n"
        "  in images has to be flattened first.\n"
        "  model: module Sequential\n"
        "  images: float32 tensor of shape (64, 1, 28, 28)\n"
        "  the layer: module Linear(in_features=784, out_features=256, bias=True)\n"
        "  RuntimeError: mat1 and mat2 shapes cannot be multiplied (1792x28 and 784x256)\n"
    ) in text
    assert text.count("mat1 and mat2") == 1


def test_hints_come_level_by_level(sample: Sample) -> None:
    """None unless asked for; then so many of each failed check, and the way to the next."""
    text = render_text(sample("debug_loop"), color=False, width=100)
    assert "hint 1" not in text
    assert "--hints 1" in text
    text = render_text(sample("debug_loop"), color=False, width=100, hints=2)
    assert "    hint 1: " in text
    assert "    hint 2: " in text
    assert "hint 3" not in text
    assert "more for learning_rate, zero_grad" in text
    assert "--hints 3" in text
    assert "Hints" not in render_text(sample("debug_loop"), color=False, width=100, hints=3)


def test_hints_of_hidden_checks_are_never_told(sample: Sample) -> None:
    """However many are asked for."""
    assert "SECRET" not in render_text(sample("hidden"), color=False, width=100, hints=9)


def test_a_file_that_never_ran_was_not_isolated(sample: Sample) -> None:
    """It did not run at all, and no more than that is said."""
    base = sample("invalid")
    nothing = Isolation(level=IsolationLevel.NONE)
    ran = replace(base.run, wall_s=0.0, isolation=nothing, crash=None, reason="it is empty")
    text = render_text(replace(base, run=ran), color=False, width=100)
    assert "Isolation  your program did not run\n" in text
    assert "without isolation" not in text


def test_a_fault_of_the_grader_is_named_as_such(sample: Sample) -> None:
    """The student reads whose fault it was, and loses no score to it."""
    text = render_text(sample("grader_fault"), color=False, width=100)
    assert "not scored   the grader failed, not your code" in text
    assert "0 of 10" not in text


@settings(max_examples=60, deadline=None)
@given(bad=hostile)
def test_student_text_does_no_harm_to_a_terminal(sample: Sample, bad: str) -> None:
    """Whatever a student writes, a terminal gets printable characters and no forged line."""
    text = render_text(poisoned(sample("debug_loop"), bad), color=False, width=90)
    text.encode("utf-8")
    odd = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert odd <= {"\n", "\u200c", "\u200d"}
    assert not re.search(r"^✓ learns", text, re.MULTILINE)
    assert len(text) < 60_000


def test_a_diagnosis_counts_findings_instead_of_points(sample: Sample) -> None:
    """A script that belongs to no exercise gets its findings and no score."""
    text = render_text(sample("diagnosis"), color=False, width=100)
    assert text.startswith("diagnose   loop.py   2 findings\n")
    assert " of " not in text.split("\n")[0]


def test_text_needs_neither_jinja_nor_pygments() -> None:
    """What only the HTML report needs is not loaded for a line on the terminal."""
    script = (
        "import sys, grader.report.text; "
        "sys.exit(any(name in sys.modules for name in ('jinja2', 'pygments', 'torch')))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
