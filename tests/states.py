"""Reports for the states that a page is designed for, beside the samples of every ending."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grader.model import (
    Cell,
    CellStatus,
    Evidence,
    ExecutedCell,
    Finding,
    Level,
    Outcome,
    Output,
    Place,
    Prose,
    Report,
    Rubric,
    Status,
    Submission,
    SubmissionKind,
)
from ran_notebook import executed, failed, png, shown, stream
from sample_code import LOOP, REPAIRED, STALE
from sample_parts import RUBRIC, exercise, report, run, scored, submission
from samples import SAMPLES, debug_loop

STARTER = Path(__file__).parents[1] / "exercises" / "debug_loop" / "starter.py"

LAYERS = '''\
"""Layers by hand."""

import math

import torch


class ManualLinear:
    """y = x Wᵀ + b."""

    def __init__(self, in_features, out_features):
        scale = math.sqrt(1 / in_features)
        self.weight = torch.randn(out_features, in_features) * scale
        self.bias = torch.zeros(1, out_features)

    def forward(self, x):
        return x @ self.weight + self.bias


def relu(x):
    return torch.where(x > 0, x, 0.01 * x)
'''


def starter() -> Report:
    """The starter of debug_loop, untouched, as the grader reports it."""
    lines = (
        "The step size lets the training make progress",
        "Each step uses only the gradients meant for it",
        "The loss is computed by an instance of the loss class",
        "Validation runs in evaluation mode and records no gradients",
        "The trained model reads at least 85 % of unseen digits",
    )
    rubric = tuple(
        replace(line, title=title, hints=line.hints or RUBRIC[0].hints)
        for line, title in zip(RUBRIC, lines, strict=True)
    )
    rubric = (*rubric[:4], replace(rubric[4], settings={"threshold": 0.85}))
    findings = _starter_findings()
    messages = (
        ("the steps are too large for the training to make progress", findings[:1]),
        ("steps use gradients left over from earlier steps", findings[1:2]),
        ("a loss class is called as if it were a function", findings[2:3]),
        ("the model is validated as if it were being trained", findings[3:]),
        ("the trained model reads 10 % of 2,000 unseen digits right; at least 85 % are needed", ()),
    )
    checks = tuple(
        scored(line, Status.FAILED, message, findings=found)
        for line, (message, found) in zip(rubric, messages, strict=True)
    )
    base: Report = debug_loop()
    rising = [2.25 * 9.0 ** min(step, 36) * (1 + 0.4 * math.sin(step)) for step in range(46)]
    own = (*rising, *[math.nan] * 579)
    good = tuple(2.25 * math.exp(-step / 40) + 0.35 * math.exp(-step / 300) for step in range(625))
    return report(
        checks,
        handed_in=submission(STARTER.read_text(encoding="utf-8"), "debug_loop.py"),
        ran=run(output=base.run.output, data={"mnist": "subset"}),
        of=exercise(rubric=rubric),
        findings=findings,
        metrics={
            "val_accuracy": 0.1,
            "val_accuracy_low": 0.0876,
            "val_accuracy_high": 0.1139,
            "val_accuracy_count": 2000,
        },
        curves={
            "loss": own,
            "gradient_norm": tuple(value * 1.9 for value in own),
            "update_ratio": tuple(22.7 * 1.1**k for k in range(43)) + (math.inf,) * 582,
        },
        reference_curves={"loss": good, "gradient_norm": tuple(0.4 + v / 2 for v in good)},
    )


def _starter_findings() -> tuple[Finding, ...]:
    def found(rule: str, line: int, step: int | None, what: str, fact: Evidence,
              level: Level = Level.ERROR) -> Finding:  # fmt: skip
        return Finding(
            rule=rule, level=level, place=Place("debug_loop.py", line), step=step, what=what,
            evidence=(fact,), fix=_FIXES[rule], why=STALE.why,
        )  # fmt: skip

    return (
        found(
            "learning-rate-too-high", 17, 47,
            "the steps are about 100 times too large (the rate is 100)",
            Evidence(label="loss after 150 steps", expected="not much better", actual="1.45",
                     sentence="With steps 1/100 as long, the loss falls from 2.25 to 1.45 in 150 "
                     "steps."),
        ),
        found(
            "gradients-not-cleared", 24, 2, "step 2 adds its gradients to those of step 1",
            Evidence(label="updates", expected="0", actual="624 of 625",
                     sentence="624 of 625 updates used gradients left over from an earlier step."),
        ),
        found(
            "loss-class-not-instance", 23, None,
            "the class CrossEntropyLoss is called with predictions and targets; the grader went on "
            "as if an instance had been called",
            Evidence(label="given", expected="settings", actual="tensors",
                     sentence="CrossEntropyLoss(…) takes settings; it was given predictions and "
                     "targets, 625 times."),
        ),
        found(
            "validation-in-train-mode", 30, 125,
            "the model is in training mode on held-out data after step 125; this model has no "
            "dropout or batch normalisation, so no number changes today",
            Evidence(label="mode", expected="False", actual="True",
                     sentence="In 20 forward passes on validation data, training was True."),
            Level.WARNING,
        ),
        found(
            "validation-tracks-gradients", 30, 125,
            "gradients are recorded on held-out data after step 125, and nothing uses them",
            Evidence(label="output.requires_grad", expected="False", actual="True",
                     sentence="In 20 forward passes, output.requires_grad was True."),
            Level.WARNING,
        ),
    )  # fmt: skip


_FIXES = {
    "learning-rate-too-high": "make the learning rate smaller, by factors of ten, until the loss "
    "falls steadily",
    "gradients-not-cleared": "clear the gradients once per update, before this backward pass",
    "loss-class-not-instance": "make an instance of CrossEntropyLoss once, before the loop, and "
    "call that",
    "validation-in-train-mode": "set the model to evaluation mode before it sees validation data, "
    "and back after",
    "validation-tracks-gradients": "turn gradients off around the validation pass",
}


WORKED = (Path(__file__).parents[1] / "rubrics" / "examples" / "inner_sizes.md").read_text("utf-8")
"""A hint with code in it."""


def component(count: int = 8) -> Report:
    """A module of layers under ``count`` checks: some pass, two fail, the rest needs these."""
    names = ("shapes", "trainable", "kaiming", "zero_bias", "forward", "gradients", "relu")
    rubric = tuple(
        Rubric(
            id=names[n] if n < len(names) else f"shape_{n}",
            title=f"Part {n + 1} of the layer is right" if n else "Weight and bias have shapes",
            points=1,
            needs=("forward",) if n == 5 else (),
            hints=("Print the shapes of both sides.", "Which axis is the batch?", WORKED)
            if n == 4
            else (),
        )
        for n in range(count)
    )
    told = {
        0: ("bias of ManualLinear(4, 8) has the wrong shape", ("expected (8,)   got (1, 8)",)),
        4: (
            "the output differs from the reference",
            (
                (
                    "the output[0, 0]   expected 1.87581   got 0.688954   allowed ±2.9e-05   "
                    "(3 of 3 differ)"
                ),
            ),
        ),
    }
    checks = tuple(
        scored(line, Status.FAILED, told[n][0], details=told[n][1])
        if n in told
        else scored(line, Status.SKIPPED)
        if n == 5
        else scored(line, Status.PASSED, "The bias starts at 0")
        for n, line in enumerate(rubric)
    )
    return report(
        checks,
        handed_in=submission(LAYERS, "layers.py", SubmissionKind.MODULE),
        ran=run(wall_s=0.7, cpu_s=0.6),
        of=exercise(id="manual_layers", title="Layers by hand", lesson="1.3 §2", rubric=rubric),
    )


def many_checks() -> Report:
    """A component exercise with twenty-four checks."""
    return component(24)


def no_code() -> Report:
    """An empty file: graded, with nothing to show."""
    empty = Submission(
        name="loop.py",
        sha256="0" * 64,
        kind=SubmissionKind.SCRIPT,
        cells=(),
        problem="The file is empty.",
    )
    checks = tuple(scored(line, Status.FAILED, "the file can't be run") for line in RUBRIC)
    return report(
        checks,
        handed_in=empty,
        ran=run(outcome=Outcome.INVALID, reason="The file is empty.", wall_s=0.0, cpu_s=0.0),
    )


def _stopped(outcome: Outcome, reason: str) -> Report:
    checks = (
        scored(RUBRIC[0], Status.PASSED),
        *(
            scored(line, Status.FAILED, f"not reached: {reason[:1].lower()}{reason[1:]}")
            for line in RUBRIC[1:]
        ),
    )
    return report(
        checks, handed_in=submission(REPAIRED), ran=run(outcome=outcome, reason=reason, wall_s=3.1)
    )


def out_of_memory() -> Report:
    """Stopped at its memory limit."""
    return _stopped(
        Outcome.OUT_OF_MEMORY,
        "The program used more than 4 GiB of memory; the last line that ran was loop.py:13.",
    )


def forbidden() -> Report:
    """Stopped for something that the wall refuses."""
    return _stopped(
        Outcome.FORBIDDEN,
        "The program tried to open a connection, at loop.py:24. There is no network here.",
    )


def long_output() -> Report:
    """A million lines printed, of which the tail is kept, each of them long."""
    base: Report = SAMPLES["clean_pass"]()
    printed = "".join(f"step {n} " + "x" * 10_000 + "\n" for n in range(200))
    kept = Output(stdout=printed, stderr="warning\n" * 100_000, truncated=True)
    return replace(base, run=replace(base.run, output=kept))


def long_file() -> Report:
    """A file of 50,000 lines, some of 10,000 characters, and two findings far apart."""
    lines = [f"x_{n} = {n}" for n in range(50_000)]
    for at in range(0, 50_000, 500):
        lines[at] = f"y = {'1 + ' * 2_500}1"
    near, far = (replace(STALE, place=Place("long.py", line)) for line in (20, 40_000))
    line = Rubric(id="sound", title="The loop is sound", points=5)
    return report(
        (scored(line, Status.FAILED, "2 mistakes were found", findings=(near, far)),),
        handed_in=submission("\n".join(lines), "long.py"),
        ran=run(),
        of=exercise(rubric=(line,)),
        findings=(near, far),
    )


def long_notebook() -> Report:
    """A notebook of 150 cells with text between, long outputs, and one finding in the middle."""
    base: Report = executed()
    cells = tuple(
        Cell(number=n, source=f"for x, y in loader:\n    step({n})", count=n) for n in range(1, 151)
    )
    log = stream("".join(f"batch {n} loss {2.3 / (n + 1):.4f}\n" for n in range(200)))
    ran = tuple(
        ExecutedCell(number=n, status=CellStatus.OK, outputs=(log,) if n % 3 == 0 else (),
                     duration_s=0.2)
        for n in range(1, 151)
    )  # fmt: skip
    prose = tuple(Prose(after=n, text=f"## Part {n}\n\nSome words.") for n in range(0, 150, 10))
    stale = replace(STALE, place=Place("digits.ipynb", 2, 75))
    checks = base.verdict.checks
    loop = replace(checks[1], result=replace(checks[1].result, findings=(stale,)))
    return replace(
        base,
        submission=replace(base.submission, cells=cells, prose=prose),
        verdict=replace(
            base.verdict,
            outcome=Outcome.OK,
            checks=(checks[0], loop, checks[2]),
            findings=(stale,),
        ),
        run=replace(base.run, outcome=Outcome.OK, reason="", crash=None, cells=ran),
    )


def lost_points() -> Report:
    """A notebook with an error that costs nothing, and a finding that costs points.

    Its cells were last run by their author in another order than they stand in.
    """
    base: Report = long_notebook()
    sources = (
        "import torch\nfrom torch import nn",
        "import pandas as pd",
        "model = nn.Linear(784, 10)",
        "for x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n    step()",
        "plot(losses)",
    )
    counts = (3, 4, 1, 7, None)
    cells = tuple(
        Cell(number=n, source=text, count=count)
        for n, (text, count) in enumerate(zip(sources, counts, strict=True), 1)
    )
    error = failed(
        "cell 2, line 1\n    import pandas as pd\nModuleNotFoundError: No module named 'pandas'",
        "ModuleNotFoundError",
    )
    ran = tuple(
        ExecutedCell(
            number=n,
            status=CellStatus.FAILED if n == 2 else CellStatus.OK,
            outputs=(error,) if n == 2 else (shown(image_png=png(), text_plain="<Figure>"),),
            duration_s=0.2,
        )
        for n in range(1, 6)
    )
    stale = replace(STALE, place=Place("digits.ipynb", 3, 4))
    checks = base.verdict.checks
    loop = replace(checks[1], result=replace(checks[1].result, findings=(stale,)))
    return replace(
        base,
        submission=replace(base.submission, cells=cells, prose=()),
        verdict=replace(
            base.verdict, outcome=Outcome.CRASHED, checks=(checks[0], loop), findings=(stale,)
        ),
        run=replace(base.run, outcome=Outcome.CRASHED, cells=ran),
    )


def odd_text() -> Report:
    """Escape sequences, control and bidirectional characters wherever a student can write."""
    odd = "\x1b[2J\x1b[31m\x07\u202eevil\u2066\x00\x9b31m"
    base: Report = debug_loop()
    return replace(
        base,
        submission=replace(
            base.submission, cells=(Cell(number=0, source=LOOP + f"\nname = '{odd}'\n"),)
        ),
        run=replace(base.run, output=Output(stdout=odd * 3, stderr=odd), notes=(odd,)),
    )


STATES: dict[str, Callable[[], Report]] = {
    "starter": starter,
    "component": component,
    "many_checks": many_checks,
    "no_code": no_code,
    "out_of_memory": out_of_memory,
    "forbidden": forbidden,
    "long_output": long_output,
    "long_file": long_file,
    "long_notebook": long_notebook,
    "lost_points": lost_points,
    "odd_text": odd_text,
}
ALL: dict[str, Callable[[], Report]] = {**SAMPLES, "executed": executed, **STATES}
"""Every report that is made by hand: each ending, and each state of the page."""
