"""Submissions that are alike are named for a person, and others are not."""

from __future__ import annotations

import csv
import json
import random
import time

import pytest

from bulk.conftest import GOOD, Bulk
from bulk.folders import lay
from grader import bank, submission
from grader.bulk.similar import pairs
from grader.cli import main
from grader.model import Submission, SubmissionKind

STARTER = bank.load("debug_loop").starter.read_text()
OWN = """
def evaluate(model, loader, device="cpu"):
    model.eval()
    hits, seen = 0, 0
    with torch.no_grad():
        for batch, wanted in loader:
            guess = model(batch.to(device)).argmax(dim=1)
            hits += int((guess == wanted.to(device)).sum())
            seen += wanted.numel()
    model.train()
    return hits / max(seen, 1)

history = {"loss": [], "accuracy": []}
for epoch in range(4):
    for batch, wanted in train_loader:
        loss = nn.functional.cross_entropy(net(batch.flatten(1)), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        history["loss"].append(float(loss))
    history["accuracy"].append(evaluate(net, val_loader))
"""
RENAMED = (
    OWN.replace("evaluate", "score_it").replace("hits", "right").replace("guess", "p")
    .replace("history", "log").replace("wanted", "y").replace("batch", "x  ")
)  # fmt: skip
ANOTHER = """
class Meter:
    def __init__(self):
        self.sum = self.n = 0.0
    def add(self, value, weight):
        self.sum, self.n = self.sum + value * weight, self.n + weight
    @property
    def mean(self):
        return self.sum / self.n if self.n else float("nan")

step = 0
while step < 2000:
    meter = Meter()
    for images, labels in train_loader:
        optimizer.zero_grad()
        output = net(images.reshape(images.shape[0], 784))
        cost = torch.nn.CrossEntropyLoss()(output, labels)
        cost.backward()
        optimizer.step()
        meter.add(cost.item(), len(labels))
        step += 1
"""


def _script(source: str) -> Submission:
    return submission.parse(source.encode(), "a.py", SubmissionKind.SCRIPT)


def _notebook(*cells: str) -> Submission:
    plain = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    book = {"cells": plain, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return submission.parse(json.dumps(book).encode(), "a.ipynb", SubmissionKind.NOTEBOOK)


def test_a_copy_with_other_names_is_found() -> None:
    """Renamed, laid out anew and commented it is still the same; another solution isn't."""
    works = [STARTER + OWN, "# mine\n" + STARTER + RENAMED, STARTER + ANOTHER]
    (pair,) = pairs([(n, _script(text)) for n, text in enumerate(works)], STARTER)
    assert (pair.one, pair.other) == (0, 1)
    assert pair.share > 0.95
    assert any("lines" in match.here for match in pair.matches)


def test_notebooks_are_compared_cell_by_cell() -> None:
    """In whatever order the cells stand, and between a notebook and another one's script."""
    first, second = OWN.split("\n\nhistory")
    cells = [STARTER, first, f"history{second}"]
    works = [_notebook(*cells), _notebook(cells[2], cells[1], "# notes", STARTER), _script(ANOTHER)]
    (pair,) = pairs(list(enumerate(works)), STARTER)
    assert (pair.one, pair.other) == (0, 1)
    assert {(match.here, match.there) for match in pair.matches} == {
        ("cell 2", "cell 2"), ("cell 3", "cell 1"),
    }  # fmt: skip


def test_what_everybody_was_given_tells_nothing() -> None:
    """The starter, and a class that all wrote the same lines, name nobody."""
    assert pairs([(n, _script(STARTER)) for n in range(4)], STARTER) == []
    assert pairs([(n, _script(OWN)) for n in range(30)], STARTER) == []


def test_a_class_names_them(bulk: Bulk) -> None:
    """The page names the pair under "look at by hand", and a table has it."""
    files: dict[str, str | bytes] = {
        "ann.py": GOOD + OWN, "ben.py": GOOD + RENAMED, "cleo.py": GOOD + ANOTHER
    }  # fmt: skip
    lay(bulk.tmp / "class", files)
    assert bulk("--similar")[0] == 0
    page = (bulk.out / "index.html").read_text()
    assert "Much alike" in page
    assert "never a mark" in page
    (row,) = csv.DictReader((bulk.out / "similar.csv").open(newline=""))
    assert (row["student"], row["other"]) == ("ann", "ben")


def test_a_class_that_is_graded_can_be_compared(bulk: Bulk) -> None:
    """From what was stored; the pairs stay as long as both hand-ins do, and no longer."""
    files: dict[str, str | bytes] = {
        "ann.py": GOOD + OWN, "ben.py": GOOD + RENAMED, "cleo.py": GOOD + ANOTHER
    }  # fmt: skip
    lay(bulk.tmp / "class", files)
    assert bulk()[0] == 0
    assert not (bulk.out / "similar.csv").exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADE_BANK", bulk.env["GRADE_BANK"])
        for words in (["--similar"], []):
            assert main(["regrade", str(bulk.out), *words]) == 0
            assert "Much alike" in (bulk.out / "index.html").read_text()
            (row,) = csv.DictReader((bulk.out / "similar.csv").open(newline=""))
            assert (row["student"], row["other"]) == ("ann", "ben")
    (bulk.tmp / "class/ben.py").write_text(GOOD)
    assert bulk()[0] == 0
    assert "Much alike" not in (bulk.out / "index.html").read_text()
    assert list(csv.DictReader((bulk.out / "similar.csv").open(newline=""))) == []


def test_broken_and_odd_texts_are_taken() -> None:
    """What doesn't parse is compared as one piece; empty and huge texts do no harm."""
    odd = ["def (:\n" + OWN, "def (:\n" + RENAMED, "", "x = '" + "é" * 100_000 + "'", "\x0c\n" * 50]
    (pair,) = pairs([(n, _script(text)) for n, text in enumerate(odd)], STARTER)
    assert (pair.one, pair.other) == (0, 1)


def test_a_class_takes_seconds() -> None:
    """Every pair of 40 is compared within the time that a teacher waits."""
    works = []
    for number in range(40):
        chance = random.Random(number)
        own = [f"v{chance.randrange(9)} = f.m{chance.randrange(999)}(a, {n})" for n in range(40)]
        works.append((number, _script("\n".join(own))))
    started = time.monotonic()
    pairs(works, STARTER)
    assert time.monotonic() - started < 30
