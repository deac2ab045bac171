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
import json
import math
import re
import shlex
from dataclasses import asdict
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

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
from grader.report import chart, layers, review
from grader.report.listing import Note, anchor, listing, marked_anchors
from grader.report.notebook import notebook, reading
from grader.shown import words
from grader.shown.blocks import TICKS, blocks
from grader.shown.focus import Focus
from grader.shown.lines import same_file
from grader.shown.records import Shown, ShownCheck
from grader.shown.view import headline, shown

_CURVES = {
    "loss": ("Training loss", ""),
    "gradient_norm": ("Gradient norm", ""),
    "update_ratio": ("Update ratio", "size of a step ÷ size of the weights"),
}
_MAX_CHARTS = 12
_CHANCE, _NEAR_CHANCE = math.log(10), 0.4
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
        day=_day(show.run.started),
        blocks=blocks,
        view=view,
        review_of=review.review(show, anchors),
        charts=_charts(show),
        by_layer=layers.pictures(show.layers),
        layers=[(name, _layer(name)) for name in show.run.isolation.layers],
        missing=[(name, _layer(name)) for name in show.run.isolation.missing],
        line_link=line_link,
        failed_cells=sum(cell.crash is not None for cell in show.cells),
        rubric=_fingerprint(show),
        versions=_versions(show),
        command=_command(show),
        images="img-src data:; " if view and view.pictures else "",
        style=Markup(style),  # noqa: S704 - our own file, and the policy pins its hash
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _day(started: str) -> str:
    """The day and minute of a time in ISO 8601, as a person writes it; empty if it is none."""
    try:
        return f"{datetime.fromisoformat(started):%-d %b %Y, %H:%M} UTC"
    except ValueError:
        return ""


def _fingerprint(show: Shown) -> str:
    """What tells two rubrics of one version apart: a hash over all that it decides."""
    lines = [asdict(line) for line in show.exercise.rubric]
    if not lines:
        return ""
    text = json.dumps(lines, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:7]


def _versions(show: Shown) -> str:
    """The grader, the exercise, and what the program ran on."""
    ran_on = [f"{name} {version}" for name, version in show.run.versions.items()]
    own = [f"{show.exercise.id} {show.exercise.version}", f"grade {show.tool_version}"]
    return ", ".join([*own, *ran_on])


def _command(show: Shown) -> str:
    """The command that grades the same file in the same way, for a shell."""
    name, exercise = shlex.quote(show.submission.name), show.exercise
    seed = f" --seed {show.run.seed}"
    if not show.checks:
        return f"grade diagnose {name}{seed}"
    return f"grade {name} --exercise {exercise.id}{seed}"


def _alone(lead: Focus) -> Note:
    """What leads and has no line, as a note."""
    findings = (lead.finding,) if lead.finding else ()
    return Note(findings=findings, check=lead.failed)


def _note_of(check: ShownCheck) -> Note:
    """A check without a finding, as a note: its hints."""
    return Note(check=check)


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
        review=review,
        geometry=chart,
        small=layers,
        alone=_alone,
        note_of=_note_of,
        reading=reading,
        CellStatus=CellStatus,
        Status=Status,
        Outcome=Outcome,
        Visibility=Visibility,
        Level=Level,
    )
    environment.filters["sentence"] = _sentence
    environment.filters["sentence_at"] = _sentence_at
    environment.filters["ticks"] = _ticks
    environment.filters["blocks"] = blocks
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
        guessing = _guessing(show) if name == "loss" else None
        drawn.append(chart.chart(title, values, reference, meaning=meaning, guessing=guessing))
    return [each for each in drawn if each]


def _guessing(show: Shown) -> float | None:
    """The cross-entropy of guessing among ten digits, if that is where the reference starts."""
    reference = show.reference_curves.get("loss", ())
    starts = bool(reference) and abs(reference[0] - _CHANCE) < _NEAR_CHANCE
    return _CHANCE if starts and "mnist" in show.exercise.data else None


def _layer(name: str) -> str:
    """Return a layer in plain words; a missing one may carry its reason after a colon."""
    return _LAYERS.get(name.partition(":")[0], "")


def _sentence(text: str) -> str:
    """Return the text with a capital first letter, unless it starts with a name from code."""
    return text[:1].upper() + text[1:] if words.named(text) else text


def _sentence_at(text: str, place: Place | None) -> str:
    """The text as it goes on after a place and a colon, or as a sentence where there is none."""
    return text if place else _sentence(text)


def _ticks(text: str) -> Markup:
    """The text with what stands between backticks as code; all of it escaped."""
    return Markup(  # noqa: S704 - escaped before the tags are put in
        TICKS.sub(r'<code translate="no">\1</code>', str(escape(text)))
    )
