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
from grader.trace.curves import FEW, FEWEST, LEARNED, best_of, end_of, ended_badly, start_of
from grader.trace.phases import losses_of, phase_of
from grader.trace.trace import ReplayRequest, Trace

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

    ``first``: what it was at the first update. ``spoiled``: the update from which on the loss was
    far above its ``best``; ``end`` is its end, nan if that isn't finite, and ``start`` where it
    began.
    """

    at: int
    first: float
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
        at=at, first=before[0], before=before[-1], top=max(after), best=best, start=start, end=end,
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


def is_late(trace: Trace, growth: Growth) -> bool:
    """Whether the training went well at first: for many steps, or until the rate had grown."""
    return not ended_badly(losses_of(trace)[:EARLY]) or growth.best < LEARNED * growth.start


def requests_of(growth: Growth, phase: int) -> tuple[ReplayRequest, ...]:
    """The replays in which the rate doesn't grow: from the best moment on, and from the start on.

    At the best moment it may have been too high already for what was still to come.
    """
    late, early = (
        ReplayRequest(
            update_scale=1.0,
            clear_gradients=True,
            stop_after_steps=growth.spoiled + EARLY,
            cap_rate=True,
            after=after,
        )
        for after in (growth.at, phase)
    )
    return (late, early) if growth.first < growth.before else (late,)


def proof_of(trace: Trace, growth: Growth) -> tuple[float, float] | None:
    """The rate at which a replay kept what was learned, or learned, and where its loss ended."""
    rates = (growth.before, growth.first)
    for rate, request in zip(rates, requests_of(growth, phase_of(trace)), strict=False):
        found = [one for one in trace.replays if one.request == request]
        losses = found[-1].losses[request.after :] if found else ()
        end = end_of(losses) if losses else math.nan
        if math.isfinite(end) and _is_proof(growth, end, rate):
            return rate, end
    return None


def _is_proof(growth: Growth, end: float, rate: float) -> bool:
    """Whether a loss that ends there, at a rate that didn't grow, is well below the original's."""
    some = SHARE * (growth.start - min(growth.best, end))
    kept = end <= max(KEPT * growth.best, growth.best + some)
    learned = rate == growth.first and end < LEARNED * growth.start
    if not kept and not learned:
        return False
    return not math.isfinite(growth.end) or growth.end > max(KEPT * end, end + some)
