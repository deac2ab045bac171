"""``grade regrade RESULTS``: a class judged again from what was stored; nothing is run."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.bulk import similar, stored
from grader.bulk.names import one_line
from grader.bulk.regrade import Regraded, finish, regrade
from grader.commands import ExitCode, bulk, console
from grader.errors import UsageError

_MOST_NAMED = 10


def run(arguments: argparse.Namespace) -> ExitCode:
    """Judges a class again, says which marks have changed, and who has to be graded again."""
    folder = Path(arguments.results)
    if arguments.similar:
        similar.check_installed()
    with stored.opened(folder, console.say) as journal:
        exercise = stored.exercise(journal, arguments.course)
        with console.Progress(wanted=arguments.progress) as progress:
            done = regrade(journal, exercise, lambda who: progress(f"checks of {who}"))
            if arguments.similar:
                progress("comparing")
                similar.keep(journal, exercise)
            stored.write(journal, folder, exercise)  # the marks first, they are waited for
            drawn = sum(1 for _ in finish(journal, exercise))
            if drawn:
                stored.write(journal, folder, exercise)
        words = stored.words(journal)
    _tell(done, folder)
    if not done.is_complete and arguments.run:
        return bulk.run(_again(words, folder, arguments))
    return ExitCode.PASSED if done.is_complete else ExitCode.GRADER_FAULT


def _tell(done: Regraded, folder: Path) -> None:
    for student, check, reason in done.undecided[:_MOST_NAMED]:
        console.say(f"{one_line(student)}: {check} needs the submission to be run again: {reason}")
    if len(done.undecided) > _MOST_NAMED:
        console.say(f"and {len(done.undecided) - _MOST_NAMED} more checks")
    if done.unkept:
        shown = ", ".join(map(one_line, done.unkept[:_MOST_NAMED]))
        more = len(done.unkept) - _MOST_NAMED
        console.say(
            "graded before observations were kept: "
            f"{shown}{f' and {more} more' if more > 0 else ''}"
        )
    if not done.is_complete:
        console.say(f"these alone are graded again by: grade regrade {folder} --run")
    changed = len(done.changes)
    console.put(
        f"{done.judged} results judged again, {changed} mark{'s' if changed != 1 else ''} changed, "
        f"in {folder}\n"
    )


def _again(
    words: dict[str, object], folder: Path, arguments: argparse.Namespace
) -> argparse.Namespace:
    """The command by which the class was graded: what has a result of today is not run again."""
    place = Path(str(words.get("folder") or ""))
    if not words.get("folder") or not place.exists():
        raise UsageError(
            f"The submissions of {folder} are no longer at {place}. Run grade bulk with their new "
            "place and this --output."
        )
    names = ("output", "roster", "course")
    paths = {name: Path(str(words[name])) if words.get(name) else None for name in names}
    given = {**words, **paths, "output": folder, "fresh": False, "progress": arguments.progress}
    return argparse.Namespace(**given)
