"""How predictions are compared with labels, and what is printed of that."""

from __future__ import annotations

from typing import Annotated

from grader.schema.fields import Count, Flag, Line, Measure, OneOf, Positive, Row, row


@row("comparison")
class Comparison(Row):
    """A column compared with as many labels, each with each.

    ``predicted``: one of the two is what the last forward predicts. ``right``: how many of ``rows``
    numbers are those of the labels; ``crossed``: how many of all comparisons came out equal.
    """

    place: Line
    updates: Count
    rows: Count
    predicted: Flag
    right: Count
    crossed: Count


@row("axis")
class WrongAxis(Row):
    """What was compared with labels is, for each class, the row of the batch with most of it."""

    place: Line
    updates: Count
    rows: Count
    classes: Count


@row("reported")
class Reported(Row):
    """A number that the program printed, near the accuracy of what it had just compared.

    Of ``rows`` predictions in ``batches`` batches, the largest of ``largest`` rows, ``right`` were
    right; ``mean`` is the mean of the batches' shares. ``said`` has so many ``digits`` behind the
    point; ``named``: it is called an accuracy.
    """

    place: Line
    updates: Count
    said: Measure
    digits: Count
    right: Count
    rows: Positive
    batches: Positive
    largest: Positive
    mean: Measure
    named: Flag


@row("answered")
class Answered(Row):
    """Predictions that were compared with labels, and what they are of the last output.

    ``how``: of each of ``rows`` rows the ``largest`` of its ``outputs`` numbers, or its only one
    ``rounded``. ``integers``: the labels are kept as whole numbers. ``right``: how many agree.
    """

    place: Line
    updates: Count
    how: Annotated[str, OneOf(("largest", "rounded"))]
    rows: Positive
    outputs: Positive
    integers: Flag
    right: Count
