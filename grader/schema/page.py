"""The page of the schema, made from its classes: ``docs/record.md`` holds it.

python -m grader.schema.page > docs/record.md
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Iterator
from typing import Any

from grader.schema.fields import Below, In, Maybe, OneOf, Row
from grader.schema.rows import KINDS

WIDTH = 100
TITLE = """# The record of a run

What the recorder writes while a training runs, row by row. This page is made from
`grader/schema/rows` by `python -m grader.schema.page`; a test holds the two together. A row is a
list: its kind, and its fields in this order. Bits and bounds stand in `grader/schema/bits.py`.
"""


def page() -> str:
    """The schema as Markdown: every kind of row, its fields and what they may hold."""
    return "\n".join([TITLE, *(line for cls in KINDS.values() for line in _kind(cls))])


def _kind(cls: type[Row]) -> Iterator[str]:
    about = (cls.__doc__ or "").split("\n\n")
    yield f"## {cls.tag}"
    yield ""
    for paragraph in about:
        yield from textwrap.wrap(" ".join(paragraph.replace("``", "`").split()), WIDTH)
        yield ""
    yield from (f"- `{field.name}`: {words(field.reader)}" for field in cls.sent)
    yield ""


@functools.singledispatch
def words(reader: Any) -> str:
    """What a field may hold, in words."""
    line = (reader.__doc__ or "").split("\n")[0].rstrip(".")
    return line[:1].lower() + line[1:]


@words.register
def _(reader: Maybe) -> str:
    return f"{words(reader.read)}; or null"


@words.register
def _(reader: Below) -> str:
    return f"a whole number from 0 to {reader.bound - 1}"


@words.register
def _(reader: OneOf) -> str:
    return "one of " + ", ".join(f"`{word}`" for word in reader.words)


@words.register
def _(reader: In) -> str:
    return f"a position in the table of {reader.table}" + (", or -1" if reader.none else "")


if __name__ == "__main__":
    print(page(), end="")
