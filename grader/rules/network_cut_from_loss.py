"""One of several networks has an optimizer of its own, and no loss ever reaches it.

## What it does

Finds an optimizer, next to others that train, none of whose steps ever found a gradient, while the
network that it holds was called again and again.

## Why it matters

A generator learns through its critic: the gradient of its loss goes back through the critic into
the fakes, and from them into the generator. If the fakes are detached there, or were made without
a graph, nothing gets through. The loss moves all the same, because the critic is trained, and the
generator keeps the weights that it began with.

## Example

    g_loss = bce(critic(fake.detach()), ones)
    g_loss.backward()
    opt_g.step()

## Use instead

    g_loss = bce(critic(fake), ones)

Detach fakes for the critic's own loss alone.

## Known problems

A program with one optimizer is another rule's matter. Fewer than three steps say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Backward, Forward, Parameter, Reach, Update
from grader.trace.parameters import is_idle, named, parameters_of
from grader.trace.trace import Trace

RULE = "network-cut-from-loss"
FEWEST = 3
WHY = (
    "A gradient goes back along what the loss was computed from. Where that was detached, or made "
    "without a graph, it ends, and what lies behind it learns nothing."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding for each optimizer that never found a gradient."""
    steps: dict[int, list[Update]] = {}
    for update in trace.of(Update):
        if update.optimizer >= 0:
            steps.setdefault(update.optimizer, []).append(update)
    table = parameters_of(trace)
    called = {forward.model for forward in trace.of(Forward)}
    if not any(update.leaves for every in steps.values() for update in every):
        return
    for optimizer, every in steps.items():
        mine = [one for one in table if one.optimizer == optimizer]
        if len(every) < FEWEST or not mine or any(update.leaves for update in every):
            continue
        if all(_is_unreached(one) for one in mine) and any(one.model in called for one in mine):
            yield _finding(trace, every, mine)


def _is_unreached(one: Parameter) -> bool:
    return not one.passes and one.gradient is None and is_idle(one)


def _finding(trace: Trace, every: list[Update], mine: list[Parameter]) -> Finding:
    first = every[0]
    place = trace.optimizers[first.optimizer].place
    whose = "this optimizer" if place is None else f"the optimizer of line {place.line}"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=_place(trace, first),
        step=first.number,
        what=f"no gradient of this loss reaches the weights of {whose}, which steps along it",
        evidence=(
            Evidence(
                label=f"steps of {whose} that found a gradient",
                expected=f"all of {len(every)}",
                actual="0",
                sentence=f"In {count(len(every), 'step')}, {whose} found no gradient in any of "
                f"its {count(len(mine), 'tensor')}.",
            ),
            Evidence(
                label="its weights at the end",
                expected="other ones than at first",
                actual="as they began",
                sentence=f"{named(mine)} have the numbers that they began with, though their "
                "network was called.",
            ),
        ),
        fix="compute this loss from what the network has made, with its graph: not detached, and "
        "not made within torch.no_grad()",
        why=WHY,
    )


def _place(trace: Trace, step: Update) -> Place | None:
    """The line of the loss that a step goes by, or of its backward pass."""
    looked = [one.place for one in trace.of(Reach) if one.backward == step.backward]
    passes = [one.place for one in trace.of(Backward) if one.number == step.backward]
    return next((place for place in (*looked, *passes) if place is not None), step.place)
