from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import machine
from grader.runner.wall.programs import FOLDER, read

ROOT = Path(__file__).parents[2]
Run = Callable[[str, str], dict[str, Any]]


class Launcher:
    """A grader at one privilege level, in a process of its own."""

    def __init__(self, level: str, *imports: str) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "at_level.py"), level, *imports],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **threads},
        )

    def run(self, name: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(name, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, f"the grader of this level ended with {self._process.wait()}"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="session")
def run_at() -> Iterator[Run]:
    """Run a program of the suite by name at a level by name; skips what the machine can't give."""
    launchers: dict[tuple[str, ...], Launcher] = {}

    def run(level: str, name: str) -> dict[str, Any]:
        needs_torch = read(FOLDER / f"{name.partition(' ')[0]}.py").needs == "torch"
        key = (level, *(("torch", "matplotlib.font_manager") if needs_torch else ()))
        if level.startswith(("root", "container")) and os.geteuid() != 0:
            pytest.skip("only root can have this level")
        machine.skip_without(level)
        if key not in launchers:
            launchers[key] = Launcher(*key)
        return launchers[key].run(name)

    yield run
    for launcher in launchers.values():
        launcher.close()
