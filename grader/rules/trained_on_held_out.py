"""The model is trained on the data that it is validated with.

## What it does

Finds updates made on batches of a loader that is there for evaluation: in each epoch the model is
set to evaluation mode for it and trained all the same; or its data set is the test part of one
whose training part is trained on too.

## Why it matters

A validation says how the model does on data that it has not learned from. With ``backward()`` and
``step()`` in the validation loop it learns from that data as well, so its accuracy there is too
good, and nobody notices that the model does worse on new data.

## Example

    model.eval()
    for images, labels in val_loader:
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

## Use instead

    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            loss = criterion(model(images), labels)

## Known problems

Two loaders that are trained on one after the other, once each, are not judged: a model may be
trained on everything in the end. Which loader is for validation is known by the model's mode or by
what a data set of torchvision says; where neither tells, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Source
from grader.trace.loaders import part_of, stretches, takes_turns
from grader.trace.trace import Trace

RULE = "trained-on-held-out"
HIDES = (
    "same-data-for-both", "splits-overlap", "training-in-evaluation-mode",
    "validation-in-train-mode", "validation-tracks-gradients",
)  # fmt: skip
FEWEST = 2
WHY = (
    "What a model has learned from can't tell how it does on new data. Validation runs the model "
    "and leaves its weights as they are."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per loader that is validated with and trained on."""
    found = stretches(trace)
    trained = [source for source in trace.sources if source.kind == "loader" and source.trained]
    for held in trained:
        others = [
            one.index
            for one in trained
            if one is not held
            and one.trained.keys() & held.trained.keys()
            and takes_turns(found, one.index, held.index)
        ]
        proof = next((proof for one in others if (proof := _proof(trace, one, held))), None)
        if proof is not None:
            yield _finding(held, *proof)


def _proof(trace: Trace, train: int, held: Source) -> tuple[Forward, str] | None:
    """A forward that trained on held-out data, and how it is known to be held out."""
    fed = [forward for forward in trace.of(Forward) if forward.is_fed and forward.is_mode_known]
    here = [forward for forward in fed if forward.source == held.index]
    there = [forward for forward in fed if forward.source == train]
    if len(here) < FEWEST or not there:
        return None
    if all(f.is_training for f in there) and not any(f.is_training for f in here):
        return here[0], "the model is set to evaluation mode for it, and only for it"
    if part_of(trace, held.index) == "test" and part_of(trace, train) == "train":
        return here[0], "its data set is the test part of one whose training part is trained on"
    return None


def _finding(held: Source, first: Forward, why: str) -> Finding:
    place: Place | None = first.place
    batches = sum(held.trained.values())
    rows = f"{held.name} of {held.size} rows" if held.size > 0 else held.name
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=place,
        step=first.updates + 1,
        what=f"step {first.updates + 1} trains on data that the model is validated with ({rows})",
        evidence=(
            Evidence(
                label="batches of this data that a step learned from",
                expected="0",
                actual=str(batches),
                sentence=f"{count(batches, 'batch')} of this data changed the weights, "
                f"though {why}.",
            ),
        ),
        fix="run the model on this data without backward() and step(), under torch.no_grad()",
        why=WHY,
    )
