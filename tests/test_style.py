"""The style guide (docs/style.md), where a machine can hold it: words, numbers, reading level."""

from __future__ import annotations

import importlib
import pkgutil
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from markupsafe import Markup

import grader.rules as rules_package
from grader import worked
from grader.checks.agreement import CheckFailed, compare
from grader.report.html import render_html
from grader.report.text import render_text
from grader.rules import _words
from reading_level import grade
from states import ALL

ROOT = Path(__file__).parents[1]
MEDIAN_GRADE = 9.0
SINGULAR = re.compile(
    r"(?<![\d.,·])\b1 (?:(?:forward|backward) passes|steps|tensors|checks|findings|lines|updates|"
    r"epochs|digits|points|cells|times|parameters|images)\b"
)
PERCENT = re.compile(r"\d%(?![\w(])")


def _hints() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "rubrics").glob("*.yaml")):
        for check in yaml.safe_load(path.read_text(encoding="utf-8"))["checks"]:
            for level, hint in enumerate(check.get("hints", []), 1):
                yield f"{path.stem}.{check['id']} {level}", hint


def _examples() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / worked.FOLDER).glob("*.md")):
        yield path.stem, path.read_text(encoding="utf-8")


def _reasons() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(rules_package.__path__):
        rule = importlib.import_module(f"grader.rules.{module.name}")
        if hasattr(rule, "WHY"):
            yield module.name, rule.WHY


def _tasks() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "exercises").glob("*/task.md")):
        yield path.parent.name, path.read_text(encoding="utf-8")


CORPORA = {"examples": _examples, "hints": _hints, "reasons": _reasons, "tasks": _tasks}


@pytest.mark.parametrize("corpus", sorted(CORPORA))
def test_the_median_text_is_read_at_grade_nine(corpus: str) -> None:
    """By Flesch and Kincaid's formula, code and formulas left out."""
    grades = [grade(text) for _, text in CORPORA[corpus]()]
    assert len(grades) > 10
    assert statistics.median(grades) <= MEDIAN_GRADE


@pytest.mark.parametrize("corpus", sorted(CORPORA))
def test_percent_is_written_in_one_way(corpus: str) -> None:
    """``85 %``: a number, a space, the sign; not in code, where it means something else."""
    wrong = {
        name: found[0]
        for name, text in CORPORA[corpus]()
        if (found := PERCENT.search(re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)))
    }
    assert wrong == {}


def _shown(state: str) -> str:
    """What the page and the text of a report say, without what the student wrote and printed."""
    report = ALL[state]()
    page = re.sub(r"(?s)<(style|code|pre)\b.*?</\1>", "", render_html(report))
    text = re.sub(r"(?m)^(?:\s*\d* \|| *\|).*$", "", render_text(report, color=False, width=100))
    return str(Markup(page).striptags()) + "\n" + text


STATES = sorted(set(ALL) - {"odd_text", "long_notebook", "long_file", "very_long", "long_output"})


@pytest.mark.parametrize("state", STATES)
def test_what_is_shown_keeps_to_the_guide(state: str) -> None:
    """One step is no "1 steps", per cent has one form, and no backtick is left raw."""
    said = _shown(state)
    assert SINGULAR.findall(said) == []
    assert [said[at.start() - 30 : at.end()] for at in PERCENT.finditer(said)] == []
    assert "`" not in str(Markup(re.sub(r"(?s)<(style|code|pre)\b.*?</\1>", "",
                                        render_html(ALL[state]()))).striptags())  # fmt: skip


def test_expected_and_got_are_in_view() -> None:
    """Within the first hundred columns, whatever the thing that differs is called."""
    with pytest.raises(CheckFailed) as raised:
        compare(torch.zeros(2, 3), torch.ones(2, 3), what="the output of forward() of Attention")
    (line,) = raised.value.details
    assert "expected" in line[:100]
    assert re.search(r"got \S+", line[:100])


def test_numbers_of_rules_are_written_in_one_way() -> None:
    """One pass, two passes; three digits; per cent with a space."""
    assert _words.count(1, "forward pass") == "1 forward pass"
    assert _words.count(1250, "forward pass") == "1,250 forward passes"
    assert _words.count(2, "step") == "2 steps"
    assert _words.value(2.2537) == "2.25"
    assert _words.value(float("nan")) == "nan"
    assert _words.percent(0.125) == "12.5 %"
