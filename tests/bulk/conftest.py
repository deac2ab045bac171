"""A tiny exercise that is graded quickly, and the command as a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main

ROOT = Path(__file__).parents[2]

GOOD = "def mean_square(x):\n    return (x * x).mean()\n"
WRONG = "def mean_square(x):\n    return (x * x).sum()\n"
CRASHES = "import nothing_of_this_name\n"
ENDLESS = "while True: pass\n"
HOSTILE = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)\n"


@dataclass
class Bulk:
    """Runs ``grade bulk`` on the folder ``class`` into ``out``, with temporary files in ``tmp``."""

    tmp: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.tmp / "out"

    def command(self, *words: str) -> list[str]:
        name = [] if "--exercise" in words else ["--exercise", "tiny"]
        return [sys.executable, "-m", "grader", "bulk", "class", *name, "--output", "out",
                "--jobs", "2", *words]  # fmt: skip

    def start(self, *words: str, file_bytes: int | None = None) -> subprocess.Popen[str]:
        def limit() -> None:
            if file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        return subprocess.Popen(
            self.command(*words),
            cwd=self.tmp,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=limit,  # noqa: PLW1509  # one thread
        )

    def __call__(self, *words: str, file_bytes: int | None = None) -> tuple[int, str]:
        """The exit code and what it said, in all."""
        process = self.start(*words, file_bytes=file_bytes)
        out, err = process.communicate(timeout=280)
        return process.returncode, out + err

    def rows(self) -> list[dict[str, Any]]:
        lines = (self.out / "results.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def outcomes(self) -> dict[str, str]:
        return {row["submission"]["student"]["name"]: row["outcome"] for row in self.rows()}

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in (self.tmp / "tmp").iterdir())


@pytest.fixture
def bulk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Bulk:
    """The command, in a folder with an exercise named ``tiny``."""
    assert main(["new", "tiny", "--to", str(tmp_path / "bank")]) == 0
    capfd.readouterr()
    (tmp_path / "tmp").mkdir()
    env = os.environ | {
        "GRADE_BANK": str(tmp_path / "bank"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": str(ROOT),
        "GRADE_DATA": "subset",
    }
    return Bulk(tmp_path, dict(env))
