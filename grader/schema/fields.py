"""The kinds of values that a row may hold, each with the reader that takes it or refuses it.

A row was written in the student's process, so a value's type, range and reference is checked when
it is read, and nothing of it is trusted before.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, dataclass_transform

from grader.errors import StudentFault
from grader.model import Outcome, Place, Plain

LONGEST = 1000
MOST_NAMES = 64
BIGGEST = 1 << 62
NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


class TraceMalformed(StudentFault):
    """The recording does not follow its own format: something interfered with it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            Outcome.FORBIDDEN,
            f"The recording of the training run is damaged: {what}. The grader's recorder "
            "writes this recording while the program runs; a program must leave it alone.",
        )


# --- values ---------------------------------------------------------------------------


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


def measure(value: Plain) -> float:
    """The same, and never null."""
    read = number(value)
    if read is None:
        raise TraceMalformed("a measure is missing")
    return read


def positive(value: Plain) -> int:
    """A whole number from 1 on."""
    read = count(value)
    if not read:
        raise TraceMalformed("a count is 0 where there is something to count")
    return read


def share(value: Plain) -> float:
    """A number from 0 to 1."""
    read = measure(value)
    if not 0 <= read <= 1:
        raise TraceMalformed("a share is not between 0 and 1")
    return read


def flag(value: Plain) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise TraceMalformed("a yes-or-no is neither")
    return value


def texts(value: Plain) -> tuple[str, ...]:
    """A short list of short texts."""
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise TraceMalformed("a list of names is no such list")
    return tuple(text(item) for item in value)


def counts(value: Plain) -> tuple[int, ...]:
    """A short list of whole numbers from 0 on."""
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise TraceMalformed("a list of counts is no such list")
    return tuple(count(item) for item in value)


def facts(value: Plain) -> dict[str, Any]:
    """The closing facts: numbers and short lists of names."""
    if not isinstance(value, dict) or len(value) > MOST_NAMES:
        raise TraceMalformed("the closing facts are no table")
    return {
        text(key): texts(item) if isinstance(item, list) else count(item)
        for key, item in value.items()
    }


@dataclass(frozen=True, slots=True)
class Maybe:
    """What ``read`` reads, or null."""

    read: Callable[[Plain], Any]

    def __call__(self, value: Plain) -> Any:
        """The value, or None for null."""
        return None if value is None else self.read(value)


@dataclass(frozen=True, slots=True)
class Below:
    """A count below ``bound``."""

    bound: int

    def __call__(self, value: Plain) -> int:
        """The count."""
        read = count(value)
        if read >= self.bound:
            raise TraceMalformed("a count is beyond its bound")
        return read


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, value: Plain) -> str:
        """The word."""
        if type(value) is not str or value not in self.words:
            raise TraceMalformed("a word is none of those that there are")
        return value


@dataclass(frozen=True, slots=True)
class In:
    """A position in a table that an earlier row has filled; -1 for none where that is allowed.

    ``stands``: the field holds what stands there, not its position.
    """

    table: str
    none: bool = False
    stands: bool = False


Count = Annotated[int, count]
Index = Annotated[int, index]
Text = Annotated[str, text]
Number = Annotated[float | None, number]
Measure = Annotated[float, measure]
Positive = Annotated[int, positive]
Share = Annotated[float, share]
Flag = Annotated[bool, flag]
Texts = Annotated[tuple[str, ...], texts]
Counts = Annotated[tuple[int, ...], counts]
Line = Annotated[Place | None, In("places", none=True, stands=True)]
"""A line of the student's, or None; on its way it is a position in the table of places."""

Tables: TypeAlias = Mapping[str, Sequence[Any] | Mapping[int, Any]]


# --- rows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: its name, and what reads it."""

    name: str
    reader: Callable[[Plain], Any] | In

    def read(self, value: Plain, tables: Tables) -> Any:
        """The value.

        Raises:
            TraceMalformed: it is not as it must be.
        """
        reader = self.reader
        if not isinstance(reader, In):
            return reader(value)
        at = index(value) if reader.none else count(value)
        if at < 0:
            return None if reader.stands else at
        table = tables[reader.table]
        known = at in table if isinstance(table, Mapping) else at < len(table)
        if not known:
            raise TraceMalformed(f"it names a position in {reader.table} that nothing stands at")
        return table[at] if reader.stands else at


class Row:
    """A kind of row: a frozen record, which is written as its kind and its fields in order.

    Fields with a default are not sent: what later rows say of the same thing goes there.
    """

    __slots__ = ()
    tag: ClassVar[str]
    sent: ClassVar[tuple[Field, ...]]
    write: ClassVar[Callable[..., list[Plain]]]
    """The row itself, from its fields in order or by name: what the recorder hands to its log."""

    @classmethod
    def at(cls, name: str) -> int:
        """Where a field stands in the row."""
        return 1 + [field.name for field in cls.sent].index(name)

    @classmethod
    def read(cls, values: Sequence[Plain], tables: Tables) -> Any:
        """The record of a row's fields.

        Raises:
            TraceMalformed: a value, or their number, is not as it must be.
        """
        if len(values) != len(cls.sent):
            raise TraceMalformed("a row is of an unknown kind or length")
        read = zip(cls.sent, values, strict=True)
        return cls(**{field.name: field.read(value, tables) for field, value in read})


Kind = TypeVar("Kind", bound=Row)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def row(tag: str) -> Callable[[type[Kind]], type[Kind]]:
    """A decorator that makes a class with annotated fields a kind of row."""

    def make(cls: type[Kind]) -> type[Kind]:
        made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.tag, made.sent = tag, tuple(_sent(made))
        names = ", ".join(field.name for field in made.sent)
        # As dataclasses do: a function with these parameters, which costs the recorder no loop.
        made.write = staticmethod(eval(f"lambda {names}: [{tag!r}, {names}]", {}))  # noqa: S307
        typed: type[Kind] = made
        return typed

    return make


def _sent(cls: type[Any]) -> Iterator[Field]:
    hints = typing.get_type_hints(cls, include_extras=True)
    for each in fields(cls):
        if each.default is MISSING and each.default_factory is MISSING:
            (reader,) = hints[each.name].__metadata__
            yield Field(each.name, reader)


def kinds_in(namespace: Mapping[str, object]) -> Iterator[type[Row]]:
    """The kinds of rows among the values of a module, in the order in which they stand there."""
    for value in namespace.values():
        if isinstance(value, type) and issubclass(value, Row) and value is not Row:
            yield value
