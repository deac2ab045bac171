"""Fixtures that several parts share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for tests/grading.py

# No test needs the network or the full data; whoever wants them says so.
os.environ["GRADE_DATA"] = "subset"

from grader.pipeline import Grader, Options
from grading import Bench


@pytest.fixture(scope="session")
def warm_grader() -> Iterator[Grader]:
    """One warm grader for every test that grades."""
    with Grader(Options()) as grader:
        yield grader


@pytest.fixture
def grade(warm_grader: Grader, tmp_path: Path) -> Bench:
    """``grade(checks, source, "id", ...)``: a submission and its checks, both as text."""
    return Bench(warm_grader, tmp_path)
