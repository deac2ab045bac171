"""The three places of an exercise, from the pieces of a notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from grader.author.convert.pieces import Code, Pieces, Text
from grader.author.convert.tests import Check, module

_HEADING = re.compile(r"^#+\s+(.+?)\s*#*$", re.MULTILINE)
_MOST_TITLE = 80
_SHOWN_HINTS = (
    "Run the notebook's own test of this task. Which line does it stop at, and with which message?",
    "Print what your code gives for the values of that line, beside what is expected.",
    "Go through your code by hand for the smallest of these values, one line at a time.",
)
_HIDDEN_HINTS = (
    "The task is tried with other values than the notebook shows. Which could be special?",
    "Try the smallest and the largest sizes that the task allows, and values below zero.",
    "Read the task again, word by word: which of its promises has your code not been tried on?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What is to be laid: the pieces, and the checks that are kept, with their points."""

    id: str
    pieces: Pieces
    checks: Sequence[Check]
    cases: Mapping[str, str]

    def files(self) -> dict[str, str]:
        """Every file by its place below a root."""
        title = self.title()
        return {
            f"exercises/{self.id}/exercise.yaml": _yaml({
                "title": title, "version": "1.0", "lesson": title, "submit": "notebook",
                "summary": title,
            }),
            f"exercises/{self.id}/task.md": self._task(),
            f"exercises/{self.id}/starter.py": self.program(solved=()),
            f"reference/{self.id}/solution.py": self.program(solved=self.cells()),
            f"reference/{self.id}/checks.py": module(self.id, self.checks, self.pieces.codes),
            **{f"reference/{self.id}/cases/{name}": text for name, text in self.cases.items()},
            f"rubrics/{self.id}.yaml": self._rubric(),
        }  # fmt: skip

    def title(self) -> str:
        """The notebook's first heading."""
        for piece in self.pieces.pieces:
            if isinstance(piece, Text) and (found := _HEADING.search(piece.text)):
                return found[1][:_MOST_TITLE]
        return self.id.replace("_", " ").capitalize()

    def cells(self) -> tuple[int, ...]:
        """The cells in which there is something to write."""
        return tuple(code.cell for code in self.pieces.codes if code.starter != code.solution)

    def program(self, solved: Sequence[int]) -> str:
        """The notebook as a Python file of marked cells, solved where it is said."""
        parts = [_cell(piece, solved) for piece in self.pieces.pieces]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _task(self) -> str:
        texts = [piece.text for piece in self.pieces.pieces if isinstance(piece, Text)]
        rows = ["## What is checked", "", "| check | points |", "| --- | --- |"]
        rows += [f"| `{check.id}` | {points(check, self.checks):g} |" for check in self.checks]
        return "\n\n".join([*(texts or [f"# {self.title()}"]), "\n".join(rows)]) + "\n"

    def _rubric(self) -> str:
        lines = [
            {
                "id": check.id,
                "title": check.test.name.replace("_", " ").capitalize()
                + (": other values than the notebook shows" if check.test.hidden else ""),
                "points": points(check, self.checks),
                **({"visibility": "hidden"} if check.test.hidden else {}),
                "hints": list(_HIDDEN_HINTS if check.test.hidden else _SHOWN_HINTS),
            }
            for check in self.checks
        ]
        return _yaml({"exercise": self.id, "checks": lines})


def points(check: Check, checks: Sequence[Check]) -> float:
    """What a check is worth: its cell's points, or its share of what its question has left.

    A cell's shown and hidden tests share its points. Where the notebook says nothing, it is 1.
    """
    test = check.test
    if test.points is not None or test.shared is None:
        total = 1.0 if test.points is None else test.points
        among = sum(other.test.cell == test.cell for other in checks)
    else:
        same = {other.test.cell: other.test for other in checks if other.test.name == test.name}
        own = sum(other.points for other in same.values() if other.points is not None)
        total = max(test.shared - own, 0.0)
        among = sum(other.test.name == test.name and other.test.points is None for other in checks)
    share = round(total / among, 4)
    return int(share) if share == int(share) else share


def _cell(piece: object, solved: Sequence[int]) -> str:
    if isinstance(piece, Text):
        lines = [f"# {line}".rstrip() for line in piece.text.split("\n")]
        return "\n".join(["# %% [markdown]", *lines])
    if isinstance(piece, Code):
        text = piece.solution if piece.cell in solved else piece.starter
        return f"# %%\n{text.strip(chr(10))}" if text.strip() else ""
    return ""


def _yaml(table: Mapping[str, object]) -> str:
    return str(yaml.safe_dump(dict(table), allow_unicode=True, sort_keys=False, width=96))
