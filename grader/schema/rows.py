"""Every kind of row that the recorder writes: one class each, and the only place that says so.

The recorder writes ``Forward.row(...)``, and the rules get a ``Forward``. What else there is to
know of a kind (its bounds, the values that tests draw, its part of ``docs/record.md``) is derived
from its class. A field with a default is not sent: later rows about the same thing fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Annotated, Any

from grader.schema import bits
from grader.schema.fields import (
    Below,
    Count,
    Counts,
    Flag,
    In,
    Index,
    Line,
    Maybe,
    Measure,
    Number,
    OneOf,
    Positive,
    Row,
    Share,
    Text,
    Texts,
    count,
    facts,
    kinds_in,
    row,
    text,
)

ModelIndex = Annotated[int, In("models")]
SourceIndex = Annotated[int, In("sources")]
OptimizerIndex = Annotated[int, In("optimizers")]

# --- tables: what other rows name by its position ---------------------------------------


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


# --- passes and updates -----------------------------------------------------------------


@row("forward")
class Forward(Row):
    """A call of a model as a whole.

    ``row`` is its first row's fingerprint, 0 if not read. ``twin`` is the trained model that
    this one was an exact copy of, -1 if none.
    """

    number: Count
    model: ModelIndex
    place: Line
    source: Annotated[int, In("sources", none=True)]
    batch: Count
    flags: Annotated[int, Below(bits.FLAGS + 1)]
    row: Count
    updates: Count
    twin: int = -1

    def has(self, flag: int) -> bool:
        """Whether a bit of `grader.schema.bits` is set."""
        return bool(self.flags & flag)

    @property
    def is_training(self) -> bool:
        """Whether the model was in training mode."""
        return self.has(bits.TRAINING)

    @property
    def is_mode_known(self) -> bool:
        """Whether the mode could be read: a class of the program's may compute it."""
        return not self.has(bits.MODE_UNKNOWN)

    @property
    def tracks_gradients(self) -> bool:
        """Whether the output hung on a graph."""
        return self.has(bits.OUT_GRAD)

    @property
    def is_trained(self) -> bool:
        """Whether updates had changed this model, or the one it is a copy of."""
        return self.has(bits.TRAINED) or self.twin >= 0

    @property
    def is_fed(self) -> bool:
        """Whether gradients were asked of the output, by either way."""
        return self.has(bits.FED | bits.FED_GRAD)


@row("fed")
class Fed(Row):
    """A bit for a forward that was sent before it was known what became of its output."""

    number: Count
    flag: Annotated[int, Below(bits.FLAGS + 1)]


@row("twin")
class Twin(Row):
    """A forward of a model that held a trained model's very values."""

    number: Annotated[int, In("forwards")]
    model: ModelIndex


@row("backward")
class Backward(Row):
    """A backward pass; ``how``: 0 by ``backward()``, 1 by ``torch.autograd.grad``.

    ``updates``: how many updates had been made before it.
    """

    number: Count
    place: Line
    loss: Number
    updates: Count
    how: Annotated[int, Below(2)]

    @property
    def is_grad(self) -> bool:
        """Whether ``torch.autograd.grad`` made it, which leaves no ``.grad`` behind."""
        return self.how == 1


@row("update")
class Update(Row):
    """One change of the trained tensors, by ``optimizer`` or, where that is -1, by hand."""

    number: Count
    optimizer: Annotated[int, In("optimizers", none=True)]
    place: Line
    backward: Index
    rate: Number
    grad_norm: Number
    ratio: Number
    leaves: Count
    leftovers: Count


# --- facts that rules stand on ----------------------------------------------------------


@row("leftover")
class Leftover(Row):
    """An update that consumed gradients which the update ``earlier`` had consumed before.

    ``stale`` and ``fresh`` are the norms of the old and the new part, None if not measured.
    """

    update: Count
    backward_place: Line
    update_place: Line
    earlier: Count
    leaves: Count
    of_leaves: Count
    stale: Number
    fresh: Number


@row("misuse")
class Misuse(Row):
    """A loss class called like a function. ``went_on``: the loss that was meant was returned."""

    place: Line
    name: Text
    form: Text
    went_on: Flag


@row("warning")
class Warned(Row):
    """A warning that torch gave while the student's code ran."""

    place: Line
    category: Text
    message: Text


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
    reduction there are, and ``guess`` that of who always gives all classes the same probability,
    or the mean of the targets. ``whole``: the targets are whole numbers, up to ``highest``.
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
    whole: Flag
    highest: Number


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
    """

    backward: Count
    place: Line
    size: Measure
    largest: Measure


@row("recurrence")
class Recurrence(Row):
    """A recurrent layer of torch ran over ``steps`` steps of a batch of ``batch`` sequences."""

    backward: Count
    place: Line
    steps: Count
    batch: Count


@row("cleared")
class Cleared(Row):
    """An optimizer's step that found no gradient, where a backward pass had just left some."""

    update: Count
    place: Line
    backward_place: Line
    leaves: Count


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


@row("symmetric")
class Symmetric(Row):
    """A weight all of whose units were alike after the first updates and at the end.

    Not ``lasting``: a weight of zeros that the first update left as they were, for its gradient was
    0 in each number, and whose units were told apart later.
    """

    place: Line
    name: Text
    units: Count
    inputs: Count
    updates: Count
    lasting: Flag


@row("held")
class Held(Row):
    """An optimizer was given a group of so many tensors, after so many updates.

    ``earlier``: the optimizer that had all of them before, -1 if none had. ``stateful``: it keeps
    something from one step to the next (averages, momentum).
    """

    optimizer: OptimizerIndex
    parameters: Count
    earlier: Annotated[int, In("optimizers", none=True)]
    updates: Count
    stateful: Flag


@row("parameter")
class Parameter(Row):
    """A tensor that a loss led to, an optimizer was given or a called model registers.

    ``model`` registers it under ``name``, ``optimizer`` holds it, -1 for none. ``place``: where it
    was registered; ``made``: where the whole module around it was. ``listed``: a model keeps it in
    a plain list or dictionary. ``parameter``: it is an ``nn.Parameter``. ``asked``, ``asks``:
    whether it asked for gradients at first and at the end. ``loaded``: by ``load_state_dict``.
    ``ran``: its module ran in one of the first forwards, called at the line ``called``; ``led``:
    what such a forward returned led to it. ``passes`` of the ``of`` losses that were
    looked at led to it; in the last one, ``nearest`` leaves were nearer to the loss, -1 if none
    led to it. ``gradient``: its largest norm; ``mean`` and ``square``: of its numbers and of their
    squares at first.
    """

    name: Text
    model: Annotated[int, In("models", none=True)]
    optimizer: Annotated[int, In("optimizers", none=True)]
    place: Line
    made: Line
    listed: Flag
    parameter: Flag
    asked: Flag
    asks: Flag
    changed: Flag
    loaded: Flag
    ran: Flag
    called: Line
    led: Flag
    axes: Count
    size: Count
    passes: Count
    of: Count
    nearest: Index
    gradient: Number
    mean: Number
    square: Number

    @property
    def is_reached(self) -> bool:
        """Whether each loss that was looked at led to it, and more than one was."""
        return self.passes == self.of > 1


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


@row("direction")
class Direction(Row):
    """The cosine of the angle between one of the first updates and the gradient it went by."""

    update: Count
    cosine: Measure


@row("old")
class Old(Row):
    """A loss whose graph has nodes from before the earlier pass ``back``.

    Of its ``nodes``, ``old`` are from before the first pass that was looked at. Only through those
    it leads to ``leaves`` tensors, of which ``hosted`` belong to a model or an optimizer. ``made``:
    the line of the tensor that the oldest ones made, if it was found.
    """

    backward: Count
    place: Line
    back: Count
    nodes: Count
    old: Count
    leaves: Count
    hosted: Count
    made: Line


@row("kept")
class Kept(Row):
    """A name, or the list that it names, that keeps the graph of the loss of the pass ``back``.

    ``nodes``: how many it keeps, of a list its first entry. ``place``: the line that adds to it.
    """

    backward: Count
    place: Line
    name: Text
    listed: Flag
    back: Count
    nodes: Count


@row("retained")
class Retained(Row):
    """Every one of ``passes`` passes that were looked at was told to keep its graph, for nothing.

    None of them went through a graph of an earlier one, and nothing else was seen to.
    """

    place: Line
    passes: Count


@row("rebound")
class Rebound(Row):
    """A name that stands for a parameter moved along its gradient, while the parameter is not.

    ``cosine``: of the angle between the two.
    """

    backward: Count
    place: Line
    name: Text
    cosine: Measure


@row("misspelt")
class Misspelt(Row):
    """An attribute that torch doesn't know, where ``requires_grad`` of a tensor was meant.

    It was set to ``value`` on a module or a tensor of the class ``owner``, of whose ``tensors``
    parameters ``other`` are not so.
    """

    place: Line
    owner: Text
    attribute: Text
    value: Flag
    tensors: Count
    other: Count


@row("born")
class Born(Row):
    """A model was called for the first time, after so many updates; ``made``: where it was."""

    model: ModelIndex
    made: Line
    updates: Count


@row("within")
class Within(Row):
    """An update that was made while a backward pass ran, by a hook: of the first ones."""

    update: Count


@row("slope")
class Slope(Row):
    """By how much the loss of a pass should differ from what it was at the first one's weights."""

    backward: Count
    value: Measure


@row("turn")
class Turn(Row):
    """A loader began to hand out its batches, after so many updates.

    ``order``: how it takes its rows. ``part``: what a data set of torchvision's says it is.
    """

    source: SourceIndex
    updates: Count
    order: Annotated[str, OneOf(("sequential", "random", "other"))]
    part: Annotated[str, OneOf(("", "train", "test"))]


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


@row("handed")
class Handed(Row):
    """The class numbers of one batch, as a loader gave them: how often each occurs, from 0 on."""

    source: SourceIndex
    counts: Counts


@row("comparison")
class Comparison(Row):
    """A column compared with as many labels, each with each.

    ``predicted``: the column is what the last forward predicts. ``right``: how many of its ``rows``
    numbers are those of the labels; ``crossed``: how many of all comparisons came out equal.
    """

    place: Line
    updates: Count
    rows: Count
    predicted: Flag
    right: Count
    crossed: Count


@row("alias")
class Alias(Row):
    """Weights that a model gave, not copied, were used after later updates.

    ``place`` is the line that took them, after ``taken`` updates; ``used_place`` the one that used
    them, after ``used`` updates: ``how``, to ``load`` them into the model or to ``save`` them.
    ``own``: a model loaded its own parameters, taken by then, or it isn't known when.
    """

    place: Line
    taken: Count
    used_place: Line
    used: Count
    how: Annotated[str, OneOf(("load", "save", "own"))]


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


@row("permuted")
class Permuted(Row):
    """A loss got the labels of a loader's batch in another order, and the model its inputs as is.

    ``moved`` of the ``rows`` labels are not at their row any more.
    """

    backward: Count
    place: Line
    rows: Count
    moved: Count


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


@row("failed")
class FailedPass(Row):
    """A backward pass that raised: which of torch's complaints, and why, as far as is known.

    ``what``: ``again`` (a graph that is gone), ``changed`` (what it needs was written to since) or
    ``no_graph`` (nothing asks for gradients). ``why``, of the first two: ``same`` loss, a ``total``
    of losses, a ``forward`` before the loop, a ``state`` carried over; of the other: ``no_grad``
    around the model, all ``frozen``, ``cut`` after the model. ``earlier``: the pass whose graph is
    gone, 0 if none is known. ``origin``: the line of that pass, or of the model's call.
    """

    place: Line
    what: Annotated[str, OneOf(("again", "changed", "no_graph"))]
    why: Annotated[
        str, OneOf(("", "same", "total", "forward", "state", "no_grad", "frozen", "cut"))
    ]
    earlier: Count
    origin: Line


# --- the end ----------------------------------------------------------------------------


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


KINDS: Mapping[str, type[Row]] = MappingProxyType({one.tag: one for one in kinds_in(vars())})
"""Every kind of row, by its name."""
