"""The learning rate is too small for anything to be learned, or shrinks to nothing on the way.

## What it does

Where a training stood still, runs it again from the same seed with larger steps, or with a rate
that doesn't shrink. If one of those learns, the rate is too low.

## Why it matters

Each update goes against the gradient by a length that the rate sets. At a rate that is ten thousand
times too small, all steps of a training together lead nowhere.

## Example

    optimizer = torch.optim.SGD(model.parameters(), lr=1e-7)

## Use instead

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

## Known problems

A training that only needs more patience is not accused: one that would learn at ten thousand times
its rate is. A program whose training can't be repeated from a seed is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Backward, Update
from grader.trace.learning import RateVerdict, rate_verdict
from grader.trace.trace import Trace

RULE = "learning-rate-too-low"
WHY = (
    "Each update goes against the gradient by a length that the rate sets. Steps that are much too "
    "short stay where the training began."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: replays have shown a larger step, or a lasting rate, to learn."""
    verdict = rate_verdict(trace)
    if verdict.word == "too_low" and verdict.scale is not None:
        yield _finding(trace, verdict)


def _finding(trace: Trace, verdict: RateVerdict) -> Finding:
    last = list(trace.of(Update))[-1]
    rates = [one.rate for one in trace.of(Update) if one.rate is not None]
    if verdict.held and rates:
        what = f"the learning rate shrinks from {max(rates):g} to {rates[-1]:.2g} too early"
        fix = "let the rate shrink more slowly, or later"
    else:
        rate = "" if last.rate is None else f" (the rate is {last.rate:g})"
        what = f"the steps are too small{rate}; {verdict.scale:,.0f} times as long, they learn"
        fix = "make the learning rate larger, by factors of ten, until the loss falls"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=_place(trace, last, held=verdict.held),
        step=None,
        what=what,
        evidence=(_evidence(verdict),),
        fix=fix,
        why=WHY,
    )


def _place(trace: Trace, update: Update, *, held: bool) -> Place | None:
    """The optimizer's line, or its schedule's; of updates by hand, that of the backward pass."""
    if update.optimizer >= 0:
        optimizer = trace.optimizers[update.optimizer]
        return (optimizer.schedule if held else None) or optimizer.place
    backwards = {backward.number: backward.place for backward in trace.of(Backward)}
    return backwards.get(update.backward, update.place)


def _evidence(verdict: RateVerdict) -> Evidence:
    how = (
        "with a rate that stays"
        if verdict.held
        else f"with steps {verdict.scale:,.0f} times as long"
    )
    return Evidence(
        label=f"loss after {count(verdict.steps, 'step')} {how}",
        expected=f"about {verdict.end:.4g}, as in this training",
        actual=f"{verdict.replayed:.4g}",
        sentence=f"The loss went from {verdict.start:.4g} to {verdict.end:.4g}; {how} it came to "
        f"{verdict.replayed:.4g} in {count(verdict.steps, 'step')}.",
    )
