"""`grade verify --mutants`: which changes of a reference its checks notice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from course import Stub, course, graded, only, sound
from grader import cli
from grader.author import Crew, Proof, gradings, verify
from grader.author.mutation import Mutation
from grader.model import Exercise, Report, Status, Submission

Lay = Callable[..., Path]

SOLUTION = "def solution(x):\n    return x + 2  # the sum\n"
NEVER_SEEN = "x - 2"
EQUIVALENT = """
exercise: sums
mutants:
  - before: return x + 2
    after: return x - 2
    why: the sign is left to the student
"""


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lays a course whose reference adds two; a mapping of names to texts replaces files."""
    laid = course(tmp_path / "course", monkeypatch)
    return lambda changes={}: laid({"reference/sums/solution.py": SOLUTION, **changes})


def answer(exercise: Exercise, given: Submission) -> Report:
    """Checks that notice every change but a minus in place of the plus."""
    original = given.source.startswith("# ") or given.source == SOLUTION
    if "def solution" not in given.source or original:
        return sound(exercise, given)
    seen = Status.PASSED if NEVER_SEEN in given.source else Status.FAILED
    return graded(exercise, seen, Status.PASSED)


def proved(answers: Callable[[Exercise, Submission], Report] = answer, count: int = 99) -> Proof:
    return verify(["sums"], crew=Crew(make_grader=Stub(answers).make), mutants=count)


def mutation(proof: Proof) -> Mutation:
    (found,) = proof.mutations
    return found


def test_survivors_are_listed_with_their_line(lay: Lay) -> None:
    """File, line, before and after; the share is that of the others."""
    lay()
    proof = proved()
    found = mutation(proof)
    assert [str(survivor) for survivor in found.survivors] == [
        "reference/sums/solution.py:2: return x + 2 → return x - 2"
    ]
    assert found.tried == found.possible == found.caught + 1
    assert found.share == pytest.approx(found.caught / found.tried)
    assert not proof.holds
    assert proof.problems == ()


def test_a_mutant_marked_as_equivalent_is_not_tried(lay: Lay) -> None:
    """It counts neither as caught nor as a survivor."""
    lay({"reference/sums/equivalent.yaml": EQUIVALENT})
    proof = proved()
    found = mutation(proof)
    assert (found.equivalent, found.survivors, found.share) == (1, (), 1.0)
    assert found.caught == found.tried - 1
    assert proof.holds


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("x - 2", "x - 3", "no such mutant of solution.py (any more): return x + 2 → return x - 3"),
        ("before:", "befor:", "befor"),
        ("why:", "because:", "'why'"),
        ("exercise: sums", "exercise: sum", "'exercise' must be 'sums'"),
        ("mutants:", "mutant:", "'mutants'"),
    ],
)
def test_marks_are_read_strictly(lay: Lay, old: str, new: str, said: str) -> None:
    """A mark that names no mutant, or isn't written as it should be, is a problem by itself."""
    lay({"reference/sums/equivalent.yaml": EQUIVALENT.replace(old, new)})
    problem = only(verify(["sums"], crew=Crew(make_grader=Stub(answer).make)))
    assert said in problem.what
    assert problem.file == "reference/sums/equivalent.yaml"


def test_a_mark_that_stands_twice_is_a_problem(lay: Lay) -> None:
    """One of them is a leftover."""
    entry = EQUIVALENT.split("mutants:\n")[1]
    lay({"reference/sums/equivalent.yaml": EQUIVALENT + entry})
    assert "stands there 2 times" in only(proved(count=0)).what


def test_no_more_are_tried_than_asked_for(lay: Lay) -> None:
    """The seed chooses which."""
    lay()
    found = mutation(proved(count=3))
    assert found.tried == 3
    assert found.possible > 3


def test_without_the_option_nothing_is_changed(lay: Lay) -> None:
    """A plain proof grades solution, starter and cases alone."""
    lay()
    stub = Stub(answer)
    proof = verify(["sums"], crew=Crew(make_grader=stub.make))
    assert proof.mutations == ()
    assert len(stub.graded) == proof.trials


def test_an_exercise_with_problems_is_not_mutated(lay: Lay) -> None:
    """Its checks are not to be relied on, so survivors would show nothing."""
    lay({"exercises/sums/starter.py": "solution\n"})
    proof = proved()
    assert only(proof).what.startswith("the starter passes")
    assert proof.mutations == ()


def test_a_mutant_that_breaks_a_check_is_a_problem(lay: Lay) -> None:
    """Students write such things too, and would get no result."""
    lay()

    def broken(exercise: Exercise, given: Submission) -> Report:
        if NEVER_SEEN in given.source:
            return graded(exercise, Status.ERROR, Status.PASSED)
        return answer(exercise, given)

    problem = only(proved(broken))
    assert problem.file == "reference/sums/checks.py"
    assert "the mutant return x + 2 → return x - 2" in problem.what
    assert problem.actual == "adds: said so"


def test_an_endless_mutant_is_cut_soon(lay: Lay) -> None:
    """Its limits follow from what the reference needs, and not from the exercise's own."""
    lay()
    limits: set[float] = set()

    def noted(exercise: Exercise, given: Submission) -> Report:
        if "def solution" in given.source and given.source != SOLUTION:
            limits.add(exercise.limits.check_s)
        return answer(exercise, given)

    proved(noted)
    assert limits == {2.0}


def test_the_command_prints_the_figures(
    lay: Lay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Survivors, one line of figures for each exercise, and the same as JSON; 1 if too few."""
    lay()
    monkeypatch.setattr(gradings, "Grader", lambda _options: Stub(answer).make())
    assert cli.main(["verify", "sums", "--mutants", "99"]) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first == "reference/sums/solution.py:2: return x + 2 → return x - 2"
    assert "1 survived" in second
    assert "expected 95% or more" in second
    assert last == "sums: 6 gradings, no problem"
    assert cli.main(["verify", "sums", "--mutants", "99", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["passed"]
    assert found["mutations"][0]["survivors"][0]["after"] == "return x - 2"
