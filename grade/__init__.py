"""Grading from a notebook: ``%load_ext grade``, then ``%%grade ID`` over a cell, or ``check``.

    import grade
    grade.check("cross_entropy")    # the functions of the cells that ran so far

This module is what a notebook can name; the work is done in ``grader``, and what is graded runs in
a process of its own. Nothing is imported here before it is needed, so that a kernel without torch
gets a sentence and no traceback, and a notebook that is itself being graded is not disturbed.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["check", "load_ipython_extension", "unload_ipython_extension"]


def check(exercise: str, *, hints: int = 0, timeout: float | None = None) -> Any:
    """Grade what the cells that ran so far have defined; the public checks alone.

    Args:
        exercise: its id, such as ``"cross_entropy"``.
        hints: how many levels of hints are told.
        timeout: seconds that the code may take, over the exercise's own limit.

    Returns:
        What a notebook shows; its ``passed`` and ``score`` are None where nothing could be graded.
    """
    return _call("check", exercise, hints, timeout)


def load_ipython_extension(shell: Any) -> None:
    """Make ``%%grade ID`` there (``%load_ext grade``)."""
    shell.register_magic_function(_magic, magic_kind="cell", magic_name="grade")


def unload_ipython_extension(shell: Any) -> None:
    """Take it away again, and end the warm process."""
    shell.magics_manager.magics["cell"].pop("grade", None)
    _call("close")


def _magic(line: str, cell: str) -> Any:
    """``%%grade ID [--hints N] [--timeout S]``: grade the cell; it is run here if it ran there."""
    return _call("check_cell", line, cell)


def _call(name: str, *arguments: Any) -> Any:
    try:
        work = importlib.import_module("grader.commands.notebook")
    except ImportError as problem:
        return _Sentence(
            f"Grading can't start in this kernel: {problem}. Install it where the kernel runs "
            "(%pip install torch-grade) and restart the kernel."
        )
    return getattr(work, name)(*arguments)


class _Sentence:
    """A sentence in the place of a result."""

    passed = score = max_score = None

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
