"""Graphs that outlive their step: a loss that reaches back, and totals that keep each loss.

Runs in the student's process. A graph's nodes are numbered as they are made, so one that is older
than an earlier pass was made before that pass. Only reading tells so: no graph is held for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

import torch

from grader.observe.bindings import constructor_of, grows, names_around, program_of, stores
from grader.observe.graphs import number_of, walk
from grader.observe.looking import (
    is_tensor,
    items_of,
    module_dict,
    modules_in,
    node_of,
)
from grader.observe.moments import Observer, Pass, Run
from grader.observe.patching import Patches
from grader.schema.rows import Kept, Old, Retained

MOST_ROWS = 100
MOST_NODES = 20_000
LONGEST = 80


class KeptGraphs(Observer):
    """Compares each graph that is looked at with the numbers of the losses before."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._losses: list[tuple[int, int, int]] = []  # pass, number of its loss, updates then
        self._retained: int | None = None  # the line of the passes that all keep their graphs
        self._passes = 0
        self._is_used = False  # a graph that was kept, or may be

    def install(self, patches: Patches) -> None:
        """Hear of gradients that are asked for in another way, perhaps of a graph that was kept."""
        patches.around(torch.autograd, "grad", self._asks)

    def _asks(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        self._is_used = True

    def loss(self, passing: Pass) -> None:
        """Write how far back this loss reaches, and which names keep earlier ones."""
        node = node_of(passing.roots[0]) if len(passing.roots) == 1 else None
        if node is None or self._rows >= MOST_ROWS:
            return
        self._passes += 1
        self._is_used |= not passing.retains
        self._retained = self.log.here() if self._retained is None else self._retained
        if self._losses:
            self._compare(passing)
        self._losses.append((passing.number, number_of(node), self.run.updates.count))

    def _compare(self, passing: Pass) -> None:
        graph = walk(passing.roots, MOST_NODES)
        back = self._since(graph.oldest)
        self._is_used |= back > 0
        if back:
            first = self._losses[0][1]
            old = [leaf for leaf, newest in graph.leaves if 0 <= newest < first]
            known = [self.run.gradients.find(leaf) for leaf in old]
            theirs = sum(leaf is not None and (leaf.hosted or leaf.owned) for leaf in known)
            old_nodes = sum(number < first for number in graph.numbers)
            at = self._maker(passing, first) if len(old) > theirs else -1
            self._add(
                Old.write(
                    passing.number,
                    self.log.here(),
                    back,
                    graph.nodes,
                    old_nodes,
                    len(old),
                    theirs,
                    at,
                )
            )
        self._look_at_names(passing)

    def end(self) -> None:
        """Write down that graphs were kept which nothing went through again."""
        if self._retained is not None and not self._is_used:
            self.log.add(Retained.write(self._retained, self._passes))

    def _since(self, number: int) -> int:
        """The first pass that was looked at, and whose loss is newer than a node; 0 for none."""
        later = (at for at, loss, _ in self._losses if 0 <= number <= loss)
        return next(later, 0)

    def _add(self, row: Any) -> None:
        self._rows += 1
        self.log.add(row)

    # --- names ------------------------------------------------------------------------

    def _look_at_names(self, passing: Pass) -> None:
        frame = self.log.frame(1)
        roots = {id(root) for root in passing.roots}
        for name, value in names_around(frame):
            kept = _first_scalar(value)
            if kept is None or id(kept) in roots or node_of(kept) is None:
                continue
            graph = walk([kept], MOST_NODES)
            back = self._since(graph.oldest)
            if back:
                is_list = kept is not value
                line = self._line(frame, name, listed=is_list)
                self._add(
                    Kept.write(passing.number, line, name[:LONGEST], is_list, back, graph.nodes)
                )

    def _line(self, frame: FrameType | None, name: str, *, listed: bool) -> int:
        """The line that makes a new value of a name from its old one, or appends to it."""
        codes = program_of(frame, self.log)
        return self._found((code, grows(code, name, listed=listed)) for code in codes)

    def _found(self, lines: Iterator[tuple[CodeType, int | None]]) -> int:
        found = ((code, line) for code, line in lines if line is not None)
        code, line = next(found, (None, 0))
        return -1 if code is None else self.log.line(code, line)

    # --- what stands for a parameter --------------------------------------------------

    def _maker(self, passing: Pass, first: int) -> int:
        """The line that binds the tensor whose graph is older than all passes."""
        frame = self.log.frame(1)
        for name, value in names_around(frame):
            if _is_old(value, first):
                return self._found(
                    (code, stores(code, name)) for code in reversed(program_of(frame, self.log))
                )
        for call in passing.calls:
            module = call.model.ref()
            for part in () if module is None else modules_in(module):
                for name, value in items_of(module_dict(part)):
                    code = constructor_of(type(part))
                    if type(name) is str and code is not None and _is_old(value, first):
                        return self._found(iter([(code, stores(code, name))]))
        return -1


def _is_old(value: Any, first: int) -> bool:
    node = node_of(value) if is_tensor(value) else None
    return node is not None and 0 <= number_of(node) < first


def _first_scalar(value: Any) -> torch.Tensor | None:
    """A number with a graph, or the first one of a list of such."""
    if type(value) is list and value:
        value = value[0]
    return value if is_tensor(value) and value.dim() == 0 else None
