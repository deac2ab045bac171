"""``grade watch``: what is seen as a save, what is told of it, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import bank, submission
from grader.commands.curve import WIDTH, Curve, drawn
from grader.commands.saves import Saves
from grader.commands.watch import Superseded, Watcher
from grader.model import Progress
from grader.pipeline import Grader
from grader.report.changes import changes
from grader.shown.view import shown
from records import FINDING, failed, passed, report

ROOT = Path(__file__).parent.parent
RIGHT = (ROOT / "reference" / "quick_checks" / "solution.py").read_text()


# --- when a file was saved ------------------------------------------------------------------


class Editor:
    """What happens to a file from one look to the next; ends the wait that lasts too long."""

    def __init__(self, *deeds: object) -> None:
        self.deeds = list(deeds)
        self.looks = 0

    def __call__(self, _: float) -> None:
        self.looks += 1
        if self.looks > 50:
            raise TimeoutError
        if self.deeds:
            deed = self.deeds.pop(0)
            if callable(deed):
                deed()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "loop.py"
    path.write_text("x = 1\n")
    return path


def replaced(path: Path, text: str) -> None:
    """As editors do that write another file first."""
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)


def waited(file: Path, *deeds: object) -> tuple[Saves, int]:
    editor = Editor(*deeds)
    saves = Saves(file, sleep=editor)
    saves.take()
    saves.wait()
    return saves, editor.looks


def test_two_saves_at_once_are_one(file: Path) -> None:
    """A file that still changes from look to look is left alone until it doesn't."""
    saves, looks = waited(
        file,
        lambda: file.write_text("x ="),
        lambda: file.write_text("x = 22\n"),
        lambda: replaced(file, "x = 333\n"),
    )
    assert looks == 4
    assert saves.take()
    assert not saves.changed()


@pytest.mark.parametrize("deed", ["rename", "delete", "folder", "link", "touch", "replace"])
def test_whatever_becomes_of_a_file_is_noticed(file: Path, deed: str) -> None:
    """Renamed away, deleted, a folder or a link in its place, the same text saved anew."""

    def instead(make: Callable[[], object]) -> None:
        file.unlink()
        make()

    deeds = {
        "rename": lambda: file.rename(file.with_name("other.py")),
        "delete": file.unlink,
        "folder": lambda: instead(file.mkdir),
        "link": lambda: instead(lambda: file.symlink_to("/dev/zero")),
        "touch": lambda: os.utime(file, ns=(1, 1)),
        "replace": lambda: replaced(file, "x = 1\n"),
    }
    saves, looks = waited(file, deeds[deed])
    assert looks == 2
    assert saves.take() is (deed not in {"rename", "delete"})


def test_nothing_is_no_save(file: Path) -> None:
    """The wait goes on as long as the file stays as it was taken."""
    with pytest.raises(TimeoutError):
        waited(file)


# --- what is graded and told ----------------------------------------------------------------


@pytest.fixture
def watcher(file: Path) -> Watcher:
    screens: list[str] = []
    made = Watcher(bank.load("quick_checks"), file, progress=False, put=screens.append)
    made.screens = screens  # type: ignore[attr-defined]
    return made


def screens(watcher: Watcher) -> list[str]:
    found: list[str] = watcher.screens  # type: ignore[attr-defined]
    return found


def test_each_save_is_graded_and_the_changes_are_told(
    warm_grader: Grader, watcher: Watcher, file: Path
) -> None:
    """First everything, then what changed; a file that is no file in between ends nothing."""
    watcher.once(warm_grader)
    assert "Since the last save" not in screens(watcher)[-1]
    file.write_text(RIGHT)
    watcher.once(warm_grader)
    told = screens(watcher)[-1]
    assert told.startswith("Since the last save\n  score: 0 → ")
    assert "passes now" in told
    file.unlink()
    watcher.once(warm_grader)
    assert "is gone" in screens(watcher)[-1]
    file.mkdir()
    watcher.once(warm_grader)
    assert "is a folder" in screens(watcher)[-1]
    file.rmdir()
    file.symlink_to("/dev/zero")
    watcher.once(warm_grader)
    assert "symbolic link" in screens(watcher)[-1]
    file.unlink()
    file.write_bytes(RIGHT.encode()[: len(RIGHT) // 2] + b"\xff")
    watcher.once(warm_grader)
    assert "nothing could be judged" in " ".join(screens(watcher)[-1].split())
    file.write_text(RIGHT)
    watcher.once(warm_grader)
    assert "all " in screens(watcher)[-1]


def test_a_grading_of_an_older_file_is_ended(file: Path, watcher: Watcher) -> None:
    """A training of minutes is not waited for when its text is saved again."""

    class Trains:
        """Tells of its steps, and is saved over at the first of them."""

        graded = 0

        def grade(self, *_: object) -> object:
            self.graded += 1
            if self.graded == 1:
                file.write_text("x = 2\n")
            watcher.tell(Progress(doing="training", step=1, loss=1.0))
            return report(passed("zero_grad"))

    trains = Trains()
    watcher.once(trains)  # type: ignore[arg-type]
    assert trains.graded == 2
    assert len(screens(watcher)) == 1


def test_a_superseded_grading_leaves_the_warm_process_usable(
    warm_grader: Grader, tmp_path: Path
) -> None:
    """What is raised out of the middle of a training takes the judge and the student with it."""

    def stop(_: Progress) -> None:
        raise Superseded

    over = Grader(replace(warm_grader._options, progress=stop), warm_grader._zygote)
    exercise = bank.load("debug_loop")
    with pytest.raises(Superseded):
        over.grade(exercise, submission.read(exercise.starter, exercise.submit))
    quick = bank.load("quick_checks")
    path = tmp_path / "quick.py"
    path.write_text(RIGHT)
    assert warm_grader.grade(quick, submission.read(path, quick.submit)).verdict.passed


def test_a_modules_checks_are_told_as_they_begin(warm_grader: Grader) -> None:
    """Each with its number, in the order of the file; a recorded training with step and loss."""
    said: list[Progress] = []
    over = Grader(replace(warm_grader._options, progress=said.append), warm_grader._zygote)
    exercise = bank.load("xor_torch")
    given = submission.read(exercise.reference / "solution.py", exercise.submit)
    over.grade(exercise, given)
    begun = [each.doing for each in said if each.step is None and each.doing.startswith("check ")]
    ids = [line.id for line in exercise.rubric]
    assert begun == [f"check {n} of {len(ids)}: {id_}" for n, id_ in enumerate(ids, 1)]
    trained = [each for each in said if each.step is not None]
    assert trained
    assert all(each.doing in begun and each.loss is not None for each in trained)


def test_a_save_ends_the_grading_of_a_module_at_its_next_check(warm_grader: Grader) -> None:
    """And the warm process grades the newer text."""
    seen: list[str] = []

    def stop(told: Progress) -> None:
        seen.append(told.doing)
        if told.doing.startswith("check 2"):
            raise Superseded

    over = Grader(replace(warm_grader._options, progress=stop), warm_grader._zygote)
    exercise = bank.load("dropout")
    given = submission.read(exercise.reference / "solution.py", exercise.submit)
    with pytest.raises(Superseded):
        over.grade(exercise, given)
    assert seen[-1] == "check 2 of 8: eval_identity"
    assert warm_grader.grade(exercise, given).verdict.passed


def test_changes_are_told_check_by_check_and_finding_by_finding() -> None:
    """What passes or fails now, what is gone and new, the score; nothing where nothing changed."""
    bad = shown(report(failed("zero_grad", FINDING), passed("learns")))
    good = shown(report(passed("zero_grad"), failed("learns")))
    assert changes(bad, bad) == []
    told = changes(bad, good)
    assert "✓ zero_grad: passes now" in told
    assert "✗ learns: fails now" in told
    assert any(line.startswith(f"gone: {FINDING.rule}") for line in told)
    assert f"new: {FINDING.rule} ({FINDING.place})" in changes(good, bad)


# --- the curve ----------------------------------------------------------------------------


def test_a_training_is_drawn_in_a_few_letters() -> None:
    """From the largest loss to the least; what is no number has a sign; a point is no curve."""
    assert drawn([4.0, 3.0, 2.0, 1.0]) == "█▆▃▁"
    assert drawn([2.0, math.nan, 1.0, math.inf]) == "█×▁×"
    assert drawn([1.0, 1.0]) == "▁▁"
    assert drawn([math.nan, math.nan]) == "××"
    assert drawn([1e308, -1e308]) == "××"
    assert drawn([1.0]) == drawn([]) == ""


def test_a_long_training_stays_short() -> None:
    """However many losses come, the curve keeps its width and its beginning."""
    curve = Curve()
    for step in range(100_000):
        curve.add(1 / (1 + step))
    assert WIDTH // 2 <= len(str(curve)) <= WIDTH
    assert str(curve)[0] == "█"


# --- how it ends --------------------------------------------------------------------------


def below(pid: int) -> set[int]:
    """The processes that descend from one."""
    found = set()
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found |= {int(child)} | below(int(child))
    return found


def gone(pids: set[int], patience_s: float = 30.0) -> bool:
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}/cmdline").is_file() for pid in pids):
            return True
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def watching(file: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "grader", "watch", str(file), "--exercise", "quick_checks"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=file.parent, env=env
    )
    killer = threading.Timer(120, process.kill)
    killer.start()
    with process:
        yield process
        process.kill()
    killer.cancel()


@pytest.mark.skipif(shutil.which("ps") is None and not Path("/proc").is_dir(), reason="no /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(file: Path, how: signal.Signals) -> None:
    """Ctrl-C ends it in order; killed, its warm process notices and leaves too."""
    file.write_text(RIGHT)
    with watching(file) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if "Waiting for the next save" in line:
                break
        children = below(process.pid)
        assert children
        process.send_signal(how)
        assert process.wait(30) == (0 if how is signal.SIGINT else -signal.SIGKILL)
        assert gone(children)
        if how is signal.SIGINT:
            assert process.stderr.read() == "grade: stopped watching.\n"
