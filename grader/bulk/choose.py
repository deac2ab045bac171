"""Of all that one student handed in, what is graded: one file of each attempt.

A single file that is named like the exercise, else the only one that can be graded, else the
newest; ``--pick`` says otherwise. What wasn't chosen is named in the result's notes.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bulk.hand_in import File, HandIn
from grader.bulk.layouts import Owner, Parts
from grader.bulk.names import as_text, folded, one_line
from grader.bulk.roster import Roster
from grader.model import Exercise

_CODE = (".py", ".ipynb")
_TABLES = (".yaml", ".yml")
_COPY = re.compile(r"[ _-]*(?:\(\d+\)|copy|final)$|-\d+$")
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person at the terminal wants graded: which file, and which attempt."""

    exercise: Exercise
    pick: str | None = None
    only: str = "latest"
    roster: Roster | None = None
    skip: frozenset[Path] = frozenset()


@dataclass(slots=True)
class Owned:
    """What one owner has: files with their owner as read, and what couldn't be read."""

    files: list[tuple[File, Owner]]
    owners: list[Owner]
    troubles: list[tuple[Parts, str]]


def _endings(exercise: Exercise) -> tuple[str, ...]:
    return (*_CODE, *_TABLES) if exercise.answers else _CODE


def can_be(name: str, wanted: Wanted) -> bool:
    """Whether a file of this name can be graded."""
    return not name.startswith(".") and name.lower().endswith(_endings(wanted.exercise))


def attempts(owned: Owned, wanted: Wanted) -> Iterable[HandIn]:
    """The hand-ins of one owner; one without a file where nothing can be graded."""
    numbers = sorted({owner.attempt for file, owner in owned.files if _gradable(owner, wanted)})
    if not numbers:
        yield _nothing_gradable(owned, wanted)
    for number in numbers:
        files = [(file, owner) for file, owner in owned.files if owner.attempt == number]
        yield _chosen(files, owned, wanted)


def _gradable(owner: Owner, wanted: Wanted) -> bool:
    return can_be(owner.file, wanted)


def _nothing_gradable(owned: Owned, wanted: Wanted) -> HandIn:
    owner = owned.owners[0]
    names = sorted({one_line("/".join(other.rest)) for _, other in owned.files} - {""})
    broken = [f"{one_line('/'.join(parts))}: {why}" for parts, why in owned.troubles]
    if broken:
        what = "; ".join(broken[:MOST_NAMED])
    elif names:
        what = f"it was {', '.join(names[:MOST_NAMED])}"
    else:
        what = "the folder is empty"
    endings = " or ".join(_endings(wanted.exercise)[:2])
    first = owned.files[0][0].path if owned.files else ""
    path = first or ("/".join(owned.troubles[0][0]) if owned.troubles else owner.student.name)
    return HandIn(
        identity=owner.identity,
        student=owner.student,
        path=as_text(path),
        name=one_line(Path(path).name) or "nothing",
        file=None,
        late=owner.late,
        submitted=owner.submitted,
        attempt=max(each.attempt for each in owned.owners),
        members=owner.members,
        problem=f"Nothing that was handed in can be graded: {what}. Hand in a {endings} file.",
    )


def _chosen(files: Sequence[tuple[File, Owner]], owned: Owned, wanted: Wanted) -> HandIn:
    can = [pair for pair in files if _gradable(pair[1], wanted)]
    (file, owner), how = _pick(can, wanted)
    others = [as_text("/".join(each.rest)) for other, each in can if other is not file]
    notes = []
    if others:
        named = ", ".join(map(one_line, others[:MOST_NAMED]))
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        notes.append(
            f"Of {len(can)} files {one_line(owner.file)} was graded, {how}; not graded: "
            f"{named}{more}."
        )
    notes += [f"Passed over {one_line('/'.join(p))}: {why}." for p, why in owned.troubles]
    return HandIn(
        identity=owner.identity,
        student=owner.student,
        path=as_text(file.path),
        name=owner.file,
        file=file,
        late=owner.late,
        submitted=owner.submitted,
        attempt=owner.attempt,
        members=owner.members,
        notes=tuple(notes),
    )


def _pick(can: Sequence[tuple[File, Owner]], wanted: Wanted) -> tuple[tuple[File, Owner], str]:
    """The file that is graded, and why it is this one."""
    if wanted.pick:
        picked = [pair for pair in can if _is_picked(pair, wanted.pick)]
        if picked:
            return _newest(picked), f"as --pick {wanted.pick} asks for"
    named = [pair for pair in can if _is_named_like(pair[1].file, wanted.exercise.id)]
    if len(named) == 1:
        return named[0], "which is named like the exercise"
    return _newest(named or can), "the newest"


def _is_picked(pair: tuple[File, Owner], pick: str) -> bool:
    file, owner = pair
    return any(
        fnmatch.fnmatch(text.casefold(), pattern)
        for text in (owner.file, "/".join(owner.rest), file.path)
        for pattern in (pick.casefold(), f"*/{pick.casefold()}")
    )


def _is_named_like(name: str, exercise_id: str) -> bool:
    stem = Path(name).stem.casefold()
    return folded(exercise_id) in {folded(stem), folded(_COPY.sub("", stem))}


def _newest(pairs: Sequence[tuple[File, Owner]]) -> tuple[File, Owner]:
    return max(pairs, key=lambda pair: (pair[1].upload, pair[0].modified, pair[0].path))
