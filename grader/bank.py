"""The bank: finds the exercises and reads them strictly.

An exercise lives in three places of one stem, and data sets beside them::

    exercises/<id>/    exercise.yaml  task.md  starter.py      what a student may see
    reference/<id>/    solution.py  checks.py  cases/           what a student may not
    rubrics/<id>.yaml                                           what the course decides
    rubrics/examples/<name>.md                                  worked examples, for any rubric
    datasets/<name>/

A folder that holds these is a *root*. Roots are looked up in this order, and the first that
has an exercise gives all three places of it: those that ``GRADE_BANK`` names, the checkout
beside the package, and what was installed with it (``<prefix>/share/grade``).
"""

from __future__ import annotations

import ast
import dataclasses
import graphlib
import keyword
import math
import os
import re
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeGuard

from grader import worked
from grader.errors import BankError, UnknownName
from grader.model import Exercise, IsolationLevel, Limits, Rubric, SubmissionKind, Visibility
from grader.strict import Table, read_table

ROOT_VARIABLE = "GRADE_BANK"
PROVIDED = ("train_loader", "val_loader", "test_loader")
"""The names that a runner can define for a submission."""

THRESHOLD, TOLERANCES = "threshold", ("rtol", "atol")
"""Settings that the grader reads itself; all others are the check's own."""
DATA_KINDS = ("full", "subset")

HINT_LEVELS = 3
"""A hint, a stronger hint, and nearly the answer."""
MOST_HINTS = 4
"""The fourth is a worked example on another program."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_SHARE = Path("share", "grade")
_PREFIX_DEPTH = 5  # <prefix>/lib/python3.x/site-packages/grader is four folders down


# --- where ----------------------------------------------------------------------------


def roots() -> tuple[Path, ...]:
    """The folders that hold exercises, the course's own first.

    Raises:
        BankError: ``GRADE_BANK`` names a folder that is no root, or there is no root at all.
    """
    own = [Path(part).expanduser() for part in _variable() if part]
    for root in own:
        if not _is_root(root):
            raise BankError(
                f"{ROOT_VARIABLE} names {root}: expected a folder that holds exercises/, "
                f"reference/ and rubrics/. Correct the variable or unset it."
            )
    shipped = next((root for root in _shipped_candidates() if _is_root(root)), None)
    found = [*own, shipped] if shipped else own
    if not found:
        raise BankError(
            "No exercises were found beside the package or under <prefix>/share/grade. "
            f"Install the package again, or set {ROOT_VARIABLE} to a folder that holds "
            "exercises/, reference/ and rubrics/."
        )
    return tuple(dict.fromkeys(root.resolve() for root in found))


def is_id(name: str) -> bool:
    """Whether an exercise can have this name."""
    return bool(_ID.fullmatch(name))


def is_installed(root: Path) -> bool:
    """Whether a root is what was installed with the package, and not a folder of somebody's own."""
    return root.parts[-len(_SHARE.parts) :] == _SHARE.parts


def _variable() -> list[str]:
    return os.environ.get(ROOT_VARIABLE, "").split(os.pathsep)


def _is_root(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in ("exercises", "reference", "rubrics"))


def _shipped_candidates() -> Iterator[Path]:
    """Where the exercises of this very installation can be.

    Walking up from the package covers virtual environments, user installs and ``--prefix``
    alike, and ``pip install --target``, which no sysconfig scheme describes.
    """
    package = Path(__file__).resolve().parent
    yield package.parent
    yield from (folder / _SHARE for folder in package.parents[:_PREFIX_DEPTH])
    yield Path(sysconfig.get_path("data")) / _SHARE


# --- which ----------------------------------------------------------------------------


def all_ids() -> tuple[str, ...]:
    """The ids of every exercise, sorted. A folder without ``exercise.yaml`` is none."""
    return tuple(sorted(_roots_by_id()))


def _roots_by_id() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for root in roots():
        for file in (root / "exercises").glob("*/exercise.yaml"):
            if _ID.fullmatch(file.parent.name):
                found.setdefault(file.parent.name, root)
    return found


def root_of(exercise_id: str) -> Path:
    """The root that gives an exercise.

    Raises:
        UnknownName: no root has it.
    """
    by_id = _roots_by_id()
    if exercise_id not in by_id:
        raise UnknownName("exercise", exercise_id, by_id)
    return by_id[exercise_id]


def decided_name(exercise_id: str) -> str:
    """Where a package keeps what its course decided of an exercise, below its root."""
    return f"rubrics/{exercise_id}.decided.json"


def load(exercise_id: str) -> Exercise:
    """Reads one exercise from its three places.

    Raises:
        UnknownName: there is none of this name.
        BankError: one of its files is missing or wrong; the message names file and key.
    """
    root = root_of(exercise_id)
    folder = root / "exercises" / exercise_id
    reference = root / "reference" / exercise_id
    starter = _starter(folder)
    needed = (starter, folder / "task.md")
    for file in (*needed, reference / "solution.py", reference / "checks.py"):
        if not file.is_file():
            raise BankError(f"{file.relative_to(root)}: expected this file; it is missing.")
    table = read_table(
        folder / "exercise.yaml", f"exercises/{exercise_id}/exercise.yaml", BankError
    )
    rubric, due = _rubric(root, exercise_id)
    where = f"reference/{exercise_id}/checks.py"
    require_checks(where, reference / "checks.py", rubric, f"rubrics/{exercise_id}.yaml")
    exercise = Exercise(
        id=exercise_id,
        title=table.text("title"),
        version=table.text("version"),
        lesson=table.text("lesson"),
        submit=SubmissionKind(table.choice("submit", [kind.value for kind in SubmissionKind])),
        summary=table.text("summary"),
        starter=starter,
        task=folder / "task.md",
        reference=reference,
        data=_known(table, "data", dataset_names()),
        provides=_known(table, "provides", PROVIDED),
        limits=read_limits(table.table("limits")),
        rubric=rubric,
        due=due,
        isolation=IsolationLevel(
            table.choice("isolation", [level.value for level in IsolationLevel], "none")
        ),
        full_data=table.flag("full_data"),
        answers=table.flag("answers"),
    )
    table.close()
    return exercise


def _starter(folder: Path) -> Path:
    """What a student begins with: Python, or a table of answers where it is written as one."""
    table = folder / "starter.yaml"
    return table if table.is_file() else folder / "starter.py"


def dataset_names() -> tuple[str, ...]:
    """The names of the data sets that the roots hold, sorted."""
    folders = (path for root in roots() for path in (root / "datasets").glob("*/"))
    return tuple(sorted({folder.name for folder in folders if _ID.fullmatch(folder.name)}))


def dataset_folder(name: str) -> Path:
    """The folder of a data set.

    Raises:
        UnknownName: no root has it.
    """
    if name in dataset_names():
        folders = (root / "datasets" / name for root in roots())
        return next(folder for folder in folders if folder.is_dir())
    raise UnknownName("data set", name, dataset_names())


# --- reading --------------------------------------------------------------------------


def _known(table: Table, key: str, names: Iterable[str]) -> tuple[str, ...]:
    """A list of names, each one of a known set."""
    known = tuple(names)
    given = table.texts(key)
    for name in given:
        if name not in known:
            raise table.fail(key, "a list of " + (", ".join(known) or "nothing yet"), name)
    return given


def read_limits(table: Table) -> Limits:
    """A table of limits; what it leaves out is as usual."""
    values: dict[str, Any] = {}
    for item in dataclasses.fields(Limits):
        read = table.whole if isinstance(item.default, int) else _seconds(table)
        values[item.name] = read(item.name, item.default)
    table.close()
    return Limits(**values)


def _seconds(table: Table) -> Any:
    return lambda key, default: float(table.number(key, default, above=True))


def _rubric(root: Path, exercise_id: str) -> tuple[tuple[Rubric, ...], str]:
    """The lines of the rubric, and when the exercise is due."""
    where = f"rubrics/{exercise_id}.yaml"
    table = read_table(root / where, where, BankError)
    if table.text("exercise") != exercise_id:
        raise table.fail("exercise", repr(exercise_id), table.text("exercise"))
    lines = tuple(read_line(item, _homes(root)) for item in table.tables("checks"))
    due = table.moment("due")
    table.close()
    if not due and any(line.visibility is Visibility.AFTER_DUE for line in lines):
        raise table.fail("due", "given, as a check waits for it: after_due promises a date")
    if not any(line.points for line in lines):
        raise BankError(f"{where}: expected points above 0 for some check; all have 0.")
    twice = [name for name, count in Counter(line.id for line in lines).items() if count > 1]
    if twice:
        raise BankError(f"{where}: expected each check once; {twice[0]!r} stands there twice.")
    check_needs(where, lines)
    return lines, due


def example_files(exercise_id: str) -> tuple[Path, ...]:
    """The files of the worked examples that an exercise's rubric names, each once."""
    root = root_of(exercise_id)
    where = f"rubrics/{exercise_id}.yaml"
    lines = read_table(root / where, where, BankError).tables("checks")
    names = dict.fromkeys(map(worked.named, lines))
    return tuple(file for name in names if (file := worked.find(name, _homes(root))))


def _homes(root: Path) -> Iterator[Path]:
    """Where a root's rubrics look for worked examples: in itself, then in the others."""
    yield root
    yield from roots()


def read_line(table: Table, homes: Iterable[Path] = ()) -> Rubric:
    """One line of a rubric; its worked example is looked for in these roots."""
    check_id = table.text("id")
    if not _ID.fullmatch(check_id):
        raise table.fail("id", "lower-case letters, digits and underscores", check_id)
    table.where += f" ({check_id})"
    hints = (*table.texts("hints"), *worked.read(table, homes))
    if len(hints) > MOST_HINTS:
        raise table.fail("hints", f"a list of at most {MOST_HINTS} texts", list(hints))
    line = Rubric(
        id=check_id,
        title=table.text("title"),
        points=table.number("points"),
        visibility=Visibility(
            table.choice("visibility", [word.value for word in Visibility], "public")
        ),
        needs=table.texts("needs"),
        hints=hints,
        settings=_settings(table.table("settings")),
    )
    table.close()
    return line


def _settings(table: Table) -> dict[str, Any]:
    """A check's own numbers: names that Python can pass by keyword, values that JSON has."""
    values = table.items()
    for name, value in values.items():
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise table.error(f"{table.where}: expected names as in Python; found {name!r}.")
        if not _is_plain(value):
            raise table.fail(name, "a number, a text, true, false, or a list of these", value)
        if name in TOLERANCES and not _is_number(value):
            raise table.fail(name, "a number, 0 or more", value)
        if name == THRESHOLD and not all(map(_is_share, _by_kind(value))):
            expected = "a share above 0, at most 1 (0.85 for 85 %), or one for each of full, subset"
            raise table.fail(name, expected, value)
    return dict(values)


def _by_kind(threshold: object) -> list[object]:
    """The thresholds for each kind of data; nothing that is a share where a kind is missing."""
    if not isinstance(threshold, dict):
        return [threshold]
    return list(threshold.values()) if set(threshold) == set(DATA_KINDS) else [None]


def _is_share(value: object) -> bool:
    return _is_number(value) and 0 < value <= 1


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, bool | int | str)


def check_needs(where: str, lines: tuple[Rubric, ...]) -> None:
    """Raises BankError if a check needs one that isn't there, or in the end itself."""
    known = {line.id for line in lines}
    for line in lines:
        for name in line.needs:
            if name not in known:
                raise BankError(
                    f"{where}, {line.id}: 'needs' must name checks of this rubric "
                    f"({', '.join(sorted(known))}); found {name!r}."
                )
    try:
        graphlib.TopologicalSorter({line.id: line.needs for line in lines}).prepare()
    except graphlib.CycleError as cycle:
        chain = " → ".join(cycle.args[1])
        raise BankError(f"{where}: 'needs' must not go in a circle; found {chain}.") from None


def require_checks(where: str, path: Path, lines: tuple[Rubric, ...], rubric: str) -> None:
    """Raises BankError for a check without a line in the rubric, or a line without a check."""
    try:
        defined = list(_defined_checks(path))
    except (SyntaxError, ValueError) as error:
        raise BankError(f"{where}: expected Python; {error}") from None
    known = {line.id for line in lines}
    problems = [
        'expected a check id in quotes: @check("id")'
        if name is None
        else f"the check {name} has no line in {rubric}; add one, or take a name from there"
        for name in defined
        if name not in known
    ]
    problems += [
        f"the line {name} of {rubric} has no check; add one, or remove the line"
        for name in sorted(known - set(defined))
    ]
    if problems:
        raise BankError(f"{where}: {'. '.join(problems)}.")


def _defined_checks(path: Path) -> Iterator[str | None]:
    """The id of each ``@check("id")``; None where the id is not a plain text."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("check"):
                    yield _first_text(mark)


def _first_text(call: ast.Call) -> str | None:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return text
    return None
