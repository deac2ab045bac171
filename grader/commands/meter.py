"""A progress bar for each file that is fetched: on standard error, on a terminal only."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from grader.commands import console


class Bars:
    """A context manager; called with a name, the bytes there are, and the bytes in all."""

    def __init__(self, *, wanted: bool) -> None:
        self._shown = console.Progress(wanted=wanted).shown
        self._name = ""
        self._bar: Any = None

    def __call__(self, name: str, done: int, total: int) -> None:
        """Shows how far a file has come; another name begins another bar."""
        if not self._shown:
            return
        if name != self._name:
            self._close()
            self._name, self._bar = name, self._new(name, total)
        self._bar.update(done - self._bar.n)

    def tell(self, line: str) -> None:
        """Writes a line above the bar."""
        self._close()
        console.say(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @staticmethod
    def _new(name: str, total: int) -> Any:
        from tqdm import tqdm  # noqa: PLC0415  # only where it is shown

        return tqdm(
            desc=name, total=total or None, unit="B", unit_scale=True, leave=False, file=sys.stderr,
            dynamic_ncols=True,
        )  # fmt: skip

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._name = None, ""
