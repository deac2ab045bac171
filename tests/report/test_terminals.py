"""The text on terminals of all kinds: forty columns, three hundred, no colour, ``TERM=dumb``."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from grader.report.lines import NARROWEST, WIDEST
from grader.report.text import render_text
from grader.shown.harmless import columns
from states import ALL

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"(?m)^(?: *\d* \|| *\|| +-->).*$")
HINT_CODE = re.compile(r"(?m)^ {10,}.*$")
ODD = {"Cc", "Cf", "Cs", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}
ESCAPE = b"\x1b["


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("width", [1, 40, 300])
@pytest.mark.parametrize("kind", sorted(ALL))
def test_every_state_fits_every_terminal(kind: str, width: int, *, full: bool) -> None:
    """Within the columns there are, 40 at least and 120 at most, with nothing odd in them."""
    text = render_text(ALL[kind](), color=False, width=width, full=full, hints=9)
    most = min(max(width, NARROWEST), WIDEST)
    assert [line for line in text.split("\n") if columns(line) > most] == []
    assert [line for line in text.split("\n") if line != line.rstrip()] == []
    assert {c for c in text if unicodedata.category(c) in ODD} <= {"\n", *JOINERS}


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("kind", sorted(set(ALL) - {"odd_text"}))
def test_a_narrow_terminal_is_told_as_much(kind: str, *, full: bool) -> None:
    """Each word that a hundred columns show is there at forty, but of code and what it printed."""
    wide, narrow = (
        CODE.sub("", render_text(ALL[kind](), color=False, width=width, full=full, hints=9))
        for width in (100, 40)
    )
    kept = "".join(narrow.split())
    told = [word for line in wide.split("\n") if "…" not in line for word in line.split()]
    assert [word for word in told if word not in kept] == []


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("kind", sorted(set(ALL) - {"odd_text"}))
def test_no_backtick_is_shown_raw(kind: str, *, full: bool) -> None:
    """What a page makes code of stands without its ticks; a student's own lines keep theirs."""
    text = render_text(ALL[kind](), color=False, width=100, full=full, hints=9)
    assert "`" not in CODE.sub("", text)


def on_a_terminal(file: Path, **environment: str) -> bytes:
    """What ``grade FILE`` writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM", "COLUMNS"}}
    command = [sys.executable, "-m", "grader", str(file), "--exercise", "debug_loop"]
    subprocess.run(command, stdout=follower, cwd=ROOT, env=env | environment, check=False)
    os.close(follower)
    seen = b""
    try:
        while piece := os.read(leader, 10_000):
            seen += piece
    except OSError:  # all of it was read
        pass
    os.close(leader)
    return seen


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "COLUMNS": "40"}, True),
        ({"TERM": "dumb", "COLUMNS": "300"}, False),
    ],
    ids=lambda it: " ".join(f"{k}={v}" for k, v in it.items()) if isinstance(it, dict) else None,
)
def test_colour_is_for_terminals_that_want_it(
    tmp_path: Path, environment: dict[str, str], *, coloured: bool
) -> None:
    """The same words in the same places, with colour or without."""
    file = tmp_path / "debug_loop.py"
    file.write_text("for epoch in range(10)\n    pass\n")
    seen = on_a_terminal(file, **environment)
    assert (ESCAPE in seen) is coloured
    text = re.sub(rb"\x1b\[\d+m", b"", seen).decode().replace("\r\n", "\n")
    assert "\x1b" not in text
    assert "\r" not in text
    assert "SyntaxError: expected ':'" in " ".join(text.split())
    lines = [line for line in text.split("\n") if "-->" not in line]
    assert max(map(columns, lines)) <= int(environment.get("COLUMNS", "100"))
