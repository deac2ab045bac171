"""One network is pulled two ways: by its own loss, and by that of its opponent.

## What it does

Finds steps of an optimizer along gradients that another one has stepped along already, and that
point against those of its own loss; and two optimizers that hold the same tensors and step on them
in opposite directions. So it is where the discriminator's loss reaches the generator, and what
it leaves there isn't cleared, or the discriminator's optimizer was given the generator, too.

## Why it matters

The discriminator's loss is low where it tells fakes from real rows, so its gradient makes the
generator's fakes easier to tell. Added to the generator's own gradient it takes most of it away.
Nothing fails, and the generator hardly learns.

## Example

    d_loss = bce(critic(real), ones) + bce(critic(fake), zeros)
    d_loss.backward()
    opt_d.step()
    g_loss = bce(critic(generator(z)), ones)
    g_loss.backward()    # adds to what d_loss has left in the generator
    opt_g.step()

## Use instead

    d_loss = bce(critic(real), ones) + bce(critic(fake.detach()), zeros)
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(critic(fake), ones)

## Known problems

The first 40 backward passes are looked at, of networks of up to four million numbers. Losses that
share tensors without pulling against each other, as those of several tasks do, aren't meant. What
the generator's loss leaves in the discriminator isn't found: there both add up to something that
may be wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count, value
from grader.schema.rows import Opposed, Within
from grader.trace.trace import Trace

RULE = "discriminator-trains-generator"
HIDES = ("learning-rate-too-high", "learning-rate-too-low", "vanishing-gradients")
FEWEST = 3
AGAINST, ASIDE = -0.5, -0.25
"""Losses of several tasks meet at right angles, more or less, and only now and then at more."""
MOST_ASIDE = 0.25
"""So large a share of the steps may have met at less, as the opponents come to agree."""
WHY = (
    "What makes one network's loss smaller makes its opponent's larger. Each may only step along "
    "the gradients of its own loss."
)
WHAT = {
    "left": "this pass leaves gradients in tensors that another optimizer trains, which steps "
    "along them as well as along its own loss",
    "shared": "the optimizer that steps along this loss also holds tensors of its opponent, and "
    "moves them the other way",
}
FIX = {
    "left": "keep this loss out of the other network (detach what that has made), and clear that "
    "network's gradients right before its own pass",
    "shared": "give each optimizer the parameters of its own network alone, and keep this loss out "
    "of the other one (detach what that has made)",
}


def find(trace: Trace) -> Iterator[Finding]:
    """One finding for each two optimizers that pull against each other."""
    if any(True for _ in trace.of(Within)):
        return  # hooks step while a pass goes on, along gradients of which each is another's
    pairs: dict[tuple[int, int, str], list[Opposed]] = {}
    for one in trace.of(Opposed):
        pairs.setdefault((one.optimizer, one.other, one.how), []).append(one)
    for every in pairs.values():
        if all(one.reached and one.cosine < ASIDE for one in every) and _oppose(every):
            yield _finding(trace, every)


def _oppose(every: list[Opposed]) -> bool:
    against = sum(one.cosine < AGAINST for one in every)
    return against >= FEWEST and against >= (1 - MOST_ASIDE) * len(every)


def _finding(trace: Trace, every: list[Opposed]) -> Finding:
    first = every[0]
    least = max(one.cosine for one in every)
    place = trace.optimizers[first.optimizer].place
    whose = "its optimizer" if place is None else f"the optimizer of line {place.line}"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.earlier,
        step=first.update,
        what=WHAT[first.how],
        evidence=(
            Evidence(
                label="cosine of the angle between the gradients of the two losses",
                expected="they never meet in one tensor",
                actual=f"{least:.2f} or less",
                sentence=f"In {count(len(every), 'step')} of {whose}, the gradients of the two "
                f"losses pointed against each other: the cosine of their angle was {least:.2f} at "
                "most, where -1 is straight against.",
            ),
            Evidence(
                label="norm of the gradient of this loss there",
                expected="0",
                actual=f"{value(first.size)}, that of its own loss {value(first.fresh)}",
                sentence=f"In the first of these steps this loss's gradient had a norm of "
                f"{value(first.size)} there, and that of its own loss {value(first.fresh)}.",
            ),
        ),
        fix=FIX[first.how],
        why=WHY,
    )
