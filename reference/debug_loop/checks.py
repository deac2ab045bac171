"""What a repaired training loop must do (lesson 1.3 §8).

The submission is a script. It is run once under the recorder, and every check but the last
reads what was recorded: what happened, not what is written. The last one measures the trained
model on images whose labels the script's process never had.
"""

from __future__ import annotations

import math

from grader.checks import CheckFailed, NotJudged, check
from grader.checks.evidence import require_movement, require_training
from grader.schema.rows import Backward, Forward, Update
from grader.trace.learning import rate_verdict

LEAST_STEP = 1e-8
"""Of the weights' own size: less is lost in the rounding of most of them."""
FEWEST_STEPS = 20
"""Of a training at batches of 64; fewer show nothing about a step size, ..."""
HALF = 0.5
"""... unless the loss fell to this share of its start, as a few steps of LBFGS do."""


@check("learning_rate")
def test_step_size(program, found):
    """The training made progress at this step size, or no other was seen to do better."""
    verdict = rate_verdict(program.trace)
    fell = verdict.word == "ok" and verdict.end < HALF * verdict.start
    require_training(program, 1 if fell else FEWEST_STEPS)
    require_movement(program.trace)
    if verdict.word == "too_high":
        raise CheckFailed(
            "the steps are too large for the training to make progress",
            findings=found("learning-rate-too-high"),
        )
    if verdict.word == "grew":
        raise CheckFailed(
            "the rate grows until it spoils what was learned", findings=found("learning-rate-grows")
        )
    if verdict.misled:
        raise NotJudged(
            "the training goes wrong, but its gradients are not those of its loss: what is wrong "
            "is on the way from the loss to the weights, not the size of the steps"
        )
    replays = program.trace.replays
    was_replayed = any(replay.losses for replay in replays)
    others = [replay for replay in replays if replay.request.update_scale != 1.0]
    enough = min(FEWEST_STEPS, program.trace.updates)
    if others and not any(len(replay.losses) >= enough for replay in others):
        was_replayed = False  # each was ended before it could show anything
    if verdict.word == "unknown" and math.isfinite(verdict.start) and not was_replayed:
        raise NotJudged(
            "the training ended badly, and its first steps could not be run again at other sizes, "
            "or would not have shown anything"
        )
    if verdict.word == "unknown" and any(replay.is_cut for replay in replays):
        raise NotJudged(
            "the training ended badly, and running its first steps again at other sizes took more "
            "time than there was: grade it again where less else is running"
        )
    if verdict.held:
        rates = [update.rate for update in program.trace.of(Update) if update.rate is not None]
        shrank = f", its rate from {max(rates):g} to {rates[-1]:g}" if rates else ""
        raise CheckFailed(
            f"the steps shrink to nothing{shrank}, while the loss is still {verdict.end:.3g}; "
            "the same program learns where they keep their size"
        )
    if verdict.word == "too_low":
        raise CheckFailed(
            f"the steps are too small: the loss stays at {verdict.end:.3g}, and the same "
            f"program learns with steps {verdict.scale:,.0f} times as large"
        )
    if verdict.word == "unknown" and program.trace.largest < LEAST_STEP:
        raise NotJudged(
            "no step changed the weights by as much as a hundred-millionth of their size, so "
            "nothing was trained that could tell of the size of the steps"
        )


@check("zero_grad")
def test_gradients(program, found):
    """Each step used its own gradients, and no earlier step's."""
    require_training(program, 2)
    findings = found("gradients-not-cleared")
    if findings:
        raise CheckFailed("steps use gradients left over from earlier steps", findings=findings)
    findings = found("gradients-cleared-before-step")
    if findings:
        raise CheckFailed("the gradients are cleared before a step can use them", findings=findings)
    if found("loss-cut-from-graph"):
        raise NotJudged("no gradient reached a weight, as the loss depends on none")
    if not program.trace.moves and any(program.trace.gradient_norms):
        raise NotJudged(f"none of {program.trace.updates} steps changed a weight")
    norms = program.trace.gradient_norms
    if norms and not any(norms):
        raise CheckFailed(
            f"none of {program.trace.updates} steps changed a weight: where the optimizer looked "
            "there were no gradients, or they had been cleared before it did"
        )


@check("loss_call")
def test_loss(program, found):
    """The loss is an instance that is called."""
    findings = found("loss-class-not-instance")
    if findings:
        raise CheckFailed("a loss class is called as if it were a function", findings=findings)
    if not program.trace.updates and not any(True for _ in program.trace.of(Backward)):
        raise CheckFailed(f"no loss was seen that gradients came from. {program.ended}".rstrip())


@check("validation_mode")
def test_validation(program, found):
    """On validation data the model was in evaluation mode and gradients were off."""
    findings = found("validation-in-train-mode", "validation-tracks-gradients")
    if findings:
        raise CheckFailed("the model is validated as if it were being trained", findings=findings)
    if not all(event.is_mode_known for event in program.trace.of(Forward)):
        raise CheckFailed(
            "whether the model is in evaluation mode can't be told: a class of the program "
            "computes its `training`, which `train()` and `eval()` are there to set"
        )
    if not any(validations(program.trace)):
        raise CheckFailed(
            "no pass of the model over validation data was seen after training began. "
            f"{program.ended}".rstrip()
        )


def validations(trace):
    """Whether each forward once training began is one on validation data, in its mode.

    What a program that never updates its weights trains on is not known. There a pass counts
    that fed no gradient, and was in evaluation mode without gradients.
    """
    began = False
    for event in trace.events:
        began = began or isinstance(event, (Backward, Update))
        if began and isinstance(event, Forward):
            if trace.updates:
                yield event.updates > 0 and trace.is_held_out(event.source)
            else:
                yield not (event.is_fed or event.is_training or event.tracks_gradients)


@check("learns")
def test_accuracy(program, accuracy):
    """The trained model reads unseen digits well enough."""
    require_training(program)
    accuracy.of_program(metric="val_accuracy")
