"""The HTML report: one file, no injection, what it shows and what it keeps back."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar, Self

import pytest
from hypothesis import given, settings

from grader.model import Cell, Place, Report
from grader.report import html as html_module
from grader.report.html import render_html
from grader.shown.harmless import visible
from poison import hostile, poisoned

Sample = Callable[[str], Report]
CSS = (Path(html_module.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")

UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
VOID = {"meta", "line", "polyline", "circle", "path", "rect", "br", "hr", "img"}
TAGS = {
    *("meta", "line", "polyline", "circle", "path", "rect", "mark"),
    *("html", "head", "title", "style", "body", "header", "nav", "main", "footer", "section"),
    *("article", "aside", "div", "p", "span", "a", "b", "bdi", "h1", "h2", "h3", "h4", "ul", "ol"),
    *("li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure"),
    *("figcaption", "svg", "desc", "text", "details", "summary", "pre", "code"),
}
RICH = {
    *("br", "hr", "kbd", "samp", "var", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup"),
    *("small", "mark", "q", "abbr", "blockquote", "h5", "h6", "tfoot", "img"),
}
ATTRIBUTES = {
    *("id", "class", "href", "lang", "dir", "charset", "content", "name", "http-equiv", "scope"),
    *("tabindex", "translate", "role", "open", "aria-label", "aria-labelledby", "aria-hidden"),
    *("viewbox", "width", "height", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r"),
    *("points", "text-anchor", "src", "alt", "title", "aria-level", "colspan", "rowspan"),
    "preserveaspectratio",
}


@dataclass
class Page(HTMLParser):
    """A strict reading of a page: known tags and attributes only, every element closed."""

    known: ClassVar[set[str]] = TAGS
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, source: str) -> Self:
        """Read a page to its end, which must close every element."""
        page = cls()
        HTMLParser.__init__(page, convert_charrefs=True)
        page.feed(source)
        page.close()
        assert not page.open, f"left open: {page.open}"
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a known element with known attributes, none of them twice."""
        assert tag in self.known, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES, attrs
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element that closes itself, as SVG's do."""
        assert tag in VOID, tag
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element, and no other."""
        assert self.open.pop() == tag, tag

    def handle_comment(self, data: str) -> None:
        """Refuse comments: we write none."""
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text of the page, run together."""
        return "".join(self.texts)

    def values(self, attribute: str) -> list[str]:
        """Every value of one attribute, in order."""
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]

    def having(self, css_class: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a class."""
        return [a for _, a in self.tags if css_class in (a.get("class") or "").split()]


class NotebookPage(Page):
    """A page in which a notebook's own elements may stand too."""

    known = TAGS | RICH


@pytest.fixture
def page(state: str, sample: Sample) -> Page:
    """A sample's page, read strictly."""
    return NotebookPage.of(render_html(sample(state)))


def test_every_sample_is_well_formed_with_unique_anchors(page: Page) -> None:
    """Known elements only, all closed; no id twice, and each link of the page has its target."""
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.values("href")} <= set(ids)
    assert set(" ".join(page.values("aria-labelledby")).split()) <= set(ids)


def test_nothing_is_loaded_from_anywhere(state: str, sample: Sample) -> None:
    """Every link stays in the page; no address, script, image or style from outside."""
    source = re.sub(r'<img src="data:[^"]*"', "", render_html(sample(state)))
    assert all(link.startswith("#") for link in NotebookPage.of(source).values("href"))
    assert not re.search(r"https?:|//|@import|url\(|<script|<link|<img", source.split("<body>")[0])
    assert not re.search(r"\b(src|srcset|style|on\w+|xlink:href)=", source)


def test_the_policy_allows_our_style_alone(sample: Sample) -> None:
    """The page forbids everything but the one inline style, whose hash it names."""
    source = render_html(sample("debug_loop"))
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in source.replace("&#39;", "'")


@settings(max_examples=50, deadline=None)
@given(bad=hostile)
def test_no_text_of_a_student_becomes_markup(sample: Sample, bad: str) -> None:
    """Whatever a student writes, the page keeps its shape and shows the text as text."""
    source = render_html(poisoned(sample("debug_loop"), bad))
    source.encode("utf-8")
    page = Page.of(source)
    assert not UNPRINTABLE.search(source)
    assert all(link.startswith("#") for link in page.values("href"))
    first = visible(bad * 3).split("\n")[0][:2000]
    assert first in page.text


def test_each_finding_stands_once_below_its_line(sample: Sample) -> None:
    """Five findings on four lines: two of one check share a note, and the strip leads to each."""
    page = Page.of(render_html(sample("debug_loop")))
    assert [line["id"] for line in page.having("marked")] == ["L10", "L17", "L19", "L27"]
    assert len(page.having("note")) == 4
    assert {"#f1", "#f2", "#f3", "#f4"} <= set(page.values("href"))
    for said in ("adds its gradients to those of step 1", "41 times as far as they are long"):
        assert page.text.count(said) == 1


def test_a_failed_check_says_what_is_wrong(sample: Sample) -> None:
    """Its own words head the note; what would be right stands only in the list of all checks."""
    page = Page.of(render_html(sample("debug_loop")))
    wrong, right = "The loss class was called like a function", "by calling an instance of"
    assert page.text.index(wrong) < page.text.index("What was checked") < page.text.index(right)
    assert page.text.count(right) == 1


def test_what_is_meant_is_underlined(sample: Sample) -> None:
    """The span of each marked line, in the box at the top and in the code."""
    source = render_html(sample("starter"))
    marked = [re.sub(r"<[^>]*>", "", each) for each in re.findall(r"<mark>.*?</mark>", source)]
    assert "".join(marked).count("lr=100.0") >= 1
    assert "loss.backward()" in "".join(marked)


def test_code_in_our_own_words_has_no_backticks(sample: Sample) -> None:
    """A hint that names code shows it as code."""
    source = render_html(sample("starter")).replace("``", "")
    text = Page.of(source).text
    shown = text.replace(sample("starter").submission.source.split('"""')[1], "")
    assert "`" not in shown


def test_the_whole_submission_is_shown(sample: Sample) -> None:
    """Highlighting changes no character of the student's code, and drops no line of 3,000."""
    for name in ("debug_loop", "clean_pass", "very_long"):
        report = sample(name)
        text = Page.of(render_html(report)).text
        for line in report.submission.source.split("\n"):
            assert line in text


def test_a_long_file_is_folded_away_from_its_marks(sample: Sample) -> None:
    """Only the lines around a finding are open; the rest is one click away."""
    page = Page.of(render_html(sample("very_long")))
    folds = [attrs for tag, attrs in page.tags if "fold" in (attrs.get("class") or "").split()]
    assert len(folds) == 3
    assert not any("open" in attrs for attrs in folds)


def test_a_notebook_is_shown_cell_by_cell(sample: Sample) -> None:
    """Lines count from 1 in each cell, and a note stands in the cell that it speaks of."""
    page = Page.of(render_html(sample("notebook")))
    assert [a["id"] for a in page.having("cell")] == ["cell-1", "cell-2", "cell-3", "cell-4"]
    assert [a["id"] for a in page.having("marked")] == ["c3-L2", "c3-L3"]


def test_hidden_checks_give_nothing_away(sample: Sample) -> None:
    """Neither message, detail, finding, crash nor hint of a hidden check is in the file."""
    source = render_html(sample("hidden"))
    assert "SECRET" not in source
    assert "secret-" not in source
    assert "Works for unusual shapes" in source
    assert "A hidden check: its details are not shown." in source


def test_a_known_error_is_explained_below_its_line(sample: Sample) -> None:
    """The sentence and the values of the line come before the error's own text."""
    page = Page.of(render_html(sample("crashed")))
    told = page.text.index("each of the 64 samples in images has to be flattened first")
    value = page.text.index("float32 tensor of shape (64, 1, 28, 28)")
    assert told < value < page.text.index("mat1 and mat2 shapes cannot be multiplied")


def test_hints_unfold_one_inside_the_other(sample: Sample) -> None:
    """A reader meets the second hint only after opening the first."""
    source = render_html(sample("debug_loop"))
    first = source.index("Hint 1 of 3")
    second = source.index("Hint 2 of 3")
    assert "</details>" not in source[first:second]


def test_a_clean_pass_offers_no_hint_and_marks_no_line(sample: Sample) -> None:
    """What is right is left in peace."""
    page = Page.of(render_html(sample("clean_pass")))
    assert not page.having("marked")
    assert "Hint" not in page.text


def test_a_fault_of_the_grader_is_named_as_such(sample: Sample) -> None:
    """The page says whose fault it was and gives no score."""
    text = Page.of(render_html(sample("grader_fault"))).text
    assert "The grader failed, not your code" in text
    assert "Not scored" in text


def test_a_curve_says_where_it_broke(sample: Sample) -> None:
    """The step at which the loss became nan stands in the chart and in its text summary."""
    text = Page.of(render_html(sample("debug_loop"))).text
    assert re.search(r"yours: off the scale at step \d+, up to \S+, nan from step 37", text)
    assert "It became nan at step 37." in text


def test_a_place_outside_the_file_has_no_link(sample: Sample) -> None:
    """A finding whose line does not exist is shown, without a link to nowhere."""
    report = sample("debug_loop")
    short = replace(report.submission, cells=(Cell(number=0, source="pass"),))
    page = Page.of(render_html(replace(report, submission=short)))
    assert "loop.py:19" in page.text
    assert "#L19" not in page.values("href")


def test_a_huge_submission_gives_a_bounded_page(sample: Sample) -> None:
    """A million lines and a megabyte on one line leave a page that a browser can open."""
    report = sample("debug_loop")
    for source in ("x = 1\n" * 1_000_000, "y" * 1_000_000, "(" * 100_000):
        cells = (Cell(number=0, source=source),)
        page = render_html(replace(report, submission=replace(report.submission, cells=cells)))
        assert len(page) < 2_000_000


def test_a_recursion_of_two_functions_is_cut(sample: Sample) -> None:
    """A traceback of a thousand frames shows its ends and counts what is between."""
    report = sample("deep_crash")
    (check,) = report.verdict.checks
    assert check.result.crash
    frames = tuple((Place("count.py", 1 + n % 2), f"frame {n}") for n in range(1000))
    crash = replace(check.result.crash, frames=frames)
    checks = (replace(check, result=replace(check.result, crash=crash)),)
    text = Page.of(
        render_html(replace(report, verdict=replace(report.verdict, checks=checks)))
    ).text
    assert "… 988 more" in text


def _palette(css: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", css))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("index", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "wash", "tint"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "string", "number", "comment"])
def test_every_text_colour_is_legible_on_every_ground(index: int, ground: str, ink: str) -> None:
    """Contrast is at least 4.5 to 1 (WCAG AA) in the light, dark and print palettes."""
    palette = _palette(re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[index])
    light, dark = sorted((_luminance(palette[ground]), _luminance(palette[ink])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
