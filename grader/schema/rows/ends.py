"""What torch and the recorder complained of, and the closing facts."""

from __future__ import annotations

from typing import Annotated, Any

from grader.schema.fields import Line, Row, Text, facts, row


@row("warning")
class Warned(Row):
    """A warning that torch gave while the student's code ran."""

    place: Line
    category: Text
    message: Text


@row("fault")
class Fault(Row):
    """The recorder itself failed at something."""

    where: Text
    what: Text


@row("missed")
class Missed(Row):
    """The observer of one fact failed: what the record says of that fact may not be all."""

    fact: Text
    what: Text


@row("end")
class End(Row):
    """The closing facts: nothing comes after them."""

    facts: Annotated[dict[str, Any], facts]
