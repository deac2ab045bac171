"""The model is in training mode while it is evaluated on held-out data.

## What it does

Finds forward passes over data that was not trained on, between or after updates, with the
model in training mode.

## Why it matters

In training mode dropout switches units off at random, and batch normalisation uses the
batch's own statistics and goes on learning from them. A number measured in this mode is
noisy, too low, and with batch normalisation even changes the model. In a model with neither
no number changes today; the day a dropout layer is added, all of them do.

## Example

    for images, labels in val_loader:
        logits = model(images)

## Use instead

    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images)
    model.train()

## Known problems

Data is known as held-out by its loader, its dataset's rows, the images themselves or as rows of
the tensor that all training rows were taken from. A forward over data of unknown origin is not
judged, nor is repeating one input on purpose (Monte Carlo dropout), nor a mode that a class of
the program computes.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema import bits
from grader.schema.rows import Forward
from grader.trace.passes import Pass, describe, evaluation_passes
from grader.trace.trace import Trace

RULE = "validation-in-train-mode"
WHY = (
    "Dropout and batch normalisation act differently while training. Evaluation mode turns "
    "that off, so that the number measured is that of the model as it will be used."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that calls the model."""
    faults: dict[Place | None, list[tuple[Pass, Forward]]] = {}
    for one in evaluation_passes(trace):
        excused = one.in_eval_mode() | one.sampled()
        for forward in one.forwards:
            if _is_fault(forward) and forward.row not in excused:
                faults.setdefault(forward.place, []).append((one, forward))
    for place, found in faults.items():
        yield _finding(trace, place, found)


def _is_fault(forward: Forward) -> bool:
    """Training mode where it acts, or in a model where it would act on nothing.

    A model in evaluation mode whose dropout alone is on was made so on purpose; one whose
    other layers train as well was not told of it: only its own flag was set.
    """
    if not forward.is_training and not forward.has(bits.PLAIN_TRAINING):
        return False
    if forward.has(bits.HAS_SENSITIVE):
        return forward.has(bits.SENSITIVE)
    return forward.is_training and forward.has(bits.LEAF_TRAINING) and not forward.has(bits.PART)


def _finding(trace: Trace, place: Place | None, found: list[tuple[Pass, Forward]]) -> Finding:
    first_pass, first = found[0]
    acts = any(forward.has(bits.SENSITIVE) for _, forward in found)
    names = ", ".join(trace.models[first.model].sensitive)
    whole = any(forward.is_training for _, forward in found)
    where = "" if whole else " inside"
    effect = (
        f"{names} acted as in training"
        if acts and names
        else "this model has no dropout or batch normalisation, so no number changes today"
    )
    return Finding(
        rule=RULE,
        level=Level.ERROR if acts else Level.WARNING,
        place=place,
        step=first_pass.step,
        what=f"{'the model is' if whole else 'layers of the model are'} in training mode on "
        f"held-out data after step {first_pass.step}; {effect}",
        evidence=(
            Evidence(
                label="mode of the model",
                expected="evaluation (training = False)",
                actual=f"training = True{where}, in {count(len(found), 'forward pass')}",
                sentence=f"In {count(len(found), 'forward pass')} on held-out data, training was "
                f"True{where}.",
            ),
            Evidence(
                label="data",
                expected="training mode for training data only",
                actual=describe(trace.sources[first.source]),
                sentence=f"What the model read there: {describe(trace.sources[first.source])}.",
            ),
        ),
        fix="set the model to evaluation mode before it sees validation data, and back after",
        why=WHY,
    )
