"""Whether the size of the steps is to blame for how training went: asked by replay.

Our side of the wall. No threshold on the number itself can tell: a rate of 100 trains a
linear model, and 0.1 ruins another. So training that ended badly is run again from the same
seed with smaller updates, and the rate is at fault if one of those learns where the
original, its other bugs repaired, does not. A rate that shrank to nothing on the way is
asked about in the same manner: by a replay that holds it.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.trace.events import Update
from grader.trace.trace import Replay, ReplayRequest, Trace

Word = Literal["ok", "too_high", "too_low", "unknown"]

STEPS = 150
SMALLER = (0.01, 1e-3, 0.1, 1e-4, 1e-6)
"""The likeliest first: most rates that fail do so by more than a factor of ten."""
LARGER = (1e4, 1e6, 1e8)
"""A training that only needs more patience is not frozen; one that needs 10,000 times is."""
PROOFS: tuple[tuple[Word, float, bool], ...] = (
    ("too_low", 1.0, True),
    *(("too_high", scale, False) for scale in SMALLER),
    *(("too_low", scale, False) for scale in LARGER),
)
"""What is proven by a replay that learns, by its scale and whether it holds the rate."""
BAD = 0.5
"""Training that ends above this share of its first loss is looked into."""
FLAT = 0.9
"""Training that ends above this share has not moved."""
FROZEN = 1e-3
"""A rate below this share of the highest that it was has shrunk to nothing."""
LEARNED = 0.8
"""A replay has learned below this share of the first loss, ..."""
TIMES = 3.0
"""... if its loss fell by this many times what the original's did, or ..."""
HALF = 0.5
"""... to below this share of where the original ended."""
SWEEP = 50.0
"""A rate that rises by this factor is a search for a rate, not a training at one."""
IDLE = 1e-3
"""Updates below this share of the weights, while the loss does not move, are too small."""
STILL = 0.05
"""A loss has not moved if it ends this near to where it started, ..."""
CALM = 1.25
"""... and was never above this many times that."""
TURNS = 6
"""Optimizers take turns if not the same ones step after each of the last so many passes."""
FEWEST_FOR_FLAT = 100
FEWEST = 8
"""Fewer steps than these say nothing, unless the loss exploded in them."""
GREW = 1.5
NEAR = 2.0
"""A loss goes on where it was if neither is above this many times the other."""
FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RateVerdict:
    """What is known of the step size.

    ``scale``: the factor at which the replay learned, with ``replayed`` its last losses'
    median after ``steps`` steps; ``start`` and ``end`` are the original's. ``held``: it
    learned because its rate did not shrink.
    """

    word: Word
    start: float = math.nan
    end: float = math.nan
    scale: float | None = None
    replayed: float | None = None
    steps: int = 0
    held: bool = False


def next_replay(trace: Trace) -> ReplayRequest | None:
    """The replay that would tell more about the rate, or None when enough is known.

    Ask again after each `Trace.with_replay`; at most ten are ever asked for, most often two.
    """
    if rate_verdict(trace).word != "unknown" or not _can_replay(trace):
        return None
    done = {(replay.request.update_scale, replay.request.hold_rate) for replay in trace.replays}
    for scale, hold in _changes(trace):
        if (scale, hold) not in done:
            return ReplayRequest(
                update_scale=scale,
                clear_gradients=True,
                stop_after_steps=_phase(trace) + _steps(trace),
                hold_rate=hold,
            )
    return None


def rate_verdict(trace: Trace) -> RateVerdict:
    """What the run and its replays so far say about the rate."""
    losses = trace.losses_after(_phase(trace))
    if not losses:
        return RateVerdict(word="unknown")
    start, end = _start(losses), _end(losses)
    if not _ended_badly(losses):
        return RateVerdict(word="ok", start=start, end=end)
    repaired = _replayed(trace, 1.0)
    if repaired is not None and not _ended_badly(repaired):
        return RateVerdict(word="ok", start=start, end=end, scale=1.0, replayed=_end(repaired))
    if _has_leftovers(trace) and repaired is None:
        return RateVerdict(word="unknown", start=start, end=end)
    reached = _reached(trace, losses, repaired)
    for word, scale, hold in PROOFS:
        replay = _replayed(trace, scale, hold=hold)
        if replay is not None and _learned(replay, start, reached):
            return RateVerdict(
                word=word, start=start, end=end, scale=scale, replayed=_end(replay),
                steps=len(replay), held=hold,
            )  # fmt: skip
    return RateVerdict(word="unknown", start=start, end=end)


# --- which part of the run, and which replays ---------------------------------------------


def _phase(trace: Trace) -> int:
    """How many updates came before the training that the last update belongs to.

    A new optimizer begins one, unless the loss goes on from where it was: then it was made
    anew for the same weights (after a checkpoint, or for each epoch).
    """
    starts = _starts(trace)
    numbers = [number for number, _ in trace.steps]
    losses = [loss for _, loss in trace.steps]
    at = [bisect.bisect_right(numbers, start) for start in starts]
    last = len(starts) - 1
    while last > 0 and _goes_on(losses[at[last - 1] : at[last]], losses[at[last] :][:FEW]):
        last -= 1
    return starts[last] if starts else 0


def _starts(trace: Trace) -> list[int]:
    """After how many updates each optimizer was first used, up to that of the last update.

    Those that step after the same backward pass begin with the first of them.
    """
    starts: dict[int, int] = {}
    begins, backward, last = 0, -2, -2
    for update in trace.of(Update):
        if update.backward != backward:
            begins, backward = update.number - 1, update.backward
        starts.setdefault(update.optimizer, begins)
        last = update.optimizer
    return sorted({start for start in starts.values() if start <= starts[last]}) if starts else []


def _goes_on(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether a loss is about where it was before, or as lost as it was."""
    if not before or not after:
        return False
    end, start = _end(before), _start(after)
    if not math.isfinite(end) or not math.isfinite(start):
        return not math.isfinite(end) and not math.isfinite(start)
    return end < NEAR * start and start < NEAR * end


def _steps(trace: Trace) -> int:
    losses = trace.losses_after(_phase(trace))
    if not all(map(math.isfinite, losses)) or _end(losses) > GREW * _start(losses):
        return STEPS  # a program may stop when its loss explodes: the replay shall go on
    return min(STEPS, len(losses))


def _changes(trace: Trace) -> Iterator[tuple[float, bool]]:
    """The scales to try, and whether to hold the rate, the likeliest cause first."""
    leftovers = _has_leftovers(trace)
    if leftovers:
        yield 1.0, False
    if _is_frozen(trace):
        yield 1.0, True
    idle = [replay.request.update_scale for replay in trace.replays if _is_idle(replay, trace)]
    if _moves_nothing(trace.losses_after(_phase(trace)), trace.largest):
        idle.append(1.0)
    yield from ((scale, False) for scale in SMALLER if scale > max(idle, default=0.0))
    if _is_flat(trace) and not leftovers:
        wild = [r.request.update_scale for r in trace.replays if _is_wild(r, trace)]
        yield from ((scale, False) for scale in LARGER if scale < min(wild, default=math.inf))


def _is_idle(replay: Replay, trace: Trace) -> bool:
    """Whether a replay's steps were so small that smaller ones have nothing to show."""
    return _moves_nothing(_since(trace, replay), replay.largest)


def _moves_nothing(losses: Sequence[float], largest: float) -> bool:
    if largest >= IDLE or not losses or not all(map(math.isfinite, losses)):
        return False
    start = _start(losses)
    return max(losses) < CALM * start and abs(_end(losses) - start) < STILL * start


def _is_wild(replay: Replay, trace: Trace) -> bool:
    """Whether a replay's steps were so large that larger ones have nothing to show."""
    losses = _since(trace, replay)
    if replay.request.update_scale <= 1.0 or not losses:
        return False
    end = _end(losses)
    return not math.isfinite(end) or end > GREW * _start(losses) > 0


def _is_frozen(trace: Trace) -> bool:
    """Whether the rate shrank to nothing before half of the steps were made.

    A schedule that ends near zero is common and sound.
    """
    phase = _phase(trace)
    rates = [u.rate for u in trace.of(Update) if u.number > phase and u.rate is not None]
    if len(rates) < FEWEST or not all(map(math.isfinite, rates)):
        return False
    return max(rates[len(rates) // 2 :]) < FROZEN * max(rates)


def _has_leftovers(trace: Trace) -> bool:
    return any(update.leftovers for update in trace.of(Update))


def _is_flat(trace: Trace) -> bool:
    losses = trace.losses_after(_phase(trace))
    finite = all(map(math.isfinite, losses))
    return finite and len(losses) >= FEWEST_FOR_FLAT and _end(losses) > FLAT * _start(losses)


def _can_replay(trace: Trace) -> bool:
    """Not without losses, for a search over rates, nor for optimizers that take turns."""
    norms = trace.gradient_norms
    if not trace.losses_after(_phase(trace)) or (norms and not any(norms)):
        return False  # steps without gradients have no size to change
    passes = _passes(list(trace.of(Update))[-10_000:])
    steppers = [frozenset(update.optimizer for update in one) for one in passes]
    rates = [one[0].rate for one in passes if one[0].rate is not None and one[0].rate > 0]
    sweeps = bool(rates) and rates[-1] > SWEEP * rates[0]
    if sweeps and len(set(steppers[1:])) > 1:
        return False
    return len(set(steppers[-TURNS:])) == 1 or not all(map(math.isfinite, trace.losses))


def _passes(updates: Sequence[Update]) -> list[list[Update]]:
    """The updates by the backward pass before them: several optimizers may step after one."""
    found: list[list[Update]] = []
    for update in updates:
        if not found or found[-1][-1].backward != update.backward:
            found.append([])
        found[-1].append(update)
    return found


# --- losses -------------------------------------------------------------------------------


def _start(losses: Sequence[float]) -> float:
    """The loss before anything was learned: one noisy first batch must not decide."""
    first = losses[0]
    middle = statistics.median(losses[:FEW])
    return min(first, middle) if math.isfinite(middle) else first


def _end(losses: Sequence[float]) -> float:
    """The median of the last fifth; nan if more than half of it is not finite."""
    last = losses[-max(1, len(losses) // 5) :]
    finite = [loss for loss in last if math.isfinite(loss)]
    return statistics.median(finite) if 2 * len(finite) > len(last) else math.nan


def _ended_badly(losses: Sequence[float]) -> bool:
    if not math.isfinite(losses[-1]):
        return True
    start, end = _start(losses), _end(losses)
    if not math.isfinite(end):
        return True
    share = BAD if len(losses) >= FEWEST else GREW
    return start > 0 and end > share * start


def _replayed(trace: Trace, scale: float, *, hold: bool = False) -> tuple[float, ...] | None:
    asked = (scale, hold)
    found = [r for r in trace.replays if (r.request.update_scale, r.request.hold_rate) == asked]
    losses = _since(trace, found[-1]) if found else ()
    return losses or None


def _since(trace: Trace, replay: Replay) -> tuple[float, ...]:
    return replay.losses[_phase(trace) :]


def _reached(trace: Trace, losses: Sequence[float], repaired: Sequence[float] | None) -> float:
    """The lowest that the original rate came to: at its end, or after a replay's steps."""
    ends = [_end(losses[: _steps(trace)]), _end(losses)] if repaired is None else [_end(repaired)]
    finite = [end for end in ends if math.isfinite(end)]
    return min(finite) if finite else math.inf


def _learned(replay: Sequence[float], start: float, reached: float) -> bool:
    """Whether a replay learned clearly, and clearly more than the original rate did."""
    end = _end(replay)
    if not (math.isfinite(end) and math.isfinite(start) and start > 0):
        return False
    if end > LEARNED * start:
        return False
    fell = max(start - reached, 0.0)
    return start - end > TIMES * fell or end < HALF * reached
