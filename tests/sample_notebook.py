"""The report of a notebook, of which one cell failed."""

from __future__ import annotations

from dataclasses import replace

from grader.model import (
    Cell,
    Evidence,
    Finding,
    Level,
    Output,
    Place,
    Report,
    Rubric,
    Status,
    Submission,
    SubmissionKind,
)
from sample_code import STALE
from sample_parts import exercise, falling, report, run, scored


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
        curves={"loss": falling(125, 1.5)},
    )
