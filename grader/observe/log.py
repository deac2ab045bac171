"""The recorder's notebook: rows of plain data, sent off in batches, and the student's lines.

Runs in the student's process. A row is a list whose first item names its kind; the kinds
and their fields are the classes of `grader.schema.rows`.
"""

from __future__ import annotations

import functools
import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from sys import _getframe
from types import CodeType, FrameType

import torch

from grader.model import Plain
from grader.observe.threads import Thread
from grader.schema.bits import FED, ROW_LIMIT, THIN_AFTER
from grader.schema.rows import Backward, End, Fault, Forward, Missed, Placed, Update

OURS = str(Path(__file__).parent) + os.sep
"""Where the code of the recorder lies."""
_back = FrameType.__dict__["f_back"].__get__
"""The caller of a frame, whoever's it is: the program's ``f_back`` passes ours over."""
_dispatch_modes = torch._C._len_torch_dispatch_stack
COMPILING = "_is_compiling_flag"
"""What ``torch.compiler.is_compiling()`` returns; a function that is asked in every step."""
FLUSH_SECONDS = 0.2
EAGER_UPDATES = 5
TOLD_FAULTS = 5
STEP_ROWS = 3
"""An ordinary step is a forward, a backward and an update."""
KEEP_EVERY = 16 * STEP_ROWS
ORDINARY = (Forward.tag, Backward.tag, Update.tag)
FLAGS = Forward.at("flags")

Row = list["Plain"]
Files = Mapping[str, tuple[str, int | None]]


def plain_float(value: float) -> float | str:
    """A float as strict JSON can say it: nan and the infinities become strings."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")


class Log:
    """Collects rows and hands them to ``emit`` often enough that a killed process loses little.

    After each of the first few updates, then about every 0.2 s. A long run is thinned: past
    `THIN_AFTER` rows, only one in sixteen ordinary training rows is kept, and past
    `ROW_LIMIT` none of any kind but the closing facts.
    """

    def __init__(self, emit: Callable[[list[Plain]], object], files: Files) -> None:
        self._emit = emit
        self._files = files
        self._rows: list[Row] = []
        self.put = self._rows.append
        """Append one row as `add` does, and send none: for what another row will soon follow."""
        self._places: dict[tuple[str, int], int] = {}
        self._known_code: dict[CodeType, bool] = {}
        self._sent = 0
        self._ordinary = 0
        self._clock = time.monotonic
        self._last = self._clock()
        self.thread = Thread()
        self._ident = self.thread.current
        self._transforms = torch._C._are_functorch_transforms_active
        self._tracing = torch._C._get_tracing_state
        self.compiling = functools.partial(vars(torch.compiler).get, COMPILING, False)
        """The program's word on it; see `is_switched_off`."""
        self.dropped = 0
        self.faults = 0

    # --- rows -------------------------------------------------------------------------

    def add(self, row: Row) -> Row:
        """Append one row; it may still be edited until it is sent."""
        self._rows.append(row)
        if self._clock() - self._last > FLUSH_SECONDS:
            self.flush()
        return row

    def is_sent(self, row: Row) -> bool:
        """Whether ``row`` has left, so that a change needs a row of its own."""
        return not any(row is waiting for waiting in reversed(self._rows))

    def flush(self) -> None:
        """Send what has collected."""
        self._last = self._clock()
        kept = [row for row in self._rows if self._keeps(row)]
        self._rows.clear()
        self._sent += len(kept)
        if kept:
            self._emit([list(row) for row in kept])

    def close(self, facts: dict[str, Plain]) -> None:
        """Send everything, the closing facts last."""
        self.flush()
        self._rows.append(End.write({**facts, "rows": self._sent, "dropped": self.dropped}))
        self.flush()

    def _keeps(self, row: Row) -> bool:
        if self._sent < THIN_AFTER or row[0] not in ORDINARY:
            return True
        if self._sent < ROW_LIMIT:
            if row[0] == Forward.tag and not (isinstance(flags := row[FLAGS], int) and flags & FED):
                return True
            self._ordinary += 1
            if self._ordinary % KEEP_EVERY < STEP_ROWS:
                return True
        self.dropped += 1
        return False

    def fault(self, where: str, error: BaseException) -> None:
        """Record that the recorder itself failed; the first few are told, all are counted."""
        self.faults += 1
        if self.faults <= TOLD_FAULTS:
            self._rows.append(Fault.write(where, _described(error)))

    def missed(self, fact: str, error: BaseException) -> None:
        """Record that one fact could not be noted; the others stand."""
        self._rows.append(Missed.write(fact, _described(error)))

    # --- places -----------------------------------------------------------------------

    def watches(self) -> bool:
        """Whether the caller is the watched thread, running for real.

        Inside transforms (``torch.func``), compilation and tracing, tensors have no values.
        """
        return (
            not self._transforms()
            and (self._ident() == self.thread.ident or self.thread.takes_over())
            and self._tracing() is None
            and not (_dispatch_modes() and self._has_no_values())
        )

    def is_real(self) -> bool:
        """The same, but inside a transform too, where wrapped tensors have values in them."""
        return (
            (self._ident() == self.thread.ident or self.thread.takes_over())
            and self._tracing() is None
            and not self._has_no_values()
        )

    def _has_no_values(self) -> bool:
        """Whether a compiler runs the program with tensors of its own; a flag alone says nothing.

        What it compiles is never run as Python, and what it traces has a dispatch mode around it.
        """
        return _dispatch_modes() > 0 and self.is_switched_off()

    def is_switched_off(self) -> bool:
        """Whether a program has said that it is being compiled, which torch says in no step."""
        return self.compiling() is not False

    def is_student(self, code: CodeType) -> bool:
        """Whether ``code`` was compiled from the student's text."""
        known = self._known_code.get(code)
        if known is None:
            known = code.co_filename in self._files
            if known:  # a notebook's later cells join ``files``: only a yes is final
                self._known_code[code] = True
        return known

    def frame(self, depth: int = 1) -> FrameType | None:
        """The innermost frame of the student, seen from ``depth`` frames above the caller."""
        return self.student_from(_getframe(depth + 1))

    def outside(self) -> FrameType | None:
        """The innermost frame that is none of ours."""
        frame: FrameType | None = _getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(OURS):
            frame = _back(frame)
        return frame

    def caller(self, depth: int) -> FrameType | None:
        """The frame ``depth`` above the caller's own, whoever's it is."""
        return _getframe(depth + 1)

    def student_from(self, frame: FrameType | None) -> FrameType | None:
        """The first frame of the student at or above ``frame``."""
        while frame is not None and not self.is_student(frame.f_code):
            frame = _back(frame)
        return frame

    def place(self, frame: FrameType | None) -> int:
        """The index of ``frame``'s current line in the table of places; -1 without a frame."""
        return -1 if frame is None else self.line(frame.f_code, frame.f_lineno)

    def line(self, code: CodeType, line: int) -> int:
        """The index of a line of the student's code in the table of places."""
        key = (code.co_filename, line)
        index = self._places.get(key)
        if index is None:
            index = len(self._places)
            name, cell = self._files[key[0]]
            self._rows.append(Placed.write(index, name, key[1], cell))
            self._places[key] = index  # last: a deep program's stack may end in any line
        return index

    def here(self) -> int:
        """The student's line that is running now."""
        return self.place(self.frame(1))


def _described(error: BaseException) -> str:
    """What an exception says, short enough for a row; its class may be the program's."""
    kind = type(error).__name__
    try:
        return f"{kind}: {error}"[:300]
    except Exception:  # noqa: BLE001 - who tells of a fault must not make another
        return kind[:300]
