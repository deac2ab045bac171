"""Every shipped exercise proves itself: what ``grade verify`` proves, one test an exercise."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from grader import author, bank
from grader.author import Crew
from grader.pipeline import Grader
from grading import Rejudging


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("exercise", bank.all_ids())
def test_an_exercise_proves_itself(exercise: str, warm_grader: Grader) -> None:
    """The reference passes on three seeds, the starter doesn't, every case ends as stated.

    And each of them, kept, written, read back and judged again, has the very same result.
    """
    grader = Rejudging(warm_grader)
    proof = author.verify([exercise], crew=Crew(make_grader=lambda: nullcontext(grader)))
    assert not proof.problems, "\n".join(map(str, proof.problems))
    assert proof.trials > 5
