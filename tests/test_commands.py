"""The commands around grading: exercises, start, explain, data and doctor."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import nbformat
import numpy as np
import pytest

from grader import bank, cli, datasets, submission
from grader.commands import doctor
from grader.datasets.places import Original
from grader.errors import UsageError
from grader.model import Isolation, IsolationLevel
from grader.runner.wall.survey import Attack, Survey


def run(*words: str | Path) -> int:
    return cli.main([str(word) for word in words])


def test_exercises_as_json_have_what_programs_need(capsys: pytest.CaptureFixture[str]) -> None:
    """Id, title, version, way to hand in, and points, of every exercise of the bank."""
    assert run("exercises", "--json") == 0
    found = {item["id"]: item for item in json.loads(capsys.readouterr().out)}
    assert set(found) == set(bank.all_ids())
    item = found["debug_loop"]
    assert item["submit"] == "script"
    assert item["max_score"] == bank.load("debug_loop").max_score
    assert item["title"]
    assert item["version"]


def test_exercises_as_text_are_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each id begins a line."""
    assert run("exercises") == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(any(line.startswith(name) for line in lines) for name in bank.all_ids())


def test_start_lays_a_folder_that_can_be_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Starter and task as they are in the bank, and a grade.yaml that names the exercise."""
    folder = tmp_path / "new" / "work"
    assert run("start", "debug_loop", "--to", folder) == 0
    exercise = bank.load("debug_loop")
    assert (folder / "debug_loop.py").read_text() == exercise.starter.read_text()
    assert (folder / "task.md").read_text() == exercise.task.read_text()
    assert str(folder / "debug_loop.py") in capsys.readouterr().out
    assert (folder / "grade.yaml").read_text() == "exercise: debug_loop\n"
    given = submission.read(folder / "debug_loop.py", exercise.submit)
    assert given.source == exercise.starter.read_text()


def test_start_goes_to_a_folder_named_after_the_exercise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the student stands, unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    assert run("start", "debug_loop") == 0
    assert (tmp_path / "debug_loop" / "debug_loop.py").is_file()


def test_start_makes_a_notebook(tmp_path: Path) -> None:
    """The task is a text cell, the starter a code cell; Jupyter can open it."""
    assert run("start", "debug_loop", "--to", tmp_path, "--notebook") == 0
    book = nbformat.read(tmp_path / "debug_loop.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    exercise = bank.load("debug_loop")
    assert [(cell.cell_type, cell.source) for cell in book.cells] == [
        ("markdown", exercise.task.read_text().strip()),
        ("code", exercise.starter.read_text().strip()),
    ]


@pytest.mark.parametrize("name", ["debug_loop.py", "task.md", "grade.yaml"])
def test_start_overwrites_nothing(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file that is there stops all of it, and is left as it was."""
    (tmp_path / name).write_text("my work")
    assert run("start", "debug_loop", "--to", tmp_path) == 2
    assert "no work is lost" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "my work"


def test_start_says_when_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in the folder's place is a sentence, not a traceback."""
    (tmp_path / "file").write_text("")
    assert run("start", "debug_loop", "--to", tmp_path / "file") == 2
    assert "can't be written" in capsys.readouterr().err


def test_explain_prints_the_page_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """And for a name that there isn't, the nearest ones."""
    assert run("explain", "gradients-not-cleared") == 0
    assert "gradients" in capsys.readouterr().out
    assert run("explain", "gradient-not-cleared") == 2
    assert "gradients-not-cleared" in capsys.readouterr().err


# --- data -----------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and no data elsewhere."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(datasets.DATA_VARIABLE, raising=False)
    return tmp_path / "cache"


def test_data_path_holds_the_four_files_of_mnist(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the IDX format, 60,000 and 10,000: each split begins with the subset's own images."""
    assert run("data", "path", "mnist") == 0
    raw = Path(capsys.readouterr().out.strip()) / "MNIST" / "raw"
    with np.load(datasets.public_file("mnist")) as public:
        for name, key, start in [
            ("train-images-idx3-ubyte", "train_images", "00000803 0000ea60 0000001c 0000001c"),
            ("train-labels-idx1-ubyte", "train_labels", "00000801 0000ea60"),
            ("t10k-images-idx3-ubyte", "val_images", "00000803 00002710 0000001c 0000001c"),
            ("t10k-labels-idx1-ubyte", "val_labels", "00000801 00002710"),
        ]:
            header = bytes.fromhex(start)
            content, first = (raw / name).read_bytes(), public[key][:500].tobytes()
            assert content.startswith(header + first)
            assert len(content) == len(header) + int.from_bytes(header[4:8]) * len(first) // 500


def test_data_is_laid_out_once(cache: Path) -> None:
    """The second time the same folder is there, and nothing else lies beside it."""
    first = datasets.folder("mnist")
    before = (first / "MNIST/raw/train-images-idx3-ubyte").stat().st_ino
    assert datasets.folder("mnist") == first
    assert (first / "MNIST/raw/train-images-idx3-ubyte").stat().st_ino == before
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_data_that_was_half_removed_is_laid_out_again(cache: Path) -> None:
    """Cleaners of caches take single files."""
    place = datasets.folder("mnist")
    (place / "MNIST/raw/t10k-labels-idx1-ubyte").unlink()
    datasets.folder("mnist")
    assert (place / "MNIST/raw/t10k-labels-idx1-ubyte").is_file()


def test_the_full_set_is_used_once_verified(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four files with the right checksums, in the folder or as torchvision lays them."""
    full = tmp_path / "full" / "MNIST" / "raw"
    full.mkdir(parents=True)
    for name in datasets.FULL_MNIST:
        (full / name).write_text(name)
    monkeypatch.setenv(datasets.DATA_VARIABLE, str(tmp_path / "full"))
    with pytest.raises(UsageError, match="known checksums"):
        datasets.folder("mnist")
    for name in datasets.FULL_MNIST:
        known = Original(len(name), hashlib.sha256(name.encode()).hexdigest())
        monkeypatch.setitem(datasets.FULL_MNIST, name, known)
    assert datasets.folder("mnist") == tmp_path / "full"
    assert datasets.survey()[0].kind.startswith("full")


def test_a_cache_that_cannot_be_written_is_said(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the variable that chooses another place."""
    cache.write_text("a file")
    assert run("data", "path", "mnist") == 2
    assert "XDG_CACHE_HOME" in capsys.readouterr().err


def test_data_list_says_what_is_there_and_which_kind(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It writes nothing itself."""
    assert run("data", "list") == 0
    assert "not laid out yet" in capsys.readouterr().out
    assert not cache.exists()
    place = datasets.folder("mnist")
    assert run("data", "list") == 0
    out = capsys.readouterr().out
    assert "subset" in out
    assert str(place) in out


def test_unknown_data_is_a_mistake_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are."""
    assert run("data", "path", "mnit") == 2
    assert "Did you mean mnist?" in capsys.readouterr().err


SURVEY = Survey(
    isolation=Isolation(
        level=IsolationLevel.PARTIAL, layers=("seccomp",), missing=("no Landlock",)
    ),
    attacks=(
        Attack(name="read/bank", about="reads the bank", refused=True, got=()),
        Attack(name="escape/socket", about="calls out", refused=False, got=("a reply",)),
    ),
)


def test_doctor_says_what_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Versions, devices, exercises, data and isolation; a wall that is partial is no problem."""
    whole = dataclasses.replace(SURVEY, attacks=SURVEY.attacks[:1])
    monkeypatch.setattr(doctor, "survey", lambda: whole)
    assert run("doctor", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["packages"]["torch"]
    assert facts["devices"]["cpu"] >= 1
    assert "debug_loop" in facts["exercises"]
    assert facts["isolation"]["level"] == "partial"
    assert facts["isolation"]["attacks"] == [
        {"name": "read/bank", "about": "reads the bank", "refused": True}
    ]
    assert facts["problems"] == []


def test_doctor_names_each_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the exit code is 1, though the rest is still told."""
    monkeypatch.setattr(doctor, "survey", lambda: SURVEY)
    monkeypatch.setattr(doctor, "_PACKAGES", ("torch", "no-such-package"))
    monkeypatch.setattr(doctor, "_DEVICES", "import no_such_module")
    monkeypatch.setenv(datasets.DATA_VARIABLE, str(tmp_path))
    monkeypatch.setenv(bank.ROOT_VARIABLE, str(tmp_path / "gone"))
    assert run("doctor") == 1
    out = capsys.readouterr().out
    assert "missing: no Landlock" in out
    assert "1 of 2 attacks refused" in out
    problems = [line for line in out.splitlines() if line.startswith("problem")]
    for words in ("no-such-package", "no_such_module", "GRADE_BANK", "escape/socket got through"):
        assert any(words in line for line in problems)
