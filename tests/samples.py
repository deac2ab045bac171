"""Reports as the pipeline makes them, one for each way that a grading can end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from grader.model import (
    Crash,
    Isolation,
    IsolationLevel,
    LayerCurves,
    Outcome,
    Output,
    Place,
    Report,
    Rubric,
    Status,
    SubmissionKind,
    Visibility,
)
from sample_code import LOOP, LOSS_CLASS, RATE, REPAIRED, STALE, TRACKS, TRAIN_MODE
from sample_notebook import notebook
from sample_parts import RUBRIC, exercise, exploding, falling, report, run, scored, submission


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
            "loss": exploding(),
            "gradient_norm": tuple(v * 1.9 for v in exploding()),
            "update_ratio": tuple(41.3 * 1.1**k for k in range(36)) + (math.nan,) * 24,
        },
        reference_curves={
            "loss": falling(60),
            "gradient_norm": tuple(0.4 + v / 2 for v in falling(60)),
            "update_ratio": tuple(0.002 + v / 900 for v in falling(60)),
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
            "loss": falling(1250),
            "gradient_norm": tuple(0.4 + v / 2 for v in falling(1250)),
            "update_ratio": tuple(0.002 + v / 900 for v in falling(1250)),
            "accuracy": tuple(0.95 - 0.3 / n for n in range(1, 11)),
        },
        reference_curves={"loss": falling(1250, 0.18)},
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
        curves={"loss": falling(125)},
        layers=tuple(layer(n) for n in range(24)),
    )


def layer(n: int) -> LayerCurves:
    """One of 24 layers that were looked at, of 60; one broke, and of one little is known."""
    steps = (1, 2, 3, 5, 9, 17, 33, 65)
    is_broken, is_known, has_relu = n == 23, n != 4, n % 3 > 0
    return LayerCurves(
        name=f"encoder.blocks.{n}.attention.projection_of_the_values.weight",
        layer=n * 59 // 23,
        of=60,
        steps=steps,
        gradient=tuple(
            math.inf if is_broken and step > 9 else 3.0 ** (n - 20) / step for step in steps
        ),
        ratio=tuple(1e-3 * (1 + n) / step if is_known else math.nan for step in steps),
        how="zeros" if has_relu else "",
        share=tuple(min(0.4 + step / 100, 1.0) for step in steps) if has_relu else (),
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
        curves={"loss": falling(20_000)},
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
