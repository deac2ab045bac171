"""What goes on while a class is graded: live on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Any, Self

from grader.commands import console

_LINE_EVERY_S = 30.0
_MOST_NAMED = 4
_NAME_WIDTH = 24


class Watch:
    """Counts what is told, and shows it; a context manager. Without a terminal: plain lines."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._total = self._done = self._graded = 0
        self._began = time.monotonic()
        self._next_line = self._began + _LINE_EVERY_S
        self._counts: Counter[str] = Counter()
        self._running: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is to be put back."""

    def found(self, total: int, before: int) -> None:
        """So many hand-ins are to be graded, of which so many were graded before."""
        self._total, self._done = total, before
        self._began = time.monotonic()
        known = f", {before} of them graded before" if before else ""
        if self._wanted:
            self.say(f"{total} submissions{known}")

    def began(self, who: str) -> None:
        """A submission is being graded."""
        self._running[who] += 1

    def done(self, who: str, count: int, outcome: str, *, passed: bool) -> None:
        """It has its result, and so have all that are the same file: so many in all."""
        self._running -= Counter([who])
        self._done += count
        self._graded += count
        self._counts["passed" if passed else "failed" if outcome == "ok" else outcome] += count

    def look(self) -> None:
        """Time has passed."""
        now = time.monotonic()
        if self._wanted and now >= self._next_line and self._done < self._total:
            self._next_line = now + _LINE_EVERY_S
            self.say(self.line())

    def say(self, text: str) -> None:
        """A sentence for the person at the terminal."""
        console.say(text)

    def line(self) -> str:
        """How far it is, as one line of text."""
        parts = [f"{self._done} of {self._total} graded", *self._tally()]
        seconds = time.monotonic() - self._began
        if self._graded and seconds > 0:
            rate = self._graded / seconds
            left = (self._total - self._done) / rate
            parts.append(f"{60 * rate:.0f} a minute, about {_duration(left)} left")
        return ", ".join(parts)

    def _tally(self) -> list[str]:
        return [f"{count} {word.replace('_', ' ')}" for word, count in self._counts.most_common()]

    def _names(self) -> str:
        names = [name[:_NAME_WIDTH] for name in self._running]
        more = f" +{len(names) - _MOST_NAMED}" if len(names) > _MOST_NAMED else ""
        return ", ".join(names[:_MOST_NAMED]) + more


class LiveWatch(Watch):
    """The same as a bar with counts, speed, time left and who is being graded."""

    def __init__(self) -> None:
        super().__init__(wanted=True)
        from rich.console import Console  # noqa: PLC0415  # a terminal's business alone
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._progress = Progress(
            BarColumn(20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._task: Any = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """The bar goes; what is said afterwards stands in its place."""
        self._progress.stop()

    def found(self, total: int, before: int) -> None:
        """So many hand-ins are to be graded, of which so many were graded before."""
        super().found(total, before)
        self._task = self._progress.add_task("", total=total, completed=before, told="warming up")
        self._progress.start()

    def began(self, who: str) -> None:
        """A submission is being graded."""
        super().began(who)
        self.look()

    def look(self) -> None:
        """Time has passed."""
        if self._task is not None:
            _, *facts = self.line().split(", ")
            told = " · ".join([*facts, self._names()]).strip(" ·")
            self._progress.update(self._task, completed=self._done, told=told)

    def say(self, text: str) -> None:
        """A sentence for the person at the terminal, above the bar."""
        self._progress.console.print(f"grade: {text}", markup=False, soft_wrap=True)


def watch(*, wanted: bool) -> Watch:
    """What suits standard error: live on a terminal, else lines; little where none is wanted."""
    return LiveWatch() if console.Progress(wanted=wanted).shown else Watch(wanted=wanted)


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004  # in whole minutes it would be off by half
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"  # noqa: PLR2004
