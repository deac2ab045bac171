"""What goes into a package: the grader, one exercise's part of the bank, and the ways in."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import grader
from grader import bank, decided, worked
from grader.model import Exercise, SubmissionKind

PROGRAM, TEXT, SECRET = 0o755, 0o644, 0o600
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Two packages of the same files are the same bytes: no time is told in them."""
BUNDLE = "grade"
"""The folder of a package that holds the grader and the bank."""
MARK = "PACKAGE"
"""A file in it, by which the grader there knows that it is part of a package."""

_REFERENCE = ("solution.py", "checks.py", "curves.json")
"""Of a reference; its cases are for ``grade verify``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package."""

    data: bytes
    mode: int = TEXT


Files = dict[str, Entry]
"""Path in the package → file."""


def text(said: str, mode: int = TEXT) -> Entry:
    """A file of text."""
    return Entry(said.lstrip("\n").encode(), mode)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be packed.

    ``image`` names the image that the platform runs (empty: its own), ``wheels`` a folder of
    wheels that is packed too; ``limit_s`` is the platform's time limit for one grading.
    """

    exercise: Exercise
    platform: str
    limit_s: int
    image: str = ""
    wheels: Path | None = None

    @property
    def hand_in(self) -> str:
        """The name of the file that students hand in."""
        is_notebook = self.exercise.submit is SubmissionKind.NOTEBOOK
        return f"{self.exercise.id}{'.ipynb' if is_notebook else '.py'}"

    @cached_property
    def bundle(self) -> Files:
        """The grader's source and this exercise's part of the bank, below one folder."""
        files = {**source_files(), **bank_files(self.exercise)}
        if self.exercise != bank.load(self.exercise.id):
            said = json.dumps(decided.to_plain(self.exercise), indent=2, allow_nan=False)
            files[bank.decided_name(self.exercise.id)] = text(f"{said}\n", SECRET)
        files[MARK] = text(f"{self.exercise.id} for {self.platform}\n")
        return {f"{BUNDLE}/{name}": entry for name, entry in files.items()}

    def command(self) -> str:
        """The words after ``python``, once the bundle is on its path."""
        return (
            f"-m grader.package.run --platform {self.platform} --exercise {self.exercise.id} "
            f"--limit {self.limit_s}"
        )

    def ways_in(self, name: str, *, home: str = "") -> Files:
        """A shell script that starts the grading, and the one that finds a Python for it.

        ``home`` is where the package lies, if the platform moves the script away from it.
        """
        place = home or '$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)'
        script = _WAY_IN.format(home=place, bundle=BUNDLE, command=self.command())
        return {name: text(script, PROGRAM), "find-python": text(FIND_PYTHON, PROGRAM)}


_WAY_IN = """
#!/bin/sh
# Starts the grading, which writes a result for the platform whatever the hand-in does.
home={home}
python=$(sh "$home/find-python" "$home") || exit 1
PYTHONPATH="$home/{bundle}" PYTHONDONTWRITEBYTECODE=1 exec "$python" {command} "$@"
"""

FIND_PYTHON = """
#!/bin/sh
# Prints a Python that can grade: the one that GRADE_PYTHON names, the package's own
# environment, the image's, or one of the machine's.
can='import sys
from importlib.util import find_spec
needed = "torch torchvision IPython jinja2 markdown_it matplotlib nbclient nbformat nh3 numpy"
needed += " pygments pytest pytest_timeout yaml safetensors tqdm wcwidth"
sys.exit(sys.version_info < (3, 11) or not all(map(find_spec, needed.split())))'
for python in "$GRADE_PYTHON" "$1/env/bin/python" /opt/grade/bin/python \\
  python3 python3.14 python3.13 python3.12 python3.11 python; do
  [ -n "$python" ] || continue
  command -v "$python" >/dev/null 2>&1 || continue
  "$python" -c "$can" >/dev/null 2>&1 && { command -v "$python"; exit 0; }
done
echo "There is no Python 3.11 or newer here that has PyTorch and what else the grader needs." >&2
echo "Run the image that the package was made for, or make the package with --wheels." >&2
exit 1
"""


def source_files() -> Files:
    """The grader's own source."""
    root = Path(grader.__file__).parent
    return {f"grader/{name}": Entry(data) for name, data in _below(root)}


def bank_files(exercise: Exercise) -> Files:
    """One exercise's part of the bank: its reference is there, its cases are not."""
    root = bank.root_of(exercise.id)
    files = {
        f"exercises/{exercise.id}/{name}": Entry(data)
        for name, data in _below(exercise.starter.parent)
    }
    for name in _REFERENCE:
        if (exercise.reference / name).is_file():
            data = (exercise.reference / name).read_bytes()
            files[f"reference/{exercise.id}/{name}"] = Entry(data, SECRET)
    rubric = f"rubrics/{exercise.id}.yaml"
    files[rubric] = Entry((root / rubric).read_bytes(), SECRET)
    for file in bank.example_files(exercise.id):
        files[f"{worked.FOLDER}/{file.name}"] = Entry(file.read_bytes(), SECRET)
    for name in exercise.data:
        folder = bank.dataset_folder(name)
        files |= {f"datasets/{name}/{part}": Entry(data, SECRET) for part, data in _below(folder)}
    return files


def _below(folder: Path) -> list[tuple[str, bytes]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in files
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    ]


def as_zip(files: Mapping[str, Entry]) -> bytes:
    """A zip with these files, by name; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix: the mode below is read
            info.external_attr = (0o100000 | entry.mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.data)
    return buffer.getvalue()


def as_tar(files: Mapping[str, Entry]) -> bytes:
    """The same as a plain tar, owned by root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, entry in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(entry.data), entry.mode
            archive.addfile(info, io.BytesIO(entry.data))
    return buffer.getvalue()
