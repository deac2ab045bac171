"""The report in Debian's Chromium: each state of it, wide and narrow, light and dark, on paper."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from browser import MISSING, Browser, opened
from grader.model import Report
from grader.report.html import render_html

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
Sample = Callable[[str], Report]

WIDE, NARROW = 1280, 390
TALLEST = {"starter": 2200, "clean_pass": 1800, "component": 1500, "long_file": 1500,
           "long_output": 1900, "long_notebook": 3000}  # fmt: skip
SHEETS = {"starter": 3, "component": 2, "long_file": 2, "long_output": 2, "invalid": 2}
LARGEST = 2_000_000  # bytes
SLOWEST_S = 1.0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all states."""
    with opened() as window:
        yield window


def test_a_state_is_sound(browser: Browser, state: str, sample: Sample) -> None:
    """It loads nothing, fits a desk's window and a phone's, and breaks no rule of WCAG 2.2 AA.

    Wide in light and narrow in dark: colours don't depend on the width, and the other two pairs
    are in the table of docs/report.md, as are the limits on heights, sheets and bytes.
    """
    page = render_html(sample(state))
    assert len(page.encode()) < LARGEST
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        browser.scheme(scheme)
        browser.requests()
        browser.open(page, width)
        assert browser.requests() == []
        if width == WIDE:
            assert browser.height() <= TALLEST.get(state, 4000)
            assert state not in SHEETS or browser.pages() <= SHEETS[state]
        assert browser.overflow() == 0
        browser.unfold()
        assert browser.overflow() == 0
        assert browser.violations() == []


@pytest.mark.parametrize("large", ["long_file", "long_output", "long_notebook"])
def test_what_is_large_opens_at_once(browser: Browser, large: str, sample: Sample) -> None:
    """50,000 lines, a million printed, 150 cells: parsed and laid out within a second."""
    page = render_html(sample(large))
    took = []
    for _ in range(3):
        start = time.perf_counter()
        browser.open(page, WIDE)
        browser.height()
        took.append(time.perf_counter() - start)
    assert min(took) < SLOWEST_S


def test_it_unfolds_without_javascript(browser: Browser, sample: Sample) -> None:
    """A click opens a hint in a browser that runs no script."""
    browser.open(render_html(sample("starter")), WIDE)
    at = (
        "const s = document.querySelector('.hint summary');"
        "s.scrollIntoView({block: 'center', behavior: 'instant'});"
    )
    x, y = browser.js(at + "const r = s.getBoundingClientRect(); return [r.x + 20, r.y + 8]")
    browser.without_scripts(lambda: browser.click(x, y))
    assert browser.js("return document.querySelector('.hint').open")


def test_the_keyboard_shows_where_it_is(browser: Browser, sample: Sample) -> None:
    """Each thing that Tab reaches has an outline, and the first of them skips to the report."""
    browser.open(render_html(sample("starter")), WIDE)
    said = []
    for _ in range(12):
        browser.press("Tab")
        said.append(browser.js(
            "const e = document.activeElement; "
            "return [e.textContent.trim().slice(0, 20), getComputedStyle(e).outlineStyle]"
        ))  # fmt: skip
    assert said[0][0] == "Skip to the report"
    assert {style for _, style in said} == {"solid"}
