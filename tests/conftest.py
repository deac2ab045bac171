"""Fixtures that several parts share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # for tests/grading.py

# No test needs the network or the full data; whoever wants them says so.
os.environ["GRADE_DATA"] = "subset"

from grader.pipeline import Grader, Options
from grading import Bench

# The same examples in every run, however busy the machine is: a failure is of the change.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The proofs of the exercises first, the longest of all at the head: no worker waits for it."""
    items.sort(key=lambda item: ("proves_itself" not in item.name, "[debug_loop]" not in item.name))


@pytest.fixture(scope="session")
def warm_grader() -> Iterator[Grader]:
    """One warm grader for every test that grades; it keeps all that it sees."""
    with Grader(Options(keep=True, often=True)) as grader:
        yield grader


@pytest.fixture
def grade(warm_grader: Grader, tmp_path: Path) -> Bench:
    """``grade(checks, source, "id", ...)``: a submission and its checks, both as text."""
    return Bench(warm_grader, tmp_path)
