"""Worked examples: the last hint of a check, written once for every check that needs it.

    rubrics/examples/<name>.md

holds paragraphs and fenced Python. A line of a rubric takes one by ``example: <name>``, and its
text becomes the line's last hint. Those of a course's own root come before those that are shipped.
(docs/design/042-worked-examples.md)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.strict import Table

FOLDER = "rubrics/examples"
"""Where they lie, below a root."""
LEAD = "A worked example on another program."
"""What every one of them begins with; the files leave it out."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read(table: Table, homes: Iterable[Path]) -> tuple[str, ...]:
    """The example that a line of a rubric names, as a hint; nothing where it names none.

    Args:
        table: the line of the rubric.
        homes: the roots to look in, in this order.

    Raises:
        GraderError: of the table's own class, if there is no such example, or no text in it.
    """
    name = named(table)
    if not name:
        return ()
    file = find(name, homes)
    expected = f"the name of a file of {FOLDER}/, without its .md"
    if file is None:
        raise table.fail("example", expected, name)
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise table.fail("example", f"{expected}, with text in UTF-8", name) from None
    return (f"{LEAD}\n\n{text}",)


def named(table: Table) -> str:
    """The name of the example in a line of a rubric, or an empty text."""
    return str(table.get("example", f"the name of a file of {FOLDER}/", ""))


def find(name: str, homes: Iterable[Path]) -> Path | None:
    """The file of an example in the first root that has it."""
    if not _NAME.fullmatch(name):
        return None
    files = (home / FOLDER / f"{name}.md" for home in homes)
    return next((file for file in files if file.is_file()), None)
