"""What the running cell shows, in order and within bounds: text, pictures, errors.

Runs in the student's process. Text that a progress bar writes over is forgotten as a terminal
forgets it. What is too large is left out or cut, and the output says so.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, TextIO

MAX_TEXT = 256 << 10
"""Characters of streams that a cell keeps."""

MAX_RICH = 2 << 20
"""Bytes of one output that is shown, as JSON."""

MAX_CELL = 4 << 20
MAX_ALL = 16 << 20
"""Bytes of all that is shown by one cell, and by all of them."""

MAX_OUTPUTS = 400
MAX_MIMES = 8

_to_json = json.JSONEncoder().encode


class _Text:
    """One stream's part between two outputs of another kind. Lines that are over are kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lines: list[str] = []
        self._rest: list[str] = []  # what the next carriage return overwrites

    def add(self, text: str) -> int:
        """Take what was written; the number of characters that are to stay."""
        if "\n" not in text and "\r" not in text:
            self._rest.append(text)
            return 0
        over, mark, rest = ("".join(self._rest) + text).rpartition("\n")
        self._rest = [_written_over(rest)]
        if not mark:
            return 0
        lines = "\n".join(map(_written_over, over.split("\n"))) + "\n"
        self._lines.append(lines)
        return len(lines)

    def __str__(self) -> str:
        return "".join(self._lines) + "".join(self._rest).strip("\r")


def _written_over(line: str) -> str:
    """What stays to be seen of a line in which carriage returns went back to its start."""
    if "\r" not in line:
        return line
    parts = [part for part in line.split("\r") if part]
    return (parts[-1] if parts else "") + ("\r" if line.endswith("\r") else "")


class Outputs:
    """The outputs of one cell after the other; ``begin`` forgets those of the cell before."""

    def __init__(self) -> None:
        self.is_open = False
        self._left = MAX_ALL
        self._reset()

    def _reset(self) -> None:
        self._items: list[dict[str, Any] | _Text] = []
        self._clears = False
        self._kept_text = self._cut_text = self._kept_rich = self._dropped = 0

    def begin(self) -> None:
        """A cell starts."""
        self._reset()
        self.is_open = True

    def end(self) -> list[dict[str, Any]]:
        """The cell is over: what it has shown."""
        self.is_open = False
        shown = self.plain()
        self._left -= self._kept_rich
        return shown

    # --- what comes ---------------------------------------------------------------------

    def text(self, name: str, text: str) -> None:
        """Something was written to ``stdout`` or ``stderr``."""
        if not self.is_open or not text:
            return
        last = self._last()
        if not isinstance(last, _Text) or last.name != name:
            if not self._has_room():
                return
            last = _Text(name)
            self._items.append(last)
        room = MAX_TEXT - self._kept_text
        self._cut_text += max(0, len(text) - room)
        if room > 0:
            self._kept_text += last.add(text[:room])

    def rich(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        display_id: str | None = None,
        update: bool = False,
    ) -> None:
        """Something was shown: a ``display_data`` or an ``execute_result``."""
        if not self.is_open:
            return
        texts = {str(mime)[:100]: _as_text(data[mime]) for mime in list(data)[:MAX_MIMES]}
        item = {"kind": kind, "name": "", "data": texts, "id": display_id}
        if update:
            self._replace(item)
        elif not self._is_shown(item) and self._has_room():
            self._bound(item)
            self._items.append(item)

    def error(self, crash: Mapping[str, Any]) -> None:
        """An exception ended the cell."""
        if self.is_open:
            self._last()
            data = {"text/plain": _traceback(crash)}
            self._items.append({"kind": "error", "name": crash["type"], "data": data, "id": None})

    def clear(self, *, wait: bool) -> None:
        """``clear_output``: forget all, or do so when the next output comes."""
        self._clears = True
        if not wait:
            self._last()

    # --- what there is ------------------------------------------------------------------

    def plain(self) -> list[dict[str, Any]]:
        """All outputs so far, as plain data."""
        shown = []
        for item in self._items:
            if isinstance(item, _Text):
                text = str(item)[:MAX_TEXT]
                shown.append({"kind": "stream", "name": item.name, "data": {"text/plain": text}})
            else:
                shown.append({name: item[name] for name in ("kind", "name", "data")})
        if self._cut_text:
            shown.append(_notice(f"{self._cut_text:,} more characters were printed and left out."))
        if self._dropped:
            shown.append(_notice(f"{self._dropped:,} more outputs were left out."))
        return shown

    def _last(self) -> dict[str, Any] | _Text | None:
        if self._clears:
            self._items.clear()
            self._clears = False
            self._kept_text = self._kept_rich = 0
        return self._items[-1] if self._items else None

    def _has_room(self) -> bool:
        self._last()
        if len(self._items) < MAX_OUTPUTS:
            return True
        self._dropped += 1
        return False

    def _is_shown(self, item: dict[str, Any]) -> bool:
        """Whether it is a figure that this cell shows already, as its value or by ``show``."""
        picture = item["data"].get("image/png")
        return picture is not None and any(
            other["kind"] != item["kind"] and other["data"].get("image/png") == picture
            for other in self._items
            if not isinstance(other, _Text)
        )

    def _replace(self, item: dict[str, Any]) -> None:
        for at, other in enumerate(self._items):
            if not isinstance(other, _Text) and other["id"] == item["id"] is not None:
                self._bound(item)
                self._items[at] = {**item, "kind": other["kind"]}

    def _bound(self, item: dict[str, Any]) -> None:
        """Leave out what is too large of it, and say so in its place."""
        left = min(MAX_RICH, MAX_CELL - self._kept_rich, self._left - self._kept_rich)
        data: dict[str, str] = item["data"]
        for mime in sorted(data, key=lambda mime: len(data[mime])):
            size = len(_to_json(data[mime]))
            if size > left:
                del data[mime]
                said = f"[{mime} of {size:,} bytes was left out: it is too large to be kept.]"
                data["text/plain"] = f"{data.get('text/plain', '')[:1000]}\n{said}".lstrip()
            else:
                left -= size
                self._kept_rich += size


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    try:
        return json.dumps(value, default=repr)
    except (TypeError, ValueError, RecursionError):
        return "{}"


def _notice(text: str) -> dict[str, Any]:
    return {"kind": "stream", "name": "stderr", "data": {"text/plain": f"[{text}]\n"}}


def _traceback(crash: Mapping[str, Any]) -> str:
    """An exception as text: the author's own lines, then what it says."""
    lines = []
    for file, line, cell, source in crash["frames"]:
        where = f"cell {cell}" if cell is not None else file
        lines += [f"{where}, line {line}", f"    {source.strip()}"]
    said = f"{crash['type']}: {crash['message']}" if crash["message"] else crash["type"]
    return "\n".join([*lines, said])


class CellStream:
    """``sys.stdout`` or ``sys.stderr`` of a notebook: the real one, and the cell's outputs."""

    def __init__(self, name: str, real: TextIO, outputs: Outputs) -> None:
        self._real = real
        self._name = name
        self._outputs = outputs

    def write(self, text: str) -> int:
        """Write to both."""
        written = self._real.write(text)
        self._outputs.text(self._name, text)
        return written

    def writelines(self, lines: Any) -> None:
        """Write each to both."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
