"""Notebooks as they come back: what tools and students do to one changes nothing that counts."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import edits
from grader import submission
from grader.model import SubmissionKind

EACH = 8


@pytest.mark.parametrize("path", edits.SHIPPED, ids=lambda path: path.stem)
def test_an_edited_notebook_means_the_same(path: Path) -> None:
    """Eight times one to five edits, and the program that is graded is the one that was."""
    raw = path.read_bytes()
    same = edits.meaning(submission.parse(raw, "a.ipynb", SubmissionKind.NOTEBOOK))
    for seed in range(EACH):
        changed, names = edits.edited(raw, random.Random(seed))
        read = submission.parse(changed, "a.ipynb", SubmissionKind.NOTEBOOK)
        assert not read.problem, (seed, names)
        assert edits.meaning(read) == same, (seed, names)


def test_every_edit_changes_the_file() -> None:
    """Each of them does something to some shipped notebook; a test of nothing would pass too."""
    for edit in edits.EDITS:
        changes = []
        for path in edits.SHIPPED:
            book = json.loads(path.read_bytes())
            before = json.dumps(book)
            edit(book, random.Random(1))
            changes.append(json.dumps(book) != before)
        assert any(changes), edit.__name__
