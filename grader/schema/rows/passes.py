"""Forwards, backward passes and updates: the course of a training."""

from __future__ import annotations

from typing import Annotated

from grader.schema import bits
from grader.schema.fields import (
    Below,
    Count,
    Flag,
    In,
    Index,
    Line,
    Measure,
    Number,
    OneOf,
    Row,
    row,
)
from grader.schema.rows.tables import ModelIndex


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


@row("cleared")
class Cleared(Row):
    """An optimizer's step that found no gradient, where a backward pass had just left some."""

    update: Count
    place: Line
    backward_place: Line
    leaves: Count


@row("within")
class Within(Row):
    """An update that was made while a backward pass ran, by a hook: of the first ones."""

    update: Count


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


@row("opposed")
class Opposed(Row):
    """A step of an optimizer after one of ``other``, where two passes have pulled one network.

    ``place``: the last pass, which ``optimizer`` steps along, and which reached most of what
    ``other`` alone has stepped on, if ``reached``. ``earlier``: the pass that ``other`` stepped
    along. ``how``: its gradients were ``left`` in tensors that ``other`` doesn't hold; or both hold
    the tensors, which are ``shared``. ``cosine``: of the angle between what the two passes gave
    them, whose norms are ``size`` for the earlier one and ``fresh`` for the last one.
    """

    update: Count
    place: Line
    earlier: Line
    optimizer: Annotated[int, In("optimizers")]
    other: Annotated[int, In("optimizers")]
    how: Annotated[str, OneOf(("left", "shared"))]
    reached: Flag
    cosine: Measure
    size: Measure
    fresh: Measure
