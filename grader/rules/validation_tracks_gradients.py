"""Gradients are recorded while the model is evaluated on held-out data.

## What it does

Finds forward passes over data that was not trained on whose output hangs on a graph that
nothing ever uses.

## Why it matters

Recording a graph costs time, and memory for every layer's activations: a validation batch
may then not fit where a training batch does. Kept in a list or a running sum, the graphs of
all batches stay alive. No result changes.

## Example

    model.eval()
    for images, labels in val_loader:
        logits = model(images)

## Use instead

    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images)

``torch.inference_mode()``, a decorator, and ``torch.set_grad_enabled(False)`` do as well.

## Known problems

A forward whose gradient is asked for later (saliency, attacks) is not counted, nor is one
over data of unknown origin.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward
from grader.trace.passes import Pass, describe, evaluation_passes
from grader.trace.trace import Trace

RULE = "validation-tracks-gradients"
WHY = (
    "Autograd keeps what a backward pass would need. In evaluation there is none, so it is "
    "time and memory for nothing."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that calls the model."""
    faults: dict[Place | None, list[tuple[Pass, Forward]]] = {}
    for one in evaluation_passes(trace):
        excused = one.without_gradients()
        for forward in one.forwards:
            if forward.tracks_gradients and forward.row not in excused:
                faults.setdefault(forward.place, []).append((one, forward))
    for place, found in faults.items():
        yield _finding(trace, place, found)


def _finding(trace: Trace, place: Place | None, found: list[tuple[Pass, Forward]]) -> Finding:
    first_pass, first = found[0]
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=place,
        step=first_pass.step,
        what="gradients are recorded on held-out data after step "
        f"{first_pass.step}, and nothing uses them",
        evidence=(
            Evidence(
                label="output.requires_grad",
                expected="False",
                actual=f"True, in {count(len(found), 'forward pass')}",
                sentence=f"In {count(len(found), 'forward pass')} on held-out data, "
                "output.requires_grad was True.",
            ),
            Evidence(
                label="data",
                expected="gradients for training data only",
                actual=describe(trace.sources[first.source]),
                sentence=f"What the model read there: {describe(trace.sources[first.source])}.",
            ),
        ),
        fix="turn gradients off around the validation pass",
        why=WHY,
    )
