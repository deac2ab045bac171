"""The model is trained on the data that it is validated with.

## What it does

Finds updates made on batches of a loader that is there for evaluation: in each epoch the model is
set to evaluation mode for it and trained all the same; or its data set is the test part of one
whose training part is trained on too; or it is the only data that the model is evaluated on, again
and again, and the loop that trains on other data trains on this as well. A note where lines of its
own take it in order after each pass over data that is shuffled.

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
trained on everything in the end. Which loader is for validation is known by the model's mode, by
what a data set of torchvision says, or as the only one that is evaluated; where only its order
tells, it is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Source, Turn
from grader.trace.loaders import Evaluation, evaluations, part_of, stretches, takes_turns
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
    evaluated = list(evaluations(trace))
    trained = [source for source in trace.sources if source.kind == "loader" and source.trained]
    for held in trained:
        others = [
            one.index
            for one in trained
            if one is not held and one.trained.keys() & held.trained.keys()
        ]
        turns = [one for one in others if takes_turns(found, one, held.index)]
        proofs = (
            *(_by_mode_or_part(trace, one, held.index) for one in turns),
            *(_by_evaluations(trace, evaluated, one, held.index) for one in others),
            *(_by_order(trace, one, held.index) for one in turns),
        )
        proof = next(filter(None, proofs), None)
        if proof is not None:
            yield _finding(held, proof)


@dataclass(frozen=True, slots=True)
class _Proof:
    """A forward that trained on held-out data, and how it is known to be held out."""

    first: Forward
    why: str
    level: Level


def _fed(trace: Trace, source: int) -> list[Forward]:
    return [forward for forward in trace.of(Forward) if forward.is_fed and forward.source == source]


def _by_mode_or_part(trace: Trace, train: int, held: int) -> _Proof | None:
    here, there = (
        [forward for forward in _fed(trace, source) if forward.is_mode_known]
        for source in (held, train)
    )
    if len(here) < FEWEST or not there:
        return None
    if all(f.is_training for f in there) and not any(f.is_training for f in here):
        why = "the model is set to evaluation mode for it, and only for it"
        return _Proof(here[0], why, Level.ERROR)
    if part_of(trace, held) == "test" and part_of(trace, train) == "train":
        why = "its data set is the test part of one whose training part is trained on"
        return _Proof(here[0], why, Level.ERROR)
    return None


def _by_evaluations(
    trace: Trace, evaluated: list[Evaluation], train: int, held: int
) -> _Proof | None:
    """Whether this is all that is evaluated, trained on before, by the line that trains on others.

    What is trained on by lines of its own may have another purpose than to learn its labels.
    """
    if {one.forward.source for one in evaluated} != {held}:
        return None
    times = {one.forward.updates for one in evaluated if held in one.trained}
    lines = {forward.place for forward in _fed(trace, train)} - {None}
    first = next((forward for forward in _fed(trace, held) if forward.place in lines), None)
    if len(times) < FEWEST or first is None:
        return None
    why = "it is the only data that the model is evaluated on"
    return _Proof(first, why, Level.WARNING)


def _by_order(trace: Trace, train: int, held: int) -> _Proof | None:
    """Whether lines of its own take it in order, after each pass over what is shuffled."""
    orders = {
        source: {turn.order for turn in trace.of(Turn) if turn.source == source}
        for source in (train, held)
    }
    here, there = _fed(trace, held), _fed(trace, train)
    if orders != {train: {"random"}, held: {"sequential"}} or len(here) < FEWEST:
        return None
    if {one.place for one in here} & {one.place for one in there}:
        return None
    why = "it is taken in order, after each pass over data that is shuffled, as validation data is"
    return _Proof(here[0], why, Level.NOTE)


def _finding(held: Source, proof: _Proof) -> Finding:
    first = proof.first
    place: Place | None = first.place
    batches = sum(held.trained.values())
    rows = f"{held.name} of {count(held.size, 'row')}" if held.size > 0 else held.name
    return Finding(
        rule=RULE,
        level=proof.level,
        place=place,
        step=first.updates + 1,
        what=f"step {first.updates + 1} trains on data that {_is_for(proof)} ({rows})",
        evidence=(
            Evidence(
                label="batches of this data that a step learned from",
                expected="0",
                actual=str(batches),
                sentence=f"{count(batches, 'batch')} of this data changed the weights, "
                f"though {proof.why}.",
            ),
        ),
        fix="run the model on this data without backward() and step(), under torch.no_grad()",
        why=WHY,
    )


def _is_for(proof: _Proof) -> str:
    sure = proof.level is not Level.NOTE
    return "the model is validated with" if sure else "may be kept for validation"
