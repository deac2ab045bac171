r"""Whose file is it? What the names say that LMSs give to what they export.

Each layout is a way to read the path of a file; a path that none of them knows belongs to the
student whose folder, zip or file stands at the top. What looks like an LMS's name by accident is
found out by the class as a whole: with Canvas each upload has a number of its own, and each user
one name, so that ``lab_1_2_anna.py`` and ``lab_1_2_ben.py`` are two students and not user 1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from grader.bulk.gradescope import Submitted
from grader.bulk.hand_in import Student
from grader.bulk.names import folded, identity, one_line

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose file a path is. ``identity`` groups the files of one student or group.

    ``file`` is the file's own name, ``rest`` its path within what was handed in. ``upload`` grows
    from one upload to the next where an LMS numbers them.
    """

    layout: str
    identity: str
    student: Student
    rest: Parts
    late: bool | None = None
    submitted: str = ""
    attempt: int = 1
    members: tuple[Student, ...] = ()
    upload: int = 0

    @property
    def file(self) -> str:
        """The file's name as its author knows it."""
        return self.rest[-1] if self.rest else ""


_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<name>anon_(?P<user>\w{1,40}?))_(?P<late>LATE_)?(?P<upload>\d+)_(?P<file>.+)", re.DOTALL
)
_CANVAS_TEXT = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>(?:text|link)\.html?)"
)
_AGAIN = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,3})(?P<suffix>\.\w+)", re.DOTALL)
_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.DOTALL
)
_ZIP = ".zip"


def canvas(parts: Parts) -> Owner | None:
    """``name[_LATE]_user_upload_file``; a resubmission has ``-1``, ``-2`` before the suffix."""
    top = parts[0]
    match = (
        _CANVAS.fullmatch(top) or _CANVAS_ANONYMOUS.fullmatch(top) or _CANVAS_TEXT.fullmatch(top)
    )
    if match is None:
        return None
    again = _AGAIN.fullmatch(match["file"])
    name = again["stem"] + again["suffix"] if again else match["file"]
    number = match["user"] if match["user"].isdigit() else None
    return Owner(
        layout="canvas",
        identity=f"canvas:{match['user']}",
        student=Student(name=one_line(match["name"]), id=number),
        rest=(name, *parts[1:]),
        late=bool(match["late"]),
        attempt=int(again["number"]) + 1 if again else 1,
        upload=int(match.groupdict().get("upload") or 0),
    )


def moodle(parts: Parts) -> Owner | None:
    """``Name_id_assignsubmission_file/file``, or all in one name; teams may have no id."""
    match = _MOODLE.fullmatch(parts[0])
    if match is None or (not match["file"] and len(parts) == 1):
        return None
    rest = (match["file"], *parts[1:]) if match["file"] else parts[1:]
    name = one_line(match["name"])
    return Owner(
        layout="moodle",
        identity=f"moodle:{match['id'] or identity(match['name'])}",
        student=Student(name=name, id=match["id"]),
        rest=rest,
    )


def gradescope(metadata: Mapping[str, Submitted]) -> Callable[[Parts], Owner | None]:
    """``submission_<id>/…``, its people as Gradescope's metadata names them."""

    def owner(parts: Parts) -> Owner | None:
        known = metadata.get(parts[0])
        if known is None or not known.submitters:
            return None
        first = known.submitters[0]
        return Owner(
            layout="gradescope",
            identity=f"gradescope:{parts[0]}",
            student=first,
            rest=parts[1:],
            late=known.late,
            submitted=known.submitted,
            attempt=known.attempt,
            members=known.submitters if len(known.submitters) > 1 else (),
        )

    return owner


def nbgrader(parts: Parts) -> Owner | None:
    """``<student>/<assignment>/…``: below nbgrader's folder ``submitted``."""
    if len(parts) < 2:  # noqa: PLR2004  # a student and an assignment
        return None
    return Owner(
        layout="nbgrader",
        identity=f"nbgrader:{parts[0]}",
        student=Student(name=one_line(parts[0]), id=one_line(parts[0])),
        rest=parts[2:],
    )


def plain(parts: Parts) -> Owner:
    """A folder or a zip for each student, or a file named like one."""
    top = parts[0]
    if top.lower().endswith(_ZIP):
        top, rest = top[: -len(_ZIP)], parts[1:]
    elif len(parts) > 1:
        rest = parts[1:]
    else:
        top, rest = _stem(top), parts
    name = one_line(top) or "unnamed"
    return Owner(
        layout="folders" if len(parts) > 1 else "flat",
        identity=f"name:{identity(top)}",
        student=Student(name=name),
        rest=rest,
    )


def _stem(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem.strip(".") and suffix else name


@dataclass(slots=True)
class Reading:
    """Reads every path of a class. ``ways`` are tried in order, before :func:`plain`."""

    ways: list[Callable[[Parts], Owner | None]] = field(default_factory=list)

    def owner(self, parts: Parts) -> Owner:
        """Whose file this is."""
        for way in self.ways:
            found = way(parts)
            if found is not None:
                return found
        return plain(parts)


def is_canvas(tops: Iterable[str]) -> bool:
    """Whether names at the top are Canvas's: each upload once, each user under one name."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    uploads: set[int] = set()
    for top in set(tops):
        found = canvas((top,))
        if found is None:
            continue
        users[found.identity].add(folded(found.student.name))
        if found.upload and found.upload in uploads:
            return False
        uploads.add(found.upload)
    return bool(users) and all(len(names) == 1 for names in users.values())


def is_moodle(tops: Iterable[str]) -> bool:
    """Whether names at the top are Moodle's: its own word is in them."""
    return any(_MOODLE.fullmatch(top) for top in tops)
