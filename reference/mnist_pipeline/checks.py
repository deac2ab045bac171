"""What a complete pipeline must do (lesson 1.3 §9, 003 §6.3).

The submission is a script. It is run once under the recorder; three checks read what was recorded
and what the trained model answers. One runs it again, in a world in which one of its evaluations is
plainly the best (see props.py): its weights must be the model's at the end.
"""

from __future__ import annotations

import contextlib
import functools

import pytest
import torch

from grader.checks import CheckFailed, NotJudged, check
from grader.checks.evidence import require_movement, require_training
from grader.checks.program import Questions
from grader.checks.remote import StudentRaised
from grader.errors import StudentFault
from grader.schema.rows import Forward, Update

FEWEST_EVALUATIONS = 2
LEARNED = 0.5
"""Below this accuracy no epoch is plainly better than another."""
SHORT_PASS, WHOLE_PASS = 1_280, 10**9
"""Images after which a pass ends in the second run, but not before so many batches:"""
FEWEST_BATCHES = 5
MOST_ROWS = 0.6
"""The share of the answers that are made worse, where a program gives up if all of them are."""
LOOP_RULES = (
    "gradients-not-cleared",
    "gradients-cleared-before-step",
    "learning-rate-grows",
    "learning-rate-too-high",
    "loss-class-not-instance",
    "training-in-evaluation-mode",
)
VALIDATION_RULES = (
    "dropout-in-evaluation",
    "validation-in-train-mode",
    "validation-tracks-gradients",
)


@pytest.fixture(scope="session")
def rehearsal(program):
    """What comes of the program in the world of props.py, run in it when first asked for."""
    return functools.cache(lambda: rehearsed(program))


@check("loop")
def test_loop(program, found):
    """Each step is of a fit size, uses its own gradients only, and is made in training mode."""
    findings = found(*LOOP_RULES)
    if findings:
        raise CheckFailed("the training loop makes a known mistake", findings=findings)
    require_training(program)
    norms = program.trace.gradient_norms
    if norms and not any(norms):
        raise CheckFailed(
            f"none of {program.trace.updates} steps changed a weight: where the optimizer looked "
            "there were no gradients, or they had been cleared before it did"
        )
    require_movement(program.trace)


@check("validation")
def test_validation(program, found):
    """On validation data the model was in evaluation mode and gradients were off."""
    findings = found(*VALIDATION_RULES)
    if findings:
        raise CheckFailed("the model is validated as if it were being trained", findings=findings)
    require_training(program)
    trace = program.trace
    looks = (f for f in trace.of(Forward) if f.is_mode_known and f.updates)
    if not any(trace.is_held_out(f.source) for f in looks):
        raise CheckFailed(
            "no pass of the model over validation data was seen after training began. "
            f"{program.ended}".rstrip()
        )


@check("best_epoch")
def test_best_epoch(program, heldout, rehearsal):
    """The model at the end is that of the epoch which did best on validation data."""
    require_training(program)
    if program.ended:
        raise CheckFailed(f"the program did not come to its end. {program.ended}")
    times = evaluations(program.trace)
    if times < FEWEST_EVALUATIONS:
        raise CheckFailed(
            f"the model was evaluated {times} times between and after its training steps: "
            "to keep the best epoch, each must be measured on validation data"
        )
    if learned(program.outputs, heldout[1]) < LEARNED:
        raise CheckFailed("the model learned too little for one of its epochs to be the best")
    end = rehearsal()
    if end == "unfinished":
        raise NotJudged(
            "run again with one evaluation made by far the best one, the program does not come to "
            "its end, so nothing shows which epoch it keeps"
        )
    if end == "lost":
        raise CheckFailed(
            "the model at the end is not that of the epoch which did best on validation data",
            details=[
                f"run again, with evaluation {best_of(times)} of {times} made by far the best one,",
                "the program ended with other weights than those of that moment",
            ],
        )


def best_of(times):
    """Which of so many evaluations is made the best one."""
    return 1 if times <= FEWEST_EVALUATIONS else 2


def evaluations(trace):
    """How often the model was evaluated in the training that the last optimizer made."""
    last = next((update.optimizer for update in reversed(list(trace.of(Update)))), -1)
    begin = min((u.number for u in trace.of(Update) if u.optimizer == last), default=0)
    trained = {source.index for source in trace.sources if source.trained}
    looks = (f for f in trace.of(Forward) if not (f.is_training and f.tracks_gradients))
    return len({f.updates for f in looks if f.updates >= begin and f.source not in trained})


def learned(outputs, labels):
    """The share of held-out digits that the program's own model reads; 0 if it gave no outputs."""
    if not isinstance(outputs, torch.Tensor) or outputs.dim() != 2 or len(outputs) < len(labels):
        return 0.0
    return float((outputs[: len(labels)].argmax(1) == labels).double().mean())


def rehearsed(program):
    """Run the program in the world of props.py; see ``outcome`` there for what is told."""
    best = best_of(evaluations(program.trace))
    # What ends only here was ended by the changed world: by answers so bad that it gave up, or by
    # its short passes.
    for longest, share in ((SHORT_PASS, 1.0), (SHORT_PASS, MOST_ROWS), (WHOLE_PASS, MOST_ROWS)):
        world = ("rehearse", best, longest, FEWEST_BATCHES, share)
        questions = Questions(before=world, seen="outcome")
        with contextlib.suppress(StudentFault, StudentRaised):
            again = program.again(questions)
            if not again.ended:
                return again.seen
    return "unfinished"


@check("accuracy")
def test_accuracy(program, accuracy):
    """The trained model reads unseen digits well enough."""
    require_training(program)
    accuracy.of_program()
