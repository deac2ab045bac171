"""The lines that let parameters ask for no gradient.

Runs in the student's process. ``requires_grad_(False)`` is heard where it is called, of a tensor or
of a module. What is assigned to ``requires_grad`` calls nothing: the line is that which assigns it,
where the program has no other.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import Any
from weakref import ref

import torch

from grader.observe.bindings import program_of
from grader.observe.log import Log
from grader.observe.looking import is_tensor
from grader.observe.patching import Patches

MOST = 20_000
ATTRIBUTE = "requires_grad"
MOVES = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_ATTR", "COPY", "SWAP")
"""What may stand between a value and its assignment: the way to the tensor."""


class Freezing:
    """Listens to ``requires_grad_``, and knows the program's code from its first pass."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._told: dict[int, tuple[ref[torch.Tensor], int]] = {}
        self._assigned = -1

    def install(self, patches: Patches) -> None:
        """Listen to the method of tensors, which that of modules calls."""
        patches.around(torch.Tensor, "requires_grad_", self._asked, guarded=False)

    def _asked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        asks = args[1] if len(args) > 1 else kwargs.get(ATTRIBUTE, True)
        if asks is False and is_tensor(args[0]) and len(self._told) < MOST and self._log.watches():
            self._told[id(args[0])] = ref(args[0]), self._log.here()

    def learn(self) -> None:
        """Look for the assignment, in the code that runs."""
        codes = program_of(self._log.frame(1), self._log)
        lines = [(code, line) for code in codes for line in _assigns_false(code)]
        self._assigned = self._log.line(*lines[0]) if len(lines) == 1 else -1

    def line_of(self, tensor: torch.Tensor) -> int:
        """Where a tensor that asks for no gradient was told so; -1 if that isn't known."""
        known = self._told.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else self._assigned


def _assigns_false(code: CodeType) -> list[int]:
    """The lines that assign False to the attribute, or what isn't known before they run."""
    lines: dict[int, None] = {}
    steps = list(dis.get_instructions(code))
    for at, one in enumerate(steps):
        line = one.positions.lineno if one.positions is not None else None
        if one.opname != "STORE_ATTR" or one.argval != ATTRIBUTE or line is None:
            continue
        before = at - 1
        while before > 0 and steps[before].opname.startswith(MOVES):
            before -= 1
        value = steps[before]
        if value.opname != "LOAD_CONST" or value.argval is not True:
            lines[line] = None
    return list(lines)
