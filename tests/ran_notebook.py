"""A notebook as it ran: every kind of cell and output that a course's notebooks have."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import replace

from grader.model import (
    Cell,
    CellOutput,
    CellStatus,
    Crash,
    ExecutedCell,
    Outcome,
    Output,
    Place,
    Prose,
    Report,
    Submission,
    SubmissionKind,
)
from grader.pipeline import SUBSET_NOTE
from sample_code import STALE
from sample_notebook import notebook

FILE = "digits.ipynb"

TABLE = """<div>
<style scoped>.dataframe tbody tr th { vertical-align: top; }</style>
<table border="1" class="dataframe">
  <thead><tr style="text-align: right;"><th></th><th>epoch</th><th>loss</th></tr></thead>
  <tbody><tr><th>0</th><td>1</td><td>0.6931</td></tr></tbody>
</table>
<p>1 rows × 2 columns</p>
</div>"""
DRAWING = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="80" height="40"><defs><path id="m" d="M0 0V4"/></defs>'
    '<use xlink:href="#m" x="3"/><use xlink:href="#m" x="9"/></svg>'
)
ERROR = (
    "cell 7, line 4\n    accuracy = evaluate(model)\ncell 7, line 2\n    return model(x) == label\n"
    "NameError: name 'label' is not defined"
)
CODE = (
    "%matplotlib inline\nimport torch\nfrom torch import nn",
    "model = nn.Linear(784, 10)\ncriterion = nn.CrossEntropyLoss()",
    "for x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n    step()",
    "plt.plot(losses)\nplt.show()",
    "pd.DataFrame(history)",
    "from tqdm.notebook import tqdm\nfor _ in tqdm(range(100)): pass",
    "def evaluate(model):\n    return model(x) == label\n\naccuracy = evaluate(model)",
    "print(f'{accuracy:.1%}')",
    "%%bash\nls",
    "while True:\n    train()",
    "print('done')",
)
PROSE = (
    Prose(
        after=0,
        text="# Digits\n\nWe *minimise* $L = -\\sum_i y_i^* \\log p_i^*$, see "
        "[lesson 4](https://example.org/4).\n\n| layer | size |\n|---|---|\n| 1 | 300 |",
    ),
    Prose(after=3, text="## What we see\n\n![net](attachment:net.png)"),
)


def png(width: int = 3, height: int = 2) -> str:
    """A grey PNG in base64; the header states any size, the pixels are those of a small one."""
    rows = b"".join(b"\0" + bytes(min(width, 64)) for _ in range(min(height, 64)))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    raw = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return base64.b64encode(raw).decode()


def stream(text: str, name: str = "stdout") -> CellOutput:
    """Printed text."""
    return CellOutput(kind="stream", name=name, data={"text/plain": text})


def shown(kind: str = "display_data", /, **data: str) -> CellOutput:
    """A displayed object; ``text_html`` stands for ``text/html``, and so on."""
    names = {name: name.replace("_", "/", 1).replace("svg", "svg+xml") for name in data}
    return CellOutput(kind=kind, data={names[name]: text for name, text in data.items()})


def failed(text: str, name: str = "NameError") -> CellOutput:
    """What an exception leaves."""
    return CellOutput(kind="error", name=name, data={"text/plain": text})


def _cells() -> tuple[ExecutedCell, ...]:
    log = "".join(f"batch {n:3d} loss {2.3 / (1 + n / 50):.4f}\n" for n in range(200))
    bar = "".join(f"\r{n}%|{'#' * (n // 10):10}|" for n in range(101)) + "\n"
    figure = shown(image_png=png(), text_plain="<Figure size 3x2 with 1 Axes>")
    table = shown("execute_result", text_html=TABLE, text_plain="   epoch  loss")
    outputs: tuple[tuple[CellStatus, float, tuple[CellOutput, ...]], ...] = (
        (CellStatus.OK, 1.31, ()),
        (CellStatus.OK, 0.02, (shown("execute_result", text_plain="Linear(784, 10)"),)),
        (CellStatus.OK, 28.4, (stream(log),)),
        (CellStatus.OK, 0.3, (figure,)),
        (CellStatus.OK, 0.05, (table, stream("FutureWarning: soon\n", "stderr"))),
        (CellStatus.OK, 0.4, (stream(bar, "stderr"), shown(image_svg=DRAWING, text_plain="svg"))),
        (CellStatus.FAILED, 1.2, (failed(ERROR),)),
        (CellStatus.FAILED, 0.01, (failed("NameError: name 'accuracy' is not defined"),)),
        (CellStatus.SKIPPED, 0.0, ()),
        (CellStatus.TIMED_OUT, 60.0, (stream("epoch 1\n"),)),
        (CellStatus.NOT_RUN, 0.0, ()),
    )
    return tuple(
        ExecutedCell(
            number=number,
            status=status,
            duration_s=seconds,
            outputs=given,
            after_failure=(7,) if number == 8 else (),
        )
        for number, (status, seconds, given) in enumerate(outputs, 1)
    )


def executed() -> Report:
    """A messy notebook on the subset: two cells failed, one was stopped, the last did not run."""
    base: Report = notebook()
    checks = base.verdict.checks
    stale = replace(STALE, place=Place(FILE, 3, 3))
    loop = replace(checks[1], result=replace(checks[1].result, findings=(stale,)))
    rubric = [check.rubric for check in checks]
    rubric[2] = replace(rubric[2], settings={"threshold": {"full": 0.97, "subset": 0.93}})
    crash = Crash(
        type="NameError",
        message="name 'label' is not defined",
        frames=(
            (Place(FILE, 4, 7), "accuracy = evaluate(model)"),
            (Place(FILE, 2, 7), "return model(x) == label"),
        ),
        explanation="label was never given a value; labels was.",
    )
    return replace(
        base,
        exercise=replace(base.exercise, rubric=tuple(rubric), full_data=True),
        submission=Submission(
            name=FILE,
            sha256="ab12" * 16,
            kind=SubmissionKind.NOTEBOOK,
            cells=tuple(Cell(number=n, source=text) for n, text in enumerate(CODE, 1)),
            prose=PROSE,
        ),
        verdict=replace(
            base.verdict,
            outcome=Outcome.TIMED_OUT,
            checks=(checks[0], loop, checks[2]),
            findings=(stale,),
        ),
        run=replace(
            base.run,
            outcome=Outcome.TIMED_OUT,
            reason="After 120 s the program had not ended.",
            crash=crash,
            cells=_cells(),
            output=Output(),
            notes=("%%bash cells are for another program and were skipped.", SUBSET_NOTE),
            data={"mnist": "subset"},
        ),
        metrics={
            "test_accuracy": 0.912,
            "test_accuracy_low": 0.8988,
            "test_accuracy_high": 0.9237,
            "test_accuracy_count": 2000,
            "steps": 125,
        },
    )
