"""A folder to hand out: the task, the starter and the public checks, and a way to run them.

It has no solution, no hidden check and no case. Checks that compare with the reference at run
time can't be run without it and are left out; accuracy is measured on the public validation
images, for the held-out ones stay with the course.
"""

from __future__ import annotations

from grader.package.contents import PROGRAM, Files, Order, source_files, text
from grader.package.platform import Platform
from grader.package.public import public_bank

PLATFORM = Platform(suffix=".zip", reader="every student")

_CHECK = '''
"""Checks your work: python check.py (or python check.py FILE)."""

import os
import pathlib
import runpy
import sys

home = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(home / ".grade"))
os.environ.pop("GRADE_BANK", None)
words = sys.argv[1:] or [str(home / "{hand_in}")]
sys.argv = ["grade", *words, "--exercise", "{exercise}"]
runpy.run_module("grader", run_name="__main__")
'''

_README = """
{title}

    task.md       what to do
    {hand_in}     your file: work here
"""
_TO_CHECK = """    check.py      checks it:  python check.py

Needed once: python -m pip install torch torchvision ipython jinja2 markdown-it-py matplotlib
nbclient nbformat nh3 pygments pytest pytest-timeout pyyaml safetensors tqdm wcwidth
"""


def files(order: Order) -> Files:
    """All of it in one folder named after the exercise."""
    exercise = order.exercise
    public, left_out = public_bank(exercise)
    name = f"{exercise.id}{exercise.starter.suffix}"
    inside = {
        "README.txt": text(_readme(exercise.title, name, left_out, can_check=bool(public))),
        "task.md": text(exercise.task.read_text(encoding="utf-8")),
        name: text(exercise.starter.read_text(encoding="utf-8")),
        "grade.yaml": text(f"exercise: {exercise.id}\n"),
    }
    if public:
        script = _CHECK.format(hand_in=name, exercise=exercise.id)
        inside["check.py"] = text(script, PROGRAM)
        inside |= {f".grade/{path}": entry for path, entry in (source_files() | public).items()}
    return {f"{exercise.id}/{path}": entry for path, entry in inside.items()}


def _readme(title: str, name: str, left_out: list[str], *, can_check: bool) -> str:
    said = _README.format(title=title, hand_in=name) + (_TO_CHECK if can_check else "")
    if left_out:
        said += "\nChecked only when you hand it in:\n" + "".join(f"  - {t}\n" for t in left_out)
    return said
