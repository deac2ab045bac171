"""What the layers of a model do to a batch, and in which mode."""

from __future__ import annotations

from typing import Annotated

from grader.schema import bits
from grader.schema.fields import (
    Below,
    Count,
    Flag,
    In,
    Line,
    Measure,
    Number,
    OneOf,
    Row,
    Text,
    row,
)
from grader.schema.rows.tables import ModelIndex


@row("stacked")
class Stacked(Row):
    """Two linear layers with nothing between them that isn't linear, as the graph of a pass shows.

    ``first`` and ``second`` are their weights' names. The first takes ``inputs`` numbers, the
    second takes ``hidden`` and gives ``outputs`` (of a convolution, channels). ``bare``: nothing at
    all stands between them, no dropout or normalisation either. ``whole``: the network is linear
    from its inputs to the loss.
    """

    backward: Count
    first: Text
    second: Text
    inputs: Count
    hidden: Count
    outputs: Count
    bare: Flag
    whole: Flag


@row("rectified")
class Rectified(Row):
    """What a ReLU between layers gave: ``silent`` of its ``units`` gave 0 to all ``rows``.

    ``layer`` counts the ReLUs of a pass from the first one on, ``name`` is the weight before it.
    """

    backward: Count
    layer: Count
    name: Text
    rows: Count
    units: Count
    silent: Count


@row("mixed")
class Mixed(Row):
    """The numbers of a batch reached a layer, each once, in rows that are none of the batch's.

    ``place``: where the model was called with it; ``rows`` is how many rows there are.
    """

    backward: Count
    place: Line
    rows: Count


@row("inputs")
class Inputs(Row):
    """How large the numbers were that a first layer was applied to: the root of their mean square.

    ``place``: where the model was called with them; ``largest``: the largest, without its sign.
    ``made``: about how large the layer's own results were, by the size of its weights, 0 if that
    isn't known. ``normed``: something in the network makes its numbers small again.
    """

    backward: Count
    place: Line
    size: Measure
    largest: Measure
    made: Measure
    normed: Flag


@row("flow")
class Flow(Row):
    """How large the gradient of a pass was at the products of its graph, as a norm.

    Of ``products`` products, ``nearest`` is that of the one nearest to the loss, and ``largest``
    the largest, ``back`` products further back.
    """

    backward: Count
    place: Line
    products: Count
    back: Count
    nearest: Number
    largest: Number


@row("recurrence")
class Recurrence(Row):
    """A recurrent layer of torch ran over ``steps`` steps of a batch of ``batch`` sequences."""

    backward: Count
    place: Line
    steps: Count
    batch: Count


@row("mode")
class Mode(Row):
    """How the mode-sensitive parts of a model acted from ``update`` on; see `bits`.

    ``awake`` and ``asleep``: its updates so far with these parts as in training, and without.
    """

    model: ModelIndex
    update: Count
    place: Line
    acts: Annotated[int, Below(bits.ACTS + 1)]
    awake: Count
    asleep: Count


@row("dropping")
class Dropping(Row):
    """A dropout of share ``p`` that acted in the forward, made in evaluation mode."""

    forward: Annotated[int, In("forwards")]
    place: Line
    p: Measure


@row("layer")
class LayerState(Row):
    """How a weight of two axes or more did in an update of a window.

    ``layer`` counts such weights from the first one that a model registers on, ``of`` is how many
    there are; of very many, some are left out. ``gradient`` is the norm of what the update went
    by, ``ratio`` the size of the step against that of the weight. ``share`` of what an activation
    right behind the layer gave was 0 (``how`` is ``zeros``: a ReLU) or where the function is flat
    (``flat``: tanh and the sigmoid).
    """

    update: Count
    model: ModelIndex
    layer: Count
    of: Count
    name: Text
    gradient: Number
    ratio: Number
    how: Annotated[str, OneOf(("", "zeros", "flat"))]
    share: Number
