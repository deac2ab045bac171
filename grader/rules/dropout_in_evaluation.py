"""A dropout acts although the model is in evaluation mode.

## What it does

Finds forward passes of a trained model in evaluation mode in which a dropout drops numbers: a
function that is not told of the mode, or a layer that is made anew in ``forward``.

## Why it matters

``model.eval()`` reaches the layers that the model holds. ``F.dropout(x)`` is no layer: it drops
unless it is told not to, and a ``nn.Dropout(0.2)`` made in ``forward`` is new, and so in training
mode, at each call. The model then gives other answers to the same images each time, and all of
them are worse than they should be: what is measured is not what was trained.

## Example

    def forward(self, x):
        x = F.dropout(F.relu(self.fc1(x)), p=0.2)
        return self.fc2(x)

## Use instead

    def __init__(self):
        super().__init__()
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = self.dropout(F.relu(self.fc1(x)))
        return self.fc2(x)

or ``F.dropout(x, p=0.2, training=self.training)``.

## Known problems

The first forward passes in evaluation mode are looked at. Giving the same input again and again, to
sample predictions on purpose (Monte Carlo dropout), is not judged, and neither is a dropout layer
of the model that was set to training mode by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count, percent
from grader.schema.rows import Dropping, Forward
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "dropout-in-evaluation"
REPEATS = 3
"""The same input this often in a row is a sample of predictions."""
WHY = (
    "eval() sets a flag in the layers that the model holds. A function has no such flag, and a "
    "layer that is made in forward() begins in training mode each time."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that drops."""
    forwards = {forward.number: forward for forward in trace.of(Forward)}
    sampled = _sampled(trace)
    drops = (
        drop
        for drop in trace.of(Dropping)
        if _counts(forwards.get(drop.forward)) and drop.forward not in sampled
    )
    for found in by_place(drops).values():
        yield _finding(trace, found[0], forwards[found[0].forward])


def _counts(forward: Forward | None) -> bool:
    return forward is not None and forward.is_trained and not forward.is_fed


def _sampled(trace: Trace) -> set[int]:
    """The forwards of one model over the same input, several times in a row."""
    found: set[int] = set()
    run: list[Forward] = []
    for forward in trace.of(Forward):
        if not (run and forward.row and forward.row == run[-1].row):
            run = []
        run.append(forward)
        if len(run) >= REPEATS and forward.row:
            found.update(each.number for each in run)
    return found


def _finding(trace: Trace, drop: Dropping, forward: Forward) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=drop.place,
        step=forward.updates,
        what=f"a dropout of {drop.p:g} acts while {trace.models[forward.model].name} is in "
        "evaluation mode, so the same images get other answers each time",
        evidence=(
            Evidence(
                label=f"share that is dropped in evaluation mode, after step {forward.updates}",
                expected="0",
                actual=f"{drop.p:g}",
                sentence=f"In evaluation mode, after {count(forward.updates, 'step')}, "
                f"{percent(drop.p)} of the numbers were dropped; there it should be none.",
            ),
        ),
        fix="make the dropout a layer that the model holds, or tell the function the model's mode",
        why=WHY,
    )
