"""Messy notebooks as text: read, with what is expected of them, and written as ``.ipynb``.

A file begins with one sentence and ``key: value`` lines; cells follow, each below a line
``# %%``. What is expected of a cell stands on that line: ``# %% count=3 -> failed after 2``.
A finding is marked on its line, as in the exercises' cases. Keys:

    failed     the checks that must fail (``name?`` may go either way); all others must pass
    outcome    how the run ends; ok where nothing is said
    finding    a rule that finds something outside the cells
    note       words that a note must contain; may stand several times
    cell_s     the limit of one cell
    format     4.0 … 4.5, and: lines (sources as lists), bare (nothing optional), ids, crlf,
               bom, colab, python2
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "notebooks"
_CELL = re.compile(r"# %%(?: \[(\w+)\])?(?: count=(\w+))?(?: -> (\w+)(?: after ([\d ]+))?)?")
_MARK = re.compile(r"# finding: ([\w, -]+)$")


@dataclass
class BookCell:
    """One cell, and what is expected of it."""

    kind: str
    source: str
    count: int | None
    status: str
    after: tuple[int, ...]


@dataclass
class Book:
    """One notebook, and what is expected of it."""

    name: str
    cells: list[BookCell]
    keys: dict[str, str]
    notes: list[str] = field(default_factory=list)

    @property
    def code(self) -> list[BookCell]:
        """The code cells, whose numbers count from 1."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def findings(self) -> set[tuple[str, int | None, int | None]]:
        """Rule, cell and line of each finding that is marked."""
        marked: set[tuple[str, int | None, int | None]] = {
            (rule, None, None) for rule in self.keys.get("finding", "").split()
        }
        for number, cell in enumerate(self.code, 1):
            for line, text in enumerate(cell.source.split("\n"), 1):
                found = _MARK.search(text)
                rules = found[1].split(", ") if found else []
                marked |= {(rule, number, line) for rule in rules}
        return marked

    def write(self, folder: Path) -> Path:
        """Lay it as a notebook file."""
        words = self.keys.get("format", "4.5").split()
        text = json.dumps(self._plain(words), indent=1, ensure_ascii=False)
        path = folder / f"{self.name}.ipynb"
        path.write_bytes((b"\xef\xbb\xbf" if "bom" in words else b"") + text.encode())
        return path

    def _plain(self, words: list[str]) -> dict[str, Any]:
        minor = next(int(word[2:]) for word in [*words, "4.5"] if word[:2] == "4.")
        metadata: dict[str, Any] = {}
        if "colab" in words:
            metadata = {"accelerator": "GPU", "colab": {"provenance": []},
                        "kernelspec": {"name": "python3", "display_name": "Python 3"}}  # fmt: skip
        if "python2" in words:
            metadata = {"kernelspec": {"name": "python2", "display_name": "Python 2",
                                       "language": "python"}}  # fmt: skip
        cells = [self._cell(number, cell, words) for number, cell in enumerate(self.cells)]
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}

    def _cell(self, number: int, cell: BookCell, words: list[str]) -> dict[str, Any]:
        source = cell.source.replace("\n", "\r\n") if "crlf" in words else cell.source
        plain: dict[str, Any] = {"cell_type": cell.kind}
        plain["source"] = source.splitlines(keepends=True) if "lines" in words else source
        if "bare" in words:
            return plain
        plain["metadata"] = {"scrolled": True}
        if "ids" in words:
            plain["id"] = f"cell-{number // 2}"  # some stand twice, as after a merge
        if cell.kind == "code":
            plain |= {"execution_count": cell.count, "outputs": [{"output_type": "bogus"}]}
        return plain


def read(path: Path) -> Book:
    """Read one notebook's text."""
    head, *parts = re.split(r"^(?=# %%)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    book = Book(path.stem, [_read_cell(part) for part in parts], {})
    for line in head.strip().split("\n")[1:]:
        key, _, value = line.partition(": ")
        if key == "note":
            book.notes.append(value)
        else:
            book.keys[key] = value
    return book


def _read_cell(part: str) -> BookCell:
    first, _, source = part.partition("\n")
    found = _CELL.match(first)
    assert found is not None, first
    kind, count, status, after = found.groups()
    return BookCell(
        kind=kind or "code",
        source=source.rstrip("\n"),
        count=int(count) if count and count != "None" else None,
        status=status or "ok",
        after=tuple(map(int, (after or "").split())),
    )


BOOKS = [read(path) for path in sorted(FOLDER.glob("*.txt"))]
