"""A correct program earns all its points whatever odd objects stand around it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import bank
from grader.model import Level, Report, SubmissionKind
from grader.pipeline import Grader
from grading import submission
from odd import LOADERS, OBJECTS

EXERCISE = "debug_loop"
EXAMPLES = int(os.environ.get("GRADE_ODD_PROGRAMS", "4"))
"""Each is a whole grading; a longer search asks for more."""
PLAIN = Path(__file__).parents[1] / "reference" / EXERCISE / "cases"
NAMES = sorted(path.name for path in PLAIN.glob("ok_*.py"))
TRAINING = """
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum(int((model(x).argmax(1) == y).sum()) for x, y in val_loader))
"""


def grade(grader: Grader, text: str) -> Report:
    """The grading of a script, which must not be the grader's fault."""
    report = grader.grade(bank.load(EXERCISE), submission(text, kind=SubmissionKind.SCRIPT))
    assert report.verdict.outcome.value == "ok", report.run.reason
    return report


def check(report: Report) -> None:
    """All points, and nothing found."""
    failed = [c for c in report.verdict.checks if c.result.status.value != "passed"]
    assert not failed, [(c.result.id, c.result.message) for c in failed]
    assert not [f for f in report.verdict.findings if f.level in {Level.ERROR, Level.WARNING}]


@pytest.mark.parametrize("loaders", LOADERS)
def test_all_odd_objects_at_once(loaders: str, warm_grader: Grader) -> None:
    """Every kind of object, around loaders of every kind."""
    check(grade(warm_grader, "".join([LOADERS[loaders], *OBJECTS.values(), TRAINING])))


def future_first(text: str, before: str) -> str:
    """``before`` and then ``text``, whose ``from __future__`` must stay the first statement."""
    line = "from __future__ import annotations\n"
    return line + before + text.replace(line, "") if line in text else before + text


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(NAMES),
    loaders=st.sampled_from(sorted(LOADERS)),
    objects=st.lists(st.sampled_from(sorted(OBJECTS)), unique=True, max_size=4),
)
def test_programs_among_odd_objects(
    name: str, loaders: str, objects: list[str], warm_grader: Grader
) -> None:
    """Any correct program, among any of them, is judged as it is alone."""
    text = (PLAIN / name).read_text()
    before = "".join([LOADERS[loaders], *(OBJECTS[one] for one in objects)])
    check(grade(warm_grader, future_first(text, before)))
