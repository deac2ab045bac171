"""The class page: one HTML file that needs no network and no second file but the reports.

What it shows comes from students and is escaped by the template. The page's own policy allows the
one script and the one style whose hashes it names, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.bulk.journal import Journal
from grader.bulk.overview import BINS, Overview, overview
from grader.bulk.similar import Pair
from grader.bulk.tables import number
from grader.export.files import replacing
from grader.model import Exercise

_TEMPLATES = "grader.bulk"


def write_page(
    journal: Journal, path: Path, exercise: Exercise, alike: Sequence[Pair] = ()
) -> None:
    """``index.html``, in the output folder beside the reports that it leads to.

    Raises:
        UsageError: it can't be written.
    """
    with replacing(path) as file:
        found = overview(journal, exercise.title, exercise.id)
        found.similar = list(alike)
        file.write(render(found))


def render(found: Overview) -> str:
    """The page as one self-contained document."""
    environment = Environment(
        loader=PackageLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    environment.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    environment.filters["file"] = lambda stem: f"reports/{quote(stem)}.html"
    style, script = (_source(environment, name) for name in ("class.css", "class.js"))
    return environment.get_template("class.html.j2").render(
        found=found,
        bins=_bins(found),
        style=Markup(style),  # noqa: S704 - our own files, and the policy pins their hashes
        script=Markup(script),  # noqa: S704
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _bins(found: Overview) -> list[tuple[str, int, float]]:
    """Each column of the distribution: its range, how many, and its share of the highest."""
    most = max([*found.bins, 1])
    step, last = found.max_score / BINS, BINS - 1
    edges = [number(place * step) for place in range(BINS + 1)]
    return [
        (f"{edges[n]} to {'' if n == last else 'under '}{edges[n + 1]}", count, count / most)
        for n, count in enumerate(found.bins)
    ]


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, name)
    return source


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
