"""The public result: strict JSON that its schema accepts, in files that are whole or not there."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export.files import check_writable, write_atomically
from grader.export.json import SCHEMA_FILE, render_json, strict, to_result
from grader.model import CellOutput, CellStatus, ExecutedCell, Outcome, Report
from records import FINDING, IN_CELL, failed, passed, report

SCHEMA = json.loads(SCHEMA_FILE.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

ALL = [
    report(passed("zero_grad"), passed("learns")),
    report(failed("zero_grad", FINDING), failed("learns", IN_CELL, FINDING)),
    *(report(passed("zero_grad"), outcome=outcome) for outcome in Outcome),
]
CELLS = tuple(
    ExecutedCell(
        number=number,
        status=status,
        duration_s=0.1234567,
        outputs=(CellOutput(kind="stream", name="stdout", data={"text/plain": "PRINTED"}),),
        after_failure=(2,) if number == 3 else (),
    )
    for number, status in enumerate(CellStatus, 1)
)
NOTEBOOK = dataclasses.replace(
    ALL[0], run=dataclasses.replace(ALL[0].run, cells=CELLS, data={"mnist": "subset"})
)
ALL.append(NOTEBOOK)


# --- the schema -----------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    """The shipped file is itself valid JSON Schema, draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("given", ALL)
def test_every_result_follows_the_schema(given: Report) -> None:
    """Whatever the outcome."""
    VALIDATOR.validate(json.loads(render_json(given), parse_constant=_refuse))


def _refuse(word: str) -> NoReturn:
    pytest.fail(f"{word} is no JSON")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "grade.result/2"),
        ("outcome", "fine"),
        ("score", None),
        ("score", "full"),
        ("passed", 1),
        ("checks.0.status", "ok"),
        ("checks.0.findings", [-1]),
        ("checks.0.visibility", "staff"),
        ("findings.0.level", "fatal"),
        ("findings.0.line", 0),
        ("findings.0.rule", "Gradients Not Cleared"),
        ("metrics.test_accuracy", "NaN"),
        ("curves.loss", [None]),
        ("submission.sha256", "abc"),
        ("submission.kind", "essay"),
        ("run.isolation.level", "strong"),
        ("run.data.mnist", "half"),
        ("notebook.cells", None),
        ("notebook.cells.0.status", "fine"),
        ("notebook.cells.0.number", 0),
        ("notebook.cells.2.after_failure", [0]),
        ("output.truncated", "no"),
    ],
)
def test_the_schema_refuses_other_words(path: str, value: object) -> None:
    """The words of the contract are in it, not only the shapes."""
    found = report(failed("zero_grad", FINDING), passed("learns"))
    result: Any = to_result(dataclasses.replace(found, run=NOTEBOOK.run))
    assert VALIDATOR.is_valid(result)
    put(result, path.split("."), value)
    assert not VALIDATOR.is_valid(result)


def put(target: Any, path: list[str], value: object) -> None:
    for name in path[:-1]:
        target = target[int(name)] if isinstance(target, list) else target[name]
    assert path[-1] in target
    target[path[-1]] = value


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_no_key_may_be_missing(key: str) -> None:
    """Every key of the contract is required."""
    result = to_result(ALL[0])
    del result[key]
    assert not VALIDATOR.is_valid(result)


def test_a_fault_of_the_grader_has_no_score() -> None:
    """Not even zero; and a score with such an outcome breaks the schema."""
    result = to_result(report(passed("zero_grad"), outcome=Outcome.GRADER_FAULT))
    assert result["score"] is None
    assert not VALIDATOR.is_valid(result | {"score": 0})


# --- what stands in it ----------------------------------------------------------------


def test_checks_point_to_the_findings_that_explain_them() -> None:
    """Findings are listed once; checks hold their places in that list."""
    result = to_result(ALL[1])
    assert [finding["line"] for finding in result["findings"]] == [8, 3, None]
    assert [finding["cell"] for finding in result["findings"]] == [None, 2, None]
    assert [check["findings"] for check in result["checks"]] == [[0], [0, 1]]
    assert [check["title"] for check in result["checks"]] == ["Gradients are cleared", "It learns"]


def test_a_check_and_a_finding_carry_all_they_know() -> None:
    """The records arrive key by key."""
    result = to_result(ALL[1])
    assert result["checks"][0] == {
        "id": "zero_grad",
        "title": "Gradients are cleared",
        "status": "failed",
        "score": 0.0,
        "max_score": 2,
        "visibility": "public",
        "message": "m",
        "details": ["fc1[0]"],
        "findings": [0],
        "crash": {
            "type": "ValueError",
            "message": "no",
            "explanation": "what no means",
            "values": [{"name": "x", "value": "None"}],
            "frames": [{"file": "work.py", "line": 4, "cell": None, "source": "f()"}],
        },
        "compared": [],
        "duration_s": 0.0,
    }
    assert result["findings"][0] == {
        "rule": "gradients-not-cleared",
        "level": "error",
        "file": "work.py",
        "line": 8,
        "cell": None,
        "step": 2,
        "what": "step 2 adds its gradients to those of step 1",
        "evidence": [
            {
                "label": "before",
                "expected": "none",
                "actual": "those of step 1",
                "sentence": "Before: those of step 1 (expected: none).",
            }
        ],
        "fix": "clear the gradients once per step",
        "why": "PyTorch adds to .grad",
    }


def test_a_notebooks_cells_are_told_without_their_outputs() -> None:
    """What became of each; a submission of another kind has no such key."""
    text = render_json(NOTEBOOK)
    assert "PRINTED" not in text
    cells = json.loads(text)["notebook"]["cells"]
    assert [cell["status"] for cell in cells] == [
        "ok",
        "failed",
        "timed_out",
        "skipped",
        "not_run",
    ]
    assert cells[2] == {
        "number": 3,
        "status": "timed_out",
        "duration_s": 0.123,
        "after_failure": [2],
    }
    assert "notebook" not in to_result(ALL[0])


def test_the_form_of_the_data_is_told() -> None:
    """By the name of each set; nothing where an exercise needs none."""
    assert to_result(NOTEBOOK)["run"]["data"] == {"mnist": "subset"}
    assert to_result(ALL[0])["run"]["data"] == {}


def test_numbers_that_json_lacks_are_strings() -> None:
    """A loss that became nan stays visible as such."""
    assert to_result(ALL[0])["curves"]["loss"] == [2.3, "nan", "inf", "-inf"]


def test_numbers_are_rounded_to_what_they_can_say() -> None:
    """Sums of points have no digits of the conversion; seconds have milliseconds."""
    result = to_result(dataclasses.replace(ALL[0], metrics={"a": 0.1 + 0.2, "b": 1 / 3}))
    assert result["metrics"] == {"a": 0.3, "b": 0.3333333}
    assert result["run"]["wall_s"] == 1.235
    assert result["score"] == result["max_score"] == 2.3


def test_one_line_is_one_line() -> None:
    """Without an indent no kind of line break is left in the text."""
    noisy = dataclasses.replace(ALL[0], metrics={"a\u2028b\u0085": 1.0})
    assert len(render_json(noisy, indent=None).splitlines()) == 1


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=10,
)


@given(plain)
def test_any_plain_value_becomes_strict_json(value: object) -> None:
    """Lone surrogates and non-finite numbers included."""
    json.dumps(strict(value), allow_nan=False, ensure_ascii=False).encode("utf-8")


# --- files ----------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_in_one_move(tmp_path: Path) -> None:
    """A reader that loops sees the old text or the new one, and no other file stays behind."""
    path = tmp_path / "out.json"
    texts = ["a" * 100_000, "b" * 200_000]
    write_atomically(path, texts[0])
    seen: set[str] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(20):
        write_atomically(path, texts[number % 2])
    done.set()
    reader.join()
    assert seen <= set(texts)
    assert names(tmp_path) == ["out.json"]


def test_a_new_file_has_the_modes_of_any_other(tmp_path: Path) -> None:
    """The umask decides who can read a result, as for a file that the shell makes."""
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "out.json", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs the new result only, and leaves no half of it behind."""
    path = tmp_path / "out.json"
    path.write_text("old")

    def full(fd: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced."""
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real").write_text("old")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_devices_are_written_to_and_never_replaced(tmp_path: Path) -> None:
    """--output /dev/null must not make a file of it."""
    check_writable(Path("/dev/null"))
    write_atomically(Path("/dev/null"), "x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_an_unwritable_place_is_found_beforehand(tmp_path: Path) -> None:
    """A missing folder, a folder, and a read-only file system are each said."""
    with pytest.raises(UsageError, match="doesn't exist"):
        check_writable(tmp_path / "gone" / "out.json")
    with pytest.raises(UsageError, match="is a folder"):
        check_writable(tmp_path)
    with pytest.raises(UsageError, match="can't be written"):
        check_writable(Path("/proc/out.json"))


def test_looking_beforehand_leaves_no_trace(tmp_path: Path) -> None:
    """Neither a new file nor a change of the old one."""
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    check_writable(tmp_path / "new")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "old"
