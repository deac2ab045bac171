"""The commands of ``grade`` and their options, in groups; no command is imported for them."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping

from grader.commands.options.authoring import add_new, add_package, add_verify
from grader.commands.options.courses import add_bulk, add_override, add_regrade
from grader.commands.options.grading import add_grade, add_judge, add_watch
from grader.commands.options.learning import add_data, add_diagnose, add_explain, add_start
from grader.commands.options.shared import add_json


class _WordParser(argparse.ArgumentParser):
    """Options from ``@FILE`` are written as in a shell, with comments."""

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        """The words of one line."""
        return shlex.split(arg_line, comments=True)


def parser_of(name: str | None) -> argparse.ArgumentParser:
    """What reads the words of a command; without a name, of a grading."""
    if name is None:
        return _grade_parser()
    add_arguments, line = COMMANDS[name]
    parser = _WordParser(prog=f"grade {name}", description=line, allow_abbrev=False)
    add_arguments(parser)
    return parser


def _grade_parser() -> argparse.ArgumentParser:
    wide = max(map(len, COMMANDS))
    lines = [f"  {name:{wide}}  {line}" for name, (_, line) in COMMANDS.items()]
    parser = _WordParser(
        prog="grade",
        usage="grade SUBMISSION --exercise ID [options]\n       grade COMMAND …",
        description="Grade one submission: a Python file or a Jupyter notebook.",
        epilog="\n".join(
            [
                "other commands (grade COMMAND --help tells more):",
                *lines,
                "",
                "exit codes: 0 every check passed · 1 something did not pass · 2 nothing could be",
                "graded · 3 the grader's own fault",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        fromfile_prefix_chars="@",
        allow_abbrev=False,
    )
    add_grade(parser)
    return parser


COMMANDS: Mapping[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "bulk": (add_bulk, "grade every submission of a class"),
    "judge": (add_judge, "judge a kept observation again; nothing is run"),
    "regrade": (add_regrade, "judge a class again from what was stored, with today's rubric"),
    "override": (add_override, "set a mark by hand; it survives a regrade"),
    "exercises": (add_json, "list the exercises"),
    "watch": (add_watch, "grade a file at every save, and tell what changed"),
    "start": (add_start, "write the starter and the task of an exercise"),
    "explain": (add_explain, "print the page of a rule: what, why, example, use instead"),
    "verify": (add_verify, "prove that the exercises judge as they say"),
    "diagnose": (add_diagnose, "say where and why a training script of your own doesn't learn"),
    "new": (add_new, "lay the files of a new exercise, as a tiny one that works"),
    "data": (add_data, "where the data sets are, and fetching the full ones"),
    "package": (add_package, "make an upload for a learning platform, or a student's folder"),
    "doctor": (add_json, "say what this machine gives: isolation, devices, data, versions"),
}
