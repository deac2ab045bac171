"""The Trace: what a training run did, as plain frozen records that rules read.

Our side of the wall; imports neither torch nor numpy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from grader.model import Plain
from grader.schema.fields import Row, TraceMalformed
from grader.schema.rows import (
    Backward,
    Forward,
    Kindred,
    Missed,
    Model,
    Optimizer,
    Slope,
    Source,
    Update,
)
from grader.trace.reading import Reader

__all__ = ["Replay", "ReplayRequest", "Trace", "TraceMalformed"]

Kind = TypeVar("Kind", bound=Row)

OVERLAP = 0.5
"""A source that shares this much of its rows with trained data is not held-out data."""
ROWS_OVERLAP = 0.2
"""The same by content: of rows that no data set tells apart, a few may be alike by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """A run of the same program from the same seed, with other updates: `Recorder`'s options."""

    update_scale: float
    clear_gradients: bool
    stop_after_steps: int
    hold_rate: bool = False
    cap_rate: bool = False
    after: int = 0
    calm_weights: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay was asked to do, and the loss of each of its steps.

    ``largest``: the largest of its updates against the tensors it changed; inf if unknown.
    ``passes``: the loss of each backward pass that came after the updates that were left as they
    were, and by how much it should have changed since the first of them, if that was measured.
    ``is_cut``: its process was ended from outside, so it does not show all that was asked.
    """

    request: ReplayRequest
    losses: tuple[float, ...]
    largest: float = math.inf
    passes: tuple[tuple[float, float | None], ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class Trace:
    """One recorded run.

    ``end`` holds the closing facts; None when the process ended before it could write them.
    ``faults`` are failures of the recorder itself, never of the student's code.
    """

    events: tuple[Row, ...] = ()
    models: tuple[Model, ...] = ()
    sources: tuple[Source, ...] = ()
    optimizers: tuple[Optimizer, ...] = ()
    faults: tuple[str, ...] = ()
    end: Mapping[str, Any] | None = None
    replays: tuple[Replay, ...] = field(default=())

    @classmethod
    def from_plain(cls, batches: Iterable[Plain], replays: Iterable[Replay] = ()) -> Trace:
        """Read what a recorder emitted, batch by batch.

        Raises:
            TraceMalformed: whatever is wrong with it.
        """
        reader = Reader()
        reader.read(batches)
        return cls.of_reader(reader, replays)

    @classmethod
    def of_reader(cls, reader: Reader, replays: Iterable[Replay] = ()) -> Trace:
        """What a reader has read so far."""
        return cls(
            events=tuple(reader.events),
            models=tuple(reader.models),
            sources=tuple(reader.sources),
            optimizers=tuple(reader.optimizers),
            faults=tuple(reader.faults),
            end=reader.end,
            replays=tuple(replays),
        )

    def with_replay(self, request: ReplayRequest, replayed: Trace) -> Trace:
        """This trace, knowing also how ``request`` went."""
        slopes = {slope.backward: slope.value for slope in replayed.of(Slope)}
        replay = Replay(
            request=request,
            losses=replayed.losses,
            largest=replayed.largest_after(request.after),
            passes=tuple(
                (one.loss, slopes.get(one.number))
                for one in replayed.of(Backward)
                if one.loss is not None and one.updates >= request.after
            ),
            is_cut=replayed.end is None,
        )
        return replace(self, replays=(*self.replays, replay))

    # --- events -----------------------------------------------------------------------

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """The events of one kind, in order."""
        return iter(self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[type[Row], Sequence[Any]]:
        """Every rule asks for some kinds, and a long run has tens of thousands of events."""
        found: dict[type[Row], list[Row]] = {}
        for event in self.events:
            found.setdefault(type(event), []).append(event)
        return found

    @cached_property
    def updates(self) -> int:
        """How many updates were made."""
        last = max((update.number for update in self.of(Update)), default=0)
        told = self.end.get("updates", 0) if self.end is not None else 0
        return max(last, told) if isinstance(told, int) else last

    @property
    def is_tampered(self) -> bool:
        """Whether the program took the recorder's hooks away."""
        return self.end is not None and bool(self.end.get("lost"))

    @property
    def unseen(self) -> int:
        """How many steps were made, at least, where the recorder could not see them."""
        told = self.end.get("unseen", 0) if self.end is not None else 0
        return told if isinstance(told, int) else 0

    @property
    def missed(self) -> tuple[str, ...]:
        """The observers that failed: what the record says of their facts may not be all."""
        return tuple(f"{one.fact}: {one.what}" for one in self.of(Missed))

    @property
    def is_sound(self) -> bool:
        """Whether anything may be concluded from it: what it missed could be what it hangs on."""
        return not self.is_tampered and not self.faults

    # --- curves -----------------------------------------------------------------------

    @property
    def losses(self) -> tuple[float, ...]:
        """The loss of each update: that of the last backward pass before it.

        A backward pass that no update followed counts too when it is the last one: a loss
        that ended the program is the one that matters.
        """
        return self.losses_after(0)

    def losses_after(self, update: int) -> tuple[float, ...]:
        """The same without the first ``update`` updates; of a long run, those that were kept."""
        return tuple(loss for number, loss in self.steps if number > update)

    @cached_property
    def steps(self) -> tuple[tuple[int, float], ...]:
        """The number and the loss of each update; see `losses`."""
        steps: list[tuple[int, float]] = []
        pending: float | None = None
        last = 0
        for event in self.events:
            if isinstance(event, Backward) and event.loss is not None:
                pending = event.loss
            elif isinstance(event, Update):
                last = event.number
                if pending is not None:
                    steps.append((last, pending))
                    pending = None
        if pending is not None:
            steps.append((last + 1, pending))
        return tuple(steps)

    @cached_property
    def moves(self) -> bool:
        """Whether some update changed a weight, or may have: most of a long run's aren't measured.

        By hand they are known by their effect. An optimizer's steps are taken to have changed
        nothing only where all that were measured did, at every rate that there was.
        """
        still: set[float | None] = set()
        unmeasured: set[float | None] = set()
        for update in self.of(Update):
            if update.optimizer < 0:
                return True
            if update.grad_norm is None:
                unmeasured.add(update.rate)
            elif update.ratio != 0:
                return True
            else:
                still.add(update.rate)
        return not unmeasured <= still

    @property
    def gradient_norms(self) -> tuple[float, ...]:
        """The norm of the gradient at each update that was measured."""
        return tuple(u.grad_norm for u in self.of(Update) if u.grad_norm is not None)

    @property
    def update_ratios(self) -> tuple[float, ...]:
        """The size of each measured update against the size of the tensors it changed."""
        return tuple(u.ratio for u in self.of(Update) if u.ratio is not None)

    @property
    def largest(self) -> float:
        """The largest of `update_ratios`; inf where none is known, or not all are finite."""
        return self.largest_after(0)

    def largest_after(self, update: int) -> float:
        """The same of the updates after the first ``update``."""
        late = (u.ratio for u in self.of(Update) if u.number > update)
        ratios = [ratio for ratio in late if ratio is not None]
        return max(ratios) if ratios and all(map(math.isfinite, ratios)) else math.inf

    # --- models and sources -----------------------------------------------------------

    @cached_property
    def trained_models(self) -> frozenset[int]:
        """The models that batches reached an update of."""
        return frozenset(
            model for source in self.sources for model, n in source.trained.items() if n
        ) | frozenset(
            forward.model for forward in self.of(Forward) if forward.is_fed and forward.source < 0
        )

    @cached_property
    def main_model(self) -> Model | None:
        """The model that most of the training went into."""
        batches: Counter[int] = Counter()
        for source in self.sources:
            batches.update(source.trained)
        if not batches:
            return None
        best = max(batches.values())
        return self.models[max(index for index, n in batches.items() if n == best)]

    def is_held_out(self, index: int) -> bool:
        """Whether a source is known to hold data that nothing was trained on."""
        return index in self._held_out

    @cached_property
    def _held_out(self) -> frozenset[int]:
        """Found once: rules ask it of each pass, and a source may share rows with many others."""
        kindred = {one.source for one in self.of(Kindred)}
        return frozenset(one.index for one in self.sources if self._holds_out(one, kindred))

    def _holds_out(self, source: Source, kindred: Collection[int]) -> bool:
        if source.trained or (source.kind == "unknown" and source.index not in kindred):
            return False
        if source.kind != "loader" and not source.rows:
            return False  # all that it gave was trained on by the end
        if any(rows != 0 for rows in source.shared.values()):
            return self._shares_little(source)
        # Rows of another data set may look alike where little of a picture is compared.
        most = OVERLAP if source.shared else ROWS_OVERLAP
        return source.rows_trained <= most * source.rows

    def _shares_little(self, source: Source) -> bool:
        """Some rows in common: held-out still, if most are not and all are known."""
        if min(source.shared.values()) < 0 or source.size <= 0:
            return False
        most = max(source.shared.values())
        return most <= OVERLAP * source.size and source.rows_trained <= OVERLAP * source.rows
