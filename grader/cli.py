"""The command ``grade``: what its words mean, and which code it ends with.

The first word names a command, or else is a submission: ``grade ./verify`` grades a file that
is named like a command. ``@FILE`` reads more words from a file.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from grader.commands import ExitCode
from grader.commands.console import drop_output, say
from grader.commands.options import COMMANDS, parser_of
from grader.errors import BankError, GraderError, StudentFault, UnknownName, UsageError

_WITH_ARGUMENTS = frozenset(("diagnose",))
"""Commands that hand what stands behind two dashes on to a script."""


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
    name = words[0] if words and words[0] in COMMANDS else None
    parser = parser_of(name)
    words, behind = _split(words) if name in _WITH_ARGUMENTS else (words, None)
    if not words:
        parser.print_help(sys.stderr)
        return ExitCode.USAGE
    if name is None and not words[0].startswith("-") and _is_slip(words[0]):
        raise UnknownName("file or command", words[0], COMMANDS)
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
    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.7)
    return bool(near) and not Path(word).exists()


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
