"""Whether a training fails for gradients that explode on their way back: asked by replay.

Our side of the wall. With weights that are too large, each layer, or each step of a sequence, makes
the gradient some times larger. A step of any size is then wrong for some layer. Where the first
pass shows that, and the training comes to nothing, it is run again with initial weights of the
usual size and nothing else changed; if that learns, the weights were the cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from grader.schema.rows import Flow
from grader.trace.curves import end_of, ended_badly, has_learned, start_of
from grader.trace.phases import losses_of, phase_of
from grader.trace.starts import starts
from grader.trace.trace import ReplayRequest, Trace

TIMES = 300.0
"""A gradient grows less in a network that trains, also in one of many layers."""
FEWEST_LAYERS = 5
STEPS = 150
FAR_OFF = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explosion:
    """A gradient that grew, in the first pass, and how a replay with smaller weights went.

    ``start`` and ``end`` are losses of the training, ``calmed`` is the end of the replay's, after
    ``steps`` steps.
    """

    flow: Flow
    start: float
    end: float
    calmed: float
    steps: int


def times_of(flow: Flow) -> float:
    """How many times larger a gradient was at its largest than next to the loss."""
    if flow.nearest is None or flow.largest is None or not 0 < flow.nearest < math.inf:
        return 0.0
    return math.inf if math.isnan(flow.largest) else flow.largest / flow.nearest


def requests(trace: Trace) -> Iterator[ReplayRequest]:
    """The replay with weights of the usual size, if the first pass and the losses ask for it."""
    if _flow(trace) is None:
        return
    losses = losses_of(trace)
    steps = min(STEPS, len(losses)) if all(map(math.isfinite, losses)) else STEPS
    yield ReplayRequest(
        update_scale=1.0, clear_gradients=True, stop_after_steps=steps, calm_weights=True
    )


def explosion_of(trace: Trace) -> Explosion | None:
    """The explosion that a replay has proven to be what kept the model from learning."""
    flow = _flow(trace)
    if flow is None:
        return None
    losses = losses_of(trace)
    start, end = start_of(losses), end_of(losses)
    for replay in trace.replays:
        if replay.request.calm_weights and replay.losses:
            first = start_of(replay.losses)
            reached = end if math.isfinite(end) else math.inf
            if has_learned(replay.losses, min(first, start), reached):
                calmed, steps = end_of(replay.losses), len(replay.losses)
                return Explosion(flow=flow, start=start, end=end, calmed=calmed, steps=steps)
    return None


def _flow(trace: Trace) -> Flow | None:
    """The first pass, if its gradient grew beyond measure and the training came to nothing."""
    flow = next(trace.of(Flow), None)
    if flow is None or flow.backward != 1 or flow.back + 1 < FEWEST_LAYERS:
        return None
    if times_of(flow) < TIMES or phase_of(trace):
        return None
    losses = losses_of(trace)
    return flow if losses and (ended_badly(losses) or _is_far_off(trace)) else None


def _is_far_off(trace: Trace) -> bool:
    """Whether a loss began far above a guess's and is above it still, however far it fell."""
    return any(not one.is_learned for one in starts(trace, FAR_OFF))
