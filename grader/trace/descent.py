"""Whether the gradients are those of the loss, so that a smaller step could be the cure.

Our side of the wall. A replay that goes better with smaller steps proves nothing while the
gradients are wrong: a derivative with its sign turned around does its harm more slowly then, too.
So before a rate is accused, two short replays from the same seed are compared: one with tiny steps,
one with none. Both see the same batches. By Taylor's theorem the difference of their losses is the
gradient times the displacement, if the gradient is that of the loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

from grader.trace.trace import Replay, ReplayRequest, Trace

PROBE = 24
"""Steps of either replay."""
TINY = (1 / 30, 1 / 1000)
"""Of the scale at which a replay has learned: the first that is tiny enough decides."""
FEWEST = 3
NEAR = 0.1
"""How far the change of the loss may be from what the gradient says."""
ROUNDING = 2e-7
"""Of float32 numbers; a change must be well above."""
CLEAR = 20.0

Word = Literal["sound", "wrong", "unmeasured", "unrepeatable", "open"]


def probes(scale: float, after: int) -> Iterator[ReplayRequest]:
    """The replays that are compared, for a scale at which the training learned."""
    for part in (0.0, *TINY):
        yield ReplayRequest(
            update_scale=part * scale,
            clear_gradients=True,
            stop_after_steps=after + PROBE,
            after=after,
        )


def options_of(request: ReplayRequest) -> dict[str, Any]:
    """What a recorder is told for a replay: it is asked for its losses, and for nothing else.

    The passes of a probe also tell by how much the loss should change.
    """
    is_probe = request.stop_after_steps == request.after + PROBE and request.clear_gradients
    return {**asdict(request), "facts": False, "slopes": is_probe}


def gradients_are(trace: Trace, scale: float, after: int) -> Word:
    """What the probes so far say; ``open`` if one more would tell more."""
    made = {replay.request: replay for replay in trace.replays}
    still, *moved = (made.get(request) for request in probes(scale, after))
    if still is None:
        return "open"
    word: Word = "open"
    for replay in moved:
        if replay is None:
            return "open"
        word = _compared(still, replay)
        if word != "wrong":
            return word
    return word


def _compared(still: Replay, moved: Replay) -> Word:
    changes: list[tuple[float, float]] = []
    size = 0.0
    for (before, _), (after, slope) in zip(still.passes, moved.passes, strict=False):
        if slope is None or not all(map(math.isfinite, (before, after, slope))):
            continue
        if not changes and abs(after - before) > CLEAR * ROUNDING * max(abs(before), 1e-9):
            return "unrepeatable"  # before the first step both must be the same
        changes.append((after - before, slope))
        size += abs(before)
    if len(changes) <= FEWEST:
        return "unmeasured"
    changed, expected = (sum(column) for column in zip(*changes, strict=True))
    noise = CLEAR * ROUNDING * size
    if abs(expected) < noise and abs(changed) < noise:
        return "unmeasured"
    agree = abs(changed - expected) <= NEAR * abs(expected) + noise
    return "sound" if agree and changed < 0 else "wrong"
