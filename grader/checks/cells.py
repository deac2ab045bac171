"""The cells of a notebook as the student's process tells of them: hostile data.

Each cell is told when it starts, now and then while it runs, and when it is over. What was
told stays, however the process ends.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

from grader.model import CellOutput, CellStatus, ExecutedCell
from grader.runner.wire import WireMalformed

GRACE_S = 5.0
"""How long a cell may go on after its limit before its whole process is ended."""

MAX_CELLS = 10_000
MAX_OUTPUTS = 500
MOST = 10_000_000
"""Lines of a file, or cells of a notebook: more than any that is read."""
MAX_BYTES = 24 << 20
"""Characters of all outputs that one run may leave: more than an honest process tells."""

KINDS = ("stream", "display_data", "execute_result", "error")

_TOLD = {
    "ok": CellStatus.OK,
    "failed": CellStatus.FAILED,
    "timed_out": CellStatus.TIMED_OUT,
    "skipped": CellStatus.SKIPPED,
    "running": None,
}


class CellLog:
    """What is known of the cells of one run.

    ``done`` is given each cell when it is over, or when its process is. ``deadline`` is when
    the running cell must be over, a reading of :func:`time.monotonic`. ``began_with_timeout``
    says of the first cell that didn't end well whether that was for its time.
    """

    def __init__(self, limit_s: float, done: Callable[[ExecutedCell], object]) -> None:
        self._limit_s = limit_s
        self._done = done
        self._running: ExecutedCell | None = None
        self._started = 0.0
        self._left = MAX_BYTES
        self._count = 0
        self.deadline = math.inf
        self.timed_out: list[int] = []
        self.began_with_timeout: bool | None = None

    def take(self, plain: object) -> None:
        """One message about a cell. Raises WireMalformed."""
        if not isinstance(plain, dict) or plain.get("status") not in _TOLD:
            raise WireMalformed("it reports a cell that is none")
        status = _TOLD[plain["status"]]
        cell = self._read(plain, status or CellStatus.FAILED)
        if status is None:
            if self._running is None or self._running.number != cell.number:
                self._started = time.monotonic()
                self.deadline = self._started + self._limit_s + GRACE_S
            self._running = cell
            return
        began = self._running is not None and self._running.number == cell.number
        # Measured from here: a program may do to its own clock what it likes.
        took = time.monotonic() - self._started if began else 0.0
        self._finish(replace(cell, duration_s=took))

    def ended(self, *, late: bool) -> None:
        """The process is gone; ``late`` if time was up. What the running cell showed is kept."""
        cell = self._running
        if cell is not None:
            self._finish(ExecutedCell(
                number=cell.number,
                status=CellStatus.TIMED_OUT if late else CellStatus.FAILED,
                outputs=cell.outputs,
                duration_s=time.monotonic() - self._started,
            ))  # fmt: skip

    @property
    def is_late(self) -> bool:
        """Whether the running cell has not come to its end in time."""
        return time.monotonic() >= self.deadline

    def say_late(self) -> str:
        """What is said of a cell that didn't react to its interrupt."""
        number = "?" if self._running is None else self._running.number
        return (
            f"Cell {number} ran for more than {self._limit_s:g} seconds, the limit of one cell, "
            "and could not be interrupted; the program was ended."
        )

    def _finish(self, cell: ExecutedCell) -> None:
        self._running = None
        self.deadline = math.inf
        self._count += 1
        if self._count > MAX_CELLS:
            raise WireMalformed("it reports more cells than a notebook has")
        late = cell.status is CellStatus.TIMED_OUT
        if late:
            self.timed_out.append(cell.number)
        if self.began_with_timeout is None and (late or cell.status is CellStatus.FAILED):
            self.began_with_timeout = late
        self._left -= _size(cell.outputs)
        self._done(cell)

    def _read(self, plain: dict[str, Any], status: CellStatus) -> ExecutedCell:
        number, outputs, owed = (
            plain.get("number"),
            plain.get("outputs"),
            plain.get("after_failure"),
        )
        if not (is_count(number) and isinstance(outputs, list) and isinstance(owed, list)):
            raise WireMalformed("it reports a cell without its number or its outputs")
        read = tuple(_output(output) for output in outputs[:MAX_OUTPUTS])
        return ExecutedCell(
            number=number,
            status=status,
            outputs=read if _size(read) <= self._left else (),
            after_failure=tuple(cell for cell in owed[:100] if is_count(cell)),
        )


def is_count(value: object, most: int = MOST) -> TypeGuard[int]:
    """Whether a value is a whole number from 0 on, as lines and cells are counted."""
    return type(value) is int and 0 <= value < most


def _output(plain: object) -> CellOutput:
    match plain:
        case {"kind": str(kind), "name": str(name), "data": dict(data)} if kind in KINDS:
            texts = {_clean(mime)[:100]: _clean(text) for mime, text in data.items()}
            return CellOutput(kind=kind, name=_clean(name)[:80], data=texts)
    raise WireMalformed("it reports an output of a cell that is none")


def _clean(text: object) -> str:
    """Text that UTF-8 can hold."""
    if not isinstance(text, str):
        raise WireMalformed("it reports an output of a cell that is no text")
    return text.encode("utf-8", "replace").decode()


def _size(outputs: tuple[CellOutput, ...]) -> int:
    return sum(len(text) for output in outputs for text in output.data.values())
