"""Streams: results to standard output, progress and warnings to standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from types import TracebackType
from typing import Self, TextIO

from grader.errors import UsageError

_WIDTH = 100  # columns, where no terminal says otherwise


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
        raise UsageError(f"Standard output can't be written ({problem.strerror}).") from None


def put_json(value: object) -> None:
    """Writes a plain value to standard output as strict JSON."""
    put_utf8(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def say(text: str) -> None:
    """Writes a line to standard error, if there is one."""
    if sys.stderr is not None:
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(f"grade: {text}\n".encode(encoding, "replace").decode(encoding))
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
    """One line on standard error that is written over and over, on a terminal only."""

    def __init__(self, *, wanted: bool) -> None:
        self.shown = wanted and _is_terminal(sys.stderr)
        self._lock = threading.Lock()
        self._dirty = False

    def __call__(self, text: str) -> None:
        """Shows a text in place of the last one. Threads may share the line."""
        self._write("".join(char if char.isprintable() else " " for char in text))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._dirty:
            self._write("")

    def _write(self, text: str) -> None:
        if not self.shown:
            return
        self._dirty = True
        line = f"\r{text[: width() - 1]}\x1b[K"
        with self._lock:
            sys.stderr.write(
                line.encode(sys.stderr.encoding, "replace").decode(sys.stderr.encoding)
            )
            sys.stderr.flush()
