"""The model is trained in evaluation mode after it was validated.

## What it does

Finds updates made with the whole model in evaluation mode, after others in training mode and an
evaluation in between: the mode was not set back.

## Why it matters

In evaluation mode dropout drops nothing, and batch normalisation uses and keeps its running
statistics. ``eval()`` stays until ``train()`` is called. So a model that is set to evaluation
mode for its first validation trains on without dropout, and the network that comes out is not the
one that the code describes.

## Example

    model.train()
    for epoch in range(epochs):
        train_epoch(model)
        model.eval()
        validate(model)

## Use instead

    for epoch in range(epochs):
        model.train()
        train_epoch(model)
        model.eval()
        validate(model)

Where validation comes in the middle of an epoch, ``train()`` belongs right after it.

## Known problems

Only models with layers that know of the mode are judged. One that was in evaluation mode from
the start, or whose batch normalisation alone was frozen, is taken to be meant so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema import bits
from grader.schema.rows import Forward, Mode
from grader.trace.trace import Trace

RULE = "training-in-evaluation-mode"
FEWEST = 2
WHY = (
    "eval() stays in force until train() is called. Updates made in evaluation mode train another "
    "network than the one with dropout and batch statistics."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per model, at the line that calls it first in the wrong mode."""
    courses: dict[int, list[Mode]] = {}
    for mode in trace.of(Mode):
        courses.setdefault(mode.model, []).append(mode)
    for model, modes in courses.items():
        fell = _fell_asleep(trace, model, modes)
        if fell is not None and _asleep_since(modes, fell) >= FEWEST:
            yield _finding(trace, fell, modes[-1], _asleep_since(modes, fell))


def _asleep_since(modes: list[Mode], fell: Mode) -> int:
    return max(modes[-1].asleep - fell.asleep + 1, 0)


def _fell_asleep(trace: Trace, model: int, modes: list[Mode]) -> Mode | None:
    """The first change from training to evaluation mode with an evaluation before it."""
    for before, mode in pairwise(modes):
        if before.acts != bits.ACTS or mode.acts != bits.QUIET or mode.place is None:
            continue
        if any(
            forward.model == model
            and before.update <= forward.updates < mode.update
            and not (forward.is_training or forward.is_fed)
            for forward in trace.of(Forward)
        ):
            return mode
    return None


def _finding(trace: Trace, fell: Mode, last: Mode, asleep: int) -> Finding:
    names = ", ".join(trace.models[fell.model].sensitive)
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=fell.place,
        step=fell.update,
        what=f"from step {fell.update} on the model is trained in evaluation mode, in which it was "
        f"validated: {names or 'dropout'} does not act",
        evidence=(
            Evidence(
                label="steps made in evaluation mode",
                expected="0",
                actual=f"{asleep} of {last.awake + last.asleep}",
                sentence=f"Of {count(last.awake + last.asleep, 'step')}, {asleep:,} were made in "
                "evaluation mode.",
            ),
        ),
        fix="set the model to training mode after each validation, before the next step",
        why=WHY,
    )
