"""Cell magics: what the first line of a cell asks for.

IPython hands a cell below ``%%time`` to the magic as a text of its own, compiled under another
name; the lines in a finding would be lost. So a cell is run here without that line, and the
few magics that matter are done around it.
"""

from __future__ import annotations

from dataclasses import dataclass

_FOREIGN = frozenset(
    ("!", "R", "bash", "bigquery", "cmd", "configure", "cython", "julia", "perl", "powershell",
     "pypy", "python", "python2", "python3", "ruby", "rust", "script", "sh", "shell", "sql", "sx",
     "system")
)  # fmt: skip

_AROUND = frozenset(("capture", "debug", "grade", "prun", "time", "timeit"))


@dataclass(frozen=True, slots=True)
class Magic:
    """A cell's magic. ``body`` is the whole cell with an empty line in the magic's place."""

    name: str
    rest: str
    body: str

    @property
    def is_foreign(self) -> bool:
        """Whether the cell is for another program."""
        return self.name in _FOREIGN

    @property
    def is_around(self) -> bool:
        """Whether the cell is Python of the notebook, as under ``%%time``."""
        return self.name in _AROUND


def magic_of(source: str) -> Magic | None:
    """The magic in the first line of a cell, if there is one."""
    lines = source.split("\n")
    at = next((at for at, line in enumerate(lines) if line.strip()), None)
    if at is None or not lines[at].startswith("%%"):
        return None
    name, _, rest = lines[at][2:].strip().partition(" ")
    return Magic(name, rest, "\n".join([*lines[:at], "", *lines[at + 1 :]]))
