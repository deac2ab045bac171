"""The best weights are kept without a copy, so they change with the model.

## What it does

Finds weights that ``state_dict()`` gave in the course of a training, that were kept as they are
while the training went on, and loaded or saved afterwards; and a model that loads its own
parameters, however they were kept.

## Why it matters

``state_dict()`` copies nothing: its tensors are those of the model, and each later step changes
them too. What is loaded in the end as the best weights are the last ones, and loading them does
nothing at all.

## Example

    if accuracy > best:
        best, weights = accuracy, model.state_dict()

## Use instead

    if accuracy > best:
        best, weights = accuracy, copy.deepcopy(model.state_dict())

``torch.save`` at that moment does as well: a file is a copy.

## Known problems

A model that is itself given a second name (``best_model = model``) is not noticed. Weights that
were taken before the first step are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Alias
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "best-weights-aliased"
WHY = (
    "state_dict() and parameters() give the model's own tensors, and every later step changes "
    "these. To keep them as they are takes a copy."
)
FIX = "keep a copy: copy.deepcopy(model.state_dict()), or save the weights to a file at once"


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that takes the weights."""
    for found in by_place(trace.of(Alias)).values():
        yield (_of_own if found[-1].how == "own" else _finding)(found[-1])


def _of_own(last: Alias) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=last.place,
        step=last.taken,
        what=f"the weights that the model loads after step {last.used} are its own parameters, so "
        "loading them changes nothing",
        evidence=(
            Evidence(
                label="loaded weights that are a copy",
                expected="all",
                actual="none",
                sentence="Each tensor that is loaded lies where the model's own one lies: whatever "
                "was kept has changed with every step since.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )


def _finding(last: Alias) -> Finding:
    done = "loaded" if last.how == "load" else "saved"
    steps = last.used - last.taken
    where = f" at {last.used_place}" if last.used_place else ""
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=last.place,
        step=last.taken,
        what=f"the weights that are kept after step {last.taken} are no copy: when they are {done} "
        f"they are those of step {last.used}",
        evidence=(
            Evidence(
                label=f"steps that have changed the kept weights before they are {done}",
                expected="0",
                actual=str(steps),
                sentence=f"These weights were taken after step {last.taken} and used{where} after "
                f"step {last.used}: {count(steps, 'step')} in between changed them.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )
