"""The command as a process: what it loads, signals, pipes and encodings."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def python(code: str) -> str:
    """What a fresh interpreter says on standard error."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    return done.stderr.strip()


def test_help_loads_nothing_that_takes_time() -> None:
    """No torch, no Jinja, no YAML: the answer is there at once."""
    code = (
        "import sys\nfrom grader.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = 'torch numpy jinja2 yaml nbformat pygments pytest'.split()\n"
        "sys.exit(repr([name for name in heavy if name in sys.modules]))"
    )
    assert python(code) == "[]"


def test_grading_never_loads_torch_into_the_command() -> None:
    """Torch is for the processes that the command starts."""
    code = "import sys, grader.commands.grade; sys.exit(repr('torch' in sys.modules))"
    assert python(code) == "False"


def test_a_reader_that_leaves_is_no_error() -> None:
    """`grade … | head` ends without a complaint."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "exercises"],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 141


def test_a_terminal_of_ascii_gets_question_marks() -> None:
    """Text is never lost to an encoding; JSON is UTF-8 whatever the locale."""
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "grader", "exercises"]
    subprocess.run(command, capture_output=True, env=env, cwd=ROOT, check=True)
    done = subprocess.run([*command, "--json"], capture_output=True, env=env, cwd=ROOT, check=True)
    assert "§" in json.loads(done.stdout.decode("utf-8"))[0]["lesson"]


def test_sigterm_cleans_up(tmp_path: Path) -> None:
    """A container that is stopped leaves no half-done work behind."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import sys, time, types
            from grader import cli

            def wait(arguments):
                try:
                    print("ready", flush=True)
                    time.sleep(60)
                finally:
                    print("cleaned", flush=True)

            sys.modules["grader.commands.exercises"] = types.SimpleNamespace(run=wait)
            sys.exit(cli.main(["exercises"]))
            """
        )
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "cleaned\n"
    assert process.returncode == 143


def test_an_output_that_cannot_be_written_is_said() -> None:
    """A full disk or a closed stream is no fault of the grader."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "grader", "exercises"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 2
    assert b"Standard output can't be written (No space left" in done.stderr


@pytest.mark.parametrize(("closed", "code"), [(">&-", 2), ("2>&-", 0)])
def test_closed_streams_are_no_fault_of_the_grader(closed: str, code: int) -> None:
    """Some supervisors start programs so."""
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m grader exercises {closed}",
        shell=True,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


def test_progress_is_one_line_on_a_terminal_only() -> None:
    """Cleared at the end, its text made harmless; a pipe gets nothing of it."""
    code = (
        "import sys\nfrom grader.commands.console import Progress\n"
        "with Progress(wanted=True) as tell:\n    tell('working\\n\\x1b[2J')\n"
    )
    leader, follower = pty.openpty()
    env = os.environ | {"TERM": "xterm", "COLUMNS": "40"}
    command = [sys.executable, "-c", code]
    subprocess.run(command, stderr=follower, cwd=ROOT, env=env, check=True)
    os.close(follower)
    assert os.read(leader, 1000) == b"\rworking  [2J\x1b[K\r\x1b[K"
    os.close(leader)
    assert python(code) == ""


@pytest.mark.parametrize("name", ["argparse", "json", "yaml", "torch"])
def test_a_students_folder_is_no_library(tmp_path: Path, name: str) -> None:
    """Files beside a submission are never imported by the command, with `-m` neither."""
    (tmp_path / f"{name}.py").write_text("raise SystemExit('taken over')\n")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "exercises"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
