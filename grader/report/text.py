"""The report as text: the short form that a terminal shows, one check alone, or everything."""

from __future__ import annotations

from grader.model import Report
from grader.report.brief import Brief
from grader.report.full import Page, headline_of
from grader.report.lines import NARROWEST, WIDEST, WIDTH
from grader.shown.records import Shown, ShownCheck
from grader.shown.view import shown


def render_text(
    report: Report,
    *,
    color: bool,
    width: int,
    hints: int = 0,
    full: bool = False,
    only: str = "",
    path: str = "",
) -> str:
    """Return the report as text that is safe on any terminal and ends with a newline.

    Args:
        report: what is told.
        color: adds ANSI colours, which carry nothing that the words don't say.
        width: the terminal's width in columns.
        hints: how many levels of hints are told.
        full: everything, in place of how each check went and where to start.
        only: the id of one check, which alone is told.
        path: the submission as it was typed; places are told by it.
    """
    show = shown(report)
    width = max(NARROWEST, min(width, WIDEST))
    if full and not only:
        lines = Page(color=color, width=width, path=path, hints=hints).lines(show)
    else:
        brief = Brief(color=color, width=width, path=path, hints=hints)
        lines = brief.check(show, only) if only else brief.lines(show)
    return "\n".join(lines) + "\n"


def tell(show: Shown, *, color: bool = False, width: int = WIDTH, hints: int = 0) -> str:
    """Return everything of what is shown of a report."""
    page = Page(color=color, width=max(NARROWEST, min(width, WIDEST)), hints=hints)
    return "\n".join(page.lines(show)) + "\n"


def tell_check(check: ShownCheck, *, width: int = WIDTH) -> str:
    """Return what stands below a check's line: its message and all that explains it."""
    page = Page(color=False, width=width)
    return "\n".join([headline_of(check), *page.below(check)])
