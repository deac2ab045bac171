"""The fixture ``program``: what a finished training run has left, for checks to read.

A run (:mod:`grader.checks.running`) gives one frozen record, `Ran`, made of what came over the
wall. A `Program` only reads it, so a check can't tell whether the program has just been run or was
run a month ago and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from grader.checks.agreement import CheckFailed, NotJudged, Unsettled
from grader.observation.record import KeptReplay
from grader.schema.fields import TraceMalformed
from grader.trace.trace import Trace

TAMPERED = "The program replaced parts of torch by which its training is watched."


def require_sound(trace: Trace) -> Trace:
    """The same trace.

    Raises:
        CheckFailed: the program took the recorder's hooks away.
        Unsettled: the recorder could not follow the program.
        NotJudged: it made steps that the recorder could not see.
    """
    if trace.is_tampered:
        raise CheckFailed(TAMPERED)
    if trace.faults:  # what it missed could be what a finding, or a pass, rests on
        raise Unsettled(
            "the training could not be followed, and this rests on its record; please show it to "
            f"whoever runs the course ({'; '.join(trace.faults[:3])})"
        )
    if trace.unseen:
        raise NotJudged(
            f"{trace.unseen} steps of the training were made where they can't be seen, beside the "
            f"{trace.updates} that were: gradients that neither backward() nor "
            "torch.autograd.grad computed, weights that no optimizer's step changed, a training "
            "in two threads at once, or steps while torch was told that it is compiling"
        )
    return trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What a finished program is asked while its process lives, beside its last model's outputs.

    Both are names of functions in the exercise's ``props.py``, which get the program's main
    module. ``model`` gives the network whose outputs count, None for the one trained last;
    ``seen`` gives plain data, which ``program.seen`` holds. ``before`` is called before the
    program starts, with the values that stand behind its name. ``names`` calls the classes of all
    labels by other names.
    """

    model: str = ""
    seen: str = ""
    before: tuple[str, *tuple[Any, ...]] | None = None
    names: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """How much of a training is looked at: a diagnosis does not wait for the end of a long one.

    ``steps`` ends it after so many updates, None never. ``replays_s`` are the seconds that all
    replays may take together, None as long as each needs. ``calls``: a file that trains nothing by
    itself has its main function called.
    """

    steps: int | None = None
    replays_s: float | None = None
    calls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One finished run of a program: all that was seen of it, and nothing that can change.

    ``ended`` says in one sentence why the program ended early, or is empty. ``recorded`` is what
    the recorder saw, up to the end or to whatever ended it, with the replays; ``rows`` and
    ``replays`` are the same as it came over the wall, where that was to be kept. ``damage`` is what
    was wrong with it. ``outputs`` is what the trained model gave for the images that it was shown,
    or the exception that came instead; ``start`` what it gave for the first half of them as it was
    before its first update, None where that isn't known. ``is_first``: nothing else had been
    trained by then. ``seen`` is what ``props.py`` told, or the exception that came instead.
    ``gave_up``: the program ended itself and said that it had failed.
    """

    ended: str
    recorded: Trace
    rows: tuple[Any, ...] = ()
    replays: tuple[KeptReplay, ...] = ()
    damage: TraceMalformed | None = None
    outputs: object = None
    start: torch.Tensor | None = None
    is_first: bool = False
    seen: Any = None
    gave_up: bool = False


class Program:
    """A finished run, as checks ask about it; ``again`` runs the same program once more."""

    def __init__(self, ran: Ran, again: Callable[[Questions], Program]) -> None:
        self.ran = ran
        self._again = again

    def again(self, questions: Questions) -> Program:
        """The same program, run once more from the same seed; of that run nothing is told.

        Raises:
            StudentFault, StudentRaised: what came instead of the preparation that was asked for.
        """
        return self._again(questions)

    @property
    def trace(self) -> Trace:
        """The record of the run. Nothing may be concluded from one that is damaged.

        Raises:
            CheckFailed: the program took the recorder's hooks away.
            TraceMalformed: it wrote rows of its own.
            Unsettled: the recorder could not follow the program.
        """
        if self.ran.damage is not None:
            raise self.ran.damage
        return require_sound(self.ran.recorded)

    @property
    def ended(self) -> str:
        """Why the program ended early, in one sentence; or nothing."""
        return self.ran.ended

    @property
    def outputs(self) -> object:
        """What the trained model gave for the held-out images, or the exception instead."""
        return self.ran.outputs

    @property
    def seen(self) -> Any:
        """What ``props.py`` told of the finished program. Raises what came instead."""
        if isinstance(self.ran.seen, Exception):
            raise self.ran.seen
        return self.ran.seen
