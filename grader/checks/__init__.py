"""Checks: pytest tests over a student who is on the other side of a wall.

A check is an ordinary test function, marked with the id that its rubric line has::

    @check("linear_forward")
    def test_forward_agrees(student, draw, agree):
        \"\"\"ManualLinear computes x Wᵀ + b for a batch of any size.\"\"\"
        layer = student.ManualLinear(20, 5)
        x = draw.normal(8, 20)
        agree(layer(x), x @ layer.weight.value.T + layer.bias.value)

Fixtures: ``student`` (the submission), ``program`` (the submission run as a training program,
once for all checks), ``draw`` (random inputs from the run's seed), ``agree`` (compare numbers),
``settings`` (the rubric line's own), ``reference`` (the reference solution, imported on this
side), ``heldout`` (images and labels that no student's process has), ``measure`` (keeps a
number for the report).

`CheckFailed` says what is wrong; `NotJudged`, why nothing can be said either way.
"""

from grader.checks.agreement import CheckFailed, NotJudged
from grader.checks.marks import check

__all__ = ["CheckFailed", "NotJudged", "check"]
