"""The whole grader at every privilege level: sound work passes, and a thief gets nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import machine

ROOT = Path(__file__).parents[2]
LEVELS = {
    "root": "full",
    "container": "full",
    "container-no-landlock": "none",  # there, file modes would have to hide a checkout
    "user": "full",
    "user-bare": "partial",
    "none": "none",
}
# Without Landlock or namespaces only file modes keep a secret, and a checkout's are open.
WALLED = [level for level in LEVELS if level not in ("none", "container-no-landlock")]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")


def grade(level: str, submission: Path, *more: str) -> subprocess.CompletedProcess[str]:
    if level.startswith(("root", "container")) and os.geteuid() != 0:
        pytest.skip("only root can have this level")
    machine.skip_without(level)
    return subprocess.run(
        [sys.executable, str(Path(__file__).parent / "grade_at_level.py"), level, str(submission),
         "--exercise", "debug_loop", "--format", "json", *more],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def result(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that every user can reach."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.mark.parametrize("level", LEVELS)
def test_sound_work_passes_at_every_level(level: str, open_folder: Path) -> None:
    """The repaired example earns all points, and the result names the level."""
    shutil.copy(ROOT / "examples/debug_loop_repaired.py", open_folder)
    graded = result(grade(level, open_folder / "debug_loop_repaired.py"))
    assert graded["passed"], graded["checks"]
    assert graded["run"]["isolation"]["level"] == LEVELS[level]


THIEF = """
import glob, os, socket, subprocess
stolen = []
for path in {paths!r}:
    try:
        stolen.append(open(path, 'rb').read(1) and path)
    except OSError as error:
        print('refused', error.errno)
for attempt in (lambda: os.fork(), lambda: subprocess.run(['true']),
                lambda: socket.create_connection(('127.0.0.1', 9)).close()):
    try:
        attempt()
        stolen.append('a way out')
    except PermissionError:
        print('refused')
    except OSError as error:
        print('refused', error.errno)
print('STOLEN', stolen)
"""


@pytest.mark.parametrize("level", WALLED)
def test_a_thief_gets_nothing_behind_a_wall(level: str, open_folder: Path) -> None:
    """Reference, checks, rubric, held-out labels and this very folder: none can be read."""
    paths = [
        ROOT / "reference/debug_loop/solution.py",
        ROOT / "reference/debug_loop/checks.py",
        ROOT / "rubrics/debug_loop.yaml",
        ROOT / "datasets/mnist/heldout.npz",
        open_folder / "neighbour.py",
    ]
    (open_folder / "neighbour.py").write_text("x = 1\n")
    submission = open_folder / "thief.py"
    submission.write_text(THIEF.format(paths=[str(path) for path in paths]))
    graded = result(grade(level, submission))
    assert graded["score"] == 0
    assert graded["outcome"] == "ok"
    assert "STOLEN []" in graded["output"]["stdout"], graded["output"]


@pytest.mark.parametrize(("level", "runs"), [("root", True), ("container-no-landlock", False)])
def test_full_isolation_can_be_required(level: str, runs: bool, open_folder: Path) -> None:  # noqa: FBT001
    """With less, nothing is run: exit 2, and a sentence that says what is missing."""
    shutil.copy(ROOT / "examples/debug_loop_repaired.py", open_folder)
    done = grade(level, open_folder / "debug_loop_repaired.py", "--isolation", "require")
    if runs:
        assert result(done)["passed"]
    else:
        assert done.returncode == 2
        assert done.stdout == ""
        assert "landlock" in done.stderr
