"""The rows of a batch are mixed with each other.

## What it does

Finds a ``view``, ``reshape`` or ``transpose`` in a model after which a layer's rows hold numbers of
several samples, and a recurrent layer that takes the samples of a batch for steps in time.

## Why it matters

``reshape`` fills new rows in the order in which it reads the old ones. After ``permute`` or
``transpose`` has moved the batch from the first axis, a row of the result is made of pieces of many
samples.
Nothing raises, as the shape is right, and the loss may even fall; but the answer to one image
depends on which others stand in the batch with it. A recurrent layer of torch expects (time,
batch, features) unless it is told ``batch_first=True``; given (batch, time, features) it remembers
from one sample to the next.

## Example

    x = x.permute(1, 2, 3, 0).reshape(len(x), -1)

## Use instead

    x = x.flatten(1)                    # one row for each sample
    nn.LSTM(8, 16, batch_first=True)

``flatten(1)`` keeps the first axis; to change the order of axes, ``permute`` alone does it.

## Known problems

Seen are pure changes of order before the first layer of a model, and recurrent layers whose steps
are as many as the loss has targets while its batch is not. Nothing is said of rows that are mixed
further inside.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Criterion, Mixed, Recurrence
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "samples-mixed"
WHY = (
    "Each sample of a batch has a label of its own. Where a row holds parts of several samples, "
    "the label belongs to none of what the network is shown."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that calls a model, or runs a recurrent layer."""
    for mixed in by_place(trace.of(Mixed)).values():
        if len(mixed) > 1:
            yield _mixed(mixed[0])
    targets = _targets(trace)
    for found in by_place(trace.of(Recurrence)).values():
        if len(found) > 1 and all(_runs_over_samples(one, targets) for one in found):
            yield _recurrent(found[0])


def _targets(trace: Trace) -> dict[int, set[tuple[int, int]]]:
    """How many targets the losses of a pass had, and of how many numbers each prediction was."""
    found: dict[int, set[tuple[int, int]]] = {}
    for one in trace.of(Criterion):
        found.setdefault(one.backward, set()).add((one.rows, one.classes))
    return found


def _runs_over_samples(one: Recurrence, targets: dict[int, set[tuple[int, int]]]) -> bool:
    """Whether there is one target for each step, and several sequences, of as many as no target."""
    given = targets.get(one.backward, set())
    return (
        bool(given)
        and one.batch > 1
        and one.steps != one.batch
        and all(rows == one.steps and classes != one.batch for rows, classes in given)
    )


def _mixed(one: Mixed) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.backward,
        what=f"before the first layer the {count(one.rows, 'sample')} of a batch are cut up and "
        "put together anew",
        evidence=(
            Evidence(
                label="rows of the first layer's input that are samples of the batch",
                expected=f"{one.rows}",
                actual="not all of them",
                sentence="The first layer gets all numbers of the batch's "
                f"{count(one.rows, 'sample')}, but its rows are not the samples: they hold "
                "numbers of several.",
            ),
        ),
        fix="keep the batch as the first axis: flatten(1), or permute without a reshape or view "
        "that makes other rows",
        why=WHY,
    )


def _recurrent(one: Recurrence) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=one.place,
        step=one.backward,
        what=f"a recurrent layer takes the {count(one.steps, 'sample')} of a batch for "
        f"{count(one.steps, 'step')} in time",
        evidence=(
            Evidence(
                label="sequences that the recurrent layer runs over",
                expected=f"{one.steps}, one for each target",
                actual=f"{one.batch}",
                sentence=f"The loss has {one.steps} targets, and the recurrent layer runs over "
                f"{one.batch} sequences of {count(one.steps, 'step')}: what it remembers of one "
                "sample goes into the next.",
            ),
        ),
        fix="tell the recurrent layer batch_first=True, or give it (time, batch, features)",
        why=WHY,
    )
