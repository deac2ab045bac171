"""The records that a Trace is made of: frozen, typed, checked when they were read."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.model import Place
from grader.schema import bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A root module, or all products outside modules taken as one (``is_module`` false).

    ``sensitive`` names the classes inside that act differently in training mode.
    """

    index: int
    name: str
    is_module: bool
    parameters: int
    sensitive: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An origin of inputs. ``kind``: ``loader``, ``rows`` (of something known), ``unknown``.

    ``trained`` maps models to the batches that reached an update of theirs; of ``rows``
    rows ``rows_trained`` were trained on under whatever source, or may have been; ``shared`` maps
    other sources to the dataset rows in common, -1 where that can't be told.
    """

    index: int
    kind: str
    name: str
    size: int
    pool: str | None = None
    trained: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    rows_trained: int = 0
    shared: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """A torch optimizer and the line that constructed it; and its schedule's, if it has one."""

    index: int
    name: str
    place: Place | None
    schedule: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A call of a model as a whole.

    ``row`` is its first row's fingerprint, 0 if not read. ``twin`` is the trained model that
    this one was an exact copy of, -1 if none.
    """

    number: int
    model: int
    place: Place | None
    source: int
    batch: int
    flags: int
    row: int
    updates: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """A backward pass. ``updates``: how many updates had been made before it."""

    number: int
    place: Place | None
    loss: float | None
    updates: int
    is_grad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One change of the trained tensors, by ``optimizer`` or, where that is -1, by hand."""

    number: int
    optimizer: int
    place: Place | None
    backward: int
    rate: float | None
    grad_norm: float | None
    ratio: float | None
    leaves: int
    leftovers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """An update that consumed gradients which the update ``earlier`` had consumed before.

    ``stale`` and ``fresh`` are the norms of the old and the new part, None if not measured.
    """

    update: int
    backward_place: Place | None
    update_place: Place | None
    earlier: int
    leaves: int
    of_leaves: int
    stale: float | None
    fresh: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuse:
    """A loss class called like a function. ``went_on``: the loss that was meant was returned."""

    place: Place | None
    name: str
    form: str
    went_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning that torch gave while the student's code ran."""

    place: Place | None
    category: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the graph of a loss ended in, right before the pass ``backward``.

    ``hosted`` of its ``leaves`` belong to a model that was called or to an optimizer. ``is_leaf``:
    the loss has no graph at all, and was made to ask for gradients itself.
    """

    backward: int
    place: Place | None
    leaves: int
    hosted: int
    is_leaf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One operation of a loss: itself and what it was applied to, names of autograd's nodes.

    ``low``, ``high``: the range of what a likelihood was given; ``total``: the sum of exp over
    one of its rows, the one farthest from 1. ``crossed``: how many predictions were compared
    with as many targets, each with each; 0 where they were paired.
    """

    backward: int
    place: Place | None
    chain: tuple[str, ...]
    low: float | None
    high: float | None
    total: float | None
    crossed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """An optimizer's step that found no gradient, where a backward pass had just left some."""

    update: int
    place: Place | None
    backward_place: Place | None
    leaves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How the mode-sensitive parts of a model acted from ``update`` on; see `wire`.

    ``awake`` and ``asleep``: its updates so far with these parts as in training, and without.
    """

    model: int
    update: int
    place: Place | None
    acts: int
    awake: int
    asleep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping:
    """A dropout of share ``p`` that acted in the forward, made in evaluation mode."""

    forward: int
    place: Place | None
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Symmetric:
    """A weight all of whose units were alike after the first updates and at the end."""

    place: Place | None
    name: str
    units: int
    inputs: int
    updates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """By how much the loss of a pass should differ from what it was at the first one's weights."""

    backward: int
    value: float


Event = (
    Forward
    | Backward
    | Update
    | Leftover
    | Misuse
    | Warned
    | Reach
    | Loss
    | Cleared
    | Mode
    | Dropping
    | Symmetric
    | Slope
)
