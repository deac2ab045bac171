"""``require_grad`` and its kin: attributes that Python takes and torch never reads.

Runs in the student's process. A tensor and a module take any attribute. ``p.require_grad = False``
is one that nobody asks for, and so is ``requires_grad`` of a module.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

from grader.observe.bindings import program_of, stores
from grader.observe.looking import (
    asks_for_gradients,
    module_dict,
    modules_in,
    name_of,
    named_parameters_in,
    own,
    parameters_in,
)
from grader.observe.moments import Observer, Pass, Run
from grader.schema.rows import Misspelt

MOST = 20
WORDS = frozenset((
    "require_grad", "require_grads", "requires_grads", "required_grad", "requires_gradient",
    "require_gradient", "requires_gradients", "requiresgrad", "requires_grad_",
))  # fmt: skip
OF_MODULES = WORDS | {"requires_grad"}


class MisspeltAttributes(Observer):
    """Looks for such attributes at the end, and for the line that sets them."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._codes: list[CodeType] = []

    def loss(self, passing: Pass) -> None:
        """Remember the code that runs, from the first pass."""
        if passing.number == 1:
            self._codes = program_of(self.log.frame(1), self.log)

    def end(self) -> None:
        """Write a row for each attribute and class."""
        found: dict[tuple[str, str, bool], list[int]] = {}
        for owner, attribute, value, tensors in self._all():
            counts = found.setdefault((owner, attribute, value), [0, 0])
            counts[0] += len(tensors)
            counts[1] += sum(bool(asks_for_gradients(one)) is not value for one in tensors)
        for (owner, attribute, value), counts in list(found.items())[:MOST]:
            self.log.add(Misspelt.write(self._line(attribute), owner, attribute, value, *counts))

    def _all(self) -> Iterator[tuple[str, str, bool, list[Any]]]:
        """Class, attribute, its value, and the tensors that it was meant for."""
        for model in self.run.models.table:
            module = model.ref()
            if module is None:
                continue
            for part in modules_in(module):
                yield from _set_on(part, OF_MODULES, module_dict(part), parameters_in(part))
            for _, tensor in named_parameters_in(module):
                yield from _set_on(tensor, WORDS, own(tensor), [tensor])

    def _line(self, attribute: str) -> int:
        lines = [(code, line) for code in self._codes if (line := stores(code, attribute))]
        return self.log.line(*lines[0]) if lines else -1


def _set_on(
    owner: object, words: frozenset[str], state: Any, tensors: list[Any]
) -> Iterator[tuple[str, str, bool, list[Any]]]:
    for word in words & state.keys():
        value = state[word]
        if type(value) is bool and isinstance(word, str):
            yield name_of(owner), word, value, tensors
