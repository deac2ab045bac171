"""Parameters that are frozen by accident, or that were to be frozen and are not.

## What it does

Finds attributes that torch doesn't know where ``requires_grad`` of tensors was meant
(``require_grad``, or ``requires_grad`` on a module) and that changed nothing; and notes layers that
never get a gradient, were handed to the optimizer and have the random numbers they began with.

## Why it matters

Python lets every object have every attribute. ``p.require_grad = False`` sets one that nobody
reads, and so does ``model.features.requires_grad = False``: a module has none. What was to be
frozen is trained. The other way round, a layer that is left frozen stays random for ever.

## Example

    model.features.requires_grad = False

## Use instead

    model.features.requires_grad_(False)

## Known problems

Frozen layers are most often meant. They are a note, and only where the optimizer was given them and
nothing was loaded from a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Misspelt, Parameter
from grader.trace.parameters import first_place, named, parameters_of, steppers
from grader.trace.trace import Trace

RULE = "parameters-frozen"
WHY = "Whether a tensor is trained is decided by its own requires_grad, and by nothing else."


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per attribute; and one note for what is frozen."""
    if not trace.updates:
        return
    for one in trace.of(Misspelt):
        if one.other and one.other == one.tensors:
            yield _misspelt(one)
    table, steps = parameters_of(trace), steppers(trace)
    frozen = [one for one in table if _is_frozen(one) and one.optimizer in steps]
    models = {one.model for one in table if one.changed}
    frozen = [one for one in frozen if one.model in models]
    if frozen and not any(one.loaded for one in table):
        yield _frozen(trace, frozen)


def _is_frozen(one: Parameter) -> bool:
    asks = one.asked or one.asks
    return one.model >= 0 and one.axes > 1 and one.ran and not (asks or one.changed or one.passes)


def _misspelt(one: Misspelt) -> Finding:
    now = "are trained all the same" if not one.value else "get no gradient all the same"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=None,
        what=f"{one.attribute!r} of a {one.owner} means nothing to torch: "
        f"{count(one.tensors, 'tensor')} {now}",
        evidence=(
            Evidence(
                label="tensors that follow this attribute",
                expected=str(one.tensors),
                actual="0",
                sentence=f"{one.attribute} was set to {one.value} on a {one.owner}, and "
                f"{one.other} of its {count(one.tensors, 'tensor')} {now}.",
            ),
        ),
        fix="set requires_grad of each tensor, or call requires_grad_() of the module",
        why=WHY,
    )


def _frozen(trace: Trace, frozen: list[Parameter]) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=min((one.frozen for one in frozen if one.frozen), default=first_place(frozen)),
        step=None,
        what=f"{named(frozen)} are frozen at the random numbers that they began with",
        evidence=(
            Evidence(
                label="parameters that ask for no gradient, in the optimizer",
                expected="none, if all of the model is to learn",
                actual=named(frozen),
                sentence=f"{named(frozen)} took part in the training, got no gradient, and are "
                f"after {count(trace.updates, 'step')} what they were at first.",
            ),
        ),
        fix="if these layers are to learn, let them ask for gradients (requires_grad)",
        why=WHY,
    )
