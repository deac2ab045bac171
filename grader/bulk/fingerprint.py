"""What a result depends on, as one key: the same key, the same result.

In it: the submission's bytes and name, the exercise with all its files (what students see, the
reference with its checks, the rubric), the data's form, seed, device, limits and isolation asked
for, and the versions of the grader and of torch. What is not: who handed it in, and where.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader import __version__
from grader.model import Exercise

_NOT_OF_A_RESULT = {"cases", "__pycache__"}


def of_circumstances(exercise: Exercise, options: dict[str, Any]) -> str:
    """The key of everything but the submission."""
    facts = {
        "grader": __version__,
        "torch": version_of("torch"),
        "exercise": exercise.id,
        "files": [[path.name, _digest(path)] for path in _files(exercise)],
        "options": options,
    }
    return _hash(facts)


def with_rubric(exercise: Exercise, asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, and what the course decides of the exercise."""
    due = exercise.due
    return {
        **asked,
        "rubric": [asdict(line) for line in exercise.rubric],
        "limits": asdict(exercise.limits),
        "least isolation": exercise.isolation,
        "is due": bool(due) and datetime.fromisoformat(due) <= datetime.now(UTC),
    }


def of_result(circumstances: str, name: str, content: str, notes: tuple[str, ...]) -> str:
    """The key of one result: of what was handed in, and under which circumstances."""
    return _hash([circumstances, name, content, list(notes)])


def of_bytes(data: bytes) -> str:
    """The digest of a submission's bytes, as results have it."""
    return hashlib.sha256(data).hexdigest()


def _files(exercise: Exercise) -> Iterator[Path]:
    """Every file that a grading may read, in an order that doesn't depend on the machine."""
    for folder in (exercise.starter.parent, exercise.reference):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _NOT_OF_A_RESULT & set(path.relative_to(folder).parts):
                yield path
    rubric = exercise.reference.parents[1] / "rubrics" / f"{exercise.id}.yaml"
    if rubric.is_file():
        yield rubric
    if exercise.extra is not None:
        yield exercise.extra


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def version_of(package: str) -> str:
    """The version of an installed package; empty where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
