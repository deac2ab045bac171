"""How large steps are, where they lead, and what else has a hand in them."""

from __future__ import annotations

from typing import Annotated

from grader.schema.fields import Count, In, Index, Line, Measure, OneOf, Row, Text, row


@row("schedule_steps")
class Schedule(Row):
    """A schedule of torch's, made at ``made``, and its steps, the first at ``place``.

    Of ``calls`` steps ``single`` came one update after the one before, ``idle`` none; ``first`` of
    the ``updates`` since it was made came before the first one. ``total``: the steps that it was
    made for, -1 if it has no such number.
    """

    optimizer: Annotated[int, In("optimizers", none=True)]
    name: Text
    made: Line
    place: Line
    calls: Count
    single: Count
    idle: Count
    first: Count
    updates: Count
    total: Index


@row("clipping")
class Clipping(Row):
    """A line that clips gradients. Of ``calls``, ``late`` were given what was consumed already."""

    place: Line
    calls: Count
    late: Count


@row("scaled")
class Scaled(Row):
    """What was done ``count`` times at a line with a gradient scaler or with what it had scaled.

    ``step``: its own step; ``direct``: an optimizer's step along scaled gradients; ``clipped``:
    those were clipped; ``unscaled``: a pass from another loss than the one that was scaled.
    """

    what: Annotated[str, OneOf(("step", "direct", "clipped", "unscaled"))]
    place: Line
    count: Count


@row("direction")
class Direction(Row):
    """The cosine of the angle between one of the first updates and the gradient it went by."""

    update: Count
    cosine: Measure


@row("slope")
class Slope(Row):
    """By how much the loss of a pass should differ from what it was at the first one's weights."""

    backward: Count
    value: Measure
