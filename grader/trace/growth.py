"""Whether a rate that grew on the way has spoiled what was learned: asked by replay.

Our side of the wall. A schedule that multiplies the rate, or a later cell that sets it, ruins a
training that went well. It is run again with the rate kept from growing beyond what it was at
the best moment; if the loss then stays low, the growth was the cause.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.schema.rows import Update
from grader.trace.curves import FEW, FEWEST, best_of, end_of, ended_badly, start_of
from grader.trace.phases import losses_of, phase_of
from grader.trace.trace import Replay, ReplayRequest, Trace

EARLY = 150
"""Steps that the replays with smaller steps look at: what goes wrong in them is theirs."""
GREW = 3.0
SPOILED = 2.0
"""A loss is spoiled above this many times its best, ..."""
SHARE = 0.1
"""... and if it lost this share of what had been gained since the start."""
KEPT = 1.5
"""A replay has kept what was learned if its loss is below this many times the best, or near it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A rate that was ``before`` at the best moment, after update ``at``, and then reached ``top``.

    ``spoiled``: the update from which on the loss was far above its ``best``; ``end`` is its end,
    nan if that isn't finite, and ``start`` where it began.
    """

    at: int
    before: float
    top: float
    best: float
    spoiled: int
    start: float
    end: float


def growth_of(trace: Trace) -> Growth | None:
    """The growth that may have spoiled a training; None if none did, or it went well."""
    losses, phase = losses_of(trace), phase_of(trace)
    if len(losses) < 2 * FEWEST:
        return None
    place, best = best_of(losses)
    end, start = end_of(losses), start_of(losses)
    if math.isfinite(end) and (end < SPOILED * best or end - best < SHARE * (start - best)):
        return None
    numbers = [number for number, _ in trace.steps if number > phase]
    at = numbers[min(place, len(numbers) - 1)]
    before, after = _rates(trace, phase, at)
    if not before or not after or max(after) < GREW * before[-1] or before[-1] <= 0:
        return None
    spoiled = next((k for k in range(place, len(losses)) if _is_spoiled(losses[k:], best)), place)
    return Growth(
        at=at, before=before[-1], top=max(after), best=best, start=start, end=end,
        spoiled=numbers[min(spoiled, len(numbers) - 1)],
    )  # fmt: skip


def _rates(trace: Trace, phase: int, at: int) -> tuple[list[float], list[float]]:
    """The rates up to an update and after it, of the optimizer that made the last update."""
    updates = [update for update in trace.of(Update) if update.number > phase]
    last = updates[-1].optimizer if updates else -1
    mine = [u for u in updates if u.optimizer == last and u.rate is not None]
    cut = bisect.bisect_right([update.number for update in mine], at)
    rates = [update.rate for update in mine if update.rate is not None]
    return rates[:cut], [rate for rate in rates[cut:] if math.isfinite(rate)]


def _is_spoiled(losses: Sequence[float], best: float) -> bool:
    few = sorted(loss if math.isfinite(loss) else math.inf for loss in losses[:FEW])
    return few[len(few) // 2] > SPOILED * best


def is_late(trace: Trace) -> bool:
    """Whether the training went well at first."""
    return not ended_badly(losses_of(trace)[:EARLY])


def request_of(growth: Growth) -> ReplayRequest:
    """The replay in which the rate doesn't grow."""
    return ReplayRequest(
        update_scale=1.0,
        clear_gradients=True,
        stop_after_steps=growth.spoiled + EARLY,
        cap_rate=True,
        after=growth.at,
    )


def replayed(trace: Trace, growth: Growth) -> float | None:
    """Where the loss ended in that replay; None if there is none, or it came to nothing."""
    found: list[Replay] = [one for one in trace.replays if one.request == request_of(growth)]
    losses = found[-1].losses[growth.at :] if found else ()
    return end_of(losses) if losses and math.isfinite(end_of(losses)) else None


def is_proved(trace: Trace, growth: Growth) -> bool:
    """Whether what was learned is kept where the rate is, and lost where it grows."""
    end = replayed(trace, growth)
    some = SHARE * (growth.start - growth.best)
    if end is None or end > max(KEPT * growth.best, growth.best + some):
        return False
    return not math.isfinite(growth.end) or growth.end > max(KEPT * end, end + some)
