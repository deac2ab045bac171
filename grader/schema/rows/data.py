"""What a program trains and evaluates on, and how it pairs inputs and labels."""

from __future__ import annotations

from typing import Annotated

from grader.schema.fields import (
    Count,
    Counts,
    Flag,
    Line,
    Measure,
    OneOf,
    Positive,
    Row,
    Share,
    Texts,
    row,
)
from grader.schema.rows.tables import SourceIndex


@row("turn")
class Turn(Row):
    """A loader, made at ``made``, began to hand out its batches, after so many updates.

    ``order``: how it takes its rows. ``part``: what a data set of torchvision's says it is.
    """

    source: SourceIndex
    updates: Count
    order: Annotated[str, OneOf(("sequential", "random", "other"))]
    part: Annotated[str, OneOf(("", "train", "test"))]
    made: Line


@row("overlap")
class Overlap(Row):
    """Rows that two loaders have in common, known by their numbers in one data set, or as copies.

    ``source`` gave ``of`` rows in all, and was evaluated; ``shared`` of them are among the
    ``trained`` ones that ``other`` gave to updates.
    """

    source: SourceIndex
    other: SourceIndex
    shared: Count
    of: Count
    trained: Count


@row("handed")
class Handed(Row):
    """The class numbers of one batch, as a loader gave them: how often each occurs, from 0 on."""

    source: SourceIndex
    counts: Counts


@row("kindred")
class Kindred(Row):
    """Rows from nowhere with labels beside them that follow from them as the training's do.

    Each row that was trained on is known, so that these are none of them if none is known to be.
    """

    source: SourceIndex


@row("pairing")
class Pairing(Row):
    """Whether rows of a loader that lie near each other have the same label.

    Of ``rows`` first rows ``hits`` have the label of the nearest other one; by chance it would be
    ``chance`` of them, as a share. ``entropy``: the loss of knowing how often each label comes.
    """

    source: SourceIndex
    rows: Positive
    classes: Count
    hits: Count
    chance: Share
    entropy: Measure


@row("parted")
class Parted(Row):
    """An order, drawn at ``place``, that was put to the inputs or to the labels and not to both.

    By ``now`` standard deviations, hardly any, the labels of ``rows`` rows are better told by the
    inputs beside them than by chance; with the order undone, by ``undone``. ``kept``: only the
    labels are in that order, and what they were before is there, too.
    """

    backward: Count
    place: Line
    rows: Positive
    now: Measure
    undone: Measure
    kept: Flag


@row("permuted")
class Permuted(Row):
    """A loss got the labels of a loader's batch in another order, and the model its inputs as is.

    ``moved`` of the ``rows`` labels are not at their row any more.
    """

    backward: Count
    place: Line
    rows: Count
    moved: Count


@row("normalised")
class Normalised(Row):
    """Inputs that were scaled by the same numbers twice, first by their data set.

    ``how``: by two equal transforms in a row, of the data set (``transforms``), or once more
    between the loader and the model (``loop``). ``centre``, ``spread``: what was taken off and
    what it was divided by, in the first channel. ``mean`` and ``deviation``: of what the model was
    given.
    """

    source: SourceIndex
    place: Line
    how: Annotated[str, OneOf(("transforms", "loop"))]
    centre: Measure
    spread: Measure
    mean: Measure
    deviation: Measure


@row("altered")
class Altered(Row):
    """Rows that a loader gave again, with other inputs and the same labels.

    Of ``compared`` rows that came again after further updates, ``altered`` had other inputs.
    ``again``: it also took two turns without an update between. ``random``: the classes of
    torchvision's transforms that draw at random, as far as its data set holds any.
    """

    source: SourceIndex
    compared: Positive
    altered: Positive
    again: Flag
    random: Texts
