"""Tensors that are trained or should be, and who holds them."""

from __future__ import annotations

from typing import Annotated

from grader.schema.fields import (
    Count,
    Flag,
    In,
    Index,
    Line,
    Measure,
    Number,
    OneOf,
    Row,
    Share,
    Text,
    row,
)
from grader.schema.rows.tables import ModelIndex, OptimizerIndex


@row("symmetric")
class Symmetric(Row):
    """A weight all of whose units were alike at first, and ``how`` that went on.

    ``lasting``: they were so after the first updates and at the end. ``zeros``: the first update
    left them at zero, for its gradient was 0 in each number, and they were told apart later.
    ``constant``: each layer of the model began with one number in all of its weights, and something
    that is none of them (dropout) told its units apart.
    """

    place: Line
    name: Text
    units: Count
    inputs: Count
    updates: Count
    how: Annotated[str, OneOf(("lasting", "zeros", "constant"))]


@row("held")
class Held(Row):
    """An optimizer was given a group of so many tensors, after so many updates.

    ``earlier``: the optimizer that had all of them before, -1 if none had. ``stateful``: it keeps
    something from one step to the next (averages, momentum). ``momentum``: of plain descent, the
    share of each step that the next one goes on with.
    """

    optimizer: OptimizerIndex
    parameters: Count
    earlier: Annotated[int, In("optimizers", none=True)]
    updates: Count
    stateful: Flag
    momentum: Share


@row("parameter")
class Parameter(Row):
    """A tensor that a loss led to, an optimizer was given or a called model registers.

    ``model`` registers it under ``name``, ``optimizer`` holds it, -1 for none. ``place``: where it
    was registered; ``made``: where the whole module around it was; ``frozen``: where it was told to
    ask for no gradient any more, if that is known. ``listed``: a model keeps it in a plain list or
    dictionary. ``parameter``: it is an ``nn.Parameter``. ``asked``, ``asks``:
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
    frozen: Line
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
    """A model was called for the first time, after so many updates.

    ``made``: where it was made, in the innermost function that still ran when it was called.
    ``loaded``: it was given weights by ``load_state_dict`` before.
    """

    model: ModelIndex
    made: Line
    updates: Count
    loaded: Flag


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
