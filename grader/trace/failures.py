"""A crash, explained by what the record knows of it.

Our side of the wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.crashes import causes
from grader.model import Crash
from grader.schema.fields import Row
from grader.schema.rows import FailedPass

AGAIN = "backward through the graph a second time"
NO_GRAPH = "does not require grad and does not have a grad_fn"


def explained(crash: Crash, events: Iterable[Row]) -> Crash:
    """The crash with the cause that the last failed backward pass at its line shows, if any."""
    what = "again" if AGAIN in crash.message else "no_graph" if NO_GRAPH in crash.message else ""
    found = [
        one
        for one in events
        if isinstance(one, FailedPass) and one.what == what and _is_at(one, crash)
    ]
    if not found:
        return crash
    last = found[-1]
    said = (
        causes.again(last.why, last.origin, last.place)
        if what == "again"
        else causes.no_graph(last.why, last.origin)
    )
    return replace(crash, explanation=said or crash.explanation)


def _is_at(failed: FailedPass, crash: Crash) -> bool:
    return failed.place is not None and any(place == failed.place for place, _ in crash.frames)
