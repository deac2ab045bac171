"""No optimizer ever steps: gradients are computed and nothing is done with them.

## What it does

Finds optimizers that hold parameters which backward passes give gradients to, that never step, and
whose parameters nothing else changes.

## Why it matters

``backward()`` computes gradients; ``step()`` changes the weights. Without it, each batch is looked
at with the weights of the very beginning. ``optimizer.step`` without parentheses names the method
and doesn't call it: Python takes that as a line that does nothing.

## Example

    optimizer.zero_grad()
    loss.backward()
    optimizer.step

## Use instead

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

## Known problems

Gradients may be wanted for themselves. So a program is judged only where an optimizer holds the
parameters, and passes that also ask for the gradient of an input are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Parameter, Scaled
from grader.trace.parameters import is_idle, named, parameters_of, steppers
from grader.trace.trace import Trace

RULE = "no-step"
HIDES = ("symmetric-initial-weights", "gradients-not-cleared", "scheduler-before-optimizer")
WHY = (
    "backward() only writes gradients next to the weights. The weights themselves change in "
    "optimizer.step(), and in nothing else."
)
FEWEST = 3


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per optimizer that never steps."""
    table, steps = parameters_of(trace), steppers(trace)
    if any(_is_input(one) for one in table) or any(True for _ in trace.of(Scaled)):
        return
    if all(one.is_grad for one in trace.of(Backward)):
        return
    for optimizer in trace.optimizers:
        held = [one for one in table if one.optimizer == optimizer.index and one.passes]
        if not held or optimizer.index in steps or not all(map(is_idle, held)):
            continue
        if min(one.passes for one in held) >= FEWEST:
            yield _finding(trace, held)


def _is_input(one: Parameter) -> bool:
    """Whether a leaf is none of a model's: the gradient of an input is wanted."""
    return one.passes > 0 and one.model < 0 and one.optimizer < 0 and not one.parameter


def _finding(trace: Trace, held: list[Parameter]) -> Finding:
    passes = [one for one in trace.of(Backward) if not one.is_grad]
    last = passes[-1]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=last.place,
        step=None,
        what=f"after {count(last.number, 'backward pass')} the optimizer has made no step, and "
        "no weight has changed",
        evidence=(
            Evidence(
                label="steps of the optimizer",
                expected=f"about {last.number}, as there were so many backward passes",
                actual="0",
                sentence=f"{named(held)} got gradients in {count(last.number, 'backward pass')}, "
                "and have the numbers that they began with.",
            ),
        ),
        fix="call the optimizer's step() after each backward pass; without parentheses, step does "
        "nothing",
        why=WHY,
    )
