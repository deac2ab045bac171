"""What goes into one supervised grading, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.model import (
    Crash,
    Exercise,
    Finding,
    Isolation,
    IsolationLevel,
    IsolationPolicy,
    LayerCurves,
    Outcome,
    Output,
    Submission,
)
from grader.runner.devices import CPU, Device
from grader.runner.outside.preloads import preloads


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one grading needs: who is judged, by what, and within which bounds.

    ``judge`` is the argument of the judge's process. ``props`` are the exercise's own helpers,
    run in the student's process and so without a secret in them. ``forbidden`` are the files
    that hold one: the wall tries them and must not get them open. ``data_files`` are opened
    here and handed to the student as descriptors, so that no path of them has to be readable;
    ``data`` says which form of each data set they are. Working folders are made in ``scratch``.

    What a script of one's own has beside it (``grade diagnose``): ``arguments`` of its command
    line, None where a program is graded and has none; ``modules``, the text of each file that it
    may import, by its path beside the script; ``readable`` folders, which ``links`` lead to from
    where the script looks for them. ``entry`` is the module that judges, and ``replays_s`` what
    its replays may take beyond the time limit.
    """

    exercise: Exercise
    submission: Submission
    policy: IsolationPolicy
    seed: int
    judge: dict[str, Any]
    props: str | None = None
    forbidden: tuple[Path, ...] = ()
    data_files: tuple[Path, ...] = ()
    device: Device = CPU
    data: Mapping[str, str] = field(default_factory=dict)
    scratch: Path | None = None
    arguments: tuple[str, ...] | None = None
    modules: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    entry: str = "grader.checks.judge"
    replays_s: float = 0.0

    def on(self, device: Device) -> Job:
        """The same job on a device, as its processes are told of it."""
        return replace(self, device=device, judge={**self.judge, "device": asdict(device)})

    @cached_property
    def preload(self) -> tuple[str, ...]:
        """Modules that the submission or its checks will want, to be imported once for many."""
        names = (self.judge.get(name) for name in ("checks", "extra", "reference"))
        own = (Path(name) for name in names if name)
        texts = [path.read_text(encoding="utf-8") for path in own if path.is_file()]
        return preloads(
            (self.submission.source, *self.modules.values(), *texts),
            images=bool(self.exercise.data),
        )

    def to_student(self) -> dict[str, Any]:
        """The part of it that the student's process is told, when its wall stands."""
        return {
            "name": Path(self.submission.name).name,
            "kind": self.submission.kind,
            "cells": [[cell.number, cell.source, cell.count] for cell in self.submission.cells],
            "cell_s": self.exercise.limits.one_cell_s,
            "seed": self.seed,
            "data": dict(self.data),
            "provides": list(self.exercise.provides),
            "props": self.props,
            "arguments": None if self.arguments is None else list(self.arguments),
            "modules": dict(self.modules),
            "links": dict(self.links),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the judge says of the run as a whole, when all checks are done."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    crash: Crash | None = None
    notes: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    layers: tuple[LayerCurves, ...] = ()


@dataclass(slots=True)
class Session:
    """What a grading left behind: the judge's messages, and how the student's processes did.

    ``is_late``: the judge was ended because it did not come to its end.
    """

    device: Device = CPU
    messages: list[dict[str, Any]] = field(default_factory=list)
    outcome: Outcome = Outcome.OK
    reason: str = ""
    output: Output = field(default_factory=Output)
    isolation: Isolation = field(default_factory=lambda: Isolation(level=IsolationLevel.NONE))
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_rss_mb: float = 0.0
    is_late: bool = False
    limited_itself: bool = False
    """Whether a process changed its own resource limits: what struck then is none of ours."""
    left: list[str] = field(default_factory=list)
    """Sentences about folders that could not be removed."""

    def remember(self, outcome: Outcome, reason: str) -> None:
        """Keep the first thing that went wrong: later ones follow from it."""
        if self.outcome is Outcome.OK:
            self.outcome, self.reason = outcome, reason


@dataclass(slots=True)
class Stream:
    """One stream that the student prints to: counted in full, kept as a capped tail."""

    kept: bytearray = field(default_factory=bytearray)
    total: int = 0

    def add(self, data: bytes, cap: int) -> None:
        """Take what was printed, dropping the oldest beyond ``cap`` bytes."""
        self.total += len(data)
        self.kept += data
        if len(self.kept) > 2 * cap:
            del self.kept[:-cap]

    def text(self, cap: int) -> str:
        """The tail, at most ``cap`` bytes."""
        return bytes(self.kept[-cap:]).decode("utf-8", "replace")
