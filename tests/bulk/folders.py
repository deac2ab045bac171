"""Folders of submissions for the tests, as LMSs and people lay them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader import bank
from grader.bulk.choose import Wanted
from grader.bulk.hand_in import Class, HandIn
from grader.bulk.intake import take_in

CODE = "def f():\n    return 1\n"


def lay(top: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder; a name that ends in a slash is an empty folder."""
    for name, content in files.items():
        path = top / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return top


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of files, as bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def taken(top: Path, **wanted: object) -> Class:
    """The class in a folder, for the exercise ``perceptron``."""
    exercise = bank.load("perceptron")
    return take_in(top, Wanted(exercise=exercise, **wanted))  # type: ignore[arg-type]


def by_name(found: Class) -> dict[str, HandIn]:
    """The hand-ins that count, by the name of their student."""
    return {each.student.name: each for each in found.hand_ins if each.counts}
