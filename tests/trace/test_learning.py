"""The question of the step size: which replays are asked for, and what they prove."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from grader.schema.fields import Row
from grader.schema.rows import Backward, Optimizer, Update
from grader.trace.descent import probes
from grader.trace.learning import GLANCE, LARGER, SMALLER, STEPS, next_replay, rate_verdict
from grader.trace.trace import Replay, ReplayRequest, Trace

FALLING = [2.3 * 0.97**step for step in range(150)]
FLAT = [2.3] * 150
EXPLODING = [2.3, 50.0, 1e6, 1e12] + [math.nan] * 40


def trace(
    losses: Sequence[float], *, rates: Sequence[float] | None = None, leftovers: int = 0
) -> Trace:
    """A run with these losses, one optimizer, one update a loss."""
    events: list[Row] = []
    for step, loss in enumerate(losses, 1):
        rate = rates[step - 1] if rates else 0.1
        events += [
            Backward(number=step, place=None, loss=loss, updates=step - 1, how=0),
            Update(
                number=step, optimizer=0, place=None, backward=step, rate=rate, grad_norm=1.0,
                ratio=0.1, leaves=4, leftovers=leftovers if step > 1 else 0,
            ),
        ]  # fmt: skip
    return Trace(events=tuple(events), optimizers=(Optimizer(index=0, name="SGD", place=None),))


def with_replays(one: Trace, replays: dict[float, Sequence[float]], *, hold: bool = False) -> Trace:
    """The trace, with what each scale led to."""
    for scale, losses in replays.items():
        steps = STEPS if hold or scale == 1.0 else GLANCE
        request = ReplayRequest(
            update_scale=scale, clear_gradients=True, stop_after_steps=steps, hold_rate=hold
        )
        one = Trace(
            events=one.events,
            optimizers=one.optimizers,
            replays=(*one.replays, Replay(request=request, losses=tuple(losses[:steps]))),
        )
    return one


def probed(one: Trace, scale: float, *, slope: float = -1.0, jitter: float = 0.0) -> Trace:
    """The trace, with the two probes of a scale: the loss falls by 0.01 more at each pass.

    ``slope``: what the gradient says of that, against what it is; ``jitter``: how far apart the
    first losses are.
    """
    for request in probes(scale, 0):
        fall = 0.0 if request.update_scale == 0 else 0.01
        passes = tuple((2.3 - fall * k + jitter * fall, slope * fall * k) for k in range(24))
        replay = Replay(request=request, losses=tuple(loss for loss, _ in passes), passes=passes)
        one = Trace(events=one.events, optimizers=one.optimizers, replays=(*one.replays, replay))
    return one


def test_good_training_asks_for_no_replay() -> None:
    """A loss that fell by half needs no second look."""
    assert rate_verdict(trace(FALLING)).word == "ok"
    assert next_replay(trace(FALLING)) is None


def test_an_explosion_is_the_rates_fault_only_if_a_smaller_one_learns() -> None:
    """The replays stop at the first that learns."""
    run = trace(EXPLODING)
    assert rate_verdict(run).word == "unknown"
    first = next_replay(run)
    assert first is not None
    assert (first.update_scale, first.stop_after_steps) == (0.01, GLANCE)
    run = with_replays(run, {0.01: EXPLODING})
    second = next_replay(run)
    assert second is not None
    assert second.update_scale == 0.001
    run = with_replays(run, {0.001: FALLING})
    assert rate_verdict(run).word == "unknown"
    third = next_replay(run)
    assert third is not None
    assert (third.update_scale, third.stop_after_steps) == (0.0, 24)
    run = probed(run, 0.001)
    assert rate_verdict(run).word == "too_high"
    assert rate_verdict(run).scale == 0.001
    assert next_replay(run) is None


def test_where_nothing_learns_nobody_is_accused() -> None:
    """Random labels look bad at every rate."""
    run = with_replays(trace(FLAT), dict.fromkeys((*SMALLER, *LARGER), FLAT))
    assert rate_verdict(run).word == "unknown"
    assert next_replay(run) is None


def test_a_glance_is_followed_by_one_long_look_where_it_promises() -> None:
    """A rate that learns slowly is found; one that can't be told from noise is not asked about."""
    slowly = [2.3 * 0.99**step for step in range(STEPS)]
    run = with_replays(trace(EXPLODING), {**dict.fromkeys(SMALLER, FLAT), 0.1: slowly})
    assert rate_verdict(run).word == "unknown"
    request = next_replay(run)
    assert request is not None
    assert (request.update_scale, request.stop_after_steps) == (0.1, STEPS)
    replay = Replay(request=request, losses=tuple(slowly))
    run = Trace(events=run.events, optimizers=run.optimizers, replays=(*run.replays, replay))
    assert rate_verdict(probed(run, 0.1)).word == "too_high"


def test_leftover_gradients_are_repaired_first() -> None:
    """If clearing alone makes it learn, the rate is sound."""
    run = trace(EXPLODING, leftovers=4)
    first = next_replay(run)
    assert first is not None
    assert first.update_scale == 1.0
    run = with_replays(run, {1.0: FALLING})
    assert rate_verdict(run).word == "ok"
    assert next_replay(run) is None


def test_both_faults_are_told_apart() -> None:
    """Repaired and still exploding: then the rate is at fault too."""
    run = with_replays(trace(EXPLODING, leftovers=4), {1.0: EXPLODING, 0.1: FALLING})
    run = probed(run, 0.1)
    assert rate_verdict(run).word == "too_high"


@pytest.mark.parametrize(
    ("slope", "jitter", "word", "misled"),
    [
        (-1.0, 0.0, "too_high", False),
        (-1.05, 0.0, "too_high", False),
        (1.0, 0.0, "unknown", True),
        (-1.4, 0.0, "unknown", True),
        (-1.0, 0.1, "unknown", False),
    ],
)
def test_a_rate_is_accused_only_if_the_loss_follows_its_gradient(
    slope: float, jitter: float, word: str, *, misled: bool
) -> None:
    """What goes better with smaller steps may have wrong gradients, or not repeat itself at all."""
    run = with_replays(trace(EXPLODING), {0.01: FALLING})
    verdict = rate_verdict(probed(run, 0.01, slope=slope, jitter=jitter))
    assert (verdict.word, verdict.misled) == (word, misled)


def test_gradients_that_were_not_measured_acquit_nobody() -> None:
    """Where `autograd.grad` gives them, the replay at the smaller rate is all there is."""
    run = with_replays(trace(EXPLODING), {0.01: FALLING})
    for request in probes(0.01, 0):
        replay = Replay(request=request, losses=(2.3,) * 24, passes=((2.3, None),) * 24)
        run = Trace(events=run.events, optimizers=run.optimizers, replays=(*run.replays, replay))
    assert rate_verdict(run).word == "too_high"
    assert next_replay(run) is None


GROWING = [0.1 if step < 200 else 10.0 for step in range(400)]
SPOILED = [2.3 * 0.97**step for step in range(200)] + [40.0] * 200


def test_a_rate_that_grows_late_is_asked_about_before_all_else() -> None:
    """The replay keeps the rate from growing from the best moment on."""
    run = trace(SPOILED, rates=GROWING)
    request = next_replay(run)
    assert request is not None
    assert request.cap_rate
    assert 150 <= request.after < 200
    assert request.stop_after_steps > 200


@pytest.mark.parametrize(
    ("replayed", "word"),
    [([2.3 * 0.97**step for step in range(350)], "grew"), (SPOILED[:350], "unknown")],
)
def test_growth_is_at_fault_if_the_loss_stays_low_without_it(
    replayed: Sequence[float], word: str
) -> None:
    """If it is lost all the same, something else is wrong."""
    run = trace(SPOILED, rates=GROWING)
    request = next_replay(run)
    assert request is not None
    replay = Replay(request=request, losses=tuple(replayed))
    run = Trace(events=run.events, optimizers=run.optimizers, replays=(replay,))
    assert rate_verdict(run).word == word


def test_a_rate_that_grows_while_the_loss_falls_is_sound() -> None:
    """A warm-up, and a search that finds a good rate."""
    assert next_replay(trace(FALLING, rates=[0.001 * 1.05**step for step in range(150)])) is None


def test_a_slow_training_is_not_too_high() -> None:
    """At a cautious rate, smaller steps learn less, not more."""
    slow = [2.3 * 0.999**step for step in range(150)]
    slower = [2.3 * 0.9999**step for step in range(150)]
    run = with_replays(trace(slow), dict.fromkeys(SMALLER, slower))
    assert rate_verdict(run).word == "unknown"


def test_a_frozen_training_is_too_low() -> None:
    """A loss that has not moved in a hundred steps, and does at many times the rate."""
    replays = dict.fromkeys(SMALLER, FLAT)
    run = with_replays(trace(FLAT), {**replays, LARGER[0]: FALLING})
    assert rate_verdict(run).word == "too_low"


def test_replays_that_can_show_nothing_are_left_out() -> None:
    """Below steps that change nothing, and above steps that ruin all, nothing is asked."""
    run, asked = trace(FLAT), []
    while (request := next_replay(run)) is not None:
        asked.append(request.update_scale)
        wild = request.update_scale > 1
        losses = (EXPLODING if wild else FLAT)[: request.stop_after_steps]
        replay = Replay(request=request, losses=tuple(losses), largest=1e-5)
        run = Trace(events=run.events, optimizers=run.optimizers, replays=(*run.replays, replay))
    assert asked == [0.01, 0.1, 1e4]


def test_a_loss_that_stands_still_under_large_steps_is_asked_further() -> None:
    """A network that the first step killed looks as calm as one that is not moved."""
    run = trace(FLAT)
    request = next_replay(run)
    assert request is not None
    replay = Replay(request=request, losses=tuple(FLAT), largest=10.0)
    following = next_replay(Trace(events=run.events, optimizers=run.optimizers, replays=(replay,)))
    assert following is not None
    assert following.update_scale < request.update_scale


def test_a_rate_that_shrinks_to_nothing_is_held() -> None:
    """A training frozen half-way is replayed at the rate that it began with, before all else."""
    shrinking = [0.1 * 0.5**step for step in range(150)]
    run = trace(FLAT, rates=shrinking)
    request = next_replay(run)
    assert request is not None
    assert request.hold_rate
    proven = rate_verdict(with_replays(run, {1.0: FALLING}, hold=True))
    assert (proven.word, proven.held) == ("too_low", True)
    unproven = with_replays(run, {1.0: FLAT}, hold=True)
    assert rate_verdict(unproven).word == "unknown"
    following = next_replay(unproven)
    assert following is not None
    assert not following.hold_rate


def test_a_schedule_that_ends_near_zero_is_sound() -> None:
    """Neither where the loss fell, nor where it did not and the rate fell only at the end."""
    cosine = [0.05 * (1 + math.cos(math.pi * step / 150)) for step in range(150)]
    assert next_replay(trace(FALLING, rates=[0.1 * 0.5**step for step in range(150)])) is None
    request = next_replay(trace(FLAT, rates=cosine))
    assert request is not None
    assert not request.hold_rate


def test_losses_below_zero_are_not_judged_by_size() -> None:
    """Shares of a negative loss mean nothing."""
    assert rate_verdict(trace([-1.0 - 0.01 * step for step in range(100)])).word == "ok"


def test_a_thinned_run_is_judged_by_its_last_optimizer() -> None:
    """Updates are told by their numbers, not by their places among those that were kept."""
    events: list[Row] = []
    for number in range(100, 16_000, 100):
        last = number >= 12_000
        events += [
            Backward(
                number=number, place=None, loss=50.0 if last else 0.1, updates=0, how=0
            ),
            Update(
                number=number, optimizer=int(last), place=None, backward=number, rate=0.1,
                grad_norm=None, ratio=None, leaves=4, leftovers=0,
            ),
        ]  # fmt: skip
    names = tuple(Optimizer(index=index, name="SGD", place=None) for index in (0, 1))
    verdict = rate_verdict(Trace(events=tuple(events), optimizers=names))
    assert (verdict.start, verdict.end) == (50.0, 50.0)


def test_a_run_without_losses_says_nothing() -> None:
    """No update, no verdict, no replay."""
    assert rate_verdict(Trace()).word == "unknown"
    assert next_replay(Trace()) is None


def stepped(losses: Sequence[float], optimizers: Sequence[Sequence[int]]) -> Trace:
    """A run with these losses, after each of which these optimizers step."""
    events: list[Row] = []
    number = 0
    for step, (loss, steppers) in enumerate(zip(losses, optimizers, strict=True), 1):
        events.append(Backward(number=step, place=None, loss=loss, updates=number, how=0))
        for optimizer in steppers:
            number += 1
            events.append(
                Update(
                    number=number,
                    optimizer=optimizer,
                    place=None,
                    backward=step,
                    rate=0.1,
                    grad_norm=1.0,
                    ratio=0.1,
                    leaves=4,
                    leftovers=0,
                )
            )
    return Trace(events=tuple(events))


def test_an_optimizer_made_anew_goes_on_with_the_training() -> None:
    """A loss that is low already need not fall by half again; one that blew up is lost."""
    falling = [2.3 * 0.985**step for step in range(200)]
    halves = [[0]] * 150 + [[1]] * 50
    assert rate_verdict(stepped(falling, halves)).word == "ok"
    lost = [2.3, 50.0, 1e6] + [math.nan] * 197
    request = next_replay(stepped(lost, halves))
    assert request is not None
    assert request.stop_after_steps == GLANCE


def test_another_model_begins_a_training_of_its_own() -> None:
    """A loss that starts high again is judged from there."""
    again = [2.3 * 0.97**step for step in range(150)] + FLAT
    assert rate_verdict(stepped(again, [[0]] * 150 + [[1]] * 150)).start == 2.3
    assert next_replay(stepped(again, [[0]] * 150 + [[1]] * 150)) is not None


def test_optimizers_that_step_together_are_asked_about_and_those_in_turns_are_not() -> None:
    """Two that follow each pass share one step size; two with losses of their own don't."""
    together = stepped(FLAT, [[0, 1]] * 150)
    assert next_replay(together) is not None
    assert rate_verdict(together).start == 2.3
    assert next_replay(stepped(FLAT, [[0], [1]] * 75)) is None
