"""The class page: self-contained, harmless, countable, and usable in a real browser by keyboard."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import Browser
from bulk.test_journal import graded, hand_in
from grader.bulk import salvage
from grader.bulk.graded import Graded
from grader.bulk.hand_in import Class, Student
from grader.bulk.names import one_line
from grader.bulk.overview import Overview, overview
from grader.bulk.page import render

NEEDS_BROWSER = pytest.mark.skipif(
    shutil.which("chromedriver") is None, reason="needs Debian's chromium and chromium-driver"
)
NASTY = "<script>alert(1)</script>\"'&\u202e"


def _finding(rule: str, line: int) -> dict[str, Any]:
    return {"rule": rule, "level": "error", "file": "a.py", "line": line, "cell": None,
            "step": 1, "what": f"{rule} happened 3 times {NASTY}", "evidence": [], "fix": "mend it",
            "why": "because"}  # fmt: skip


def _check(name: str, status: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, "title": f"It {name}", "status": status, "message": facts.get("said", ""),
            "score": 1.0 if status == "passed" else 0.0, "max_score": 1.0, "visibility": "public",
            "findings": facts.get("findings", []), "crash": facts.get("crash"),
            "details": []}  # fmt: skip


def _one(number: int) -> Graded:
    """A student's result: of ten, five are right, three have a finding, two crash."""
    kind = number % 10
    outcome = "ok" if kind < 8 else "crashed"
    base = graded(1.0 if kind < 5 else 0.5 if kind < 8 else 0.0, outcome)
    crash = {
        "type": "ValueError", "message": f"bad number {number}", "explanation": "",
        "values": [], "frames": [{"file": "a.py", "line": 2, "cell": None, "source": "    f(x)"}],
    }  # fmt: skip
    found = [_finding("gradients-not-cleared", 2)] if 5 <= kind < 8 else []
    result = {
        **base.result,
        "max_score": 2.0,
        "score": 2.0 * float(base.result["score"]),
        "submission": {"name": "a.py", "sha256": f"{number // 2:064x}", "kind": "module"},
        "findings": found,
        "checks": [
            _check("learns", "passed" if kind < 8 else "failed", crash=crash if kind > 7 else None),
            _check("clears", "passed" if kind < 5 else "failed", findings=[0] if found else [],
                   said=f"{number} left" if kind > 7 else ""),
        ],
    }  # fmt: skip
    lines = [[(1, "  for x in y:"), (2, f"    step({NASTY})")]] if found else []
    return Graded(result=result, page=base.page, excerpts=lines)


def _class(tmp: Path, count: int) -> Overview:
    hand_ins = tuple(hand_in(one_line(f"student {n:04} {NASTY if n == 1 else ''}"), stem=f"s{n}",
                             late=n % 7 == 0) for n in range(count))  # fmt: skip
    missing = (Student(name=one_line("Away " + NASTY)),)  # as the intake gives names
    with salvage.opened(tmp / "j.sqlite", "tiny", print) as journal:
        journal.put_all((f"k{n}", _one(n)) for n in range(count))
        found = Class(hand_ins=hand_ins, missing=missing, unknown=missing)
        journal.set_class(found, {n: f"k{n}" for n in range(count)}, "latest")
        return overview(journal, "A class", "tiny")


def test_what_it_counts(tmp_path: Path) -> None:
    """Scores, checks, and what went wrong, by how many students it happened to."""
    found = _class(tmp_path, 100)
    assert (len(found.lines), found.full, found.median) == (100, 50, 1.5)
    assert found.bins == [20, 0, 0, 0, 0, 30, 0, 0, 0, 50]
    assert [(c.id, c.passed, c.failed) for c in found.checks.values()] == [
        ("learns", 80, 20),
        ("clears", 50, 50),
    ]
    assert [(c.kind, c.name, len(c.students)) for c in found.causes] == [
        ("finding", "gradients-not-cleared", 30),
        ("crash", "ValueError: bad number #", 20),
        ("check", "clears: # left", 20),
    ]
    assert found.causes[0].lines[0] == (1, "for x in y:")
    assert len(found.alike) == 50


def test_it_is_one_harmless_file(tmp_path: Path) -> None:
    """Nothing is fetched from anywhere, and what students wrote stays text."""
    page = render(_class(tmp_path, 30))
    assert not re.search(r"(?i)(?:src|href)\s*=\s*[\"']?(?:https?:|//|data:)", page)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert page.count("<script") == 1


def test_its_size_for_a_thousand(tmp_path: Path) -> None:
    """A class of 1,000 is less than a megabyte."""
    assert len(render(_class(tmp_path, 1000)).encode()) < 1 << 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or ""
    service = Service(shutil.which("chromedriver"), env=dict(os.environ))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@NEEDS_BROWSER
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wcag(browser: Any, tmp_path: Path, scheme: str) -> None:
    """No violation of WCAG 2.2 A or AA, in either colour scheme."""
    window = Browser(browser, tmp_path)
    window.scheme(scheme)
    window.open(render(_class(tmp_path, 40)), 1280)
    window.unfold()
    assert window.violations() == []


@NEEDS_BROWSER
def test_the_keyboard_is_enough(browser: Any, tmp_path: Path) -> None:
    """Filtering, sorting both ways, and hiding names, under the page's own policy."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    path = tmp_path / "index.html"
    path.write_text(render(_class(tmp_path, 1000)), encoding="utf-8")
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": False})
    browser.get(path.as_uri())
    browser.get_log("browser")  # what earlier pages said

    def first() -> str:
        return str(browser.execute_script(
            "return [...document.querySelectorAll('#table tbody tr')].find((r) => !r.hidden)"
            ".textContent.trim()"))  # fmt: skip

    browser.find_element(By.ID, "filter").send_keys("crashed 0009")
    assert browser.find_element(By.ID, "shown").text == "1 of 1000 shown"
    assert "student 0009" in first()
    browser.find_element(By.ID, "filter").send_keys(Keys.CONTROL, "a")
    browser.find_element(By.ID, "filter").send_keys(Keys.DELETE)
    score = browser.find_elements(By.CSS_SELECTOR, "#table thead button")[1]
    score.send_keys(Keys.ENTER)
    assert "crashed" in first()
    score.send_keys(Keys.ENTER)
    assert "student 0000" in first()
    head = browser.find_elements(By.CSS_SELECTOR, "#table thead th")[1]
    assert head.get_attribute("aria-sort") == "descending"
    browser.find_element(By.ID, "anonymous").send_keys(Keys.SPACE)
    shown = browser.find_element(By.TAG_NAME, "body").text
    assert "student 0000" not in shown
    assert "student 1\n" in shown or "student 1 " in shown
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
