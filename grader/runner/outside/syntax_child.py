"""The bare interpreter's side of ``syntax``: compiles what it is given, and tells the error."""

from __future__ import annotations

import json
import resource
import sys
import warnings
from typing import Any

from grader.runner import spans

MAX_SOURCE = 200
MAX_MEMORY = 1 << 30


def main(name: str) -> None:
    """Reads the text from standard input and writes its error, or null, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    warnings.simplefilter("ignore")
    json.dump(error_of(source, name), sys.stdout)


def error_of(source: str, name: str) -> dict[str, Any] | None:
    """The syntax error of a text as plain data, as the student's process would tell it."""
    try:
        compile(source, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        lines = source.split("\n")
        line = error.lineno or 1
        text = error.text or (lines[line - 1] if line <= len(lines) else "")
        text = text.rstrip("\n")
        return {
            "type": type(error).__name__,
            "message": error.msg or "invalid syntax",
            "line": line,
            "text": text[:MAX_SOURCE],
            "span": spans.of_syntax(error, text),
        }
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return None  # the student's process has the words for it
    return None
