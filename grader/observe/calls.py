"""One recorded forward, and where in the student's code it was made.

Runs in the student's process.
"""

from __future__ import annotations

import weakref
from types import FrameType
from typing import TYPE_CHECKING

import torch
from torch import nn

from grader.observe.log import Row
from grader.observe.looking import MISSING, attribute, first_argument, in_class, is_a
from grader.observe.models import LiveModel
from grader.schema import bits
from grader.schema.rows import Forward

if TYPE_CHECKING:
    from grader.observe.ledger import LiveSource
    from grader.observe.sources import Origin

NUMBER = Forward.at("number")
PLACE = Forward.at("place")
FLAGS = Forward.at("flags")
UPDATES = Forward.at("updates")
METHODS = ("forward", "__call__")
OUTWARD = 8
"""How many frames up a module's ``forward`` is looked for."""


class Token:
    """Lives in a graph node, and dies with it."""

    __slots__ = ("__weakref__",)


class Tokened(weakref.ref[Token]):
    """A reference to a token that knows its node's number."""

    __slots__ = ("number",)
    number: int


class Call:
    """One forward that was recorded: its row, and what its update would have to mention."""

    __slots__ = ("given", "is_plain", "model", "origin", "row")

    def __init__(self, row: Row, model: LiveModel, origin: Origin) -> None:
        self.row = row
        self.is_plain = False  # given images and nothing else, it gave a row of numbers for each
        self.model = model
        self.origin = origin
        self.given = model.given

    @property
    def source(self) -> LiveSource | None:
        """Where its input comes from, if that is known."""
        return self.origin.source

    @property
    def number(self) -> int:
        """The forward's number in the trace."""
        number = self.row[NUMBER]
        assert isinstance(number, int)
        return number

    @property
    def updates(self) -> int:
        """How many updates had been made before it."""
        updates = self.row[UPDATES]
        assert isinstance(updates, int)
        return updates

    @property
    def place(self) -> int:
        """The position of the line that called the model."""
        place = self.row[PLACE]
        assert isinstance(place, int)
        return place

    def has(self, flag: int) -> bool:
        """Whether a bit of the row's flags is set."""
        flags = self.row[FLAGS]
        return isinstance(flags, int) and bool(flags & flag)

    def add_flag(self, flag: int) -> None:
        """Set a bit of the row's flags."""
        flags = self.row[FLAGS]
        assert isinstance(flags, int)
        self.row[FLAGS] = flags | flag


class Inside:
    """A ``model.forward(x)`` that is running: it fires no call of its own, only its parts'."""

    __slots__ = ("call", "parts", "start")

    def __init__(self, call: Call, part: int, start: int) -> None:
        self.call = call
        self.parts = {part}
        self.start = start

    def goes_on(self, model: LiveModel, part: int, position: int) -> bool:
        """Whether a call of ``part`` belongs to the same run of ``model.forward``."""
        if model is not self.call.model or (part in self.parts and position <= self.start):
            return False
        self.parts.add(part)
        return True


def whole_module(frame: FrameType | None) -> tuple[nn.Module | None, FrameType | None]:
    """The outermost module, and its frame, whose ``forward`` is running around ``frame``."""
    found: tuple[nn.Module | None, FrameType | None] = (None, None)
    for _ in range(OUTWARD):
        if frame is None:
            break
        if frame.f_code.co_name == "forward":
            owner = first_argument(frame)
            if is_a(owner, nn.Module):
                found = (owner, frame)
        frame = frame.f_back
    return found


def own_mode(frame: FrameType | None, flags: int, *, inner: bool) -> int:
    """The mode of an object that is no module, but calls modules in its own forward.

    Its own ``training`` speaks for its parts. Without one, single layers have no mode.
    """
    if frame is None or frame.f_code.co_name not in METHODS or not frame.f_code.co_argcount:
        return flags
    owner = first_argument(frame)
    if owner is None or is_a(owner, nn.Module, torch.Tensor):
        return flags
    training = attribute(owner, "training")
    if type(training) is bool:
        flags &= ~bits.TRAINING
        return flags | bits.TRAINING if training else flags
    computed = training is MISSING and in_class(type(owner), "training") is not MISSING
    return flags if inner and not computed else flags | bits.PART


def caller_of(frame: FrameType | None) -> FrameType | None:
    """Step out of the methods that are the model, to the line that calls it."""
    while frame is not None and frame.f_back is not None and frame.f_code.co_name in METHODS:
        frame = frame.f_back
    return frame
