"""The first minute: a wrong folder, a file without an exercise, a syntax error, the first line."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader import bank, cli, submission
from grader.commands import finding
from grader.crashes import explain
from grader.errors import BadSubmission, UsageError
from grader.model import Crash, Outcome, Place, SubmissionKind
from grader.pipeline import Grader, Options
from grader.runner.outside import syntax
from grader.runner.outside.preloads import VISION, preloads
from grader.runner.zygote import PRELOADED

ROOT = Path(__file__).parent.parent


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(path: str) -> str:
    with pytest.raises(BadSubmission) as caught:
        finding.check_there(Path(path))
    return str(caught.value)


# --- a file that isn't there --------------------------------------------------------------


def test_the_same_name_in_a_folder_is_named(here: Path) -> None:
    """Whoever stands beside the folder that `grade start` made reads what to type."""
    (here / "debug_loop").mkdir()
    (here / "debug_loop" / "debug_loop.py").write_text("x = 1\n")
    assert said("debug_loop.py").endswith("Did you mean debug_loop/debug_loop.py?")
    assert f"in {here.resolve()}" in said("debug_loop.py")
    os.chdir(here / "debug_loop")
    (here / "losses.py").write_text("x = 1\n")
    assert said("losses.py").endswith("Did you mean ../losses.py?")


def test_a_near_name_is_named(here: Path) -> None:
    """A slip, or a forgotten ending; nothing far off."""
    (here / "dropout.py").write_text("x = 1\n")
    assert said("droput.py").endswith("Did you mean dropout.py?")
    assert said("dropout").endswith("Did you mean dropout.py?")
    assert "a .py or .ipynb file was expected" in said("optimizers.py")
    assert "grade start losses" in said("losses")


def test_a_folder_is_answered_with_its_files(here: Path) -> None:
    """By the path that has to be typed."""
    (here / "work").mkdir()
    assert "it holds none" in said("work")
    (here / "work" / "a.py").write_text("x = 1\n")
    assert "(work/a.py)" in said("work")


def test_looking_for_a_file_ends_soon(here: Path) -> None:
    """A home folder may be huge; links are not followed, and odd names are told harmlessly."""
    for outer in range(40):
        (here / f"f{outer}").mkdir()
        for inner in range(100):
            (here / f"f{outer}" / f"g{inner}").mkdir()
    (here / "loop").symlink_to(here)
    begun = time.monotonic()
    assert "\x1b" not in said("a\x1b[2Jb.py")
    assert time.monotonic() - begun < 5


# --- which exercise -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        ("debug_loop.py", "debug_loop"),
        ("debug_loop_v2.py", "debug_loop"),
        ("Debug-Loop (2).ipynb", "debug_loop"),
        ("mnist_dropout_final.py", "mnist_dropout"),
        ("dropout.py", "dropout"),
    ],
)
def test_a_files_name_names_the_exercise(here: Path, name: str, exercise: str) -> None:
    """With whatever a student or a browser appends; the longest id that fits."""
    assert finding.exercise_of(Path(name)) == exercise


def test_grade_yaml_comes_before_the_files_name(here: Path) -> None:
    """It was put there on purpose, as `grade start` does."""
    (here / "grade.yaml").write_text("exercise: losses\n")
    assert finding.exercise_of(Path("dropout.py")) == "losses"


def test_a_name_that_only_begins_alike_is_no_exercise(here: Path) -> None:
    """It is asked for, with the nearest."""
    with pytest.raises(UsageError, match="Did you mean --exercise debug_loop"):
        finding.exercise_of(Path("debugloop.py"))


def test_what_start_lays_can_be_graded_by_its_name(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that it prints works as it is printed, also when the file is moved away."""
    assert cli.main(["start", "losses"]) == 0
    (typed,) = re.findall(r"then: grade (\S+)", capsys.readouterr().out)
    finding.check_there(Path(typed))
    assert finding.exercise_of(Path(typed)) == "losses"
    Path(typed).rename("losses.py")
    assert finding.exercise_of(Path("losses.py")) == "losses"


# --- syntax errors ------------------------------------------------------------------------

BROKEN = {
    "colon": "for epoch in range(10)\n    pass\n",
    "bracket": "x = (1,\ny = 2\n",
    "tabs": "if True:\n\tx = 1\n        y = 2\n",
    "unicode": "größe = “3”\n",
    "indent": "def f():\nreturn 1\n",
    "keyword": "x = 1\nclass = 3\n",
    "eof": "def f(:",
    "deep": "(" * 300 + "\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_syntax_error_needs_no_torch(warm_grader: Grader, tmp_path: Path, name: str) -> None:
    """A bare interpreter says what the student's process would: type, text, line and columns."""
    path = tmp_path / "loop.py"
    path.write_text(BROKEN[name])
    exercise = bank.load("debug_loop")
    given = submission.read(path, exercise.submit)
    early = syntax.error_in(given)
    assert early is not None
    late = warm_grader.grade(exercise, given)
    assert late.run.crash == early
    assert late.run.crash.span == early.span
    with Grader(Options(subset=True)) as cold:
        first = cold.grade(exercise, given)
    assert first.verdict.outcome is late.verdict.outcome is Outcome.INVALID
    assert (first.run.reason, first.run.crash) == (late.run.reason, late.run.crash)
    assert first.verdict.score == 0


def test_what_a_bare_interpreter_does_not_know_is_left_to_the_students(tmp_path: Path) -> None:
    """Magics, notebooks, tables of answers, texts that break a parser, and what is no error."""
    path = tmp_path / "loop.py"

    def early(text: str) -> Crash | None:
        path.write_text(text)
        return syntax.error_in(submission.read(path, SubmissionKind.SCRIPT))

    assert early("x = 1\n") is None
    assert early("!pip install torch\nfor x in y\n") is None
    assert early("-" * 100_000 + "1\n") is None
    assert early("x = [" * 50 + "\n") is not None
    path.write_text("for x in y\n")
    given = submission.read(path, SubmissionKind.SCRIPT)
    assert syntax.error_in(replace(given, kind=SubmissionKind.NOTEBOOK)) is None
    assert syntax.error_in(replace(given, name="answers.yaml")) is None


def test_the_first_line_is_there_before_the_verdict(tmp_path: Path) -> None:
    """The whole command, on a terminal: its first line is there before the verdict."""
    path = tmp_path / "debug_loop.py"
    path.write_text(BROKEN["colon"])
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "grader", path.name]
    env = os.environ | {"TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=follower, cwd=tmp_path, env=env, check=False
    )
    os.close(follower)
    seen = os.read(leader, 1 << 16)
    os.close(leader)
    assert done.returncode == 1
    assert "--> debug_loop.py:1:23" in done.stdout.decode()
    assert seen.startswith("\rdebug_loop: starting PyTorch …\x1b[K".encode())


# --- what is imported ----------------------------------------------------------------------


def test_torchvision_is_for_what_asks_for_it() -> None:
    """Neither the warm process nor the student's side imports it before."""
    code = (
        "import importlib, sys\n"
        f"for name in {PRELOADED!r}: importlib.import_module(name)\n"
        "sys.exit(repr([n for n in ('torchvision', 'sympy', 'pandas', 'torch._dynamo') "
        "if n in sys.modules]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "images", "wanted"),
    [
        ("import torch\nx = 1\n", False, ()),
        ("loss.backward()", False, ()),
        ("", True, VISION),
        ("from torchvision import datasets", False, VISION),
        ("import torch.optim as optim", False, ("torch._dynamo",)),
        ("out.backward(way)", False, ("torch.fx.experimental.symbolic_shapes",)),
        ("student.backward(way)", False, ()),
        ("from PIL import Image\nimport torchvision", True, VISION),
    ],
)
def test_words_tell_what_will_be_wanted(text: str, images: bool, wanted: tuple[str, ...]) -> None:  # noqa: FBT001
    """Each module once, however often it is named."""
    assert preloads([text, text], images=images) == wanted


# --- what is forbidden, in words -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "message", "line", "words"),
    [
        ("PermissionError", "[Errno 1] Operation not permitted", "subprocess.run(['pip'])",
         "no other programs where programs are graded, pip among them. These packages exist: "),
        ("PermissionError", "[Errno 1] Operation not permitted", "os.system('ls')",
         "no other programs"),
        ("PermissionError", "[Errno 1] Operation not permitted", "s.connect(a)",
         "open no connections"),
        ("FileNotFoundError", "[Errno 2] No such file or directory", "with mp.Pool(2) as p:",
         "do the work in a plain loop"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a.csv'", "open('a.csv')",
         "a.csv is not there"),
        ("FileNotFoundError", "[Errno 2] No such file or directory", "run()", ""),
        ("URLError", "<urlopen error [Errno -3] Temporary failure>", "urlopen(u)", "no network"),
    ],
)  # fmt: skip
def test_a_forbidden_act_is_told_in_words(kind: str, message: str, line: str, words: str) -> None:
    """What there is none of here, and what there is."""
    crash = Crash(type=kind, message=message, frames=((Place("s.py", 1), line),))
    assert words in explain(crash)
    assert bool(words) == bool(explain(crash))


def test_explain_alone_lists_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its first sentence, and how to read more."""
    assert cli.main(["explain"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^gradients-not-cleared +An update uses", out, re.MULTILINE)
    assert "grade explain RULE" in out
