"""A state that is carried on from step to step keeps the graph that it was computed by.

## What it does

Finds a backward pass that fails because its loss leads on into the graph of an earlier pass, by way
of a tensor that was kept from one step to the next: a recurrent network's hidden state, a memory.

## Why it matters

Each step is to learn from its own batch. A state that still knows how it was computed leads the
next backward pass through the step before, whose graph is gone by then and whose weights have
changed. ``retain_graph=True`` keeps the graph and helps nothing: the weights in it have changed all
the same.

## Example

    output, hidden = model(batch, hidden)
    loss = criterion(output, target)
    loss.backward()

## Use instead

    output, hidden = model(batch, hidden.detach())

The state goes on with its numbers, and the graph begins anew. Of an LSTM both parts are detached.

## Known problems

Only what fails is found. A state that is detached and handed to other sequences than its own is
not.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import FailedPass, Old
from grader.trace.trace import Trace

RULE = "hidden-state-carried-on"
HIDES = ("graph-kept",)
WHY = (
    "A tensor with a graph leads to all that it was computed from. Without one it is a number to "
    "go on from."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the pass that fails.

    A tensor that was computed before the training, of a leaf that is nobody's, is no state.
    """
    if any(one.leaves > one.hosted and one.made is not None for one in trace.of(Old)):
        return
    for failed in trace.of(FailedPass):
        is_next = failed.origin in (None, failed.place)  # and not a second loss of one step
        if failed.why == "state" and is_next and failed.what in ("again", "changed"):
            yield _finding(failed)
            return


def _finding(failed: FailedPass) -> Finding:
    where = f" at {failed.origin}" if failed.origin else ""
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=failed.place,
        step=failed.earlier + 1,
        what=f"the backward pass leads on into the graph of pass {failed.earlier}: a state is "
        "carried on with the graph that it was computed by",
        evidence=(
            Evidence(
                label="earlier passes that the graph of the loss leads to",
                expected="none",
                actual=f"pass {failed.earlier}",
                sentence=f"The graph of this loss goes on into that of pass {failed.earlier}"
                f"{where}, and the pass fails there.",
            ),
        ),
        fix="detach what is carried on before it is used again: hidden = hidden.detach()",
        why=WHY,
    )
