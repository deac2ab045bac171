"""A part of the network gets no gradient: the graph is cut between it and the loss.

## What it does

Finds parameters that an optimizer holds and whose layers take part in the model's computation, but
that no loss leads to, while the rest of the network learns.

## Why it matters

``.detach()``, ``.data``, ``.item()``, ``torch.tensor(x)``, ``argmax`` and ``torch.no_grad()`` end
the graph. What comes after them learns, what comes before stays random. The loss falls all the
same, only less than it could. ``requires_grad_()`` on the result makes a new variable and mends
nothing.

## Example

    hidden = torch.relu(self.first(x)).detach()
    return self.second(hidden)

## Use instead

    hidden = torch.relu(self.first(x))
    return self.second(hidden)

## Known problems

Layers whose numbers were loaded from a file, that don't run, or whose results the model returns and
the loss leaves out are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Parameter
from grader.trace.parameters import first_place, is_idle, named, parameters_of, steppers
from grader.trace.trace import Trace

RULE = "graph-cut-in-part"
HIDES = ("symmetric-initial-weights", "learning-rate-too-low")
WHY = (
    "A gradient flows back along the operations that led to the loss. Where one of them has no way "
    "back, the layers before it get none."
)
FEWEST = 3


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: what was to learn, took part, and got nothing."""
    table, steps = parameters_of(trace), steppers(trace)
    learning = {one.optimizer for one in table if one.passes and one.changed}
    cut = [
        one
        for one in table
        if one.optimizer in steps and one.optimizer in learning and _is_cut(table, one)
    ]
    if cut and not any(one.loaded for one in table):
        yield _finding(trace, cut)


def _is_cut(table: list[Parameter], one: Parameter) -> bool:
    if one.model < 0 or one.passes or one.of < FEWEST or not is_idle(one) or not one.ran:
        return False
    whole = not any(other.passes for other in table if other.model == one.model)
    return one.gradient is None and (whole or not one.led)


def _place(cut: list[Parameter]) -> Place | None:
    """The line that calls the last of these layers: what it returns is cut off there, or later."""
    places = [one.called for one in cut if one.called is not None]
    return places[-1] if places else first_place(cut)


def _finding(trace: Trace, cut: list[Parameter]) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=_place(cut),
        step=1,
        what=f"{named(cut)} take part in the computation, and no loss leads back to them",
        evidence=(
            Evidence(
                label="parameters in the optimizer that never got a gradient",
                expected="none",
                actual=named(cut),
                sentence=f"In {count(cut[0].of, 'loss')} that were looked at none led to "
                f"{named(cut)}; after {count(trace.updates, 'step')} they are what they were at "
                "first.",
            ),
        ),
        fix="look between these layers and the loss for detach(), .data, item(), argmax, "
        "torch.tensor() or no_grad(), and take it away",
        why=WHY,
    )
