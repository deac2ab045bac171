"""Checks over a kept run: they get what was kept, and say what they would need beyond it."""

from __future__ import annotations

from pathlib import Path

from grader.judging import judged_again
from grader.model import CheckResult, Status
from grader.observation import file
from grader.pipeline import Grader
from grading import exercise, submission

PROGRAM = """
import torch

def f(x):
    return x + 1

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    optimizer.zero_grad()
    model(torch.ones(3, 2)).pow(2).mean().backward()
    optimizer.step()
"""

CHECKS = '''
from grader.checks import CheckFailed, check
from grader.checks.program import Questions

@check("steps")
def test_steps(program, found):
    """It makes enough steps."""
    if program.trace.updates < FEWEST or found("gradients-not-cleared"):
        raise CheckFailed(f"{program.trace.updates} steps, expected FEWEST")

@check("calls")
def test_calls(student):
    """f adds one."""
    assert student.f(1).value == 2 and FEWEST

@check("again")
def test_again(program):
    """It can be run again."""
    assert not program.again(Questions()).ended and FEWEST
'''


def checks(fewest: int) -> str:
    """The checks, asking for so many steps."""
    return CHECKS.replace("FEWEST", str(fewest))


def test_a_check_whose_code_has_changed_is_run_over_what_was_kept(
    warm_grader: Grader, tmp_path: Path
) -> None:
    """Of the trace everything is there; a call or another run is asked of the submission."""
    names = ["steps", "calls", "again"]
    before = exercise(tmp_path, checks(3), names)
    seen = warm_grader.observe(before, submission(PROGRAM))
    assert {each.status for each in seen.checks} == {Status.PASSED}
    seen = file.decode(file.encode(seen), "it")

    today = exercise(tmp_path, checks(5), names)
    again = judged_again(seen, today)
    assert set(again.undecided.values()) == {"its code has changed"}
    again = warm_grader.judge_again(today, seen, again)
    assert again.undecided == {
        "calls": "it asks the submission itself",
        "again": "it runs the program once more",
    }
    found: dict[str, CheckResult] = {each.id: each for each in again.checks}
    assert (found["steps"].status, found["steps"].message) == (
        Status.FAILED, "4 steps, expected 5",
    )  # fmt: skip
    assert found["calls"].status is Status.ERROR
