"""The bank reads exercises strictly: what it does not understand is an error, not a default."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import bank, worked
from grader.errors import BankError, UnknownName
from grader.model import Limits, SubmissionKind, Visibility

EXERCISE = {
    "title": "Sums",
    "version": '"1.0"',
    "lesson": "'1.1'",
    "submit": "module",
    "summary": "Add two tensors.",
}
CHECKS = """
@check("adds")
def test_adds(): ...
@check("broadcasts")
def test_broadcasts(): ...
"""
RUBRIC = """
exercise: sums
due: 2027-01-31T23:59:00+01:00
checks:
  - id: adds
    title: Adds two tensors
    points: 2
  - id: broadcasts
    title: Broadcasts
    points: 1.5
    visibility: after_due
    needs: [adds]
    hints: [Look at the shapes.]
    settings: {atol: 1e-6, sizes: [1, 2], exact: true}
"""

Lay = Callable[..., Path]


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lays a root with one exercise, ``sums``, and makes it the course's own."""

    def write(rubric: str = RUBRIC, extra: str = "", **keys: str | None) -> Path:
        root = tmp_path / "course"
        for folder in ("exercises/sums", "reference/sums/cases", "rubrics", "datasets/mnist"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        lines = [f"{key}: {value}" for key, value in (EXERCISE | keys).items() if value is not None]
        (root / "exercises/sums/exercise.yaml").write_text("\n".join(lines) + "\n" + extra)
        (root / "exercises/sums/task.md").write_text("# Sums\n")
        (root / "exercises/sums/starter.py").write_text("def add(a, b): ...\n")
        (root / "reference/sums/solution.py").write_text("def add(a, b): return a + b\n")
        (root / "reference/sums/checks.py").write_text(CHECKS)
        (root / "rubrics/sums.yaml").write_text(textwrap.dedent(rubric))
        monkeypatch.setenv(bank.ROOT_VARIABLE, str(root))
        return root

    return write


def test_an_exercise_is_read_from_its_three_places(lay: Lay) -> None:
    """All keys arrive in the record, absent ones as their defaults."""
    root = lay(extra="data: [mnist]\nprovides: [train_loader]\nlimits: {wall_s: 7}\n")
    exercise = bank.load("sums")
    assert (exercise.title, exercise.version, exercise.lesson) == ("Sums", "1.0", "1.1")
    assert exercise.submit is SubmissionKind.MODULE
    assert exercise.data == ("mnist",)
    assert exercise.provides == ("train_loader",)
    assert exercise.limits == Limits(wall_s=7.0)
    assert exercise.reference == root / "reference/sums"
    assert exercise.starter.read_text() == "def add(a, b): ...\n"
    assert exercise.max_score == 3.5


def test_a_rubric_line_keeps_what_the_course_decides(lay: Lay) -> None:
    """Visibility, needs, hints and settings come as written; 1e-6 is a number."""
    lay()
    first, second = bank.load("sums").rubric
    assert first.visibility is Visibility.PUBLIC
    assert second.visibility is Visibility.AFTER_DUE
    assert second.needs == ("adds",)
    assert second.hints == ("Look at the shapes.",)
    assert second.settings == {"atol": 1e-6, "sizes": [1, 2], "exact": True}


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("titel: Sum", "unknown key 'titel'"),
        ("title: Again", "'title' stands here a second time"),
        ("data: [imagenet]", "found 'imagenet'"),
        ("data: mnist", "'data' must be a list"),
        ("provides: [model]", "found 'model'"),
        ("limits: {wall: 3}", "limits: unknown key 'wall'"),
        ("limits: {wall_s: 0}", "'wall_s' must be a number above 0; found 0"),
        ("limits: {threads: 1.5}", "'threads' must be a whole number"),
        ("limits: {threads: true}", "'threads' must be a whole number"),
        ("limits: 3", "'limits' must be a mapping"),
        ("{", "expected valid YAML; line"),
    ],
)
def test_a_wrong_exercise_yaml_is_named_with_file_and_key(lay: Lay, extra: str, words: str) -> None:
    """The error says which file, which key, and what was expected."""
    lay(extra=extra)
    with pytest.raises(BankError) as caught:
        bank.load("sums")
    assert "exercises/sums/exercise.yaml" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("title", None, "it is missing"),
        ("title", "", "found nothing"),
        ("version", "1.0", "found 1.0"),
        ("submit", "essay", "one of module, script, notebook; found 'essay'"),
        ("summary", "[a]", "found ['a']"),
    ],
)
def test_a_key_of_the_wrong_kind_is_refused(
    lay: Lay, key: str, value: str | None, words: str
) -> None:
    """Missing, empty and mistyped keys are told apart."""
    lay(**{key: value})
    with pytest.raises(BankError) as caught:
        bank.load("sums")
    assert repr(key) in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("exercise: sums", "exercise: products", "'exercise' must be 'sums'"),
        ("id: broadcasts", "id: adds", "'adds' stands there twice"),
        ("id: adds", "id: Adds", "lower-case"),
        ("[adds]", "[ads]", "found 'ads'"),
        ("[adds]", "[broadcasts]", "must not go in a circle"),
        ("points: 2", "points: -1", "'points' must be a number, 0 or more; found -1"),
        ("points: 2", "points: .nan", "'points' must be a number"),
        ("points: 2", "points: yes", "'points' must be a number"),
        ("points: 2", "point: 2", "'points' must be a number, 0 or more; it is missing"),
        ("points: 2", "points: 2\n    point: 3", "unknown key 'point'"),
        ("after_due", "later", "one of public, hidden, after_due"),
        ("[Look at the shapes.]", "[a, b, c, d, e]", "at most 4"),
        ("[Look at the shapes.]", "[a, a]", "each given once"),
        ("atol: 1e-6", "class: 1", "expected names as in Python"),
        ("atol: 1e-6", "atol: 2020-01-01", "'atol' must be a number"),
        ("atol: 1e-6", "atol: .inf", "'atol' must be a number"),
        ("checks:", "checks: []\nold:", "one or more"),
        ("due: 2027-01-31T23:59:00+01:00", "", "'due' must be given, as a check waits for it"),
        ("due: 2027-01-31T23:59:00+01:00", "due: 2027-01-31", "'due' must be a time with its"),
        ("due: 2027-01-31T23:59:00+01:00", "due: soon", "'due' must be a time with its offset"),
        ("atol: 1e-6", "atol: small", "'atol' must be a number, 0 or more; found 'small'"),
        ("exact: true", "threshold: 85%", "(0.85 for 85 %)"),
        ("exact: true", "threshold: '85'", "(0.85 for 85 %)"),
        ("exact: true", "threshold: 1.5", "found 1.5"),
        ("exact: true", "threshold: 850", "found 850"),
        ("exact: true", "threshold: true", "found True"),
        ("exact: true", "threshold: {full: 0.9}", "one for each of full, subset"),
        ("exact: true", "threshold: {full: 0.9, subset: 90}", "one for each of full, subset"),
    ],
)
def test_a_wrong_rubric_is_named_with_check_and_key(
    lay: Lay, old: str, new: str, words: str
) -> None:
    """A rubric that says what the bank does not know is never half read."""
    assert old in RUBRIC
    lay(rubric=RUBRIC.replace(old, new, 1))
    with pytest.raises(BankError) as caught:
        bank.load("sums")
    assert "rubrics/sums.yaml" in str(caught.value)
    assert words in str(caught.value)


def test_a_rubric_without_points_is_none(lay: Lay) -> None:
    """Somewhere there must be something to earn."""
    lay(rubric=RUBRIC.replace("points: 2", "points: 0").replace("points: 1.5", "points: 0"))
    with pytest.raises(BankError, match="expected points above 0"):
        bank.load("sums")


@pytest.mark.parametrize("share", ["0.85", "1", "{full: 0.97, subset: 0.9}"])
def test_a_threshold_is_a_share(lay: Lay, share: str) -> None:
    """One, or one for each kind of data."""
    lay(rubric=RUBRIC.replace("exact: true", f"threshold: {share}"))
    assert bank.load("sums").rubric[1].settings["threshold"]


def test_the_date_of_an_exercise_is_kept_as_it_is_written(lay: Lay) -> None:
    """With its offset, so that it means the same everywhere."""
    lay()
    assert bank.load("sums").due == "2027-01-31T23:59:00+01:00"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"broadcasts"', '"broadcast"', "the check broadcast has no line in rubrics/sums.yaml"),
        ('"broadcasts"', '"broadcast"', "the line broadcasts of rubrics/sums.yaml has no check"),
        ('"broadcasts"', "NAME", "expected a check id in quotes"),
        ("def test_adds", "def test adds", "expected Python"),
    ],
)
def test_checks_and_rubric_must_fit(lay: Lay, old: str, new: str, words: str) -> None:
    """A check without a line earns nothing, a line without a check can't be earned."""
    root = lay()
    (root / "reference/sums/checks.py").write_text(CHECKS.replace(old, new))
    with pytest.raises(BankError) as caught:
        bank.load("sums")
    assert "reference/sums/checks.py" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "exercises/sums/task.md",
        "exercises/sums/starter.py",
        "reference/sums/solution.py",
        "reference/sums/checks.py",
        "rubrics/sums.yaml",
    ],
)
def test_each_missing_file_is_named(lay: Lay, name: str) -> None:
    """An exercise lacking a file is an error that gives the file's place in the root."""
    root = lay()
    (root / name).unlink()
    with pytest.raises(BankError, match=name):
        bank.load("sums")


def test_an_unknown_id_gets_the_nearest_names(lay: Lay) -> None:
    """A slip of the finger is answered with what was probably meant."""
    lay()
    with pytest.raises(UnknownName, match="Did you mean sums"):
        bank.load("sum")


@pytest.mark.parametrize("name", ["../sums", "", "sums/", "."])
def test_a_path_is_no_id(lay: Lay, name: str) -> None:
    """Names are looked up, never joined to a path."""
    lay()
    with pytest.raises(UnknownName):
        bank.load(name)


def test_a_course_comes_before_what_is_shipped(lay: Lay) -> None:
    """GRADE_BANK's exercises are listed beside the shipped ones, and found first."""
    root = lay()
    assert "sums" in bank.all_ids()
    assert bank.roots()[0] == root.resolve()
    assert len(bank.roots()) == 2


def test_a_wrong_grade_bank_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable that points nowhere is not skipped in silence."""
    monkeypatch.setenv(bank.ROOT_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(BankError, match="GRADE_BANK names"):
        bank.all_ids()


@pytest.mark.parametrize(
    ("package", "share"),
    [
        ("lib/python3.11/site-packages", "share/grade"),
        ("target", "target/share/grade"),
        (".local/lib/python3.11/site-packages", ".local/share/grade"),
        ("checkout", "checkout"),
    ],
)
def test_what_was_installed_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, share: str
) -> None:
    """Virtual environments, --target, user installs and checkouts all find their exercises."""
    module = tmp_path / package / "grader" / "bank.py"
    module.parent.mkdir(parents=True)
    for name in ("exercises", "reference", "rubrics"):
        (tmp_path / share / name).mkdir(parents=True)
    monkeypatch.setattr(bank, "__file__", str(module))
    monkeypatch.delenv(bank.ROOT_VARIABLE, raising=False)
    assert bank.roots() == ((tmp_path / share).resolve(),)


def test_no_exercises_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation says what to do instead of listing nothing."""
    monkeypatch.setattr(bank, "__file__", str(tmp_path / "a/b/c/d/e/grader/bank.py"))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.delenv(bank.ROOT_VARIABLE, raising=False)
    with pytest.raises(BankError, match="Install the package again"):
        bank.roots()


def test_data_sets_are_found_by_name(lay: Lay) -> None:
    """A data set is a folder of datasets/; other names are unknown."""
    root = lay()
    assert bank.dataset_folder("mnist") == root.resolve() / "datasets/mnist"
    with pytest.raises(UnknownName):
        bank.dataset_folder("mnis")


def test_reading_the_bank_loads_nothing_heavy(lay: Lay) -> None:
    """Listing exercises imports no torch, numpy, pytest or nbformat."""
    lay()
    code = (
        "import sys; from grader import bank; bank.all_ids(); bank.load('sums');"
        "print([m for m in ('torch', 'numpy', 'pytest', 'nbformat') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


EXAMPLE = RUBRIC.replace(
    "    hints: [Look at the shapes.]\n", "    hints: [Look.]\n    example: slopes\n"
)


def test_a_worked_example_is_the_last_hint(lay: Lay) -> None:
    """As it stands in its file, below the words that all of them begin with."""
    root = lay(EXAMPLE)
    (root / worked.FOLDER).mkdir()
    (root / worked.FOLDER / "slopes.md").write_text("A hill.\n\n```python\nx = 1\n```\n")
    line = bank.load("sums").rubric[1]
    assert line.hints == ("Look.", f"{worked.LEAD}\n\nA hill.\n\n```python\nx = 1\n```")
    assert bank.example_files("sums") == (root / worked.FOLDER / "slopes.md",)


def test_shipped_examples_serve_a_course_too(lay: Lay) -> None:
    """Those of its own root come first."""
    root = lay(EXAMPLE.replace("slopes", "two_switches"))
    assert "translator" in bank.load("sums").rubric[1].hints[-1]
    (root / worked.FOLDER).mkdir()
    (root / worked.FOLDER / "two_switches.md").write_text("My own.")
    assert bank.load("sums").rubric[1].hints[-1].endswith("My own.")


@pytest.mark.parametrize("name", ["no_such_thing", "../sums", "Slopes", "[slopes]"])
def test_an_example_that_is_not_there_is_named(lay: Lay, name: str) -> None:
    """With what was expected; a path is no name."""
    lay(EXAMPLE.replace("slopes", name))
    with pytest.raises(
        BankError, match=r"'example' must be the name of a file of rubrics/examples/"
    ):
        bank.load("sums")


def test_an_example_that_is_no_text_is_an_error_of_the_rubric(lay: Lay) -> None:
    """And no traceback."""
    root = lay(EXAMPLE)
    (root / worked.FOLDER).mkdir()
    (root / worked.FOLDER / "slopes.md").write_bytes(b"\xff\xfe")
    with pytest.raises(BankError, match="UTF-8"):
        bank.load("sums")
