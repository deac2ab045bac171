"""One file of a student into a Submission: decoded, and neither parsed nor run.

The text is hostile: whether it is Python at all is found out in the student's process. What
is refused here is what can't be read as text or as a notebook, with a sentence that says
what happened, what was expected and what to do next.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import io
import json
import os
import re
import stat
import tokenize
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.errors import BadSubmission
from grader.model import Cell, Prose, Submission, SubmissionKind

MAX_CODE_BYTES = 5 << 20
"""The largest Python file, and the most code in a notebook."""

MAX_ANSWERS_BYTES = 1 << 20
"""The largest table of answers."""

MAX_NOTEBOOK_BYTES = 100 << 20
"""The largest notebook: pictures in its outputs weigh much more than its code."""

# A parsed ``[]`` takes twenty times the memory of its three characters. Pictures in outputs
# are long strings without these marks, so honest notebooks stay far below.
_MAX_JSON_MARKS = 4_000_000

_MARKS = (b"[", b"{", b",")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)

# The first thing in a file that only Python begins with, after blank lines and comments.
_PYTHON_LINE = re.compile(
    rb"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?:import|from|def|class|async def)[ \t]+\w|"
    rb"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?:\"\"\"|''')"
)

_PYTHON = ".py"
_NOTEBOOK = ".ipynb"
_ANSWERS = (".yaml", ".yml")
_NOTEBOOK_FORMAT = 4

_LANGUAGES = {"ir": "R", "julia": "Julia", "octave": "Octave", "bash": "Bash", "scala": "Scala"}
"""What the kernels of these names run, for files that don't say."""

# Encodings that turn ASCII into another text, move lines or take quadratic time. What is left
# of that kind (EBCDIC, UTF-16 by name) changes the probe.
_NOT_FOR_SOURCE = {"idna", "punycode", "utf-7", "unicode-escape", "raw-unicode-escape"}
_ASCII_PROBE = bytes(range(32, 127)) + b"\t\n\r\f"

_SAVE_AS_UTF8 = "Save the file as UTF-8 and hand it in again."
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: Path, submit: SubmissionKind, *, answers: bool = False) -> Submission:
    """Reads the file that a student hands in.

    Args:
        path: a ``.py`` or ``.ipynb`` file. Symbolic links, pipes and devices are refused.
        submit: how the exercise wants it; every exercise takes a notebook too.
        answers: whether the exercise takes a table of answers, a ``.yaml`` file, as well.

    Returns:
        The submission; line numbers of its cells are those of the file.

    Raises:
        BadSubmission: the file is missing, unreadable, or neither Python nor a notebook.
    """
    return parse(read_bytes(path, answers=answers), path.name, submit)


def read_bytes(path: Path, *, answers: bool = False) -> bytes:
    """The bytes of a file that a student hands in; what they hold is found out by :func:`parse`.

    Raises:
        BadSubmission: the file is missing, unreadable, too large, or of another kind.
    """
    endings = (_PYTHON, _NOTEBOOK, *_ANSWERS) if answers else (_PYTHON, _NOTEBOOK)
    return _read_bytes(path, _printable(path.name), MAX_NOTEBOOK_BYTES, endings)


def parse(raw: bytes, name: str, submit: SubmissionKind) -> Submission:
    """Reads what a file holds: as :func:`read`, for bytes that come from elsewhere.

    Raises:
        BadSubmission: they are too many, or neither Python nor a notebook.
    """
    suffix = Path(name).suffix.lower()
    name = _printable(name)
    kind, limit = _kind_of(raw, suffix, submit)
    if len(raw) > limit:
        raise _too_large(name, limit)
    cells: tuple[Cell, ...] = ()
    prose: tuple[Prose, ...] = ()
    problem = ""
    try:
        if suffix in _ANSWERS:
            cells = _answers(raw, name)
        else:
            cells, prose = _contents(raw, name, kind)
    except Unrunnable as sentence:
        problem = str(sentence)
    sha256 = hashlib.sha256(raw).hexdigest()
    return Submission(
        name=name, sha256=sha256, kind=kind, cells=cells, problem=problem, prose=prose
    )


def _kind_of(raw: bytes, suffix: str, submit: SubmissionKind) -> tuple[SubmissionKind, int]:
    """What the file is, by what it holds where its name says otherwise, and its largest size."""
    if suffix in _ANSWERS:
        return SubmissionKind.MODULE, MAX_ANSWERS_BYTES
    is_notebook = suffix == _NOTEBOOK and not _PYTHON_LINE.match(raw, _begin(raw))
    if is_notebook or (suffix == _PYTHON and _looks_like_a_notebook(raw)):
        return SubmissionKind.NOTEBOOK, MAX_NOTEBOOK_BYTES
    # A notebook saved as a program runs from top to bottom, as its cells would.
    script = submit is SubmissionKind.NOTEBOOK
    return SubmissionKind.SCRIPT if script else submit, MAX_CODE_BYTES


def _begin(raw: bytes) -> int:
    return len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0


def _looks_like_a_notebook(raw: bytes) -> bool:
    """Whether a file named as Python holds a notebook's JSON: an object with cells and a format."""
    if not raw[_begin(raw) :].lstrip().startswith(b"{"):
        return False
    return b'"nbformat"' in raw and (b'"cells"' in raw or b'"worksheets"' in raw)


class Unrunnable(Exception):
    """The file is a student's work and can't be run; it is graded, as invalid."""


def _contents(
    raw: bytes, name: str, kind: SubmissionKind
) -> tuple[tuple[Cell, ...], tuple[Prose, ...]]:
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise Unrunnable(
            f"{name} is empty; Python code was expected. Check that the file was saved before "
            "it was handed in."
        )
    if kind is SubmissionKind.NOTEBOOK:
        return _notebook_cells(raw, name)
    return (Cell(number=0, source=python_text(raw, name)),), ()


def _answers(raw: bytes, name: str) -> tuple[Cell, ...]:
    """A table of answers as text; what it says is found out in the student's process."""
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise Unrunnable(
            f"{name} is empty; a table of answers was expected. Check that the file was saved "
            "before it was handed in."
        )
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise Unrunnable(f"{name} is not UTF-8 text. {_SAVE_AS_UTF8}") from None
    return (Cell(number=0, source=_unix_lines(text)),)


def _printable(text: str) -> str:
    """A file's name without what could move a terminal's cursor or break a line."""
    return "".join(char if char.isprintable() else "?" for char in text)


# --- bytes ----------------------------------------------------------------------------


def _read_bytes(path: Path, name: str, limit: int, endings: tuple[str, ...]) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes."""
    try:
        # Non-blocking: opening a pipe that nobody writes to would wait for ever.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError) as problem:
        raise _cannot_open(problem, path, name) from None
    try:
        _check_kind(os.fstat(fd).st_mode, path, name, endings)
        raw = _read_at_most(fd, limit + 1, name)
    finally:
        os.close(fd)
    if len(raw) > limit:
        raise _too_large(name, limit)
    return raw


def _too_large(name: str, limit: int) -> BadSubmission:
    return BadSubmission(
        f"{name} has more than {limit >> 20} MiB, the most that is graded. Take data out of "
        "the code, clear a notebook's outputs, and hand it in again."
    )


def _check_kind(mode: int, path: Path, name: str, endings: tuple[str, ...]) -> None:
    if stat.S_ISDIR(mode):
        raise _is_folder(path, name)
    if path.suffix.lower() not in endings:
        table = f", nor a table of answers ({_ANSWERS[0]})" if _ANSWERS[0] in endings else ""
        raise BadSubmission(
            f"{name} is neither Python nor a notebook{table}: its name was expected to end in "
            f"{_PYTHON} or {_NOTEBOOK}. Hand in the {_PYTHON} file or the notebook itself."
        )
    if not stat.S_ISREG(mode):
        raise BadSubmission(
            f"{name} is a pipe or a device; a regular file was expected. "
            "Copy its contents into a file and hand that in."
        )


def _read_at_most(fd: int, limit: int, name: str) -> bytes:
    """Reads until the end or the limit; the size that ``fstat`` gives can be a lie."""
    chunks: list[bytes] = []
    left = limit
    try:
        while left > 0 and (chunk := os.read(fd, min(left, 1 << 20))):
            chunks.append(chunk)
            left -= len(chunk)
    except OSError as problem:
        raise BadSubmission(
            f"{name} could not be read ({problem.strerror}). Copy it to another place and try "
            "again."
        ) from None
    return b"".join(chunks)


def _cannot_open(problem: OSError | ValueError, path: Path, name: str) -> BadSubmission:
    code = problem.errno if isinstance(problem, OSError) else errno.EINVAL
    if code == errno.ELOOP and path.is_symlink():
        return BadSubmission(
            f"{name} is a symbolic link, and links are not followed. Hand in the file that it "
            "points to."
        )
    if code in (errno.ENOENT, errno.ENOTDIR):
        return BadSubmission(
            f"There is no file {_printable(str(path))}. Check the name and the folder; a .py or "
            ".ipynb file was expected."
        )
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return BadSubmission(
        f"{_printable(str(path))} can't be opened ({reason}); a readable .py or .ipynb file was "
        "expected. Check its name and permissions."
    )


def _is_folder(path: Path, name: str) -> BadSubmission:
    try:
        files = sorted(entry for entry in os.listdir(path) if _looks_right(entry))  # noqa: PTH208  # names are enough
    except OSError:
        files = []
    there = f" (it holds {', '.join(map(_printable, files[:3]))})" if files else ""
    return BadSubmission(
        f"{name} is a folder; one .py or .ipynb file was expected. Name the file in it{there}."
    )


def _looks_right(name: str) -> bool:
    return name.lower().endswith((_PYTHON, _NOTEBOOK))


# --- text -----------------------------------------------------------------------------


def python_text(raw: bytes, name: str) -> str:
    """Python source as text: encoding as PEP 263 has it, every line end a line feed."""
    if raw.startswith(_WIDE_MARKS):
        raise Unrunnable(f"{name} is saved as UTF-16 or UTF-32. {_SAVE_AS_UTF8}")
    if b"\0" in raw:
        raise BadSubmission(
            f"{name} is not Python text: it holds NUL bytes, as binary files and UTF-16 do. "
            f"{_SAVE_AS_UTF8}"
        )
    encoding = _declared_encoding(raw, name)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as problem:
        line = len(re.findall(rb"\r\n|\r|\n", raw[: problem.start])) + 1
        raise Unrunnable(
            f"{name}, line {line}: the byte 0x{raw[problem.start]:02x} is not {encoding} text. "
            "Save the file as UTF-8, or name its encoding in the first line "
            "(# -*- coding: latin-1 -*-), and hand it in again."
        ) from None
    return _unix_lines(text)


def _declared_encoding(raw: bytes, name: str) -> str:
    """The encoding that a byte-order mark or a coding line names; UTF-8 without them."""
    head = io.BytesIO(re.sub(rb"\r\n?", b"\n", raw[:8192]))
    try:
        encoding, _ = tokenize.detect_encoding(head.readline)
        odd = codecs.lookup(encoding).name in _NOT_FOR_SOURCE
        if odd or _ASCII_PROBE.decode(encoding) != _ASCII_PROBE.decode("ascii"):
            raise Unrunnable(
                f"{name} names the encoding {encoding!r}, which is not one for source code. "
                f"{_SAVE_AS_UTF8}"
            )
    except (SyntaxError, LookupError, ValueError) as problem:
        reason = _printable(str(problem).partition("\n")[0])[:120]
        raise Unrunnable(f"{name} is not readable as text: {reason}. {_SAVE_AS_UTF8}") from None
    return encoding


def _unix_lines(text: str) -> str:
    """Every line end as Python counts lines: CR LF and a lone CR each end one line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- notebooks ------------------------------------------------------------------------


def _notebook_cells(raw: bytes, name: str) -> tuple[tuple[Cell, ...], tuple[Prose, ...]]:
    """The code cells, numbered from 1 as their author counts them, and the prose."""
    data = _parse_json(raw, name)
    version = data.get("nbformat") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(version, int):
        raise _not_a_notebook(name, "it is JSON without a notebook's 'nbformat' and 'cells'")
    if version == _NOTEBOOK_FORMAT - 1:
        data = _upgraded(data, name)
    elif version != _NOTEBOOK_FORMAT:
        raise BadSubmission(
            f"{name} has notebook format {version}; format {_NOTEBOOK_FORMAT} was expected. Open "
            "it in Jupyter, save it again, and hand that in."
        )
    _check_language(data.get("metadata"), name)
    cells, prose = _split(data.get("cells"), name)
    if not any(cell.source.strip() for cell in cells):
        raise Unrunnable(
            f"{name} has no code in its cells; a notebook with code cells was expected. Check "
            "that it was saved before it was handed in."
        )
    if sum(len(cell.source) for cell in cells) > MAX_CODE_BYTES:
        raise BadSubmission(
            f"{name} has more than {MAX_CODE_BYTES >> 20} MiB of code, the most that is graded. "
            "Take data out of the code and hand it in again."
        )
    return cells, prose


def _parse_json(raw: bytes, name: str) -> Any:
    if raw.startswith(_WIDE_MARKS) or b"\0" in raw:
        raise _not_a_notebook(name, "it is binary, or saved as UTF-16")
    if _marks(raw) > _MAX_JSON_MARKS:
        raise BadSubmission(
            f"{name} holds more values than a notebook does (over {_MAX_JSON_MARKS:,}). Clear its "
            "outputs and hand it in again."
        )
    try:
        return json.loads(raw.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as problem:
        raise _not_a_notebook(name, f"byte {problem.start} is not UTF-8") from None
    except RecursionError:
        raise _not_a_notebook(name, "its values are nested too deeply") from None
    except ValueError as problem:
        raise _not_a_notebook(name, f"it is not valid JSON ({problem})") from None


def _marks(raw: bytes) -> int:
    """How many values the text may hold; strings are looked for only if need be."""
    marks = sum(map(raw.count, _MARKS))
    if marks <= _MAX_JSON_MARKS:
        return marks
    return marks - sum(sum(map(s.group().count, _MARKS)) for s in _STRING.finditer(raw))


def _not_a_notebook(name: str, reason: str) -> BadSubmission:
    return BadSubmission(
        f"{name} is not a Jupyter notebook: {reason}. Save it in Jupyter as .ipynb, or hand in "
        "a .py file."
    )


def _upgraded(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A notebook of format 3 as one of format 4."""
    import nbformat  # noqa: PLC0415  # a quarter of a second, for old notebooks alone

    try:
        return dict(nbformat.convert(nbformat.from_dict(data), _NOTEBOOK_FORMAT))  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001  # on broken notebooks nbformat raises whatever it meets
        raise _not_a_notebook(name, "its format 3 can't be brought to format 4") from None


def _split(cells: object, name: str) -> tuple[tuple[Cell, ...], tuple[Prose, ...]]:
    """The code cells, and the prose between them."""
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise _not_a_notebook(name, "its 'cells' are not a list of cells")
    code: list[Cell] = []
    prose: list[Prose] = []
    for cell in cells:
        if cell.get("cell_type") == "code":
            number, count = len(code) + 1, cell.get("execution_count")
            source = _cell_source(cell.get("source", ""), number, name)
            code.append(Cell(number=number, source=source, count=_count(count)))
        elif cell.get("cell_type") == "markdown":
            text = _cell_source(cell.get("source", ""), len(code), name, "markdown")
            prose.append(Prose(after=len(code), text=text))
    return tuple(code), tuple(prose)


def _count(value: object) -> int | None:
    return value if type(value) is int else None


def _check_language(metadata: object, name: str) -> None:
    """Refuse a notebook that is for another language; one that doesn't say is for Python."""
    given = metadata if isinstance(metadata, dict) else {}
    kernel, info = (
        part if isinstance(part, dict) else {}
        for part in (given.get("kernelspec"), given.get("language_info"))
    )
    said = info.get("name") or kernel.get("language")
    if not isinstance(said, str):  # old files name the kernel alone
        said = _LANGUAGES.get(str(kernel.get("name")).partition("-")[0], "python")
    if "python" not in said.lower():
        raise Unrunnable(
            f"{name} is a notebook for {_printable(said)[:40]}; one for Python was expected. "
            "Choose a Python kernel in Jupyter, run the notebook, save it, and hand it in again."
        )


def _cell_source(source: object, number: int, name: str, kind: str = "code") -> str:
    """A cell's text, which the format stores as one string or as a list of them."""
    which = f"code cell {number}" if kind == "code" else f"the text after code cell {number}"
    parts: Iterable[object] = [source] if isinstance(source, str) else ()
    if isinstance(source, list):
        parts = source
    elif not isinstance(source, str):
        raise _not_a_notebook(name, f"{which} has no text")
    if not all(isinstance(part, str) for part in parts):
        raise _not_a_notebook(name, f"{which} is not text")
    text = "".join(map(str, parts))
    # JSON can spell half of a surrogate pair, which no UTF-8 file can hold.
    return _unix_lines(text.encode("utf-8", "replace").decode())
