"""What early stopping must do (lessons 1.3 §4, 001 §3.8, 003 §6.2).

A script gives the losses, and the values that the parameters have after each epoch. Nothing is
asked after the first stop, nor of improvements within rounding errors of ``min_delta``.
"""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form
from grader.checks.remote import StudentRaised

SHAPES = ((2, 3), (4,), (1,))  # none of (): `p[:] = …` is as right as p.copy_(…)


# --- scripts --------------------------------------------------------------------------------------


def stop_of(losses, patience, min_delta=0.0):
    """The epoch (from 0) after which to stop, or None, and the best epoch."""
    best, best_loss, count = None, math.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best_loss - min_delta:
            best, best_loss, count = epoch, loss, 0
        else:
            count += 1
        if count >= patience:
            return epoch, best
    return None, best


def epochs_of(draw, count, dtype=torch.float32, shapes=SHAPES):
    """Values of the parameters after each of some epochs."""
    return [[draw.normal(*shape, dtype=dtype) for shape in shapes] for _ in range(count)]


def told(losses):
    """Losses as they are shown to the learner."""
    return ", ".join(f"{loss:g}" for loss in losses)


def cut_at_stop(losses, patience, *more):
    """The losses up to the expected stop."""
    stop, _ = stop_of(losses, patience, *more)
    return losses[: len(losses) if stop is None else stop + 1]


def play(student, draw, losses, patience, *more):
    """Play losses up to the expected stop, and judge each answer.

    Gives back the training and the values of all its epochs.
    """
    stop, _ = stop_of(losses, patience, *more)
    losses = cut_at_stop(losses, patience, *more)
    epochs = epochs_of(draw, len(losses) + 1)
    training = student.props.Training(student.EarlyStopping(patience, *more), epochs)
    answers = training.play(losses).value
    where = f"patience {patience}" + (f" and min_delta {more[0]:g}" if more else "")
    for epoch in range(len(losses)):
        shown = f"epoch {epoch + 1} of the losses {told(losses)} with {where}"
        answer = answer_of(answers, epoch, shown)
        if answer is not (epoch == stop):
            said = "says stop too early: after" if answer else "does not say stop after"
            slip = slip_of(student, draw)
            said = f"{slip}, so it {said}" if slip else said
            raise CheckFailed(f"step() {said} {shown}")
    slip_of(None, draw)
    return training, epochs


def answer_of(answers, epoch, shown):
    """One answer of step() as a bool."""
    answer = answers[epoch] if isinstance(answers, list) and epoch < len(answers) else None
    if isinstance(answer, torch.Tensor) and answer.dtype is torch.bool and answer.numel() == 1:
        answer = bool(answer)
    if not isinstance(answer, bool):
        kind = "None" if answer is None else f"a {type(answer).__name__}"
        raise CheckFailed(f"step() returned {kind} after {shown}, expected True or False")
    return answer


# --- known slips ---


def stopper(
    *,
    start=math.inf,
    better=lambda loss, best, delta: loss < best - delta,
    kept=lambda loss: loss,
    otherwise=lambda _loss, best: best,
    begin=lambda _count: 0,
    counts=lambda _loss, _best: True,
    ends=lambda count, patience, _loss: count >= patience,
):
    """What a stopper says to losses, as a function; each part of it may be another one."""

    def answers(losses, patience, min_delta=0.0):
        best, count, said = start, 0, []
        for loss in losses:
            if best is None or better(loss, best, min_delta):
                best, count = kept(loss), begin(count)
            else:
                count += counts(loss, best)
                best = otherwise(loss, best)
            said.append(ends(count, patience, loss))
        return said

    return answers


SLIPS = {
    "compares each loss with the one before, not with the best": stopper(
        otherwise=lambda loss, _best: loss
    ),
    "waits for one epoch more than the patience": stopper(
        ends=lambda count, patience, _loss: count > patience
    ),
    "takes the largest loss for the best": stopper(
        start=-math.inf, better=lambda loss, best, delta: loss > best + delta
    ),
    "counts on after an improvement, where it should begin anew": stopper(
        begin=lambda count: count
    ),
    "has a patience of 5, whatever is passed": stopper(
        ends=lambda count, _patience, _loss: count >= 5
    ),
    "does not use min_delta": stopper(better=lambda loss, best, _delta: loss < best),
    "adds min_delta to the best loss, where it should subtract it": stopper(
        better=lambda loss, best, delta: loss < best + delta
    ),
    "takes each smaller loss for the best, even by less than min_delta": stopper(
        otherwise=lambda loss, best: min(best, loss)
    ),
    "looks at the size of the loss, whatever its sign": stopper(
        better=lambda loss, best, delta: abs(loss) < best - delta, kept=abs
    ),
    "takes a loss that equals the best one for an improvement": stopper(
        better=lambda loss, best, delta: loss <= best - delta
    ),
    "does not count an epoch whose loss equals the best one": stopper(
        counts=lambda loss, best: loss != best
    ),
    "takes a first loss of nan for the best one, and nothing is smaller than that": stopper(
        start=None
    ),
    "takes a loss of nan for an improvement": stopper(
        better=lambda loss, best, delta: not loss >= best - delta
    ),
    "does not count an epoch whose loss is nan": stopper(counts=lambda loss, _best: loss == loss),  # noqa: PLR0124
    "says stop at the first loss of nan": stopper(
        ends=lambda count, patience, loss: count >= patience or math.isnan(loss)
    ),
    "starts with a best loss of 1000, which larger losses never reach": stopper(start=1000.0),
}
"""What `step` may do in place of what it should, each with the answers that come of it."""
TURNED_ROUND = {
    "says whether to go on, not whether to stop": stopper(
        ends=lambda count, patience, _loss: count < patience
    ),
}
"""The same for what shows only in what is answered after the first stop."""


def until_stop(answers):
    """The answers up to the first that says stop: what is said after it is nobody's business."""
    return answers[: answers.index(True) + 1] if True in answers else answers


def prolonged(losses, *rest):
    """A script that goes on with losses that are worse than all."""
    worse = max(loss for loss in losses if not math.isnan(loss)) + 1
    return [*losses, *[worse] * 6], *rest


def slip_of(student, draw):
    """The one known slip that explains the answers to all scripts of all checks, or None."""
    # After a wait, so that a tie that begins anew is told from one that does not count.
    scripts = [prolonged(*each) for each in (*EVERY_SCRIPT, ((0.75, 0.5, 0.625, 0.5, 0.625), 2))]
    got = right = [stopper()(*script) for script in scripts]  # a proof tries the tables alone
    if student is not None:
        got = [answered(student, draw, *script) for script in scripts]
    if None in got:
        return None
    for table, part in ((SLIPS, until_stop), (TURNED_ROUND, list)):
        forms = {name: [part(form(*each)) for each in scripts] for name, form in table.items()}
        said = known_form([*map(part, got)], [*map(part, right)], forms, list.__eq__)
        if said:
            return said
    return None


def answered(student, draw, losses, *rest):
    """The answers of the student's stopper to one script; None where there are none."""
    epochs = epochs_of(draw, len(losses))
    training = student.props.Training(student.EarlyStopping(*rest), epochs)
    try:
        answers = training.play(losses).value
    except StudentRaised:
        return None
    return answers if isinstance(answers, list) else None


# --- when to stop ---------------------------------------------------------------------------------


SCRIPTS = (
    ((0.9, 0.8, 0.7, 0.6, 0.5), 1),  # never
    ((0.9, 0.8, 0.85), 1),
    ((0.9, 0.7, 0.8, 0.75, 0.72), 3),
    ((0.9, 0.7, 0.8, 0.6, 0.7, 0.65, 0.62), 3),  # an improvement begins the count anew
    ((0.5, 0.9, 0.8, 0.7, 0.6), 4),  # it falls all the time, and is never better than the best
    ((5000.0, 4000.0, 4500.0, 4400.0), 2),  # large losses
    ((-1.0, -2.0, -1.5, -3.0, -2.5, -2.9), 2),  # negative ones
    ((0.3, 0.0, 0.1, 0.05), 2),  # down to zero
    ((0.5, 0.6, 0.4, 0.6, 0.3, 0.6, 0.2, 0.6, 0.1), 2),  # never two in a row
)


@check("stops")
@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts(student, draw, script):
    """It stops after the right epoch."""
    play(student, draw, *script)


@check("stops")
def test_random_losses(student, draw):
    """It stops after the right epoch for losses that no example has, also for two at once."""
    for patience in (1, 2, 4):
        play(student, draw, random_losses(draw, 12), patience)
    # Long, with a patience that no example has: the longest wait so far is one epoch too short.
    patience, falling = draw.choice(11, 30), draw.choice(20, 40)
    falls = [10 - epoch / 8 for epoch in range(falling)]
    waits = [falls[-1] + 1 / 8] * (patience - 1)
    play(student, draw, [*falls, *waits, falls[-1] - 1 / 8, *waits, falls[-1]], patience)
    both = [student.EarlyStopping(2), student.EarlyStopping(2)]
    one, other = (student.props.Training(each, epochs_of(draw, 4)) for each in both)
    one.play([1.0, 2.0])
    if answer_of(other.play([3.0, 4.0]).value, 1, "two epochs"):
        raise CheckFailed("one stopper says stop because of what another one has seen")


def random_losses(draw, count):
    """Losses that are all different: multiples of 1/64 in random order, falling at first."""
    order = torch.argsort(draw.uniform(count) - torch.linspace(0.0, 0.8, count))
    return [(int(place) + 1) / 64 for place in order]


TIES = (((0.75, 0.5, 0.5, 0.5), 2), ((0.25, 0.25), 1))


@check("ties")
@pytest.mark.parametrize("script", TIES)
def test_ties(student, draw, script):
    """A loss that equals the best one is no improvement."""
    play(student, draw, *script)


@check("ties")
def test_tie_keeps_the_first(student, draw, agree):
    """Of two equal losses the first one is the best epoch."""
    training, epochs = play(student, draw, [0.75, 0.5, 0.5], 2)
    if brings_back(student, draw, agree):
        come_back(training, epochs, 1, agree, "after the losses 0.75, 0.5, 0.5")


SMALL_STEPS = (
    ((1.0, 0.9, 0.8, 0.7), 2, 0.25),  # each step is too small
    ((1.0, 0.9, 0.7, 0.6, 0.5), 2, 0.25),  # 0.7 is enough, as against 1.0 and not 0.9
    ((1.0, 0.7, 0.4, 0.1), 1, 0.25),  # each step is enough
    ((1.0, 1.1, 1.2), 2, 0.25),  # worse by less than min_delta is no better either
    ((-1.0, -1.1, -1.5, -1.6, -1.7), 2, 0.25),
)


@check("min_delta")
@pytest.mark.parametrize("script", SMALL_STEPS)
def test_min_delta(student, draw, script):
    """An improvement by less than min_delta does not count."""
    play(student, draw, *script)


NANS = (
    ((0.9, 0.8, math.nan, math.nan), 2),
    ((0.9, math.nan, 0.8, math.nan, 0.7, 0.75, math.nan), 2),
    ((math.nan, 0.9, 0.8, 0.85, 0.84), 2),
    ((math.nan, math.nan, 0.5), 2),
)
EVERY_SCRIPT = (*SCRIPTS, *TIES, *SMALL_STEPS, *NANS)


@check("nan")
@pytest.mark.parametrize("script", NANS)
def test_nan(student, draw, script):
    """A loss that is not a number is no improvement, and later ones are compared as before."""
    play(student, draw, *script)


@check("nan")
def test_nan_is_not_restored(student, draw, agree):
    """The weights of an epoch whose loss is not a number are never the best."""
    training, epochs = play(student, draw, [0.75, 0.5, math.nan], 2)
    if brings_back(student, draw, agree):
        come_back(training, epochs, 1, agree, "after the losses 0.75, 0.5, nan")


# --- what is brought back -------------------------------------------------------------------------


def come_back(training, epochs, best, agree, when, played=None):
    """Change the parameters once more, restore, and expect those of the best epoch.

    So many epochs were ``played``, all but the last where nothing is said.
    """
    last = epochs[-2 if played is None else played - 1]
    training.change(epochs[-1])
    training.restore()
    values = training.values().value
    for index, want in enumerate(epochs[best]):
        got = values[index] if isinstance(values, list) and index < len(values) else None
        what = f"parameter {index} restored {when} (the best epoch is {best + 1})"
        forms = {
            "what it was before restore(): nothing came back": epochs[-1][index],
            "that of the last epoch, not of the best": last[index],
            "that of the first epoch, not of the best": epochs[0][index],
        }
        agree(got, want, what=what, forms=forms)


def brings_back(student, draw, agree):
    """Whether a plain restore works; where it does not, the check of that tells it alone."""
    epochs = epochs_of(draw, 4)
    training = student.props.Training(student.EarlyStopping(9), epochs)
    try:
        training.play([0.75, 0.5, 0.625])
        come_back(training, epochs, 1, agree, "")
    except (CheckFailed, StudentRaised):
        return False
    return True


@check("restores")
@pytest.mark.parametrize("best", [0, 2, 5])
def test_restore(student, draw, agree, best):
    """The values of the best epoch come back, into the same tensors."""
    losses = [1 + abs(epoch - best) / 4 for epoch in range(6)]
    epochs = epochs_of(draw, 7, dtype=torch.float64 if best == 2 else torch.float32)
    training = student.props.Training(student.EarlyStopping(9), epochs)
    training.play(losses)
    kept = training.values().value
    for index, want in enumerate(epochs[5]):
        got = kept[index] if isinstance(kept, list) and index < len(kept) else None
        agree(got, want, what=f"parameter {index}, which step() must leave as it is,")
    come_back(training, epochs, best, agree, f"after the losses {told(losses)}")
    come_back(training, epochs, best, agree, f"a second time after the losses {told(losses)}")
    if training.trainable().value != [True] * len(SHAPES):
        raise CheckFailed(
            "after restore() the parameters are no leaves that require gradients any more"
        )


@check("restores")
def test_restore_and_go_on(student, draw, agree):
    """A training may go on after a restore: later epochs are compared with the best one so far."""
    epochs = epochs_of(draw, 9)
    training = student.props.Training(student.EarlyStopping(9), epochs)
    training.play([0.75, 0.5, 0.625])
    come_back(training, epochs, 1, agree, "after the losses 0.75, 0.5, 0.625", 3)
    training.play([0.7, 0.65, 0.6])  # none is better than 0.5
    come_back(training, epochs, 1, agree, "a second time, after 0.7, 0.65, 0.6 more", 6)
    training.play([0.25])
    come_back(training, epochs, 6, agree, "after 0.25, which is the best of all", 7)


@check("restores")
def test_a_long_training(student, draw, agree):
    """The best of many epochs comes back, for parameters of many sizes."""
    count = draw.choice(60, 120)
    best = draw.choice(40, count - 2)
    losses = [1 + abs(epoch - best) / 4 for epoch in range(count)]
    epochs = epochs_of(draw, count + 1, shapes=((draw.choice(30, 60), 40), (300,), (2, 3, 4, 5)))
    training = student.props.Training(student.EarlyStopping(count), epochs)
    training.play(losses)
    come_back(training, epochs, best, agree, f"after {count} epochs")


@check("any_iterable")
def test_generator(student, draw, agree):
    """A generator of parameters will do as well as a list."""
    props, losses, epochs = student.props, [0.75, 0.5, 0.625, 0.25, 0.5], epochs_of(draw, 6)
    training = props.Training(student.EarlyStopping(9), epochs, give=props.generator)
    training.play(losses)
    come_back(training, epochs, 3, agree, f"from a generator after the losses {told(losses)}")
