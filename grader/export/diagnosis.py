"""The public result of a diagnosis, schema ``grade.diagnosis/1`` (``diagnosis.schema.json``).

What it has in common with a result is worded as there, number for number.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grader.export.json import strict, to_result
from grader.model import Report

SCHEMA_NAME = "grade.diagnosis/1"
SCHEMA_FILE = Path(__file__).with_name("diagnosis.schema.json")
SHARED = (
    "tool", "submission", "outcome", "findings", "metrics", "curves", "run", "notebook", "output",
)  # fmt: skip


def render_json(report: Report) -> str:
    """The diagnosis as JSON text, with a newline at its end."""
    plain = strict(to_diagnosis(report))
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def to_diagnosis(report: Report) -> dict[str, Any]:
    """The diagnosis as plain values; of its findings the most likely cause stands first."""
    result = to_result(report)
    return {"schema": SCHEMA_NAME, **{name: result[name] for name in SHARED if name in result}}
