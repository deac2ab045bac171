"""A training program in parts, before it is laid out as text.

A part is a tuple of lines. In them ``{m}`` is the model, ``{o}`` the optimizer, ``{c}`` the loss,
``{s}`` the scheduler and ``{p}`` the parameters, by the names that the wrapper gives them; ``x``
and ``y`` are a batch and ``out`` is what the model makes of it. A line that a fault has put there
says so: ``# finding: RULE``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

Lines = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A task that can be learned in some dozens of steps.

    ``data`` defines ``inputs``, ``targets``, ``held_inputs`` and ``held_targets``. ``models`` maps
    a name to the lines of a class ``Net`` without arguments, ``losses`` a name to the line that
    makes the loss (may be empty) and the expression of it in ``out``, ``x`` and ``y``. ``metric``
    is an expression in ``out`` and ``y`` whose value is a tensor. ``pace`` multiplies the rates.
    """

    name: str
    data: Lines
    models: dict[str, Lines]
    losses: dict[str, tuple[str, str]]
    metric: str = ""
    call: str = "{m}(x)"
    pace: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One composition: what was chosen, and the lines that it comes to."""

    domain: Domain
    wrapper: str
    choices: dict[str, str] = field(default_factory=dict)
    imports: Lines = ()
    data: Lines = ()
    batches: str = ""
    """An expression over which an epoch iterates, or empty for one batch of everything."""
    held: str = ""
    batch_head: Lines = ()
    """What a batch begins with, where ``batches`` doesn't give ``x`` and ``y`` themselves."""
    model: Lines = ()
    build: Lines = ("{m} = Net()",)
    made: Lines = ()
    """What stands between the optimizer and the training: nothing, in a correct program."""
    loss_made: str = ""
    optimizer: Lines = ()
    scheduler: Lines = ()
    epochs: int = 4
    epoch_head: Lines = ()
    clear_first: Lines = ()
    forward: Lines = ()
    loss: Lines = ()
    clear_between: Lines = ()
    backward: Lines = ()
    clip: Lines = ()
    step: Lines = ()
    clear_after: Lines = ()
    per_batch: Lines = ()
    log: Lines = ()
    per_epoch: Lines = ()
    evaluate: Lines = ()
    """The lines of an evaluation, in which ``held`` is iterated; may be empty."""
    call_mode: Lines = ()
    after: Lines = ()
    whole: str = ""
    """A program that is no composition of parts, as its finished text."""

    @property
    def batch(self) -> Lines:
        """What is done with one batch, in order."""
        return (
            *self.batch_head, *self.clear_first, *self.forward, *self.loss, *self.clear_between,
            *self.backward, *self.clip, *self.step, *self.clear_after, *self.per_batch, *self.log,
        )  # fmt: skip


def pick(draw: random.Random, choices: dict[str, Lines], without: tuple[str, ...] = ()) -> str:
    """One key of ``choices``."""
    return draw.choice([key for key in choices if key not in without])
