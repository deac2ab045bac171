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

Programs below ``forge/`` are submissions: they try to get points that they don't deserve, and
are graded as a whole. Their headers also say

    # graded: script                  (as a training program; or module)
    # earns: loss_call zero_grad      (exactly the checks that pass, or nothing)
    # gains: zero_grad                (those of them that are undeserved; optional)

A program that gains something is a known limit: it is kept so that what can be gained is measured.
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
    """One program of the suite. ``limits`` are the fields of model.Limits that differ.

    ``graded`` is ``script`` or ``module`` for a forgery, ``earns`` the checks that it passes,
    and ``gains`` those of them that it doesn't deserve.
    """

    name: str
    about: str
    source: str
    endings: tuple[Ending, ...]
    needs: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    graded: str = ""
    earns: frozenset[str] = frozenset()
    gains: frozenset[str] = frozenset()

    @property
    def aim(self) -> str:
        """The folder that it lies in: read, change, escape, exhaust, crash, forge or honest."""
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
    """Every program of the suite that is run for itself, by name."""
    return (program for program in _all() if not program.graded)


def forgeries() -> Iterator[Program]:
    """Every submission of the suite that tries to get points, by name."""
    return (program for program in _all() if program.graded)


def _all() -> Iterator[Program]:
    return (read(path) for path in sorted(FOLDER.glob("*/*.py")))


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
    unknown = fields.keys() - {"outcome", "needs", "limits", "graded", "earns", "gains"}
    if unknown or "outcome" not in fields:
        raise ValueError(f"{path}: the header needs an outcome and knows no {sorted(unknown)}")
    return Program(
        name=f"{path.parent.name}/{path.stem}",
        about=about.removeprefix("# "),
        source=source,
        endings=tuple(_endings(fields["outcome"])),
        needs=fields.get("needs", ""),
        limits=json.loads(fields.get("limits", "{}")),
        graded=fields.get("graded", ""),
        earns=frozenset(fields.get("earns", "nothing").split()) - {"nothing"},
        gains=frozenset(fields.get("gains", "").split()),
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
