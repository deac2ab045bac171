"""What the student's process says in its answers, read as hostile data.

A text is cut and can be written down, an exception has lines that can be; what is malformed raises
WireMalformed.
"""

from __future__ import annotations

from dataclasses import replace

from grader.checks.cells import is_count
from grader.crashes import explain
from grader.model import Crash, Place
from grader.runner.wire import WireMalformed

MAX_FRAMES = 64
MAX_COLUMN = 1_000
MAX_VALUES = 16
MAX_TEXT = 4000
MAX_NUMBER = 1 << 64
"""Of an object, or of the entries along a dimension."""
MAX_DIMENSIONS = 64
"""As many as a tensor can have."""


def read_shape(value: object) -> tuple[int, ...]:
    """The sizes of a tensor, as far as they are sizes; of anything else, none."""
    sizes = value if isinstance(value, list) else []
    return tuple(size for size in sizes[:MAX_DIMENSIONS] if is_count(size, MAX_NUMBER))


def read_text(value: object) -> str:
    """A text that can be written down, cut where it is too long; empty for anything else."""
    text = value[:MAX_TEXT] if isinstance(value, str) else ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def read_notes(value: object) -> tuple[str, ...]:
    """What our own code over there had to say of the run: few short texts."""
    notes = value if isinstance(value, list) else []
    return tuple(read_text(note)[:200] for note in notes[:20] if isinstance(note, str))


def read_crash(plain: object) -> Crash:
    """A crash from what the student's process says of it, explained. Raises WireMalformed."""
    if not isinstance(plain, dict) or not isinstance(plain.get("frames"), list):
        raise WireMalformed("it reports an exception without its lines")
    frames = []
    for frame in plain["frames"][:MAX_FRAMES]:
        match frame:
            case [str(file), int(line), (int() | None) as cell, str(source)] if is_count(line) and (
                cell is None or is_count(cell)
            ):
                place = Place(read_text(file)[:200], line, cell)
                frames.append((place, read_text(source)[:200]))
            case _:
                raise WireMalformed("it reports an exception whose lines are no lines")
    crash = Crash(
        type=read_text(plain.get("type"))[:80],
        message=read_text(plain.get("message")),
        frames=tuple(frames),
        values=_read_values(plain.get("values", [])),
        span=_read_span(plain.get("span")),
    )
    return replace(crash, explanation=explain(crash))


def _read_span(plain: object) -> tuple[int, int] | None:
    """From which column to which; it only draws a line, so one that is odd is left out."""
    match plain:
        case [int(start), int(end)] if 0 <= start < end <= MAX_COLUMN:
            return start, end
    return None


def _read_values(plain: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(plain, list):
        raise WireMalformed("it reports an exception whose values are no list")
    values = []
    for value in plain[:MAX_VALUES]:
        match value:
            case [str(name), str(text)]:
                values.append((read_text(name)[:80], read_text(text)[:200]))
            case _:
                raise WireMalformed("it reports an exception whose values are no names and texts")
    return tuple(values)
