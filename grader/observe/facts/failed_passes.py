"""A backward pass that raised: which loss or output brought the graph that is gone, or has none.

Runs in the student's process. torch has one message for several causes. Autograd numbers its nodes
as they are made, so in the graph of the pass that failed those of earlier passes are known by
their numbers: the loss itself, a loss among them (a running total), the layers of an output that
was computed once before the loop, or a state that an earlier step has left.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from grader.observe.calls import PLACE, Call
from grader.observe.looking import asks_for_gradients, node_of, parameters_in
from grader.observe.moments import Observer, Root, Run
from grader.observe.nodes import LEAF, MOST_NODES
from grader.schema import bits
from grader.schema.rows import FailedPass

AGAIN = "backward through the graph a second time"
NO_GRAPH = "does not require grad and does not have a grad_fn"
CHANGED = "has been modified by an inplace operation"
MOST_ROWS = 20


class FailedPasses(Observer):
    """Writes down what the graph of a pass that raised has to do with earlier passes."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._last: tuple[Call, bool] | None = None
        self._before: set[int] = set()  # models that were called before the last pass
        self._since: set[int] = set()  # and after it
        self._pass = -1

    def forward(self, call: Call, module: nn.Module, *_: Any) -> None:
        """Remember the last call of a model, and whether anything in it asks for gradients."""
        self._last = call, any(map(asks_for_gradients, parameters_in(module)))
        if call.has(bits.GRAD):
            if self._pass != self.run.updates.backward:
                self._before |= self._since
                self._since, self._pass = set(), self.run.updates.backward
            self._since.add(call.model.index)

    def failure(self, roots: Sequence[torch.Tensor], place: int, earlier: Sequence[Root]) -> None:
        """Write a row for the complaints that have several causes."""
        message = _message()
        if self._rows >= MOST_ROWS or not roots:
            return
        if AGAIN in message or CHANGED in message:
            why, number, origin = _again(roots[0], earlier)
            if why == "state" and not self._before <= self._since:
                why = "forward"  # a model that was called once, for all steps
        elif NO_GRAPH in message:
            why, number, origin = self._no_graph()
        else:
            return
        self._rows += 1
        words = {AGAIN: "again", CHANGED: "changed", NO_GRAPH: "no_graph"}
        what = next(word for text, word in words.items() if text in message)
        self.log.add(FailedPass.write(place, what, why, number, origin))

    def _no_graph(self) -> tuple[str, int, int]:
        """Where the way from the loss to the parameters ends."""
        if self._last is None:
            return "", 0, -1
        call, asks = self._last
        place = call.row[PLACE]
        at = place if isinstance(place, int) else -1
        if call.has(bits.OUT_GRAD):
            return "cut", 0, at
        if not asks:
            return "frozen", 0, at
        return ("cut" if call.has(bits.GRAD) else "no_grad"), 0, at


def _message() -> str:
    """The text of the exception that is being handled, if it is one of torch's own."""
    error = sys.exc_info()[1]
    if type(error) is not RuntimeError or not error.args or type(error.args[0]) is not str:
        return ""
    return error.args[0]


def _again(root: torch.Tensor, earlier: Sequence[Root]) -> tuple[str, int, int]:
    """Why a graph is gone, the pass that has used it, and the line of its loss."""
    known = {one.node: one for one in earlier}
    node = node_of(root)
    if node is None or not earlier:
        return "", 0, -1
    same = known.get(node._sequence_nr())
    if same is not None:
        return "same", same.passing, same.place
    newest = max(known)
    old, trains = _border(node, newest)
    if not old:
        return "", 0, -1
    loss = next((known[number] for number in sorted(old, reverse=True) if number in known), None)
    if loss is not None:
        return "total", loss.passing, loss.place
    user = min((one for one in earlier if one.node > max(old)), key=lambda one: one.node)
    return ("state" if trains else "forward"), user.passing, user.place


def _border(node: Any, newest: int) -> tuple[set[int], bool]:
    """The old nodes that new ones lead to, and whether the new ones lead to a parameter as well."""
    old: set[int] = set()
    trains = False
    for one in _new(node, newest):
        for following, _ in one.next_functions:
            if following is None:
                continue
            if type(following) is LEAF:
                trains = True
            elif following._sequence_nr() <= newest:
                old.add(following._sequence_nr())
    return old, trains


def _new(node: Any, newest: int) -> Iterator[Any]:
    """The nodes that were made after the last pass had begun."""
    stack, visited = [node], {node}
    while stack and len(visited) < MOST_NODES:
        one = stack.pop()
        yield one
        for following, _ in one.next_functions:
            if following is None or following in visited or type(following) is LEAF:
                continue
            if following._sequence_nr() > newest:
                visited.add(following)
                stack.append(following)
