"""The style guide (docs/style.md), where a machine can hold it: words, numbers, reading level."""

from __future__ import annotations

import ast
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
from style_guide import PERCENT, SINGULAR, faults

ROOT = Path(__file__).parents[1]
MEDIAN_GRADE = 9.0


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


@pytest.mark.parametrize("corpus", ["examples", "hints"])
def test_no_hint_is_above_grade_ten(corpus: str) -> None:
    """Who asks for a hint is stuck already."""
    hard = {name: round(grade(text), 1) for name, text in CORPORA[corpus]() if grade(text) > 10}
    assert hard == {}


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
    assert _words.count(1.0, "step") == "1 step"
    assert _words.count(2.5, "step") == "2.5 steps"
    assert _words.value(2.2537) == "2.25"
    assert _words.value(float("nan")) == "nan"
    assert _words.percent(0.125) == "12.5 %"


SENTENCES = ("what", "fix", "sentence")
COUNTED = re.compile(
    r"\{(?!count\()([^{}:]*)\} (?:backward passes|batches|labels|predictions|rows|samples|steps|"
    r"tensors|units|updates)\b"
)
"""A number of things that is written without ``count``; a name or a mean is none."""


def _template(node: ast.expr) -> str:
    """A text as it stands in the code of a rule; what is put in stands between braces."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (
            part.value if isinstance(part, ast.Constant) else f"{{{_put_in(part)}}}"
            for part in node.values
        )
        return "".join(map(str, parts))
    return ""  # made elsewhere: what comes of it is held by the cases of the rule


def _put_in(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    return ast.unparse(part.value) + (":" + _template(part.format_spec) if part.format_spec else "")


def _rule_sentences() -> Iterator[tuple[str, str, str]]:
    """Rule, kind and template of each sentence that a rule's code has."""
    for path in sorted(Path(rules_package.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in SENTENCES:
                text = _template(node.value)
                if text:
                    yield path.stem, node.arg, text


RULE_SENTENCES = list(_rule_sentences())


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_sentence_of_a_rule_keeps_to_the_guide(kind: str) -> None:
    """Stops, capitals, per cent, no blame; things are counted by ``count``, which knows of one."""
    texts = [(rule, text) for rule, its, text in RULE_SENTENCES if its == kind]
    assert len(texts) > 40
    wrong = []
    for rule, text in texts:
        plain = re.sub(r"\{[^{}]*\}", "x", text)
        if kind == "sentence" and text[0].islower():
            wrong.append(f"{rule}: a sentence begins with a capital letter: {text}")
        wrong += [f"{rule}: {fault}: {text}" for fault in faults(kind, plain)]
        if re.search(r"\{[^{}]*%\}", text):
            wrong.append(f"{rule}: per cent is written by percent: {text}")
        for found in COUNTED.finditer(text):
            if not found[1].endswith("name"):
                wrong.append(f"{rule}: not counted by count: {found[0]}")
    assert wrong == []


@pytest.mark.parametrize("kind", SENTENCES)
def test_the_median_sentence_of_a_rule_is_read_at_grade_nine(kind: str) -> None:
    """Numbers and names that are put in left out."""
    texts = [re.sub(r"\{[^{}]*\}", "5", text) for _, its, text in RULE_SENTENCES if its == kind]
    assert statistics.median(map(grade, texts)) <= MEDIAN_GRADE
