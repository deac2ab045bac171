"""When a submission is graded once more: where something from outside may have ended it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from grader import bank
from grader.blame import ENDED_THE_JUDGE
from grader.bulk.tries import Task, settle
from grader.model import Outcome
from grader.observation.record import Observation
from grader.pipeline import Grader
from kept import EXERCISE, observation


class Given:
    """Stands for a grader, and gives one observation after the other."""

    def __init__(self, *seen: Observation) -> None:
        self.waiting = list(seen)

    def observe(self, *_: object) -> Observation:
        """The next one."""
        return self.waiting.pop(0)


def ended(outcome: Outcome, **run: Any) -> Observation:
    """A grading that ended so."""
    seen = observation()
    return replace(seen, run=replace(seen.run, outcome=outcome, **run))


DOUBTFUL = {
    "no processor": ended(Outcome.TIMED_OUT, cpu_s=2.0, wall_s=20.0, reason="late"),
    "little memory": ended(Outcome.OUT_OF_MEMORY, peak_rss_mb=50.0, reason="killed"),
    "no judge": ended(Outcome.FORBIDDEN, reason=ENDED_THE_JUDGE),
}
CERTAIN = {
    "its own time": ended(Outcome.TIMED_OUT, cpu_s=19.0, wall_s=20.0, reason="late"),
    "its own memory": ended(Outcome.OUT_OF_MEMORY, peak_rss_mb=5000.0, reason="killed"),
    "a crash": ended(Outcome.CRASHED, cpu_s=0.1, wall_s=20.0, reason="it raised"),
}


def settled(*seen: Observation) -> tuple[str, int]:
    """The outcome that is kept, and after how many tries."""
    grader = Given(*seen)
    blank = seen[0].submission
    task = Task(key="", who="ann", blank=blank, load=lambda: blank)
    graded, tries = settle(cast("Grader", grader), bank.load(EXERCISE), task, lambda: False)
    return graded.result["outcome"], tries


@pytest.mark.parametrize("why", DOUBTFUL)
def test_what_is_doubtful_is_run_once_more(why: str) -> None:
    """What the second try gives is believed, the same once more too."""
    first = DOUBTFUL[why]
    assert settled(first, ended(Outcome.OK)) == ("ok", 2)
    assert settled(first, first) == (first.run.outcome, 2)


@pytest.mark.parametrize("why", CERTAIN)
def test_what_is_certain_is_not(why: str) -> None:
    """One try is enough."""
    assert settled(CERTAIN[why]) == (CERTAIN[why].run.outcome, 1)
