"""What a check on a training has to have seen before it says anything good of it.

Nothing done earns nothing: no update is no update with clean gradients, and steps that changed
no weight have no size that could be right. Where the run shows neither, it is not judged
(docs/design/026-on-evidence.md).
"""

from __future__ import annotations

from typing import Protocol

from grader.checks.agreement import CheckFailed, NotJudged
from grader.schema.rows import Update
from grader.trace.trace import Trace


class Ran(Protocol):
    """A finished run: its trace, and in one sentence why it ended early, or nothing."""

    @property
    def trace(self) -> Trace:
        """What the recorder saw."""
        ...

    @property
    def ended(self) -> str:
        """Why it ended early, or an empty text."""
        ...


def require_training(program: Ran, updates: int = 1) -> None:
    """Require so many updates, in a recording that can be believed.

    Raises:
        CheckFailed: there was none, or the program ended before there were enough.
        NotJudged: it came to its end with fewer.
    """
    trace = program.trace
    if trace.updates >= updates:
        return
    if not trace.updates:
        raise CheckFailed(f"no training step was seen. {program.ended}".rstrip())
    steps = (
        "only one training step was"
        if trace.updates == 1
        else (f"only {trace.updates} training steps were")
    )
    if program.ended:
        raise CheckFailed(f"{steps} seen, too few to judge. {program.ended}")
    raise NotJudged(f"{steps} seen, too few to judge")


def require_movement(trace: Trace) -> None:
    """Require that some step changed a weight.

    Raises:
        CheckFailed: none did, because the learning rate is 0.
        NotJudged: none did, for another reason.
    """
    if trace.moves:
        return
    if not any(update.rate for update in trace.of(Update)) and any(trace.gradient_norms):
        raise CheckFailed(
            f"none of {trace.updates} steps changed a weight: the learning rate is 0 in all of them"
        )
    raise NotJudged(f"none of {trace.updates} steps changed a weight")
