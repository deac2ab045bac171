"""Mutated conversations, for a few seconds of every test run; fuzz_wire.py runs for long."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fuzz_wire  # type: ignore[import-not-found]


def test_honest_conversations_are_read() -> None:
    """Unmutated, the corpus ends in values and the exceptions that it tells of."""
    ends = [fuzz_wire.consume(data) for data in fuzz_wire.corpus()]
    assert ends.count("value") == 7
    assert {"StudentRaised", "Invalid"} <= set(ends)


def test_mutated_conversations_never_break_the_judge() -> None:
    """Whatever bytes come, the judge sees a value or a fault of the student's."""
    ends = fuzz_wire.run(messages=100_000, seconds=8.0, seed=1)
    assert sum(ends.values()) > 500
    assert ends["StudentFault"] > 0
