"""What a loss is and what its graph shows, up to the model."""

from __future__ import annotations

from typing import Annotated

from grader.schema.fields import (
    Count,
    Counts,
    Flag,
    Index,
    Line,
    Measure,
    Number,
    OneOf,
    Row,
    Text,
    Texts,
    row,
)


@row("misuse")
class Misuse(Row):
    """A loss class called like a function. ``went_on``: the loss that was meant was returned."""

    place: Line
    name: Text
    form: Text
    went_on: Flag


@row("reach")
class Reach(Row):
    """What the graph of a loss ended in, right before the pass ``backward``.

    ``hosted`` of its ``leaves`` belong to a model that was called or to an optimizer. ``is_leaf``:
    the loss has no graph at all, and was made to ask for gradients itself.
    """

    backward: Count
    place: Line
    leaves: Count
    hosted: Count
    is_leaf: Flag


@row("loss")
class Loss(Row):
    """One operation of a loss: itself and what it was applied to, names of autograd's nodes.

    ``low``, ``high``: the range of what a likelihood was given; ``total``: the sum of exp over
    one of its rows, the one farthest from 1. ``crossed``: how many predictions were compared
    with as many targets, each with each; 0 where they were paired.
    """

    backward: Count
    place: Line
    chain: Texts
    low: Number
    high: Number
    total: Number
    crossed: Count


@row("criterion")
class Criterion(Row):
    """What one of the operations of a loss was computed of; ``name`` is that of its node.

    It compared ``rows`` predictions of ``classes`` numbers each. ``zeros``: the share of them that
    a ReLU right before it had made 0. Where they come from a softmax, it was taken along the axis
    ``axis`` of ``axes``, over ``length`` numbers, and ``sums`` is the sum of the probabilities of
    one prediction, the one farthest from 1. ``surprise``: the mean loss, whatever weights and
    reduction there are, and ``guess`` that of who always gives all classes the same score,
    or the mean of the targets; ``nought``: of who always says 0, where the loss is of differences.
    ``whole``: the targets are whole numbers, up to ``highest``.
    """

    backward: Count
    place: Line
    name: Text
    rows: Count
    classes: Count
    reduction: Annotated[str, OneOf(("", "none", "mean", "sum"))]
    zeros: Number
    axis: Index
    axes: Count
    length: Count
    sums: Number
    surprise: Number
    guess: Number
    nought: Number
    whole: Flag
    highest: Number


@row("objective")
class Objective(Row):
    """A loss that is one misfit of predictions and targets, up to a factor, and its value.

    ``negated``: the factor is below 0.
    """

    backward: Count
    place: Line
    misfit: Text
    negated: Flag
    value: Measure


@row("targets")
class Targets(Row):
    """The class numbers of one batch, as a loss over ``classes`` outputs got them.

    ``counts``: how often each number occurs, from 0 on. ``ignored``: the number that the loss
    leaves out, -1 if that is none of them.
    """

    backward: Count
    place: Line
    classes: Count
    ignored: Index
    counts: Counts


@row("numbered")
class Numbered(Row):
    """A loss that measures how far ``outputs`` numbers of each of ``rows`` rows are from a target.

    ``distinct``: the target of a row is one whole number, the same for all of its outputs, and so
    many different ones occur, none below 0 and none above ``highest``; 0 if it isn't so.
    """

    backward: Count
    place: Line
    rows: Count
    outputs: Count
    distinct: Count
    highest: Count
