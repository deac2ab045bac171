"""Whether the size of the steps is to blame for how training went: asked by replay.

Our side of the wall. No threshold on the number itself can tell: a rate of 100 trains a
linear model, and 0.1 ruins another. So training that ended badly is run again from the same
seed with smaller updates, and the rate is at fault if one of those learns where the
original, its other bugs repaired, does not. A rate that shrank to nothing on the way is
asked about in the same manner: by a replay that holds it.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.schema.rows import Update
from grader.trace import explosion
from grader.trace.curves import (
    FEWEST,
    GREW,
    end_of,
    ended_badly,
    has_learned,
    is_clearly_below,
    start_of,
)
from grader.trace.descent import gradients_are, probes
from grader.trace.growth import Growth, growth_of, is_late, proof_of, requests_of
from grader.trace.losses import is_unbounded
from grader.trace.phases import losses_of, phase_of
from grader.trace.trace import Replay, ReplayRequest, Trace

Word = Literal["ok", "too_high", "grew", "too_low", "unknown"]

STEPS = 150
GLANCE = 40
"""Steps in which a training at a rate that suits it mostly learns, which is seen ..."""
SOON = 0.6
"""... by a loss below this share of the first: a few noisy ones must not decide."""
PROMISING = 0.97
"""Of the first loss: a glance that ended below it may have needed more steps."""
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
FLAT = 0.9
"""Training that ends above this share has not moved."""
FROZEN = 1e-3
"""A rate below this share of the highest that it was has shrunk to nothing."""
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
UNMOVED = 1e-4
"""The largest step, as often as steps were made, is below this share of the weights."""
STRETCH = 10
ROSE = 3.0
"""A loss of which some stretch was above this many times its start did not stand still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateVerdict:
    """What is known of the step size.

    ``scale``: the factor at which the replay learned, with ``replayed`` its last losses'
    median after ``steps`` steps; ``start`` and ``end`` are the original's. ``held``: it
    learned because its rate did not shrink. ``growth``: how the rate grew that grew too far,
    and ``kept`` the rate that a replay was kept at.
    ``misled``: smaller steps went better, but the gradients are not those of the loss.
    """

    word: Word
    start: float = math.nan
    end: float = math.nan
    scale: float | None = None
    replayed: float | None = None
    steps: int = 0
    held: bool = False
    growth: Growth | None = None
    kept: float | None = None
    misled: bool = False


def next_replay(trace: Trace) -> ReplayRequest | None:
    """The replay that would tell more about the rate, or None when enough is known.

    Ask again after each `Trace.with_replay`; at most fifteen are ever asked for, most often four.
    """
    if not _can_replay(trace):
        return None
    done = {replay.request for replay in trace.replays}
    asked = itertools.chain(_requests(trace), explosion.requests(trace))
    return next((request for request in asked if request not in done), None)


def _requests(trace: Trace) -> Iterator[ReplayRequest]:
    """What is asked for in turn; asked anew after each answer, as that may end the search."""
    growth = growth_of(trace)
    if growth is not None and is_late(trace, growth):
        yield from requests_of(growth, phase_of(trace))
    verdict = rate_verdict(trace)
    if verdict.word != "unknown":
        return
    phase, candidate = phase_of(trace), _candidate(trace)
    if candidate is not None and candidate.word == "too_high" and candidate.scale is not None:
        if not verdict.misled:
            yield from probes(candidate.scale, phase)
        return
    for scale, hold in _changes(trace):
        is_other_size = scale != 1.0 and not hold
        yield _request(trace, scale, GLANCE if is_other_size else STEPS, hold=hold)
    promising = _most_promising(trace)
    if promising is not None:
        yield _request(trace, promising, STEPS)
    if growth is not None:
        yield from requests_of(growth, phase)


def _request(trace: Trace, scale: float, steps: int, *, hold: bool = False) -> ReplayRequest:
    phase = phase_of(trace)
    return ReplayRequest(
        update_scale=scale,
        clear_gradients=True,
        stop_after_steps=phase + min(steps, _steps(trace)),
        hold_rate=hold,
        after=phase,
    )


def _most_promising(trace: Trace) -> float | None:
    """The scale to look at for longer, of those whose loss fell at a glance; once, for one."""
    fell: dict[float, float] = {}
    for scale in (*SMALLER, *LARGER):
        losses = _replayed(trace, scale)
        if losses is None:
            continue
        if len(losses) > GLANCE:
            return scale  # which was looked at already
        end, start = end_of(losses), start_of(losses)
        if end < PROMISING * start:
            fell[scale] = end / start
    return min(fell, key=fell.__getitem__, default=None)


def rate_verdict(trace: Trace) -> RateVerdict:
    """What the run and its replays so far say about the rate."""
    found = _candidate(trace)
    if found is None:
        return RateVerdict(word="unknown")
    growth = growth_of(trace) if found.word in ("ok", "unknown") else None
    proof = None if growth is None else proof_of(trace, growth)
    if proof is not None:
        rate, end = proof
        return replace(found, word="grew", growth=growth, kept=rate, replayed=end)
    if found.word != "too_high" or found.scale is None:
        return found
    gradients = gradients_are(trace, found.scale, phase_of(trace))
    if gradients in ("open", "wrong", "unrepeatable"):
        return replace(found, word="unknown", misled=gradients == "wrong")
    return found


def _candidate(trace: Trace) -> RateVerdict | None:
    """What the replays at other sizes say, whatever the gradients are."""
    losses = losses_of(trace)
    if not losses:
        return None
    start, end = start_of(losses), end_of(losses)
    if not ended_badly(losses):
        return RateVerdict(word="ok", start=start, end=end)
    repaired = _replayed(trace, 1.0)
    if repaired is not None and not ended_badly(repaired):
        return RateVerdict(word="ok", start=start, end=end, scale=1.0, replayed=end_of(repaired))
    if _has_leftovers(trace) and repaired is None:
        return RateVerdict(word="unknown", start=start, end=end)
    reached = _reached(trace, losses, repaired)
    for word, scale, hold in PROOFS:
        replay = _replayed(trace, scale, hold=hold)
        if replay is not None and _has_learned(trace, replay, start, reached):
            return RateVerdict(
                word=word, start=start, end=end, scale=scale, replayed=end_of(replay),
                steps=len(replay), held=hold,
            )  # fmt: skip
    return RateVerdict(word="unknown", start=start, end=end)


def _has_learned(trace: Trace, replay: Sequence[float], start: float, reached: float) -> bool:
    """Whether a replay learned; one that was only glanced at must have learned a good deal."""
    is_glance = len(replay) <= GLANCE < _steps(trace)
    if is_glance and not end_of(replay) < SOON * start:
        return False
    return is_clearly_below(replay, losses_of(trace)) and has_learned(replay, start, reached)


# --- which part of the run, and which replays ---------------------------------------------


def _steps(trace: Trace) -> int:
    losses = losses_of(trace)
    if not all(map(math.isfinite, losses)) or end_of(losses) > GREW * start_of(losses):
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
    if _moves_nothing(losses_of(trace), trace.largest):
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
    start = start_of(losses)
    return max(losses) < CALM * start and abs(end_of(losses) - start) < STILL * start


def _is_wild(replay: Replay, trace: Trace) -> bool:
    """Whether a replay's steps were so large that larger ones have nothing to show."""
    losses = _since(trace, replay)
    if replay.request.update_scale <= 1.0 or not losses:
        return False
    end = end_of(losses)
    return not math.isfinite(end) or end > GREW * start_of(losses) > 0


def _is_frozen(trace: Trace) -> bool:
    """Whether the rate shrank to nothing before half of the steps were made.

    A schedule that ends near zero is common and sound.
    """
    phase = phase_of(trace)
    rates = [u.rate for u in trace.of(Update) if u.number > phase and u.rate is not None]
    if len(rates) < FEWEST or not all(map(math.isfinite, rates)):
        return False
    return max(rates[len(rates) // 2 :]) < FROZEN * max(rates)


def _has_leftovers(trace: Trace) -> bool:
    return any(update.leftovers for update in trace.of(Update))


def _is_flat(trace: Trace) -> bool:
    """Whether a loss stood still all the time; not one that went up and down with the data.

    Where the weights hardly moved, the data alone can have made it fall.
    """
    losses = losses_of(trace)
    if not all(map(math.isfinite, losses)) or len(losses) < FEWEST:
        return False
    still = _stands_still(trace)
    if len(losses) < FEWEST_FOR_FLAT and not still:
        return False
    start = start_of(losses)
    stretches = [losses[at : at + STRETCH] for at in range(0, len(losses) - STRETCH + 1, STRETCH)]
    highest = max(statistics.median(stretch) for stretch in stretches)
    return (still or end_of(losses) > FLAT * start) and highest < ROSE * start


def _stands_still(trace: Trace) -> bool:
    """Whether all steps together moved the weights by next to nothing, at a rate that didn't rise.

    A short training may only need more patience; and one that is cut short in its warm-up, too.
    """
    rates = [u.rate for u in trace.of(Update) if u.number > phase_of(trace) and u.rate is not None]
    rises = bool(rates) and max(rates) > rates[0]
    return not rises and trace.largest * trace.updates < UNMOVED


def _can_replay(trace: Trace) -> bool:
    """Not without losses, for a search over rates, nor for optimizers that take turns."""
    norms = trace.gradient_norms
    if not losses_of(trace) or (norms and not any(norms)):
        return False  # steps without gradients have no size to change
    if is_unbounded(trace) or _is_signed(trace):
        return False  # it falls for ever, and that is no learning
    passes = _passes(list(trace.of(Update))[-10_000:])
    steppers = [frozenset(update.optimizer for update in one) for one in passes]
    rates = [one[0].rate for one in passes if one[0].rate is not None and one[0].rate > 0]
    sweeps = bool(rates) and rates[-1] > SWEEP * rates[0]
    if sweeps and len(set(steppers[1:])) > 1:
        return False
    return len(set(steppers[-TURNS:])) == 1 or not all(map(math.isfinite, trace.losses))


def _is_signed(trace: Trace) -> bool:
    """Whether a loss was above 0 and below: no share of such a number says how much is learned."""
    losses = losses_of(trace)
    return all(map(math.isfinite, losses)) and min(losses) < 0 < max(losses)


def _passes(updates: Sequence[Update]) -> list[list[Update]]:
    """The updates by the backward pass before them: several optimizers may step after one."""
    found: list[list[Update]] = []
    for update in updates:
        if not found or found[-1][-1].backward != update.backward:
            found.append([])
        found[-1].append(update)
    return found


# --- what replays have shown --------------------------------------------------------------


def _replayed(trace: Trace, scale: float, *, hold: bool = False) -> tuple[float, ...] | None:
    asked = (scale, hold, False, False)
    found = [
        replay
        for replay in trace.replays
        if (
            replay.request.update_scale,
            replay.request.hold_rate,
            replay.request.cap_rate,
            replay.request.calm_weights,
        )
        == asked
    ]
    losses = _since(trace, found[-1]) if found else ()
    return losses or None


def _since(trace: Trace, replay: Replay) -> tuple[float, ...]:
    return replay.losses[phase_of(trace) :]


def _reached(trace: Trace, losses: Sequence[float], repaired: Sequence[float] | None) -> float:
    """The lowest that the original rate came to: at its end, or after a replay's steps."""
    ends = (
        [end_of(losses[: _steps(trace)]), end_of(losses)]
        if repaired is None
        else [end_of(repaired)]
    )
    finite = [end for end in ends if math.isfinite(end)]
    return min(finite) if finite else math.inf
