"""Files of students become submissions, or one clear sentence."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import submission
from grader.errors import BadSubmission
from grader.model import SubmissionKind

MODULE = SubmissionKind.MODULE


def write(folder: Path, content: bytes | str, name: str = "work.py") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadSubmission) as caught:
        submission.read(path, MODULE)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def problem(path: Path) -> str:
    """What keeps a file from being run that is graded all the same, as invalid."""
    read = submission.read(path, MODULE)
    assert read.cells == ()
    assert "\n" not in read.problem
    assert read.problem.endswith(".")
    return read.problem


def notebook(*cells: tuple[str, Any], version: int = 4) -> str:
    return json.dumps(
        {
            "nbformat": version,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [{"cell_type": kind, "source": source} for kind, source in cells],
        }
    )


# --- Python ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("submit", "kind"),
    [
        (SubmissionKind.MODULE, SubmissionKind.MODULE),
        (SubmissionKind.SCRIPT, SubmissionKind.SCRIPT),
        (SubmissionKind.NOTEBOOK, SubmissionKind.SCRIPT),
    ],
)
def test_a_python_file_is_run_as_the_exercise_wants(
    tmp_path: Path, submit: SubmissionKind, kind: SubmissionKind
) -> None:
    """Name, digest of the raw bytes, and one cell numbered 0."""
    raw = b"x = 1\r\ny = 2\n"
    read = submission.read(write(tmp_path, raw), submit)
    assert read.kind is kind
    assert read.name == "work.py"
    assert read.sha256 == hashlib.sha256(raw).hexdigest()
    assert [(cell.number, cell.source) for cell in read.cells] == [(0, "x = 1\ny = 2\n")]


def test_text_that_is_no_python_is_still_a_submission(tmp_path: Path) -> None:
    """Syntax is judged in the student's process; here nothing is parsed."""
    assert submission.read(write(tmp_path, "def ("), MODULE).source == "def ("


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_once(tmp_path: Path, end: str) -> None:
    """Line n of the text is line n of the file, whatever ends its lines."""
    lines = ["a = 1", "", "b = '\x0c\x85\u2028'", "c = 3"]
    read = submission.read(write(tmp_path, end.join(lines)), MODULE)
    assert read.source.split("\n") == lines


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbfx = 'caf\xc3\xa9'", "x = 'café'"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = 'é'"),
        (b"#!/usr/bin/python\r# coding=cp1252\rx = '\x80'", None),
        ("# coding: gbk\nx = '你'".encode("gbk"), "# coding: gbk\nx = '你'"),
    ],
)
def test_the_declared_encoding_is_honoured(tmp_path: Path, raw: bytes, text: str | None) -> None:
    """A byte-order mark or a coding line in the first two lines decides, as in Python."""
    read = submission.read(write(tmp_path, raw), MODULE)
    assert read.source == (text or "#!/usr/bin/python\n# coding=cp1252\nx = '€'")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "is empty"),
        (b"x = 1\r\ny = '\xe9'\n", "line 2: the byte 0xe9 is not utf-8"),
        (b"x = 1\ry = 2\rz = '\xff'", "line 3"),
        (b"# coding: klingon\n", "unknown encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "encoding problem"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        ("x = 1".encode("utf-32"), "UTF-16 or UTF-32"),
    ],
)
def test_what_python_could_not_read_is_graded_as_invalid(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    """An empty or wrongly encoded file is a student's work: it gets a result, and a reason."""
    message = problem(write(tmp_path, raw))
    assert words in message
    assert "work.py" in message


@pytest.mark.parametrize(
    "raw", [b"x = 1\0", b"\x7fELF\x02\x01\x01\0\0\0", "x = 1".encode("utf-16-le")]
)
def test_what_is_no_text_is_refused(tmp_path: Path, raw: bytes) -> None:
    """A binary file is neither Python nor a notebook, whatever its name ends in."""
    assert "NUL bytes" in refusal(write(tmp_path, raw))


@pytest.mark.parametrize(
    "name",
    [
        "utf-7",
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
        "rot13",
        "zlib",
        "undefined",
    ],
)
def test_an_encoding_that_hides_code_is_refused(tmp_path: Path, name: str) -> None:
    """Encodings in which ASCII is not ASCII could move lines or take for ever."""
    assert "Save the file as UTF-8" in problem(write(tmp_path, f"# coding: {name}\nx = 1\n"))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_submission_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    """No file of a student makes the reader fail."""
    folder = tmp_path_factory.getbasetemp()
    for name in ("any.py", "any.ipynb"):
        path = write(folder, raw, name)
        try:
            read = submission.read(path, MODULE)
        except BadSubmission:
            continue
        read.source.encode()


# --- files ----------------------------------------------------------------------------


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """The path is in the message, and so is what was expected."""
    assert f"There is no file {tmp_path / 'gone.py'}" in refusal(tmp_path / "gone.py")
    assert "There is no file" in refusal(write(tmp_path, "x") / "inside.py")


def test_a_folder_is_said_with_what_it_holds(tmp_path: Path) -> None:
    """A folder is no submission; the files that may have been meant are named."""
    write(tmp_path, "x = 1", "mine.py")
    write(tmp_path, "x", "notes.txt")
    message = refusal(tmp_path)
    assert "is a folder" in message
    assert "it holds mine.py" in message
    assert "notes.txt" not in message


@pytest.mark.parametrize("name", ["work.txt", "work", "work.pyc", "work.zip"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    """Neither Python nor a notebook, by name."""
    assert "neither Python nor a notebook" in refusal(write(tmp_path, "x = 1", name))


def test_upper_case_suffixes_are_read(tmp_path: Path) -> None:
    """WORK.PY is Python: some systems write names so."""
    assert submission.read(write(tmp_path, "x = 1", "WORK.PY"), MODULE).source == "x = 1"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link could point to a reference solution."""
    (tmp_path / "link.py").symlink_to(write(tmp_path, "x = 1"))
    assert "symbolic link" in refusal(tmp_path / "link.py")


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """Opening a pipe that nobody writes to must not hang."""
    os.mkfifo(tmp_path / "pipe.py")
    assert "pipe or a device" in refusal(tmp_path / "pipe.py")


@pytest.mark.parametrize("name", ["big.py", "big.ipynb"])
def test_a_file_over_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The limit is that of the kind of file."""
    monkeypatch.setattr(submission, "MAX_CODE_BYTES", 3 << 20)
    monkeypatch.setattr(submission, "MAX_NOTEBOOK_BYTES", 4 << 20)
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(4 << 20 if name == "big.py" else 5 << 20)
    assert f"more than {3 if name == 'big.py' else 4} MiB" in refusal(path)


def test_a_name_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    """Control characters and undecodable bytes of a file's name are replaced."""
    raw = os.fsencode(tmp_path) + b"/\x1b[2J\xff\n.py"
    Path(os.fsdecode(raw)).write_text("x = 1")
    read = submission.read(Path(os.fsdecode(raw)), MODULE)
    assert read.name == "?[2J??.py"


# --- notebooks ------------------------------------------------------------------------


def test_code_cells_are_numbered_as_their_author_counts(tmp_path: Path) -> None:
    """Text cells don't count, empty code cells do; sources may be lists of lines."""
    text = notebook(("markdown", "# A"), ("code", "a = 1"), ("code", ""), ("code", ["b\r\n", "c"]))
    read = submission.read(write(tmp_path, text, "n.ipynb"), MODULE)
    assert read.kind is SubmissionKind.NOTEBOOK
    assert [(cell.number, cell.source) for cell in read.cells] == [
        (1, "a = 1"),
        (2, ""),
        (3, "b\nc"),
    ]


def test_a_notebook_of_format_3_is_read(tmp_path: Path) -> None:
    """Old notebooks are brought to format 4."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "A"},
        {
            "cell_type": "code",
            "collapsed": False,
            "input": "a = 1",
            "language": "python",
            "metadata": {},
            "outputs": [],
        },
    ]
    sheets = [{"cells": cells, "metadata": {}}]
    book = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    text = json.dumps(book)
    read = submission.read(write(tmp_path, text, "old.ipynb"), MODULE)
    assert [(cell.number, cell.source) for cell in read.cells] == [(1, "a = 1")]
    assert [prose.text for prose in read.prose] == ["A"]


def test_the_prose_is_read_with_its_place(tmp_path: Path) -> None:
    """Text cells follow the code cell before them; raw cells are neither."""
    text = notebook(
        ("markdown", "# A"), ("code", "a = 1"), ("raw", "x"), ("markdown", ["b\r\n", "c"]),
        ("code", "d"), ("markdown", ""),
    )  # fmt: skip
    read = submission.read(write(tmp_path, text, "n.ipynb"), MODULE)
    assert [(prose.after, prose.text) for prose in read.prose] == [(0, "# A"), (1, "b\nc"), (2, "")]


def book(metadata: object = None, **cell: object) -> str:
    """A notebook of one code cell with these fields, and nothing that may be left out."""
    code = {"cell_type": "code", "source": "a = 1", **cell}
    given = {} if metadata is None else {"metadata": metadata}
    return json.dumps({"nbformat": 4, "nbformat_minor": 0, "cells": [code, code], **given})


@pytest.mark.parametrize(
    "text",
    [
        book(),
        book({}),
        book({"kernelspec": {"name": "python2", "language": "python"}}),
        book({"kernelspec": {"name": "conda-env-ml-py", "display_name": "Python [conda env:ml]"}}),
        book({"kernelspec": {"name": "python3"}, "language_info": {"name": "ipython"}}),
        book({"kernelspec": None, "language_info": {"version": "3.9"}}),
        book(7),
        book(id="same", metadata={"tags": ["x"]}, attachments={"a.png": {"image/png": "AA"}}),
        book(outputs=[{"output_type": "display_data", "data": {"image/png": "A" * 1_000_000}}]),
        book(outputs=7, execution_count="*"),
        book().replace('"nbformat_minor": 0, ', ""),
        book(outputs=[{"text": ["[1, 2, 3], {4, 5}" * 50_000]}] * 10),
    ],
)
def test_what_may_be_missing_or_odd_is_no_obstacle(tmp_path: Path, text: str) -> None:
    """Kernels, identities, outputs and counts of any kind; identities may stand twice."""
    read = submission.read(write(tmp_path, text, "n.ipynb"), MODULE)
    assert [(cell.number, cell.source) for cell in read.cells] == [(1, "a = 1"), (2, "a = 1")]


def test_a_cell_without_source_is_empty(tmp_path: Path) -> None:
    """Its number counts."""
    text = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code"}, {"cell_type": "markdown"},
                                                {"cell_type": "code", "source": "b"}]})  # fmt: skip
    read = submission.read(write(tmp_path, text, "n.ipynb"), MODULE)
    assert [cell.source for cell in read.cells] == ["", "b"]


def test_execution_counts_are_kept(tmp_path: Path) -> None:
    """They say in which order the author ran the cells."""
    read = submission.read(write(tmp_path, book(execution_count=7), "n.ipynb"), MODULE)
    assert [cell.count for cell in read.cells] == [7, 7]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "language": "R"}}, "for R;"),
        ({"kernelspec": {"name": "ir"}}, "for R;"),
        ({"kernelspec": {"name": "julia-1.9"}, "language_info": {"name": "julia"}}, "for julia;"),
        ({"language_info": {"name": "polyglot-notebook"}}, "for polyglot-notebook;"),
    ],
)
def test_a_notebook_of_another_language_is_graded_as_invalid(
    tmp_path: Path, metadata: object, language: str
) -> None:
    """The sentence names the language, and what to do."""
    said = problem(write(tmp_path, book(metadata), "n.ipynb"))
    assert language in said
    assert "Python kernel" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (notebook(("markdown", "a")), "no code in its cells"),
        (notebook(("code", " \n"), ("code", "")), "no code in its cells"),
    ],
)
def test_a_notebook_without_code_is_graded_as_invalid(
    tmp_path: Path, text: str, words: str
) -> None:
    """It gets a result, and the reason."""
    assert words in problem(write(tmp_path, text, "n.ipynb"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("torch\n", "not valid JSON"),
        ("<html><script>import torch</script></html>", "not valid JSON"),
        ("<<<<<<< HEAD\n{}\n", "not valid JSON"),
        ("[1, 2]", "JSON without a notebook's"),
        ('{"cells": []}', "JSON without a notebook's"),
        (notebook(("code", "a"), version=5), "format 5; format 4 was expected"),
        (notebook(("code", "a"), version=2), "format 2"),
        ('{"nbformat": 3, "worksheets": 7}', "format 3 can't be brought"),
        ('{"nbformat": 4, "cells": {}}', "not a list of cells"),
        ('{"nbformat": 4, "cells": [1]}', "not a list of cells"),
        ('{"nbformat": 4, "cells": [],}', "not valid JSON"),
        (notebook(("markdown", 3), ("code", "a")), "the text after code cell 0 has no text"),
        (notebook(("code", "a"), ("code", 3)), "code cell 2 has no text"),
        (notebook(("code", ["a", 3])), "code cell 1 is not text"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("9" * 10_000, "not valid JSON"),
        ("[" + "[]," * 2_100_000 + "[]]", "Clear its outputs"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """One sentence each, and bombs end in one too."""
    assert words in refusal(write(tmp_path, text, "n.ipynb"))


@pytest.mark.parametrize(
    "text",
    ["import torch\n", "# mine\n\nfrom torch import nn\n", '"""A docstring."""\nx = 1\n',
     "\ufeffdef f(): pass\n", "\r\n# a\r\nclass A: pass\r\n"],
)  # fmt: skip
def test_python_under_the_name_of_a_notebook_is_read_as_python(tmp_path: Path, text: str) -> None:
    """It is somebody's work: one cell, as in a file named .py."""
    read = submission.read(write(tmp_path, text, "n.ipynb"), SubmissionKind.SCRIPT)
    assert read.kind is SubmissionKind.SCRIPT
    assert [cell.number for cell in read.cells] == [0]


def test_a_notebook_under_the_name_of_a_program_is_read_as_a_notebook(tmp_path: Path) -> None:
    """Its cells are its cells; a program that holds a dictionary stays a program."""
    text = notebook(("markdown", "a"), ("code", "x = null"))
    read = submission.read(write(tmp_path, text, "n.py"), SubmissionKind.SCRIPT)
    assert read.kind is SubmissionKind.NOTEBOOK
    assert [cell.source for cell in read.cells] == ["x = null"]
    program = write(tmp_path, '{"a": 1}\nx = "nbformat"\n', "p.py")
    assert submission.read(program, SubmissionKind.SCRIPT).kind is SubmissionKind.SCRIPT


def test_a_notebook_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """JSON is UTF-8; UTF-16 and stray bytes are named."""
    text = notebook(("code", "a = 1"))
    assert "UTF-16" in refusal(write(tmp_path, text.encode("utf-16"), "n.ipynb"))
    assert "not UTF-8" in refusal(write(tmp_path, text.encode() + b"\xff", "n.ipynb"))
    marked = write(tmp_path, text.encode("utf-8-sig"), "n.ipynb")
    assert submission.read(marked, MODULE).source == "a = 1"


def test_half_a_surrogate_pair_becomes_a_question_mark(tmp_path: Path) -> None:
    """Every source can be sent as UTF-8."""
    path = write(tmp_path, notebook(("code", "a = '\ud800'")), "n.ipynb")
    assert submission.read(path, MODULE).source == "a = '?'"


def test_too_much_code_in_a_notebook_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs may be large; code may not."""
    monkeypatch.setattr(submission, "MAX_CODE_BYTES", 1 << 20)
    path = write(tmp_path, notebook(("code", "#" * (1 << 20)), ("code", "a")), "n.ipynb")
    assert "more than 1 MiB of code" in refusal(path)
