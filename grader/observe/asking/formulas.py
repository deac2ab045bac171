"""A model that only the loop itself puts together, made from the operations of one of its steps.

Runs in the student's process. Its inputs are what modules and products were given, its answers
what meets the labels on the way to the loss. What rests neither on inputs nor on trained tensors
is taken as it was. Modules are asked in evaluation mode, and dropout is off.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from grader.observe.looking import (
    asks_for_gradients,
    has_values,
    is_a,
    is_leaf,
    is_tensor,
    mapped,
    mode_of,
    modules_in,
    shape_of,
    tensors_in,
)
from grader.observe.tapes import Step

INPUTS = -1
IMAGE = 28 * 28
MATRIX = 2
"""Dimensions of an answer: rows, and one number for each class."""
DATA, TRAINED, LABELS, LOST = "data", "trained", "labels", "lost"
"""What a value rests on. ``LOST``: on gradients' way, but nobody saw how it was computed."""
MADE_ANEW = frozenset((DATA, TRAINED))
Traits = frozenset[str]
NOTHING: Traits = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """The ``part``-th tensor that came out of a step; of step `INPUTS`, the inputs."""

    step: int
    part: int


@dataclass(frozen=True, slots=True)
class Line:
    """One operation; its tensors are slots, or constants."""

    function: Callable[..., Any]
    args: Any
    kwargs: Any
    writes: bool


class Formula:
    """Can be asked like a model, with images in the form of ``example``, rows of one input."""

    def __init__(self, inputs: list[torch.Tensor], lines: dict[int, Line], answer: Slot) -> None:
        self.example = inputs[0].detach()
        self._shapes = [tuple(batch.shape) for batch in inputs]
        self._lines = lines
        self._answer = answer

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """As many rows at a time as were noted: their number may stand in the operations."""
        rows = self._shapes[0][0]
        with contextlib.ExitStack() as stack:
            for line in self._lines.values():
                if is_a(line.function, nn.Module):
                    stack.enter_context(evaluating(line.function))
            parts = [self._ask(part, rows) for part in torch.split(batch, rows)]
        return torch.cat(parts)

    def _ask(self, part: torch.Tensor, rows: int) -> torch.Tensor:
        missing = part[-1:].expand(rows - len(part), *part.shape[1:])
        full = torch.cat([part, missing])
        values = {INPUTS: [full.reshape(shape) for shape in self._shapes]}

        def value(item: Any) -> Any:
            return values[item.step][item.part] if type(item) is Slot else item

        for number, line in self._lines.items():
            args, kwargs = mapped(value, (line.args, line.kwargs))
            output = line.function(*args, **kwargs)
            values[number] = list(tensors_in(args[0] if line.writes else output))
        return values[self._answer.step][self._answer.part][: len(part)]


@contextlib.contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode for as long as it lasts; then each part's mode as it was."""
    modes = [(part, mode) for part in modules_in(module) if (mode := mode_of(part)) is not None]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


class Reading:
    """The flow of values through noted steps, and what each value rests on.

    ``is_picture(tensor)``: whether a tensor holds images, one a row, that the data came with.
    """

    def __init__(
        self,
        steps: list[Step],
        given: list[torch.Tensor],
        is_picture: Callable[[torch.Tensor], bool],
    ) -> None:
        self._steps = steps
        self._given = {id(t) for t in given if _holds_images(t) and is_picture(t)}
        self._is_picture = is_picture
        self._reads: list[dict[int, Slot]] = []  # of each step: tensor -> where it came from
        self._made: dict[int, Slot] = {}  # tensor -> the last step that made it
        self._needed: list[int] = []
        self._inputs: dict[int, tuple[int, torch.Tensor]] = {}  # tensor -> its number, itself
        self._traits: dict[int, Traits] = {}
        self._rows = 0
        for number, step in enumerate(steps):
            made = self._made
            self._reads.append({id(t): made[id(t)] for t in step.inputs if id(t) in made})
            for part, t in enumerate(step.outputs):
                if not (is_leaf(t) and asks_for_gradients(t)):  # else a beginning
                    made[id(t)] = Slot(number, part)

    def of_loss(self, loss: torch.Tensor) -> list[Formula]:
        """What meets the labels on the way to a loss; what comes last in the step comes first."""
        if id(loss) not in self._made or not self._follow(self._made[id(loss)].step):
            return []
        return self._formulas(self._answers())

    def of_module(self, module: nn.Module | None) -> list[Formula]:
        """What the last call of a module gave."""
        calls = [n for n, step in enumerate(self._steps) if step.function is module]
        if not calls or not self._follow(calls[-1]):
            return []
        parts = range(len(self._steps[calls[-1]].outputs))
        return self._formulas(filter(self._is_answer, (Slot(calls[-1], part) for part in parts)))

    def _formulas(self, answers: Iterable[Slot]) -> list[Formula]:
        inputs = [batch for _, batch in self._inputs.values()]
        return [Formula(inputs, self._lines(answer.step), answer) for answer in answers]

    # --- reading ----------------------------------------------------------------------

    def _follow(self, last: int) -> bool:
        """Find the inputs and what each step up to ``last`` rests on; say if there are inputs."""
        self._needed = self._before(last)
        read = {id(t): t for number in self._needed for t in self._steps[number].inputs}
        if not self._given & read.keys():  # made of images, perhaps, but none itself
            pictures = [t for t in read.values() if _holds_images(t) and self._is_picture(t)]
            self._given = {id(t) for t in pictures if len(t) == len(pictures[-1])}
        self._rows = next((len(t) for key, t in read.items() if key in self._given), 0)
        for number in self._needed:
            reads = self._reads[number]
            traits = [self._rests_on(t, reads.get(id(t))) for t in self._steps[number].inputs]
            self._traits[number] = frozenset[str]().union(*traits)
        return bool(self._inputs)

    def _before(self, last: int) -> list[int]:
        """The steps up to ``last`` that it rests on, from the inputs on once they are known."""
        found, waiting = {last}, [last]
        while waiting:
            for key, slot in self._reads[waiting.pop()].items():
                if slot.step not in found and key not in self._inputs:
                    found.add(slot.step)
                    waiting.append(slot.step)
        return sorted(found)

    def _rests_on(self, tensor: torch.Tensor, slot: Slot | None) -> Traits:
        """What a tensor that a step reads rests on; images that are new become an input."""
        made = self._traits.get(slot.step, NOTHING) if slot is not None else NOTHING
        if id(tensor) in self._given and DATA not in made:
            self._inputs.setdefault(id(tensor), (len(self._inputs), tensor))
            return frozenset((DATA,))
        if made & MADE_ANEW:
            return made
        if asks_for_gradients(tensor):
            return frozenset((TRAINED if is_leaf(tensor) else LOST,))
        return frozenset((LABELS,) if self._tells_rows_apart(tensor) else ())

    def _tells_rows_apart(self, tensor: torch.Tensor) -> bool:
        if shape_of(tensor)[:1] != (self._rows,) or not has_values(tensor) or not tensor.numel():
            return False
        return bool((tensor != tensor.reshape(-1)[0]).any())

    # --- answers ----------------------------------------------------------------------

    def _answers(self) -> list[Slot]:
        """Logits: rows of numbers made of the inputs alone, where they meet the labels."""
        found: dict[Slot, None] = {}
        for number in reversed(self._needed):
            if LABELS in self._traits[number]:
                found |= dict.fromkeys(filter(self._is_answer, self._reads[number].values()))
        return list(found)

    def _is_answer(self, slot: Slot) -> bool:
        traits = self._traits.get(slot.step, NOTHING)
        if DATA not in traits or traits & {LABELS, LOST}:
            return False
        tensor = self._steps[slot.step].outputs[slot.part]
        return (
            has_values(tensor)
            and tensor.is_floating_point()
            and tensor.dim() == MATRIX
            and tensor.shape[0] == self._rows
            and tensor.shape[1] > 1
        )

    def _lines(self, last: int) -> dict[int, Line]:
        return {
            number: self._line(self._steps[number], self._reads[number])
            for number in self._before(last)
            if self._traits[number] & MADE_ANEW
        }

    def _line(self, step: Step, reads: dict[int, Slot]) -> Line:
        def place(item: Any) -> Any:
            if not is_tensor(item):
                return item
            if id(item) in self._inputs:
                return Slot(INPUTS, self._inputs[id(item)][0])
            slot = reads.get(id(item))
            made = slot is not None and bool(self._traits[slot.step] & MADE_ANEW)
            return slot if made else item

        args, kwargs = mapped(place, (step.args, step.kwargs))
        if kwargs.get("training") is True:  # dropout and its kin, as functions
            kwargs = {**kwargs, "training": False}
        return Line(step.function, args, kwargs, step.writes)


def _holds_images(tensor: torch.Tensor) -> bool:
    """Whether a tensor has as many numbers in a row as an image has pixels."""
    shape = shape_of(tensor)
    return len(shape) > 1 and shape[0] > 0 and tensor.numel() == IMAGE * shape[0]
