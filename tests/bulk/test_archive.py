"""Zips: hostile, broken and odd ones. Nothing of them is written anywhere."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk.folders import CODE, by_name, lay, taken, zipped
from grader.bulk import archive


def _problem(top: Path) -> str:
    (hand_in,) = taken(top).hand_ins
    return hand_in.problem


def _encrypted(data: bytes) -> bytes:
    """The same zip with the flag of encryption set in both places that have it."""
    changed = bytearray(data)
    changed[data.index(b"PK\x03\x04") + 6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def _link(name: str, target: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o120777 << 16
        made.writestr(info, target)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zip at all", "no zip that can be read"),
        (b"", "it is empty"),
        (zipped({"a.py": CODE})[:-8], "no zip that can be read"),
        (_encrypted(zipped({"a.py": CODE})), "a.py: it is encrypted"),
        (zipped({"../a.py": CODE}), "its name leads out of the zip"),
        (zipped({"/etc/a.py": CODE}), "its name leads out of the zip"),
        (zipped({"C:\\a.py": CODE}), "its name leads out of the zip"),
        (_link("a.py", "/etc/passwd"), "a.py: it is a link"),
        (b"PK\x01\x02" * (archive.MAX_ENTRIES + 1), "more than 60,000 files"),
        (zipped({}), "the folder is empty"),
        (zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d.py": CODE})})})}),
         "a zip in a zip in a zip"),
    ],
)  # fmt: skip
def test_a_bad_zip_is_a_sentence_for_its_student(tmp_path: Path, data: bytes, said: str) -> None:
    """The student has a row that says what is wrong; the class goes on."""
    assert said in _problem(lay(tmp_path, {"ann.zip": data}))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """What would grow a thousandfold is refused by its listing, before a byte is unpacked."""
    lay(tmp_path, {"ann.zip": zipped({"a.py": b"\0" * (64 << 20)})})
    (hand_in,) = taken(tmp_path).hand_ins
    assert hand_in.file is not None
    with pytest.raises(archive.BadArchive, match="made to fill a disk"):
        archive.read(hand_in.file.on_disk, hand_in.file.inside, 5 << 20)


def test_a_zip_that_lies_about_sizes_gives_no_more_than_asked_for(tmp_path: Path) -> None:
    """What an entry unpacks to is bounded while it is read, whatever its listing says."""
    data = bytearray(zipped({"a.py": b"x" * (1 << 20)}))
    place = bytes(data).index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 100)
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(archive.BadArchive):
        archive.read(path, ("a.py",), 1000)


def test_a_nested_zip_and_windows_names_are_read(tmp_path: Path) -> None:
    """A zip in a student's zip counts as a folder, and so does a backslash."""
    top = lay(
        tmp_path,
        {
            "ann.zip": zipped({"hw.zip": zipped({"solution.py": CODE})}),
            "ben.zip": zipped({"hw\\solution.py": CODE}),
        },
    )
    found = by_name(taken(top))
    assert found["ann"].path == "ann.zip/hw.zip/solution.py"
    assert found["ben"].path == "ben.zip/hw/solution.py"
    for each in found.values():
        assert each.file is not None
        assert archive.read(each.file.on_disk, each.file.inside, 1000) == CODE.encode()


def test_beside_what_is_refused_the_rest_is_graded(tmp_path: Path) -> None:
    """One entry with a bad name costs that entry, and is named."""
    lay(tmp_path, {"ann.zip": zipped({"../evil.py": CODE, "good.py": CODE})})
    ann = by_name(taken(tmp_path))["ann"]
    assert ann.name == "good.py"
    assert ann.notes == ("Passed over ann.zip/evil.py: its name leads out of the zip.",)


_LEADING_OUT = ["..", "../../x.py", "/x.py", "a/../../b.py", "con.py", "a//b.py", "\\\\x\\y.py"]
_NAME = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30) | st.sampled_from(
    _LEADING_OUT
)


def test_an_environment_in_a_zip_is_passed_over_as_one(tmp_path: Path) -> None:
    """Of thousands of files that an installer made none is graded, and they are named once."""
    files = {f"hw/venv/lib/{number}.py": "" for number in range(3000)}
    lay(tmp_path, {"ann.zip": zipped({**files, "hw/work.py": CODE}), "ben/venv/x.py": CODE})
    found = taken(tmp_path)
    assert by_name(found)["ann"].name == "work.py"
    assert by_name(found)["ann"].notes == ()
    assert by_name(found)["ben"].problem
    assert [each.path for each in found.passed] == ["ann.zip/hw/venv", "ben/venv"]


@settings(deadline=None)  # a busy machine
@given(st.dictionaries(_NAME, st.binary(max_size=50), max_size=6), st.binary(max_size=6))
def test_no_zip_breaks_the_class_or_writes_a_file(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], noise: bytes
) -> None:
    """Whatever its names are and wherever it is cut: one student, one hand-in, nothing written."""
    top = tmp_path_factory.mktemp("class", numbered=True)
    try:
        data = zipped(dict(files))
    except UnicodeEncodeError:  # half a character is in no zip
        return
    (top / "ann.zip").write_bytes(data[: len(data) - len(noise)] + noise)
    (top / "ben.py").write_text(CODE)
    before = sorted(top.iterdir())
    found = taken(top)
    assert {each.student.name for each in found.hand_ins} == {"ann", "ben"}
    assert sorted(top.iterdir()) == before
    for each in found.hand_ins:
        f"{each.path}{each.problem}{each.notes}".encode()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_zip_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Broken archives raise one kind of error only."""
    path = tmp_path_factory.mktemp("zip", numbered=True) / "a.zip"
    path.write_bytes(zipped({"a.py": CODE})[:40] + data)
    with pytest.raises(archive.BadArchive):
        archive.entries(path, ())
