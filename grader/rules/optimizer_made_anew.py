"""An optimizer that is made anew in the loop, and forgets what it knew.

## What it does

Finds a line that makes an optimizer again and again for the same parameters, where that optimizer
keeps something from one step to the next: for each step an error, for every few steps a note.

## Why it matters

Adam, RMSprop and SGD with momentum keep averages of the gradients, and go by these. A new one has
none. Made anew for each batch, Adam's every step is its first one: as long as the rate in each
direction, whatever the gradient's size. A schedule, too, holds on to the old optimizer.

## Example

    for images, labels in train_loader:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

## Use instead

    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for images, labels in train_loader:

## Known problems

Optimizers without memory (SGD without momentum) may be made anew; nothing is lost. Some methods
begin anew on purpose (restarts, federated and meta learning): more than one step each is a note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.schema.rows import Held
from grader.trace.parameters import steppers
from grader.trace.trace import Trace

RULE = "optimizer-made-anew"
HIDES = ("learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows")
WHY = (
    "An optimizer's averages are of use only if they live through the steps. What makes it anew "
    "throws them away."
)
FEWEST = 3


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that makes such optimizers."""
    steps = steppers(trace)
    lines: dict[Place | None, list[Held]] = {}
    for held in trace.of(Held):
        if held.stateful and held.optimizer in steps:
            lines.setdefault(trace.optimizers[held.optimizer].place, []).append(held)
    for place, made in lines.items():
        again = _in_a_row(trace, made, place)
        if len(again) >= FEWEST - 1 and place is not None:
            yield _finding(trace, place, made, _steps_of(made, steps))


def _in_a_row(trace: Trace, made: list[Held], place: Place | None) -> list[Held]:
    """Those that took over all parameters of one that was made at the same line."""
    return [
        held for held in made if held.earlier >= 0 and trace.optimizers[held.earlier].place == place
    ]


def _steps_of(made: list[Held], steps: Counter[int]) -> float:
    """How many steps each made, in the middle."""
    counts = sorted(steps[held.optimizer] for held in made)
    return counts[len(counts) // 2]


def _finding(trace: Trace, place: Place, made: list[Held], each: float) -> Finding:
    name = trace.optimizers[made[0].optimizer].name
    count = sum(one.place == place for one in trace.optimizers)
    plural = "step" if each == 1 else "steps"
    return Finding(
        rule=RULE,
        level=Level.ERROR if each <= 1 else Level.NOTE,
        place=place,
        step=made[1].updates or None,
        what=f"{name} is made anew {count:,} times for the same parameters, and forgets its "
        "averages each time",
        evidence=(
            Evidence(
                label=f"steps that each {name} made",
                expected=f"{trace.updates}, all of them",
                actual=f"{each:g}",
                sentence=f"{count:,} times a new {name} took over the same parameters, after "
                f"{each:g} {plural} of the one before.",
            ),
        ),
        fix="make the optimizer once, before the loop",
        why=WHY,
    )
