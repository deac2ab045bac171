"""PrairieLearn: a question's folder, with an external grader.

The image must have what the grader needs; the grader itself lies in the question's ``tests``,
which PrairieLearn lays to ``/grade/tests`` and students can't read. The job ends with 0, or
PrairieLearn leaves the result aside. Its default time-out of 30 s is shorter than a cold start.

Source: PrairieLearn's documentation, "External grading", and the schema of ``info.json``.
"""

from __future__ import annotations

import json
import uuid

from grader.package.contents import Files, Order, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".zip",
    format="prairielearn",
    handed_in="/grade/student",
    results="/grade/results/results.json",
    most_s=600,
    reader="whoever can read the course's repository",
)
_NAMESPACE = uuid.UUID("6f0c2d4e-5d0b-5b0a-9a53-8f5f7a3c1b60")

_QUESTION = """
<pl-question-panel>
  <markdown>
{task}
  </markdown>
  <pl-file-upload file-names="{hand_in}"></pl-file-upload>
</pl-question-panel>
<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""


def files(order: Order) -> Files:
    """``info.json``, ``question.html``, and the bundle below ``tests``."""
    inside = {**order.bundle, **order.ways_in("run.sh", home="/grade/tests")}
    task = order.exercise.task.read_text(encoding="utf-8").replace("</markdown>", "")
    question = _QUESTION.format(task=task.rstrip(), hand_in=order.hand_in)
    return {
        "info.json": text(json.dumps(_info(order), indent=2) + "\n"),
        "question.html": text(question),
        **{f"tests/{name}": entry for name, entry in inside.items()},
    }


def _info(order: Order) -> dict[str, object]:
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, order.exercise.id)),
        "title": order.exercise.title,
        "topic": "PyTorch",
        "tags": ["grade"],
        "type": "v3",
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": order.image or "grade",
            "entrypoint": "/grade/tests/run.sh",
            "timeout": order.limit_s,
            "enableNetworking": False,
        },
    }
