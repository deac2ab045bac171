"""A hint with code in it: paragraphs flow, code keeps its lines, on every width and page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.model import Report
from grader.report.html import render_html
from grader.report.text import render_text
from grader.shown.blocks import Block, blocks
from grader.shown.harmless import columns

Sample = Callable[[str], Report]
LONG = "print('" + "far " * 12 + "')  # <b>"
HINT = f"""A worked example.

Call `a` first,
then `b`.

```python
for a in "ab":
    {LONG}

b = 1
```

Then c."""


def with_hint(report: Report) -> Report:
    """The report, with the hint as the last of each check."""
    rubric = tuple(replace(line, hints=("Look.", HINT)) for line in report.exercise.rubric)
    checks = tuple(
        replace(each, rubric=replace(each.rubric, hints=("Look.", HINT)))
        for each in report.verdict.checks
    )
    verdict = replace(report.verdict, checks=checks)
    return replace(report, exercise=replace(report.exercise, rubric=rubric), verdict=verdict)


def test_a_hint_is_paragraphs_and_code() -> None:
    """A folded text of YAML is one paragraph."""
    first, second, code, last = blocks(HINT)
    assert (first, last) == (Block("A worked example."), Block("Then c."))
    assert second == Block("Call `a` first, then `b`.")
    assert code == Block(f'for a in "ab":\n    {LONG}\n\nb = 1', is_code=True)
    assert list(blocks("One\nline.")) == [Block("One line.")]
    assert list(blocks("")) == []


@pytest.mark.parametrize("full", [False, True])
def test_code_keeps_its_lines_in_a_terminal(sample: Sample, *, full: bool) -> None:
    """Indented below the hint; without the backticks of the text around it."""
    text = render_text(with_hint(sample("debug_loop")), color=False, width=100, hints=2, full=full)
    pad = " " * (14 if full else 10)
    assert f'\n\n{pad}for a in "ab":\n{pad}    {LONG}\n\n{pad}b = 1\n\n' in text
    assert "Call a first, then b." in text
    assert "```" not in text


@pytest.mark.parametrize("full", [False, True])
def test_code_that_is_too_wide_goes_on_below(sample: Sample, *, full: bool) -> None:
    """Nothing of it is lost."""
    text = render_text(with_hint(sample("debug_loop")), color=False, width=40, hints=2, full=full)
    assert "".join(LONG.split()) in "".join(text.split())
    start = text.index("for a in")
    assert max(map(columns, text[start : text.index("Then c.")].split("\n"))) <= 40


def test_code_is_preformatted_on_the_page(sample: Sample) -> None:
    """And escaped as everything is."""
    page = render_html(with_hint(sample("debug_loop")))
    code = LONG.replace("'", "&#39;").replace("<b>", "&lt;b&gt;")
    assert f'translate="no">for a in &#34;ab&#34;:\n    {code}\n\nb = 1</pre>' in page
    assert '<p>Call <code translate="no">a</code> first, then' in page
