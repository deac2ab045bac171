"""What became of the run as a whole, beside its checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.checks.cells import CellLog
from grader.errors import StudentFault
from grader.model import Crash, ExecutedCell, Limits, Outcome
from grader.runner.agreed import YAML_ERROR


@dataclass
class RunReport:
    """What the judge tells the supervisor of the run as a whole, beside the checks."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    crash: Crash | None = None
    notes: list[str] = field(default_factory=list)
    on_cell: Callable[[ExecutedCell], object] = lambda _: None
    """Takes each cell of a notebook when it is over."""
    cells_are_taken: bool = False

    def cells(self, limits: Limits) -> CellLog | None:
        """Where the next run tells its cells; None when an earlier run has told them."""
        if self.cells_are_taken:
            return None
        self.cells_are_taken = True
        return CellLog(limits.one_cell_s, self.on_cell)

    def interrupted(self, cells: CellLog | None, limits: Limits) -> str:
        """Cells over their limit are the run's outcome if they came first; the sentence."""
        if cells is None or not cells.began_with_timeout:
            return ""
        numbers = ", ".join(map(str, cells.timed_out))
        which = f"Cell {numbers} was" if len(cells.timed_out) == 1 else f"Cells {numbers} were"
        reason = f"{which} interrupted after {limits.one_cell_s:g} seconds, the limit of one cell."
        self.faulted(StudentFault(Outcome.TIMED_OUT, reason))
        return reason

    def crashed(self, crash: Crash) -> None:
        """The submission raised outside of any single check's question."""
        if self.outcome is Outcome.OK:
            self.outcome, self.reason = classify(crash)
            self.crash = crash

    def faulted(self, fault: StudentFault) -> None:
        """The student's process ended or broke a limit."""
        if self.outcome is Outcome.OK:
            self.outcome, self.reason = fault.outcome, fault.reason

    def invalid(self, crash: Crash) -> None:
        """The submission doesn't compile."""
        self.outcome, self.crash = Outcome.INVALID, crash
        self.reason = f"The file is not valid {language_of(crash)}: {crash.message}"

    def note(self, notes: tuple[str, ...]) -> None:
        """Keep sentences for the report, each once."""
        self.notes.extend(note for note in notes if note not in self.notes)


def language_of(crash: Crash) -> str:
    """What the file was expected to be that gave such an error when it was read."""
    return "YAML" if crash.type == YAML_ERROR else "Python"


NO_MEMORY = (
    "can't allocate memory",
    "Cannot allocate memory",
    "not enough memory",
    "out of memory",
)
WALL_TYPES = frozenset(("PermissionError", "BlockingIOError"))
WALL_TEXTS = (
    "Operation not permitted",
    "Permission denied",
    "File too large",
    "No space left on device",
    "Too many open files",
)
THREADS = "can't start new thread"
GPU_FAULTS = (
    "device-side assert",
    "illegal memory access",
    "illegal address",
    "illegal instruction",
    "misaligned address",
    "hardware stack error",
    "unspecified launch failure",
    "launch timed out",
    "uncorrectable ECC",
)
"""After one of these a process can never use its GPU again."""
GPU_FAULT = (
    "The program caused a fault on the GPU, and its process was ended: nothing works after one."
)


def is_gpu_fault(crash: Crash) -> bool:
    """Whether the exception tells of a fault that makes the GPU useless to its process."""
    return "CUDA" in crash.message and _any(GPU_FAULTS, crash.message)


def classify(crash: Crash) -> tuple[Outcome, str]:
    """The outcome of a run that ended by this exception, and the sentence that says so."""
    text = f"{crash.type}: {crash.message}"
    where = f" at {crash.place}" if crash.place else ""
    if crash.type == "MemoryError" or _any(NO_MEMORY, text):
        of_gpu = " of the GPU" if "CUDA" in text else ""
        return (
            Outcome.OUT_OF_MEMORY,
            f"The program asked for more memory{of_gpu} than it may have{where}.",
        )
    refused = crash.type in WALL_TYPES or THREADS in text
    if refused or (crash.type == "OSError" and _any(WALL_TEXTS, text)):
        reason = f"The program tried something that is not allowed here{where}: {text[:300]}"
        return Outcome.FORBIDDEN, reason
    return Outcome.CRASHED, f"The program raised {text[:300]}{where}"


def _any(fragments: tuple[str, ...], text: str) -> bool:
    return any(fragment in text for fragment in fragments)
