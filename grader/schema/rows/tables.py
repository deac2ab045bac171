"""What other rows name by its position: places, models, sources of inputs, optimizers."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

from grader.schema.fields import (
    Count,
    Flag,
    In,
    Index,
    Line,
    Maybe,
    OneOf,
    Row,
    Text,
    Texts,
    count,
    row,
    text,
)

ModelIndex = Annotated[int, In("models")]
SourceIndex = Annotated[int, In("sources")]
OptimizerIndex = Annotated[int, In("optimizers")]


@row("place")
class Placed(Row):
    """A line of the student's text, at its position in the table of places."""

    index: Count
    file: Text
    line: Count
    cell: Annotated[int | None, Maybe(count)]


@row("model")
class Model(Row):
    """A root module, or all products outside modules taken as one (``is_module`` false).

    ``sensitive`` names the classes inside that act differently in training mode.
    """

    index: Count
    name: Text
    is_module: Flag
    parameters: Count
    sensitive: Texts


@row("source")
class Source(Row):
    """An origin of inputs. ``kind``: ``loader``, ``rows`` (of something known), ``unknown``.

    ``trained`` maps models to the batches that reached an update of theirs; of ``rows``
    rows ``rows_trained`` were trained on under whatever source, or may have been; ``shared`` maps
    other sources to the dataset rows in common, -1 where that can't be told.
    """

    index: Count
    kind: Annotated[str, OneOf(("loader", "rows", "unknown"))]
    name: Text
    size: Index
    pool: Annotated[str | None, Maybe(text)]
    trained: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    rows_trained: int = 0
    shared: dict[int, int] = field(default_factory=dict)


@row("trained")
class Trained(Row):
    """How many batches of a source reached an update of a model."""

    source: SourceIndex
    model: ModelIndex
    batches: Count


@row("seen")
class Seen(Row):
    """How many rows of a source were read, and how many of these were trained on."""

    source: SourceIndex
    rows: Count
    trained: Count


@row("shared")
class Shared(Row):
    """How many rows two sources have in common; -1 where that can't be told."""

    source: SourceIndex
    other: SourceIndex
    rows: Index


@row("optimizer")
class Optimizer(Row):
    """A torch optimizer and the line that constructed it; and its schedule's, if it has one."""

    index: Count
    name: Text
    place: Line
    schedule: Line = None


@row("schedule")
class Scheduled(Row):
    """An optimizer got a schedule, made at this line."""

    optimizer: OptimizerIndex
    place: Line
