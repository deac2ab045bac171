"""The executed notebook in the HTML report."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from test_html import UNPRINTABLE, NotebookPage  # type: ignore[import-not-found]

from grader.model import Cell, CellOutput, CellStatus, ExecutedCell, Prose, Report
from grader.report.html import render_html
from poison import PAGES, hostile_page, poisoned_notebook
from ran_notebook import png, shown, stream

Sample = Callable[[str], Report]


def page_of(report: Report) -> NotebookPage:
    page: NotebookPage = NotebookPage.of(render_html(report))
    return page


def with_cells(report: Report, *outputs: tuple[CellOutput, ...]) -> Report:
    """The report of a notebook of such outputs, one cell each."""
    cells = tuple(
        ExecutedCell(number=n, status=CellStatus.OK, outputs=given)
        for n, given in enumerate(outputs, 1)
    )
    written = tuple(Cell(number=cell.number, source="run()") for cell in cells)
    return replace(
        report,
        submission=replace(report.submission, cells=written, prose=()),
        run=replace(report.run, cells=cells, crash=None),
    )


# --- what is there --------------------------------------------------------------------------


def test_text_code_and_outputs_stand_in_their_order(sample: Sample) -> None:
    """As in the notebook: a cell's outputs below its code, prose where it was written."""
    text = page_of(sample("executed")).text
    told = ("Digits", "Cell 1", "import torch", "Linear(784, 10)", "batch   0 loss", "What we see")
    places = [text.index(each, text.index("Your notebook\n")) for each in told]
    assert places == sorted(places)


def test_each_kind_of_output_is_shown(sample: Sample) -> None:
    """A picture, a drawing, a table, text, standard error by its name."""
    page = page_of(sample("executed"))
    sources = page.values("src")
    assert [source[:22] for source in sources] == [
        "data:image/png;base64,",
        "data:image/svg+xml;bas",
    ]
    assert "<Figure size 3x2 with 1 Axes>" in page.values("alt")
    assert page.having("dataframe")
    assert "standard error" in page.text
    assert "100%|##########|" in page.text
    assert "99%|" not in page.text


def test_a_finding_stands_at_its_cell_with_links_both_ways(sample: Sample) -> None:
    """The note beside the line leads to the list, and the list to the line."""
    page = page_of(sample("executed"))
    assert [line["id"] for line in page.having("marked")] == ["c3-L3", "c7-L2"]
    assert {"#f1", "#c3-L3", "#cell-3"} <= set(page.values("href"))


def test_failed_cells_and_what_rests_on_them_are_told(sample: Sample) -> None:
    """The error at its line, the cell that lacks a name, the one that was not run."""
    page = page_of(sample("executed"))
    assert "label was never given a value; labels was." in page.text
    assert "Reads accuracy from cell 7, which failed" in page.text
    assert "#cell-7" in page.values("href")
    assert "It was not run: the program was stopped at its time limit." in page.text
    assert "It was skipped: it is not Python." in page.text


def test_many_cells_have_an_outline(sample: Sample) -> None:
    """Each with its number, its time and the count of its findings; a few need none."""
    page = page_of(sample("executed"))
    links = [link for link in page.values("href") if re.fullmatch(r"#cell-\d+", link)]
    assert {f"#cell-{n}" for n in range(1, 12)} == set(links)
    assert "28.4 s" in page.text
    assert not page_of(sample("notebook")).having("outline")


def test_a_notebook_that_never_ran_shows_its_cells(sample: Sample) -> None:
    """Without a state, and with the text between them."""
    report = sample("executed")
    page = page_of(replace(report, run=replace(report.run, cells=(), crash=None)))
    assert len(page.having("cell")) == 11
    assert not page.having("state")
    assert "minimise" in page.text


def test_prose_that_is_too_long_stays_as_typed(sample: Sample) -> None:
    """It is shown, as text."""
    report = sample("executed")
    prose = (Prose(after=0, text="*start* " + "word " * 10_000 + "*end*"),)
    page = page_of(replace(report, submission=replace(report.submission, prose=prose)))
    assert "*start*" in page.text
    assert "*end*" in page.text


# --- what is not ----------------------------------------------------------------------------


def test_pictures_are_allowed_only_where_there_are_some(sample: Sample) -> None:
    """And from the page itself alone; a script's report has the policy without them."""
    policy = re.compile(r'Content-Security-Policy" content="([^"]*)"')
    with_some = policy.search(render_html(sample("executed")))
    without = policy.search(render_html(sample("notebook")))
    assert with_some is not None
    assert without is not None
    assert "img-src data:;" in with_some[1]
    assert "img-src" not in without[1]


@settings(max_examples=25, deadline=None)
@given(bad=hostile_page)
def test_no_output_of_a_student_breaks_the_page(sample: Sample, bad: str) -> None:
    """Known elements only and all closed, whatever is in any output of any kind."""
    source = render_html(poisoned_notebook(sample("executed"), bad))
    source.encode("utf-8")
    page = NotebookPage.of(source)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert not UNPRINTABLE.search(source)
    assert all(link.startswith("#") for link in page.values("href"))
    assert all(link.startswith("data:image/") for link in page.values("src"))


@pytest.mark.parametrize("bad", PAGES)
def test_known_attacks_leave_the_verdict_alone(sample: Sample, bad: str) -> None:
    """The head of the page and its one style are the same, byte by byte, as without them."""
    report = sample("executed")
    honest = render_html(with_cells(report, (shown(image_png=png()),)))
    attacked = render_html(with_cells(report, (shown(image_png=png()), shown(text_html=bad))))
    assert attacked.partition('<div class="nb">')[0] == honest.partition('<div class="nb">')[0]
    assert attacked.count("<style>") == attacked.count("<main") == attacked.count("<body>") == 1
    assert NotebookPage.of(attacked).values("src") == NotebookPage.of(honest).values("src")


def test_a_page_stays_small(sample: Sample) -> None:
    """Fifty megabytes of text, a hundred pictures and a hundred tables in each of ten cells."""
    table = f"<table>{'<tr><td>1</td></tr>' * 2_000}</table>"
    picture = base64.b64encode(base64.b64decode(png(64, 64)) + bytes(300_000)).decode()
    many = (
        stream("line\n" * 1_000_000),
        *[shown(image_png=picture, text_plain="p")] * 50,
        *[shown(text_html=table, text_plain="t")] * 50,
    )
    source = render_html(with_cells(sample("executed"), *[many] * 10))
    assert len(source) < 12_000_000
    assert 10 < source.count("<img") < 30
    assert source.count("<td>") < 30_000
    assert "the report holds at most 8 MiB of outputs" in source


def test_thousands_of_cells_give_a_page(sample: Sample) -> None:
    """More than anyone writes; all of them are there."""
    page = page_of(with_cells(sample("executed"), *[(stream("x\n"),)] * 3_000))
    assert len(page.having("cell")) == 3_000
