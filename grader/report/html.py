"""The report as one HTML file that needs no network, no script and no second file.

Everything in it may come from a stranger. Three things keep it harmless: the record is
cleaned first (``harmless``), the template escapes every value, and the page's own policy
forbids scripts, fonts, forms and any style but the one whose hash it names; pictures are
allowed where a notebook has some, and from the page itself alone. What a notebook put out as
HTML or pictures is the exception to escaping: ``rich`` and ``pictures`` make it fit to stand
here.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.model import (
    CellStatus,
    Level,
    Outcome,
    Place,
    Report,
    Status,
    SubmissionKind,
    Visibility,
)
from grader.report import chart
from grader.report.listing import anchor, listing, marked_anchors
from grader.report.notebook import notebook, reading
from grader.shown import words
from grader.shown.view import Shown, headline, same_file, shown

_CURVES = {
    "loss": ("Training loss", ""),
    "gradient_norm": ("Gradient norm", ""),
    "update_ratio": ("Update ratio", "size of a step ÷ size of the weights"),
}
_MAX_CHARTS = 12
_LAYERS = {
    "capabilities": "No rights of an administrator",
    "cgroup": "Ceilings for memory and tasks, kept by the kernel for all of it together",
    "descriptors": "No open file or connection of the grader",
    "file-modes": "Files of others are closed to it",
    "landlock": "Only its own folder and the installed libraries could be opened",
    "namespaces": "A network, mounts and names of its own: nothing outside could be reached",
    "no-new-privs": "No way to gain rights later",
    "private-root": "A tree of files in which nothing else exists",
    "rlimits": "Ceilings for memory, files and threads",
    "seccomp": "Only the system calls that ordinary training needs",
    "uid": "A user of its own, which owns nothing else on the machine",
}


def render_html(report: Report) -> str:
    """Return the report as a complete HTML document in one self-contained string."""
    show = shown(report)
    blocks = listing(show)
    anchors = marked_anchors(blocks)
    is_notebook = show.submission.kind is SubmissionKind.NOTEBOOK
    view = notebook(report, show, blocks) if is_notebook else None

    def line_link(place: Place | None) -> str:
        inside = place is not None and same_file(show.submission, place)
        return anchor(place) if place and inside and anchor(place) in anchors else ""

    environment = _environment()
    style = _style(environment)
    return environment.get_template("report.html.j2").render(
        show=show,
        headline=headline(show),
        blocks=blocks,
        view=view,
        charts=_charts(show),
        layers=[(name, _layer(name)) for name in show.run.isolation.layers],
        missing=[(name, _layer(name)) for name in show.run.isolation.missing],
        line_link=line_link,
        marked=sum(bool(line_link(entry.finding.place)) for entry in show.findings),
        images="img-src data:; " if view and view.pictures else "",
        intervals=[(share, chart.interval(share)) for share in show.shares],
        style=Markup(style),  # noqa: S704 - our own file, and the policy pins its hash
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        geometry=chart,
        reading=reading,
        CellStatus=CellStatus,
        Status=Status,
        Outcome=Outcome,
        Visibility=Visibility,
        Level=Level,
    )
    environment.filters["sentence"] = _sentence
    return environment


def _style(environment: Environment) -> str:
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "report.css")
    return re.sub(r"\s*\n\s*", "\n", source)


def _charts(show: Shown) -> list[chart.Chart]:
    """Return a chart for each curve, the loss first."""
    names = [name for name in _CURVES if name in show.curves]
    names += [name for name in show.curves if name not in _CURVES]
    drawn = []
    for name in names[:_MAX_CHARTS]:
        title, meaning = _CURVES.get(name, (_sentence(name.replace("_", " ")), ""))
        values, reference = show.curves[name], show.reference_curves.get(name, ())
        drawn.append(chart.chart(title, values, reference, meaning=meaning))
    return [each for each in drawn if each]


def _layer(name: str) -> str:
    """Return a layer in plain words; a missing one may carry its reason after a colon."""
    return _LAYERS.get(name.partition(":")[0], "")


def _sentence(text: str) -> str:
    """Return the text with a capital first letter, unless it starts with a name from code."""
    return text[:1].upper() + text[1:] if words.named(text) else text
