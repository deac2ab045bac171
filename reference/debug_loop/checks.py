"""What a repaired training loop must do (lesson 1.3 §8).

The submission is a script. It is run once under the recorder, and every check but the last
reads what was recorded: what happened, not what is written. The last one measures the trained
model on images whose labels the script's process never had.
"""

from __future__ import annotations

import math
import statistics

import torch

from grader.checks import CheckFailed, check
from grader.trace.events import Backward, Forward
from grader.trace.learning import rate_verdict

FEWEST_STEPS = 20
"""Of a training at batches of 64; fewer show nothing about a step size."""


def require_training(program, updates=1):
    """Fail a check that has nothing to look at, or nothing that can be believed."""
    if program.trace.is_tampered:
        raise CheckFailed(program.ended)
    if program.trace.updates >= updates:
        return
    if program.trace.updates:
        seen = f"only {program.trace.updates} training steps were seen, too few to judge"
    else:
        seen = "no training step was seen"
    raise CheckFailed(f"{seen}. {program.ended}".rstrip())


@check("learning_rate")
def test_step_size(program, found):
    """The training made progress at this step size."""
    verdict = rate_verdict(program.trace)
    require_training(program, 1 if verdict.word == "ok" else FEWEST_STEPS)
    if verdict.word == "too_high":
        raise CheckFailed(
            "the steps are too large for the training to make progress",
            findings=found("learning-rate-too-high"),
        )
    if verdict.word == "too_low":
        raise CheckFailed(
            f"the steps are too small: the loss stays at {verdict.end:.3g}, and the same "
            f"program learns with steps {verdict.scale:g} times as large"
        )


@check("zero_grad")
def test_gradients(program, found):
    """No step used gradients that an earlier step had used."""
    require_training(program, 2)
    findings = found("gradients-not-cleared")
    if findings:
        raise CheckFailed("steps use gradients left over from earlier steps", findings=findings)


@check("loss_call")
def test_loss(program, found):
    """The loss is an instance that is called."""
    findings = found("loss-class-not-instance")
    if program.trace.is_tampered:
        raise CheckFailed(program.ended)
    if findings:
        raise CheckFailed("a loss class is called as if it were a function", findings=findings)
    if not program.trace.updates and not any(True for _ in program.trace.of(Backward)):
        raise CheckFailed(f"no loss was seen that gradients came from. {program.ended}".rstrip())


@check("validation_mode")
def test_validation(program, found):
    """On validation data the model was in evaluation mode and gradients were off."""
    require_training(program)
    findings = found("validation-in-train-mode", "validation-tracks-gradients")
    if findings:
        raise CheckFailed("the model is validated as if it were being trained", findings=findings)
    trace = program.trace
    validated = (f for f in trace.of(Forward) if f.updates and trace.is_held_out(f.source))
    if not any(True for _ in validated):
        raise CheckFailed(
            "no pass of the model over validation data was seen after training began. "
            f"{program.ended}".rstrip()
        )


@check("learns")
def test_accuracy(program, rerun, heldout, settings, measure):
    """The trained model reads unseen digits well enough."""
    require_training(program)
    labels, threshold = heldout[1], settings["threshold"]
    measured = accuracy(program.outputs, labels)
    noise = 2 * math.sqrt(threshold * (1 - threshold) / len(labels))
    if abs(measured - threshold) < noise:  # chance must not decide: the median of three does
        others = [accuracy(rerun(k).outputs, labels) for k in (1, 2)]
        measured = statistics.median([measured, *others])
    measure("val_accuracy", measured)
    if measured < threshold:
        raise CheckFailed(
            f"the trained model reads {measured:.1%} of {len(labels):,} unseen digits right, "
            f"expected at least {threshold:.0%}"
        )


def accuracy(outputs, labels):
    """The share of rows whose largest output is the label; outputs are (N, classes)."""
    if isinstance(outputs, Exception):
        raise outputs
    right_shape = isinstance(outputs, torch.Tensor) and outputs.ndim == 2
    if not right_shape or len(outputs) != len(labels):
        got = tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs).__name__
        raise CheckFailed(f"the model's outputs are {got}, expected ({len(labels)}, 10)")
    return float((outputs.argmax(1) == labels).double().mean())
