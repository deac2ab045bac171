"""A folder into a class: who handed in what, and which file of it is graded.

Theory of operation. Everything in the folder is listed once (``walk``), each path gets an owner
(``layouts``), and the paths of one owner become their hand-ins. The roster then says who they
are; what it and the layouts call by the same id, or by a name that only one has, is one student.
Nothing of a submission's own text is read here, so no student can name another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.bulk import gradescope, layouts
from grader.bulk.choose import MOST_NAMED, Owned, Wanted, attempts, can_be
from grader.bulk.hand_in import Class, HandIn, Passed, Student
from grader.bulk.layouts import Owner, Parts, Reading
from grader.bulk.names import as_text, file_stem, folded, identity, one_line
from grader.bulk.roster import Entry, Roster
from grader.bulk.walk import Found, scan
from grader.errors import UsageError

_NOT_HANDED_IN = {"timestamp.txt", gradescope.FILE, "metadata.yml", "grade.yaml", "course.yaml"}


def take_in(folder: Path, wanted: Wanted) -> Class:
    """Finds the hand-ins of a class.

    Raises:
        UsageError: there is no such folder, it is no folder, or nothing in it can be graded.
    """
    found = _scan(folder, wanted.skip)
    base = _base(found)
    notes: list[str] = []
    reading = _reading(folder, found, base, wanted, notes)
    owned = _by_owner(found, base, reading, wanted)
    hand_ins = [each for identity in sorted(owned) for each in attempts(owned[identity], wanted)]
    hand_ins, missing, unknown = _known(_joined(hand_ins), wanted.roster)
    if not hand_ins:
        raise _nothing(folder, found)
    return Class(
        hand_ins=tuple(_counted(_with_stems(hand_ins), wanted.only)),
        passed=tuple(Passed(path=as_text(p), why=why) for p, why in sorted(found.passed.items())),
        missing=tuple(missing),
        unknown=tuple(unknown),
        layouts=frozenset(owner.layout for each in owned.values() for owner in each.owners),
        notes=tuple(notes),
    )


def _scan(folder: Path, skip: frozenset[Path]) -> Found:
    if not folder.exists():
        raise UsageError(f"There is no folder {as_text(str(folder))}. Check its name.")
    if not folder.is_dir() and folder.suffix.lower() != ".zip":
        raise UsageError(
            f"{as_text(str(folder))} is one file; a folder of submissions was expected, or the "
            "zip of one. To grade one file: grade FILE --exercise ID"
        )
    try:
        return scan(folder, skip)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UsageError(f"{as_text(str(folder))} can't be listed ({reason}).") from None


def _nothing(folder: Path, found: Found) -> UsageError:
    there = [as_text(file.path) for file in found.files] + list(found.passed)
    holds = ", ".join(one_line(name) for name in there[:MOST_NAMED])
    more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
    what = f"it holds {holds}{more}" if there else "it is empty"
    broken = f"; {found.troubles[0][1]}" if found.troubles else ""
    return UsageError(
        f"Nothing in {as_text(str(folder))} can be graded: {what}{broken}. Expected .py or .ipynb "
        "files, a folder or zip for each student, or what an LMS exported (docs/bulk.md)."
    )


# --- whose -------------------------------------------------------------------------------


def _base(found: Found) -> int:
    """How many folders stand above the class's own: an LMS's zip unpacks into one of its name."""
    depth = 0
    while True:
        below = _below(found, depth)
        tops = {parts[0] for parts in below}
        deeper = {parts[1] for parts in below if len(parts) > 1}
        if len(tops) != 1 or not _looks_exported(deeper) or _looks_exported(tops):
            return depth
        depth += 1


def _below(found: Found, depth: int) -> list[Parts]:
    every = [file.parts for file in found.files] + found.folders
    return [parts[depth:] for parts in every if len(parts) > depth]


def _looks_exported(tops: Iterable[str]) -> bool:
    names = set(tops)
    return (
        gradescope.FILE in names
        or "submitted" in names
        or layouts.is_canvas(names)
        or layouts.is_moodle(names)
    )


def _reading(
    folder: Path, found: Found, base: int, wanted: Wanted, notes: list[str]
) -> Callable[[Parts], Owner | None]:
    below = _below(found, base)
    tops = {parts[0] for parts in below}
    reading = Reading()
    metadata = _metadata(found, base, notes)
    if metadata:
        reading.ways.append(layouts.gradescope(metadata))
    if layouts.is_moodle(tops):
        reading.ways.append(layouts.moodle)
    if layouts.is_canvas(tops):
        reading.ways.append(layouts.canvas)
    shift = 1 if "submitted" in tops else 0
    if not shift and folder.name != "submitted" and not _has_timestamps(below):
        return reading.owner
    assignment = _assignment({p[shift:] for p in below if p[0] == "submitted" or not shift}, wanted)

    def nbgraders(parts: Parts) -> Owner | None:
        if shift and parts[0] != "submitted":
            return None if parts[0] in _NBGRADERS else reading.owner(parts)
        parts = parts[shift:]
        if len(parts) > 1 and assignment is not None and parts[1] != assignment:
            return None
        return layouts.nbgrader(parts)

    return nbgraders


_NBGRADERS = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}


def _has_timestamps(below: Iterable[Parts]) -> bool:
    return any(len(parts) == 3 and parts[2] == "timestamp.txt" for parts in below)  # noqa: PLR2004


def _assignment(below: Iterable[Parts], wanted: Wanted) -> str | None:
    """Which of nbgrader's assignments is this exercise; None where ``--pick`` decides."""
    names = sorted({parts[1] for parts in below if len(parts) > 2})  # noqa: PLR2004
    alike = [name for name in names if folded(name) == folded(wanted.exercise.id)]
    if alike or len(names) <= 1:
        return next(iter(alike or names), None)
    if wanted.pick:
        return None
    raise UsageError(
        f"submitted/ holds the assignments {', '.join(map(one_line, names))}; none is named "
        f"{wanted.exercise.id}. Say which one is graded: --pick 'ASSIGNMENT/*'"
    )


def _metadata(found: Found, base: int, notes: list[str]) -> dict[str, gradescope.Submitted]:
    for file in found.files:
        if len(file.parts) == base + 1 and file.parts[-1] == gradescope.FILE and not file.inside:
            try:
                return dict(gradescope.read(file.on_disk))
            except ValueError as problem:
                notes.append(
                    f"{gradescope.FILE} can't be read ({problem}); each folder is taken for a "
                    "student."
                )
    return {}


def _by_owner(
    found: Found, base: int, reading: Callable[[Parts], Owner | None], wanted: Wanted
) -> dict[str, Owned]:
    owned: defaultdict[str, Owned] = defaultdict(lambda: Owned([], [], []))
    for file in found.files:
        parts = file.parts[base:]
        if not parts or parts[-1] in _NOT_HANDED_IN:
            continue
        owner = reading(parts)
        if owner is None:
            found.pass_over(file.parts, "it is of another assignment")
        elif owner.layout == "flat" and not can_be(parts[-1], wanted):
            found.pass_over(file.parts, "it is neither Python nor a notebook")
        elif any(part.startswith(".") for part in owner.rest):
            found.pass_over(file.parts, "it is hidden")
        else:
            owned[owner.identity].files.append((file, owner))
            owned[owner.identity].owners.append(owner)
    for parts in found.folders:
        if len(parts) == base + 1 and not parts[-1].startswith("."):
            _own_folder(parts[base:], reading, owned)
    for parts, why in found.troubles:
        owner = reading(parts[base:]) if parts[base:] else None
        if owner is not None:
            owned[owner.identity].troubles.append((parts, why))
            owned[owner.identity].owners.append(owner)
        else:
            found.pass_over(parts, why)
    return owned


def _own_folder(
    parts: Parts, reading: Callable[[Parts], Owner | None], owned: dict[str, Owned]
) -> None:
    """A folder at the top is a student's also when nothing is in it."""
    owner = reading((*parts, ""))
    if owner is not None and owner.layout != "nbgrader":
        owned[owner.identity].owners.append(replace(owner, rest=()))


# --- who ---------------------------------------------------------------------------------


def _joined(hand_ins: list[HandIn]) -> list[HandIn]:
    """One student in two layouts: a name without an id is the one student who has both."""
    with_id: defaultdict[str, dict[str, HandIn]] = defaultdict(dict)
    for each in hand_ins:
        if not each.identity.startswith("name:"):
            with_id[f"name:{identity(each.student.name)}"][each.identity] = each
    result = []
    for each in hand_ins:
        same = list(with_id.get(each.identity, {}).values())
        one = same[0] if len(same) == 1 else each
        result.append(replace(each, identity=one.identity, student=one.student))
    return result


def _known(
    hand_ins: list[HandIn], roster: Roster | None
) -> tuple[list[HandIn], list[Student], list[Student]]:
    """The hand-ins as the roster names their students; who is missing, and who unknown."""
    if roster is None:
        return hand_ins, [], []
    whose = _matched(hand_ins, roster)
    seen: set[int] = set()
    unknown: dict[str, Student] = {}
    result: list[HandIn] = []
    for each in hand_ins:
        entry = whose.get(each.identity)
        members = [(member, roster.find(member)) for member in each.members]
        seen |= {found.row for _, found in members if found} | ({entry.row} if entry else set())
        named = replace(each, members=tuple(e.student if e else m for m, e in members))
        if entry is None:
            unknown[each.identity] = each.student
        else:
            named = replace(named, identity=f"roster:{entry.row}", student=entry.student)
        result.append(named)
    missing = [entry.student for entry in roster.entries if entry.row not in seen]
    return result, missing, list(unknown.values())


def _matched(hand_ins: Iterable[HandIn], roster: Roster) -> dict[str, Entry]:
    """The entry of each identity. Two that only look alike are nobody's: both stay unknown."""
    students = {each.identity: each.student for each in hand_ins}
    found = {whose: roster.find(student) for whose, student in students.items()}
    by_row: defaultdict[int, list[str]] = defaultdict(list)
    for whose, entry in found.items():
        if entry is not None:
            by_row[entry.row].append(whose)
    return {
        whose: entry
        for whose, entry in found.items()
        if entry is not None and (len(by_row[entry.row]) == 1 or entry.is_exactly(students[whose]))
    }


def _counted(hand_ins: Iterable[HandIn], only: str) -> Iterable[HandIn]:
    """The attempts of each student in order; of several the last counts, the others are named."""
    by_student: defaultdict[str, list[HandIn]] = defaultdict(list)
    for each in hand_ins:
        by_student[each.identity].append(each)
    for tries in by_student.values():
        *earlier, last = sorted(tries, key=_order)
        number = max(last.attempt, len(tries))
        if earlier:
            said = "the best counts" if only == "best" else "the latest counts"
            named = ", ".join(one_line(each.path) for each in earlier[-MOST_NAMED:])
            note = f"Handed in {len(tries)} times, {said}; earlier: {named}."
            last = replace(last, remarks=(note,), attempt=number)
        yield from (replace(each, counts=False) for each in earlier)
        yield last


def _order(each: HandIn) -> tuple[bool, int, float, str]:
    modified = each.file.modified if each.file else 0.0
    return each.file is not None, each.attempt, modified, each.path


def _with_stems(hand_ins: Sequence[HandIn]) -> list[HandIn]:
    """Each student's report gets a name of its own."""
    taken: set[str] = set()
    stems: dict[str, str] = {}
    for each in sorted(hand_ins, key=lambda each: each.identity):
        if each.identity not in stems:
            stems[each.identity] = file_stem(each.student.name, each.identity, taken)
    return [replace(each, stem=stems[each.identity]) for each in hand_ins]
