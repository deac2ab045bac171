"""A table of answers, written as YAML: text in, plain values out.

Runs in the student's process, as a submission's code does: whatever the text does to its parser,
it does it there. Values are read as YAML 1.2 reads them, so that ``no`` is a word, ``1e-3`` a
number and ``10:30`` no count of seconds.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import yaml

from grader.runner.agreed import YAML_ERROR
from grader.runner.inside.program import InvalidProgram, Program

SUFFIXES = (".yaml", ".yml")

_TAG = "tag:yaml.org,2002:"
_PLAIN = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9][0-9_]*", list("-+0123456789")),
    "float": (
        r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
    "merge": (r"<<", ["<"]),
}
"""What a value without quotes is, the first that fits; anything else is text."""


@dataclass
class Answers(Program):
    """A submission that is a table: what it defines is the name ``answers``."""

    def run(self) -> dict[str, Any] | None:
        """Read the table. Raises :class:`InvalidProgram` where it is no YAML."""
        ((_, source),) = self.cells
        try:
            self.module.__dict__["answers"] = read_answers(source)
        except NoTable as error:
            lines = [*source.split("\n"), ""]
            shown = lines[min(error.line, len(lines)) - 1][:200]
            crash = {
                "type": YAML_ERROR,
                "message": str(error),
                "frames": [[self.name, error.line, None, shown]],
            }
            raise InvalidProgram(crash) from None
        return None


class NoTable(Exception):
    """The text is no YAML. ``line`` is where it stops being it, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer guesses, which refuses a key given twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable):
                if key in seen:
                    problem = f"the key {str(key)[:60]!r} stands here a second time"
                    raise yaml.constructor.ConstructorError(
                        None, None, problem, key_node.start_mark
                    )
                seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """A decimal number; leading zeros don't make it an octal one."""
        return int(self.construct_scalar(node).replace("_", ""))


for _name, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), _first)
_Loader.add_constructor(_TAG + "int", _Loader.construct_yaml_int)


def read_answers(text: str) -> Any:
    """What the text says; a mapping, if its author wrote one.

    Raises:
        NoTable: it is no YAML, has a key twice, or is nested too deeply.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise NoTable(str(problem), mark.line + 1 if mark else 1) from None
    except RecursionError:
        raise NoTable("its values are nested too deeply", 1) from None
    except (ValueError, OverflowError) as error:
        raise NoTable(f"a value can't be read: {error}", 1) from None
