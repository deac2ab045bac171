"""How a batch was made of a tensor that the program holds: rows chosen, and what is done to them.

Runs in the student's process. ``(X[order[i:j]] - mean) / std`` stands nowhere word for word, so its
rows are known by no collection. From the operations of one step (`grader.observe.tapes`) the way is
followed back to the tensor that the rows were chosen from; done to all rows of it, it gives the
collection that such batches are rows of. That is a guess about later batches and about other
tensors, and what proves it is content: a batch is known if its rows stand in what came out.

Doing it again must not be noticed: only torch's own operations are done again, and none that takes
a function or a generator.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, WrapperDescriptorType
from typing import Any

import torch
from torch import nn

from grader.observe.looking import has_values, is_a, is_tensor, mapped, shape_of, tensors_in
from grader.observe.tapes import Step

MOST_STEPS = 16
MOST_NUMBERS = 1 << 24
_MODULES = (torch._tensor, torch.functional, nn.functional)
_OWNERS = (torch._C._VariableFunctions, torch._C._nn)


@dataclass(frozen=True, slots=True)
class Turn:
    """One operation on the rows: what was done, to which of its tensors, and which came out."""

    step: Step
    of: int
    part: int


class Way:
    """What is done to rows between a tensor and a batch. ``row``: the shape of a row at first."""

    def __init__(self, row: tuple[int, ...], turns: Sequence[Turn]) -> None:
        self.row = row
        self._turns = turns

    @property
    def name(self) -> tuple[object, ...]:
        """The same for two ways that do the same operations, in the same order."""
        return (self.row, *(turn.step.function for turn in self._turns))

    def of(self, tensor: torch.Tensor) -> torch.Tensor | None:
        """All rows of a tensor, changed on this way; None if it doesn't lead anywhere."""
        if not self._turns or shape_of(tensor)[1:] != self.row or tensor.numel() > MOST_NUMBERS:
            return None
        with (
            contextlib.suppress(Exception),  # a guess: an operation may not take other rows
            torch.no_grad(),
            torch.random.fork_rng(devices=[]),
        ):
            value = tensor.detach().clone()  # an operation may write into it
            for turn in self._turns:
                value = _done(turn, value)
            return value if has_values(value) and len(value) == len(tensor) else None
        return None


def _done(turn: Turn, value: torch.Tensor) -> torch.Tensor:
    def here(item: Any) -> Any:
        return value if id(item) == turn.of else item

    args, kwargs = mapped(here, (turn.step.args, turn.step.kwargs))
    return list(tensors_in(turn.step.function(*args, **kwargs)))[turn.part]


def way_to(batch: torch.Tensor, steps: Sequence[Step]) -> tuple[torch.Tensor, Way] | None:
    """The tensor that a batch was made of in noted steps, and how; None if that isn't plain."""
    turns: list[Turn] = []
    current, at = batch, len(steps)
    while (at := _maker(current, steps, at)) >= 0:
        step = steps[at]
        before = _rows_from(step, current)
        if before is None or len(turns) == MOST_STEPS:
            return None
        if not _chooses(before, current):
            part = next(n for n, one in enumerate(step.outputs) if one is current)
            turns.append(Turn(step, id(before), part))
        current = before
    if current is batch or not has_values(current):
        return None
    return current, Way(shape_of(current)[1:], turns[::-1])


def _maker(tensor: torch.Tensor, steps: Sequence[Step], before: int) -> int:
    """The last step before one that gave a tensor; -1 if none did."""
    made = (n for n in range(before - 1, -1, -1) if any(t is tensor for t in steps[n].outputs))
    return next(made, -1)


def _rows_from(step: Step, output: torch.Tensor) -> torch.Tensor | None:
    """The one tensor of a step's inputs whose rows are in its output."""
    if not _can_be_repeated(step):
        return None
    first = next(iter(step.inputs), None)
    if first is not None and _chooses(first, output):
        return first
    count = shape_of(output)[:1]
    found = {id(one): one for one in step.inputs if is_tensor(one) and shape_of(one)[:1] == count}
    return next(iter(found.values())) if len(found) == 1 else None


def _can_be_repeated(step: Step) -> bool:
    """Whether nothing but numbers would come of doing a step again."""
    return (
        not step.writes
        and _is_torchs(step.function)
        and not any(map(_is_at_work, _leaves_in((step.args, step.kwargs))))
    )


def _is_torchs(function: object) -> bool:
    """Whether a function is one of torch: what a program dispatches itself is its own code."""
    match function:
        case FunctionType():
            return any(function.__globals__ is vars(module) for module in _MODULES)
        case BuiltinFunctionType():
            return any(getattr(owner, function.__name__, None) is function for owner in _OWNERS)
        case MethodDescriptorType() | WrapperDescriptorType():
            return function.__objclass__ is torch._C.TensorBase
    return False


def _is_at_work(value: object) -> bool:
    return is_a(value, torch.Generator) or (callable(value) and not is_tensor(value))


def _leaves_in(value: Any) -> list[Any]:
    found: list[Any] = []
    mapped(found.append, value)
    return found


def _chooses(one: torch.Tensor, output: torch.Tensor) -> bool:
    """Whether an output may be some rows of a tensor, each as it was."""
    rows, chosen = shape_of(one), shape_of(output)
    return len(rows) > 1 and rows[1:] == chosen[1:] and rows[0] > chosen[0]
