"""The conformance suite: small programs, each with what must become of it.

Theory of operation. Each file below ``conformance/`` is a whole program, sorted into folders by
aim (read, change, escape, exhaust, crash, honest). Its first comment says what it does; the
comment lines after it say how it must end:

    # Opens a file of the grader by its full path.
    # outcome: crashed PermissionError or FileNotFoundError
    # needs: torch                    (a library beyond the standard ones; optional)
    # limits: {"wall_s": 0.4}         (fields of model.Limits that differ; optional)

An outcome is a word of ``model.Outcome``, and for ``crashed`` the exception or the signal; ``or``
parts alternatives, for levels that refuse in different ways. Names between at signs
(``@secret@``) stand for what whoever runs the program has planted. A program that got where it
must not prints a line that starts with ``REACHED``; but whether it did is judged by looking at
what was planted, not only by what the program says of itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.model import Limits, Outcome
from grader.runner.wall.syscalls import NUMBERS, Arch

FOLDER = Path(__file__).parent / "conformance"
REACHED = "REACHED"
PLACEHOLDER = re.compile(r"@([a-z_0-9]+)@")


@dataclass(frozen=True, slots=True)
class Ending:
    """One acceptable end: an outcome and, for a crash, an exception or a signal by name."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program of the suite. ``limits`` are the fields of model.Limits that differ."""

    name: str
    about: str
    source: str
    endings: tuple[Ending, ...]
    needs: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def aim(self) -> str:
        """The folder that it lies in: read, change, escape, exhaust, crash or honest."""
        return self.name.partition("/")[0]

    def limited(self, limits: Limits) -> Limits:
        """The given limits with this program's own in their place."""
        return replace(limits, **self.limits)

    def render(self, planted: Mapping[str, str]) -> str:
        """The source with what was planted filled in.

        Raises:
            KeyError: the program asks for something that was not planted.
        """
        return PLACEHOLDER.sub(lambda match: planted[match.group(1)], self.source)


def programs() -> Iterator[Program]:
    """Every program of the suite, by name."""
    for path in sorted(FOLDER.glob("*/*.py")):
        yield read(path)


def read(path: Path) -> Program:
    """Read one program with its header.

    Raises:
        ValueError: the header lacks its outcome, or has an unknown word.
    """
    source = path.read_text(encoding="utf-8")
    about, *rest = source.splitlines()
    fields: dict[str, str] = {}
    for line in rest:
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(": ")
        fields[key] = value
    unknown = fields.keys() - {"outcome", "needs", "limits"}
    if unknown or "outcome" not in fields:
        raise ValueError(f"{path}: the header needs an outcome and knows no {sorted(unknown)}")
    return Program(
        name=f"{path.parent.name}/{path.stem}",
        about=about.removeprefix("# "),
        source=source,
        endings=tuple(_endings(fields["outcome"])),
        needs=fields.get("needs", ""),
        limits=json.loads(fields.get("limits", "{}")),
    )


def _endings(text: str) -> Iterator[Ending]:
    """Read ``crashed OSError or SIGSEGV or timed_out``; a bare name belongs to the crash."""
    for alternative in text.split(" or "):
        word, _, detail = alternative.partition(" ")
        if word in list(Outcome):
            yield Ending(Outcome(word), detail)
        else:
            yield Ending(Outcome.CRASHED, word)


def call_numbers(arch: Arch) -> dict[str, str]:
    """What to fill in for ``@nr_<call>@``: the numbers of system calls, -1 for none."""
    return {f"nr_{name}": str(numbers.get(arch, -1)) for name, numbers in NUMBERS.items()}
