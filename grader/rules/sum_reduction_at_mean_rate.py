"""The loss is a sum over the batch, and the rate is one for a mean.

## What it does

Where replays have shown that the steps are too long, and a loss adds up what it could have
averaged, names this as the cause, if dividing by the number of rows makes the steps about as short
as those that learned. A note where nothing went wrong so far, but the steps of the sum are as long
as hardly anybody's steps for a mean.

## Why it matters

The gradient of a sum over 64 rows is 64 times that of their mean, so each step of plain gradient
descent is 64 times as long. The rate that fits then depends on the batch size, and the rates that
one reads about are for means.

## Example

    criterion = nn.CrossEntropyLoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

## Use instead

    criterion = nn.CrossEntropyLoss()

or a rate that is smaller by the number of rows in a batch.

## Known problems

Adam and its kin divide by the size of the gradients, so to them a sum is as good as a mean. A sum
that is divided by something afterwards is no sum, and of losses by hand only sums of squares are
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Clipping, Criterion, Forward, Held, Update
from grader.trace.learning import RateVerdict, rate_verdict
from grader.trace.losses import LIKELIHOODS, by_place
from grader.trace.trace import Trace

RULE = "sum-reduction-at-mean-rate"
HIDES = ("learning-rate-too-high", "dead-relu", "vanishing-gradients")
FEWEST_ROWS = 8
BY_HAND = "Sum"
NEAR = 0.05
"""The mean's step may be up to twenty times the one that learned: few scales are tried."""
SAME = 0.05
LONG = 1.5
"""Steps that add up to those of such a rate for a mean are a note."""
WHY = (
    "A step goes against the gradient by a length that the rate sets. The gradient of a sum grows "
    "with the number of rows, and so do the steps."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the loss that is a sum, where the rate was shown to be too high.

    Or, as a note, where it would be a very high one for a mean.
    """
    batches = {forward.batch for forward in trace.of(Forward) if forward.is_fed}
    sums = [
        one
        for one in trace.of(Criterion)
        if one.reduction == "sum" and (one.name != BY_HAND or one.rows in batches)
    ]
    if not sums or not _is_plain(trace):
        return
    verdict = rate_verdict(trace)
    passes = {one.number: one.loss for one in trace.of(Backward)}
    for found in by_place(sums).values():
        first = found[0]
        if not _is_whole_loss(first, passes.get(first.backward)):
            continue
        if verdict.word != "too_high" or verdict.scale is None:
            yield from _as_a_note(trace, first)
            return
        if _is_near(first, verdict.scale):
            yield _finding(trace, first, verdict)
            return


def _as_a_note(trace: Trace, one: Criterion) -> Iterator[Finding]:
    """The finding where the steps that one after the other add up to are long ones for a mean."""
    first = next((u for u in trace.of(Update) if u.backward >= one.backward), None)
    if first is None or first.rate is None or any(True for _ in trace.of(Clipping)):
        return
    momentum = max(
        (o.momentum for o in trace.of(Held) if o.optimizer == first.optimizer), default=0
    )
    if not any(forward.batch == one.rows for forward in trace.of(Forward)):
        return  # what is added up may be no rows of a batch
    rate = first.rate * one.rows
    if rate / (1 - momentum) >= LONG:
        yield _noted(one, first.rate, rate, momentum)


def _is_plain(trace: Trace) -> bool:
    """Whether all optimizers step by the gradient as it is."""
    return bool(trace.optimizers) and all(one.name == "SGD" for one in trace.optimizers)


def _is_whole_loss(one: Criterion, loss: float | None) -> bool:
    """Whether the sum itself was the loss, and not a part of it, or divided afterwards."""
    if one.surprise is None or loss is None or one.rows < FEWEST_ROWS:
        return False
    whole = one.surprise * one.rows * (one.classes if one.name not in LIKELIHOODS else 1)
    return abs(loss - whole) <= SAME * abs(whole)


def _is_near(one: Criterion, scale: float) -> bool:
    return NEAR / one.rows <= scale <= 1 / NEAR / one.rows


def _noted(one: Criterion, rate: float, alike: float, momentum: float) -> Finding:
    adds = f", and a momentum of {momentum:g} adds to them" if momentum else ""
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=one.place,
        step=one.backward,
        what=f"the loss is the sum over {count(one.rows, 'row')}, so that a rate of {rate:g} makes "
        f"steps as long as {alike:.3g} makes with their mean",
        evidence=(
            Evidence(
                label="rate that makes the same steps with the mean of the batch",
                expected="0.1 or less, in most trainings",
                actual=f"{alike:.3g}",
                sentence=f"The gradient of a sum over {count(one.rows, 'row')} is {one.rows} times "
                f"that of their mean, and {rate:g} × {one.rows} is {alike:.3g}{adds}. A batch of "
                "another size would make steps of another length.",
            ),
        ),
        fix='average over the batch (reduction="mean", what torch does by itself), or divide the '
        "rate by the number of rows; if these steps are meant, all is well",
        why=WHY,
    )


def _finding(trace: Trace, one: Criterion, verdict: RateVerdict) -> Finding:
    rate = next((f" of {u.rate:g}" for u in trace.of(Update) if u.rate is not None), "")
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.backward,
        what=f"the loss is the sum over {count(one.rows, 'row')}, so each step is "
        f"{count(one.rows, 'time')} as long as that of their mean, too long to learn with a "
        f"rate{rate}",
        evidence=(
            Evidence(
                label=f"loss after {count(verdict.steps, 'step')}, at {verdict.scale:g} of the "
                "step",
                expected=f"far below {verdict.start:.4g}",
                actual=f"{verdict.replayed:.4g}",
                sentence=f"With steps of {verdict.scale:g} of that length the same training comes "
                f"to a loss of {verdict.replayed:.4g}; as it is, it began at {verdict.start:.4g} "
                f"and ended at {verdict.end:.4g}.",
            ),
        ),
        fix='average over the batch (reduction="mean", what torch does by itself), or divide the '
        "rate by the number of rows",
        why=WHY,
    )
