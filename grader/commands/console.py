"""Streams: results to standard output, progress and warnings to standard error."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

from grader import model
from grader.commands.curve import Curve
from grader.errors import UsageError
from grader.shown.harmless import visible

_WIDTH = 100  # columns, where no terminal says otherwise
_BAR = 20
_COUNTED = re.compile(r"\b(\d{1,6}) of (\d{1,6})\b", re.ASCII)


def put(text: str) -> None:
    """Writes to standard output; what its encoding lacks is replaced, never an error.

    Raises:
        UsageError: standard output is closed or full.
    """
    _write_out(text.encode(_open_stdout().encoding or "utf-8", "replace"))


def put_utf8(text: str) -> None:
    """Writes to standard output as UTF-8 whatever the locale, for other programs.

    Raises:
        UsageError: standard output is closed or full.
    """
    _write_out(text.encode("utf-8", "replace"))


def _open_stdout() -> TextIO:
    if sys.stdout is None:
        raise UsageError("Standard output is closed. Open it, or use --output FILE.")
    return sys.stdout


def _write_out(data: bytes) -> None:
    stream = _open_stdout()
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        drop_output()
        raise UsageError(f"Standard output can't be written ({problem.strerror}).") from None


def drop_output() -> None:
    """Lets nothing more be written: Python flushes at its end, and would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def put_json(value: object) -> None:
    """Writes a plain value to standard output as strict JSON."""
    put_utf8(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def say(text: str) -> None:
    """Writes a line to standard error, if there is one."""
    if sys.stderr is not None:
        encoding = sys.stderr.encoding or "utf-8"
        # A sentence may quote what somebody else has written, a file's name among it.
        sys.stderr.write(f"grade: {visible(text)}\n".encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()


def width() -> int:
    """The columns that a line of text may take."""
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def colour(stream: TextIO) -> bool:
    """Whether the stream shows colour: on a terminal, unless NO_COLOR asks for none."""
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """One line on standard error that is written over and over, on a terminal only.

    It shows what goes on, how far it is where that is known (``4 of 11`` in the text, or steps
    of so many), the student's own step and loss as they come, and the seconds since it began.
    """

    def __init__(self, *, wanted: bool) -> None:
        self.shown = wanted and _is_terminal(sys.stderr)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._clock: threading.Thread | None = None
        self._told: model.Progress | None = None
        self._curve = Curve()
        self._since = 0.0

    def __call__(self, told: str | model.Progress) -> None:
        """Shows what goes on in place of the last line. Threads may share it."""
        if not self.shown:
            return
        if isinstance(told, str):
            told = model.Progress(doing=told)
        with self._lock:
            if self._told is None or told.doing != self._told.doing:
                self._since = time.monotonic()
                self._curve = Curve()
            if told.loss is not None:
                self._curve.add(told.loss)
            self._told = told
            self._draw()
            if self._clock is None:
                self._clock = threading.Thread(target=self._tick, daemon=True)
                self._clock.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._clock is not None:
            self._clock.join()
            self._write("")

    def _tick(self) -> None:
        """Let the seconds pass where nothing is told for long."""
        while not self._ended.wait(1.0):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if self._told is not None:
            self._write(line(self._told, time.monotonic() - self._since, str(self._curve)))

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "utf-8"
        shown = f"\r{text[: width() - 1]}\x1b[K"
        sys.stderr.write(shown.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()


def line(told: model.Progress, seconds: float, curve: str = "") -> str:
    """What goes on as one line, after so many seconds of it: ``training  step 1,240  …``."""
    parts = [told.doing]
    if told.step is not None:
        parts.append(f"step {told.step:,}" + (f" of {told.of:,}" if told.of else ""))
    if told.loss is not None:
        parts.append(f"loss {told.loss:.3g}")
        parts.extend([curve] if curve else [])
    if seconds >= 1:
        parts.append(f"{seconds:,.0f} s")
    share = _share(told)
    if share is not None:
        parts.insert(0, _bar(share))
    return "".join(char if char.isprintable() else " " for char in "  ".join(parts))


def _share(told: model.Progress) -> float | None:
    """How much is done, from 0 to 1, where that is told."""
    if told.step is not None and told.of:
        return min(told.step / told.of, 1.0)
    counted = _COUNTED.search(told.doing)
    if counted is None:
        return None
    # The one that is named is under way: it counts for nothing yet.
    done, total = int(counted[1]) - 1, int(counted[2])
    return min(max(done / total, 0.0), 1.0) if total else None


def _bar(share: float) -> str:
    full = round(share * _BAR)
    return f"[{'#' * full}{'.' * (_BAR - full)}]"
