"""The sample reports as fixtures, so that each test file asks for what it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.model import Report
from ran_notebook import executed
from samples import SAMPLES
from states import ALL


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test runs for every sample with a golden text (``name``), or for all (``state``)."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", sorted({**SAMPLES, "executed": executed}))
    if "state" in metafunc.fixturenames:
        metafunc.parametrize("state", sorted(ALL))


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Report]:
    """Make a sample report by its name."""

    def make(name: str) -> Report:
        made: Report = ALL[name]()
        return made

    return make
