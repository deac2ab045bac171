"""What became of the run as a whole, beside its checks."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.errors import StudentFault
from grader.model import Crash, Outcome


@dataclass
class RunReport:
    """What the judge tells the supervisor of the run as a whole, beside the checks."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    crash: Crash | None = None
    notes: list[str] = field(default_factory=list)

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
        self.reason = f"The file is not valid Python: {crash.message}"

    def note(self, notes: tuple[str, ...]) -> None:
        """Keep sentences for the report, each once."""
        self.notes.extend(note for note in notes if note not in self.notes)


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


def classify(crash: Crash) -> tuple[Outcome, str]:
    """The outcome of a run that ended by this exception, and the sentence that says so."""
    text = f"{crash.type}: {crash.message}"
    where = f" at {crash.place}" if crash.place else ""
    if crash.type == "MemoryError" or _any(NO_MEMORY, text):
        return Outcome.OUT_OF_MEMORY, f"The program asked for more memory than it may have{where}."
    refused = crash.type in WALL_TYPES or THREADS in text
    if refused or (crash.type == "OSError" and _any(WALL_TEXTS, text)):
        reason = f"The program tried something that is not allowed here{where}: {text[:300]}"
        return Outcome.FORBIDDEN, reason
    return Outcome.CRASHED, f"The program raised {text[:300]}{where}"


def _any(fragments: tuple[str, ...], text: str) -> bool:
    return any(fragment in text for fragment in fragments)
