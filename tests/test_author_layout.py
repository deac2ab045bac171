"""What `grade verify` sees without grading: headers, hints, checks, rubrics and stray files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from course import BAD, CHECKS, RUBRIC, Stub, course, only, prove, sound
from grader import bank
from grader.author import Crew, verify

Lay = Callable[..., Path]


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lays a course with the exercise ``sums``; a mapping of names to texts replaces files."""
    return course(tmp_path / "course", monkeypatch)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("x = 1\n", "the first line must be a comment"),
        ("# failed: adds\n", "the first line must be a comment"),
        ("#\n", "the first line must be a comment"),
        ("# Bad.\n# fails: adds\n", "unknown key 'fails'"),
        ("# Bad.\n# failed: ads\n", "no check is named 'ads'"),
        ("# Bad.\n# failed: adds adds?\n", "'adds' stands there twice"),
        ("# Bad.\n# failed: adds\n# failed: learns\n", "must stand in the header once"),
        ("# Bad.\n# failed:\n", "with a value"),
        ("# Bad.\n# outcome: died\n", "found 'died'"),
        ("# Bad.\n# outcome: grader_fault\n", "found 'grader_fault'"),
        ("# Bad.\n# finding: Dead ReLU\n", "expected names of rules"),
        ("# Bad.\n# failed: adds\n\nx  # findings: no-such-rule\n", "line 4: write"),
        ("# Bad.\n# failed: adds\n\nx  # finding no-such-rule\n", "line 4: write"),
        ("# Bad, and nothing is stated.\nx\n", "one named bad_… states what fails"),
    ],
)
def test_a_case_that_states_its_result_wrongly_is_named(lay: Lay, case: str, said: str) -> None:
    """A header that nobody understands proves nothing."""
    lay({"reference/sums/cases/bad_header.py": case})
    problem = only(prove())
    assert problem.file == "reference/sums/cases/bad_header.py"
    assert said in problem.what


def test_a_right_solution_states_no_failure(lay: Lay) -> None:
    """ok_ in the name and `failed:` in the header contradict each other."""
    lay({"reference/sums/cases/ok_not.py": BAD})
    assert "a file named ok_… states nothing" in only(prove()).what


def test_a_case_that_cannot_be_read_is_named(lay: Lay) -> None:
    """As a student would be told."""
    lay({"reference/sums/cases/ok_empty.py": ""})
    assert "is empty" in only(prove()).what


def test_a_check_that_no_case_fails_is_named(lay: Lay) -> None:
    """`learns?` shows nothing: it may go either way."""
    lay({"reference/sums/cases/bad_all.py": "# Bad.\n# failed: adds learns?\nx\n"})
    assert "no case fails the check learns" in only(prove()).what


def test_several_tests_may_make_one_check(lay: Lay) -> None:
    """The plugin puts their results together."""
    more = CHECKS + '\n@check("learns")\ndef test_learns_more(student):\n    """Again."""\n'
    lay({"reference/sums/checks.py": more})
    assert prove().problems == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('@check("learns")', '@check("lerns")', "the check lerns has no line"),
        (
            '@check("learns")',
            '@check("lerns")',
            "the line learns of rubrics/sums.yaml has no check",
        ),
        ('@check("learns")', "@check(name)", "expected a check id in quotes"),
        ('@check("learns")', "@check(", "expected Python"),
    ],
)
def test_checks_and_rubric_must_fit(lay: Lay, old: str, new: str, said: str) -> None:
    """A check without a line earns nothing, a line without a check can't be earned."""
    lay({"reference/sums/checks.py": CHECKS.replace(old, new)})
    assert any(said in problem.what for problem in prove().problems)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from grader.rules import find_all", "a check names the rules that it stands on"),
        ("findings = rules.find_all(trace)", "a check names the rules that it stands on"),
        ("findings = found()", "a check names the rules that it stands on"),
        ("findings = found_in(trace)", "a check names the rules that it stands on"),
        ('findings = found("gradients-not-cleard")', "no rule is named 'gradients-not-cleard'"),
        ('findings = found_in(trace, "no-such-rule")', "no rule is named 'no-such-rule'"),
    ],
)
def test_a_check_that_stands_on_no_rule_by_name_is_named(lay: Lay, line: str, said: str) -> None:
    """A rule that is added later must not change a mark."""
    lay({"reference/sums/checks.py": f"{CHECKS}\n\n{line}\n"})
    problem = only(prove())
    assert problem.file == "reference/sums/checks.py"
    assert problem.line == len(CHECKS.splitlines()) + 3
    assert said in problem.what


def test_a_check_that_names_its_rules_is_sound(lay: Lay) -> None:
    """Names as texts, and names that a constant of the file holds."""
    line = 'findings = found("gradients-not-cleared") + found_in(trace, *RULES)'
    lay({"reference/sums/checks.py": f"{CHECKS}\n\n{line}\n"})
    assert prove().holds


def test_missing_hints_are_named(lay: Lay) -> None:
    """With the check that lacks them."""
    lay({"rubrics/sums.yaml": RUBRIC.replace("Look., Look closer., ", "", 1)})
    problem = only(prove())
    assert problem.what == "the check adds lacks hints"
    assert (problem.expected, problem.actual) == ("3 levels", "1")


@pytest.mark.parametrize(
    "name",
    [
        "exercises/sums/notes.txt",
        "reference/sums/old_checks.py",
        "reference/sums/cases/good.py",
        "reference/sums/cases/bad_one.txt",
    ],
)
def test_a_file_that_nobody_reads_is_named(lay: Lay, name: str) -> None:
    """A case with a wrong name would never be graded."""
    lay({name: "x"})
    assert only(prove()).file == name


@pytest.mark.parametrize("name", ["rubrics/sum.yaml", "reference/sum/checks.py", "exercises/x"])
def test_what_belongs_to_no_exercise_is_named(
    lay: Lay, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When all exercises are verified; caches and notes are left alone."""
    root = lay({name: "x", "rubrics/README.md": "x", "exercises/__pycache__/x": "x"})
    monkeypatch.setattr(bank, "roots", lambda: (root,))
    proof = verify(crew=Crew(make_grader=Stub(sound).make))
    assert proof.exercises == ("sums",)
    assert name.startswith(only(proof).file)


def test_an_exercise_that_cannot_be_read_is_one_problem(lay: Lay) -> None:
    """And nothing of it is graded."""
    lay({"rubrics/sums.yaml": RUBRIC.replace("points", "point", 1)})
    proof = prove()
    assert "'points' must be a number" in only(proof).what
    assert proof.trials == 0


def test_a_worked_example_that_no_rubric_names_is_named(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is used is left alone."""
    named = RUBRIC.replace("points: 1,", "points: 1, example: hill,", 1)
    root = lay({"rubrics/sums.yaml": named, "rubrics/examples/hill.md": "x"})
    (root / "rubrics/examples/vale.md").write_text("x")
    monkeypatch.setattr(bank, "roots", lambda: (root,))
    problem = only(verify(crew=Crew(make_grader=Stub(sound).make)))
    assert (problem.file, problem.what) == (
        "rubrics/examples/vale.md",
        "no rubric names this worked example",
    )
