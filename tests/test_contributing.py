"""The examples of CONTRIBUTING.md do what it says: a rule is one file, on a new fact three."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```python\n# (grader/\S+)\n(.*?)```", re.DOTALL)
PROGRAM = """
import torch
from torch import nn

net = nn.Linear(3, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, weight_decay=2.0)
for step in range(6):
    optimizer.zero_grad()
    net(torch.ones(1, 3)).square().mean().backward()
    optimizer.step()
"""
LOOK = """
import sys
from grader.rules import found_in
from recording import record

trace = record(sys.stdin.read())
assert trace.faults == ()
for finding in found_in(trace, "batches-of-one", "weights-decay-away"):
    print(finding.rule, finding.place.line, finding.what, sep=": ")
"""


def _export(package: Path, subject: str, name: str) -> None:
    head, names, tail = package.read_text(encoding="utf-8").partition("__all__ = [")
    line = f"from grader.schema.rows.{subject} import {name}\n"
    package.write_text(f'{head}{line}{names}"{name}", {tail}', encoding="utf-8")


def test_the_examples_of_the_guide_work(tmp_path: Path) -> None:
    """A copy of the package with the guide's files in it finds what they are written to find."""
    shutil.copytree(
        ROOT / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__")
    )
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(blocks) == 4
    for name, code in blocks:
        path = tmp_path / name
        with path.open("a", encoding="utf-8") as file:  # to what the file of a subject has
            file.write(f"\n\n{code}")
    _export(tmp_path / "grader" / "schema" / "rows" / "__init__.py", "steps", "Decay")
    found = subprocess.run(
        [sys.executable, "-c", LOOK],
        input=PROGRAM,
        capture_output=True,
        text=True,
        cwd=tmp_path,  # where Python looks first
        env={"PYTHONPATH": f"{tmp_path}:{ROOT / 'tests'}"},
        check=False,
    )
    assert found.stdout.splitlines() == [
        "weights-decay-away: 6: the weight decay is 2",
        "batches-of-one: 9: each of 6 training passes saw one row",
    ], found.stderr
