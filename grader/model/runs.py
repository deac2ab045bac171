"""How it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.findings import Crash
from grader.model.words import CellStatus, IsolationLevel, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """The wall as it stood: the layers in force, and those the machine did not give."""

    level: IsolationLevel
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the program printed: the capped tails of both streams."""

    stdout: str = ""
    stderr: str = ""
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a grading has come, for whoever waits.

    ``doing`` is what goes on, in a few words. Of a training also: the ``step`` that was made
    last, its ``loss`` (may be nan), and ``of`` how many steps, where that is known.
    """

    doing: str
    step: int | None = None
    loss: float | None = None
    of: int | None = None

    def __str__(self) -> str:
        said = self.doing
        if self.step is not None:
            said += f": step {self.step:,}" + (f" of {self.of:,}" if self.of else "")
        return said if self.loss is None else f"{said}, loss {self.loss:.4g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutput:
    """One output of a cell, as a notebook keeps it.

    ``kind`` is the notebook format's: ``stream`` (``name`` says which), ``display_data``,
    ``execute_result`` or ``error``. ``data`` maps MIME types to text; images are base64.
    All of it is the student's: hostile until a renderer has made it harmless.
    """

    kind: str
    name: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedCell:
    """One code cell as it ran. ``after_failure`` numbers failed cells whose names it reads."""

    number: int
    status: CellStatus
    outputs: tuple[CellOutput, ...] = ()
    duration_s: float = 0.0
    after_failure: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One grading as the supervisor saw it. ``started`` is UTC, ISO 8601.

    ``data`` says which form of each data set was used: ``full`` or ``subset``; ``versions`` are
    those of Python and PyTorch.
    """

    device: str
    seed: int
    started: str
    wall_s: float
    cpu_s: float
    peak_rss_mb: float
    isolation: Isolation
    output: Output
    outcome: Outcome
    reason: str = ""
    crash: Crash | None = None
    notes: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[ExecutedCell, ...] = ()
