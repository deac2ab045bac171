"""GitHub: a workflow, for everybody else.

It runs the grader's image on each push and shows findings beside the code. The image holds the
reference solution, and whoever can read a workflow's image can read it too; a student can edit
the workflow of a repository of their own. It is feedback, not a mark.

Source: GitHub's documentation, "Workflow syntax for GitHub Actions".
"""

from __future__ import annotations

from grader.model import IsolationLevel
from grader.package.contents import Files, Order, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".yml",
    format="github-actions",
    most_s=21_600,
    gives=IsolationLevel.PARTIAL,
    reader="whoever can pull the image",
)

_WORKFLOW = """
# Grades {hand_in} on each push, and shows what was found beside the code.
name: grade
on: [push, pull_request]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    container:
      image: {image}
      options: --user 0
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - name: grade
        run: >-
          env -u GITHUB_TOKEN grade {hand_in} --exercise {exercise} --no-progress
          --format github-actions --report report.html
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: report
          path: report.html
          if-no-files-found: ignore
"""


def files(order: Order) -> Files:
    """The workflow alone."""
    workflow = _WORKFLOW.format(
        hand_in=order.hand_in,
        minutes=-(-order.limit_s // 60),
        image=order.image or "grade",
        exercise=order.exercise.id,
    )
    return {"grade.yml": text(workflow)}
