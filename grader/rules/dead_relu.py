"""A ReLU gives zero for everything that it is shown.

## What it does

Finds a ReLU between two layers all of whose units gave 0 for every row of a batch, at each of the
last times that it was looked at.

## Why it matters

A ReLU has no gradient where it gives 0. If all of its units give 0 for all inputs, the network
answers the same to everything, and no gradient reaches the layers before it: they will never
change again. It happens when biases are pushed far below zero, by a step that was too long or by
the initial weights, or when inputs are huge.

## Example

    nn.init.constant_(layer.bias, -100.0)     # no input can lift this above zero

## Use instead

Biases of zero to start with, and a smaller learning rate; or ``nn.LeakyReLU``, which always lets
some gradient through.

## Known problems

Single units that are dead beside others that live are no finding: many networks have some.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Backward, Forward, Parameter, Rectified
from grader.trace.trace import Trace

RULE = "dead-relu"
HIDES = ("vanishing-gradients",)
LOOKS = 3
"""So many times in a row, up to the last one, a ReLU must have given nothing."""
FEWEST_ROWS = 4
WHY = (
    "Where a ReLU gives 0 its slope is 0 too, so the gradient ends there. A unit that is 0 for "
    "every input gets no gradient from any of them, and stays as it is."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding: the ReLU nearest to the inputs, as those behind it see nothing else."""
    looks: dict[int, list[Rectified]] = {}
    for one in trace.of(Rectified):
        looks.setdefault(one.layer, []).append(one)
    last = max((one.backward for one in trace.of(Rectified)), default=0)
    for _, every in sorted(looks.items()):
        if _is_dead(every) and every[-1].backward == last:
            yield _finding(trace, every)
            return


def _is_dead(looks: list[Rectified]) -> bool:
    late = looks[-LOOKS:]
    return len(late) == LOOKS and all(
        one.silent == one.units and one.units > 1 and one.rows >= FEWEST_ROWS for one in late
    )


def _finding(trace: Trace, looks: list[Rectified]) -> Finding:
    last = looks[-1]
    dead = next(at for at in range(len(looks)) if all(o.silent == o.units for o in looks[at:]))
    name = last.name.removesuffix(".weight")
    where = f"the ReLU after {name}" if name else "a ReLU"
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=_place(trace, last),
        step=looks[dead].backward,
        what=f"{where} gives 0 for every input: all of its {count(last.units, 'unit')} are dead",
        evidence=(
            Evidence(
                label=f"units of {where} that answer to some row of the batch",
                expected=f"most of {last.units}",
                actual="0",
                sentence=f"In step {last.backward} none of the {count(last.units, 'unit')} gave "
                f"anything but 0 to any of {count(last.rows, 'row')}; so it was from step "
                f"{looks[dead].backward} on.",
            ),
        ),
        fix="begin with biases near zero and with inputs of ordinary size, or take smaller steps; "
        "a leaky ReLU keeps some gradient",
        why=WHY,
    )


def _place(trace: Trace, last: Rectified) -> Place | None:
    """The model's own line that runs the layer before it; else that which made the layer."""
    layer = next((o for o in trace.of(Parameter) if o.name == last.name and o.name), None)
    models = {one.place for one in trace.of(Forward)}
    if layer is not None and layer.called is not None and layer.called not in models:
        return layer.called
    made = None if layer is None else layer.place
    return made or next((one.place for one in trace.of(Backward)), None)
