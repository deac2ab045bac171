"""Reports as the pipeline makes them, one for each way that a grading can end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grader.model import (
    Cell,
    CheckResult,
    Crash,
    Evidence,
    Exercise,
    Finding,
    Isolation,
    IsolationLevel,
    Level,
    Limits,
    Outcome,
    Output,
    Place,
    Report,
    Rubric,
    Run,
    ScoredCheck,
    Status,
    Submission,
    SubmissionKind,
    Verdict,
    Visibility,
)

LOOP = """\
import torch
import torch.nn as nn

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10)
)

optimizer = torch.optim.SGD(model.parameters(), lr=100.0)

for epoch in range(10):
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)

        loss = nn.CrossEntropyLoss(logits, labels)

        loss.backward()
        optimizer.step()

    # Validation
    correct = 0
    total = 0
    for images, labels in val_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)
        predictions = logits.argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += images.shape[0]

    print(f"Epoch {epoch+1} | Loss: {loss.item():.4f} | Val Acc: {100*correct/total:.1f}%")
"""

REPAIRED = '''\
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()


def evaluate(model, loader):
    """Share of right predictions, in eval mode and without gradients."""
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    return correct / total


for epoch in range(10):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}: loss {loss.item():.4f}, accuracy {evaluate(model, val_loader):.3f}")
'''

RUBRIC = (
    Rubric(
        id="learning_rate",
        title="The step size neither blows training up nor freezes it",
        points=2,
        hints=(
            "Print the loss of the first ten steps. What does it do?",
            "Compare the size of one update with the size of the weights that it changes.",
            "For plain SGD on this network, look between 0.001 and 0.5.",
        ),
    ),
    Rubric(
        id="zero_grad",
        title="Each step uses the gradients of its own batch only",
        points=2,
        hints=(
            "Print a parameter's gradient before the backward pass of the second batch.",
            "PyTorch adds to .grad; it never replaces it.",
            "The optimizer has a method that clears all of its parameters' gradients.",
        ),
    ),
    Rubric(
        id="loss_call",
        title="The loss is computed by calling an instance of the loss class",
        points=2,
        hints=("What type does the name loss have after this line?",),
    ),
    Rubric(
        id="validation_mode",
        title="Validation runs in eval mode and without gradients",
        points=2,
    ),
    Rubric(
        id="learns",
        title="The trained model reads at least 85 % of unseen digits",
        points=2,
    ),
)


def exercise(**changes: object) -> Exercise:
    """The debug_loop exercise, or another with some fields changed."""
    base = Exercise(
        id="debug_loop",
        title="Debug a training loop",
        version="1.0",
        lesson="1.3 §8",
        submit=SubmissionKind.SCRIPT,
        summary="A training loop with four bugs; find and repair them all.",
        starter=Path("starter.py"),
        task=Path("task.md"),
        reference=Path("solution.py"),
        data=("mnist",),
        provides=("train_loader", "val_loader"),
        limits=Limits(wall_s=120),
        rubric=RUBRIC,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def submission(
    source: str, name: str = "loop.py", kind: SubmissionKind = SubmissionKind.SCRIPT
) -> Submission:
    """A script or module of one cell."""
    cells = (Cell(number=0, source=source),)
    return Submission(name=name, sha256="5f2c9d0e" * 8, kind=kind, cells=cells)


def run(**changes: object) -> Run:
    """A run of twelve seconds behind the full wall, or with some fields changed."""
    base = Run(
        device="cpu",
        seed=20240,
        started="2026-03-02T09:30:00Z",
        wall_s=12.34,
        cpu_s=11.9,
        peak_rss_mb=612.4,
        isolation=Isolation(
            level=IsolationLevel.FULL,
            layers=(
                *("descriptors", "namespaces", "private-root", "landlock", "uid", "capabilities"),
                *("no-new-privs", "rlimits", "seccomp"),
            ),
            missing=("cgroup: no cgroup that can be written to",),
        ),
        output=Output(),
        outcome=Outcome.OK,
        versions={"Python": "3.11.9", "torch": "2.14.1"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def scored(
    rubric: Rubric,
    status: Status,
    message: str = "",
    *,
    earned: float | None = None,
    **parts: object,
) -> ScoredCheck:
    """One check's result with its points: all of them if it passed, else none."""
    result = CheckResult(
        id=rubric.id,
        title=rubric.title,
        status=status,
        message=message,
        duration_s=0.4,
        **parts,  # type: ignore[arg-type]
    )
    full = rubric.points if status is Status.PASSED else 0.0
    return ScoredCheck(result=result, rubric=rubric, score=full if earned is None else earned)


def report(
    checks: tuple[ScoredCheck, ...],
    *,
    handed_in: Submission,
    ran: Run,
    of: Exercise | None = None,
    findings: tuple[Finding, ...] = (),
    **parts: object,
) -> Report:
    """A Report whose verdict follows from its checks."""
    fault = ran.outcome is Outcome.GRADER_FAULT
    verdict = Verdict(
        outcome=ran.outcome,
        passed=all(check.result.status is Status.PASSED for check in checks) and not fault,
        score=None if fault else sum(check.score for check in checks),
        max_score=sum(check.rubric.points for check in checks),
        checks=checks,
        findings=findings,
    )
    base = Report(
        tool_version="0.1.0",
        exercise=of or exercise(),
        submission=handed_in,
        verdict=verdict,
        run=ran,
        metrics={},
        curves={},
    )
    return replace(base, **parts)  # type: ignore[arg-type]


RATE = Finding(
    rule="learning-rate-too-high",
    level=Level.ERROR,
    place=Place("loop.py", 10),
    step=1,
    what="the first update moved the weights 41 times as far as they are long, and the loss rose "
    "from 2.31 to 1,874 in one step",
    evidence=(
        Evidence(label="loss after step 1", expected="below 2.31", actual="1874.2"),
        Evidence(label="update / weights, step 1", expected="about 0.001", actual="41.3"),
        Evidence(label="same steps, rate ÷ 1000", expected="loss falls", actual="2.31 → 0.94"),
    ),
    fix="lower the learning rate until the loss of the first steps falls",
    why="A step much longer than the distance to the minimum lands on the other side, higher up. "
    "The next gradient is larger still, and so is the next step: the loss grows until it is no "
    "longer a number.",
)
STALE = Finding(
    rule="gradients-not-cleared",
    level=Level.ERROR,
    place=Place("loop.py", 19),
    step=2,
    what="step 2 adds its gradients to those of step 1",
    evidence=(
        Evidence(
            label="before this backward pass", expected="no gradients", actual="those of step 1"
        ),
    ),
    fix="clear the gradients once per step, before this line",
    why="backward() adds to .grad. Without clearing, step 100 follows the sum of a hundred "
    "batches' gradients, most of them computed for weights that no longer exist.",
)
LOSS_CLASS = Finding(
    rule="loss-class-not-instance",
    level=Level.ERROR,
    place=Place("loop.py", 17),
    step=1,
    what="nn.CrossEntropyLoss is a class: calling it with logits and labels builds a loss object "
    "and computes no loss",
    evidence=(
        Evidence(
            label="arguments of the constructor",
            expected="settings such as label_smoothing",
            actual="tensors of shape (64, 10) and (64,)",
        ),
    ),
    fix="make one instance of the class before the loop and call that instance here",
    why="The class's parentheses take settings; the instance's parentheses take predictions and "
    "targets.",
)
TRAIN_MODE = Finding(
    rule="validation-in-train-mode",
    level=Level.ERROR,
    place=Place("loop.py", 27),
    step=125,
    what="the model read validation images in training mode",
    evidence=(Evidence(label="model.training", expected="False", actual="True"),),
    fix="switch the model to evaluation mode before validation, and back before training",
    why="In training mode dropout still drops and batch norm still learns from validation images: "
    "the accuracy is not that of the model you would use.",
)
TRACKS = Finding(
    rule="validation-tracks-gradients",
    level=Level.ERROR,
    place=Place("loop.py", 27),
    step=125,
    what="the forward pass on validation images recorded a graph for gradients that nothing uses",
    evidence=(Evidence(label="logits.requires_grad", expected="False", actual="True"),),
    fix="turn gradient tracking off around the validation loop",
    why="The graph keeps every activation alive: slower, and on a large model out of memory.",
)


def _exploding() -> tuple[float, ...]:
    rising = [2.31 * 9.0 ** min(step, 30) * (1 + 0.4 * math.sin(step)) for step in range(36)]
    return (*rising, *[math.nan] * 24)


def _falling(steps: int, end: float = 0.21) -> tuple[float, ...]:
    return tuple(
        end + (2.31 - end) * math.exp(-step / 90) + 0.05 * math.sin(step * 1.7) * math.cos(step / 7)
        for step in range(steps)
    )


def debug_loop() -> Report:
    """The lesson's script as it is: nothing passes, and all five causes are shown."""
    rate, zero, call, mode, learns = RUBRIC
    checks = (
        scored(
            rate, Status.FAILED, "the loss rose from 2.31 to nan within 37 steps", findings=(RATE,)
        ),
        scored(
            zero,
            Status.FAILED,
            "59 of 60 steps used gradients left over from an earlier step (the first is right)",
            findings=(STALE,),
        ),
        scored(
            call, Status.FAILED, "the loss class was called like a function", findings=(LOSS_CLASS,)
        ),
        scored(
            mode,
            Status.FAILED,
            "on validation data the model was in training mode, and gradients were on",
            findings=(TRAIN_MODE, TRACKS),
        ),
        scored(
            learns,
            Status.FAILED,
            "the trained model reads 9.8 % of unseen digits, 85 % are needed",
            details=("accuracy   expected ≥ 85.0 %   got 9.8 %   (196 of 2,000, ±1.3 %)",),
            findings=(RATE, STALE),
        ),
    )
    note = (
        "loop.py:17 called the loss class like a function. The run went on as if it had been "
        "repaired, so that later mistakes could be found too."
    )
    printed = "".join(f"Epoch {n} | Loss: nan | Val Acc: 9.8%\n" for n in range(1, 11))
    return report(
        checks,
        handed_in=submission(LOOP),
        ran=run(output=Output(stdout=printed), notes=(note,)),
        findings=(RATE, STALE, LOSS_CLASS, TRAIN_MODE, TRACKS),
        metrics={"steps": 60, "final_loss": math.nan, "val_accuracy": 0.098},
        curves={
            "loss": _exploding(),
            "gradient_norm": tuple(v * 1.9 for v in _exploding()),
            "update_ratio": tuple(41.3 * 1.1**k for k in range(36)) + (math.nan,) * 24,
        },
        reference_curves={
            "loss": _falling(60),
            "gradient_norm": tuple(0.4 + v / 2 for v in _falling(60)),
            "update_ratio": tuple(0.002 + v / 900 for v in _falling(60)),
        },
    )


def clean_pass() -> Report:
    """A sound loop: every check passes and no rule has anything to say."""
    checks = tuple(scored(line, Status.PASSED) for line in RUBRIC)
    checks = (
        *checks[:4],
        scored(RUBRIC[4], Status.PASSED, "the trained model reads 93.6 % of unseen digits"),
    )
    printed = "".join(
        f"epoch {n}: loss {2.1 / n:.4f}, accuracy {0.95 - 0.3 / n:.3f}\n" for n in range(1, 11)
    )
    return report(
        checks,
        handed_in=submission(REPAIRED),
        ran=run(output=Output(stdout=printed)),
        metrics={"steps": 1250, "final_loss": 0.2134, "val_accuracy": 0.936},
        curves={
            "loss": _falling(1250),
            "gradient_norm": tuple(0.4 + v / 2 for v in _falling(1250)),
            "update_ratio": tuple(0.002 + v / 900 for v in _falling(1250)),
            "accuracy": tuple(0.95 - 0.3 / n for n in range(1, 11)),
        },
        reference_curves={"loss": _falling(1250, 0.18)},
    )


def crashed() -> Report:
    """An exception in the student's code: the checks that ran keep what they earned."""
    source = REPAIRED.replace("images.flatten(1)), labels", "images), labels")
    crash = Crash(
        type="RuntimeError",
        message="mat1 and mat2 shapes cannot be multiplied (1792x28 and 784x256)",
        frames=((Place("loop.py", 25), "loss = criterion(model(images), labels)"),),
        values=(
            ("model", "module Sequential"),
            ("images", "float32 tensor of shape (64, 1, 28, 28)"),
            ("the layer", "module Linear(in_features=784, out_features=256, bias=True)"),
        ),
        explanation=(
            "The layer takes inputs with 784 numbers in the last dimension and got 28: each of "
            "the 64 samples in images has to be flattened first."
        ),
    )
    passed = (scored(RUBRIC[2], Status.PASSED),)
    stopped = tuple(
        scored(line, Status.FAILED, "the program stopped before this could be seen", crash=crash)
        for line in (RUBRIC[0], RUBRIC[1], RUBRIC[3])
    )
    skipped = (scored(RUBRIC[4], Status.SKIPPED, "needs zero_grad"),)
    warning = (
        "UserWarning: Using a target size that is different to the input size.\n"
        "  loss = criterion(model(images), labels)\n"
    )
    return report(
        (*stopped[:2], *passed, stopped[2], *skipped),
        handed_in=submission(source),
        ran=run(
            outcome=Outcome.CRASHED,
            crash=crash,
            reason=f"The program raised {crash}",
            wall_s=0.82,
            cpu_s=0.8,
            output=Output(stderr=warning),
        ),
        curves={"loss": ()},
    )


def deep_crash() -> Report:
    """A recursion without an end, found by one check of a module."""
    source = "def count_parameters(model):\n    return count_parameters(model)\n"
    place = Place("count.py", 2)
    crash = Crash(
        type="RecursionError",
        message="maximum recursion depth exceeded",
        frames=((place, "return count_parameters(model)"),) * 990,
    )
    line = Rubric(id="counts", title="Counts a known network right", points=3)
    return report(
        (scored(line, Status.FAILED, "count_parameters never returned", crash=crash),),
        handed_in=submission(source, "count.py", SubmissionKind.MODULE),
        ran=run(wall_s=0.2),
        of=exercise(id="parameter_counting", title="Count parameters", rubric=(line,)),
    )


def invalid() -> Report:
    """A file that does not parse: graded, with the line that is wrong."""
    source = LOOP.replace("for epoch in range(10):", "for epoch in range(10)")
    crash = Crash(
        type="SyntaxError",
        message="expected ':'",
        frames=((Place("loop.py", 12), "for epoch in range(10)"),),
    )
    checks = tuple(
        scored(line, Status.FAILED, "the file could not be run", crash=crash) for line in RUBRIC
    )
    reason = "The file is not valid Python: expected ':'"
    return report(
        checks,
        handed_in=submission(source),
        ran=run(outcome=Outcome.INVALID, crash=crash, reason=reason, wall_s=0.03),
    )


def timed_out() -> Report:
    """A loop that never ends, on a machine with less than the full wall."""
    source = "import itertools\n\nfor step in itertools.count():\n    print('step', step)\n"
    checks = (
        *(scored(line, Status.FAILED, "no result within 120 s") for line in RUBRIC[:4]),
        scored(RUBRIC[4], Status.SKIPPED),
    )
    printed = "".join(f"step {n}\n" for n in range(5_000))
    return report(
        checks,
        handed_in=submission(source),
        ran=run(
            outcome=Outcome.TIMED_OUT,
            reason="After 120 s the program had not ended; the last line that ran was loop.py:4.",
            wall_s=120.2,
            output=Output(stdout=printed, truncated=True),
            isolation=Isolation(
                level=IsolationLevel.PARTIAL,
                layers=("descriptors", "file-modes", "rlimits", "seccomp"),
                missing=("namespaces: not permitted here", "landlock: this kernel has none"),
            ),
        ),
    )


def grader_fault() -> Report:
    """The grader's own process died: nobody loses points, and the report says whose fault it is."""
    checks = (
        scored(RUBRIC[0], Status.PASSED),
        scored(RUBRIC[1], Status.ERROR, "the judge's process ended without an answer"),
        *(scored(line, Status.SKIPPED, "the grader stopped") for line in RUBRIC[2:]),
    )
    return report(
        checks,
        handed_in=submission(REPAIRED),
        ran=run(
            outcome=Outcome.GRADER_FAULT,
            reason="The judge's process ended without an answer (exit status -9).",
        ),
    )


def notebook() -> Report:
    """A notebook with a finding in its third code cell and a note in its second."""
    cells = (
        Cell(number=1, source="%matplotlib inline\nimport torch\nfrom torch import nn"),
        Cell(
            number=2,
            source="model = nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(),\n"
            "                      nn.Linear(300, 300), nn.ReLU(),\n"
            "                      nn.Linear(300, 10), nn.Softmax(dim=1))\n"
            "optimizer = torch.optim.Adam(model.parameters())\n"
            "criterion = nn.CrossEntropyLoss()",
        ),
        Cell(
            number=3,
            source="for images, labels in train_loader:\n"
            "    loss = criterion(model(images), labels)\n"
            "    loss.backward()\n"
            "    optimizer.step()",
        ),
        Cell(number=4, source="print('done')"),
    )
    stale = replace(STALE, place=Place("digits.ipynb", 3, 3))
    softmax = Finding(
        rule="softmax-before-cross-entropy",
        level=Level.WARNING,
        place=Place("digits.ipynb", 2, 3),
        step=1,
        what="the loss received probabilities (each row sums to 1); it expects raw logits",
        evidence=(Evidence(label="row sums", expected="anything", actual="1.000 ± 0.000"),),
        fix="leave the last activation out of the model",
        why="CrossEntropyLoss applies log-softmax itself; twice flattens the gradients.",
    )
    mode = Finding(
        rule="data-not-shuffled",
        level=Level.NOTE,
        place=None,
        step=None,
        what="both epochs saw the training images in the same order",
        evidence=(),
        fix="let the loader shuffle the training set",
        why="",
    )
    handed_in = Submission(
        name="digits.ipynb", sha256="ab12" * 16, kind=SubmissionKind.NOTEBOOK, cells=cells
    )
    lines = (
        Rubric(id="count", title="The network has 328,810 parameters", points=1),
        Rubric(id="sound_loop", title="The loop is sound", points=3, hints=("Look at cell 3.",)),
        Rubric(id="accuracy", title="At least 97 % on unseen digits", points=4),
    )
    checks = (
        scored(lines[0], Status.PASSED),
        scored(lines[1], Status.FAILED, "1 mistake was found in the loop", findings=(stale,)),
        scored(lines[2], Status.FAILED, "91.2 % on unseen digits, 97 % are needed", earned=1.5),
    )
    return report(
        checks,
        handed_in=handed_in,
        ran=run(
            output=Output(stdout="done\n"),
            notes=("%matplotlib inline was skipped: there is no screen here.",),
        ),
        of=exercise(id="mnist_notebook", title="Digits in a notebook", lesson="004", rubric=lines),
        findings=(stale, softmax, mode),
        metrics={"test_accuracy": 0.912, "steps": 125},
        curves={"loss": _falling(125, 1.5)},
    )


def hidden() -> Report:
    """Two checks whose details must not be shown, beside a public one that fails."""
    lines = (
        Rubric(id="forward", title="Computes x Wᵀ + b", points=2),
        Rubric(
            id="odd_shapes",
            title="Works for unusual shapes",
            points=2,
            visibility=Visibility.HIDDEN,
            hints=("SECRET-HINT",),
        ),
        Rubric(
            id="late", title="Survives extreme inputs", points=1, visibility=Visibility.AFTER_DUE
        ),
    )
    secret = replace(RATE, rule="secret-rule", what="SECRET-FINDING", place=Place("layers.py", 1))
    late = replace(secret, rule="secret-late-rule", place=None)
    crash = Crash(
        type="ValueError", message="SECRET-CRASH", frames=((Place("layers.py", 2), "SECRET-FRAME"),)
    )
    checks = (
        scored(
            lines[0],
            Status.FAILED,
            "outputs differ from the reference at batch size 1",
            details=(
                "out[0, 3]   expected -1.39860   got -1.38860   allowed ±1.4e-04",
                "2 of 12 elements differ",
            ),
        ),
        scored(
            lines[1],
            Status.FAILED,
            "SECRET-MESSAGE",
            details=("SECRET-DETAIL",),
            findings=(secret,),
            crash=crash,
        ),
        scored(lines[2], Status.PASSED, "SECRET-PASS", findings=(late,)),
    )
    return report(
        checks,
        handed_in=submission("class ManualLinear:\n    ...\n", "layers.py", SubmissionKind.MODULE),
        ran=run(crash=crash, reason="SECRET-REASON"),
        of=exercise(id="manual_layers", title="Layers by hand", lesson="1.3 §2", rubric=lines),
        findings=(secret, late),
    )


def diagnosis() -> Report:
    """Any training script, without an exercise: findings and curves, no checks and no score."""
    return report(
        (),
        handed_in=submission(LOOP.replace("100.0", "0.1")),
        ran=run(output=Output(stdout="Epoch 1 | Loss: 0.4\n")),
        of=exercise(id="diagnose", title="Diagnosis", lesson="", rubric=()),
        findings=(STALE, TRACKS),
        curves={"loss": _falling(125)},
    )


def very_long() -> Report:
    """A file of 3,000 lines, more findings than are shown, and a curve of 20,000 steps."""
    filler = [f"def helper_{n}(x):\n    return x * {n}  # one of many\n" for n in range(990)]
    source = "\n".join(filler)
    noisy = tuple(
        replace(STALE, place=Place("long.py", line), step=line, evidence=STALE.evidence)
        for line in (500, 501, 1400, 2001, 2500)
    )
    line = Rubric(id="sound", title="The loop is sound", points=5)
    return report(
        (scored(line, Status.FAILED, "5 mistakes were found", findings=noisy, earned=1 / 3),),
        handed_in=submission(source, "long.py"),
        ran=run(output=Output(stdout="x" * 200_000)),
        of=exercise(rubric=(line,)),
        findings=noisy,
        curves={"loss": _falling(20_000)},
    )


SAMPLES: dict[str, Callable[[], Report]] = {
    "debug_loop": debug_loop,
    "clean_pass": clean_pass,
    "crashed": crashed,
    "deep_crash": deep_crash,
    "invalid": invalid,
    "timed_out": timed_out,
    "grader_fault": grader_fault,
    "notebook": notebook,
    "hidden": hidden,
    "diagnosis": diagnosis,
    "very_long": very_long,
}
