"""What a platform says of a hand-in: read where it can be, and never in the way of a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.handin import UnreadableHandin, from_environment, read
from grader.model import Handin

GRADESCOPE: dict[str, Any] = {
    "id": 123456,
    "created_at": "2026-03-02T09:30:00.000000-08:00",
    "assignment": {
        "due_date": "2026-03-01T23:59:00.000000-08:00",
        "group_size": None,
        "id": 25828,
        "title": "Programming 1",
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [
        {"submission_time": "2026-02-27", "score": "7.5", "autograder_error": False},
        {"submission_time": "2026-02-28", "score": 0.0, "autograder_error": True},
    ],
}  # fmt: skip

plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def written(folder: Path, value: Any) -> Path:
    place = folder / "submission_metadata.json"
    place.write_text(json.dumps(value))
    return place


def test_gradescope_tells_attempt_and_lateness(tmp_path: Path) -> None:
    """A hand-in on which the autograder itself failed is no attempt."""
    assert read(written(tmp_path, GRADESCOPE)) == Handin(
        student="1234",
        attempt=2,
        late=True,
        submitted=GRADESCOPE["created_at"],
        due=GRADESCOPE["assignment"]["due_date"],
        earlier=(7.5,),
    )


def test_a_table_of_ones_own_is_read(tmp_path: Path) -> None:
    """For platforms that hand over no file of their own."""
    told = {"student": "s1", "attempt": 3, "late": False, "names": {"OWNER": "s1"}}
    assert read(written(tmp_path, told)) == Handin(
        student="s1", attempt=3, late=False, names={"OWNER": "s1"}
    )


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "7", "[" * 100_000, "\x00"])
def test_what_is_no_table_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    """The caller goes on without it."""
    place = tmp_path / "metadata.json"
    place.write_text(text)
    with pytest.raises(UnreadableHandin, match=r"metadata.json .*\."):
        read(place)


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    """As above."""
    with pytest.raises(UnreadableHandin, match="can't be read"):
        read(tmp_path / "metadata.json")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(value=st.dictionaries(st.sampled_from([*GRADESCOPE, "late", "due", "names"]), plain))
def test_any_table_is_read(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    """A newer version's fields, or nonsense in known ones, cost those facts and no more."""
    assert isinstance(read(written(tmp_path_factory.mktemp("handin"), value)), Handin)


def test_only_classroom_50_speaks_through_the_environment() -> None:
    """Its CLASSROOM is the sign; a USERNAME alone is any machine's."""
    assert from_environment({"USERNAME": "root"}) == Handin()
    told = from_environment({"CLASSROOM": "c", "USERNAME": "ada", "PATH": "/bin"})
    assert told == Handin(student="ada", names={"CLASSROOM": "c", "USERNAME": "ada"})
