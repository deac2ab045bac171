"""Trainings that take long: told as they go, ended in order, and measured all the same."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from grader import bank
from grader.checks.training import LOST_S
from grader.model import (
    Cell,
    CheckResult,
    Outcome,
    Progress,
    Report,
    Status,
    Submission,
    SubmissionKind,
)
from grader.pipeline import Grader, Options
from grader.trace.descent import PROBE
from grader.trace.learning import STEPS

pytestmark = pytest.mark.timeout(300)  # the limits under test add up to a minute

TRAINS = """
    import torch
    import torch.nn as nn
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr={rate})
    for epoch in range({epochs}):
        model.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            out = model(images)
            loss = {loss}
            loss.backward()
            optimizer.step()
        {mode}
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
        print(epoch, right)
"""
CROSS_ENTROPY = "nn.functional.cross_entropy(out, labels)"
SQUARES = "((out - nn.functional.one_hot(labels, 10)) ** 2).sum()"
"""Without a bound: at a great rate it is nan after a few steps."""


def script(
    loss: str = CROSS_ENTROPY, rate: float = 0.1, epochs: int = 100_000, mode: str = "model.eval()"
) -> str:
    return textwrap.dedent(TRAINS.format(loss=loss, rate=rate, epochs=epochs, mode=mode)).strip()


@dataclass
class Watched:
    """A report, and all that was said on the way to it."""

    report: Report
    said: list[Progress] = field(default_factory=list)

    def __getitem__(self, check: str) -> CheckResult:
        return next(c.result for c in self.report.verdict.checks if c.result.id == check)


Grade = Callable[[str, float], Watched]


@pytest.fixture(scope="module")
def watch() -> Iterator[Grade]:
    """``watch(source, wall_s)`` grades a script within that time, and listens."""
    exercise = bank.load("debug_loop")
    said: list[Progress] = []

    def grade(source: str, wall_s: float) -> Watched:
        said.clear()
        given = Submission(
            name="long.py",
            sha256=hashlib.sha256(source.encode()).hexdigest(),
            kind=SubmissionKind.SCRIPT,
            cells=(Cell(number=0, source=source),),
        )
        limits = replace(exercise.limits, wall_s=wall_s)
        report = grader.grade(replace(exercise, limits=limits), given)
        return Watched(report, list(said))

    with Grader(Options(progress=said.append)) as grader:
        yield grade


@pytest.fixture(scope="module")
def over_time(watch: Grade) -> Watched:
    """A training that would go on for hours, ended after eight seconds."""
    return watch(script(), 8.0)


def test_a_training_out_of_time_says_how_far_it_came(over_time: Watched) -> None:
    """The limit, the last step, and its loss, in one sentence."""
    run = over_time.report.run
    assert run.outcome is Outcome.TIMED_OUT
    assert run.reason.startswith(
        "The program was ended after 8 seconds, its limit in all; it had come to step "
    )
    assert ", with a loss of 0." in run.reason


def test_what_was_measured_until_then_is_kept(over_time: Watched) -> None:
    """Its checks are judged by what happened, its model is measured, its curves are drawn."""
    assert {c.result.status for c in over_time.report.verdict.checks} == {Status.PASSED}
    assert over_time.report.metrics["val_accuracy"] > 0.85
    told = re.search(r"step ([\d,]+), with", over_time.report.run.reason)
    assert told is not None
    steps = int(told[1].replace(",", ""))
    assert len(over_time.report.curves["loss"]) in {steps, steps + 1}
    assert not over_time.report.verdict.passed


def test_steps_and_losses_are_told_as_they_come(over_time: Watched) -> None:
    """Steps only grow, and every loss is a number; then the model is measured, and judged."""
    steps = [p.step for p in over_time.said if p.doing == "training" and p.step is not None]
    assert len(steps) > 5
    assert steps == sorted(steps)
    assert all(p.loss is not None for p in over_time.said if p.step is not None)
    order = list(dict.fromkeys(p.doing for p in over_time.said))
    assert order.index("training") < order.index("measuring the trained model")
    assert order[-1] == "check 5 of 5: learns"


def test_findings_are_kept_too(watch: Grade) -> None:
    """A fault of the loop is found in the part that ran; no other one is made up."""
    watched = watch(script(mode="pass"), 8.0)
    assert watched.report.run.outcome is Outcome.TIMED_OUT
    found = [finding.rule for finding in watched.report.verdict.findings]
    assert found == ["validation-in-train-mode"]
    assert watched["validation_mode"].status is Status.FAILED
    assert watched["zero_grad"].status is Status.PASSED


def test_a_program_that_no_step_can_stop_is_killed(watch: Grade) -> None:
    """It trained, and then hangs: what it told before stays, with its step."""
    source = script(epochs=1) + "\nwhile True: pass\n"
    watched = watch(source, 8.0)
    assert watched.report.run.outcome is Outcome.TIMED_OUT
    assert "its limit in all; it had come to step " in watched.report.run.reason
    assert watched["zero_grad"].status is Status.PASSED
    assert watched["learns"].status is Status.FAILED


def test_a_replay_says_what_it_does_and_how_far_it_is(watch: Grade) -> None:
    """Of a replay the number of steps is known, whichever question it answers."""
    watched = watch(script(SQUARES, rate=1000.0, epochs=1), 60.0)
    replayed = [p for p in watched.said if p.doing.startswith("replaying the first steps at")]
    assert replayed
    assert {p.of for p in replayed if p.step is not None} <= {STEPS, PROBE}
    assert watched["learning_rate"].status is Status.FAILED


# --- past saving -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ruined(watch: Grade) -> Watched:
    """A training that is nan from the start and would take until its limit."""
    return watch(script(SQUARES, rate=1000.0), 120.0)


def test_a_ruined_training_is_ended_early_and_says_so(ruined: Watched) -> None:
    """Which step it was ended after, and since which one nothing could save it."""
    sentence = next(note for note in ruined.report.run.notes if "no later step" in note)
    assert sentence.startswith("The training was ended after step ")
    assert ": its loss has been nan since step " in sentence
    assert ruined.report.run.wall_s < 120.0
    assert ruined.report.run.outcome is Outcome.OK, ruined.report.run.reason


def test_ending_it_costs_no_check(ruined: Watched) -> None:
    """What it did right counts, and what is found is what a whole run shows."""
    statuses = {c.result.id: c.result.status for c in ruined.report.verdict.checks}
    assert statuses == {
        "learning_rate": Status.FAILED,
        "zero_grad": Status.PASSED,
        "loss_call": Status.PASSED,
        "validation_mode": Status.PASSED,
        "learns": Status.FAILED,
    }
    assert [f.rule for f in ruined.report.verdict.findings] == ["learning-rate-too-high"]
    assert "unseen digits right" in ruined["learns"].message


def test_what_may_yet_be_saved_goes_on(watch: Grade) -> None:
    """The same training, as slow, but the program keeps weights from before: all of it runs."""
    source = script(SQUARES, rate=1000.0, epochs=5)
    source = source.replace(
        "optimizer =", "import copy, time\nbest = copy.deepcopy(model)\noptimizer ="
    )
    source = source.replace("    model.train()", f"    time.sleep({LOST_S / 3})\n    model.train()")
    watched = watch(source + "\nmodel.load_state_dict(best.state_dict())\n", 120.0)
    assert not any("no later step" in note for note in watched.report.run.notes)
    assert "\n4 " in watched.report.run.output.stdout
