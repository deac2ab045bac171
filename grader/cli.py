"""The command ``grade``: what its words mean, and which code it ends with.

The first word names a command, or else is a submission: ``grade ./verify`` grades a file that
is named like a command. ``@FILE`` reads more words from a file.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import math
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from grader import __version__
from grader.commands import ExitCode
from grader.commands.console import drop_output, say
from grader.errors import BankError, GraderError, StudentFault, UnknownName, UsageError
from grader.export.formats import names as format_names
from grader.found import names_in

_MAX_SEED = 2**32 - 1  # numpy's

_Parser = argparse.ArgumentParser


def entry() -> NoReturn:
    """The console script."""
    sys.exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; errors become one sentence on stderr."""
    try:
        with _termination_cleans_up():
            code = _run(sys.argv[1:] if argv is None else list(argv))
    except GraderError as error:
        return _tell(error)
    except KeyboardInterrupt:
        say("stopped.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001  # a bug of ours is never a student's result
        return _tell_fault(f"{type(error).__name__}: {error}".rstrip(": "))
    return code


# --- from words to a command ----------------------------------------------------------


def _run(words: list[str]) -> ExitCode:
    name = words[0] if words and words[0] in _COMMANDS else None
    parser = _parser(name)
    words, behind = _split(words) if name in _WITH_ARGUMENTS else (words, None)
    if not words:
        parser.print_help(sys.stderr)
        return ExitCode.USAGE
    if name is None and not words[0].startswith("-") and _is_slip(words[0]):
        raise UnknownName("file or command", words[0], _COMMANDS)
    arguments = parser.parse_args(words[1:] if name else words)
    if behind is not None:
        arguments.arguments = behind
    # Each command imports what it needs and no more: `grade --help` answers at once, though
    # Jinja, PyYAML and nbformat together take the better part of a second to load.
    command: Callable[[argparse.Namespace], ExitCode] = importlib.import_module(
        f"grader.commands.{name or 'grade'}"
    ).run
    return command(arguments)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The command's own words, and those behind two dashes, which are a script's."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _is_slip(word: str) -> bool:
    """Whether a first word that is no file was probably meant as a command."""
    near = difflib.get_close_matches(word, _COMMANDS, n=1, cutoff=0.7)
    return bool(near) and not Path(word).exists()


class _WordParser(_Parser):
    """Options from ``@FILE`` are written as in a shell, with comments."""

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        return shlex.split(arg_line, comments=True)


def _parser(name: str | None) -> _Parser:
    if name is None:
        return _grade_parser()
    add_arguments, line = _COMMANDS[name]
    parser = _WordParser(prog=f"grade {name}", description=line, allow_abbrev=False)
    add_arguments(parser)
    return parser


def _grade_parser() -> _Parser:
    wide = max(map(len, _COMMANDS))
    lines = [f"  {name:{wide}}  {line}" for name, (_, line) in _COMMANDS.items()]
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
    parser.add_argument("--version", action="version", version=f"grade {__version__}")
    parser.add_argument("submission", metavar="SUBMISSION", help="a .py or .ipynb file")
    parser.add_argument(
        "--exercise", metavar="ID", help="else grade.yaml beside it or its own name"
    )
    group = _add_outputs(parser)
    group.add_argument(
        "--keep",
        metavar="FILE",
        type=Path,
        help="keep all that the verdict was made from, for `grade judge`",
    )
    group.add_argument(
        "--handin",
        metavar="FILE",
        type=Path,
        help="what the platform says of the hand-in: Gradescope's submission_metadata.json, say",
    )
    group.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="points, thresholds, visibility, limits and due date of a course (course.yaml)",
    )
    _add_progress(group)
    _add_running(parser)
    return parser


def _add_judge(parser: _Parser) -> None:
    parser.add_argument("observation", metavar="OBSERVATION", help="what --keep has written")
    parser.add_argument(
        "--exercise", metavar="ID", help="default: the one that it names, as it is today"
    )
    _add_progress(_add_outputs(parser))


def _add_outputs(parser: _Parser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("what comes out")
    group.add_argument(
        "--format",
        metavar="NAME",
        type=_format,
        default="text",
        help=f"{', '.join(_formats())}; default: text",
    )
    group.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    group.add_argument("--report", metavar="FILE", type=Path, help="write the HTML report too")
    group.add_argument(
        "--hints",
        metavar="N",
        type=_count_or_none,
        default=0,
        help="tell N levels of hints in the text",
    )
    told = group.add_mutually_exclusive_group()
    told.add_argument("--check", metavar="ID", help="tell this check alone, with all its findings")
    told.add_argument("--full", action="store_true", help="tell everything, and how it ran")
    group.add_argument(
        "--exit-zero", action="store_true", help="exit 0 whenever a result was written"
    )
    return group


def _add_bulk(parser: _Parser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="of submissions, or an LMS's zip of them")
    parser.add_argument("--exercise", metavar="ID", help="else grade.yaml in the folder names it")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("results"),
        help="where the results go, and where they are looked for to go on (default: results)",
    )
    group = parser.add_argument_group("what is graded")
    group.add_argument(
        "--pick", metavar="NAME", help="which of a student's files, where there are several"
    )
    group.add_argument(
        "--only",
        choices=("latest", "best"),
        default="latest",
        help="of repeated hand-ins the latest counts (default), or the best",
    )
    group.add_argument(
        "--roster", metavar="FILE.csv", type=Path, help="who is in the class, as an LMS exports it"
    )
    group.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="points, thresholds, visibility and limits of your own (default: course.yaml in the "
        "folder)",
    )
    group.add_argument(
        "--similar",
        action="store_true",
        help="name submissions that are alike, for a person to look at; never a mark",
    )
    again = group.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        dest="fresh",
        action="store_false",
        default=False,
        help="keep what is graded already (default)",
    )
    again.add_argument("--fresh", action="store_true", help="grade everything anew")
    _add_running(parser)
    parser.add_argument(
        "--jobs", metavar="N", type=_count, help="gradings at a time (default: the cores)"
    )
    parser.add_argument(
        "--scheduler",
        metavar="URL",
        default="",
        help="of a Dask cluster, whose workers grade: tcp://HOST:8786",
    )
    parser.add_argument("--gpu-slots", metavar="N", type=_count, help="gradings at a time on a GPU")
    _add_progress(parser)


def _add_regrade(parser: _Parser) -> None:
    parser.add_argument("results", metavar="RESULTS", help="the output folder of grade bulk")
    parser.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="the course's file from now on (default: the one that the class was graded with)",
    )
    parser.add_argument(
        "--run",
        action="store_true",
        help="grade those again whose checks need the submission itself, where it still is",
    )
    parser.add_argument(
        "--similar",
        action="store_true",
        help="name submissions that are alike, from what was stored",
    )
    _add_progress(parser)


def _add_override(parser: _Parser) -> None:
    parser.add_argument("results", metavar="RESULTS", help="the output folder of grade bulk")
    parser.add_argument(
        "student", metavar="STUDENT", help="a name, an id, an address, or a report's name"
    )
    parser.add_argument("check", metavar="CHECK", help="the id of a check")
    parser.add_argument("points", metavar="POINTS", type=_points, help="from 0 to the check's own")
    parser.add_argument("--why", metavar="TEXT", required=True, help="what the student reads")
    parser.add_argument("--by", metavar="NAME", default="", help="who set it")


def _add_running(parser: _Parser) -> None:
    group = parser.add_argument_group("how it is run")
    group.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="auto (default) is the CPU on every machine; cuda: one GPU, which no other grading "
        "uses meanwhile",
    )
    group.add_argument("--seed", metavar="N", type=_seed, help="of everything random")
    group.add_argument(
        "--timeout", metavar="S", type=_seconds, help="wall seconds, over the exercise's own limit"
    )
    group.add_argument(
        "--isolation",
        choices=("require", "best", "none"),
        default="best",
        help="require: refuse with less than full isolation; best (default): use what there is "
        "and say what is missing; none: for your own code on your own machine",
    )
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--public-only", action="store_true", help="leave out checks that are not public"
    )
    which.add_argument(
        "--hidden", dest="public_only", action="store_false", help="all checks (default)"
    )


def _add_progress(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--no-progress", dest="progress", action="store_false", help="no progress on stderr"
    )


def _add_json(parser: _Parser) -> None:
    parser.add_argument("--json", action="store_true", help="for other programs")


def _add_watch(parser: _Parser) -> None:
    parser.add_argument("submission", metavar="SUBMISSION", help="a .py or .ipynb file")
    parser.add_argument(
        "--exercise", metavar="ID", help="else grade.yaml beside it or its own name"
    )
    parser.add_argument(
        "--hints", metavar="N", type=_count_or_none, default=0, help="tell N levels of hints"
    )
    _add_running(parser)
    _add_progress(parser)


def _add_start(parser: _Parser) -> None:
    parser.add_argument("id", metavar="ID", help="an exercise; `grade exercises` lists them")
    parser.add_argument("--to", metavar="DIR", type=Path, help="default: a new folder named ID")
    parser.add_argument("--notebook", action="store_true", help="as a Jupyter notebook")


def _add_explain(parser: _Parser) -> None:
    parser.add_argument(
        "rule", metavar="RULE", nargs="?", help="as a finding names it; without one, all are listed"
    )


def _add_verify(parser: _Parser) -> None:
    parser.add_argument("ids", metavar="ID", nargs="*", help="default: every exercise")
    parser.add_argument("--jobs", metavar="N", type=_count, default=1, help="default: 1")
    parser.add_argument(
        "--mutants",
        metavar="N",
        type=_count_or_none,
        default=0,
        help="make N small changes of each reference and list those that no check notices",
    )
    parser.add_argument("--seed", metavar="N", type=_seed, help="chooses the mutants")
    _add_json(parser)
    _add_progress(parser)


def _add_new(parser: _Parser) -> None:
    parser.add_argument("id", metavar="ID", help="lower-case letters, digits and underscores")
    parser.add_argument(
        "--to",
        metavar="DIR",
        type=Path,
        help="a bank of your own; default: the first of GRADE_BANK",
    )
    parser.add_argument(
        "--from",
        dest="notebook",
        metavar="NOTEBOOK",
        type=Path,
        help="made of a notebook with solutions and tests: nbgrader's, otter's, or plain marks",
    )


def _add_diagnose(parser: _Parser) -> None:
    parser.usage = "grade diagnose SCRIPT [options] [-- ARGUMENTS of the script …]"
    parser.add_argument("script", metavar="SCRIPT", help="a .py or .ipynb file that trains")
    group = parser.add_argument_group("what comes out")
    group.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="text (default), json (grade.diagnosis/1), or sarif 2.1.0",
    )
    group.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    group.add_argument("--report", metavar="FILE", type=Path, help="write an HTML report too")
    _add_progress(group)
    group = parser.add_argument_group("how it is run")
    group.add_argument(
        "--read",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a folder that the script reads, such as its data; may be given again. Modules "
        "beside the script can be imported without it",
    )
    group.add_argument(
        "--steps", metavar="N", type=_count, help="look at the first N updates of the training"
    )
    group.add_argument(
        "--timeout",
        metavar="S",
        type=_seconds,
        help="look at the first S seconds of it (default: 120)",
    )
    group.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto is the CPU"
    )
    group.add_argument("--seed", metavar="N", type=_seed, help="of everything random")
    group.add_argument(
        "--isolation",
        choices=("require", "best", "none"),
        default="best",
        help="how far the script is kept away from everything else (default: best)",
    )


def _add_package(parser: _Parser) -> None:
    parser.add_argument("ids", metavar="ID", nargs="+", help="an exercise")
    parser.add_argument(
        "--platform",
        metavar="NAME",
        required=True,
        help=", ".join(platform_names()),
    )
    parser.add_argument(
        "--output",
        metavar="F",
        type=Path,
        required=True,
        help="the package, or a folder for several",
    )
    parser.add_argument(
        "--image", metavar="NAME", default="", help="the image it runs in, named by its digest"
    )
    parser.add_argument(
        "--wheels", metavar="DIR", type=_folder, help="a folder of wheels that goes into it"
    )
    parser.add_argument(
        "--course", metavar="FILE", type=Path, help="what the course decides, put into the package"
    )
    parser.add_argument(
        "--limit", metavar="S", type=_count, help="the platform's time limit, in seconds"
    )
    parser.add_argument(
        "--accept-less",
        action="store_true",
        help="also where the platform can't give the isolation that the exercise demands",
    )


def _add_data(parser: _Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    path = actions.add_parser("path", help="print the folder that holds a data set's files")
    path.add_argument("name", metavar="NAME", help="for example mnist")
    fetch = actions.add_parser("fetch", help="get a full data set: from a folder, or the network")
    fetch.add_argument("name", metavar="NAME", nargs="?", help="default: all that can be fetched")
    _add_progress(fetch)
    actions.add_parser("list", help="list the data sets, their kind, size and place")


_COMMANDS: Mapping[str, tuple[Callable[[_Parser], None], str]] = {
    "bulk": (_add_bulk, "grade every submission of a class"),
    "judge": (_add_judge, "judge a kept observation again; nothing is run"),
    "regrade": (_add_regrade, "judge a class again from what was stored, with today's rubric"),
    "override": (_add_override, "set a mark by hand; it survives a regrade"),
    "exercises": (_add_json, "list the exercises"),
    "watch": (_add_watch, "grade a file at every save, and tell what changed"),
    "start": (_add_start, "write the starter and the task of an exercise"),
    "explain": (_add_explain, "print the page of a rule: what, why, example, use instead"),
    "verify": (_add_verify, "prove that the exercises judge as they say"),
    "diagnose": (_add_diagnose, "say where and why a training script of your own doesn't learn"),
    "new": (_add_new, "lay the files of a new exercise, as a tiny one that works"),
    "data": (_add_data, "where the data sets are, and fetching the full ones"),
    "package": (_add_package, "make an upload for a learning platform, or a student's folder"),
    "doctor": (_add_json, "say what this machine gives: isolation, devices, data, versions"),
}


_WITH_ARGUMENTS = frozenset(("diagnose",))
"""Commands that hand what stands behind two dashes on to a script."""

# --- the values of options ------------------------------------------------------------


def _formats() -> tuple[str, ...]:
    return ("text", "json", *format_names())


def platform_names() -> tuple[str, ...]:
    """The platforms that there are packages for."""
    return names_in([str(Path(__file__).parent / "package" / "platforms")])


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return Path(text)


def _format(text: str) -> str:
    if text not in _formats():
        raise argparse.ArgumentTypeError(str(UnknownName("format", text, _formats())))
    return text


def _seed(text: str) -> int:
    value = _whole(text)
    if not 0 <= value <= _MAX_SEED:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to {_MAX_SEED}")
    return value


def _count(text: str) -> int:
    value = _whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError("expected a whole number, 1 or more")
    return value


def _count_or_none(text: str) -> int:
    value = _whole(text)
    if value < 0:
        raise argparse.ArgumentTypeError("expected a whole number, 0 or more")
    return value


def _whole(text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number; found {text!r}")
    return int(text)


def _points(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number of points; found {text!r}") from None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"expected seconds above 0; found {text!r}")
    return value


# --- how it ends ----------------------------------------------------------------------


def _tell(error: GraderError) -> ExitCode:
    """One sentence, and the code that says who caused it."""
    match error:
        case UsageError():
            say(str(error))
            return ExitCode.USAGE
        case StudentFault():
            say(str(error))
            return ExitCode.NOT_PASSED
        case BankError():
            say(f"the exercise is wrong, not your code. {error}")
            return ExitCode.USAGE
        case _:
            return _tell_fault(str(error))


def _tell_fault(reason: str) -> ExitCode:
    say(f"the grader failed, not your code: {reason}")
    if os.environ.get("GRADE_DEBUG"):
        traceback.print_exc()
    else:
        say("set GRADE_DEBUG=1 to see where, and please tell whoever runs this grader.")
    return ExitCode.GRADER_FAULT


def _reader_left() -> ExitCode:
    """``grade … | head`` has what it wanted; Python must not complain when it flushes."""
    drop_output()
    return ExitCode.PIPE_CLOSED


@contextmanager
def _termination_cleans_up() -> Iterator[None]:
    """Turns SIGTERM into an exception, so that processes and half-written files go away."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set a handler
        return
    old = signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitCode.TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)
