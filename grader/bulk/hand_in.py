"""The nouns of a class: students, the files found, and what each student handed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """Who handed in, as the layout or the roster says; never what a submission says."""

    name: str
    id: str | None = None
    email: str | None = None

    def plain(self) -> dict[str, str | None]:
        """The student as JSON has it."""
        return {"id": self.id, "name": self.name, "email": self.email}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the class's folder, or of a zip in it.

    ``parts`` are its names from the folder down, a zip counting as one; ``inside`` are the names
    by which it is found in the zip ``on_disk``, one for each zip in a zip. ``modified`` is in
    seconds, and good only to tell which of two is newer.
    """

    parts: tuple[str, ...]
    on_disk: Path
    inside: tuple[str, ...] = ()
    modified: float = 0.0

    @property
    def path(self) -> str:
        """As found, relative to the class's folder."""
        return "/".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Something that is no submission, and why it was passed over."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """One attempt of one student or group: one grading and one row.

    ``file`` is what is graded, None where there is nothing to grade; ``name`` is that file's name
    without what an LMS put before it. ``identity`` tells the student from all others, ``stem`` is
    the name of their report. ``notes`` are of what was graded, ``remarks`` of other attempts;
    ``counts`` says whether this attempt does, if the latest is to. ``submitted`` is when it was
    handed in, ISO 8601 with an offset, where the layout says so.
    """

    identity: str
    student: Student
    path: str
    name: str
    file: File | None
    late: bool | None = None
    attempt: int = 1
    members: tuple[Student, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    counts: bool = True
    stem: str = ""
    submitted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """What was found: each student's hand-ins, what was passed over, who is missing or unknown."""

    hand_ins: tuple[HandIn, ...]
    passed: tuple[Passed, ...] = ()
    missing: tuple[Student, ...] = ()
    unknown: tuple[Student, ...] = ()
    layouts: frozenset[str] = field(default_factory=frozenset)
    notes: tuple[str, ...] = ()
