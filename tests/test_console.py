"""The line on the terminal that says what goes on."""

from __future__ import annotations

import math
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.commands.console import line, say
from grader.model import Progress

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("told", "seconds", "shown"),
    [
        (Progress(doing="training"), 0.2, "training"),
        (
            Progress(doing="training", step=1240, loss=0.2312),
            12.4,
            "training  step 1,240  loss 0.231  12 s",
        ),
        (
            Progress(doing="training", step=100, of=400, loss=math.nan),
            1.0,
            "[#####...............]  training  step 100 of 400  loss nan  1 s",
        ),
        (Progress(doing="cell 4 of 11"), 0, "[#####...............]  cell 4 of 11"),
        (Progress(doing="cell 1 of 11"), 0, "[....................]  cell 1 of 11"),
        (
            Progress(doing="training", step=9, of=3),
            0,
            "[####################]  training  step 9 of 3",
        ),
        (Progress(doing="0 of 0  a.py"), 0, "0 of 0  a.py"),
        (Progress(doing="bad\x1b[2J\nname\u202e"), 0, "bad [2J name "),
    ],
)
def test_what_goes_on_is_one_line(told: Progress, seconds: float, shown: str) -> None:
    """How far, what, the student's own step and loss, and for how long; nothing unprintable."""
    assert line(told, seconds) == shown


def test_a_training_shows_its_curve() -> None:
    """The losses so far, beside the last one."""
    told = Progress(doing="training", step=9, loss=0.5)
    assert line(told, 0, "█▄▁") == "training  step 9  loss 0.5  █▄▁"


def on_a_terminal(code: str, **env: str) -> bytes:
    """What a program writes to a terminal of 60 columns as its standard error."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", f"from grader.commands.console import Progress\n{code}"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "60"} | env
    subprocess.run(command, stderr=follower, cwd=ROOT, env=environment, check=True)
    os.close(follower)
    try:
        return os.read(leader, 10_000)
    except OSError:  # nothing was written
        return b""
    finally:
        os.close(leader)


def test_seconds_pass_while_nothing_is_told() -> None:
    """The line lives through a long silence, and is gone at the end."""
    code = "with Progress(wanted=True) as tell:\n    tell('training')\n    time.sleep(2.3)\n"
    seen = on_a_terminal(f"import time\n{code}")
    assert seen.startswith(b"\rtraining\x1b[K")
    assert re.search(rb"\rtraining  \d+ s\x1b", seen)
    assert seen.endswith(b"\r\x1b[K")


def test_a_new_task_starts_its_own_clock_and_a_new_step_does_not() -> None:
    """The seconds are those of what goes on, not of its last message."""
    code = (
        "from grader import model\nimport time\n"
        "with Progress(wanted=True) as tell:\n"
        "    tell(model.Progress(doing='training', step=1))\n    time.sleep(1.2)\n"
        "    tell(model.Progress(doing='training', step=2))\n    tell('measuring')\n"
    )
    seen = on_a_terminal(code)
    assert re.search(rb"\rtraining  step 2  \d+ s\x1b", seen)
    assert b"\rmeasuring\x1b[K" in seen


def test_a_narrow_terminal_gets_a_short_line() -> None:
    """Cut at its width, so that the line is never broken in two."""
    code = "with Progress(wanted=True) as tell:\n    tell('x' * 200)\n"
    assert b"\r" + b"x" * 29 + b"\x1b[K" in on_a_terminal(code, COLUMNS="30")


@pytest.mark.parametrize(
    ("wanted", "env"), [("False", {}), ("True", {"TERM": "dumb"})], ids=["unwanted", "dumb"]
)
def test_nothing_is_shown_where_it_is_not_wanted(wanted: str, env: dict[str, str]) -> None:
    """With --no-progress, and on a terminal that can't go back in its line."""
    code = f"with Progress(wanted={wanted}) as tell:\n    tell('training')\n"
    assert on_a_terminal(f"{code}import sys; sys.stderr.write('end')", **env) == b"end"


def test_what_is_said_has_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence may quote a file's name or an exception that somebody else has made up."""
    say("There is no file \x1b[2J\x1b[1;1H10 of 10\x07\u202e.py")
    assert capsys.readouterr().err == "grade: There is no file ␛[2J␛[1;1H10 of 10␇⟨U+202E⟩.py\n"
