"""The part of a line that a finding is about, by the syntax tree of the file that it is in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.shown.focus import focus, span
from grader.shown.spans import MOST_TEXT, span_at
from grader.shown.view import shown
from sample_code import LOOP
from sample_parts import submission
from samples import debug_loop

SGD = """\
optimizer = SGD(  # a comment, (with a bracket
    model.parameters(),
    lr=100.0,
)
"""


@pytest.mark.parametrize(
    ("source", "line", "rule", "marked"),
    [
        ("x = f(1) == g('#')  # x = 2", 1, "any", "f(1) == g('#')"),
        ("a[b == c] = d[e := 1]", 1, "any", "d[e := 1]"),
        ("a = b = c(1)", 1, "any", "c(1)"),
        ("x: int = y(2)", 1, "any", "y(2)"),
        ("total += loss.item()", 1, "any", "loss.item()"),
        ("ä = '€'; ö = f('ü')", 1, "any", "'€'"),
        ("def f(x):\n    return x.softmax(1)  # no", 2, "any", "x.softmax(1)"),
        ("for x, y in loader: pass", 1, "any", "loader"),
        ("with torch.no_grad():\n    f()", 1, "any", "torch.no_grad()"),
        ("s = SGD(p, m=0.9, lr=1e2 if a else b)", 1, "learning-rate-too-low", "lr=1e2 if a else b"),
        ("opt = SGD(p, f(lr=1), 100.0)", 1, "any", "SGD(p, f(lr=1), 100.0)"),
        (SGD, 1, "learning-rate-too-high", "SGD("),
        (SGD, 3, "learning-rate-too-high", "lr=100.0"),
        (SGD, 3, "any", "100.0"),
        ("f(x).sum().backward(); opt.step()", 1, "gradients-not-cleared", "f(x).sum().backward()"),
        ("f(x).sum().backward(); opt.step()", 1, "gradients-cleared-before-step", "opt.step()"),
        ("loss = f(\n    g(x), y)", 2, "any", "g(x)"),
    ],
)  # fmt: skip
def test_the_node_that_is_meant(source: str, line: int, rule: str, marked: str) -> None:
    """The rate or the call that the rule is about, else what the statement computes."""
    found = span_at(source, line, rule)
    assert found is not None
    assert source.split("\n")[line - 1][found[0] : found[1]] == marked


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%matplotlib inline\nx = f(1)", 2),
        ("x = (", 1),
        ("x = f(1)", 9),
        ("x = f(1)", 0),
        ("pass", 1),
        ("\n\n", 2),
        ("(" * 5000 + ")" * 5000, 1),
        ("x = f(1)\n" + "#" * MOST_TEXT, 1),
    ],
)
def test_nothing_is_said_where_there_is_no_tree_or_no_node(source: str, line: int) -> None:
    """The line's own form tells then, as well as it can."""
    assert span_at(source, line, "any") is None


def test_a_report_underlines_what_the_tree_says() -> None:
    """In a call over several lines, of which the finding names the first."""
    text = LOOP.replace("torch.optim.SGD(model.parameters(), lr=100.0)", "SGD(  # big\n    p,\n)")
    lead = focus(shown(replace(debug_loop(), submission=submission(text))))
    assert lead is not None
    marked = span(lead)
    assert marked is not None
    assert lead.source[slice(*marked)] == "SGD("
