"""The optimizer holds other parameters than those that the loss is computed with.

## What it does

Finds parameters that every loss leads to and that no optimizer holds, while some optimizer holds
tensors that no loss ever leads to; and models of which the part next to the loss was left out of
the optimizer.

## Why it matters

An optimizer is given tensors, not a model. Where a layer is replaced afterwards
(``model.fc = nn.Linear(…)``), it still holds the old one. The new layer gets gradients at each step
and keeps its random numbers for ever. The rest of the network learns around it, so that the loss
falls, less than it could.

## Example

    optimizer = torch.optim.Adam(model.parameters())
    model.fc = nn.Linear(64, 10)

## Use instead

    model.fc = nn.Linear(64, 10)
    optimizer = torch.optim.Adam(model.parameters())

## Known problems

Parameters that were loaded from a file may be left out on purpose, and are not judged; nor are the
first layers of a network, or a whole model that is in no optimizer while another one learns.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Parameter
from grader.trace.parameters import is_idle, named, parameters_of, steppers
from grader.trace.trace import Trace

RULE = "optimizer-over-other-parameters"
HIDES = (
    "learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows",
    "symmetric-initial-weights", "loss-cut-from-graph", "no-step", "graph-cut-in-part",
)  # fmt: skip
WHY = (
    "An optimizer changes the tensors that it was given when it was made, and no others. What a "
    "model got later, or what belongs to another model, it knows nothing of."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: parameters that get gradients, and that nothing ever changes."""
    table, steps = parameters_of(trace), steppers(trace)
    missing = [one for one in table if _is_missing(one)]
    if not missing or sum(steps.values()) < FEWEST:
        return
    stale = [
        one
        for one in table
        if one.optimizer in steps and not one.passes and is_idle(one) and one.gradient is None
    ]
    replaced = [one for one in stale if one.model < 0 or not _trains(table, one.model)]
    if replaced:
        yield _finding(trace, missing, replaced, Level.ERROR)
    elif _is_part_next_to_the_loss(table, missing):
        yield _finding(trace, missing, [], Level.WARNING)


def _is_missing(one: Parameter) -> bool:
    return one.model >= 0 and one.optimizer < 0 and one.is_reached and is_idle(one)


def _trains(table: list[Parameter], model: int) -> bool:
    """Whether some parameter of a model gets gradients and is held by an optimizer."""
    return any(one.model == model and one.passes and one.optimizer >= 0 for one in table)


def _is_part_next_to_the_loss(table: list[Parameter], missing: list[Parameter]) -> bool:
    """Whether one model is trained but for its last layer, which keeps its first numbers."""
    models = {one.model for one in missing}
    if len(models) != 1 or any(one.loaded for one in table):
        return False
    trained = [one for one in table if one.model in models and one.optimizer >= 0 and one.passes]
    weights = [one.nearest for one in missing if one.axes > 1]
    return bool(trained and weights) and min(weights) < min(one.nearest for one in trained)


def _finding(
    trace: Trace, missing: list[Parameter], stale: list[Parameter], level: Level
) -> Finding:
    evidence = [
        Evidence(
            label="parameters that every loss leads to and that no optimizer holds",
            expected="none",
            actual=named(missing),
            sentence=f"The loss leads to {named(missing)}, and no optimizer holds them: after "
            f"{count(trace.updates, 'step')} they have the numbers that they began with.",
        )
    ]
    if stale:
        evidence.append(
            Evidence(
                label="tensors that the optimizer holds and that no loss leads to",
                expected="none",
                actual=str(len(stale)),
                sentence=f"The optimizer holds {count(len(stale), 'tensor')} that no loss leads "
                "to.",
            )
        )
    return Finding(
        rule=RULE,
        level=level,
        place=_place(trace, missing, stale),
        step=1,
        what=f"{named(missing)} never change: the optimizer was not given them",
        evidence=tuple(evidence),
        fix="make the optimizer when the model is complete, from the parameters of this model",
        why=WHY,
    )


def _place(trace: Trace, missing: list[Parameter], stale: list[Parameter]) -> Place | None:
    """The optimizer's line: of the one that holds what is stale, or the same model's others."""
    if stale:
        return trace.optimizers[stale[0].optimizer].place
    table = parameters_of(trace)
    models = {one.model for one in missing}
    holders = [one.optimizer for one in table if one.model in models and one.optimizer >= 0]
    return trace.optimizers[holders[0]].place
