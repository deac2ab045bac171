"""The sample reports as fixtures, so that each test file asks for what it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.model import Report
from ran_notebook import executed
from samples import SAMPLES

ALL = {**SAMPLES, "executed": executed}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``name`` runs once for every sample."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", sorted(ALL))


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Report]:
    """Make a sample report by its name."""

    def make(name: str) -> Report:
        made: Report = ALL[name]()
        return made

    return make
