"""``grade package``: what it refuses, and what it says."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import yaml

from grader import bank, cli, worked
from grader.package.contents import bank_files
from grader.package.public import public_bank

PACKAGE = ("package", "cross_entropy", "--platform")


def test_an_unknown_platform_is_told_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As everywhere in the command."""
    assert cli.main([*PACKAGE, "gradescop", "--output", str(tmp_path / "a.zip")]) == 2
    assert "Did you mean gradescope?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gradescope", "--output", "a.tar"], ".zip"),
        (["gradescope", "--output", "missing/a.zip"], "doesn't exist"),
        (["gradescope", "--output", "a.zip", "--limit", "9999"], "2400 s at the most"),
        (["gradescope", "--output", "a.zip", "--wheels", "."], "no wheels"),
    ],
)
def test_what_can_not_be_packed_is_refused(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With what was expected, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert cli.main([*PACKAGE, *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_exercise_that_demands_more_isolation_than_there_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless the author says that less will do."""
    root = tmp_path / "bank"
    for part in ("exercises", "reference"):
        source = bank.root_of("cross_entropy") / part / "cross_entropy"
        for path in source.glob("*.*"):
            place = root / part / "cross_entropy" / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    rubric = bank.root_of("cross_entropy") / "rubrics" / "cross_entropy.yaml"
    (root / "rubrics").mkdir()
    (root / "rubrics" / "cross_entropy.yaml").write_bytes(rubric.read_bytes())
    with (root / "exercises/cross_entropy/exercise.yaml").open("a") as file:
        file.write("isolation: full\n")
    monkeypatch.setenv("GRADE_BANK", str(root))
    place = tmp_path / "a.tar"
    assert cli.main([*PACKAGE, "autolab", "--output", str(place)]) == 2
    assert "demands full isolation" in capsys.readouterr().err
    assert cli.main([*PACKAGE, "autolab", "--output", str(place), "--accept-less"]) == 0


def test_several_exercises_go_into_a_folder(tmp_path: Path) -> None:
    """One package each."""
    words = ["package", "cross_entropy", "dropout", "--platform", "student"]
    assert cli.main([*words, "--output", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "cross_entropy.zip",
        "dropout.zip",
    }


def test_an_image_is_named_by_its_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or the command says why it should be."""
    place = tmp_path / "a.zip"
    asked = [*PACKAGE, "prairielearn", "--output", str(place), "--image"]
    assert cli.main([*asked, "you/grade:1"]) == 0
    assert "name it by its digest" in capsys.readouterr().err
    assert cli.main([*asked, "you/grade@sha256:" + "0" * 64]) == 0
    assert "digest" not in capsys.readouterr().err
    info = json.loads(zipfile.ZipFile(place).read("info.json"))
    assert info["externalGradingOptions"]["image"].endswith("0" * 64)
    assert info["externalGradingOptions"]["timeout"] > 30
    assert info["externalGradingOptions"]["enableNetworking"] is False


def test_a_short_limit_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cold start and the submission must both fit."""
    words = ["prairielearn", "--output", str(tmp_path / "a.zip"), "--limit", "70"]
    assert cli.main([*PACKAGE, *words]) == 0
    assert "a submission gets 10 s" in capsys.readouterr().err


def test_the_workflow_is_one(tmp_path: Path) -> None:
    """YAML with one job, which has the image and keeps the token from the program."""
    place = tmp_path / "grade.yml"
    assert cli.main([*PACKAGE, "github", "--output", str(place), "--image", "x@sha256:0"]) == 0
    workflow = yaml.safe_load(place.read_text())
    job = workflow["jobs"]["grade"]
    assert job["container"]["image"] == "x@sha256:0"
    assert any("--format github-actions" in step.get("run", "") for step in job["steps"])
    assert workflow["permissions"] == {"contents": "read"}


def test_a_package_has_the_worked_examples_that_its_rubric_names() -> None:
    """And no others; without them its rubric could not be read."""
    files = bank_files(bank.load("dropout"))
    packed = {name for name in files if name.startswith(worked.FOLDER)}
    assert packed == {f"{worked.FOLDER}/{file.name}" for file in bank.example_files("dropout")}
    assert len(packed) > 3


def test_a_students_folder_has_the_examples_as_hints() -> None:
    """It has no file of them: each stands in the rubric's own list."""
    files, _ = public_bank(bank.load("dropout"))
    assert not [name for name in files if name.startswith(worked.FOLDER)]
    rubric = yaml.safe_load(files["rubrics/dropout.yaml"].data)
    assert {len(check["hints"]) for check in rubric["checks"]} == {4}
    assert all(check["hints"][-1].startswith(worked.LEAD) for check in rubric["checks"])
