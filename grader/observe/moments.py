"""The moments of a training, and whoever notes a fact at one of them.

Runs in the student's process. An observer is one file in `grader.observe.facts`: a class that
overrides the moments it wants and writes its rows. It is found there and registered nowhere. What
it raises costs its own fact, and the record says so; the rest of the record stands.

A long run is looked at through windows: the first passes and updates, and then ever more rarely
(after twice as many each time), so that what an observer does at a moment may cost something. What
must be seen each time is heard through a door of the observer's own (`Observer.install`).
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from grader.observe.looking import quietly

if TYPE_CHECKING:
    import torch
    from torch import nn

    from grader.observe.calls import Call
    from grader.observe.gradients import Gradients, Leaf
    from grader.observe.ledger import LiveSource
    from grader.observe.log import Log
    from grader.observe.models import Models
    from grader.observe.patching import Patches
    from grader.observe.sources import Sources
    from grader.observe.updates import Updates

FIRST: Final = 3
"""So many passes, and updates, are looked at one by one."""
MOST_BATCHES = 32
"""So many batches of each loader are looked at one by one."""
MOST_TURNS = 400
"""So many turns of loaders are told of: a program may make an iterator for each step."""


def is_due(count: int) -> bool:
    """Whether what comes after so many of its kind is looked at: the first ones, then doubling."""
    return count < FIRST or not count & (count - 1)


def next_due(count: int) -> int:
    """After how many the next one is looked at, once so many have been."""
    return count + 1 if count + 1 < FIRST else 1 << count.bit_length()


@dataclass(frozen=True, slots=True)
class Run:
    """What an observer may look at and write to; it changes none of it."""

    log: Log
    gradients: Gradients
    models: Models
    sources: Sources
    updates: Updates


@dataclass(frozen=True, slots=True)
class Pass:
    """A backward pass that is about to begin, or has just ended.

    ``place`` is the index of the loss's line, ``calls`` are the forwards that feed it, ``losses``
    the numbers of the nodes that torch's losses returned, in order, with their lines.
    ``retains``: it was told to keep its graph.
    """

    number: int
    place: int
    roots: Sequence[torch.Tensor]
    calls: Sequence[Call]
    losses: Sequence[tuple[int, int]] = ()
    retains: bool = False

    def place_of(self, node: Any) -> int:
        """The line of the loss that a node belongs to: the first that was returned after it."""
        at = bisect.bisect_left(self.losses, (node._sequence_nr(), -1))
        return self.losses[at][1] if at < len(self.losses) else self.place


class Root(NamedTuple):
    """The loss of a pass that is over: its pass, its line, and the number of its graph's node."""

    passing: int
    place: int
    node: int


class Observer:
    """One fact of a training. Override what it needs; every method is called quietly and guarded.

    Moments of a window only (see above): `inside`, `loss`, `backward`, `update`. Every time:
    `forward` for those forwards that are written down, `optimizer`, `made`, `failure`, `end`;
    `turn` and `batch` at first.

    ``takes_part``: the run goes on otherwise than without it, so a replay needs it, too.
    """

    takes_part: ClassVar[bool] = False

    def __init__(self, run: Run) -> None:
        self.run = run
        self.log = run.log

    def install(self, patches: Patches) -> None:
        """Listen at doors of one's own; several may listen at one."""

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """A root module has returned, and its forward was written down."""

    def inside(self, module: nn.Module) -> None:
        """A module is called inside a root, which may be on its way to a pass of a window."""

    def loss(self, passing: Pass) -> None:
        """A backward pass is about to begin: its graph is whole."""

    def backward(self, passing: Pass) -> None:
        """It has ended, and its gradients are there."""

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Update ``number`` has changed these tensors."""

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:
        """A torch optimizer begins to be, at a line (an index, -1 if not known)."""

    def made(self, optimizer: Any, index: int, place: int) -> None:
        """It is constructed, and has its settings."""

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """A loader begins to hand out its batches, once more: one of the first `MOST_TURNS`."""

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """A loader hands out a batch: one of its first `MOST_BATCHES`, or of a window."""

    def failure(self, roots: Sequence[torch.Tensor], place: int, earlier: Sequence[Root]) -> None:
        """A backward pass has raised, and its exception is being handled.

        ``earlier`` are the losses of the last passes that came to their end.
        """

    def end(self) -> None:
        """The program has ended: the last chance to write."""


class Moments:
    """Tells every observer of the moments that it overrides."""

    def __init__(self) -> None:
        self._observers: list[Observer] = []
        self._missed: set[int] = set()
        self.next_update = 1
        self._turns = 0
        self._find_hearers()

    def begin(self, kinds: Iterable[type[Observer]], run: Run) -> None:
        """Make the observers, once there is all that they may look at."""
        self._observers = [kind(run) for kind in kinds]
        self._find_hearers()

    def _find_hearers(self) -> None:
        self._forward = self._of("forward")
        self._inside = self._of("inside")
        self._loss = self._of("loss")
        self._backward = self._of("backward")
        self._update = self._of("update")
        self._optimizer = self._of("optimizer")
        self._turn = self._of("turn")
        self._failure = self._of("failure")
        self._batch = self._of("batch")
        self._made = self._of("made")

    def _of(self, moment: str) -> tuple[Callable[..., None], ...]:
        default = vars(Observer)[moment]
        return tuple(
            getattr(owner, moment)
            for owner in self._observers
            if vars(type(owner)).get(moment, default) is not default
        )

    def install(self, patches: Patches) -> None:
        """Let every observer listen at its own doors."""
        for one in self._observers:
            one.install(patches)

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Tell that a forward was written down."""
        self._tell(self._forward, call, module, inputs, output)

    def inside(self, module: nn.Module) -> None:
        """Tell that a module is called inside a root."""
        self._tell(self._inside, module)

    def loss(self, passing: Pass) -> None:
        """Tell that a backward pass begins whose graph is looked at."""
        self._tell(self._loss, passing)

    def backward(self, passing: Pass) -> None:
        """Tell that it has ended."""
        self._tell(self._backward, passing)

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Tell of an update that is one to look at: ``next_update``, or a later one."""
        self.next_update = next_due(number - 1) + 1
        self._tell(self._update, leaves, number)

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:
        """Tell that an optimizer begins to be."""
        self._tell(self._optimizer, optimizer, index, place)

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """Tell that a loader hands out a batch, if it is one to look at."""
        source.handed += 1
        if source.handed <= MOST_BATCHES or is_due(source.handed):
            self._tell(self._batch, source, tensors)

    def wants_turns(self) -> bool:
        """Whether the turns of loaders are still told of."""
        return self._turns < MOST_TURNS

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """Tell that a loader begins to hand out its batches."""
        self._turns += 1
        self._tell(self._turn, source, iterator)

    def failure(self, roots: Sequence[torch.Tensor], place: int, earlier: Sequence[Root]) -> None:
        """Tell that a backward pass has raised."""
        self._tell(self._failure, roots, place, earlier)

    def made(self, optimizer: Any, index: int, place: int) -> None:
        """Tell that it is constructed."""
        self._tell(self._made, optimizer, index, place)

    def end(self) -> None:
        """Tell that the program has ended."""
        self._tell(tuple(one.end for one in self._observers))

    def _tell(self, hearers: tuple[Callable[..., None], ...], *args: Any) -> None:
        for hear in hearers:
            try:
                with quietly():
                    hear(*args)
            except Exception as error:  # noqa: BLE001 - ours must not end the student's run
                self._miss(hear, error)

    def _miss(self, hear: Any, error: Exception) -> None:
        """Write down, once, that an observer has failed: its fact may be incomplete."""
        observer: Observer = hear.__self__
        if id(observer) not in self._missed:
            self._missed.add(id(observer))
            observer.log.missed(type(observer).__name__, error)
