"""Reads the rows of a recorder, which are hostile bytes until they have been through here.

The student's process wrote them, so each value's type, range and reference is checked, and
their number is bounded. Whatever is wrong raises `TraceMalformed` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from grader.errors import StudentFault
from grader.model import Outcome, Place, Plain
from grader.schema import bits
from grader.schema.rows import (
    Backward,
    Cleared,
    Dropping,
    Event,
    Forward,
    Leftover,
    Loss,
    Misuse,
    Mode,
    Model,
    Optimizer,
    Reach,
    Slope,
    Source,
    Symmetric,
    Update,
    Warned,
)

MOST_ROWS = 400_000
MOST_TABLE = 50_000
LONGEST = 1000
MOST_NAMES = 64
BIGGEST = 1 << 62
NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
SOURCE_KINDS = ("loader", "rows", "unknown")


class TraceMalformed(StudentFault):
    """The recording does not follow its own format: something interfered with it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            Outcome.FORBIDDEN,
            f"The recording of the training run is damaged: {what}. The grader's recorder "
            "writes this recording while the program runs; a program must leave it alone.",
        )


def count(value: Plain) -> int:
    """A whole number from 0 on."""
    if type(value) is not int or not 0 <= value < BIGGEST:
        raise TraceMalformed("a count is not a whole number")
    return value


def index(value: Plain) -> int:
    """A position in a table, or -1 for none."""
    return -1 if type(value) is int and value == -1 else count(value)


def text(value: Plain) -> str:
    """A short text."""
    if type(value) is not str or len(value) > LONGEST:
        raise TraceMalformed("a text is missing or too long")
    # Half a character of two is text to JSON, and to nothing that writes it down.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def number(value: Plain) -> float | None:
    """A float, written as a number or as ``nan``, ``inf``, ``-inf``; or null."""
    if value is None:
        return None
    if type(value) is str and value in NUMBERS:
        return NUMBERS[value]
    if type(value) is int and -BIGGEST < value < BIGGEST:
        return float(value)
    if type(value) is not float:
        raise TraceMalformed("a number is not a number")
    return value


def flag(value: Plain) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise TraceMalformed("a yes-or-no is neither")
    return value


@dataclass(frozen=True, slots=True)
class Maybe:
    """What ``read`` reads, or null."""

    read: Callable[[Plain], Any]

    def __call__(self, value: Plain) -> Any:
        """The value, or None for null."""
        return None if value is None else self.read(value)


def texts(value: Plain) -> tuple[str, ...]:
    """A short list of short texts."""
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise TraceMalformed("a list of names is no such list")
    return tuple(text(item) for item in value)


def facts(value: Plain) -> dict[str, Any]:
    """The closing facts: numbers and short lists of names."""
    if not isinstance(value, dict) or len(value) > MOST_NAMES:
        raise TraceMalformed("the closing facts are no table")
    return {
        text(key): texts(item) if isinstance(item, list) else count(item)
        for key, item in value.items()
    }


FIELDS: dict[str, tuple[Callable[[Plain], Any], ...]] = {
    # Each kind of row by what reads its fields. The tests draw rows from this table too.
    "place": (count, text, count, Maybe(count)),
    "model": (count, text, flag, count, texts),
    "source": (count, text, text, index, Maybe(text)),
    "optimizer": (count, text, index),
    "forward": (count, index, index, index, count, count, count, count),
    "fed": (count, count),
    "twin": (count, count),
    "backward": (count, index, number, count, count),
    "update": (count, index, index, index, number, number, number, count, count),
    "leftover": (count, index, index, count, count, count, number, number),
    "misuse": (index, text, text, flag),
    "trained": (count, count, count),
    "seen": (count, count, count),
    "shared": (count, count, index),
    "warning": (index, text, text),
    "reach": (count, index, count, count, flag),
    "loss": (count, index, texts, number, number, number, count),
    "cleared": (count, index, index, count),
    "mode": (count, count, index, count, count, count),
    "dropping": (count, index, number),
    "slope": (count, number),
    "schedule": (count, index),
    "symmetric": (index, text, count, count, count),
    "fault": (text, text),
    "end": (facts,),
}


class Reader:
    """Takes rows one by one and builds the tables and events of a Trace."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.models: list[Model] = []
        self.sources: list[Source] = []
        self.optimizers: list[Optimizer] = []
        self.faults: list[str] = []
        self.end: dict[str, Any] | None = None
        self._places: list[Place] = []
        self._forwards: dict[int, int] = {}
        self._rows = 0
        self._updates = 0

    def read(self, batches: Iterable[Plain]) -> None:
        """Read every row.

        Raises:
            TraceMalformed: at the first row that is not as it must be.
        """
        for batch in batches:
            if not isinstance(batch, list):
                raise TraceMalformed("a batch is no list of rows")
            for row in batch:
                self._row(row)

    def _row(self, row: Plain) -> None:
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise TraceMalformed("it is too long")
        if not isinstance(row, list) or not row or type(row[0]) is not str:
            raise TraceMalformed("a row has no kind")
        fields = FIELDS.get(row[0])
        if fields is None or len(row) != len(fields) + 1:
            raise TraceMalformed("a row is of an unknown kind or length")
        if self.end is not None:
            raise TraceMalformed("it goes on after its end")
        values = [read(value) for read, value in zip(fields, row[1:], strict=True)]
        getattr(self, f"_read_{row[0]}")(*values)

    # --- tables -----------------------------------------------------------------------

    def _place(self, index: int) -> Place | None:
        if index < 0:
            return None
        place: Place = self._at(self._places, index, "line")
        return place

    @staticmethod
    def _at(table: list[Any], index: int, what: str) -> Any:
        if index >= len(table):
            raise TraceMalformed(f"it names a {what} that it has not introduced")
        return table[index]

    @staticmethod
    def _put(table: list[Any], index: int, value: Any) -> None:
        if index > len(table) or index >= MOST_TABLE:
            raise TraceMalformed("a table has a gap")
        if index == len(table):
            table.append(value)
        else:
            table[index] = value

    def _read_place(self, index: int, file: str, line: int, cell: int | None) -> None:
        self._put(self._places, index, Place(file, line, cell))

    def _read_model(
        self,
        index: int,
        name: str,
        is_module: bool,  # noqa: FBT001 - fields come in the order of a row
        parameters: int,
        sensitive: tuple[str, ...],
    ) -> None:
        model = Model(
            index=index, name=name, is_module=is_module, parameters=parameters, sensitive=sensitive
        )
        self._put(self.models, index, model)

    def _read_source(self, index: int, kind: str, name: str, size: int, pool: str | None) -> None:
        if kind not in SOURCE_KINDS:
            raise TraceMalformed("a source is of an unknown kind")
        new = Source(index=index, kind=kind, name=name, size=size, pool=pool)
        if index < len(self.sources):
            old = self.sources[index]
            new = replace(old, kind=kind, name=name, size=size, pool=pool)
        self._put(self.sources, index, new)

    def _read_optimizer(self, index: int, name: str, place: int) -> None:
        self._put(
            self.optimizers, index, Optimizer(index=index, name=name, place=self._place(place))
        )

    def _read_schedule(self, index: int, place: int) -> None:
        old = self._at(self.optimizers, index, "optimizer")
        self.optimizers[index] = replace(old, schedule=self._place(place))

    # --- facts about sources ----------------------------------------------------------

    def _read_trained(self, source: int, model: int, batches: int) -> None:
        old = self._at(self.sources, source, "source")
        self._at(self.models, model, "model")
        old.trained[model] = batches  # in place: a copy for each row would take as long as it likes

    def _read_seen(self, source: int, rows: int, trained: int) -> None:
        old = self._at(self.sources, source, "source")
        self.sources[source] = replace(old, rows=rows, rows_trained=trained)

    def _read_shared(self, source: int, other: int, rows: int) -> None:
        old = self._at(self.sources, source, "source")
        self._at(self.sources, other, "source")
        old.shared[other] = rows

    # --- events -----------------------------------------------------------------------

    def _read_forward(
        self, number: int, model: int, place: int, source: int, batch: int, flags: int,
        row: int, updates: int,
    ) -> None:  # fmt: skip
        self._at(self.models, model, "model")
        if source >= 0:
            self._at(self.sources, source, "source")
        if number in self._forwards or flags > bits.FLAGS:
            raise TraceMalformed("a forward pass is numbered wrongly")
        self._reach(updates)
        self._forwards[number] = len(self.events)
        self.events.append(
            Forward(
                number=number, model=model, place=self._place(place), source=source,
                batch=batch, flags=flags, row=row, updates=updates,
            )
        )  # fmt: skip

    def _read_fed(self, number: int, flag: int) -> None:
        at = self._forwards.get(number)
        if flag not in (bits.FED, bits.FED_GRAD):
            raise TraceMalformed("a forward pass has an unknown fate")
        if at is None:
            return  # a long run is thinned: the forward itself may have been left out
        forward = self.events[at]
        if isinstance(forward, Forward):
            self.events[at] = replace(forward, flags=forward.flags | flag)

    def _read_twin(self, number: int, model: int) -> None:
        self._at(self.models, model, "model")
        at = self._forwards.get(number)
        forward = None if at is None else self.events[at]
        if at is None or not isinstance(forward, Forward):
            raise TraceMalformed("a copy of a model was not called")
        self.events[at] = replace(forward, twin=model)

    def _reach(self, updates: int) -> None:
        """Take the number of updates made so far: of a long run, not each has a row."""
        if updates < self._updates or (updates > self._updates and self._rows <= bits.THIN_AFTER):
            raise TraceMalformed("a pass is numbered wrongly")
        self._updates = updates

    def _read_backward(
        self, number: int, place: int, loss: float | None, updates: int, how: int
    ) -> None:
        if how > 1:
            raise TraceMalformed("a backward pass is of an unknown kind")
        self._reach(updates)
        self.events.append(
            Backward(
                number=number, place=self._place(place), loss=loss, updates=updates,
                is_grad=how == 1,
            )
        )  # fmt: skip

    def _read_update(  # noqa: PLR0913, PLR0917 - a row has as many fields as it has
        self, number: int, optimizer: int, place: int, backward: int, rate: float | None,
        grad_norm: float | None, ratio: float | None, leaves: int, leftovers: int,
    ) -> None:  # fmt: skip
        if optimizer >= 0:
            self._at(self.optimizers, optimizer, "optimizer")
        if number <= self._updates:
            raise TraceMalformed("an update is numbered wrongly")
        self._updates = number
        self.events.append(
            Update(
                number=number, optimizer=optimizer, place=self._place(place),
                backward=backward, rate=rate, grad_norm=grad_norm, ratio=ratio,
                leaves=leaves, leftovers=leftovers,
            )
        )  # fmt: skip

    def _read_leftover(
        self, update: int, backward_place: int, update_place: int, earlier: int,
        leaves: int, of_leaves: int, stale: float | None, fresh: float | None,
    ) -> None:  # fmt: skip
        self.events.append(
            Leftover(
                update=update, backward_place=self._place(backward_place),
                update_place=self._place(update_place), earlier=earlier, leaves=leaves,
                of_leaves=of_leaves, stale=stale, fresh=fresh,
            )
        )  # fmt: skip

    def _read_misuse(
        self,
        place: int,
        name: str,
        form: str,
        went_on: bool,  # noqa: FBT001 - fields come in the order of a row
    ) -> None:
        self.events.append(Misuse(place=self._place(place), name=name, form=form, went_on=went_on))

    def _read_warning(self, place: int, category: str, message: str) -> None:
        self.events.append(Warned(place=self._place(place), category=category, message=message))

    # --- facts of the rules ----------------------------------------------------------

    def _read_reach(
        self,
        backward: int,
        place: int,
        leaves: int,
        hosted: int,
        is_leaf: bool,  # noqa: FBT001 - fields come in the order of a row
    ) -> None:
        self.events.append(
            Reach(
                backward=backward, place=self._place(place), leaves=leaves, hosted=hosted,
                is_leaf=is_leaf,
            )
        )  # fmt: skip

    def _read_loss(
        self, backward: int, place: int, chain: tuple[str, ...], low: float | None,
        high: float | None, total: float | None, crossed: int,
    ) -> None:  # fmt: skip
        self.events.append(
            Loss(
                backward=backward, place=self._place(place), chain=chain, low=low, high=high,
                total=total, crossed=crossed,
            )
        )  # fmt: skip

    def _read_cleared(self, update: int, place: int, backward_place: int, leaves: int) -> None:
        self.events.append(
            Cleared(
                update=update, place=self._place(place),
                backward_place=self._place(backward_place), leaves=leaves,
            )
        )  # fmt: skip

    def _read_mode(
        self, model: int, update: int, place: int, acts: int, awake: int, asleep: int
    ) -> None:
        self._at(self.models, model, "model")
        if acts > bits.ACTS:
            raise TraceMalformed("a model is in an unknown mode")
        self.events.append(
            Mode(
                model=model, update=update, place=self._place(place), acts=acts, awake=awake,
                asleep=asleep,
            )
        )  # fmt: skip

    def _read_dropping(self, forward: int, place: int, p: float | None) -> None:
        if forward not in self._forwards or p is None:
            raise TraceMalformed("a dropout acted in no forward pass")
        self.events.append(Dropping(forward=forward, place=self._place(place), p=p))

    def _read_slope(self, backward: int, value: float | None) -> None:
        if value is None:
            raise TraceMalformed("a slope is no number")
        self.events.append(Slope(backward=backward, value=value))

    def _read_symmetric(self, place: int, name: str, units: int, inputs: int, updates: int) -> None:
        self.events.append(
            Symmetric(
                place=self._place(place), name=name, units=units, inputs=inputs, updates=updates
            )
        )

    def _read_fault(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")

    def _read_end(self, values: dict[str, Any]) -> None:
        self.end = values
