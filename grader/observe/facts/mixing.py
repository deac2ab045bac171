"""What reaches the first layers: how large it is, and whether rows of the batch were mixed before.

Runs in the student's process. A first layer keeps what it was applied to. Where that holds exactly
the numbers of the batch, in rows that are none of the batch's, a view has cut the rows apart: no
operation that treats each row by itself does so. Nothing is computed again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import _VF

from grader.model import Plain
from grader.observe.calls import PLACE, Call
from grader.observe.log import plain_float
from grader.observe.looking import has_values, is_tensor, quietly, shape_of, tensors_in
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import LEAF, all_of, name_of
from grader.observe.patching import Patches
from grader.schema.rows import Inputs, Mixed, Recurrence

LOOKS = 4
FEWEST_ROWS = 4
MOST_NUMBERS = 1 << 20
MOST_RECURRENCES = 8
RNNS = ("lstm", "gru", "rnn_tanh", "rnn_relu")
SEQUENCES = 3
NEAR = 1e-6
VIEWS = 2
PAIR = 2


class Batch(NamedTuple):
    """What a model was called with, and where."""

    inputs: torch.Tensor
    place: Plain


class Mixing(Observer):
    """Compares what first layers were given with what the model was given."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._looks = 0
        self._batches: list[Batch] = []
        self._recurrences: list[tuple[int, int, int]] = []

    def install(self, patches: Patches) -> None:
        """Listen to torch's recurrent layers."""
        for name in RNNS:
            patches.around(_VF, name, self._recurs)

    def _recurs(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        """Note the steps and the sequences of a batch; one that is packed knows its own."""
        if self._looks >= LOOKS or len(self._recurrences) >= MOST_RECURRENCES or not args:
            return
        given, batch_first = args[0], args[-1]
        if not is_tensor(given) or type(batch_first) is not bool or not self.log.watches():
            return
        with quietly():
            shape = shape_of(given)
        if len(shape) == SEQUENCES:
            steps, batch = (shape[1], shape[0]) if batch_first else (shape[0], shape[1])
            self._recurrences.append((self.log.here(), steps, batch))

    def forward(self, call: Call, module: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG002
        """Keep the last batches till the next loss."""
        if self._looks >= LOOKS:
            return
        given = [one for one in tensors_in(inputs) if has_values(one)]
        rows = {shape_of(one)[:1] for one in tensors_in(output)}
        if len(given) == 1 and rows == {shape_of(given[0])[:1]}:
            self._batches = [*self._batches[-1:], Batch(given[0], call.row[PLACE])]

    def loss(self, passing: Pass) -> None:
        """Look at the first layers of the pass that is about to begin."""
        batches, self._batches = self._batches, []
        recurrences, self._recurrences = self._recurrences, []
        if self._looks >= LOOKS:
            return
        self._looks += 1
        for recurrence in recurrences:
            self.log.add(Recurrence.write(passing.number, *recurrence))
        with contextlib.suppress(RuntimeError):  # a tensor that a graph kept was changed since
            given = list(_given_to_layers(passing)) if batches else []
            if given and batches:
                self._measure(passing, batches[-1], *given[0])
            for batch in batches:
                if any(_are_mixed(batch.inputs, each) for each, _ in given):
                    rows = len(batch.inputs)
                    self.log.add(Mixed.write(passing.number, batch.place, rows))

    def _measure(
        self, passing: Pass, batch: Batch, given: torch.Tensor | None, weight: Any
    ) -> None:
        """Note how large the inputs of a first layer are, and about how large what it makes."""
        if given is None or not has_values(given) or not given.numel():
            return
        sizes = given.detach().abs().double()
        size = float(sizes.square().mean().sqrt())
        largest = plain_float(float(sizes.max()))
        made = size * _gain_of(weight)
        normed = any(name_of(node).endswith("Norm") for node in all_of(passing.roots))
        sized = plain_float(size), largest, plain_float(made), normed
        self.log.add(Inputs.write(passing.number, batch.place, *sized))


def _given_to_layers(passing: Pass) -> Iterator[tuple[torch.Tensor, Any]]:
    """What the layers were applied to that nothing trained stands before, and to their weights."""
    for node in all_of(passing.roots):
        name = name_of(node)
        if name == "Addmm" and node.next_functions[1][0] is None:
            yield node._saved_mat1, node.next_functions[2][0]
        elif name == "Mm" and node.next_functions[0][0] is None:
            yield node._saved_self, node.next_functions[1][0]
        elif name in ("Convolution", "MkldnnRnnLayer") and node.next_functions[0][0] is None:
            yield node._saved_input, node.next_functions[1][0]


def _gain_of(weight: Any) -> float:
    """By what a layer with this weight makes numbers larger, if they have nothing in common.

    Args:
        weight: The node that leads to it, alone or through a view; without one, 0.
    """
    for _ in range(VIEWS):
        if weight is not None and type(weight) is not LEAF and len(weight.next_functions) == 1:
            weight = weight.next_functions[0][0]
    if type(weight) is not LEAF or not has_values(weight.variable) or weight.variable.dim() < PAIR:
        return 0.0
    values = weight.variable.detach().double()
    return float((values.square().sum() / len(values)).sqrt())


def _are_mixed(batch: torch.Tensor, given: torch.Tensor | None) -> bool:
    """Whether a layer was given the numbers of a batch, but not in any order of its rows."""
    if given is None or not has_values(given) or given.numel() != batch.numel():
        return False
    batch, given = batch.detach(), given.detach()
    if len(batch) < FEWEST_ROWS or batch.numel() > MOST_NUMBERS or given.device != batch.device:
        return False
    if len(batch) == batch.numel() or batch.dtype != given.dtype:
        return False
    rows, others = _sums(batch.reshape(len(batch), -1)), _sums(given.reshape(len(batch), -1))
    if not _alike(rows.sum(1), others.sum(1)):  # other numbers
        return False
    if any(_alike(rows, _sums(each)) for each in _as_rows(given, len(batch))):
        return False
    return torch.equal(batch.flatten().sort().values, given.flatten().sort().values)


def _as_rows(given: torch.Tensor, rows: int) -> Iterator[torch.Tensor]:
    """A layer's input as so many rows: in order, or along another axis that has as many."""
    yield given.reshape(rows, -1)
    for axis in range(1, given.dim()):
        if given.shape[axis] == rows:
            yield given.movedim(axis, 0).reshape(rows, -1)
    if given.shape[0] % rows == 0:  # steps of sequences, one after the other
        yield given.reshape(-1, rows, given.numel() // len(given)).movedim(1, 0).reshape(rows, -1)


def _sums(rows: torch.Tensor) -> torch.Tensor:
    """Two numbers for each row that the order of its own numbers doesn't change, sorted."""
    rows = rows.double()
    return torch.stack([rows.sum(1).sort().values, rows.square().sum(1).sort().values])


def _alike(one: torch.Tensor, two: torch.Tensor) -> bool:
    return bool((one - two).abs().max() <= NEAR * one.abs().max())
