"""What happens to text before it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.export.json import to_result
from grader.model import Cell, Output, Report
from grader.shown.harmless import (
    columns,
    cut,
    entered,
    harmless,
    one_line,
    printed,
    scrubbed,
    visible,
    within,
)
from grader.shown.view import shown


@pytest.mark.parametrize(
    ("raw", "shown_as"),
    [
        ("a\x00b", "a␀b"),
        ("\x1b[31mred", "␛[31mred"),
        ("if admin:\u202e # reversed", "if admin:⟨U+202E⟩ # reversed"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("\tx", "    x"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("no\u2028line", "no⟨U+2028⟩line"),
        ("Zürich 東京 👩\u200d🔬 שלום", "Zürich 東京 👩\u200d🔬 שלום"),
        ("e" + "\u0301" * 30, "e" + "\u0301" * 4),
        ("def f(\u3164=None)", "def f(⟨U+3164⟩=None)"),
        ("x\u1160\uffa0\u2800\u034f", "x⟨U+1160⟩⟨U+FFA0⟩⟨U+2800⟩⟨U+034F⟩"),
        ("pass\u200cword", "pass⟨U+200C⟩word"),
        ("a\ufe0fb", "a⟨U+FE0F⟩b"),
        ("tag\U000e0041\U000e0100", "tag⟨U+E0041⟩⟨U+E0100⟩"),
        (
            "1\ufe0f\u20e3 ❤\ufe0f\u200d🔥 שלום\u200cש",
            "1\ufe0f\u20e3 ❤\ufe0f\u200d🔥 שלום\u200cש",
        ),
    ],
)
def test_odd_characters_become_visible(raw: str, shown_as: str) -> None:
    """Controls, bidi overrides and invisible characters get a sign; every script stays."""
    assert visible(raw) == shown_as


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b[1;31mloss\x1b[0m 2.3", "loss 2.3"),
        ("\x1b]0;own title\x07text", "text"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        (" 10%\r 50%\r100%\n", "100%\n"),
        ("windows\r\nline\r\n", "windows\nline\n"),
        ("loss 1.0\b\b\b2.5\b\b", "loss 2.5"),
        ("\b\bx\b\b\by", "y"),
        ("a 0%\n\rb 0%\x1b[A\n\rb 9%\x1b[A\ra 9%\n\n", "a 9%\nb 9%\n"),
        ("one\ntwo\x1b[9A\rONE", "ONE\ntwo"),
        ("\x1b]never closed\nnext", "\nnext"),
        ("\x9b2Jcleared", "cleared"),
    ],
)
def test_output_reads_as_a_terminal_would_leave_it(raw: str, seen: str) -> None:
    """Escape sequences go, and a progress bar keeps its last state."""
    assert printed(raw) == seen


def test_cutting_says_how_much_is_gone() -> None:
    """A text that is cut ends with the number of characters left out."""
    assert cut("abcdef", 4) == "abcd… (2 more characters)"
    assert one_line("two\nlines of text", 10) == "two lines…"
    assert cut(cut("x" * 3_000, 4), 4) == "xxxx… (2,996 more characters)"


def test_lines_are_measured_in_columns() -> None:
    """Letters that take two columns count as two, marks as none, and none is cut in half."""
    assert columns("東京e\u0301 ab") == 8
    assert one_line("東京都庁舎", 10) == "東京都庁舎"
    assert one_line("東京都庁舎", 8) == "東京都…"
    assert one_line("e\u0301" * 10, 10) == "e\u0301" * 10
    assert columns(within("ab東京", 3)) <= 3
    assert within("x" * 100_000, 5) == "xxxxx"


def test_what_is_clean_stays_as_it_is() -> None:
    """Cleaning where text enters and again where it is shown is the same as once."""
    odd = "\x1b[2Ja\u3164\u202e\t\ud800 pass\u200cword 東京 e\u0301"
    assert visible(visible(odd)) == visible(odd)
    assert scrubbed(scrubbed(odd)) == scrubbed(odd)
    long = scrubbed("x" * 10_000)
    assert scrubbed(long) is long


def test_a_report_is_cleaned_where_it_enters(clean: Report) -> None:
    """Reasons, notes and names have no escape sequence for any format that comes later."""
    told = "\x1b[2J\x1b[1;1H10 of 10\x1b]0;mine\x07\u202e"
    run = replace(clean.run, reason=told, notes=(told,), output=Output(stdout=told, stderr=told))
    report = entered(replace(clean, run=run))
    assert report.run.reason == "10 of 10⟨U+202E⟩"
    assert "\x1b" not in json.dumps(to_result(report))
    assert "\\u001b" not in json.dumps(to_result(report))
    assert report.exercise is clean.exercise


def test_code_keeps_its_lines(clean: Report) -> None:
    """Cleaning never moves a line: findings must point at the line that they mean."""
    source = "a = 1\r\nb = '\x1b[2J'\rc = '\u2028'\n\x0c\nd = 2"
    cells = (Cell(number=0, source=source),)
    report = replace(clean, submission=replace(clean.submission, cells=cells))
    lines = harmless(report).submission.cells[0].source.split("\n")
    assert [line[:1] for line in lines] == ["a", "b", "c", "␌", "d"]


def test_output_is_kept_from_its_end(clean: Report) -> None:
    """Of a long output the tail is shown, and the cut is said."""
    noisy = replace(clean, run=replace(clean.run, output=Output(stdout="x\n" * 100_000 + "end")))
    output = harmless(noisy).run.output
    assert output.stdout.endswith("end")
    assert len(output.stdout) <= 64 << 10
    assert output.truncated


def test_escape_floods_are_cleaned() -> None:
    """Half a megabyte of unfinished escape sequences is done with in one pass."""
    assert printed("\x1b[" + "0" * 500_000).endswith("0" * 499_999)
    assert printed("\x1b]" * 250_000) == ""
    assert "\x1b" not in printed("\x1b[0" * 170_000)
    assert len(printed("x\x1b[A" * 200_000)) < 100
    assert printed("x\n\x1b[A" * 200_000).strip() == "x"
    assert printed("x\b" * 200_000 + "y" * 200_000) == "y" * 200_000


def test_a_hidden_check_is_emptied_before_any_renderer(sample: Callable[[str], Report]) -> None:
    """Nothing but the part for staff keeps what only a hidden check knew."""
    show = shown(sample("hidden"))
    learners = replace(show, for_staff=(), exercise=sample("debug_loop").exercise)
    assert "SECRET" not in repr(learners)
    assert "SECRET" in repr(show.for_staff)


@pytest.fixture(name="clean")
def a_clean_pass(sample: Callable[[str], Report]) -> Report:
    """A report with nothing odd in it."""
    return sample("clean_pass")
