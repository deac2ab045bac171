"""How a platform runs a grading: where things lie there, how long it waits, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import IsolationLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform. Paths are as its jobs see them; relative ones count from where they start.

    Args:
        suffix: the ending of the package's file.
        format: which of the grader's formats it reads.
        handed_in: the folder with what the student handed in.
        results: the file that it reads; empty: it reads standard output.
        handin: the file with what it says of a hand-in; empty: there is none.
        also_printed: whether the result's file is printed too.
        page: a file that students read, in Markdown; empty: there is none.
        most_s: the longest time limit, in seconds, that can be asked for there.
        gives: the most isolation that a job there can give to a submission.
        reader: who can read the package, and so the reference solution in it.
    """

    suffix: str
    format: str = ""
    handed_in: str = "."
    results: str = ""
    handin: str = ""
    also_printed: bool = False
    page: str = ""
    most_s: int = 600
    gives: IsolationLevel = IsolationLevel.FULL
    reader: str = ""
