"""Checks over a kept run: they get what was kept, and say what they would need beyond it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.export.json import to_result
from grader.judging import again_report, judged_again, report_of
from grader.model import CheckResult, Rubric, Status
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


COMPARES = '''
from grader.checks import check

@check("size")
def test_size(student, thresholds):
    """f is large enough."""
    said = "f(1) is {measured:g}, expected at least {threshold:g}"
    thresholds.at_least("least", student.f(1).value, said, settles_pass=True)

@check("next")
def test_next(student):
    """f counts on."""
    assert student.f(2).value == 3
'''


def rubric(least: float, points: float) -> list[Rubric]:
    """Two lines, of which the second needs the first."""
    size = Rubric(id="size", title=f"At least {least}", points=points, settings={"least": least})
    return [size, Rubric(id="next", title="Next", points=1.0, needs=("size",))]


def test_another_rubric_gives_what_a_fresh_run_under_it_would(
    warm_grader: Grader, tmp_path: Path
) -> None:
    """In every field but the times; a check that was skipped and would run is named instead."""
    runs = {
        least: (made := exercise(tmp_path, COMPARES, rubric(least, least)),
                warm_grader.observe(made, submission("def f(x): return x + 1\n")))
        for least in (1.5, 2.0, 2.5)
    }  # fmt: skip
    for was, (_, seen) in runs.items():
        for now, (today, fresh) in runs.items():
            again = judged_again(seen, today)
            if was > 2.0 >= now:
                assert set(again.undecided) == {"next"}
                continue
            kept = to_result(again_report(seen, today, again))
            assert without_times(kept) == without_times(to_result(report_of(fresh, today)))


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    """A result without what no two runs have alike."""
    checks = [{**check, "duration_s": 0} for check in result["checks"]]
    return {**result, "checks": checks, "run": result["run"]["notes"]}
