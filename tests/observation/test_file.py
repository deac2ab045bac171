"""An observation as a file: what is written is read, and nothing else is."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.cli import main
from grader.observation import file
from grader.observation.record import Training
from kept import observation


def packed(plain: Any) -> bytes:
    """Anything that JSON says, as a file would have it."""
    return zlib.compress(json.dumps(plain).encode())


def unpacked(data: bytes) -> dict[str, Any]:
    """The JSON of a file."""
    plain: dict[str, Any] = json.loads(zlib.decompress(data))
    return plain


def test_what_is_written_is_read_back() -> None:
    """Every field of every record comes back as it was, numbers that JSON doesn't have too."""
    seen = replace(observation(), curves={"loss": (1.0, float("inf"))})
    assert file.decode(file.encode(seen), "it") == seen


def test_the_schema_in_the_repository_is_that_of_the_classes() -> None:
    """observation.schema.json is derived, and takes what is written."""
    shipped = json.loads(file.SCHEMA_FILE.read_text(encoding="utf-8"))
    assert shipped == file.schema(), "run scripts/write_observation_schema.py"
    jsonschema.validate(unpacked(file.encode(observation())), shipped)


WRONG: dict[str, tuple[tuple[str | int, ...], object]] = {
    "a key that nobody knows": (("more",), 1),
    "a word that is no outcome": (("run", "outcome"), "fine"),
    "a text for a number": (("run", "wall_s"), "long"),
    "a number that JSON doesn't have": (("metrics",), {"x": 1e999}),
    "a number too large": (("run", "seed"), 1 << 80),
    "true for a number": (("run", "cpu_s"), True),
    "a list for a table": (("run", "data"), []),
    "a line number that is none": (("submission", "cells", 0, "number"), 1.5),
    "a row that is no plain value": (("kept", "training"), {"ended": "", "rows": {}}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_malformed_is_refused_with_its_place(wrong: str) -> None:
    """The message names the field, and what to do next."""
    path, value = WRONG[wrong]
    plain = unpacked(file.encode(observation()))
    inner: Any = plain
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(file.BadObservation, match=r"Grade the submission again|grade … --keep"):
        file.decode(packed(plain), "it")


def test_a_missing_field_is_named() -> None:
    """A file of which a part was cut out is no observation."""
    plain = unpacked(file.encode(observation()))
    del plain["run"]["seed"]
    with pytest.raises(file.BadObservation, match=r"run: 'seed' is missing"):
        file.decode(packed(plain), "it")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no zlib", packed([]), packed({"schema": "grade.observation/2"}),
        file.encode(observation())[:-20], file.encode(observation()) + b"more",
        zlib.compress(b"[" * 100_000), zlib.compress(b'{"a": NaN}'), zlib.compress(b"\xff"),
        zlib.compress(bytes(257 << 20), 1),
    ],
    ids=["empty", "text", "a list", "newer", "cut", "longer", "deep", "nan", "no text", "a bomb"],
)  # fmt: skip
def test_what_is_no_observation_is_refused(data: bytes) -> None:
    """Whatever the bytes are, it is one sentence."""
    with pytest.raises(file.BadObservation, match=r"^it "):
        file.decode(data, "it")


def test_the_command_says_what_is_wrong_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No such file, a folder, rows that no recorder writes, another exercise: exit code 2."""
    rows = tmp_path / "rows"
    seen = observation(kept_training=Training(ended="", rows=(["forward", 1],)))
    rows.write_bytes(file.encode(seen))
    other = tmp_path / "other"
    other.write_bytes(file.encode(observation()))
    for words in (
        ["judge", str(tmp_path / "none")],
        ["judge", str(tmp_path)],
        ["judge", str(rows)],
        ["judge", str(other), "--exercise", "spiral"],
    ):
        assert main(words) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("grade: ")
