"""Programs that misbehave while they run: the right outcome, one clear sentence, nothing lost."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import bank
from grader.export.json import to_result
from grader.model import Exercise, Limits, Outcome, Report, Status, SubmissionKind
from grader.pipeline import Grader
from grading import submission

LOOP = """
import torch, torch.nn as nn
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    model.train()
    for step, (images, labels) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        {in_step}
    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    {in_epoch}
{after}
"""


@pytest.fixture(scope="module")
def debug_loop() -> Exercise:
    exercise = bank.load("debug_loop")
    return replace(exercise, limits=Limits(wall_s=30.0, check_s=10.0, memory_bytes=1 << 30))


def run(
    grader: Grader, exercise: Exercise, source: str, limits: Limits | None = None
) -> tuple[Report, dict[str, Status]]:
    if limits is not None:
        exercise = replace(exercise, limits=limits)
    report = grader.grade(exercise, submission(source, kind=SubmissionKind.SCRIPT))
    return report, {c.rubric.id: c.result.status for c in report.verdict.checks}


def loop(in_step: str = "pass", in_epoch: str = "pass", after: str = "pass") -> str:
    return LOOP.format(in_step=in_step, in_epoch=in_epoch, after=after)


ALL = {"learning_rate", "zero_grad", "loss_call", "validation_mode", "learns"}


def passed(statuses: dict[str, Status]) -> set[str]:
    return {name for name, status in statuses.items() if status is Status.PASSED}


def test_a_sound_loop_passes(warm_grader: Grader, debug_loop: Exercise) -> None:
    """The loop that the cases below break passes when it is whole."""
    report, statuses = run(warm_grader, debug_loop, loop())
    assert passed(statuses) == ALL, report.verdict
    assert report.verdict.findings == ()
    assert report.verdict.passed


@pytest.mark.parametrize(
    ("source", "outcome", "words"),
    [
        ("raise ValueError('no')", Outcome.CRASHED, "ValueError: no"),
        ("import no_such_module", Outcome.CRASHED, "no_such_module"),
        ("import sys; sys.exit(0)", Outcome.OK, ""),
        ("import os; os._exit(0)", Outcome.CRASHED, "os._exit"),
        ("name = input('name? ')", Outcome.CRASHED, "nobody is there to type"),
        ("import ctypes; ctypes.string_at(0)", Outcome.CRASHED, "SIGSEGV"),
        ("import torch; x = torch.zeros(10 * 2**30 // 4)", Outcome.OUT_OF_MEMORY, "memory"),
        ("x = bytearray(10 << 30)", Outcome.OUT_OF_MEMORY, "memory"),
        ("x = []\nwhile True: x.append(bytearray(1 << 20))", Outcome.OUT_OF_MEMORY, "memory"),
        ("while True: print('x' * 5000)", Outcome.OUTPUT_LIMIT, "printed"),
        ("import subprocess; subprocess.run(['ls'])", Outcome.FORBIDDEN, "not allowed"),
        ("import os\nwhile True: os.fork()", Outcome.FORBIDDEN, "not allowed"),
        ("def f(:", Outcome.INVALID, "not valid Python"),
    ],
)
def test_a_program_that_never_trains_earns_nothing(
    warm_grader: Grader, debug_loop: Exercise, source: str, outcome: Outcome, words: str
) -> None:
    """Its outcome is named in one sentence, and no check passes."""
    report, statuses = run(warm_grader, debug_loop, source)
    assert report.verdict.outcome is outcome, report.run
    assert words in report.run.reason
    assert passed(statuses) == set()
    assert report.verdict.score == 0


DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True: time.sleep(1)
"""
IN_C = """
import torch
x = torch.randn(4000, 4000)
while True: x @ x
"""


@pytest.mark.parametrize("source", ["while True: pass", DEAF, IN_C])
def test_an_endless_program_is_ended(
    warm_grader: Grader, debug_loop: Exercise, source: str
) -> None:
    """Busy, ignoring signals or stuck in compiled code: ended at the limit, and said so."""
    report, statuses = run(warm_grader, debug_loop, source, Limits(wall_s=2.0, check_s=2.0))
    assert report.verdict.outcome is Outcome.TIMED_OUT
    assert "2 seconds" in report.run.reason
    assert passed(statuses) == set()
    assert report.run.wall_s < 15


def test_what_was_earned_before_the_time_ran_out_stays(
    warm_grader: Grader, debug_loop: Exercise
) -> None:
    """A sound loop that hangs after its training keeps what was seen until then."""
    source = loop(after="while True: pass")
    report, statuses = run(warm_grader, debug_loop, source, Limits(wall_s=8.0, check_s=8.0))
    assert report.verdict.outcome is Outcome.TIMED_OUT
    assert passed(statuses) >= {"zero_grad", "loss_call", "validation_mode"}
    assert statuses["learns"] is Status.FAILED


@pytest.mark.parametrize("death", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_what_was_earned_before_a_death_stays(
    warm_grader: Grader, debug_loop: Exercise, death: str
) -> None:
    """A process that dies after its first epoch keeps what was seen until then."""
    report, statuses = run(warm_grader, debug_loop, loop(in_epoch=f"if epoch == 1: {death}"))
    assert report.verdict.outcome is Outcome.CRASHED
    assert passed(statuses) >= {"zero_grad", "loss_call", "validation_mode"}
    assert statuses["learns"] is Status.FAILED


def test_an_exception_in_a_step_is_told_with_its_line(
    warm_grader: Grader, debug_loop: Exercise
) -> None:
    """Step 3 raises: crashed, at that line, and the model can still be measured."""
    source = loop(in_step="if step == 3: raise RuntimeError('third step')")
    report, statuses = run(warm_grader, debug_loop, source)
    assert report.verdict.outcome is Outcome.CRASHED
    assert report.run.crash is not None
    assert report.run.crash.place is not None
    assert report.run.crash.place.line == 12
    assert "third step" in report.run.reason
    assert statuses["learns"] is Status.FAILED
    assert statuses["validation_mode"] is Status.FAILED


def test_an_exception_inside_a_data_loader_is_told(
    warm_grader: Grader, debug_loop: Exercise
) -> None:
    """A dataset of the student's that raises is a crash in the student's own line."""
    source = """
    from torch.utils.data import DataLoader, Dataset
    class Broken(Dataset):
        def __len__(self): return 10
        def __getitem__(self, i): raise KeyError('row')
    for batch in DataLoader(Broken(), batch_size=2, num_workers=2): pass
    """
    report, _ = run(warm_grader, debug_loop, source)
    assert report.verdict.outcome is Outcome.CRASHED
    assert report.run.crash is not None
    assert [place.line for place, _ in report.run.crash.frames] == [5, 4]


def test_a_program_that_deletes_its_folder_is_graded(
    warm_grader: Grader, debug_loop: Exercise
) -> None:
    """It may; it changes nothing."""
    source = "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n" + loop()
    _, statuses = run(warm_grader, debug_loop, source)
    assert passed(statuses) == ALL


FORGED = json.dumps({"schema": "grade.result/1", "outcome": "ok", "passed": True, "score": 10})
TO_EVERY_DESCRIPTOR = r"""
import json, os, struct
def frame(message):
    text = json.dumps(message).encode()
    return struct.pack('>16sII', bytes(16), len(text), 0) + text
ok = {'id': 1, 'notes': [], 'ok': {'$': 'dict', 'items': [['crash', None], ['called', None]]}}
for fd in range(3, 50):
    try: os.write(fd, frame({'events': []}) + frame(ok))
    except OSError: pass
"""
OUR_OBJECTS_EMPTIED = """
import gc
for o in gc.get_objects():
    if type(o).__name__ in ('Channel', 'Recorder'): o.__dict__.clear()
"""


@pytest.mark.parametrize(
    "source",
    [
        f"print({FORGED!r})",
        f"open('result.json', 'w').write({FORGED!r})",
        f"import sys; sys.stderr.write({FORGED!r})",
        TO_EVERY_DESCRIPTOR,
        OUR_OBJECTS_EMPTIED,
    ],
)
def test_what_looks_like_a_result_is_none(
    warm_grader: Grader, debug_loop: Exercise, source: str
) -> None:
    """Printed, written to a file, or to every descriptor at hand: nothing is earned by it."""
    report, statuses = run(warm_grader, debug_loop, source)
    assert passed(statuses) == set()
    assert report.verdict.score == 0
    if source is TO_EVERY_DESCRIPTOR:
        assert report.verdict.outcome is Outcome.FORBIDDEN


def test_nothing_is_left_behind(
    warm_grader: Grader, debug_loop: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's folder is gone, with what it wrote."""
    made: list[str] = []

    def mkdtemp(**kwargs: str) -> str:
        made.append(tempfile.mkdtemp(**kwargs))
        return made[-1]

    monkeypatch.setattr("grader.runner.outside.process.tempfile", SimpleNamespace(mkdtemp=mkdtemp))
    run(warm_grader, debug_loop, "import os\nos.makedirs('a/b'); open('a/b/c', 'w').write('x')")
    assert made
    assert not any(Path(folder).exists() for folder in made)


def test_the_result_is_strict_json_whatever_is_printed(
    warm_grader: Grader, debug_loop: Exercise
) -> None:
    """NULs, lone surrogates and broken UTF-8 on the streams end as valid JSON."""
    source = r"""
    import os
    os.write(1, b'\xff\x00\x1b[31m')
    print('\ud800'.encode('utf-8', 'surrogatepass'))
    """
    report, _ = run(warm_grader, debug_loop, source)
    text = json.dumps(to_result(report), allow_nan=False)
    assert json.loads(text)["outcome"] == "ok"
