"""docs/authoring.md: its exercise proves itself, and its mistakes give the messages it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from grader import bank
from grader.author import Crew, Proof, verify
from grader.model import Exercise, Report, Submission
from grader.pipeline import Grader

GUIDE = (Path(__file__).parents[1] / "docs" / "authoring.md").read_text(encoding="utf-8")
FILE = re.compile(r"^\*\*`([\w./]+)`\*\*\n\n(`{3,})\w+\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([\w./]+)` \| (.+?) \| (.+?) \| `(.+)` \|$", re.MULTILINE)
PRINTED = re.compile(r"^cosine: .*$", re.MULTILINE)

WHOLE, NOTHING = "the whole file", "nothing"

Files = dict[str, str]
Lay = Callable[[Files], None]


def files() -> Files:
    return {name: text for name, _, text in FILE.findall(GUIDE)}


def mistakes() -> list[tuple[str, str, str, str]]:
    return [
        (name, old.strip("`"), new.strip("`"), said) for name, old, new, said in ROW.findall(GUIDE)
    ]


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lays files as a bank of its own."""

    def write(texts: Files) -> None:
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv(bank.ROOT_VARIABLE, str(tmp_path))

    return write


class Remembering:
    """A grader that grades the same work by the same checks once: most mistakes change neither."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader
        self._known: dict[object, Report] = {}

    def with_seed(self, seed: int) -> Remembering:
        """Itself: what the guide says of a mistake holds for every seed."""
        del seed
        return self

    def proving(self) -> Remembering:
        """Itself: the guide's checks know no wrong forms."""
        return self

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """The report of a grading now or earlier."""
        reference = [
            (exercise.reference / name).read_text() for name in ("checks.py", "solution.py")
        ]
        key = (submission.name, submission.sha256, *reference, repr(exercise.rubric))
        if key not in self._known:
            self._known[key] = self._grader.grade(exercise, submission)
        return self._known[key]


@pytest.fixture(scope="module")
def grader(warm_grader: Grader) -> Remembering:
    """One for all mistakes."""
    return Remembering(warm_grader)


def proved(grader: Remembering, mutants: int = 0) -> Proof:
    """The proof by one warm grader, whose seed is the first of the three."""
    crew = Crew(make_grader=lambda: nullcontext(grader))
    return verify(["cosine"], crew=crew, mutants=mutants)


def test_the_guide_has_the_files_of_an_exercise() -> None:
    """All three places, cases of both kinds, and at least one mistake for each file."""
    names = set(files())
    assert {"exercises/cosine/exercise.yaml", "rubrics/cosine.yaml"} < names
    assert len(names) == 12
    assert {name for name, *_ in mistakes()} == names


def test_the_exercise_of_the_guide_proves_itself(lay: Lay, grader: Remembering) -> None:
    """Without a problem, and its mutants are caught; the guide shows what is printed."""
    lay(files())
    proof = proved(grader, mutants=100)
    assert [str(problem) for problem in proof.problems] == []
    (mutation,) = proof.mutations
    assert [str(survivor) for survivor in mutation.survivors] == []
    printed = PRINTED.findall(GUIDE)
    assert f"cosine: {proof.trials} gradings, no problem" in printed
    assert (
        f"cosine: {mutation.tried} of {mutation.possible} mutants tried, {mutation.caught} caught, "
        f"{mutation.equivalent} marked as equivalent, 0 survived: 100.0% caught"
    ) in printed


@pytest.mark.parametrize(
    ("name", "old", "new", "said"), mistakes(), ids=[said[:40] for *_, said in mistakes()]
)
def test_each_mistake_gives_its_message(
    lay: Lay, grader: Remembering, name: str, old: str, new: str, said: str
) -> None:
    """The change of one place makes `grade verify` say what the guide says."""
    texts = files()
    if old == WHOLE:
        del texts[name]
    else:
        assert old in texts[name]
        texts[name] = texts[name].replace(old, "" if new == NOTHING else new, 1).lstrip("\n")
    lay(texts)
    problems = [str(problem) for problem in proved(grader).problems]
    assert any(said in problem for problem in problems), problems
